"""Classes, in a file and on a PostgreSQL server: who sits where, who may do what, and no answer lost or taken twice."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from kit.classroom import classes as module
from kit.classroom import codes, patience
from kit.classroom.classes import LINK_MINUTES, MAX_WORK_BYTES, Class, Classes, Seat, Work
from kit.classroom.database import METADATA, now
from kit.classroom.keywords import WORDS
from kit.classroom.lead import Lead, Names
from kit.classroom.patience import FREE, LONGEST, Cap
from kit.classroom.pseudonyms import _names
from kit.classroom.store import FullDisk, Stale, Store
from kit.classroom.texts import written
from kit.errors import BadInput, KitError, NotAllowed, NotFound
from kit.levels import Role
from kit.steps import Activity, Step, StepKind
from kit.walk import Walk

LEADER, COLLEAGUE, SCREEN, ANNE, BEN, STRANGER = (letter * 32 for letter in "abcdef")
MARKER = "hippopotame-violet-7431"
UNKNOWN = "ZZZZZZ"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


@pytest.fixture
def classes(store: Store) -> Classes:
    return store.classes


class Clock:
    """A time that stands still until somebody waits."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> Any:
        return self.moment

    def wait(self, **span: float) -> None:
        self.moment += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for each in (module, patience):
        monkeypatch.setattr(each, "now", clock)
    return clock


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


def vote(step: str) -> Step:
    """A step that the devices get unless the facilitator keeps it."""
    return Step(id=step, kind=StepKind.VOTE, minutes=1)


def answered(
    classes: Classes, led: Class, who: str, value: str = "…", *, replaces: int = 0, step: str = "brief"
) -> int:
    return classes.answer(led.id, who, text(value), vote(step), replaces=replaces)


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
    classes.rename(other.id, STRANGER, "Loutre du lac")
    classes.rename(led.id, ANNE, "Loutre du lac")
    mine, theirs = names_in(classes, led)
    assert (mine, theirs != "Loutre du lac") == ("Loutre du lac", True)
    with pytest.raises(BadInput, match="has this name already"):
        classes.rename(led.id, BEN, "Loutre du lac")
    assert names_in(classes, led) == [mine, theirs]
    for who in (LEADER, STRANGER):
        with pytest.raises(NotAllowed):
            classes.rename(led.id, who, "Lynx doré")
    assert names_in(classes, led) == [mine, theirs]


# -- guessing ---------------------------------------------------------------------------------------------------------

Try: TypeAlias = Callable[[Classes, Class, str], Seat]


def _wrong_words(classes: Classes, led: Class, who: str) -> Seat:
    return classes.come_back(led.code, names_in(classes, led)[0], "nothing right", who)


def _right_words(classes: Classes, led: Class, who: str) -> Seat:
    work = classes.works(led.id)[0]
    return classes.come_back(led.code, work.name, work.words, who)


def _right_pin(classes: Classes, led: Class, who: str) -> Seat:
    return classes.enter(led.code, classes.new_pin(led.id, LEADER), who)


DOORS: dict[str, tuple[Try, Try, str]] = {
    "code": (lambda c, _led, who: c.join(UNKNOWN, who), lambda c, led, who: c.join(led.code, who), "CODES"),
    "pin": (lambda c, led, who: c.enter(led.code, "00000000", who), _right_pin, "PINS"),
    "words": (_wrong_words, _right_words, "KEYWORDS"),
}
"""For each secret: a wrong try, a right one, and the name of the cap for all."""
doors = pytest.mark.parametrize("door", DOORS)


@pytest.fixture
def led(classes: Classes) -> Class:
    """A class with one participant."""
    led = opened(classes)
    classes.join(led.code, ANNE)
    return led


def waits(guess: Callable[[], object], clock: Clock, tries: int) -> list[int]:
    """The seconds that somebody is told to wait after each of so many wrong tries."""
    waited: list[int] = []
    while len(waited) < tries:
        try:
            guess()
        except NotFound:
            waited.append(0)
        except NotAllowed as refused:
            waited[-1] = refused.values["seconds"]
            clock.wait(seconds=waited[-1])
    return waited


