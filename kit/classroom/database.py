"""The database of the kit: one engine, short transactions, sentences for what the disk refuses, the tables it holds.

SQLAlchemy on SQLite (write-ahead log) in the data folder, or any database named by ``CONTRECHAMP_DATABASE_URL``.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, delete, event
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError, ProgrammingError

from kit.errors import BadInput, SetupError

METADATA = MetaData()
"""Every table. Each has a column ``expires``: :meth:`Database.purge` erases what has passed it."""
_PURGE_SECONDS = 3600.0
_WRITER = 5042
"""Number of the lock that every writer of a PostgreSQL database takes: several copies of the app write as one file's
writers do. An answer is written in a few milliseconds, so that two hundred devices do not feel it."""


class Database:
    """One database. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._writing = threading.Lock()
        try:
            self.engine = create_engine(url, connect_args=_patience(url))
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
            raise _unusable(str(error)) from error
        if "@" in (self.engine.url.host or ""):
            raise _unusable("an @ in the password is written %40")
        if self.is_file:
            event.listen(self.engine, "connect", _tune_sqlite)
        try:
            with self.transaction() as connection:
                METADATA.create_all(connection)
            self.purge()
        except ProgrammingError as error:
            self.close()
            raise _unusable(str(error.orig)) from error
        except SetupError:
            self.close()  # every page asks again: each would leave the file open once more
            raise

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite, which takes one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[Connection]:
        """One short transaction. Raises :class:`FullDisk`, or :class:`~kit.errors.SetupError`."""
        # Writers of this process in turn: left to the file’s own lock, some would wait for seconds, or in vain.
        alone = self._writing if write and self.is_file else nullcontext()
        with alone, explained(), self.engine.begin() as connection:
            # One writer at a time, from the first: two windows that read then write would else overwrite each other.
            if self.is_file:
                connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
            elif write and self.engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
            yield connection

    def purge(self, moment: datetime | None = None) -> None:
        """Erase what has passed its date. Also done when the database is opened."""
        self._purged = time.monotonic()
        with self.transaction() as connection:
            gone = [
                connection.execute(delete(table).where(table.c.expires < (moment or now()))).rowcount
                for table in METADATA.tables.values()
            ]
        if any(gone):
            self.scrub()

    def purge_now_and_then(self) -> None:
        """:meth:`purge`, if an hour has passed since the last time."""
        if time.monotonic() - self._purged > _PURGE_SECONDS:
            self.purge()

    def scrub(self, *, shrink: bool = False) -> None:
        """Take what was deleted off the disk, not only out of the tables; ``shrink``: and give the space back."""
        if not self.is_file:
            return
        # Deleted text is overwritten in the file (secure_delete), but the log keeps older pages until it is emptied.
        with explained(_erased_but_full), self.engine.connect() as connection:
            if shrink:
                # It works on a copy, which a full disk has no room for: the space then stays ours, and empty.
                with suppress(FullDisk), explained():
                    connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _patience(url: str) -> dict[str, int]:
    """A server that does not answer is given up after ten seconds, unless the URL says otherwise."""
    return {"connect_timeout": 10} if url.startswith("postgresql") and "connect_timeout" not in url else {}


def _unusable(reason: str) -> SetupError:
    return SetupError(
        "CONTRECHAMP_DATABASE_URL cannot be used ({reason}). Give a SQLAlchemy URL whose driver is installed,"
        " or remove it: the kit then keeps its data in a file of its own.",
        reason=reason,
    )


class Stale(BadInput):
    """The state was changed by another window meanwhile."""


class FullDisk(SetupError):
    """There is no room left to write; what was saved before is untouched."""


# The second: no room for the index of the log, which even reading needs.
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
_FULL_THERE = "53100"
"""SQLSTATE « disk_full » of a database server."""


def _nothing_changed() -> FullDisk:
    return FullDisk(
        "The disk is full: nothing was changed. Free some space, then try again. What was saved before is still there."
    )


def _erased_but_full() -> FullDisk:
    return FullDisk(
        "It is erased, but the disk is too full to wipe every trace of it. Free some space, then erase again."
    )


@contextmanager
def explained(full: Callable[[], FullDisk] = _nothing_changed) -> Iterator[None]:
    """Turn what the disk refuses into a sentence; ``full`` is the one for a disk without room."""
    try:
        yield
    except OperationalError as error:
        if (
            getattr(error.orig, "sqlite_errorcode", None) in _FULL
            or getattr(error.orig, "sqlstate", None) == _FULL_THERE
        ):
            raise full() from error
        if not isinstance(error.orig, sqlite3.Error):
            raise SetupError(
                "The database cannot be reached ({reason}). Check that it runs, then try again. What was saved before"
                " is still there.",
                reason=" ".join(str(error.orig).split()),
            ) from error
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


def now() -> datetime:
    """This moment as the tables keep it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN IMMEDIATE above replaces sqlite3's own
    cursor = connection.cursor()
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        _patiently(cursor, f"PRAGMA {pragma}")
    cursor.close()


def _patiently(cursor: sqlite3.Cursor, statement: str, *, seconds: float = 5.0) -> None:
    """Run a statement, again and again while the file is locked.

    SQLite does not wait by itself where two connections turn to the write-ahead log at once: it refuses one of them.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            cursor.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(0.02)
