"""What the facilitator alone sees of « Sonder les biais », beside the notes and the remote control."""

from __future__ import annotations

from activities.probe_bias import words as activity_words
from activities.probe_bias.answers import Guess
from activities.probe_bias.run import BiasRun
from pages.bias.scene import Scene
from pages.parts import facilitating


def projected() -> Scene | None:
    """The run that this machine projects, if there is one."""
    return facilitating.projected(BiasRun, Scene, activity_words.load)


def panel(scene: Scene) -> None:
    """The hands to count, what to look for in a lab, why a question is asked."""
    facilitating.panel(scene, Guess)
