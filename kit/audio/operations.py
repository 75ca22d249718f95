"""What one may do to a sound: data only, kept beside an original that nothing ever changes.

Applied in order by :func:`kit.audio.editing.apply`. Undoing is taking the last one away. Times are seconds in the sound
as the operations before leave it.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from kit.content import Content

LONGEST = 2 * 3600.0
"""Seconds: no sound is longer."""

Seconds = Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)]


class Keep(Content):
    """Only what is between ``start`` and ``end`` stays."""

    do: Literal["keep"] = "keep"
    start: Seconds
    end: Seconds


class Cut(Content):
    """What is between ``start`` and ``end`` goes; the two sides are joined without a click."""

    do: Literal["cut"] = "cut"
    start: Seconds
    end: Seconds


class Fade(Content):
    """The sound rises out of silence at its beginning, and falls into it at its end."""

    do: Literal["fade"] = "fade"
    start: Seconds = 0.0
    """How long it rises."""
    end: Seconds = 0.0
    """How long it falls."""


class Pauses(Content):
    """Every silence longer than ``longest`` seconds is shortened to that."""

    do: Literal["pauses"] = "pauses"
    longest: Annotated[float, Field(ge=0.1, le=5)] = 0.6


class Denoise(Content):
    """A steady noise, a fan or a hiss, is lowered. Gently: voices must stay voices."""

    do: Literal["denoise"] = "denoise"
    decibels: Annotated[float, Field(ge=1, le=24)] = 12.0
    """At most this much lower."""


class Even(Content):
    """Low voices rise, loud ones fall, so that all are heard alike."""

    do: Literal["even"] = "even"


class Louder(Content):
    """Louder, or softer with a negative number."""

    do: Literal["louder"] = "louder"
    decibels: Annotated[float, Field(ge=-30, le=30)]


Operation: TypeAlias = Annotated[Keep | Cut | Fade | Pauses | Denoise | Even | Louder, Field(discriminator="do")]
