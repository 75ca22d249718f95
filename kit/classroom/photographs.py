"""What the devices of a class photographed: sent while their step is open, seen by the room once it is approved.

A photograph belongs to its class: it is erased with it, with the participant who sent it, or alone. What goes into a
deck (:mod:`kit.decks`) is a copy, which somebody made by hand.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from kit.classroom import tables
from kit.classroom.database import Database, now
from kit.classroom.tables import CLASSES, LONGEST_CAPTION, PHOTOGRAPHS, WORKS
from kit.errors import BadInput, NotAllowed
from kit.printable import line
from kit.steps import Step

MOST_EACH = 3
"""Photographs of one participant that the class holds at a time."""
MOST_BYTES = 1_000_000
"""Of one photograph as it is kept, twice what the noisiest of :data:`kit.decks.model.PICTURE_SIZE` weighs."""


@dataclass(frozen=True, kw_only=True)
class Photograph:
    """One photograph of a class, without its pixels."""

    mark: str
    """Names this photograph in its class; says nothing of who sent it."""
    number: int
    """The participant's."""
    caption: str
    """What they say it shows; may be empty."""
    approved: bool
    """Whether the room may see it."""


class Photographs:
    """The photographs of all classes of a database. Each method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, class_id: str, device: str, step: Step, png: bytes, caption: str) -> None:
        """Keep a photograph of the participant on this device: ``png``, one file; sent twice, it is kept once.

        Raises :class:`NotAllowed` as :meth:`~kit.classroom.classes.Classes.answer`, or if the step keeps no pictures,
        and :class:`BadInput` for one that is too large, or one too many.
        """
        caption = line(caption)[:LONGEST_CAPTION].strip()
        if step.pictures != "kept":
            raise NotAllowed("No photographs are taken in this step.")
        if not 0 < len(png) <= MOST_BYTES:
            raise BadInput("This photograph cannot be kept. Send another one.")
        with self._database.transaction() as connection:
            number = tables.participant(connection, class_id, device).number
            tables.collecting(connection, class_id, step)
            mark = hashlib.sha256(f"{class_id}/{number}/".encode() + png).hexdigest()[:16]
            own = (PHOTOGRAPHS.c.class_id == class_id, PHOTOGRAPHS.c.number == number)
            marks = list(connection.execute(select(PHOTOGRAPHS.c.mark).where(*own)).scalars())
            if mark in marks:
                return
            if len(marks) >= MOST_EACH:
                raise BadInput("You have sent {most} photographs already. Take one back, then send.", most=MOST_EACH)
            expires = connection.execute(select(CLASSES.c.expires).where(CLASSES.c.id == class_id)).scalar_one()
            values = {"caption": caption, "approved": False, "png": png, "sent": now(), "expires": expires}
            connection.execute(insert(PHOTOGRAPHS).values(class_id=class_id, mark=mark, number=number, **values))
            _tell(connection, class_id, number)

    def sent(self, class_id: str, number: int | None = None) -> list[Photograph]:
        """The photographs of a class, or of one participant, the first one sent first."""
        kept = PHOTOGRAPHS.c
        chosen = select(kept.mark, kept.number, kept.caption, kept.approved).where(kept.class_id == class_id)
        if number is not None:
            chosen = chosen.where(kept.number == number)
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(chosen.order_by(kept.sent, kept.mark)).all()
        return [Photograph(**row._mapping) for row in rows]

    def picture(self, class_id: str, mark: str) -> bytes | None:
        """The PNG of a photograph, if there is one."""
        here = (PHOTOGRAPHS.c.class_id == class_id, PHOTOGRAPHS.c.mark == mark)
        with self._database.transaction(write=False) as connection:
            return connection.execute(select(PHOTOGRAPHS.c.png).where(*here)).scalar()

    def take_back(self, class_id: str, device: str, mark: str) -> None:
        """Erase a photograph of the participant on this device. Raises :class:`NotAllowed` if none sits there."""
        with self._database.transaction() as connection:
            number = tables.participant(connection, class_id, device).number
            here = (PHOTOGRAPHS.c.class_id == class_id, PHOTOGRAPHS.c.mark == mark, PHOTOGRAPHS.c.number == number)
            if connection.execute(delete(PHOTOGRAPHS).where(*here).returning(PHOTOGRAPHS.c.approved)).scalar():
                tables.touch(connection, class_id)  # the room was looking at it
            _tell(connection, class_id, number)
        self._database.scrub()

    def approve(self, class_id: str, device: str, mark: str) -> None:
        """Let the room see a photograph. Raises :class:`NotAllowed` if the device does not lead the class."""
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            here = (PHOTOGRAPHS.c.class_id == class_id, PHOTOGRAPHS.c.mark == mark)
            connection.execute(update(PHOTOGRAPHS).where(*here).values(approved=True))
            tables.touch(connection, class_id)

    def remove(self, class_id: str, device: str, mark: str) -> None:
        """Erase a photograph, on the device that sent it too. Raises as :meth:`approve`."""
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            connection.execute(
                delete(PHOTOGRAPHS).where(PHOTOGRAPHS.c.class_id == class_id, PHOTOGRAPHS.c.mark == mark)
            )
            tables.touch(connection, class_id)
        self._database.scrub()


def held(connection: Connection, class_id: str, number: int) -> list[dict[str, Any]]:
    """What is stored of a participant's photographs, for export: each with its pixels, a PNG in base 64."""
    own = (PHOTOGRAPHS.c.class_id == class_id, PHOTOGRAPHS.c.number == number)
    rows = connection.execute(select(PHOTOGRAPHS).where(*own).order_by(PHOTOGRAPHS.c.sent)).all()
    return [
        {"caption": row.caption, "approved": row.approved, "png": base64.b64encode(row.png).decode()} for row in rows
    ]


def _tell(connection: Connection, class_id: str, number: int) -> None:
    """Let those who look at what arrives see that something did; the participant's run stays as it is."""
    here = (WORKS.c.class_id == class_id, WORKS.c.number == number)
    connection.execute(update(WORKS).where(*here).values(replies=WORKS.c.replies + 1))
