"""Photographs of a class: taken while their step is open, from those who sit there; erased with what they belong to."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from kit.classroom.classes import Class
from kit.classroom.database import now
from kit.classroom.photographs import MOST_BYTES, MOST_EACH, Photographs
from kit.classroom.store import Store
from kit.classroom.tables import LONGEST_CAPTION
from kit.errors import BadInput, NotAllowed
from kit.levels import Role
from kit.steps import Step, StepKind
from tests.kit.classroom.seated import ANNE, BEN, LEADER, MARKER, SCREEN, STRANGER, device, on_disk, opened, rows

STEP = Step(id="brief", kind=StepKind.LAB, minutes=1, pictures="kept")
PNG = b"\x89PNG " + MARKER.encode()


@pytest.fixture
def led(store: Store) -> Class:
    """A class of two at a step that its devices are given."""
    led = opened(store.classes, given={"brief": True})
    for who in (ANNE, BEN):
        store.classes.join(led.code, who)
    return led


@pytest.fixture
def photographs(store: Store) -> Photographs:
    return store.photographs


def send(photographs: Photographs, led: Class, who: str = ANNE, png: bytes = PNG, caption: str = "Un vélo") -> str:
    """Its mark."""
    photographs.send(led.id, who, STEP, png, caption)
    return photographs.sent(led.id)[-1].mark


def test_a_photograph_waits_then_the_room_sees_it(photographs: Photographs, led: Class) -> None:
    mark = send(photographs, led)
    [kept] = photographs.sent(led.id)
    assert (kept.caption, kept.approved, kept.number) == ("Un vélo", False, 1)
    assert photographs.picture(led.id, mark) == PNG
    photographs.approve(led.id, LEADER, mark)
    [kept] = photographs.sent(led.id)
    assert kept.approved


def test_the_first_one_sent_comes_first(photographs: Photographs, led: Class) -> None:
    for n in range(3):
        send(photographs, led, (ANNE, BEN)[n % 2], PNG + bytes([n]), str(n))
    assert [kept.caption for kept in photographs.sent(led.id)] == ["0", "1", "2"]
    assert [kept.caption for kept in photographs.sent(led.id, 1)] == ["0", "2"]
    assert [kept.caption for kept in photographs.sent(led.id, 2)] == ["1"]


def test_sent_twice_it_is_kept_once(photographs: Photographs, led: Class) -> None:
    mark = send(photographs, led)
    photographs.approve(led.id, LEADER, mark)
    send(photographs, led)
    [kept] = photographs.sent(led.id)
    assert kept.approved, "and stays as it was"
    send(photographs, led, BEN)
    assert len(photographs.sent(led.id)) == 2, "two who send the same picture have sent two"


def test_sent_twice_at_once_it_is_kept_once(photographs: Photographs, led: Class) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: photographs.send(led.id, ANNE, STEP, PNG, ""), range(8)))
    assert len(photographs.sent(led.id)) == 1


def test_a_room_that_sends_at_once_loses_nothing(store: Store, led: Class) -> None:
    everybody = [device(n) for n in range(20)]
    for who in everybody:
        store.classes.join(led.code, who)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda who: store.photographs.send(led.id, who, STEP, PNG, ""), everybody))
    assert {kept.number for kept in store.photographs.sent(led.id)} == set(range(3, 23))


def test_so_many_each_and_no_more(photographs: Photographs, led: Class) -> None:
    marks = [send(photographs, led, png=PNG + bytes([n])) for n in range(MOST_EACH)]
    with pytest.raises(BadInput, match=f"sent {MOST_EACH} photographs already"):
        send(photographs, led, png=PNG + b"one more")
    photographs.take_back(led.id, ANNE, marks[1])
    send(photographs, led, png=PNG + b"one more")
    assert len(photographs.sent(led.id, 1)) == MOST_EACH


@pytest.mark.parametrize("png", [b"", bytes(MOST_BYTES + 1)])
def test_what_has_no_size_for_a_picture_is_refused(photographs: Photographs, led: Class, png: bytes) -> None:
    with pytest.raises(BadInput, match="cannot be kept"):
        send(photographs, led, png=png)


def test_what_it_shows_is_one_line_that_turns_nothing_around(photographs: Photographs, led: Class) -> None:
    send(photographs, led, caption=" Le\n\u202evélo\0 " + "x" * 100)
    [kept] = photographs.sent(led.id)
    assert kept.caption.startswith("Le vélo xxx")
    assert len(kept.caption) == LONGEST_CAPTION


# -- who may, and when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["paused", "locked", "kept here", "lobby", "elsewhere", "closed", "keeps none", "read"])
def test_it_comes_while_its_step_is_open_or_not_at_all(store: Store, led: Class, why: str) -> None:
    changes = {"paused": {"paused": True}, "locked": {"locked": True}, "lobby": {"lobby": True}}
    changes["kept here"] = {"given": {"brief": False}}
    step = {"keeps none": "none", "read": "read"}.get(why, "kept")
    if why in changes:
        store.classes.lead(led.id, LEADER, **changes[why])
    elif why == "closed":
        store.classes.close(led.id, LEADER)
    elif why == "elsewhere":
        store.classes.keep(led.id, LEADER, "{}", "lesson", replaces=led.version)
    made = Step(id="brief", kind=StepKind.LAB, minutes=1, pictures=step)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        store.photographs.send(led.id, ANNE, made, PNG, "")
    assert store.photographs.sent(led.id) == []


@pytest.mark.parametrize("who", [LEADER, SCREEN, STRANGER])
def test_only_participants_send(store: Store, led: Class, who: str) -> None:
    store.classes.follow_link(store.classes.link(led.id, LEADER, Role.PROJECTOR), SCREEN)
    elsewhere = opened(store.classes, leader="9" * 32, given={"brief": True})
    store.classes.join(elsewhere.code, STRANGER)
    with pytest.raises(NotAllowed, match="does not take part"):
        send(store.photographs, led, who)


@pytest.mark.parametrize("who", [ANNE, BEN, SCREEN, STRANGER])
def test_only_a_facilitator_approves_and_removes(store: Store, led: Class, who: str) -> None:
    store.classes.follow_link(store.classes.link(led.id, LEADER, Role.PROJECTOR), SCREEN)
    mark = send(store.photographs, led)
    for action in (store.photographs.approve, store.photographs.remove):
        with pytest.raises(NotAllowed, match="does not lead"):
            action(led.id, who, mark)
    [kept] = store.photographs.sent(led.id)
    assert not kept.approved


def test_one_takes_back_ones_own_alone(store: Store, led: Class) -> None:
    mark = send(store.photographs, led)
    store.photographs.take_back(led.id, BEN, mark)
    assert len(store.photographs.sent(led.id)) == 1
    with pytest.raises(NotAllowed):
        store.photographs.take_back(led.id, STRANGER, mark)
    store.photographs.take_back(led.id, ANNE, mark)
    store.photographs.take_back(led.id, ANNE, mark)
    assert store.photographs.sent(led.id) == []
    assert store.photographs.picture(led.id, mark) is None


def test_a_mark_of_another_class_means_nothing(store: Store, led: Class) -> None:
    mark = send(store.photographs, led)
    other = opened(store.classes, leader="9" * 32)
    store.photographs.approve(other.id, "9" * 32, mark)
    store.photographs.remove(other.id, "9" * 32, mark)
    [kept] = store.photographs.sent(led.id)
    assert not kept.approved
    assert store.photographs.picture(other.id, mark) is None


def test_every_change_can_be_seen(store: Store, led: Class) -> None:
    """By those who lead, in the pulse; by the room, in the class's version."""
    pulses = [store.classes.pulse(led.id)]

    def after(change: Callable[..., object], *args: object) -> tuple[int, int, int]:
        change(*args)
        pulses.append(store.classes.pulse(led.id))
        assert pulses[-1] != pulses[-2]
        return pulses[-1]

    version = pulses[0][0]
    assert after(send, store.photographs, led)[0] == version, "the room is not drawn anew for what it does not see"
    assert after(send, store.photographs, led, ANNE, PNG + b"2")[0] == version
    first, second = (kept.mark for kept in store.photographs.sent(led.id))
    assert after(store.photographs.take_back, led.id, ANNE, second)[0] == version
    assert after(store.photographs.approve, led.id, LEADER, first)[0] > version
    assert after(store.photographs.take_back, led.id, ANNE, first)[0] > version + 1
    mark = send(store.photographs, led)
    assert after(store.photographs.remove, led.id, LEADER, mark)[0] > version + 2


