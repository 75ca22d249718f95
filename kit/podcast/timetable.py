"""The afternoon: slots one after the other, that a facilitator lengthens or shortens while it runs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from kit.errors import BadInput


@dataclass(frozen=True)
class Slot:
    """A part of the afternoon, and the minutes foreseen for it."""

    id: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A slot on the clock. ``foreseen``: when it was to end before anything was stretched."""

    id: str
    begins: datetime
    ends: datetime
    foreseen: datetime


@dataclass(frozen=True, kw_only=True)
class Now:
    """Where one is in the afternoon."""

    current: Planned | None
    """None before the first slot and after the last."""
    remaining: float
    """Seconds to the end of the slot; before the first, to its beginning; 0 after the last."""
    late: float
    """Seconds behind what was foreseen, as things stand; negative: ahead."""


@dataclass(frozen=True, kw_only=True)
class Booked:
    """The microphone for one team."""

    team: str
    begins: datetime
    ends: datetime


BEGINS = time(13, 30)
SLOTS = (
    Slot("brief", 5),
    Slot("team", 10),
    Slot("rights", 10),
    Slot("angle", 25),
    Slot("witness", 20),
    Slot("rundown", 50),
    Slot("record", 35),
    Slot("edit", 25),
    Slot("dress", 10),
    Slot("mix", 10),
    Slot("publish", 10),
    Slot("audition", 25),
    Slot("debrief", 5),
)
"""From half past one on: the guest (témoin) at 14:20, the end at 17:30."""


def plan(start: datetime, slots: Sequence[Slot], stretches: Mapping[str, int]) -> tuple[Planned, ...]:
    """``slots`` on the clock from ``start`` on. ``stretches``: minutes added to slots, or taken, by id.

    What follows a stretched slot moves. No slot is shorter than nothing. Raises :class:`BadInput` for the stretch of a
    slot that is not there.
    """
    if lost := sorted(stretches.keys() - {slot.id for slot in slots}):
        raise BadInput("No part of the afternoon is called “{slot}”. Lengthen one of those it has.", slot=lost[0])
    found = []
    begins = foreseen = start
    for slot in slots:
        ends = begins + timedelta(minutes=max(0, slot.minutes + stretches.get(slot.id, 0)))
        foreseen += timedelta(minutes=slot.minutes)
        found.append(Planned(id=slot.id, begins=begins, ends=ends, foreseen=foreseen))
        begins = ends
    return tuple(found)


def now(planned: Sequence[Planned], moment: datetime) -> Now:
    """Where ``moment`` is in what was ``planned`` (one slot or more)."""
    first, last = planned[0], planned[-1]
    if moment < first.begins:
        return Now(current=None, remaining=(first.begins - moment).total_seconds(), late=0.0)
    for slot in planned:
        if moment < slot.ends:
            late = (slot.ends - slot.foreseen).total_seconds()
            return Now(current=slot, remaining=(slot.ends - moment).total_seconds(), late=late)
    return Now(current=None, remaining=0.0, late=(last.ends - last.foreseen).total_seconds())


def booking(teams: Sequence[str], begins: datetime, ends: datetime) -> tuple[Booked, ...]:
    """The microphone for each team in turn, in equal slots of whole minutes from ``begins`` on, within ``ends``.

    Raises :class:`BadInput` if there is less than a minute for each.
    """
    if not teams:
        return ()
    minutes = int((ends - begins).total_seconds() // 60) // len(teams)
    if minutes < 1:
        raise BadInput(
            "{teams} teams cannot share one microphone from {begins} to {ends}: each needs a minute at least. Lengthen "
            "the recording, or set up a second microphone.",
            teams=len(teams),
            begins=f"{begins:%H:%M}",
            ends=f"{ends:%H:%M}",
        )
    each = timedelta(minutes=minutes)
    return tuple(
        Booked(team=team, begins=begins + place * each, ends=begins + (place + 1) * each)
        for place, team in enumerate(teams)
    )
