"""« Du bruit à l'image »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import streamlit as st

from activities.noise_to_image import words as activity_words
from activities.noise_to_image.run import NoiseRun
from kit.images.generate import warm
from pages import frame
from pages.noise import setup
from pages.noise.scene import Scene, present
from pages.parts import browser
from pages.parts.playing import play
from pages.parts.scene import load

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
"""Steps that run models or take files: for the machine that serves the kit, until there are classes."""


def view(step_id: str) -> Callable[[Scene], None]:
    """The function that draws a step."""
    module, function = VIEWS[step_id]
    return getattr(import_module(f"pages.noise.{module}"), function)


def main() -> None:
    """Draw the page."""
    st.html(CSS)
    words = activity_words.load(frame.lang())
    run = load(NoiseRun)
    if run is None:
        browser.arrive("setup")
        setup.draw(words)
        return
    scene = Scene(run=present(run), words=words, role=run.role)
    play(scene, view(run.step), here_only=LABS, computes=LABS | {"brief"}, warm=warm)


main()
