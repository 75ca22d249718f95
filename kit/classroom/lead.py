"""How a class is led, beside the run that says where it stands: what is open, what is given to the devices, what the
room may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kit.classroom.questions import When
from kit.steps import Step, StepKind

GIVEN = frozenset({StepKind.VOTE, StepKind.WRITE})
"""The kinds of steps that the devices get unless the facilitator keeps them: those that collect answers."""


class Names(StrEnum):
    """What participants are called. Nobody types a name."""

    PSEUDONYMS = "pseudonyms"
    TEAMS = "teams"


class Lead(BaseModel):
    """The choices of a facilitator for one class."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: Names = Names.PSEUDONYMS
    lobby: bool = True
    """Whether the class still gathers: every screen shows how to join."""
    paused: bool = False
    locked: bool = False
    """Whether answers to the current step are refused."""
    minutes: Annotated[int, Field(ge=0, le=60)] = 0
    """Of the timer that begins with each step; 0: none does."""
    until: AwareDatetime | None = None
    """When the time for the current step is over, if a timer runs."""
    given: dict[str, bool] = Field(default_factory=dict)
    """By step, whether the devices get it; a step that is not named: as :data:`GIVEN` says."""
    shown: tuple[Annotated[str, Field(max_length=80)], ...] = ()
    """The texts that the room may see (:func:`kit.classroom.texts.mark`): those alone that the facilitator has read."""
    quiz: Literal["", When] = ""
    """The questionnaire that the devices are given in place of the step, whatever step follows; empty: none."""
    quiz_shown: bool = False
    """Whether the room may see, where no questionnaire is on, what was answered, and the key."""

    def gives(self, step: Step) -> bool:
        """Whether the devices get a step; one of the big screen, never."""
        return not step.big_screen and self.given.get(step.id, step.kind in GIVEN)

    def collects(self, step: Step) -> bool:
        """Whether the devices may answer a step where the class stands, as far as these choices say."""
        return not (self.lobby or self.paused or self.locked) and self.gives(step)

    def having(self, **changes: object) -> Self:
        """These choices with some changed, and checked."""
        return type(self).model_validate({**dict(self), **changes})

    def at_new_step(self) -> Self:
        """These choices as a new step finds them: open, its timer begun, out of the lobby, no results on the screen."""
        until = datetime.now(UTC) + timedelta(minutes=self.minutes) if self.minutes else None
        return self.having(lobby=False, locked=False, until=until, quiz_shown=False)
