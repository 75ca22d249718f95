"""The store: everything that must survive a reload, a flat battery or a killed server.

SQLAlchemy on SQLite (write-ahead log) in the data folder, or any database named by ``CONTRECHAMP_DATABASE_URL``. A
device is an opaque random number in a cookie; no name, address or account is ever stored. Every row has an expiry date
and is erased at that date (:meth:`Store.purge`), or now (:meth:`Store.erase`).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from kit.errors import BadInput, SetupError
from kit.settings import Settings, data_folder

RETENTION_DAYS = 30
MAX_STATE_BYTES = 512 * 1024
_PURGE_SECONDS = 3600.0

_metadata = MetaData()
_devices = Table(
    "devices",
    _metadata,
    Column("device", String(32), primary_key=True),
    Column("preferences", Text, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)
_runs = Table(
    "runs",
    _metadata,
    Column("device", String(32), primary_key=True),
    Column("activity", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)


class Store:
    """One database. Safe to share between threads; each method is one short transaction."""

    def __init__(self, url: str) -> None:
        try:
            self._engine = create_engine(url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise SetupError(
                "CONTRECHAMP_DATABASE_URL cannot be used ({reason}). Give a SQLAlchemy URL whose driver is installed,"
                " or remove it: the kit then keeps its data in a file of its own.",
                reason=str(error),
            ) from error
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _tune_sqlite)
        try:
            with self._transaction() as connection:
                _metadata.create_all(connection)
            self.purge()
        except SetupError:
            self.close()  # every page asks again: each would leave the file open once more
            raise

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    # -- preferences ------------------------------------------------------------------------------------------------

    def preferences(self, device: str) -> dict[str, Any]:
        """What this device chose (language, display …); empty if it never chose."""
        with self._transaction(write=False) as connection:
            row = connection.execute(select(_devices.c.preferences).where(_devices.c.device == device)).first()
        return json.loads(row.preferences) if row else {}

    def prefer(self, device: str, **choices: Any) -> None:
        """Remember choices of this device; others stay as they were."""
        self._purge_now_and_then()
        with self._transaction() as connection:
            here = _devices.c.device == device
            row = connection.execute(select(_devices.c.preferences).where(here)).first()
            text = json.dumps({**(json.loads(row.preferences) if row else {}), **choices})
            if row:
                connection.execute(update(_devices).where(here).values(preferences=text, expires=_expiry()))
            else:
                connection.execute(insert(_devices).values(device=device, preferences=text, expires=_expiry()))

    # -- runs -------------------------------------------------------------------------------------------------------

    def load(self, device: str, activity: str) -> tuple[str, int] | None:
        """The saved state (JSON text) of this device in an activity and its version, if there is one."""
        self._purge_now_and_then()
        with self._transaction(write=False) as connection:
            row = connection.execute(select(_runs.c.state, _runs.c.version).where(*_key(device, activity))).first()
        return (row.state, row.version) if row else None

    def version(self, device: str, activity: str) -> int:
        """The version of the saved state, 0 if there is none. Cheap: what a polling screen compares."""
        with self._transaction(write=False) as connection:
            return connection.execute(select(_runs.c.version).where(*_key(device, activity))).scalar() or 0

    def save(self, device: str, activity: str, state: str, *, replaces: int | None = None) -> int:
        """Write a state to disk and return its new version.

        ``replaces`` is the version it was made from (0: there was none); if another window has saved or erased since,
        nothing is written. Versions are to be compared, not counted: the first one of a run is drawn at random, so
        that a window left on an erased run never takes the next one for its own.

        Raises :class:`Stale` then, and :class:`BadInput` if the state is larger than ``MAX_STATE_BYTES``.
        """
        if len(state.encode()) > MAX_STATE_BYTES:
            raise BadInput(
                "This work has grown beyond {limit} kB and could not be saved. Shorten your texts, then save again.",
                limit=MAX_STATE_BYTES // 1024,
            )
        self._purge_now_and_then()
        with self._transaction() as connection:
            if self._engine.dialect.name != "sqlite":
                connection.execute(select(_runs.c.version).where(*_key(device, activity)).with_for_update())
            now = connection.execute(select(_runs.c.version).where(*_key(device, activity))).scalar() or 0
            if replaces is not None and replaces != now:
                raise Stale("Another window of this browser has moved on. This window now shows the same thing.")
            new = now + 1 if now else 1 + secrets.randbelow(2**30)
            values = {"version": new, "state": state, "expires": _expiry()}
            if now:
                connection.execute(update(_runs).where(*_key(device, activity)).values(**values))
            else:
                connection.execute(insert(_runs).values(device=device, activity=activity, **values))
            return new

    def forget(self, device: str, activity: str) -> None:
        """Erase one run."""
        with self._transaction() as connection:
            connection.execute(delete(_runs).where(*_key(device, activity)))
        self._scrub()

    # -- erasing and telling ----------------------------------------------------------------------------------------

    def erase(self, device: str | None = None) -> None:
        """Erase everything of one device, or everything there is; and give the disk space back."""
        with self._transaction() as connection:
            for table in (_runs, _devices):
                statement = delete(table)
                connection.execute(statement.where(table.c.device == device) if device else statement)
        self._scrub(shrink=True)

    def purge(self, now: datetime | None = None) -> None:
        """Erase what has passed its date. Also done when the store is opened, and hourly while it is used."""
        moment = now or _now()
        self._purged = time.monotonic()
        with self._transaction() as connection:
            gone = [connection.execute(delete(t).where(t.c.expires < moment)).rowcount for t in (_runs, _devices)]
        if any(gone):
            self._scrub()

    def holdings(self, device: str) -> dict[str, Any]:
        """All that is stored of one device, for export: its preferences and its runs, by activity."""
        with self._transaction(write=False) as connection:
            rows = connection.execute(select(_runs.c.activity, _runs.c.state).where(_runs.c.device == device)).all()
        return {
            "preferences": self.preferences(device),
            "runs": {row.activity: json.loads(row.state) for row in rows},
        }

    def count(self) -> tuple[int, int]:
        """How many devices and how many runs are stored."""
        with self._transaction(write=False) as connection:
            devices = connection.execute(select(func.count()).select_from(_devices)).scalar_one()
            return devices, connection.execute(select(func.count()).select_from(_runs)).scalar_one()

    def _purge_now_and_then(self) -> None:
        if time.monotonic() - self._purged > _PURGE_SECONDS:
            self.purge()

    def _scrub(self, *, shrink: bool = False) -> None:
        """Take what was deleted off the disk, not only out of the tables; ``shrink``: and give the space back."""
        if self._engine.dialect.name != "sqlite":
            return
        # Deleted text is overwritten in the file (secure_delete), but the log keeps older pages until it is emptied.
        with _explained(_erased_but_full), self._engine.connect() as connection:
            if shrink:
                # It works on a copy, which a full disk has no room for: the space then stays ours, and empty.
                with suppress(FullDisk), _explained():
                    connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self, *, write: bool = True) -> Iterator[Connection]:
        with _explained(), self._engine.begin() as connection:
            if self._engine.dialect.name == "sqlite":
                # Take the write lock at once: two windows that read then write would else overwrite each other.
                connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
            yield connection


class Stale(BadInput):
    """The state was changed by another window meanwhile."""


class FullDisk(SetupError):
    """There is no room left to write; what was saved before is untouched."""


# The second: no room for the index of the log, which even reading needs.
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})


def _nothing_changed() -> FullDisk:
    return FullDisk(
        "The disk is full: nothing was changed. Free some space, then try again. What was saved before is still there."
    )


def _erased_but_full() -> FullDisk:
    return FullDisk(
        "It is erased, but the disk is too full to wipe every trace of it. Free some space, then erase again."
    )


@contextmanager
def _explained(full: Callable[[], FullDisk] = _nothing_changed) -> Iterator[None]:
    """Turn what the disk refuses into a sentence; ``full`` is the one for a disk without room."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) in _FULL:
            raise full() from error
        raise SetupError(
            "The kit cannot write its data ({reason}). Free some disk space, or check the folder named by"
            " “contrechamp doctor”, then try again. What was saved before is still there.",
            reason=str(error.orig),
        ) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # a subclass names a mistake of ours
            raise
        raise SetupError(
            "The kit’s data cannot be read ({reason}). Rename the file contrechamp.sqlite in the folder named by"
            " “contrechamp doctor”, then start again: the kit makes a new one.",
            reason=str(error.orig),
        ) from error


@cache
def _open(url: str) -> Store:
    return Store(url)


def open_store(settings: Settings) -> Store:
    """The store of these settings, opened once a process. Creates the data folder."""
    data_folder(settings)
    return _open(settings.store_url)


def _key(device: str, activity: str) -> tuple[Any, Any]:
    return _runs.c.device == device, _runs.c.activity == activity


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _expiry() -> datetime:
    return _now() + timedelta(days=RETENTION_DAYS)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN IMMEDIATE above replaces sqlite3's own
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


__all__ = ["MAX_STATE_BYTES", "RETENTION_DAYS", "FullDisk", "Stale", "Store", "open_store"]
