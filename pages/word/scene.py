"""What every screen of « Le mot d'après » needs: the saved run and its words."""

from __future__ import annotations

from enum import StrEnum

from activities.next_word.run import WordRun
from activities.next_word.words import Words
from kit.models.catalogue import Task
from pages.parts.scene import StepScene

SLUG = "next_word"
TASKS = frozenset({Task.TEXT_GENERATION})
"""What the models do that one may choose from here."""


class Key(StrEnum):
    """Widget and state keys of « Le mot d'après »."""

    GUESS = "next_word.guess"
    WITHOUT = "next_word.without"
    CUT = "next_word.cut"
    BET = "next_word.bet"
    SHOW = "next_word.show"
    PICK = "next_word.pick"
    AGAIN = "next_word.again"
    OWN_BEGINNING = "next_word.own_beginning"
    OPENING = "next_word.opening"
    SEED = "next_word.seed"
    TEMPERATURE = "next_word.temperature"
    TOP_K = "next_word.top_k"
    TOP_P = "next_word.top_p"
    CLAIM = "next_word.claim"
    CLAIM_SEED = "next_word.claim_seed"
    VERDICT = "next_word.verdict"
    CHECK = "next_word.check"
    SEARCH = "next_word.search"
    SURPRISING = "next_word.surprising"
    SOURCE = "next_word.source"
    OWN = "next_word.own"


class Scene(StepScene[WordRun, Words]):
    """One screen to draw."""

    @property
    def places(self) -> int:
        """How many places the current step has."""
        counted = {
            "debrief": self.words.debrief.questions,
            "bets": self.words.openings,
            "facts": self.words.claims,
        }
        return len(counted.get(self.run.step, (None,)))

    @property
    def reveals(self) -> bool:
        """Whether the current step holds an answer back until somebody reveals it."""
        return self.run.step in ("bets", "facts")
