"""What every screen of an activity has: steps, title, the way back and on, the questions, the sentences one keeps."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kit.levels import Role
from kit.walk import Walk
from pages.frame import _
from pages.parts.prose import escape, paragraph
from pages.parts.scene import StepScene


def steps_rail(scene: StepScene) -> None:
    """The steps of the plan, the current one marked."""
    run = scene.run
    names = []
    for place, step in enumerate(run.steps):
        state = "now" if place == run.index else "done" if place < run.index else "next"
        current = ' aria-current="step"' if state == "now" else ""
        names.append(f'<li class="{state}"{current}>{escape(scene.words.steps[step.id].short)}</li>')
    label = _("Steps")
    st.html(f'<ol class="rail" aria-label="{escape(label)}">{"".join(names)}</ol>')


def heading(scene: StepScene, *, lead: str | None = None) -> None:
    """The title of the step and its instruction: for one's own screen, also where devices follow it; for a room."""
    words = scene.words.steps[scene.run.step]
    st.header(words.title, anchor=False)
    for_room = scene.projected and not scene.on_devices
    text = lead if lead is not None else words.room if for_room else words.learner
    if text:
        st.html(f'<p class="lead">{escape(text)}</p>')


def by_hand(scene: StepScene, slates: str) -> None:
    """How a room answers: on its devices, where they have the step; else as ``slates`` says."""
    devices = _("Answer on your device, each for oneself. What the class thinks comes later.")
    paragraph(devices if scene.on_devices else slates, "note")


def numbered(scene: StepScene, text: str) -> None:
    """The title of a screen that leaves the room to its picture: seen, where one is; heard, the step as well."""
    step = escape(scene.words.steps[scene.run.step].title)
    st.html(f'<h2 class="kicker"><span class="unseen">{step} · </span>{escape(text)}</h2>')


def bar(
    scene: StepScene,
    *,
    forward: Walk | None,
    back: Walk | None = None,
    forward_label: str | None = None,
    **options: Any,
) -> None:
    """The buttons at the foot of a screen: back, and on. A run that has nowhere to go gets no button.

    A participant of a class moves within a step; from one step to the next the class goes together.
    """
    if scene.role is Role.PARTICIPANT:
        back = back if back is not None and back.step == scene.run.step else None
        if forward is not None and forward.step != scene.run.step:
            forward = None
            if scene.run.has_answered():
                saved = _("It is saved. The class goes on together: wait for the next step.")
                st.html(f'<p class="note class-saved" role="status">{escape(saved)}</p>')
    with scene.foot or st.container(horizontal=True, key="bar"):
        if back is not None and back != scene.run:
            st.button(_("Back"), key=f"{scene.slug}.back", on_click=scene.move(lambda: back))
        if forward is not None and forward != scene.run:
            st.button(
                forward_label or _("Continue"),
                key=f"{scene.slug}.next",
                type="primary",
                on_click=scene.move(lambda: forward),
                **options,
            )
