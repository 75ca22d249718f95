"""Classes, in a file and on a PostgreSQL server: who sits where, who may do what, and no answer lost or taken twice."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from kit.classroom import classes as module
from kit.classroom import codes
from kit.classroom.classes import LINK_MINUTES, MAX_WORK_BYTES, Class, Classes, Seat
from kit.classroom.database import now
from kit.classroom.keywords import WORDS
from kit.classroom.lead import Lead, Names
from kit.classroom.pseudonyms import _names
from kit.classroom.store import Stale, Store
from kit.errors import BadInput, NotAllowed, NotFound
from kit.levels import Role
from kit.steps import Step, StepKind
from tests.kit.classroom.seated import (
    ANNE,
    BEN,
    COLLEAGUE,
    LEADER,
    MARKER,
    SCREEN,
    STRANGER,
    UNKNOWN,
    Clock,
    answered,
    device,
    names_in,
    opened,
    rows,
    standing,
    text,
    vote,
    with_pin,
    work_of,
)

# -- opening ----------------------------------------------------------------------------------------------------------


def test_a_class_is_what_it_was_opened_as(classes: Classes) -> None:
    lead = Lead(names=Names.TEAMS, given={"lesson": True})
    before = now()
    led, pin = classes.open("spot", '{"a": "œ"}', step="brief", device=LEADER, lang="en", lead=lead, days=7)
    assert (led.activity, led.lang, led.step, led.state, led.lead) == ("spot", "en", "brief", '{"a": "œ"}', lead)
    assert (len(led.code), len(pin), led.closed) == (codes.CODE_LENGTH, codes.PIN_LENGTH, False)
    assert led.version > 0
    assert before + timedelta(days=7) <= led.expires <= now() + timedelta(days=7)
    assert before <= led.opened <= now()
    assert classes.get(led.id) == led
    assert classes.seats(LEADER) == [Seat(class_id=led.id, activity="spot", role=Role.FACILITATOR, number=0)]
    assert classes.versions() == {led.id: led.version}


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_class_is_kept_for_a_year_at_most(classes: Classes, days: int) -> None:
    with pytest.raises(BadInput, match="1 to 365 days"):
        opened(classes, days=days)
    assert classes.versions() == {}


def test_a_year_is_not_too_long(classes: Classes) -> None:
    assert opened(classes, days=365).expires > now() + timedelta(days=364)


def test_opening_again_closes_the_class_that_one_led_before_in_that_activity_alone(classes: Classes) -> None:
    before, elsewhere = opened(classes), opened(classes, activity="bias")
    others = opened(classes, COLLEAGUE)
    seat = classes.join(before.code, ANNE)
    after = opened(classes)
    assert [(seat.class_id, seat.closed) for seat in classes.seats(LEADER)] == [
        (after.id, False),
        (elsewhere.id, False),
        (before.id, True),
    ], "the last one first"
    assert set(classes.versions()) == {after.id, elsewhere.id, others.id}
    assert classes.seats(ANNE) == []
    assert work_of(classes, seat).name, "what was made there stays"
    with pytest.raises(NotFound):
        classes.join(before.code, BEN)


def test_two_classes_at_once_know_nothing_of_each_other(classes: Classes) -> None:
    spot, bias = opened(classes), opened(classes, activity="bias")
    for led in (spot, bias):
        classes.join(led.code, ANNE)
        answered(classes, led, ANNE, led.activity)
    assert {seat.class_id for seat in classes.seats(ANNE)} == {spot.id, bias.id}
    assert [work.state for led in (spot, bias) for work in classes.works(led.id)] == [text("spot"), text("bias")]
    classes.keep(spot.id, LEADER, "{}", "lesson", replaces=spot.version)
    assert [standing(classes, led).step for led in (spot, bias)] == ["lesson", "brief"]


def test_no_two_classes_have_one_code(classes: Classes, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["BBBBBB", "BBBBBB", "BBBBBB", "CCCCCC"])
    monkeypatch.setattr(codes, "code", lambda: next(drawn))
    assert [opened(classes, leader).code for leader in (LEADER, COLLEAGUE)] == ["BBBBBB", "CCCCCC"]


def test_what_is_not_there_is_not_found(classes: Classes) -> None:
    assert classes.get("0" * 32) is None
    assert classes.work("0" * 32, 1) is None
    assert classes.works("0" * 32) == classes.seats(STRANGER) == []
    assert classes.pulse("0" * 32) == (0, 0, 0)


# -- joining ----------------------------------------------------------------------------------------------------------


def test_whoever_joins_gets_a_number_a_name_and_two_words(classes: Classes) -> None:
    led = opened(classes)
    anne, ben = classes.join(led.code, ANNE, state="{}"), classes.join(led.code, BEN)
    assert anne == Seat(class_id=led.id, activity="spot", role=Role.PARTICIPANT, number=1)
    assert (ben.number, classes.seats(BEN)) == (2, [ben])
    works = classes.works(led.id)
    assert [(work.number, work.version, work.state) for work in works] == [(1, 0, "{}"), (2, 0, "")]
    assert {work.name for work in works} <= {name for _being, name in _names("fr")}
    assert classes.names(led.code, STRANGER) == [work.name for work in works]
    assert all(set(work.words.split()) <= set(WORDS["fr"]) for work in works)


def test_joining_again_changes_nothing(classes: Classes) -> None:
    led = opened(classes)
    seat = classes.join(led.code, ANNE)
    answered(classes, led, ANNE, "kept")
    works = classes.works(led.id)
    assert [classes.join(led.code, ANNE, state="new") for _ in range(3)] == [seat] * 3
    assert classes.works(led.id) == works
    assert classes.join(led.code, LEADER).role is Role.FACILITATOR, "nor does it make whoever leads a participant"
    assert len(classes.works(led.id)) == 1


HANDS: tuple[Callable[[str], str], ...] = (
    str.lower,
    " ".join,
    "-".join,
    "\u00a0".join,
    lambda code: f"  {code[:3]} {code[3:].lower()}. ",
    lambda code: "".join(chr(ord(letter) + 0xFEE0) for letter in code),
)
"""Low letters, letters apart by spaces, hyphens or no-break spaces, untidy, full-width."""


def test_a_code_may_be_typed_in_any_way(classes: Classes) -> None:
    led = opened(classes)
    for number, hand in enumerate(HANDS):
        assert classes.join(hand(led.code), device(number)).class_id == led.id
        with pytest.raises(NotFound):
            classes.join(hand(UNKNOWN), STRANGER if number % 2 else BEN)


def test_a_wrong_code_is_said_with_what_was_typed(classes: Classes) -> None:
    opened(classes)
    for number, typed in enumerate(["", UNKNOWN, "{code}{x}", "%s' OR 1=1 --", "\x00", "é" * 5000]):
        with pytest.raises(NotFound) as caught:
            classes.join(typed, device(number))
        assert f"“{typed[:12]}”" in str(caught.value)
        assert classes.seats(device(number)) == []


def test_teams_are_called_by_their_number(classes: Classes) -> None:
    for lang, name in (("fr", "Équipe"), ("en", "Team")):
        led = opened(classes, lang=lang, activity=lang, names=Names.TEAMS)
        for number in range(1, 4):
            classes.join(led.code, device(number))
        assert names_in(classes, led) == [f"{name} 1", f"{name} 2", f"{name} 3"]


def test_a_class_is_full_at_its_limit_and_has_room_again_when_somebody_is_taken_out(
    classes: Classes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.MOST_PARTICIPANTS == 400
    monkeypatch.setattr(module, "MOST_PARTICIPANTS", 3)
    led = opened(classes)
    seats = [classes.join(led.code, device(n)) for n in range(3)]
    with pytest.raises(NotAllowed, match="full: 3"):
        classes.join(led.code, ANNE)
    assert classes.seats(ANNE) == []
    assert len(classes.works(led.id)) == 3
    assert classes.join(led.code, device(1)) == seats[1], "whoever sits there is in"
    classes.remove(led.id, LEADER, 2)
    assert classes.join(led.code, ANNE).number == 4
    with pytest.raises(NotAllowed, match="full"):
        classes.join(led.code, BEN)


def test_a_number_is_never_given_twice(classes: Classes) -> None:
    """A second click on “take somebody out” must not take out whoever came since."""
    led = opened(classes)
    classes.join(led.code, ANNE)
    gone = classes.join(led.code, BEN).number
    classes.remove(led.id, LEADER, gone)
    classes.join(led.code, STRANGER)
    classes.remove(led.id, LEADER, gone)
    assert len(classes.seats(STRANGER)) == 1


# -- names ------------------------------------------------------------------------------------------------------------


def test_names_are_all_different(classes: Classes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where chance draws the same number every time."""
    monkeypatch.setattr(module.secrets, "randbits", lambda bits: 7)
    led = opened(classes)
    for number in range(30):
        classes.join(led.code, device(number))
    assert len({name.casefold() for name in names_in(classes, led)}) == 30