# -- erased -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["date", "class", "participant", "device", "everything", "taken back", "removed"])
def test_it_goes_with_what_it_belongs_to(filed: Store, file: Path, how: str) -> None:
    led = opened(filed.classes, given={"brief": True}, days=1)
    filed.classes.join(led.code, ANNE)
    mark = send(filed.photographs, led)
    assert MARKER.encode() in on_disk(file)
    {
        "date": lambda: filed.purge(now() + timedelta(days=2)),
        "class": lambda: filed.classes.erase(led.id, LEADER),
        "participant": lambda: filed.classes.remove(led.id, LEADER, 1),
        "device": lambda: filed.erase(ANNE),
        "everything": filed.erase,
        "taken back": lambda: filed.photographs.take_back(led.id, ANNE, mark),
        "removed": lambda: filed.photographs.remove(led.id, LEADER, mark),
    }[how]()
    assert rows(filed)["photographs"] == []
    assert MARKER.encode() not in on_disk(file)


def test_whoever_leaves_leaves_what_they_sent(store: Store, led: Class) -> None:
    send(store.photographs, led)
    store.classes.leave(led.id, ANNE)
    assert len(store.photographs.sent(led.id)) == 1


def test_a_device_may_have_what_is_stored_of_its_photographs(store: Store, led: Class) -> None:
    send(store.photographs, led)
    send(store.photographs, led, BEN, PNG + b"2", "Une porte")
    [held] = store.holdings(ANNE)["classes"]
    assert held["photographs"] == [
        {"caption": "Un vélo", "approved": False, "png": base64.b64encode(PNG).decode("ascii")}
    ]
