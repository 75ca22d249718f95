"""One run of « Vrai ou IA ? »: what was chosen and what was answered; :mod:`kit.walk` says where it stands."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.answers import ImageAnswer, SlateCount
from kit.walk import Walk

ROUNDS = ("form_a", "form_b")
"""The steps that sort images, and the keys of :attr:`SortingRun.answers`."""


class SortingRun(Walk):
    """The state of one run."""

    activity = SPOT_THE_FAKE
    answers_in = ("text", "answers", "counts", "decisions", "guess")

    step: str = SPOT_THE_FAKE.steps[0].id
    half: Annotated[int, Field(ge=0, le=1)] = 0
    """Which half of a room this is: the two halves see opposite versions, and the forms the other way round."""
    deck: str = "default"
    cards: bool = False
    """Whether some photographs come with a publication card, which may lie."""
    views: bool = False
    """Whether the forensic views are at hand during the rounds."""
    scores: bool = True
    """False: each image is explained, nothing is added up."""
    seconds: Annotated[int, Field(ge=0)] = 0
    """How long an image is shown, in seconds; 0: as long as wanted."""
    answers: dict[str, dict[str, ImageAnswer]] = Field(default_factory=dict)
    """By round, then by the name the image was served under."""
    counts: dict[str, dict[str, SlateCount]] = Field(default_factory=dict)
    decisions: dict[str, str] = Field(default_factory=dict)
    """By dossier."""
    guess: Annotated[int, Field(ge=0, le=100)] | None = None
    """The guess of the base-rate exercise, in percent."""

    images: Annotated[int, Field(ge=0)] = 0
    """How many images a round has, where the devices of a class play it."""

    def seated(self, number: int) -> Self:
        """This run as participant ``number`` begins it: every other one is of the other half of the room."""
        return super().seated(number).having(half=(self.half + number - 1) % 2)

    def has_answered(self) -> bool:
        """Whether this run holds an answer to its current step; of a round, to all of its images."""
        match self.step:
            case "form_a" | "form_b":
                return len(self.answers.get(self.step, {})) >= max(1, self.images)
            case "dossiers":
                return bool(self.decisions)
            case "base_rate":
                return self.guess is not None
            case _:
                return super().has_answered()

    # -- what was answered -----------------------------------------------------------------------------------------

    def answered(self, round_id: str, answer: ImageAnswer) -> Self:
        """This run with one answer more, or changed."""
        return self.having(
            answers={**self.answers, round_id: {**self.answers.get(round_id, {}), answer.opaque: answer}}
        )

    def counted(self, round_id: str, count: SlateCount) -> Self:
        """This run with the slates of one image typed in."""
        return self.having(counts={**self.counts, round_id: {**self.counts.get(round_id, {}), count.opaque: count}})

    def decided(self, dossier: str, decision: str) -> Self:
        """This run with one decision more about a dossier."""
        return self.having(decisions={**self.decisions, dossier: decision})

    def guessed(self, percent: int) -> Self:
        """This run with the guess of the base-rate exercise."""
        return self.having(guess=percent)
