"""The lines of a checklist: a rule, how it stands, a sentence, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kit.errors import KitError
from kit.podcast.episode import Segment

State = Literal["ok", "warn", "stop"]


class Remark(KitError):
    """A sentence of the checklist."""


@dataclass(frozen=True)
class Point:
    """One line. ``id`` is the rule's: a rule has a line that is ``ok``, or one line a fault."""

    id: str
    state: State
    what: KitError
    todo: KitError | None = None


def called(segment: Segment) -> str:
    """How a sentence names a segment."""
    return segment.title or segment.id
