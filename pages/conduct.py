"""For the facilitator alone: the notes of the current step, the time, the counts, and the remote control."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from activities.spot_the_fake import words as activity_words
from kit import guides
from kit.decks.model import words as deck_words
from kit.levels import Role
from kit.steps import Mode, StepKind
from pages import frame
from pages.frame import _
from pages.parts import browser
from pages.parts.prose import paragraph
from pages.spot import reveals, sorting
from pages.spot.scene import SLUG, Key, Scene, load


def main() -> None:
    """Draw the notes of the run that is projected from this machine."""
    if not frame.is_here():
        frame.alert(_("The facilitator’s notes open on the machine that runs the kit."))
        return
    words = activity_words.load(frame.lang())
    run = load()
    if run is None or run.mode is not Mode.PROJECTED:
        st.title(_("Remote control"), anchor=False)
        paragraph(_("Nothing is being projected. Choose “With a group” in a workshop, then come back here."), "lead")
        st.page_link(frame.page_at(SLUG), label=words.title)
        return
    scene = Scene(run=run, words=words, role=Role.FACILITATOR)
    step = words.steps[run.step]
    browser.arrive(f"conduct/{run.step}/{run.position}")
    left, right = st.columns([3, 2], gap="large")
    with left:
        place = _("Step {n} of {total}").format(n=run.index + 1, total=len(run.steps))
        paragraph(place, "kicker")
        st.header(step.title, anchor=False)
        if step.voice:
            paragraph(step.voice, "voice")
        st.markdown(guides.load(SLUG, frame.lang()).step(run.step))
    with right:
        _clock(scene)
        _remote(scene)
        _now(scene)


@st.fragment(run_every=5.0)
def _clock(scene: Scene) -> None:
    if frame.store().version(frame.device(), SLUG) != st.session_state.get(Key.VERSION):
        st.rerun(scope="app")
    minutes = (datetime.now(UTC) - scene.run.since).total_seconds() / 60
    text = _("{spent} min of {planned} planned").format(spent=int(minutes), planned=scene.run.minutes)
    st.progress(min(1.0, minutes / scene.run.minutes), text=text)


def _remote(scene: Scene) -> None:
    run = scene.run
    first, last = run.index == 0, run.index + 1 == len(run.steps)
    paragraph(_("Remote control"), "kicker")
    with st.container(horizontal=True):
        st.button(
            _("Previous screen"),
            key=Key.BACK,
            on_click=scene.move(lambda: run.at(run.position - 1)),
            disabled=not run.position,
        )
        st.button(
            _("Next screen"),
            key=Key.NEXT,
            type="primary",
            on_click=scene.move(lambda: run.at(run.position + 1)),
            disabled=run.position + 1 >= scene.places,
        )
        st.button(_("Reveal"), key=Key.REVEAL, on_click=scene.move(run.reveal), disabled=run.shown)
    with st.container(horizontal=True):
        st.button(_("Previous step"), key=Key.PREVIOUS_STEP, on_click=scene.move(run.previous_step), disabled=first)
        st.button(_("Next step"), key=Key.NEXT_STEP, on_click=scene.move(run.next_step), disabled=last)


def _now(scene: Scene) -> None:
    run = scene.run
    kind = run.steps[run.index].kind
    if run.step in ("form_a", "form_b"):
        images = scene.images(run.step)
        if run.position < len(images):
            shown = images[run.position]
            paragraph(_("Image {n} of {total}").format(n=run.position + 1, total=len(images)), "kicker")
            sorting.slates(scene, run.step, shown)
    elif run.step == "reveals":
        order = reveals.chosen(scene)
        _round, shown = order[min(run.position, len(order) - 1)]
        _item, version = scene.item(shown)
        paragraph(scene.words.verdicts[shown.truth].name, "kicker")
        paragraph(deck_words(version.explanation, frame.lang()))
    elif kind is StepKind.DEBRIEF:
        question = scene.words.debrief.questions[min(run.position, len(scene.words.debrief.questions) - 1)]
        paragraph(question.why)
        paragraph(question.model_answer, "note")


main()
