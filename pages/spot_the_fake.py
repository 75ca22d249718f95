"""« Vrai ou IA ? »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from activities.spot_the_fake import words as activity_words
from activities.spot_the_fake.run import Plan
from kit import compute, settings
from kit.levels import Role
from kit.steps import Mode
from pages import frame
from pages.frame import _
from pages.parts import browser
from pages.parts.palette import enlarge
from pages.parts.prose import paragraph
from pages.spot import setup
from pages.spot.furniture import bar, heading, steps_rail
from pages.spot.scene import Key, Scene, leave, load, moved_on

VIEWS: dict[str, tuple[str, str]] = {
    "brief": ("opening", "brief"),
    "form_a": ("sorting", "draw"),
    "lesson": ("opening", "lesson"),
    "form_b": ("sorting", "draw"),
    "reveals": ("reveals", "draw"),
    "results": ("results", "draw"),
    "debrief": ("debrief", "draw"),
    "trace": ("debrief", "trace"),
    "dossiers": ("dossiers", "draw"),
    "forensics": ("forensics", "draw"),
    "detector": ("detector", "draw"),
    "base_rate": ("chances", "base_rate"),
    "human_scores": ("chances", "human_scores"),
    "own_deck": ("own_deck", "draw"),
}
"""For each step, the module of :mod:`pages.spot` and the function that draws it.

By name, so that the first page does not wait for what the last one needs.
"""


HERE_ONLY = frozenset({"forensics", "detector", "own_deck"})
"""Steps that take files or run models: for the machine that serves the kit, until there are classes."""


def view(step_id: str) -> Callable[[Scene], None]:
    """The function that draws a step."""
    module, function = VIEWS[step_id]
    return getattr(import_module(f"pages.spot.{module}"), function)


def main() -> None:
    """Draw the page."""
    words = activity_words.load(frame.lang())
    run = load()
    if run is None:
        browser.arrive("setup")
        setup.draw(words)
        return
    scene = Scene(run=run, words=words, role=run.role)
    browser.arrive(f"{run.step}/{run.position}/{run.shown}")
    if scene.projected:
        with st.container(key="frame-enlarge"):
            enlarge()
    steps_rail(scene)
    with st.container(key=f"step-{run.role}"):
        if run.step in HERE_ONLY and not frame.is_here():
            heading(scene, lead="")
            paragraph(_("This step happens on the facilitator’s machine."), "note")
            bar(scene, forward=run.next_step(), back=run.previous_step())
        else:
            view(run.step)(scene)
    _foot(scene)
    if run.plan is Plan.SECOND:
        # These steps compute. The workers start once the screen is drawn, so that nobody waits for them twice.
        compute.connect(settings.load()).start()
    if run.mode is Mode.PROJECTED:
        _follow()


def _foot(scene: Scene) -> None:
    with st.container(horizontal=True, key="foot"):
        if scene.role is Role.PROJECTOR and frame.is_here():
            st.page_link(frame.page_at("conduct"), label=_("Facilitator’s notes (open in another window)"))
        with st.popover(_("Leave")), st.container():
            st.write(_("Leaving erases this run: answers, counts and text."))
            st.button(_("Erase and start again"), key=Key.LEAVE, on_click=leave)


@st.fragment(run_every=1.0)
def _follow() -> None:
    """The room's screen follows the facilitator's window: it compares one number a second."""
    if moved_on():
        st.rerun(scope="app")


main()
