"""One run of « Défi podcast »: which project one works at, and where one stands in it.

What the team makes is not here but in its project (:mod:`kit.podcast.store`), which other windows and other devices
can open as well.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from activities.podcast.activity import PODCAST
from activities.podcast.answers import Guess
from kit.walk import LabWalk

MOST_STRETCH = 60
"""Minutes by which a step of the afternoon may grow or shrink."""


class PodcastRun(LabWalk):
    """The state of one run."""

    activity = PODCAST
    answers_in = ("guess", "counts", "marks", "talking_since", "ears")

    step: str = PODCAST.steps[0].id
    guess: Guess | None = None
    counts: dict[Guess, Annotated[int, Field(ge=0, le=999)]] = Field(default_factory=dict)
    """Hands of a room, by guess."""
    project: Annotated[str, Field(max_length=32)] = ""
    """Of the store; none until it is made."""
    segment: Annotated[str, Field(max_length=32)] = ""
    """Which segment is written, recorded, edited or dressed; none stands for the first."""
    began: AwareDatetime | None = None
    """When the afternoon began."""
    stretches: dict[str, Annotated[int, Field(ge=-MOST_STRETCH, le=MOST_STRETCH)]] = Field(default_factory=dict)
    """Minutes added to steps of the afternoon, by id."""
    talking_since: AwareDatetime | None = None
    """When the guest's interview began; None before it and after it."""
    marks: Annotated[tuple[Annotated[float, Field(ge=0, le=7200)], ...], Field(max_length=500)] = ()
    """Seconds into the interview at which somebody pressed « bon moment »."""
    heard: Annotated[int, Field(ge=0, le=9999)] = 1
    """Of the listening game: which order its voices come in."""
    ears: dict[int, bool] = Field(default_factory=dict)
    """In the listening game: whether one took the voice of a round for a human one."""

    def has_answered(self) -> bool:
        """Whether this run holds an answer to its current step."""
        return self.guess is not None if self.step == "brief" else super().has_answered()
