"""What is erased is gone, from the tables and from the disk; and whatever people write is kept as they wrote it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kit.classroom.classes import Class, Classes
from kit.classroom.lead import Lead
from kit.classroom.store import FullDisk, Store
from kit.classroom.texts import written
from kit.errors import KitError, NotAllowed, NotFound
from kit.levels import Role
from kit.steps import Activity, Step, StepKind
from kit.walk import Walk
from tests.kit.classroom.seated import (
    ANNE,
    BEN,
    COLLEAGUE,
    LEADER,
    MARKER,
    STRANGER,
    UNKNOWN,
    answered,
    device,
    names_in,
    on_disk,
    opened,
    rows,
    text,
    vote,
    with_pin,
)

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
    own = {"name": name, "run": {"text": "mine"}, "questionnaires": said, "photographs": []}
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
    led = opened(classes, given={"brief": True})
    classes.join(led.code, ANNE)
    version = answered(classes, led, ANNE, "before")
    lab = Step(id="brief", kind=StepKind.LAB, minutes=1, pictures="kept")
    engine = filed._database.engine
    with engine.connect() as limited:  # back to the pool, whose only connection it is
        pages = limited.exec_driver_sql("PRAGMA page_count").scalar()
        limited.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    before = rows(filed)
    refused: list[Callable[[], object]] = [
        lambda: answered(classes, led, ANNE, "z" * 200_000, replaces=version),
        lambda: filed.photographs.send(led.id, ANNE, lab, b"z" * 200_000, ""),
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