@doors
def test_whoever_guesses_waits_twice_as_long_each_time(classes: Classes, led: Class, clock: Clock, door: str) -> None:
    wrong, _right, _cap = DOORS[door]
    waited = waits(lambda: wrong(classes, led, STRANGER), clock, 15)
    assert waited[:FREE] == [0] * FREE
    longer = [seconds - 1 for seconds in waited[FREE:-1]]
    assert longer == [min(2**n, int(LONGEST.total_seconds())) for n in range(1, len(longer) + 1)]
    assert longer[-1] == longer[-2] == 900


@doors
def test_nobody_gets_in_while_they_wait_not_even_rightly(classes: Classes, led: Class, clock: Clock, door: str) -> None:
    wrong, right, _cap = DOORS[door]
    waits(lambda: wrong(classes, led, STRANGER), clock, FREE + 2)
    clock.wait(seconds=3.9)
    with pytest.raises(NotAllowed, match="Wait 1 s"):
        right(classes, led, STRANGER)
    assert classes.seats(STRANGER) == []
    assert right(classes, led, BEN).class_id == led.id, "another device does not wait for this one"
    clock.wait(seconds=0.1)
    assert right(classes, led, STRANGER).class_id == led.id
    assert waits(lambda: wrong(classes, led, STRANGER), clock, FREE) == [0] * FREE, "and the count begins anew"