def test_a_name_can_be_changed_for_one_that_is_free(classes: Classes) -> None:
    led, other = opened(classes), opened(classes, COLLEAGUE)
    classes.join(led.code, ANNE)
    classes.join(led.code, BEN)
    classes.join(other.code, STRANGER)
    classes.rename(other.id, STRANGER, "Zèbre de papier")
    classes.rename(led.id, ANNE, "Zèbre de papier")
    mine, theirs = names_in(classes, led)
    assert (mine, theirs != "Zèbre de papier") == ("Zèbre de papier", True)
    with pytest.raises(BadInput, match="has this name already"):
        classes.rename(led.id, BEN, "Zèbre de papier")
    assert names_in(classes, led) == [mine, theirs]
    for who in (LEADER, STRANGER):
        with pytest.raises(NotAllowed):
            classes.rename(led.id, who, "Lynx de papier")
    assert names_in(classes, led) == [mine, theirs]


# -- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.PROJECTOR])
def test_a_link_works_once(classes: Classes, role: Role) -> None:
    led = opened(classes)
    token = classes.link(led.id, LEADER, role)
    assert classes.follow_link(token, SCREEN) == Seat(class_id=led.id, activity="spot", role=role, number=0)
    for who in (SCREEN, STRANGER):
        with pytest.raises(NotFound, match="has been used"):
            classes.follow_link(token, who)
    assert classes.seats(STRANGER) == []
    assert classes.seats(SCREEN)[0].role is role


