"""What the facilitator alone sees of « Le mot d'après », beside the notes and the remote control."""

from __future__ import annotations

from activities.next_word import words as activity_words
from activities.next_word.answers import Guess
from activities.next_word.run import WordRun
from pages.parts import facilitating
from pages.word.scene import Scene


def projected() -> Scene | None:
    """The run that this machine projects, if there is one."""
    return facilitating.projected(WordRun, Scene, activity_words.load)


def panel(scene: Scene) -> None:
    """The hands to count, what to look for in a lab, why a question is asked."""
    facilitating.panel(scene, Guess)
