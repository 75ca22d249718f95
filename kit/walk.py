"""Where a run of an activity stands, whatever the activity: its plan, its step, its place in the step. Pure.

Every change is a new run. It is stored as JSON after every change and before the screen says so; a reload, a second
window and the facilitator's notes all read the same saved run.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from kit.levels import Level, Role, may_generate
from kit.steps import Activity, Mode, Step


class Plan(StrEnum):
    """Which steps are played."""

    LESSON = "lesson"
    SHORT = "short"
    SECOND = "second"
    HALF_DAY = "half_day"


class Walk(BaseModel):
    """The state that every activity's run has. An activity adds its own fields, its ``activity``, and a first step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    activity: ClassVar[Activity]
    answers_in: ClassVar[tuple[str, ...]] = ("text",)
    """The fields that hold somebody's answers. Whoever sits down in a class begins with none."""

    seed: int
    mode: Mode = Mode.SELF_PACED
    level: Level = Level.ADULTS
    plan: Plan = Plan.LESSON
    step: str
    position: Annotated[int, Field(ge=0)] = 0
    """Where one is within the step: an image, a screen, a question."""
    shown: bool = False
    """Whether the answer to the current question has been revealed."""
    since: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    """When the step began."""
    text: str = ""
    """The trace écrite."""

    @model_validator(mode="after")
    def _in_plan(self) -> Self:
        if self.step not in {step.id for step in self.steps}:
            raise ValueError(f"the step “{self.step}” is not in the plan “{self.plan}”")
        return self

    @classmethod
    def planned(cls, plan: Plan) -> tuple[Step, ...]:
        """The steps of a plan, in order."""
        match plan:
            case Plan.LESSON:
                return cls.activity.sitting(1)
            case Plan.SHORT:
                return tuple(cls.activity.step(step_id) for step_id, _ in cls.activity.short)
            case Plan.SECOND:
                return cls.activity.sitting(2)
            case Plan.HALF_DAY:
                return tuple(cls.activity.step(step_id) for step_id, _ in cls.activity.half_day)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of this run's plan, in order."""
        return self.planned(self.plan)

    @property
    def index(self) -> int:
        """The place of the current step in the plan, from 0."""
        return [step.id for step in self.steps].index(self.step)

    @property
    def minutes(self) -> int:
        """Planned length of the current step in this plan."""
        match self.plan:
            case Plan.SHORT:
                return dict(self.activity.short)[self.step]
            case Plan.HALF_DAY:
                return dict(self.activity.half_day)[self.step]
            case Plan.LESSON | Plan.SECOND:
                return self.activity.step(self.step).minutes

    @property
    def role(self) -> Role:
        """Who looks at the activity's own page."""
        return Role.LEARNER if self.mode is Mode.SELF_PACED else Role.PROJECTOR

    def seated(self, number: int) -> Self:
        """This run, led with a class, as participant ``number`` (from 1 on) begins it on a device of their own."""
        fields = type(self).model_fields
        none = {name: fields[name].get_default(call_default_factory=True) for name in self.answers_in}
        return self.having(mode=Mode.SELF_PACED, **none)

    def alongside(self, led: Walk) -> Self:
        """This run of a participant where the class stands: at its step, and where one was within that step."""
        if self.step == led.step:
            return self.having(since=led.since)
        return self.having(step=led.step, since=led.since).at(0)

    def has_answered(self) -> bool:
        """Whether this run holds an answer to its current step; of a step in several parts, to all of them.

        Here: whether the trace écrite is written. Activities add their own.
        """
        return self.step == "trace" and bool(self.text.strip())

    @property
    def may_generate(self) -> bool:
        """Whether whoever holds the mouse may trigger a model: at a projected screen, that is the facilitator."""
        return may_generate(self.level, Role.LEARNER if self.mode is Mode.SELF_PACED else Role.FACILITATOR)

    def go(self, step_id: str) -> Self:
        """This run at the start of another step of its plan."""
        if step_id not in {step.id for step in self.steps}:
            raise KeyError(step_id)
        return self.having(step=step_id, position=0, shown=False, since=datetime.now(UTC))

    def next_step(self) -> Self:
        """This run at the next step; unchanged at the last one."""
        return self.go(self.steps[self.index + 1].id) if self.index + 1 < len(self.steps) else self

    def previous_step(self) -> Self:
        """This run at the previous step; unchanged at the first one."""
        return self.go(self.steps[self.index - 1].id) if self.index else self

    def at(self, position: int) -> Self:
        """This run at another place of the same step."""
        return self.having(position=max(0, position), shown=False)

    def reveal(self) -> Self:
        """This run with the answer of the current question shown."""
        return self.having(shown=True)

    def wrote(self, text: str) -> Self:
        """This run with the trace écrite."""
        return self.having(text=text)

    def having(self, **changes: object) -> Self:
        """This run with some fields changed, checked as a run read from disk is. Raises pydantic's ValidationError."""
        return type(self).model_validate({**dict(self), **changes})


class LabWalk(Walk):
    """A walk with labs, which compute what somebody asks for."""

    asked: tuple[str, ...] = ()
    """The computations that were asked for: a reload finds them again, or takes them up."""

    def asking(self, computation: str) -> Self:
        """This run with a computation asked for."""
        return self.having(asked=(*(name for name in self.asked if name != computation), computation))

    def settled(self, *computations: str) -> Self:
        """This run with none of ``computations`` asked for: what they showed belongs to another recipe."""
        return self.having(asked=tuple(name for name in self.asked if name not in computations))

    def settled_in(self, lab: str) -> Self:
        """This run with nothing asked for in ``lab``: no computation whose name begins with it and a colon."""
        return self.settled(*(name for name in self.asked if name.startswith(f"{lab}:")))