def test_a_link_grows_old(classes: Classes, clock: Clock) -> None:
    led = opened(classes)
    first, second = (classes.link(led.id, LEADER, Role.FACILITATOR) for _ in range(2))
    clock.wait(minutes=LINK_MINUTES, seconds=-1)
    assert classes.follow_link(first, COLLEAGUE).role is Role.FACILITATOR
    clock.wait(seconds=2)
    with pytest.raises(NotFound, match="older than 10 minutes"):
        classes.follow_link(second, STRANGER)


@pytest.mark.parametrize("token", ["", "0" * 32, "\x00", "' OR 1=1 --"])
def test_a_link_that_nobody_made_leads_nowhere(classes: Classes, token: str) -> None:
    led = opened(classes)
    classes.link(led.id, LEADER, Role.FACILITATOR)
    with pytest.raises(NotFound):
        classes.follow_link(token, STRANGER)


def test_a_link_ends_with_its_class(classes: Classes) -> None:
    led = opened(classes)
    token = classes.link(led.id, LEADER, Role.FACILITATOR)
    classes.erase(led.id, LEADER)
    with pytest.raises(NotFound):
        classes.follow_link(token, STRANGER)


def test_ten_devices_that_bring_one_link_at_once(classes: Classes) -> None:
    led = opened(classes)
    token = classes.link(led.id, LEADER, Role.FACILITATOR)
    together = threading.Barrier(10)

    def follow(number: int) -> bool:
        together.wait(30)
        with suppress(NotFound):
            classes.follow_link(token, device(number))
            return True
        return False

    with ThreadPoolExecutor(10) as pool:
        let_in = list(pool.map(follow, range(10)))
    assert let_in.count(True) == 1
    assert sum(bool(classes.seats(device(number))) for number in range(10)) == 1


