"""One run of « Vrai ou IA ? »: what was chosen, where it stands, what was answered. Pure: every change is a new run.

It is stored as JSON after every change and before the screen says so; a reload, a second window and the facilitator's
notes all read the same saved run.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.answers import ImageAnswer, SlateCount
from kit.levels import Level, Role
from kit.steps import Mode, Step

ROUNDS = ("form_a", "form_b")
"""The steps that sort images, and the keys of :attr:`SortingRun.answers`."""


class Plan(StrEnum):
    """Which steps are played."""

    LESSON = "lesson"
    SHORT = "short"
    SECOND = "second"


class SortingRun(BaseModel):
    """The state of one run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int
    half: Annotated[int, Field(ge=0, le=1)] = 0
    """Which half of a room this is: the two halves see opposite versions, and the forms the other way round."""
    deck: str = "default"
    mode: Mode = Mode.SELF_PACED
    level: Level = Level.ADULTS
    plan: Plan = Plan.LESSON
    cards: bool = False
    """Whether some photographs come with a publication card, which may lie."""
    views: bool = False
    """Whether the forensic views are at hand during the rounds."""
    scores: bool = True
    """False: each image is explained, nothing is added up."""
    seconds: Annotated[int, Field(ge=0)] = 0
    """How long an image is shown, in seconds; 0: as long as wanted."""
    step: str = SPOT_THE_FAKE.steps[0].id
    position: Annotated[int, Field(ge=0)] = 0
    """Where one is within the step: an image, a screen, a question."""
    shown: bool = False
    """Whether the answer to the current question has been revealed."""
    since: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    """When the step began."""
    answers: dict[str, dict[str, ImageAnswer]] = {}
    """By round, then by the name the image was served under."""
    counts: dict[str, dict[str, SlateCount]] = {}
    decisions: dict[str, str] = {}
    """By dossier."""
    guess: Annotated[int, Field(ge=0, le=100)] | None = None
    """The guess of the base-rate exercise, in percent."""
    text: str = ""
    """The trace écrite."""

    @model_validator(mode="after")
    def _in_plan(self) -> Self:
        if self.step not in {step.id for step in self.steps}:
            raise ValueError(f"the step “{self.step}” is not in the plan “{self.plan}”")
        return self

    # -- where one is ----------------------------------------------------------------------------------------------

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of this run's plan, in order."""
        match self.plan:
            case Plan.LESSON:
                return SPOT_THE_FAKE.sitting(1)
            case Plan.SHORT:
                return tuple(SPOT_THE_FAKE.step(step_id) for step_id, _ in SPOT_THE_FAKE.short)
            case Plan.SECOND:
                return SPOT_THE_FAKE.sitting(2)

    @property
    def index(self) -> int:
        """The place of the current step in the plan, from 0."""
        return [step.id for step in self.steps].index(self.step)

    @property
    def minutes(self) -> int:
        """Planned length of the current step in this plan."""
        return dict(SPOT_THE_FAKE.short)[self.step] if self.plan is Plan.SHORT else self.steps[self.index].minutes

    @property
    def role(self) -> Role:
        """Who looks at the activity's own page."""
        return Role.LEARNER if self.mode is Mode.SELF_PACED else Role.PROJECTOR

    def go(self, step_id: str) -> Self:
        """This run at the start of another step of its plan."""
        if step_id not in {step.id for step in self.steps}:
            raise KeyError(step_id)
        return self._with(step=step_id, position=0, shown=False, since=datetime.now(UTC))

    def next_step(self) -> Self:
        """This run at the next step; unchanged at the last one."""
        return self.go(self.steps[self.index + 1].id) if self.index + 1 < len(self.steps) else self

    def previous_step(self) -> Self:
        """This run at the previous step; unchanged at the first one."""
        return self.go(self.steps[self.index - 1].id) if self.index else self

    def at(self, position: int) -> Self:
        """This run at another place of the same step."""
        return self._with(position=max(0, position), shown=False)

    def reveal(self) -> Self:
        """This run with the answer of the current question shown."""
        return self._with(shown=True)

    # -- what was answered -----------------------------------------------------------------------------------------

    def answered(self, round_id: str, answer: ImageAnswer) -> Self:
        """This run with one answer more, or changed."""
        return self._with(answers={**self.answers, round_id: {**self.answers.get(round_id, {}), answer.opaque: answer}})

    def counted(self, round_id: str, count: SlateCount) -> Self:
        """This run with the slates of one image typed in."""
        return self._with(counts={**self.counts, round_id: {**self.counts.get(round_id, {}), count.opaque: count}})

    def decided(self, dossier: str, decision: str) -> Self:
        """This run with one decision more about a dossier."""
        return self._with(decisions={**self.decisions, dossier: decision})

    def guessed(self, percent: int) -> Self:
        """This run with the guess of the base-rate exercise."""
        return self._with(guess=percent)

    def wrote(self, text: str) -> Self:
        """This run with the trace écrite."""
        return self._with(text=text)

    def _with(self, **changes: object) -> Self:
        # Not model_copy: a change must pass the same validation as a run read from disk.
        return type(self).model_validate({**dict(self), **changes})
