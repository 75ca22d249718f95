"""How often one may guess: wrong codes, PINs and words are counted, and whoever goes on waits.

Each wrong try counts twice: for the device, whose waits double, and for the whole room, which has a cap that a new
cookie does not escape. What is counted is in the database, so that a restart or a second copy of the app forgives
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, DateTime, Integer, String, Table, delete, insert, select, update

from kit.classroom.database import METADATA, now
from kit.errors import NotAllowed

_tries = Table(
    "tries",
    METADATA,
    Column("what", String(80), primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("until", DateTime, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)

FREE = 3
"""Wrong tries of a device before its first wait."""
LONGEST = timedelta(minutes=15)


@dataclass(frozen=True)
class Cap:
    """At most ``wrong`` tries by everybody together in ``within``."""

    wrong: int
    within: timedelta


CODES = Cap(120, timedelta(minutes=1))
"""Of the whole server: a room of two hundred types its code at the same time, and a letter wrong here and there."""
PINS = Cap(20, timedelta(hours=1))
"""Of a class."""
KEYWORDS = Cap(20, timedelta(hours=1))
"""Of a class."""


def ready(connection: Connection, kind: str, room: str, device: str, cap: Cap) -> None:
    """Let pass whoever may try now. Raises :class:`NotAllowed` with the seconds to wait.

    ``room`` is what the cap belongs to: what was typed for it, so that one waits the same whether it exists or not.
    """
    moment = now()
    rows = connection.execute(select(_tries).where(_tries.c.what.in_([_own(kind, device), _all(kind, room)]))).all()
    for row in rows:
        if row.what == _all(kind, room) and (row.wrong < cap.wrong or row.until <= moment):
            continue
        if row.until > moment:
            seconds = int((row.until - moment).total_seconds()) + 1
            raise NotAllowed("Too many wrong tries. Wait {seconds} s, then try again.", seconds=seconds)


def wrong(connection: Connection, kind: str, room: str, device: str, cap: Cap) -> None:
    """Count a wrong try."""
    tries = _count(connection, _own(kind, device), None)
    wait = min(LONGEST, timedelta(seconds=2 ** min(tries - FREE, 20))) if tries > FREE else timedelta()
    _wait(connection, _own(kind, device), now() + wait)
    _count(connection, _all(kind, room), cap.within)


def right(connection: Connection, kind: str, device: str) -> None:
    """Forget the wrong tries of a device that found it."""
    connection.execute(delete(_tries).where(_tries.c.what == _own(kind, device)))


def forget(connection: Connection, device: str) -> None:
    """Erase the wrong tries of a device."""
    connection.execute(delete(_tries).where(_tries.c.what.endswith(f"/{device}", autoescape=True)))


def _count(connection: Connection, what: str, within: timedelta | None) -> int:
    """One wrong try more; with ``within``, of a window that begins with the first one and then begins anew."""
    moment, here = now(), _tries.c.what == what
    row = connection.execute(select(_tries).where(here)).first()
    values = {"wrong": 1, "until": moment + (within or timedelta()), "expires": moment + timedelta(days=1)}
    if row is None:
        connection.execute(insert(_tries).values(what=what, **values))
        return 1
    if within is not None and row.until <= moment:
        connection.execute(update(_tries).where(here).values(**values))
        return 1
    connection.execute(update(_tries).where(here).values(wrong=row.wrong + 1, expires=values["expires"]))
    return int(row.wrong) + 1


def _wait(connection: Connection, what: str, until: datetime) -> None:
    connection.execute(update(_tries).where(_tries.c.what == what).values(until=until))


def _own(kind: str, device: str) -> str:
    return f"{kind}/{device}"


def _all(kind: str, room: str) -> str:
    return f"{kind}/{room}/*"