@doors
def test_a_restart_forgives_nothing(
    classes: Classes, led: Class, clock: Clock, door: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, right, cap = DOORS[door]
    monkeypatch.setattr(patience, cap, Cap(FREE + 2, timedelta(hours=1)))
    waits(lambda: wrong(classes, led, STRANGER), clock, FREE + 1)
    again = Store(url)
    with pytest.raises(NotAllowed):
        right(again.classes, led, STRANGER)
    clock.wait(minutes=2)
    waits(lambda: wrong(again.classes, led, STRANGER), clock, 1)
    with pytest.raises(NotAllowed):
        right(again.classes, led, BEN)
    again.close()


@doors
def test_new_cookies_do_not_escape_the_cap(
    classes: Classes, led: Class, clock: Clock, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, right, cap = DOORS[door]
    monkeypatch.setattr(patience, cap, Cap(5, timedelta(minutes=10)))
    for number in range(4):
        with pytest.raises(NotFound):
            wrong(classes, led, device(number))
        clock.wait(minutes=1)
    assert right(classes, led, BEN).class_id == led.id, "before the cap, whoever is right comes in"
    with pytest.raises(NotFound):
        wrong(classes, led, device(5))
    for attempt in (wrong, right):
        with pytest.raises(NotAllowed, match="Wait 361 s"):
            attempt(classes, led, device(6))
    clock.wait(minutes=6)
    assert right(classes, led, device(6)).class_id == led.id
    with pytest.raises(NotFound):
        wrong(classes, led, device(7))


def test_the_caps_are_those_of_a_room() -> None:
    """Two hundred devices, of which every other one mistypes a letter in the same minute."""
    assert Cap(120, timedelta(minutes=1)) == patience.CODES
    assert Cap(20, timedelta(hours=1)) == patience.PINS == patience.KEYWORDS


@pytest.mark.parametrize("door", ["pin", "words"])
def test_the_cap_of_one_class_is_not_that_of_another(
    classes: Classes, led: Class, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, right, cap = DOORS[door]
    monkeypatch.setattr(patience, cap, Cap(1, timedelta(hours=1)))
    other = opened(classes, activity="bias")
    classes.join(other.code, BEN)
    with pytest.raises(NotFound):
        wrong(classes, led, STRANGER)
    with pytest.raises(NotAllowed):
        right(classes, led, COLLEAGUE)
    assert right(classes, other, COLLEAGUE).class_id == other.id
    assert classes.join(led.code, SCREEN).class_id == led.id, "and codes are counted apart"


def test_the_names_are_told_for_a_right_code_and_a_wrong_one_counts(classes: Classes, led: Class) -> None:
    for _ in range(FREE + 1):
        with pytest.raises(NotFound):
            classes.names(UNKNOWN, STRANGER)
    with pytest.raises(NotAllowed):
        classes.names(led.code, STRANGER)
    with pytest.raises(NotAllowed):
        classes.join(led.code, STRANGER)


@pytest.mark.parametrize("door", ["pin", "words"])
def test_no_other_door_tells_which_codes_there_are(classes: Classes, led: Class, door: str) -> None:
    """Wrong codes are counted where one joins: elsewhere a wrong one must not be told from a right one uncounted."""

    def said(code: str, who: str) -> str:
        try:
            classes.enter(code, "1", who) if door == "pin" else classes.come_back(code, "x", "y z", who)
        except KitError as error:
            return error.message
        raise AssertionError

    assert said(UNKNOWN, BEN) == said(led.code, COLLEAGUE)
    for _ in range(FREE + 1):
        said(UNKNOWN, STRANGER)
    assert said(UNKNOWN, STRANGER) == said(led.code, STRANGER), "to whoever has to wait"


# -- the PIN ----------------------------------------------------------------------------------------------------------


def test_the_pin_makes_a_facilitator(classes: Classes) -> None:
    led, pin = with_pin(classes)
    seat = classes.enter(led.code.lower(), f" {pin[:4]} {pin[4:]}", COLLEAGUE)
    assert seat == Seat(class_id=led.id, activity="spot", role=Role.FACILITATOR, number=0)
    assert classes.lead(led.id, COLLEAGUE, paused=True) == led.version + 1
    assert classes.seats(LEADER) == [seat], "beside the one who opened it"


def test_a_pin_opens_its_own_class_alone(classes: Classes) -> None:
    led, pin = with_pin(classes)
    other, others = with_pin(classes, COLLEAGUE)
    for code, wrong in ((led.code, others), (other.code, pin), (UNKNOWN, pin), (led.code, ""), (led.code, pin[:-1])):
        with pytest.raises(NotFound, match="do not belong together"):
            classes.enter(code, wrong, device(hash((code, wrong)) % 10**9))
    assert classes.seats(LEADER)[0].class_id == led.id


def test_a_new_pin_makes_the_old_one_worthless(classes: Classes) -> None:
    led, old = with_pin(classes)
    new = classes.new_pin(led.id, LEADER)
    with pytest.raises(NotFound):
        classes.enter(led.code, old, COLLEAGUE)
    assert classes.enter(led.code, new, COLLEAGUE).role is Role.FACILITATOR
    with pytest.raises(NotAllowed):
        classes.new_pin(led.id, STRANGER)
    assert classes.enter(led.code, new, SCREEN).role is Role.FACILITATOR


def test_neither_pin_nor_link_is_in_the_database(store: Store, classes: Classes, url: str, tmp_path: Path) -> None:
    led, first = with_pin(classes)
    with pytest.raises(NotFound):
        classes.enter(led.code, "40414243", STRANGER)
    secrets = [first, classes.new_pin(led.id, LEADER), "40414243"]
    secrets += [classes.link(led.id, LEADER, role) for role in (Role.FACILITATOR, Role.PROJECTOR)]
    kept = json.dumps(rows(store), default=str)
    assert led.code in kept
    assert [secret for secret in secrets if secret in kept] == []
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("kit.sqlite*"))
    assert (led.code.encode() in raw) == url.startswith("sqlite")
    assert [secret for secret in secrets if secret.encode() in raw] == []


def test_the_same_pin_of_two_classes_is_kept_as_two_things(
    store: Store, classes: Classes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "pin", lambda: "12345678")
    opened(classes)
    opened(classes, COLLEAGUE)
    place = [column.name for column in METADATA.tables["classes"].columns].index("pin")
    one, other = (row[place] for row in rows(store)["classes"])
    assert one != other


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


# -- two words --------------------------------------------------------------------------------------------------------


def test_two_words_bring_somebody_back_on_another_device(classes: Classes) -> None:
    led = opened(classes)
    seat = classes.join(led.code, ANNE)
    work = work_of(classes, seat)
    first = answered(classes, led, ANNE, "before the battery died")
    said = "  ".join(word.capitalize() + "." for word in work.words.split())
    assert classes.come_back(led.code.lower(), work.name, said, BEN) == seat
    assert len(classes.works(led.id)) == 1
    assert work_of(classes, seat).state == text("before the battery died")
    # Both devices are one participant now: each sees what the other one wrote, and neither overwrites it.
    with pytest.raises(Stale):
        answered(classes, led, BEN, "over it", replaces=0)
    second = answered(classes, led, BEN, "on the new one", replaces=first)
    with pytest.raises(Stale):
        answered(classes, led, ANNE, "on the old one", replaces=first)
    answered(classes, led, ANNE, "on the old one", replaces=second)
    assert [(work.state, work.version) for work in classes.works(led.id)] == [(text("on the old one"), 3)]


def test_only_ones_own_two_words_do(classes: Classes, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["cerise tambour", "lampe koala", "cerise tambour"])
    monkeypatch.setattr(codes, "words", lambda lang: next(drawn))
    led, other = opened(classes), opened(classes, COLLEAGUE)
    anne, ben = (work_of(classes, classes.join(led.code, who)) for who in (ANNE, BEN))
    classes.join(other.code, STRANGER)
    classes.rename(other.id, STRANGER, "Lynx doré")
    wrong = [
        (led.code, anne.name, "lampe koala"),
        (led.code, anne.name, "tambour cerise"),
        (led.code, anne.name, "cerise"),
        (led.code, anne.name, ""),
        (led.code, ben.name, "cerise tambour"),
        (led.code, "Lynx doré", "cerise tambour"),
        (led.code, "nobody", "cerise tambour"),
        (other.code, anne.name, "cerise tambour"),
        (UNKNOWN, anne.name, "cerise tambour"),
    ]
    for number, (code, name, words) in enumerate(wrong):
        with pytest.raises(NotFound, match="not the two words of"):
            classes.come_back(code, name, words, device(number))
        assert classes.seats(device(number)) == []
    assert classes.come_back(led.code, anne.name, "cerise tambour", SCREEN).number == anne.number


def test_nobody_comes_back_to_a_class_that_is_over(classes: Classes, led: Class) -> None:
    work = classes.works(led.id)[0]
    classes.close(led.id, LEADER)
    with pytest.raises(NotFound):
        classes.come_back(led.code, work.name, work.words, BEN)


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


# -- what is erased ---------------------------------------------------------------------------------------------------

OF_CLASSES = ("classes", "seats", "works", "links")


def test_a_class_goes_at_its_date_with_all_it_has(store: Store) -> None:
    classes = store.classes
    led, longer = opened(classes, days=3), opened(classes, COLLEAGUE, days=5)
    for each, leader in ((led, LEADER), (longer, COLLEAGUE)):
        classes.join(each.code, ANNE)
        answered(classes, each, ANNE, each.id)
        classes.link(each.id, leader, Role.PROJECTOR)
    store.purge(led.expires - timedelta(minutes=1))
    assert {name: len(rows(store)[name]) for name in OF_CLASSES} == {"classes": 2, "seats": 4, "works": 2, "links": 0}
    store.purge(led.expires + timedelta(minutes=1))
    assert classes.get(led.id) is None
    left = rows(store)
    assert {name: len(left[name]) for name in OF_CLASSES} == {"classes": 1, "seats": 2, "works": 1, "links": 0}
    assert led.id not in json.dumps(left, default=str)
    assert [seat.class_id for seat in classes.seats(ANNE)] == [longer.id]
    store.purge(led.expires + timedelta(days=9))
    assert not any(rows(store).values())


def test_a_class_erased_now_leaves_nothing(store: Store, led: Class) -> None:
    classes = store.classes
    other = opened(classes, COLLEAGUE)
    classes.join(other.code, BEN)
    classes.link(led.id, LEADER, Role.FACILITATOR)
    answered(classes, led, ANNE, MARKER)
    classes.erase(led.id, LEADER)
    left = rows(store)
    assert {name: len(left[name]) for name in OF_CLASSES} == {"classes": 1, "seats": 2, "works": 1, "links": 0}
    assert led.id not in json.dumps(left, default=str)
    assert classes.get(other.id) == other


def test_a_device_may_have_what_is_stored_of_it_in_classes(store: Store, led: Class) -> None:
    classes = store.classes
    answered(classes, led, ANNE, "mine")
    classes.lead(led.id, LEADER, quiz="before")
    classes.reply(led.id, ANNE, "before", "a1", "true")
    name = classes.works(led.id)[0].name
    said = {"before": {"a1": "true"}, "after": {}}
    own = {"name": name, "run": {"text": "mine"}, "questionnaires": said}
    assert store.holdings(ANNE)["classes"] == [{"activity": "spot", "role": "participant", **own}]
    assert store.holdings(LEADER)["classes"] == [{"activity": "spot", "role": "facilitator"}]
    assert store.holdings(STRANGER)["classes"] == []


def test_a_device_that_is_erased_takes_its_work_out_of_every_class(store: Store, led: Class) -> None:
    classes = store.classes
    other = opened(classes, COLLEAGUE)
    classes.join(led.code, BEN)
    classes.join(other.code, ANNE)
    for each in (led, other):
        answered(classes, each, ANNE, MARKER)
    answered(classes, led, BEN, "somebody else")
    store.erase(ANNE)
    left = json.dumps(rows(store), default=str)
    assert MARKER not in left
    assert ANNE not in left
    assert [work.state for work in classes.works(led.id)] == [text("somebody else")]
    assert classes.get(led.id) == led
    with pytest.raises(NotAllowed):
        answered(classes, led, ANNE, replaces=1)


def test_a_device_that_is_erased_takes_its_work_out_of_classes_that_are_over(store: Store, led: Class) -> None:
    answered(store.classes, led, ANNE, MARKER)
    store.classes.close(led.id, LEADER)
    store.erase(ANNE)
    assert MARKER not in json.dumps(rows(store), default=str)
    assert ANNE not in json.dumps(rows(store), default=str)


def test_a_device_that_led_is_erased_and_its_class_goes_on(store: Store) -> None:
    led, pin = with_pin(store.classes)
    store.classes.join(led.code, ANNE)
    store.erase(LEADER)
    assert store.classes.seats(LEADER) == []
    assert answered(store.classes, led, ANNE) == 1
    assert store.classes.enter(led.code, pin, COLLEAGUE).role is Role.FACILITATOR


def test_a_mistyped_code_is_erased_with_the_device(store: Store) -> None:
    with pytest.raises(NotFound):
        store.classes.join(UNKNOWN, STRANGER)
    store.erase(STRANGER)
    assert STRANGER not in json.dumps(rows(store), default=str)


def test_erasing_everything_leaves_no_class(store: Store, led: Class) -> None:
    store.erase()
    assert not any(rows(store).values())


# -- on the disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.sqlite"


@pytest.fixture
def filed(file: Path) -> Iterator[Store]:
    """A store in a file."""
    store = Store(f"sqlite:///{file.as_posix()}")
    yield store
    store.close()


def on_disk(file: Path) -> bytes:
    """Every byte of the database, its log included."""
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


ERASING: dict[str, Callable[[Store, Class], object]] = {
    "the participant is taken out": lambda store, led: store.classes.remove(led.id, LEADER, 1),
    "the class is erased": lambda store, led: store.classes.erase(led.id, LEADER),
    "the device is erased": lambda store, led: store.erase(ANNE),
    "the date has passed": lambda store, led: store.purge(led.expires + timedelta(minutes=1)),
}


@pytest.mark.parametrize("how", ERASING)
def test_what_is_erased_is_gone_from_the_disk(filed: Store, file: Path, how: str) -> None:
    classes = filed.classes
    led = opened(classes)
    classes.join(led.code, ANNE)
    classes.rename(led.id, ANNE, "Lynx-violet-9172")
    for n in range(12):
        answered(classes, led, ANNE, f"{MARKER} {n} " + "x" * 3000, replaces=n)
    words = classes.works(led.id)[0].words
    for trace in (MARKER, "Lynx-violet-9172", words):
        assert trace.encode() in on_disk(file)
    ERASING[how](filed, led)
    for trace in (MARKER, "Lynx-violet-9172", words):
        assert trace.encode() not in on_disk(file)


def test_a_full_disk_is_said_and_loses_nothing(filed: Store) -> None:
    classes = filed.classes
    led = opened(classes)
    classes.join(led.code, ANNE)
    version = answered(classes, led, ANNE, "before")
    engine = filed._database.engine
    with engine.connect() as limited:  # back to the pool, whose only connection it is
        pages = limited.exec_driver_sql("PRAGMA page_count").scalar()
        limited.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    before = rows(filed)
    refused: list[Callable[[], object]] = [
        lambda: answered(classes, led, ANNE, "z" * 200_000, replaces=version),
        lambda: classes.keep(led.id, LEADER, "z" * 200_000, "lesson", replaces=led.version),
        lambda: [classes.join(led.code, device(n), state="z" * 100_000) for n in range(3)],
        lambda: classes.open("bias", "z" * 200_000, step="brief", device=COLLEAGUE, lang="fr", lead=Lead(), days=1),
    ]
    for change in refused:
        with pytest.raises(FullDisk, match="The disk is full: nothing was changed"):
            change()
        assert rows(filed) == before
    assert answered(classes, led, ANNE, "short", replaces=version) == version + 1, "and what fits is still taken"


def test_a_killed_file_reads_as_it_was_acknowledged(filed: Store, file: Path) -> None:
    """Read from another connection, with nothing closed: an answer is in the file when it is acknowledged."""
    led = opened(filed.classes)
    filed.classes.join(led.code, ANNE)
    answered(filed.classes, led, ANNE, MARKER)
    with sqlite3.connect(file) as raw:
        assert raw.execute("SELECT state, version FROM works").fetchall() == [(text(MARKER), 1)]
    raw.close()


# -- whatever people write --------------------------------------------------------------------------------------------


class ToyWalk(Walk):
    activity = Activity(
        slug="toy", levels=(), steps=(Step(id="brief", kind=StepKind.WRITE, minutes=3),), short=(("brief", 3),)
    )


HOSTILE = {
    "markup": "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "markdown": "![](http://x.fr/x.png) **a** [b](javascript:a) :material/home:",
    "SQL": "'; DROP TABLE works; -- \" ` \\' %s %(name)s :name ?",
    "a format": "{name} {0} {} {code!r:>10}",
    "right to left": "\u202egnp.exe\u202c \u2066\u2067\u2068\u2069 \u200f שלום مرحبا",
    "unseen": "\u200b\ufeff\u00ad\u2028\u2029\x07\x1b[31m\r\n\t",
    "emoji": "👩🏽‍🚀🏳️‍🌈🇫🇷 \U0001f9ff",
    "heaped": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "composed and not": "é e\u0301 Å A\u030a ﬁ ①",
    "the last letter": "\U0010ffff\ufffe\uffff",
    "nothing": "",
    "spaces": "  \u00a0 ",
    "NUL": "a\x00b",
}


def or_refused(change: Callable[..., object], *args: Any, **more: Any) -> bool:
    """Whether it was done; if not, it was refused in a sentence."""
    try:
        change(*args, **more)
    except KitError:
        return False
    return True


def test_a_text_comes_back_as_it_was_or_is_refused(classes: Classes, led: Class) -> None:
    before = classes.works(led.id)[0]
    for said in HOSTILE.values():
        taken = or_refused(classes.answer, led.id, ANNE, said, vote("brief"), replaces=before.version)
        work = classes.works(led.id)[0]
        assert (work.state, work.version) == ((said, before.version + 1) if taken else (before.state, before.version))
        before = work


def test_what_the_activities_write_of_a_text_is_always_taken(classes: Classes, led: Class) -> None:
    for version, said in enumerate(HOSTILE.values()):
        classes.answer(
            led.id, ANNE, ToyWalk(seed=1, step="brief", text=said).model_dump_json(), vote("brief"), replaces=version
        )
        assert ToyWalk.model_validate_json(classes.works(led.id)[0].state).text == said
        assert [each.text for each in written(classes.works(led.id), ToyWalk)] == (
            [said.strip()] if said.strip() else []
        )


def test_a_name_comes_back_as_it_was_or_is_refused(classes: Classes, led: Class) -> None:
    name, words = classes.works(led.id)[0].name, classes.works(led.id)[0].words
    for number, said in enumerate(HOSTILE.values()):
        with pytest.raises(KitError):
            classes.come_back(led.code, said, words, device(number))
        if or_refused(classes.rename, led.id, ANNE, said):
            name = said
            assert classes.come_back(led.code, said, words, BEN).number == 1
        assert names_in(classes, led) == [name]


def test_a_name_without_end_is_refused(classes: Classes, led: Class) -> None:
    """A file would take it: the server's column would not."""
    before = names_in(classes, led)
    with pytest.raises(KitError):
        classes.rename(led.id, ANNE, "x" * 65)
    assert names_in(classes, led) == before


def test_two_words_and_a_pin_that_are_none_are_refused(classes: Classes, led: Class) -> None:
    for number, said in enumerate(HOSTILE.values()):
        with pytest.raises(NotFound):
            classes.come_back(led.code, names_in(classes, led)[0], said, device(number))
        with pytest.raises(NotFound):
            classes.enter(led.code, said, device(number))
