"""« Vrai ou IA ? »: the saved run, drawn for whoever looks at this screen."""

from __future__ import annotations

from activities.spot_the_fake import words as activity_words
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.run import SortingRun
from pages.parts import playing
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
"""For each step, the module of :mod:`pages.spot` and the function that draws it."""


HERE_ONLY = frozenset({"forensics", "detector", "own_deck"})
"""Steps that take files or run models: for the machine that serves the kit, and for classes."""


playing.page(
    SortingRun,
    Scene,
    activity_words.load,
    setup=setup.draw,
    package="pages.spot",
    views=VIEWS,
    here_only=HERE_ONLY,
    on_devices={"own_deck": ("own_deck", "device")},
    above=Scene.look_ahead,
    computes=[step.id for step in SPOT_THE_FAKE.sitting(2)],
)
