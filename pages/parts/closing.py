"""What ends every activity: questions to discuss one at a time, and the sentences one keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from kit.classroom import texts
from kit.walk import Walk
from kit.wording import Question
from pages import frame
from pages.frame import _
from pages.parts.furniture import bar, heading
from pages.parts.opening import recalled
from pages.parts.prose import paragraph
from pages.parts.scene import StepScene
from pages.parts.taking import take


class TraceWords(Protocol):
    """The words of a trace écrite."""

    @property
    def title(self) -> str: ...
    @property
    def lead(self) -> str: ...
    @property
    def starters(self) -> Sequence[str]: ...
    @property
    def model(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Asked:
    """Where one goes from a question."""

    last: bool
    forward: Walk
    back: Walk


def question(scene: StepScene, questions: Sequence[Question], *, lead: str, alone: str) -> Asked:
    """The question where the run stands; alone, a possible answer stands in for the room."""
    run = scene.run
    place = min(run.position, len(questions) - 1)
    heading(scene, lead=lead if place == 0 else "")
    paragraph(_("Question {n} of {total}").format(n=place + 1, total=len(questions)), "kicker")
    paragraph(questions[place].question, "question")
    if not scene.projected:
        paragraph(alone, "source")
        with st.expander(_("A possible answer")):
            paragraph(questions[place].model_answer)
    last = place + 1 == len(questions)
    return Asked(
        last=last,
        forward=run.next_step() if last else run.at(place + 1),
        back=run.at(place - 1) if place else run.previous_step(),
    )


def debrief(scene: StepScene[Any, Any], *, caution: str) -> None:
    """Of an activity that begins with a bet: one question at a time; at the first, what became of it, and a caution."""
    words = scene.words.debrief
    asked = question(scene, words.questions, lead=words.lead, alone=words.alone)
    if scene.run.position == 0:
        recalled(scene)
        paragraph(caution, "caution")
    onward(scene, asked)


def onward(scene: StepScene, asked: Asked) -> None:
    """The buttons at the foot of a question; at the very last one of the short format, its end."""
    if asked.last and asked.forward == scene.run:
        paragraph(_("This is the end of the short format. Thank you!"), "big")
    bar(scene, forward=asked.forward, back=asked.back)


def trace(scene: StepScene[Any, Any], *, file_name: str, ahead: str) -> None:
    """What everyone writes at the end, from a beginning of sentence; then what awaits in the second sitting."""
    _written(scene, scene.words.trace, file_name)
    paragraph(ahead, "note")
    bar(scene, forward=None, back=scene.run.previous_step())


def _from_the_class(scene: StepScene) -> None:
    """What participants wrote, of which the facilitator has shown it: never who wrote it."""
    if scene.led is None:
        return
    works = frame.store().classes.works(scene.led.id)
    for text in texts.written(works, type(scene.run)):
        if text.mark in scene.led.lead.shown:
            with st.container(border=True):
                paragraph(text.text)


def _written(scene: StepScene, words: TraceWords, file_name: str) -> None:
    """The sentences to finish: in a box when alone, in everyone's own notebook in a room."""
    key, last = f"{scene.slug}.trace", f"{scene.slug}.trace.saved"
    heading(scene, lead=words.lead)
    if scene.projected:
        for starter in words.starters:
            paragraph(starter, "starter")
        if scene.on_devices:
            paragraph(_("Write on your device. Nothing is shown here before it has been read."), "note")
        _from_the_class(scene)
        return
    # What is saved elsewhere comes in the place of what was saved here before, never of what is not saved yet.
    saved, before = scene.run.text or "\n".join(words.starters), st.session_state.get(last)
    if key not in st.session_state or (saved != before and st.session_state[key] == before):
        st.session_state[key] = saved
    st.session_state[last] = saved
    st.text_area(
        words.title,
        value=st.session_state[key],
        key=key,
        height=260,
        max_chars=2000,
        on_change=scene.move(lambda: scene.run.wrote(st.session_state[key])),
    )
    if scene.led is None:
        st.caption(_("Saved on this machine as soon as you leave the box."))
    else:
        kept = _("Saved with the class as soon as you leave the box.")
        read = _("Whoever leads reads it, and may then show it without your name.")
        st.caption(f"{kept} {read}")
    with st.container(horizontal=True):
        take(_("Download my text"), st.session_state[key], name=file_name, mime="text/plain", key=f"{key}.file")
    with st.expander(_("An example")):
        for line in words.model:
            paragraph(line)