# -- who may do what --------------------------------------------------------------------------------------------------

LEADING: dict[str, Callable[[Classes, Class, str], object]] = {
    "keep": lambda c, led, who: c.keep(led.id, who, '{"forged": 1}', "lesson", replaces=led.version),
    "lead": lambda c, led, who: c.lead(led.id, who, locked=True),
    "remove": lambda c, led, who: c.remove(led.id, who, 1),
    "close": lambda c, led, who: c.close(led.id, who),
    "erase": lambda c, led, who: c.erase(led.id, who),
    "link": lambda c, led, who: c.link(led.id, who, Role.FACILITATOR),
    "new pin": lambda c, led, who: c.new_pin(led.id, who),
}


@pytest.mark.parametrize("action", LEADING)
def test_only_a_facilitator_of_the_class_leads_it(store: Store, led: Class, action: str) -> None:
    classes = store.classes
    classes.follow_link(classes.link(led.id, LEADER, Role.PROJECTOR), SCREEN)
    other = opened(classes, COLLEAGUE)
    classes.join(other.code, BEN)
    before = rows(store)
    for who in (ANNE, SCREEN, COLLEAGUE, BEN, STRANGER, ""):
        with pytest.raises(NotAllowed, match="does not lead the class"):
            LEADING[action](classes, led, who)
    assert rows(store) == before
    LEADING[action](classes, led, LEADER)
    assert rows(store) != before


@pytest.mark.parametrize("action", LEADING)
def test_nobody_leads_a_class_that_is_not_there(classes: Classes, led: Class, action: str) -> None:
    classes.erase(led.id, LEADER)
    with pytest.raises(NotAllowed):
        LEADING[action](classes, led, LEADER)


def test_only_participants_answer_and_only_in_their_own_class(store: Store, led: Class) -> None:
    classes = store.classes
    classes.follow_link(classes.link(led.id, LEADER, Role.PROJECTOR), SCREEN)
    other = opened(classes, COLLEAGUE)
    classes.join(other.code, BEN)
    before = rows(store)
    for who in (LEADER, SCREEN, COLLEAGUE, BEN, STRANGER, ""):
        with pytest.raises(NotAllowed, match="does not take part"):
            answered(classes, led, who)
    assert rows(store) == before
    answered(classes, led, ANNE)
    answered(classes, other, BEN)


def test_whoever_is_taken_out_is_out_with_all_they_made(store: Store, led: Class) -> None:
    classes = store.classes
    classes.join(led.code, BEN)
    work = classes.works(led.id)[0]
    classes.come_back(led.code, work.name, work.words, STRANGER)
    answered(classes, led, ANNE, MARKER)
    before = classes.pulse(led.id)
    classes.remove(led.id, LEADER, 1)
    assert MARKER not in json.dumps(rows(store), default=str)
    assert classes.pulse(led.id) != before
    for who in (ANNE, STRANGER):
        assert classes.seats(who) == []
        with pytest.raises(NotAllowed, match="Join it again"):
            answered(classes, led, who, replaces=1)
    assert [work.number for work in classes.works(led.id)] == [2]
    answered(classes, led, BEN)
    again = classes.join(led.code, ANNE)
    assert (work_of(classes, again).state, work_of(classes, again).version) == ("", 0), "as somebody new"


def test_whoever_leaves_leaves_what_they_made(classes: Classes, led: Class) -> None:
    answered(classes, led, ANNE, "stays")
    classes.leave(led.id, ANNE)
    assert classes.seats(ANNE) == []
    assert [work.state for work in classes.works(led.id)] == [text("stays")]
    with pytest.raises(NotAllowed):
        answered(classes, led, ANNE, replaces=1)
    assert classes.join(led.code, ANNE).number == 2


# -- leading ----------------------------------------------------------------------------------------------------------


