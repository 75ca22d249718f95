"""The afternoon: what follows a stretched slot moves, and the microphone is shared in equal parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kit.errors import BadInput
from kit.podcast import timetable
from kit.podcast.timetable import BEGINS, SLOTS, Slot, booking, now, plan

START = datetime(2026, 11, 18, 13, 30, tzinfo=UTC)
TWO = (Slot("a", 10), Slot("b", 20))


def at(hours: int, minutes: int, seconds: int = 0) -> datetime:
    return START.replace(hour=hours, minute=minutes, second=seconds)


def test_the_afternoon_of_the_brief() -> None:
    planned = {slot.id: slot for slot in plan(START, SLOTS, {})}
    assert at(BEGINS.hour, BEGINS.minute) == START
    assert planned["brief"].begins == START
    assert planned["witness"].begins == at(14, 20)
    assert planned["witness"].ends == at(14, 40)
    assert planned["rundown"].ends - planned["rundown"].begins == timedelta(minutes=50)
    assert planned["debrief"].ends == at(17, 30)
    assert all(slot.foreseen == slot.ends for slot in planned.values())


def test_what_follows_a_stretched_slot_moves_and_what_comes_before_does_not() -> None:
    first, second = plan(START, TWO, {"a": 5})
    assert (first.begins, first.ends, first.foreseen) == (START, at(13, 45), at(13, 40))
    assert (second.begins, second.ends, second.foreseen) == (at(13, 45), at(14, 5), at(14, 0))
    first, second = plan(START, TWO, {"a": 5, "b": -5})
    assert second.ends == second.foreseen == at(14, 0)
    first, second = plan(START, TWO, {"a": -60})
    assert (first.ends, second.begins) == (START, START), "no slot is shorter than nothing"


def test_the_stretch_of_a_slot_that_is_not_there() -> None:
    with pytest.raises(BadInput, match="“lunch”"):
        plan(START, TWO, {"lunch": 5})


@pytest.mark.parametrize(
    ("moment", "current", "remaining", "late"),
    [
        (at(13, 25), None, 300, 0),
        (at(13, 30), "a", 900, 300),
        (at(13, 44, 59), "a", 1, 300),
        (at(13, 45), "b", 1200, 300),
        (at(14, 5), None, 0, 300),
        (at(18, 0), None, 0, 300),
    ],
)
def test_where_one_is(moment: datetime, current: str | None, remaining: float, late: float) -> None:
    told = now(plan(START, TWO, {"a": 5}), moment)
    assert (told.current.id if told.current else None, told.remaining, told.late) == (current, remaining, late)


def test_ahead_and_a_slot_of_no_length() -> None:
    told = now(plan(START, TWO, {"a": -10}), START)
    assert told.current is not None
    assert (told.current.id, told.remaining, told.late) == ("b", 1200, -600)


def test_the_microphone_is_shared_in_equal_parts() -> None:
    booked = booking(("A", "B", "C"), at(15, 30), at(16, 5))
    assert [(slot.team, slot.begins, slot.ends) for slot in booked] == [
        ("A", at(15, 30), at(15, 41)),
        ("B", at(15, 41), at(15, 52)),
        ("C", at(15, 52), at(16, 3)),
    ]
    assert booking((), at(15, 30), at(16, 5)) == ()
    [alone] = booking(("A",), at(15, 30), at(16, 5))
    assert alone.ends == at(16, 5)


def test_too_many_teams_for_one_microphone() -> None:
    teams = tuple(map(str, range(36)))
    with pytest.raises(BadInput, match=r"36 teams cannot share one microphone from 15:30 to 16:05"):
        booking(teams, at(15, 30), at(16, 5))
    assert len(booking(teams[:35], at(15, 30), at(16, 5))) == 35


def test_clock_times_of_a_wall_do_as_well() -> None:
    naive = START.replace(tzinfo=None)
    assert now(timetable.plan(naive, TWO, {}), naive).remaining == 600
