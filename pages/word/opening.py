"""The first question: how does the machine find the next word?"""

from __future__ import annotations

from activities.next_word.answers import Guess
from pages.parts import opening
from pages.word.scene import Scene


def draw(scene: Scene) -> None:
    """The question, the bets, and on."""
    opening.draw(scene, Guess, caution=scene.words.small_model)
