"""The store: everything that must survive a reload, a flat battery or a killed server.

A device is an opaque random number in a cookie; no name, address or account is ever stored. Every row has an expiry
date and is erased at that date, or now (:meth:`Store.erase`). What a class does together: :attr:`Store.classes`; what
its devices photographed: :attr:`Store.photographs`.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, DateTime, Integer, String, Table, Text, delete, func, insert, select, update

from kit.classroom.classes import Classes
from kit.classroom.database import METADATA, Database, FullDisk, Stale, now
from kit.classroom.photographs import Photographs
from kit.errors import BadInput
from kit.settings import Settings, data_folder

RETENTION_DAYS = 30
MAX_STATE_BYTES = 512 * 1024

_devices = Table(
    "devices",
    METADATA,
    Column("device", String(32), primary_key=True),
    Column("preferences", Text, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)
_runs = Table(
    "runs",
    METADATA,
    Column("device", String(32), primary_key=True),
    Column("activity", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)


class Store:
    """One database. Safe to share between threads; each method is one short transaction."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self.classes = Classes(self._database)
        self.photographs = Photographs(self._database)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    # -- preferences ------------------------------------------------------------------------------------------------

    def preferences(self, device: str) -> dict[str, Any]:
        """What this device chose (language, display …); empty if it never chose."""
        with self._database.transaction(write=False) as connection:
            row = connection.execute(select(_devices.c.preferences).where(_devices.c.device == device)).first()
        return json.loads(row.preferences) if row else {}

    def prefer(self, device: str, **choices: Any) -> None:
        """Remember choices of this device; others stay as they were."""
        self._database.purge_now_and_then()
        with self._database.transaction() as connection:
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
        self._database.purge_now_and_then()
        with self._database.transaction(write=False) as connection:
            row = connection.execute(select(_runs.c.state, _runs.c.version).where(*_key(device, activity))).first()
        return (row.state, row.version) if row else None

    def version(self, device: str, activity: str) -> int:
        """The version of the saved state, 0 if there is none. Cheap: what a polling screen compares."""
        with self._database.transaction(write=False) as connection:
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
        self._database.purge_now_and_then()
        with self._database.transaction() as connection:
            last = connection.execute(select(_runs.c.version).where(*_key(device, activity))).scalar() or 0
            if replaces is not None and replaces != last:
                raise Stale("Another window of this browser has moved on. This window now shows the same thing.")
            new = last + 1 if last else 1 + secrets.randbelow(2**30)
            values = {"version": new, "state": state, "expires": _expiry()}
            if last:
                connection.execute(update(_runs).where(*_key(device, activity)).values(**values))
            else:
                connection.execute(insert(_runs).values(device=device, activity=activity, **values))
            return new

    def forget(self, device: str, activity: str) -> None:
        """Erase one run."""
        with self._database.transaction() as connection:
            connection.execute(delete(_runs).where(*_key(device, activity)))
        self._database.scrub()

    # -- erasing and telling ----------------------------------------------------------------------------------------

    def erase(self, device: str | None = None) -> None:
        """Erase everything of one device, or everything there is; and give the disk space back."""
        with self._database.transaction() as connection:
            for table in METADATA.tables.values() if device is None else (_runs, _devices):
                statement = delete(table)
                connection.execute(statement.where(table.c.device == device) if device else statement)
            if device is not None:
                self.classes.leave_all(connection, device)
        self._database.scrub(shrink=True)

    def purge(self, now: datetime | None = None) -> None:
        """Erase what has passed its date. Also done when the store is opened, and hourly while it is used."""
        self._database.purge(now)

    def holdings(self, device: str) -> dict[str, Any]:
        """All that is stored of one device, for export: preferences, its own runs by activity, its seats in classes."""
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(select(_runs.c.activity, _runs.c.state).where(_runs.c.device == device)).all()
            classes = self.classes.holdings(connection, device)
        return {
            "preferences": self.preferences(device),
            "runs": {row.activity: json.loads(row.state) for row in rows},
            "classes": classes,
        }

    def count(self) -> tuple[int, int]:
        """How many devices and how many runs are stored."""
        with self._database.transaction(write=False) as connection:
            devices = connection.execute(select(func.count()).select_from(_devices)).scalar_one()
            return devices, connection.execute(select(func.count()).select_from(_runs)).scalar_one()


@cache
def _open(settings: Settings) -> Store:
    data_folder(settings)
    return Store(settings.store_url)


def open_store(settings: Settings) -> Store:
    """The store of these settings, opened once a process. Creates the data folder."""
    return _open(settings)


def _key(device: str, activity: str) -> tuple[Any, Any]:
    return _runs.c.device == device, _runs.c.activity == activity


def _expiry() -> datetime:
    return now() + timedelta(days=RETENTION_DAYS)


__all__ = ["MAX_STATE_BYTES", "RETENTION_DAYS", "FullDisk", "Stale", "Store", "open_store"]
