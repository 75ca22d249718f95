"""What the screens of a class have in common: the lobby, the waiting, the code, how many have answered."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import segno
import streamlit as st

from activities import registry
from kit.classroom.classes import Class, Work
from kit.classroom.events import PATH
from kit.classroom.pseudonyms import pseudonym
from kit.classroom.tallies import Tally
from pages import frame
from pages.frame import _
from pages.parts import quiz
from pages.parts.bars import votes
from pages.parts.picture import address as served
from pages.parts.prose import escape, paragraph, unseen_title
from pages.parts.scene import StepScene, desk_of
from serve import room_addresses

HERE = Path(__file__).parent
CODE = "class.code"
"""State key: whether the projected screen shows again how to join."""
AnyScene: TypeAlias = StepScene[Any, Any]

_follow = st.components.v2.component(
    "contrechamp_follow",
    html="<p class='class-clock' role='timer' hidden></p>",
    js=(HERE / "follow.js").read_text("utf-8"),
    isolate_styles=False,
)


def follow(led: Class) -> None:
    """Draw this screen again when the class has changed; show the time that is left, if a timer runs."""
    until = led.lead.until
    left = None if until is None else max(0.0, (until - datetime.now(UTC)).total_seconds())
    with st.container(key="class-follow"):
        st.html(HERE / "class.css")
        _follow(
            data={
                "address": f"{PATH}?class={led.id}",
                "version": led.version,
                "seconds": left,
                "left": _("Time left:"),
                "over": _("Time is up."),
            },
            key="class.follow",
            on_moved_change=lambda: None,
        )


# -- on the projected screen -----------------------------------------------------------------------------------------


def way_in(led: Class) -> None:
    """How to join, to be read from the back: the address, the code, and both in one picture."""
    addresses = room_addresses() or [""]
    join = f"{addresses[0]}/join?code={led.code}"
    with st.container(key="class-way-in"):
        left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
        with left:
            if addresses[0]:
                paragraph(_("On your device, in the browser:"), "kicker")
                st.html(f'<p class="class-address">{escape(addresses[0])}</p>')
            else:
                paragraph(
                    _("Only this machine can join: start Contrechamp with --lan to let the devices of the room in."),
                    "note",
                )
            paragraph(_("Code of the class"), "kicker")
            spelled = " ".join(led.code)
            st.html(f'<p class="class-code" aria-label="{escape(spelled)}">{escape(led.code)}</p>')
        with right:
            if addresses[0]:
                qr(join, _("The address of the class, with its code, as a QR code"))


def qr(address: str, label: str) -> None:
    """A QR code: black on white whatever the colours of the page, as cameras want it."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="png", scale=8, border=4)
    st.html(f'<img class="class-qr" src="{escape(served(out.getvalue()))}" alt="{escape(label)}">')


def lobby(scene: AnyScene, led: Class) -> None:
    """The projected screen before the first step: how to join, who is there; whoever leads begins."""
    unseen_title(scene.words.title)
    way_in(led)
    with st.container(horizontal=True, vertical_alignment="center", key="class-begin"):
        if frame.leads():
            st.button(
                _("Begin"),
                key="class.begin",
                type="primary",
                on_click=frame.guarded(lambda: frame.store().classes.lead(led.id, frame.device(), lobby=False)),
            )
        _gathered(led)


@st.fragment(run_every=1.5)
def _gathered(led: Class) -> None:
    names = [work.name for work in frame.store().classes.works(led.id)]
    count = _("Devices in the class: {n}").format(n=len(names)) if names else _("Nobody has joined yet.")
    items = "".join(f"<li>{escape(name)}</li>" for name in names)
    st.html(f'<p class="kicker" role="status">{escape(count)}</p><ul class="class-names">{items}</ul>')


def strip(scene: AnyScene, led: Class) -> None:
    """At the foot of the projected screen: how many have answered; the code, one key away."""
    with st.container(horizontal=True, vertical_alignment="center", key="class-strip"):
        if not led.lead.quiz:  # which says it itself, larger
            _answered(type(scene.run), led, pulse=frame.store().classes.pulse(led.id), bars=scene.shows_answers)
        st.button(
            _("Code of the class (K)"),
            key="class.show_code",
            type="tertiary",
            shortcut="k",
            on_click=lambda: st.session_state.update({CODE: not st.session_state.get(CODE, False)}),
        )


@st.fragment(run_every=1.0)
def _answered(model: type[Any], led: Class, *, pulse: tuple[int, int, int], bars: bool) -> None:
    now = frame.store().classes.pulse(led.id)
    if bars and now != pulse:
        st.rerun(scope="app")
    st.html(f'<p class="note" role="status">{escape(counted(model, led))}</p>')


