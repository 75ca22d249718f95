"""The moods that the kit's own music comes in."""

from __future__ import annotations

from enum import StrEnum


class Mood(StrEnum):
    """How a piece of music feels."""

    BRIGHT = "bright"
    CALM = "calm"
    CURIOUS = "curious"
    SERIOUS = "serious"
    PLAYFUL = "playful"
