"""« Vrai ou IA ? »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from activities.spot_the_fake import words as activity_words
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.run import SortingRun
from pages import frame
from pages.parts import browser
from pages.parts.playing import play
from pages.parts.scene import load
from pages.spot import setup
from pages.spot.scene import Scene

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
    run = load(SortingRun)
    if run is None:
        browser.arrive("setup")
        setup.draw(words)
        return
    scene = Scene(run=run, words=words, role=run.role)
    play(scene, view(run.step), here_only=HERE_ONLY, computes=[step.id for step in SPOT_THE_FAKE.sitting(2)])


main()
