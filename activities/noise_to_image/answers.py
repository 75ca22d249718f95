"""What people answer in « Du bruit à l'image »."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Guess(StrEnum):
    """Where does the machine's picture come from? What people think before they have seen it."""

    SEARCH = "search"
    """It finds a picture on the Internet."""
    COLLAGE = "collage"
    """It cuts photographs up and glues pieces together."""
    NOISE = "noise"
    """It removes noise, helped by what it learnt from photographs."""
    IMAGINES = "imagines"
    """It imagines, as a person does."""


class Bet(BaseModel):
    """The answer of the first step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guess: Guess
