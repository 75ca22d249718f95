"""Codes, PINs and words: how long somebody waits who guesses, and nobody else; what a guess can find."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from kit.classroom import codes, patience
from kit.classroom.classes import Class, Classes, Seat
from kit.classroom.database import METADATA
from kit.classroom.patience import FREE, LONGEST, Cap
from kit.classroom.store import Stale, Store
from kit.errors import KitError, NotAllowed, NotFound
from kit.levels import Role
from tests.kit.classroom.seated import (
    ANNE,
    BEN,
    COLLEAGUE,
    LEADER,
    SCREEN,
    STRANGER,
    UNKNOWN,
    Clock,
    answered,
    device,
    names_in,
    opened,
    rows,
    text,
    with_pin,
    work_of,
)

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
    classes.rename(other.id, STRANGER, "Lynx de papier")
    wrong = [
        (led.code, anne.name, "lampe koala"),
        (led.code, anne.name, "tambour cerise"),
        (led.code, anne.name, "cerise"),
        (led.code, anne.name, ""),
        (led.code, ben.name, "cerise tambour"),
        (led.code, "Lynx de papier", "cerise tambour"),
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
