"""« Du bruit à l'image »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from activities.noise_to_image import words as activity_words
from activities.noise_to_image.run import NoiseRun
from kit.images.generate import warm
from pages.noise import setup
from pages.noise.scene import Scene, present
from pages.parts import playing

CSS = Path(__file__).parent / "noise" / "noise.css"

VIEWS: dict[str, tuple[str, str]] = {
    "brief": ("opening", "draw"),
    "watch": ("watch", "draw"),
    "origin": ("origin", "draw"),
    "dial": ("dial", "draw"),
    "cost": ("cost", "draw"),
    "debrief": ("closing", "debrief"),
    "trace": ("closing", "trace"),
    "feed": ("feed", "draw"),
    "proportion": ("proportion", "draw"),
    "alter": ("alter", "draw"),
    "real_model": ("real_model", "draw"),
    "professions": ("professions", "draw"),
}
"""For each step, the module of :mod:`pages.noise` and the function that draws it."""

LABS = frozenset({"watch", "origin", "dial", "cost", "feed", "proportion", "alter", "real_model", "professions"})
"""Steps that run models or take files: for the machine that serves the kit, and for classes."""


st.html(CSS)
playing.page(
    NoiseRun,
    Scene,
    activity_words.load,
    setup=setup.draw,
    package="pages.noise",
    views=VIEWS,
    present=present,
    here_only=LABS,
    computes=LABS | {"brief"},
    warm=warm,
    on_devices={"feed": ("feed", "device")},
)
