"""What people answer in « Le mot d'après »."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

LONGEST_BET = 30
"""Characters of a word that is bet on."""


class Guess(StrEnum):
    """How does the machine find the next word? What people think before they have seen it."""

    UNDERSTANDS = "understands"
    """It understands the question and knows the answer."""
    LOOKS_UP = "looks_up"
    """It looks the sentence up in a text, or on the Internet."""
    LIKELY = "likely"
    """It computes which continuation is likely, after what it read."""
    CHANCE = "chance"
    """It draws any word at all."""


class Bet(BaseModel):
    """The answer of the first step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guess: Guess


Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_BET)]


class WordBet(BaseModel):
    """The word that one expects next."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: Word


class Verdict(StrEnum):
    """What one thinks of a statement before it is checked."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWABLE = "unknowable"