def test_a_step_begins_open_and_without_a_timer(classes: Classes) -> None:
    led = opened(classes, lobby=True)
    until = now().astimezone() + timedelta(minutes=3)
    version = classes.lead(led.id, LEADER, locked=True, paused=True, until=until, given={"lesson": True})
    version = classes.keep(led.id, LEADER, '{"n": 1}', "brief", replaces=version)
    there = standing(classes, led)
    assert (there.state, there.version) == ('{"n": 1}', version)
    assert there.lead == Lead(lobby=True, locked=True, paused=True, until=until, given={"lesson": True})
    classes.keep(led.id, LEADER, '{"n": 2}', "lesson", replaces=version)
    there = standing(classes, led)
    assert (there.step, there.state) == ("lesson", '{"n": 2}')
    assert there.lead == Lead(lobby=False, locked=False, paused=True, until=None, given={"lesson": True})


def test_a_timer_begins_with_each_step_where_the_class_was_opened_so(classes: Classes) -> None:
    led = opened(classes, minutes=2)
    before = datetime.now(UTC)
    version = classes.keep(led.id, LEADER, '{"n": 1}', "brief", replaces=led.version)
    assert standing(classes, led).lead.until is None, "the same step"
    classes.keep(led.id, LEADER, "{}", "lesson", replaces=version)
    until = standing(classes, led).lead.until
    assert until is not None
    assert before + timedelta(minutes=2) <= until <= datetime.now(UTC) + timedelta(minutes=2)


def test_what_a_facilitator_takes_out_is_gone_unless_something_came_meanwhile(store: Store, led: Class) -> None:
    classes = store.classes
    version = answered(classes, led, ANNE, MARKER)
    for who in (ANNE, BEN, SCREEN, STRANGER):
        with pytest.raises(NotAllowed):
            classes.strike(led.id, who, 1, text(""), replaces=version)
    with pytest.raises(Stale):
        classes.strike(led.id, LEADER, 1, text(""), replaces=version - 1)
    pulse = classes.pulse(led.id)
    classes.strike(led.id, LEADER, 1, text(""), replaces=version)
    assert MARKER not in json.dumps(rows(store), default=str)
    assert classes.pulse(led.id) != pulse
    with pytest.raises(Stale):
        answered(classes, led, ANNE, MARKER, replaces=version)


def test_two_windows_of_those_who_lead_do_not_overwrite_each_other(classes: Classes) -> None:
    led, pin = with_pin(classes)
    classes.enter(led.code, pin, COLLEAGUE)
    version = classes.keep(led.id, LEADER, '{"by": "leader"}', "lesson", replaces=led.version)
    for old in (led.version, version + 1, 0):
        with pytest.raises(Stale, match="Another window"):
            classes.keep(led.id, COLLEAGUE, '{"by": "colleague"}', "reveals", replaces=old)
    there = standing(classes, led)
    assert (there.step, there.state, there.version) == ("lesson", '{"by": "leader"}', version)
    locked = classes.lead(led.id, COLLEAGUE, locked=True)
    with pytest.raises(Stale):
        classes.keep(led.id, LEADER, "{}", "reveals", replaces=version)
    classes.keep(led.id, LEADER, "{}", "reveals", replaces=locked)


def test_every_change_can_be_seen(classes: Classes) -> None:
    """What screens compare changes with each thing that they show, and with nothing else."""
    led = opened(classes)
    seen = [classes.pulse(led.id)]
    classes.join(led.code, ANNE)
    seen.append(classes.pulse(led.id))
    version = answered(classes, led, ANNE)
    seen.append(classes.pulse(led.id))
    answered(classes, led, ANNE, replaces=version)
    seen.append(classes.pulse(led.id))
    assert classes.versions() == {led.id: led.version}, "an answer is not news for the other devices"
    classes.lead(led.id, LEADER, locked=True)
    seen.append(classes.pulse(led.id))
    classes.keep(led.id, LEADER, "{}", "lesson", replaces=classes.versions()[led.id])
    seen.append(classes.pulse(led.id))
    assert classes.versions() == {led.id: led.version + 2}
    classes.close(led.id, LEADER)
    seen.append(classes.pulse(led.id))
    assert len(set(seen)) == len(seen)
    assert classes.versions() == {}


