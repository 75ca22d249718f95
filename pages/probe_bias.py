"""« Sonder les biais »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias import words as activity_words
from activities.probe_bias.run import BiasRun
from pages import frame
from pages.bias import setup
from pages.bias.scene import Scene
from pages.parts import browser
from pages.parts.language_models import present
from pages.parts.playing import play
from pages.parts.scene import load

CSS = Path(__file__).parent / "bias" / "bias.css"

VIEWS: dict[str, tuple[str, str]] = {
    "brief": ("opening", "draw"),
    "pairs": ("pairs", "draw"),
    "corpus": ("corpus", "draw"),
    "making": ("making", "draw"),
    "debrief": ("closing", "debrief"),
    "trace": ("closing", "trace"),
    "blank": ("blank", "draw"),
    "audit": ("audit", "draw"),
    "coding": ("coding", "draw"),
    "vectors": ("vectors", "draw"),
}
"""For each step, the module of :mod:`pages.bias` and the function that draws it."""

LABS = frozenset({"pairs", "corpus", "making", "blank", "audit", "coding", "vectors"})
"""Steps that run models: for the machine that serves the kit, until there are classes."""


def view(step_id: str) -> Callable[[Scene], None]:
    """The function that draws a step."""
    module, function = VIEWS[step_id]
    return getattr(import_module(f"pages.bias.{module}"), function)


def main() -> None:
    """Draw the page."""
    st.html(CSS)
    words = activity_words.load(frame.lang())
    run = load(BiasRun)
    if run is None:
        browser.arrive("setup")
        setup.draw(words)
        return
    scene = Scene(run=present(run), words=words, role=run.role)
    play(scene, view(run.step), here_only=LABS, computes=LABS | {"brief"}, warm=labs.warm)


main()
