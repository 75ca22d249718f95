"""The store: nothing saved is lost, nothing erased remains."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit import ROOT, settings
from kit.classroom import database
from kit.classroom.store import MAX_STATE_BYTES, RETENTION_DAYS, FullDisk, Stale, Store, open_store
from kit.errors import BadInput, SetupError
from tests.kit.classroom.seated import MARKER, on_disk

ME, OTHER = "0" * 32, "f" * 32


@pytest.fixture
def store(filed: Store) -> Store:
    return filed


def again(file: Path) -> Store:
    return Store(f"sqlite:///{file.as_posix()}")


def text(value: str) -> str:
    return json.dumps({"text": value})


# -- saving -----------------------------------------------------------------------------------------------------------


def test_a_run_comes_back_as_it_was(store: Store, file: Path) -> None:
    state = text("« œuvre » \u202f😀 " + "\x00")
    version = store.save(ME, "spot", state)
    store.close()
    assert again(file).load(ME, "spot") == (state, version)


def test_there_is_nothing_before(store: Store) -> None:
    assert store.load(ME, "spot") is None
    assert store.version(ME, "spot") == 0
    assert store.preferences(ME) == {}
    assert store.count() == (0, 0)


def test_devices_and_activities_are_kept_apart(store: Store) -> None:
    store.save(ME, "spot", text("mine"))
    store.save(OTHER, "spot", text("theirs"))
    store.save(ME, "bias", text("else"))
    assert [store.load(*key)[0] for key in ((ME, "spot"), (OTHER, "spot"), (ME, "bias"))] == [  # type: ignore[index]
        text("mine"),
        text("theirs"),
        text("else"),
    ]
    assert store.load(OTHER, "bias") is None


def test_each_save_has_its_version(store: Store) -> None:
    versions = [store.save(ME, "spot", text(str(n))) for n in range(4)]
    assert len(set(versions)) == 4
    assert all(version > 0 for version in versions)
    assert store.version(ME, "spot") == versions[-1]


def test_a_stale_window_overwrites_nothing(store: Store) -> None:
    first = store.save(ME, "spot", text("first"), replaces=0)
    second = store.save(ME, "spot", text("second"), replaces=first)
    for old in (0, first, second + 1):
        with pytest.raises(Stale, match="Another window"):
            store.save(ME, "spot", text("stale"), replaces=old)
    assert store.load(ME, "spot") == (text("second"), second)


def test_a_window_left_on_an_erased_run_never_takes_the_next_one_for_its_own(store: Store) -> None:
    left = store.save(ME, "spot", text("old run"), replaces=0)
    store.forget(ME, "spot")
    with pytest.raises(Stale):
        store.save(ME, "spot", text("old run, on"), replaces=left)
    new = store.save(ME, "spot", text("new run"), replaces=0)
    assert new != left
    with pytest.raises(Stale):
        store.save(ME, "spot", text("old run, on"), replaces=left)


def test_too_large_a_state_is_refused_and_the_last_one_kept(store: Store) -> None:
    most = "é" * (MAX_STATE_BYTES // 2)
    version = store.save(ME, "spot", most)
    with pytest.raises(BadInput, match="beyond 512 kB"):
        store.save(ME, "spot", most + "a")
    assert store.load(ME, "spot") == (most, version)


def test_preferences_add_up(store: Store) -> None:
    store.prefer(ME, language="en", display="dark")
    store.prefer(ME, display="light", projection=True)
    assert store.preferences(ME) == {"language": "en", "display": "light", "projection": True}
    assert store.preferences(OTHER) == {}


def test_holdings_are_all_there_is_of_one_device(store: Store) -> None:
    store.prefer(ME, language="en")
    store.save(ME, "spot", text("mine"))
    store.save(OTHER, "spot", text("theirs"))
    assert store.holdings(ME) == {"preferences": {"language": "en"}, "runs": {"spot": {"text": "mine"}}, "classes": []}
    assert store.holdings("a" * 32) == {"preferences": {}, "runs": {}, "classes": []}
    assert store.count() == (1, 2)


# -- at the same time -------------------------------------------------------------------------------------------------


def test_windows_that_interleave_lose_no_update(store: Store) -> None:
    """Three windows each add ten words, trying again whenever another came first: all thirty are there."""
    store.save(ME, "spot", "[]")

    def window(name: int) -> None:
        for n in range(10):
            while True:
                state, version = store.load(ME, "spot")  # type: ignore[misc]
                try:
                    store.save(ME, "spot", json.dumps([*json.loads(state), [name, n]]), replaces=version)
                    break
                except Stale:
                    continue

    threads = [threading.Thread(target=window, args=(name,)) for name in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    said = json.loads(store.load(ME, "spot")[0])  # type: ignore[index]
    assert sorted(said) == [[name, n] for name in range(3) for n in range(10)]
    assert [n for name, n in said if name == 1] == list(range(10)), "each window's own words stay in order"


def test_two_copies_of_the_kit_share_one_file(store: Store, file: Path) -> None:
    twin = again(file)
    version = store.save(ME, "spot", text("here"))
    assert twin.load(ME, "spot") == (text("here"), version)
    twin.save(ME, "spot", text("there"), replaces=version)
    with pytest.raises(Stale):
        store.save(ME, "spot", text("here again"), replaces=version)
    twin.close()


def test_reading_waits_for_no_writer(store: Store, file: Path) -> None:
    store.save(ME, "spot", text("kept"))
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert store.load(ME, "spot") is not None
    assert store.holdings(ME)["runs"] == {"spot": {"text": "kept"}}
    writer.execute("ROLLBACK")
    writer.close()


# -- on disk ----------------------------------------------------------------------------------------------------------


def test_the_log_is_written_ahead_and_flushed(store: Store, file: Path) -> None:
    with store._database.engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete", "busy_timeout")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "busy_timeout": 5000}


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a matter of POSIX")
def test_a_killed_process_has_lost_nothing(file: Path) -> None:
    code = (
        "import os, sys\n"
        "from kit.classroom.store import Store\n"
        f"store = Store('sqlite:///{file.as_posix()}')\n"
        f"version = store.save('{ME}', 'spot', '{{\"text\": \"saved\"}}')\n"
        f"store.prefer('{ME}', language='en')\n"
        "os.write(1, str(version).encode())\n"
        f"os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert run.returncode == -signal.SIGKILL
    after = again(file)
    assert after.load(ME, "spot") == ('{"text": "saved"}', int(run.stdout))
    assert after.preferences(ME) == {"language": "en"}
    after.close()


@pytest.mark.parametrize("open_elsewhere", [False, True])
def test_what_is_erased_is_gone_from_the_disk(store: Store, file: Path, open_elsewhere: bool) -> None:
    twin = again(file) if open_elsewhere else None
    for n in range(30):
        store.save(ME, "spot", text(f"{MARKER} {n} " + "x" * 3000))
    store.save(ME, "bias", text(MARKER))
    store.prefer(ME, name=MARKER)
    store.save(OTHER, "spot", text("someone else"))
    assert MARKER.encode() in on_disk(file)
    store.erase(ME)
    assert MARKER.encode() not in on_disk(file)
    assert store.holdings(ME) == {"preferences": {}, "runs": {}, "classes": []}
    assert store.load(OTHER, "spot")[0] == text("someone else")  # type: ignore[index]
    if twin:
        assert twin.load(ME, "spot") is None
        twin.close()


def test_forgetting_one_run_takes_it_off_the_disk(store: Store, file: Path) -> None:
    store.save(ME, "spot", text(MARKER))
    store.save(ME, "spot", text(f"{MARKER} again"))
    store.save(ME, "bias", text("other work"))
    store.forget(ME, "spot")
    assert MARKER.encode() not in on_disk(file)
    assert store.load(ME, "bias")[0] == text("other work")  # type: ignore[index]


def test_erasing_everything_gives_the_space_back(store: Store, file: Path) -> None:
    empty = len(on_disk(file))
    for device in (ME, OTHER):
        store.save(device, "spot", text("y" * 200_000))
    assert len(on_disk(file)) > empty + 400_000
    store.erase()
    assert store.count() == (0, 0)
    assert len(on_disk(file)) < empty + 50_000
    store.save(ME, "spot", text("life goes on"))
    assert store.version(ME, "spot") > 0


def test_everything_has_its_date(store: Store, file: Path) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    store.save(ME, "spot", text(MARKER))
    store.prefer(ME, language="en")
    store.purge(now + timedelta(days=RETENTION_DAYS, minutes=-5))
    assert store.count() == (1, 1)
    store.purge(now + timedelta(days=RETENTION_DAYS, minutes=5))
    assert store.count() == (0, 0)
    assert MARKER.encode() not in on_disk(file)


def test_a_save_puts_the_date_off(store: Store, file: Path) -> None:
    store.save(ME, "spot", text("old"))
    store.save(OTHER, "spot", text("old"))
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE runs SET expires = '2020-01-01 00:00:00.000000'")
    raw.close()
    store.save(ME, "spot", text("new"))
    store.purge()
    assert store.load(ME, "spot") is not None
    assert store.load(OTHER, "spot") is None


def test_opening_and_using_the_store_purges_it(store: Store, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def grow_old() -> None:
        with sqlite3.connect(file) as raw:
            raw.execute("UPDATE runs SET expires = '2020-01-01 00:00:00.000000'")
        raw.close()

    store.save(ME, "spot", text("old"))
    grow_old()
    assert again(file).count() == (0, 0), "a kit that starts"
    store.save(ME, "spot", text("old"))
    grow_old()
    monkeypatch.setattr(database, "_PURGE_SECONDS", -1.0)
    assert store.load(ME, "spot") is None, "a kit that runs for weeks"


# -- when the disk says no --------------------------------------------------------------------------------------------


def test_a_full_disk_is_said_and_loses_nothing(store: Store) -> None:
    version = store.save(ME, "spot", text("before"))
    limited = store._database.engine.connect()
    pages = limited.exec_driver_sql("PRAGMA page_count").scalar()
    limited.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    limited.close()  # back to the pool, whose only connection it is
    with pytest.raises(FullDisk, match="The disk is full: nothing was changed"):
        store.save(ME, "spot", text("z" * 300_000), replaces=version)
    assert store.load(ME, "spot") == (text("before"), version)
    assert store.save(ME, "spot", text("short"), replaces=version) != version


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of one megabyte, where this machine lets one be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if sys.platform != "linux" or os.geteuid() != 0 or mount is None:
        pytest.skip("only root may mount a small disk, on Linux")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield folder
    # Lazily: a connection that Python has not let go of yet keeps the disk busy for a moment.
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


CHANGES: dict[str, Callable[[Store], object]] = {
    "save": lambda store: store.save(ME, "spot", text("z" * 90_000)),
    "forget": lambda store: store.forget(ME, "spot"),
    "erase one": lambda store: store.erase(ME),
    "erase all": lambda store: store.erase(),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("left", [0, 24, 48, 88, 400])
def test_on_a_disk_that_is_full_for_real(small_disk: Path, left: int, change: str) -> None:
    """``left``: kilobytes free. What is said is what happened, nothing else is lost, and with space all works again."""
    file, filler = small_disk / "kit.sqlite", small_disk / "filler"
    before = text(MARKER + "x" * 30_000)
    store = again(file)
    for device in (ME, OTHER):
        store.save(device, "spot", before)
    filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - left * 1024))
    said = ""
    try:
        CHANGES[change](store)
    except FullDisk as full:
        said = str(full)
    changed = not said or said.startswith("It is erased")
    assert said or left
    assert not said or left < 400
    mine, others = store.load(ME, "spot"), store.load(OTHER, "spot")
    if change == "save":
        assert mine is not None
        assert mine[0] == (text("z" * 90_000) if changed else before)
    else:
        assert (mine is None) == changed
    assert (others is None) == (changed and change == "erase all")
    filler.unlink()
    CHANGES[change](store)
    store.close()
    with_space = again(file)
    assert (with_space.load(ME, "spot") is None) == (change != "save")
    if change == "erase all":
        assert MARKER.encode() not in on_disk(file)
    with_space.close()


@pytest.mark.parametrize("left", [0, 12, 40])
def test_opening_on_a_full_disk(small_disk: Path, left: int) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - left * 1024))
    with pytest.raises(FullDisk):
        again(small_disk / "kit.sqlite")
    filler.unlink()
    again(small_disk / "kit.sqlite").close()  # and the failed attempt holds no file: the disk can be taken away


@pytest.mark.skipif(os.name != "posix", reason="rights are a matter of POSIX")
def test_a_file_that_cannot_be_written_is_said_and_still_read(store: Store, file: Path) -> None:
    version = store.save(ME, "spot", text("before"))
    store.close()
    locked = again(file)
    with locked._database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")  # what a read-only disk does, for root too
    with pytest.raises(SetupError, match=r"readonly|read-only"):
        locked.save(ME, "spot", text("after"))
    assert locked.load(ME, "spot") == (text("before"), version)
    locked.close()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SetupError, match="cannot write its data"):
            again(tmp_path / "kit.sqlite")
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="unable to open database file"):
        again(tmp_path / "absent" / "kit.sqlite")


@pytest.mark.parametrize("raw", [b"this is no database, only text. " * 300, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_said_and_left_as_it_is(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    with pytest.raises(SetupError, match="data cannot be read"):
        again(file)
    assert file.read_bytes() == raw


@pytest.mark.parametrize("url", ["not a url", "mystery://somewhere", "postgresql+nosuchdriver://u:secret@h/d"])
def test_a_bad_address_is_said_without_its_password(url: str) -> None:
    with pytest.raises(SetupError, match="CONTRECHAMP_DATABASE_URL") as caught:
        Store(url)
    assert "secret" not in str(caught.value)


# -- opening ----------------------------------------------------------------------------------------------------------


def test_one_store_a_process_in_a_folder_of_its_own(home: Path) -> None:
    here = settings.load()
    store = open_store(here)
    assert open_store(settings.load()) is store
    assert (home / "contrechamp.sqlite").is_file()
    if os.name == "posix":
        assert home.stat().st_mode & 0o077 == 0
    store.close()


def test_nothing_of_a_person_is_in_the_schema(store: Store) -> None:
    with store._database.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    kept = {"devices", "runs", "classes", "seats", "works", "photographs", "links", "tries"}
    assert {row[0] for row in tables} == kept
    assert not any(word in row[1].lower() for row in tables for word in ("name ", "address", "mail", "user"))
