"""« Le mot d'après »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import streamlit as st

from activities.next_word import labs
from activities.next_word import words as activity_words
from activities.next_word.run import WordRun
from pages import frame
from pages.parts import browser
from pages.parts.language_models import present
from pages.parts.playing import play
from pages.parts.scene import load
from pages.word import setup
from pages.word.scene import Scene

CSS = Path(__file__).parent / "word" / "word.css"

VIEWS: dict[str, tuple[str, str]] = {
    "brief": ("opening", "draw"),
    "tokens": ("tokens", "draw"),
    "bets": ("bets", "draw"),
    "temperature": ("temperature", "draw"),
    "facts": ("facts", "draw"),
    "debrief": ("closing", "debrief"),
    "trace": ("closing", "trace"),
    "surprise": ("surprise", "draw"),
    "train": ("train", "draw"),
}
"""For each step, the module of :mod:`pages.word` and the function that draws it."""

LABS = frozenset({"tokens", "bets", "temperature", "facts", "surprise", "train"})
"""Steps that run models: for the machine that serves the kit, until there are classes."""


def view(step_id: str) -> Callable[[Scene], None]:
    """The function that draws a step."""
    module, function = VIEWS[step_id]
    return getattr(import_module(f"pages.word.{module}"), function)


def main() -> None:
    """Draw the page."""
    st.html(CSS)
    words = activity_words.load(frame.lang())
    run = load(WordRun)
    if run is None:
        browser.arrive("setup")
        setup.draw(words)
        return
    scene = Scene(run=present(run), words=words, role=run.role)
    play(scene, view(run.step), here_only=LABS, computes=LABS | {"brief"}, warm=labs.warm)


main()
