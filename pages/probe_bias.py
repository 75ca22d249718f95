"""« Sonder les biais »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias import words as activity_words
from activities.probe_bias.run import BiasRun
from pages.bias import setup
from pages.bias.scene import Scene
from pages.parts import playing
from pages.parts.language_models import present

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
"""Steps that run models: for the machine that serves the kit, and for classes."""


st.html(CSS)
playing.page(
    BiasRun,
    Scene,
    activity_words.load,
    setup=setup.draw,
    package="pages.bias",
    views=VIEWS,
    present=present,
    here_only=LABS,
    computes=LABS | {"brief"},
    warm=labs.warm,
)