# -- answering --------------------------------------------------------------------------------------------------------


def test_an_answer_is_written_in_whole(classes: Classes, led: Class) -> None:
    first = answered(classes, led, ANNE, "« œuvre » \u202f😀")
    assert first == 1
    assert classes.works(led.id)[0].state == text("« œuvre » \u202f😀")
    assert answered(classes, led, ANNE, "changed", replaces=first) == 2
    assert [(work.state, work.version) for work in classes.works(led.id)] == [(text("changed"), 2)]


SHUT: dict[str, tuple[Callable[[Classes, Class], object], str]] = {
    "lobby": (lambda c, led: c.lead(led.id, LEADER, lobby=True), "came too late"),
    "paused": (lambda c, led: c.lead(led.id, LEADER, paused=True), "closed for the moment"),
    "locked": (lambda c, led: c.lead(led.id, LEADER, locked=True), "closed for the moment"),
    "kept projected": (lambda c, led: c.lead(led.id, LEADER, given={"brief": False}), "closed for the moment"),
    "moved on": (lambda c, led: c.keep(led.id, LEADER, "{}", "lesson", replaces=c.pulse(led.id)[0]), "came too late"),
    "over": (lambda c, led: c.close(led.id, LEADER), "came too late"),
    "opened anew": (lambda c, led: opened(c), "came too late"),
}


@pytest.mark.parametrize("why", SHUT)
def test_an_answer_that_may_not_come_changes_nothing(classes: Classes, led: Class, why: str) -> None:
    shut, said = SHUT[why]
    version = answered(classes, led, ANNE, "in time")
    shut(classes, led)
    with pytest.raises(NotAllowed, match=said):
        answered(classes, led, ANNE, "too late", replaces=version)
    assert [(work.state, work.version) for work in classes.works(led.id)] == [(text("in time"), version)]


@pytest.mark.parametrize("how", ["lobby", "paused", "locked"])
def test_answers_that_are_opened_again_are_taken(classes: Classes, led: Class, how: str) -> None:
    SHUT[how][0](classes, led)
    classes.lead(led.id, LEADER, **{how: False})
    assert answered(classes, led, ANNE) == 1


def test_answers_follow_the_class_to_its_step_and_back(classes: Classes, led: Class) -> None:
    version = classes.keep(led.id, LEADER, "{}", "lesson", replaces=led.version)
    assert answered(classes, led, ANNE, step="lesson") == 1
    classes.keep(led.id, LEADER, "{}", "brief", replaces=version)
    with pytest.raises(NotAllowed):
        answered(classes, led, ANNE, step="lesson", replaces=1)
    assert answered(classes, led, ANNE, replaces=1) == 2


def test_a_step_of_the_big_screen_is_never_answered_from_a_device(classes: Classes, led: Class) -> None:
    classes.lead(led.id, LEADER, given={"brief": True})
    step = Step(id="brief", kind=StepKind.VOTE, minutes=1, big_screen=True)
    with pytest.raises(NotAllowed, match="closed"):
        classes.answer(led.id, ANNE, text("…"), step, replaces=0)
    assert answered(classes, led, ANNE) == 1, "and the same step, were it not one of them, is"


def test_an_answer_sent_twice_is_taken_once(classes: Classes, led: Class) -> None:
    assert answered(classes, led, ANNE, "once") == 1
    for _ in range(3):
        with pytest.raises(Stale):
            answered(classes, led, ANNE, "once")
    assert [(work.state, work.version) for work in classes.works(led.id)] == [(text("once"), 1)]


def test_two_tabs_of_a_browser_do_not_overwrite_each_other(classes: Classes, led: Class) -> None:
    read = classes.works(led.id)[0].version
    answered(classes, led, ANNE, "in one tab", replaces=read)
    with pytest.raises(Stale, match="now shows the same thing"):
        answered(classes, led, ANNE, "in the other", replaces=read)
    for never in (-1, 2, 2**31 - 1):
        with pytest.raises(Stale):
            answered(classes, led, ANNE, "forged", replaces=never)
    assert classes.works(led.id)[0].state == text("in one tab")


