"""For the facilitator alone: the notes of the current step, the time, and the remote control of what is projected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module

import streamlit as st

from activities import registry
from kit import guides
from pages import frame
from pages.frame import _
from pages.parts import browser, classes
from pages.parts.prose import paragraph, unseen_title
from pages.parts.scene import StepScene, moved_on

PANELS = {
    "spot_the_fake": "pages.spot.facilitator",
    "noise_to_image": "pages.noise.facilitator",
    "next_word": "pages.word.facilitator",
    "probe_bias": "pages.bias.facilitator",
    "podcast": "pages.studio.facilitator",
}
"""For each activity, the module that finds its projected run (``projected``) and draws the rest (``panel``)."""


class Key(StrEnum):
    """Widget keys of the remote control."""

    BACK = "conduct.back"
    NEXT = "conduct.next"
    REVEAL = "conduct.reveal"
    PREVIOUS_STEP = "conduct.previous_step"
    NEXT_STEP = "conduct.next_step"


def main() -> None:
    """Draw the notes of the run that is projected from this machine."""
    if not frame.is_here() and not frame.leads():
        st.title(_("Remote control"), anchor=False)
        frame.alert(_("The facilitator’s notes open on the machine that runs the kit, or with the PIN of a class."))
        return
    panels = {slug: import_module(module) for slug, module in PANELS.items()}
    done = [seat for seat in frame.seats() if seat.closed]
    projected = {slug: scene for slug, module in panels.items() if (scene := module.projected()) is not None}
    if projected:
        # Whoever left one workshop for another leads the one that moved last.
        slug = max(projected, key=lambda slug: projected[slug].run.since)
        _draw(slug, projected[slug], panels[slug].panel)
        return
    st.title(_("Remote control"), anchor=False)
    if done:
        classes.over(done)
    paragraph(_("Nothing is being projected. Choose “With a group” in a workshop, then come back here."), "lead")
    for slug in PANELS:
        st.page_link(frame.page_at(slug), label=registry.words(slug, frame.lang()).title)


def _draw(slug: str, scene: StepScene, panel: Callable[[StepScene], None]) -> None:
    run, step = scene.run, scene.words.steps[scene.run.step]
    browser.arrive(f"conduct/{run.step}/{run.position}")
    unseen_title(_("Remote control"))
    paragraph(_("Step {n} of {total}").format(n=run.index + 1, total=len(run.steps)), "kicker")
    st.header(step.title, anchor=False)
    # The remote control comes first, so that it is at hand on a phone; a wide screen shows it on the right.
    with st.container(key="conduct-both"):
        remote, notes = st.columns([2, 3], gap="large")
    with notes:
        if scene.led is not None:
            classes.photographed(scene, scene.led)
        if step.voice:
            paragraph(step.voice, "voice")
        if scene.led is not None:
            classes.arriving(scene, scene.led)
        st.markdown(guides.load(slug, frame.lang()).step(run.step))
    with remote:
        _clock(scene)
        _remote(scene)
        if scene.led is not None:
            classes.remote(scene, scene.led)
        panel(scene)
    if scene.led is not None:
        classes.desk(scene, scene.led)


@st.fragment(run_every=5.0)
def _clock(scene: StepScene) -> None:
    if moved_on(type(scene.run)):
        st.rerun(scope="app")
    minutes = (datetime.now(UTC) - scene.run.since).total_seconds() / 60
    text = _("{spent} min of {planned} planned").format(spent=int(minutes), planned=scene.run.minutes)
    st.progress(min(1.0, minutes / scene.run.minutes), text=text)


def _remote(scene: StepScene) -> None:
    run = scene.run
    first, last = run.index == 0, run.index + 1 == len(run.steps)
    reveals = scene.reveals or (scene.led is not None and run.steps[run.index].answer is not None)
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
        st.button(_("Reveal"), key=Key.REVEAL, on_click=scene.move(run.reveal), disabled=run.shown or not reveals)
    with st.container(horizontal=True):
        st.button(_("Previous step"), key=Key.PREVIOUS_STEP, on_click=scene.move(run.previous_step), disabled=first)
        st.button(_("Next step"), key=Key.NEXT_STEP, on_click=scene.move(run.next_step), disabled=last)


main()
