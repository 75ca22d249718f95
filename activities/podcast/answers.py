"""What people answer in « Défi podcast »."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Guess(StrEnum):
    """How many words fit into a minute of radio? What people think before they have timed themselves."""

    SIXTY = "sixty"
    ONE_FIFTY = "one_fifty"
    THREE_HUNDRED = "three_hundred"
    SIX_HUNDRED = "six_hundred"


class Bet(BaseModel):
    """The answer of the first step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guess: Guess