def test_too_large_a_work_is_refused_and_the_last_one_kept(classes: Classes, led: Class) -> None:
    most = "é" * (MAX_WORK_BYTES // 2)
    version = classes.answer(led.id, ANNE, most, vote("brief"), replaces=0)
    with pytest.raises(BadInput, match="beyond 256 kB"):
        classes.answer(led.id, ANNE, most + "a", vote("brief"), replaces=version)
    assert [(work.state, work.version) for work in classes.works(led.id)] == [(most, version)]


# -- at the same time -------------------------------------------------------------------------------------------------


def test_a_room_that_joins_at_once_has_a_seat_each(classes: Classes) -> None:
    led = opened(classes)
    together = threading.Barrier(24)

    def join(number: int) -> Seat:
        together.wait(30)
        return classes.join(led.code, device(number // 2))  # each device twice: a nervous finger

    with ThreadPoolExecutor(24) as pool:
        seats = list(pool.map(join, range(24)))
    assert [seats[n] for n in range(0, 24, 2)] == [seats[n] for n in range(1, 24, 2)]
    assert {seat.number for seat in seats} == set(range(1, 13))
    assert len(set(names_in(classes, led))) == 12


def test_every_acknowledged_answer_of_a_room_is_there_once(classes: Classes) -> None:
    """35 devices answer again and again while whoever leads goes on: what came in time is kept, nothing else is."""
    led = opened(classes)
    room = range(35)
    for number in room:
        classes.join(led.code, device(number))
    together, enough, count = threading.Barrier(len(room) + 1), threading.Event(), threading.Semaphore(0)

    def answer(number: int) -> list[str]:
        acknowledged: list[str] = []
        together.wait(30)
        for _ in range(60):
            new = [*acknowledged, f"{number}/{len(acknowledged)}"]
            try:
                version = classes.answer(
                    led.id, device(number), json.dumps(new), vote("brief"), replaces=len(acknowledged)
                )
            except NotAllowed:
                assert enough.is_set(), "nobody is refused before the class moves on"
                return acknowledged
            acknowledged = new
            assert version == len(acknowledged)
            count.release()
            time.sleep(0.4)
        raise AssertionError("the class never moved on")

    def move_on() -> dict[int, int]:
        together.wait(30)
        for _ in range(2 * len(room) + 9):
            assert count.acquire(timeout=30)
        enough.set()
        classes.keep(led.id, LEADER, "{}", "lesson", replaces=led.version)
        return {work.number: work.version for work in classes.works(led.id)}

    with ThreadPoolExecutor(len(room) + 1) as pool:
        leading = pool.submit(move_on)
        acknowledged = list(pool.map(answer, room))
    works = classes.works(led.id)
    kept = {work.number: (json.loads(work.state) if work.state else [], work.version) for work in works}
    assert kept == {number + 1: (acknowledged[number], len(acknowledged[number])) for number in room}
    assert leading.result() == {work.number: work.version for work in works}, "nothing was taken after that"
    assert sum(map(len, acknowledged)) >= 2 * len(room) + 9


def test_two_devices_of_one_participant_lose_nothing(classes: Classes, led: Class) -> None:
    work = classes.works(led.id)[0]
    classes.come_back(led.code, work.name, work.words, BEN)

    def add(who: str) -> None:
        for n in range(8):
            while True:
                there = classes.work(led.id, work.number)
                assert there is not None
                said = [*json.loads(there.state or "[]"), f"{who[0]}{n}"]
                with suppress(Stale):
                    classes.answer(led.id, who, json.dumps(said), vote("brief"), replaces=there.version)
                    break

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, (ANNE, BEN)))
    there = classes.works(led.id)[0]
    assert sorted(json.loads(there.state)) == sorted(f"{who[0]}{n}" for who in (ANNE, BEN) for n in range(8))
    assert there.version == 16
