"""What people answer in « Sonder les biais »."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Guess(StrEnum):
    """Where does the bias of a model come from? What people think before they have measured any."""

    NONE = "none"
    """Nowhere: a machine has no opinion."""
    MAKERS = "makers"
    """The people who built it wanted it so."""
    TEXTS = "texts"
    """The texts that it read."""
    SOCIETY = "society"
    """It shows society as it is."""


class Bet(BaseModel):
    """The answer of the first step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guess: Guess


class Side(StrEnum):
    """Which of two sentences one expects the model to find likelier."""

    A = "a"
    B = "b"


class PairBet(BaseModel):
    """A bet on one pair of sentences."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    side: Side
