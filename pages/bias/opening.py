"""The first question: where does a machine's bias come from?"""

from __future__ import annotations

from activities.probe_bias.answers import Guess
from pages.bias.scene import Scene
from pages.parts import opening


def draw(scene: Scene) -> None:
    """The question, the bets, and on."""
    opening.draw(scene, Guess, caution=scene.words.small_model)
