"""The first question: where does the machine's picture come from?"""

from __future__ import annotations

from activities.noise_to_image.answers import Guess
from pages.noise.scene import Scene
from pages.parts import opening


def draw(scene: Scene) -> None:
    """The question, the bets, and on."""
    opening.draw(scene, Guess, caution=scene.words.small_generator)
