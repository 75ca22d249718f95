"""« Le mot d'après »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from activities.next_word import labs
from activities.next_word import words as activity_words
from activities.next_word.run import WordRun
from pages.parts import playing
from pages.parts.language_models import present
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
"""Steps that run models: for the machine that serves the kit, and for classes."""


st.html(CSS)
playing.page(
    WordRun,
    Scene,
    activity_words.load,
    setup=setup.draw,
    package="pages.word",
    views=VIEWS,
    present=present,
    here_only=LABS,
    computes=LABS | {"brief"},
    warm=labs.warm,
)
