"""An activity is an ordered tuple of steps. The same steps serve alone, projected, and later in class.

Specs are light: describing an activity imports nothing heavy, so that the home page and the contract tests can read
every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from kit.levels import Level


class StepKind(StrEnum):
    """What people do during a step."""

    BRIEF = "brief"
    VOTE = "vote"
    WRITE = "write"
    LAB = "lab"
    REVEAL = "reveal"
    DEBRIEF = "debrief"


class Mode(StrEnum):
    """Who moves on to the next step."""

    SELF_PACED = "self-paced"
    """The learner."""
    PROJECTED = "projected"
    """The facilitator; the room looks at one screen."""
    CLASS = "class"
    """The facilitator; every device follows."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage of an activity."""

    id: str
    """Stable key: the section of the guide, the words in content, the answers in the store."""
    kind: StepKind
    minutes: int
    """Planned length in a group."""
    answer: type[BaseModel] | None = None
    """Schema of one answer, if the step collects any."""
    sitting: int = 1
    """1: the core sitting; 2: the second one."""
    big_screen: bool = False
    """Whether a class follows it on the projected screen alone, since it works at what belongs to the machine."""
    pictures: Literal["none", "read", "kept"] = "none"
    """What becomes of the pictures that the devices of a class may send in it."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What an activity declares about itself. Its words live in ``activities/<slug>/content``."""

    slug: str
    levels: tuple[Level, ...]
    steps: tuple[Step, ...]
    short: tuple[tuple[str, int], ...]
    """The 20-minute format: step ids in order, each with its minutes."""
    half_day: tuple[tuple[str, int], ...] = ()
    """The half-day format, of both sittings' steps in an order of its own, each with its minutes; empty: none."""

    @property
    def minutes(self) -> int:
        """Planned length of the core sitting."""
        return sum(step.minutes for step in self.sitting(1))

    def sitting(self, number: int) -> tuple[Step, ...]:
        """The steps of one sitting, in order."""
        return tuple(step for step in self.steps if step.sitting == number)

    def step(self, step_id: str) -> Step:
        """The step called ``step_id``. Raises :class:`KeyError` if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
