"""Devices, classes and a clock, for the tests of classes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kit.classroom.classes import Class, Classes, Seat, Work
from kit.classroom.database import METADATA, now
from kit.classroom.lead import Lead
from kit.classroom.store import Store
from kit.steps import Step, StepKind

LEADER, COLLEAGUE, SCREEN, ANNE, BEN, STRANGER = (letter * 32 for letter in "abcdef")
MARKER = "hippopotame-violet-7431"
UNKNOWN = "ZZZZZZ"


class Clock:
    """A time that stands still until somebody waits."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> Any:
        return self.moment

    def wait(self, **span: float) -> None:
        self.moment += timedelta(**span)


def device(number: int) -> str:
    """One of as many devices as a test wants, none of those with a name."""
    return f"{number:032x}"


def opened(
    classes: Classes, leader: str = LEADER, activity: str = "spot", *, lang: str = "fr", days: int = 30, **lead: Any
) -> Class:
    """A class that has left its lobby, at the step “brief”."""
    chosen = Lead(**{"lobby": False, **lead})
    return classes.open(activity, "{}", step="brief", device=leader, lang=lang, lead=chosen, days=days)[0]


def with_pin(classes: Classes, leader: str = LEADER, activity: str = "spot") -> tuple[Class, str]:
    return classes.open(activity, "{}", step="brief", device=leader, lang="fr", lead=Lead(lobby=False), days=30)


def work_of(classes: Classes, seat: Seat) -> Work:
    work = classes.work(seat.class_id, seat.number)
    assert work is not None
    return work


def standing(classes: Classes, led: Class) -> Class:
    """A class as it stands now."""
    there = classes.get(led.id)
    assert there is not None
    return there


def names_in(classes: Classes, led: Class) -> list[str]:
    return [work.name for work in classes.works(led.id)]


def text(value: str) -> str:
    return json.dumps({"text": value}, ensure_ascii=False)


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is in the database, by table."""
    with store._database.transaction(write=False) as connection:
        return {name: [tuple(row) for row in connection.execute(select(t))] for name, t in METADATA.tables.items()}


def on_disk(file: Path) -> bytes:
    """Every byte of the database, its log included."""
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


def vote(step: str) -> Step:
    """A step that the devices get unless the facilitator keeps it."""
    return Step(id=step, kind=StepKind.VOTE, minutes=1)


def answered(
    classes: Classes, led: Class, who: str, value: str = "…", *, replaces: int = 0, step: str = "brief"
) -> int:
    return classes.answer(led.id, who, text(value), vote(step), replaces=replaces)