def counted(model: type[Any], led: Class) -> str:
    """How many have answered the current step, or the questionnaire in its place, in words: never who."""
    from pages.parts.desk import read

    if led.lead.quiz:
        return quiz.counted(led, led.lead.quiz)
    here = read(model, led.state)
    if here is None or led.lead.quiz_shown or not led.lead.gives(step := here.steps[here.index]):
        return _("Everybody looks at this screen.")
    if step.pictures == "kept":
        return _("Photographs received: {n}").format(n=len(frame.store().photographs.sent(led.id)))
    counts = registry.together(led.activity).tallies(step.id, (), registry.words(led.activity, frame.lang()), _)
    if step.answer is None and not counts:
        return _("Everybody has this step on their device.")
    works = frame.store().classes.works(led.id)
    runs = [run for work in works if work.state and (run := read(model, work.state)) is not None]
    done = sum(run.alongside(here).has_answered() for run in runs)
    return _("Answered: {done} of {n}").format(done=done, n=len(works))


def instead(led: Class) -> Callable[[], None] | None:
    """What the projected screen shows in place of the step, if anything: a pause, a questionnaire, its results."""
    lead = led.lead
    if lead.paused:
        return lambda: _wait(_("Pause"), _("The class makes a pause. Your answers are kept."))
    if lead.quiz:
        return lambda: quiz.asking(led, lead.quiz)
    return (lambda: quiz.shown(led)) if lead.quiz_shown else None


def tallies(scene: AnyScene) -> None:
    """What the class answered to this step, for whoever leads it; for the room, once it is revealed."""
    for tally in registry.together(scene.slug).tallies(scene.run.step, scene.room, scene.words, _):
        draw_tally(tally)


def draw_tally(tally: Tally) -> None:
    """One count of answers: its title, one bar a kind, out of how many."""
    with st.container(border=True):
        paragraph(tally.title, "kicker")
        if tally.rows:
            votes(tally.rows)
        paragraph(_("{n} answers").format(n=tally.of), "source")


# -- on a participant's device ---------------------------------------------------------------------------------------


def participant(scene: AnyScene, led: Class, draw: Callable[[], None]) -> None:
    """A participant's screen: the questionnaire that is on; else the step by ``draw`` where the device gets it; else
    where to look meanwhile."""
    with st.container(key="class-participant"):
        work = desk_of(type(scene.run)).work
        if work is None:  # taken out at this very moment
            return
        _who(work)
        step = scene.run.steps[scene.run.index]
        if led.lead.lobby:
            _arrived(led, work)
        elif led.lead.paused:
            _wait(_("Pause"), _("The class makes a pause. Your answers are kept."))
        elif led.lead.quiz and led.lead.locked:
            _wait(quiz.title(led.lead.quiz), _("Answers are closed. Yours is kept. Look at the big screen."))
        elif led.lead.quiz:
            quiz.device(led, led.lead.quiz, work)
        elif led.lead.quiz_shown:
            _wait(_("Questionnaire"), _("Look at the big screen. Your device will follow by itself."))
        elif not led.lead.gives(step):
            _wait(scene.words.steps[step.id].title, _("Look at the big screen. Your device will follow by itself."))
        elif led.lead.locked:
            _wait(scene.words.steps[step.id].title, _("Answers are closed. Yours is kept. Look at the big screen."))
        else:
            draw()


def _wait(title: str, sentence: str) -> None:
    st.header(title, anchor=False)
    st.html(f'<p class="class-wait" role="status">{escape(sentence)}</p>')


def _who(work: Work) -> None:
    """Who one is here, and the two words that bring one back."""
    with st.container(horizontal=True, vertical_alignment="center", key="class-who"):
        st.html(f'<p class="class-name">{escape(work.name)}</p>')
        with st.popover(_("My two words")):
            paragraph(work.words, "big")
            paragraph(_("With them you come back on another device: keep them to yourself."), "source")


def _arrived(led: Class, work: Work) -> None:
    st.header(_("You are in the class"), anchor=False)
    paragraph(_("Here you are called:"), "kicker")
    st.html(f'<p class="class-big">{escape(work.name)}</p>')
    if led.lead.names == "pseudonyms":
        st.button(_("Another name"), key="class.rename", on_click=frame.guarded(lambda: _another(led)))
    paragraph(_("Your two words, if you change devices:"), "kicker")
    st.html(f'<p class="class-words">{escape(work.words)}</p>')
    paragraph(_("Wait here: the class begins soon."), "note")


def _another(led: Class) -> None:
    import secrets

    classes = frame.store().classes
    taken = [work.name for work in classes.works(led.id)]
    classes.rename(led.id, frame.device(), pseudonym(secrets.randbits(32), led.lang, taken))
