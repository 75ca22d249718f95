"""The tables of classes, and what a transaction of theirs begins with: who sits where, and what that device may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from kit.classroom.database import METADATA, now
from kit.classroom.lead import Lead
from kit.errors import NotAllowed
from kit.levels import Role
from kit.steps import Step

LONGEST_NAME = 64
LONGEST_CAPTION = 60

CLASSES = Table(
    "classes",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("code", String(8), nullable=False, unique=True),
    Column("activity", String(64), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("pin", String(64), nullable=False),
    Column("joined", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", String(64), nullable=False),
    Column("state", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("opened", DateTime, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)
SEATS = Table(
    "seats",
    METADATA,
    Column("class_id", String(32), primary_key=True),
    Column("device", String(32), primary_key=True, index=True),
    Column("role", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("since", DateTime, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)
WORKS = Table(
    "works",
    METADATA,
    Column("class_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("pseudonym", String(LONGEST_NAME), nullable=False),
    Column("words", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("quiz", Text, nullable=False, default="{}"),
    Column("replies", Integer, nullable=False, default=0),
    Column("expires", DateTime, nullable=False, index=True),
)
PHOTOGRAPHS = Table(
    "photographs",
    METADATA,
    Column("class_id", String(32), primary_key=True),
    Column("mark", String(16), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("caption", String(LONGEST_CAPTION), nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("png", LargeBinary, nullable=False),
    Column("sent", DateTime, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)
LINKS = Table(
    "links",
    METADATA,
    Column("token", String(64), primary_key=True),
    Column("class_id", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
)
OF_A_PARTICIPANT = (SEATS, WORKS, PHOTOGRAPHS)
OF_A_CLASS = (*OF_A_PARTICIPANT, LINKS)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """What a device is in a class."""

    class_id: str
    activity: str
    role: Role
    number: int
    """The participant's, from 1 on; 0 for the facilitator and the projected screen."""
    closed: bool = False


SEATED = select(SEATS.c.class_id, SEATS.c.role, SEATS.c.number, CLASSES.c.activity, CLASSES.c.closed).where(
    SEATS.c.class_id == CLASSES.c.id
)
"""Each seat, with what its class says; for :func:`as_seat`."""


def as_seat(row: Any) -> Seat:
    """A row of :data:`SEATED`."""
    return Seat(class_id=row.class_id, activity=row.activity, role=Role(row.role), number=row.number, closed=row.closed)


def seat(connection: Connection, class_id: str, device: str) -> Seat | None:
    """Where a device sits in a class."""
    row = connection.execute(SEATED.where(SEATS.c.class_id == class_id, SEATS.c.device == device)).first()
    return as_seat(row) if row else None


def seats(connection: Connection, device: str) -> list[Seat]:
    """Where a device sits, the last one taken first; closed classes only for those who led them."""
    rows = connection.execute(SEATED.where(SEATS.c.device == device).order_by(SEATS.c.since.desc())).all()
    return [seat for seat in map(as_seat, rows) if not seat.closed or seat.role is Role.FACILITATOR]


def sit(connection: Connection, class_id: str, device: str, role: Role, number: int, expires: datetime) -> None:
    """Seat a device in a class, whatever it was there before."""
    connection.execute(delete(SEATS).where(SEATS.c.class_id == class_id, SEATS.c.device == device))
    values = {"role": str(role), "number": number, "since": now(), "expires": expires}
    connection.execute(insert(SEATS).values(class_id=class_id, device=device, **values))


def facilitator(connection: Connection, class_id: str, device: str) -> None:
    """Raises :class:`NotAllowed` unless this device leads the class."""
    there = seat(connection, class_id, device)
    if there is None or there.role is not Role.FACILITATOR:
        raise NotAllowed("This device does not lead the class.")


def participant(connection: Connection, class_id: str, device: str) -> Seat:
    """Where the participant on this device sits. Raises :class:`NotAllowed` if there is none."""
    there = seat(connection, class_id, device)
    if there is None or there.role is not Role.PARTICIPANT:
        raise NotAllowed("This device does not take part in the class any more. Join it again with its code.")
    return there


def collecting(connection: Connection, class_id: str, step: Step) -> None:
    """Raises :class:`NotAllowed` unless the class stands at ``step``, on its devices, and takes what they send."""
    row = connection.execute(
        select(CLASSES.c.step, CLASSES.c.lead, CLASSES.c.closed).where(CLASSES.c.id == class_id)
    ).one()
    lead = Lead.model_validate_json(row.lead)
    if row.step != step.id or row.closed or lead.lobby:
        raise NotAllowed("The class has moved on: this answer came too late and was not kept.")
    if not lead.collects(step):
        raise NotAllowed("Answers are closed for the moment: this one was not kept.")


def touch(connection: Connection, class_id: str) -> None:
    """Let every screen of the class know that something has changed."""
    connection.execute(update(CLASSES).where(CLASSES.c.id == class_id).values(version=CLASSES.c.version + 1))
