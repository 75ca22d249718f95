"""The first question: how many words are there in a minute of radio?"""

from __future__ import annotations

from activities.podcast.answers import Guess
from pages.parts import opening
from pages.studio.scene import Scene


def draw(scene: Scene) -> None:
    """The question, the bets, and on."""
    opening.draw(scene, Guess, caution=scene.words.caution)
