"""What the facilitator alone sees of « Du bruit à l'image », beside the notes and the remote control."""

from __future__ import annotations

from activities.noise_to_image import words as activity_words
from activities.noise_to_image.answers import Guess
from activities.noise_to_image.run import NoiseRun
from pages.noise.scene import Scene
from pages.parts import facilitating


def projected() -> Scene | None:
    """The run that this machine projects, if there is one."""
    return facilitating.projected(NoiseRun, Scene, activity_words.load)


def panel(scene: Scene) -> None:
    """The hands to count, what to look for in a lab, why a question is asked."""
    facilitating.panel(scene, Guess)
