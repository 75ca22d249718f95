"""The lines of a checklist: a rule, how it stands, a sentence, what to do about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kit.errors import KitError
from kit.podcast.episode import Segment, SegmentKind

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


KINDS = {
    SegmentKind.THEME: Remark("theme"),
    SegmentKind.HOOK: Remark("hook"),
    SegmentKind.INTRO: Remark("introduction"),
    SegmentKind.INTERVIEW: Remark("interview"),
    SegmentKind.COLUMN: Remark("column"),
    SegmentKind.VOX_POP: Remark("vox pop"),
    SegmentKind.STING: Remark("sting"),
    SegmentKind.OUTRO: Remark("outro"),
    SegmentKind.CREDITS: Remark("credits"),
}


def called(segment: Segment) -> str | KitError:
    """How a sentence names a segment: by its title, or by what it is."""
    return segment.title or KINDS[segment.kind]


def dated(day: date) -> KitError:
    """A day as the reader writes it."""
    return Remark("{year}-{month}-{day}", year=day.year, month=f"{day.month:02d}", day=f"{day.day:02d}")


def decimal(value: float, digits: int) -> str | KitError:
    """A number with so many decimals (at least one), its sign and its decimal mark, as the reader writes it."""
    sign = "−" if value < 0 else ""
    if not math.isfinite(value):
        return f"{sign}∞" if math.isinf(value) else "?"
    whole, part = f"{abs(value):.{digits}f}".split(".")
    return Remark("{sign}{whole}.{part}", sign=sign, whole=whole, part=part)
