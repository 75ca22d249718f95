"""Classes: one facilitator, a projected screen, the devices of a room, and what they answered.

A *class* holds the run that is led (where it stands) and how it is led (:class:`~kit.classroom.lead.Lead`); its version
grows with each change that screens follow. A *seat* says what a device is in a class. A *work* is what one participant
has made: the run of the activity with their own answers. A participant is a number; two devices may sit on it, since a
battery dies.

Who may do what is decided here, in the same transaction that writes: only a facilitator's device changes the class,
only a participant's own device changes their work, and only while the class stands at the step that the work answers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kit.classroom import codes, patience, photographs, tables
from kit.classroom.database import Database, Stale, now
from kit.classroom.lead import Lead, Names
from kit.classroom.pseudonyms import pseudonym
from kit.classroom.questions import ANSWERS, Answer, When, form_of, items, replied
from kit.classroom.tables import CLASSES, LINKS, LONGEST_NAME, SEATS, WORKS, Seat
from kit.errors import BadInput, NotAllowed, NotFound
from kit.levels import Role
from kit.steps import Step

MOST_PARTICIPANTS = 400
MOST_DAYS = 365
MAX_WORK_BYTES = 256 * 1024
LINK_MINUTES = 10


@dataclass(frozen=True, kw_only=True)
class Class:
    """A class as it stands."""

    id: str
    code: str
    activity: str
    lang: str
    version: int
    step: str
    state: str
    """JSON of the run that is led."""
    lead: Lead
    opened: datetime
    """UTC, without a zone; so is ``expires``."""
    expires: datetime
    closed: bool
    """Whether it is over: its results stay until its date, nobody joins and nobody answers."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one participant has made."""

    number: int
    name: str
    words: str
    version: int
    """0 before the first answer."""
    state: str
    """JSON of the participant's run; empty before the first answer."""
    quiz: str = "{}"
    """JSON of the answers to the questionnaires (:func:`kit.classroom.questions.replies`)."""


class Classes:
    """The classes of a database. Each method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- opening and joining ----------------------------------------------------------------------------------------

    def open(
        self, activity: str, state: str, *, step: str, device: str, lang: str, lead: Lead, days: int
    ) -> tuple[Class, str]:
        """Open a class at ``state``, with ``device`` as its facilitator. Returns it with its PIN, told only here.

        ``days``, 1 to 365: until it is erased. A class that the device still leads in the same activity is closed.
        """
        if not 1 <= days <= MOST_DAYS:
            raise BadInput("A class is kept for 1 to {most} days.", most=MOST_DAYS)
        self._database.purge_now_and_then()
        pin, expires = codes.pin(), now() + timedelta(days=days)
        with self._database.transaction() as connection:
            for seat in tables.seats(connection, device):
                if seat.activity == activity and seat.role is Role.FACILITATOR:
                    connection.execute(update(CLASSES).where(CLASSES.c.id == seat.class_id).values(closed=True))
                    tables.touch(connection, seat.class_id)
            code = codes.code()
            while connection.execute(select(CLASSES.c.id).where(CLASSES.c.code == code)).first():
                code = codes.code()
            row: dict[str, Any] = {
                "id": secrets.token_hex(16),
                "code": code,
                "activity": activity,
                "lang": lang,
                "version": 1 + secrets.randbelow(2**30),
                "step": step,
                "state": state,
                "opened": now(),
                "closed": False,
                "expires": expires,
            }
            connection.execute(
                insert(CLASSES).values(lead=lead.model_dump_json(), pin=_digest(row["id"], pin), joined=0, **row)
            )
            tables.sit(connection, row["id"], device, Role.FACILITATOR, 0, expires)
        return Class(lead=lead, **row), pin

    def join(self, typed: str, device: str, *, state: str = "") -> Seat:
        """Seat ``device`` as a participant of the class with the code ``typed``; again, on the seat that it has.

        Raises :class:`NotFound` for a code of no open class, :class:`NotAllowed` after too many of these.
        """
        code = codes.read_code(typed)
        with self._tried("code", "", device, patience.CODES) as (connection, missed):
            row = connection.execute(select(CLASSES).where(CLASSES.c.code == code, ~CLASSES.c.closed)).first()
            if row is None:
                missed()
                raise _no_class(typed)
            seat = tables.seat(connection, row.id, device)
            if seat is not None:
                return seat
            taken = connection.execute(
                select(WORKS.c.number, WORKS.c.pseudonym).where(WORKS.c.class_id == row.id)
            ).all()
            if len(taken) >= MOST_PARTICIPANTS:
                raise NotAllowed("This class is full: {most} devices have joined.", most=MOST_PARTICIPANTS)
            number = row.joined + 1  # never one that somebody had who was taken out
            connection.execute(update(CLASSES).where(CLASSES.c.id == row.id).values(joined=number))
            if Lead.model_validate_json(row.lead).names is Names.TEAMS:
                name = {"fr": "Équipe", "en": "Team"}[row.lang] + f" {number}"
            else:
                name = pseudonym(secrets.randbits(32), row.lang, [work.pseudonym for work in taken])
            values = {"pseudonym": name, "words": codes.words(row.lang), "version": 0, "state": state}
            connection.execute(insert(WORKS).values(class_id=row.id, number=number, expires=row.expires, **values))
            tables.sit(connection, row.id, device, Role.PARTICIPANT, number, row.expires)
            found = tables.seat(connection, row.id, device)
            assert found is not None
            return found

    def come_back(self, typed: str, name: str, words: str, device: str) -> Seat:
        """Seat ``device`` where the participant ``name`` sat, who says their two words.

        Raises :class:`NotFound` if they are not theirs, :class:`NotAllowed` after too many tries.
        """
        code, name = codes.read_code(typed), name.replace("\0", "")
        with self._tried("words", code[:8], device, patience.KEYWORDS) as (connection, missed):
            row = connection.execute(select(CLASSES).where(CLASSES.c.code == code, ~CLASSES.c.closed)).first()
            work = (
                row
                and connection.execute(
                    select(WORKS).where(WORKS.c.class_id == row.id, WORKS.c.pseudonym == name)
                ).first()
            )
            if not row or not work or not hmac.compare_digest(work.words.encode(), codes.read_words(words).encode()):
                missed()
                raise NotFound(
                    "These are not the two words of “{name}”. Check both, or join as somebody new.", name=name
                )
            tables.sit(connection, row.id, device, Role.PARTICIPANT, work.number, row.expires)
            found = tables.seat(connection, row.id, device)
            assert found is not None
            return found

    def names(self, typed: str, device: str) -> list[str]:
        """The names of the participants of the class with this code. Raises as :meth:`join`."""
        code = codes.read_code(typed)
        with self._tried("code", "", device, patience.CODES) as (connection, missed):
            row = connection.execute(select(CLASSES.c.id).where(CLASSES.c.code == code, ~CLASSES.c.closed)).first()
            if row is None:
                missed()
                raise _no_class(typed)
            here = WORKS.c.class_id == row.id
            return list(connection.execute(select(WORKS.c.pseudonym).where(here).order_by(WORKS.c.number)).scalars())

    def rename(self, class_id: str, device: str, name: str) -> None:
        """Give the participant on this device another name of the list. Raises :class:`BadInput` if it is taken."""
        if "\0" in name or not 0 < len(name) <= LONGEST_NAME:
            raise BadInput("This name cannot be kept. Choose another one.")
        with self._database.transaction() as connection:
            seat = tables.participant(connection, class_id, device)
            here = WORKS.c.class_id == class_id
            if connection.execute(select(WORKS.c.number).where(here, WORKS.c.pseudonym == name)).first():
                raise BadInput("Somebody has this name already. Choose another one.")
            connection.execute(update(WORKS).where(here, WORKS.c.number == seat.number).values(pseudonym=name))

    # -- becoming a facilitator or a projected screen ----------------------------------------------------------------

    def link(self, class_id: str, device: str, role: Role) -> str:
        """A token that makes the first device that brings it a facilitator, or a projected screen, of the class."""
        if role not in (Role.FACILITATOR, Role.PROJECTOR):
            raise ValueError(f"no link makes a {role}")
        token = codes.token()
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            expires = now() + timedelta(minutes=LINK_MINUTES)
            connection.execute(
                insert(LINKS).values(token=_fingerprint(token), class_id=class_id, role=str(role), expires=expires)
            )
        return token

    def follow_link(self, token: str, device: str) -> Seat:
        """Seat ``device`` as the link says; the link is then used up. Raises :class:`NotFound`."""
        with self._database.transaction() as connection:
            here = LINKS.c.token == _fingerprint(token)
            link = connection.execute(select(LINKS).where(here, LINKS.c.expires >= now())).first()
            row = link and connection.execute(select(CLASSES).where(CLASSES.c.id == link.class_id)).first()
            if not link or not row:
                raise NotFound(
                    "This link has been used, or is older than {n} minutes. Ask for a new one.", n=LINK_MINUTES
                )
            connection.execute(delete(LINKS).where(here))
            before = tables.seat(connection, row.id, device)
            if before is None or before.role is not Role.FACILITATOR:  # who leads can project as well, and leads on
                tables.sit(connection, row.id, device, Role(link.role), 0, row.expires)
            found = tables.seat(connection, row.id, device)
            assert found is not None
            return found

    def enter(self, typed: str, pin: str, device: str) -> Seat:
        """Seat ``device`` as a facilitator by the class's code and PIN.

        Raises :class:`NotFound` if they do not belong together, :class:`NotAllowed` after too many tries.
        """
        code = codes.read_code(typed)
        with self._tried("pin", code[:8], device, patience.PINS) as (connection, missed):
            row = connection.execute(select(CLASSES).where(CLASSES.c.code == code)).first()
            digits = "".join(c for c in pin[:40] if c.isdecimal() and c.isascii())
            given = _digest(row.id if row else "", digits)  # in either case: the time it takes tells nothing
            if not row or not hmac.compare_digest(row.pin, given):
                missed()
                raise NotFound("This code and this PIN do not belong together. Check both.")
            tables.sit(connection, row.id, device, Role.FACILITATOR, 0, row.expires)
            found = tables.seat(connection, row.id, device)
            assert found is not None
            return found

    def unlock(self, typed: str, key: str | None, device: str) -> None:
        """Check the key of the kit (``CONTRECHAMP_KEY``). Raises :class:`NotFound` if ``typed`` is not it."""
        with self._tried("key", "", device, patience.PINS) as (_connection, missed):
            if key is None or not hmac.compare_digest(typed.strip().encode(), key.encode()):
                missed()
                raise NotFound("This is not the key of this kit. Ask whoever installed it.")

    def new_pin(self, class_id: str, device: str) -> str:
        """A new PIN, told only here; the former one is worth nothing any more."""
        pin = codes.pin()
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            connection.execute(update(CLASSES).where(CLASSES.c.id == class_id).values(pin=_digest(class_id, pin)))
        return pin

    # -- where one sits, and where the class stands ------------------------------------------------------------------

    def seats(self, device: str) -> list[Seat]:
        """Where this device sits, the last one taken first; closed classes only for those who led them."""
        with self._database.transaction(write=False) as connection:
            return tables.seats(connection, device)

    def get(self, class_id: str) -> Class | None:
        """A class, if there is one."""
        with self._database.transaction(write=False) as connection:
            row = connection.execute(select(CLASSES).where(CLASSES.c.id == class_id)).first()
        return _class(row) if row else None

    def versions(self) -> dict[str, int]:
        """The versions of all classes, by id: what waiting screens compare."""
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(select(CLASSES.c.id, CLASSES.c.version).where(~CLASSES.c.closed)).all()
        return {row.id: row.version for row in rows}

    def pulse(self, class_id: str) -> tuple[int, int, int]:
        """Cheap numbers of all that one can see change: the class's version, how many sit there, what they made."""
        with self._database.transaction(write=False) as connection:
            version = connection.execute(select(CLASSES.c.version).where(CLASSES.c.id == class_id)).scalar()
            counted = select(func.count(), func.coalesce(func.sum(WORKS.c.version + WORKS.c.replies), 0))
            count, total = connection.execute(counted.where(WORKS.c.class_id == class_id)).one()
        return version or 0, count, int(total)

    # -- leading ----------------------------------------------------------------------------------------------------

    def keep(self, class_id: str, device: str, state: str, step: str, *, replaces: int) -> int:
        """Write where the class stands; returns its new version.

        A new step is found open (:meth:`Lead.at_new_step`). Raises :class:`Stale` if another window of a facilitator
        has moved on since ``replaces``, and :class:`NotAllowed` if the device does not lead the class.
        """
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            row = connection.execute(select(CLASSES).where(CLASSES.c.id == class_id)).one()
            if row.version != replaces:
                raise Stale("Another window has moved on. This window now shows the same thing.")
            lead = Lead.model_validate_json(row.lead)
            if step != row.step:
                lead = lead.at_new_step()
            values = {"state": state, "step": step, "lead": lead.model_dump_json(), "version": row.version + 1}
            connection.execute(update(CLASSES).where(CLASSES.c.id == class_id).values(**values))
            return int(row.version) + 1

    def lead(self, class_id: str, device: str, **changes: object) -> int:
        """Change how the class is led; returns its new version. Raises :class:`NotAllowed` as :meth:`keep`."""
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            here = CLASSES.c.id == class_id
            row = connection.execute(select(CLASSES.c.lead, CLASSES.c.version).where(here)).one()
            lead = Lead.model_validate_json(row.lead).having(**changes)
            values = {"lead": lead.model_dump_json(), "version": row.version + 1}
            connection.execute(update(CLASSES).where(here).values(**values))
            return int(row.version) + 1

    def remove(self, class_id: str, device: str, number: int) -> None:
        """Take a participant out of the class, with everything they made."""
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            for table in tables.OF_A_PARTICIPANT:
                connection.execute(delete(table).where(table.c.class_id == class_id, table.c.number == number))
            tables.touch(connection, class_id)
        self._database.scrub()

    def strike(self, class_id: str, device: str, number: int, state: str, *, replaces: int) -> None:
        """Put ``state``, from which the facilitator has taken something out, in the place of a participant's work.

        Raises :class:`Stale` if the participant has answered since ``replaces``, and :class:`NotAllowed` if the device
        does not lead the class.
        """
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            here = (WORKS.c.class_id == class_id, WORKS.c.number == number, WORKS.c.version == replaces)
            if not connection.execute(update(WORKS).where(*here).values(state=state, version=replaces + 1)).rowcount:
                raise Stale("Another window has moved on. This window now shows the same thing.")
            tables.touch(connection, class_id)
        self._database.scrub()

    def close(self, class_id: str, device: str) -> None:
        """End a class: nobody answers any more, its results stay until its date."""
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            connection.execute(update(CLASSES).where(CLASSES.c.id == class_id).values(closed=True))
            tables.touch(connection, class_id)

    def erase(self, class_id: str, device: str) -> None:
        """Erase a class now, with everything it made."""
        with self._database.transaction() as connection:
            tables.facilitator(connection, class_id, device)
            connection.execute(delete(CLASSES).where(CLASSES.c.id == class_id))
            for table in tables.OF_A_CLASS:
                connection.execute(delete(table).where(table.c.class_id == class_id))
        self._database.scrub()

    # -- taking part ------------------------------------------------------------------------------------------------

    def work(self, class_id: str, number: int) -> Work | None:
        """What a participant has made."""
        with self._database.transaction(write=False) as connection:
            here = (WORKS.c.class_id == class_id, WORKS.c.number == number)
            row = connection.execute(select(WORKS).where(*here)).first()
        return _work(row) if row else None

    def works(self, class_id: str) -> list[Work]:
        """What all participants have made, in the order they came."""
        with self._database.transaction(write=False) as connection:
            here = WORKS.c.class_id == class_id
            rows = connection.execute(select(WORKS).where(here).order_by(WORKS.c.number)).all()
        return [_work(row) for row in rows]

    def answer(self, class_id: str, device: str, state: str, step: Step, *, replaces: int) -> int:
        """Write what the participant on this device has made; returns its new version.

        Written in whole, whatever was sent twice, late or out of order: ``replaces`` must be the version it was made
        from. Raises :class:`Stale` if it is not, :class:`BadInput` if it is too large, and :class:`NotAllowed` if the
        device does not sit there, or if the class does not stand at ``step``, keeps it on the projected screen, or is
        paused, locked or over.
        """
        if len(state.encode()) > MAX_WORK_BYTES:
            raise BadInput(
                "This work has grown beyond {limit} kB and could not be saved. Shorten your texts, then save again.",
                limit=MAX_WORK_BYTES // 1024,
            )
        if "\0" in state:
            raise BadInput("This text has a character that cannot be kept. Take it out, then save again.")
        with self._database.transaction() as connection:
            seat = tables.participant(connection, class_id, device)
            tables.collecting(connection, class_id, step)
            here = (WORKS.c.class_id == class_id, WORKS.c.number == seat.number)
            last = connection.execute(select(WORKS.c.version).where(*here)).scalar_one()
            if last != replaces:
                raise Stale("Another window of this browser has moved on. This window now shows the same thing.")
            connection.execute(update(WORKS).where(*here).values(state=state, version=last + 1))
            return int(last) + 1

    def reply(self, class_id: str, device: str, when: When, item: str, answer: Answer) -> None:
        """Write one answer of the participant on this device to the questionnaire that is on; it replaces the last one.

        The work's version stays: their run is not touched. Raises :class:`NotAllowed` if the questionnaire ``when`` is
        not on, if the class is paused, locked, over or still gathers, or if the device does not sit there, and
        :class:`BadInput` if ``item`` is not a statement of their form or ``answer`` is none of the three.
        """
        with self._database.transaction() as connection:
            seat = tables.participant(connection, class_id, device)
            row = connection.execute(select(CLASSES.c.lead, CLASSES.c.closed).where(CLASSES.c.id == class_id)).one()
            lead = Lead.model_validate_json(row.lead)
            if row.closed or lead.lobby or not when or lead.quiz != when:
                raise NotAllowed("The class has moved on: this answer came too late and was not kept.")
            if lead.paused or lead.locked:
                raise NotAllowed("Answers are closed for the moment: this one was not kept.")
            if item not in items(form_of(seat.number, when)) or answer not in ANSWERS:
                raise BadInput("This is no answer to your questionnaire. Load the page again.")
            here = (WORKS.c.class_id == class_id, WORKS.c.number == seat.number)
            last = connection.execute(select(WORKS.c.quiz).where(*here)).scalar_one()
            quiz = replied(last, when, item, answer)
            if quiz != last:
                values = {"quiz": quiz, "replies": WORKS.c.replies + 1}
                connection.execute(update(WORKS).where(*here).values(**values))

    def leave(self, class_id: str, device: str) -> None:
        """Take this device off its seat. What its participant made stays with the class."""
        with self._database.transaction() as connection:
            connection.execute(delete(SEATS).where(SEATS.c.class_id == class_id, SEATS.c.device == device))

    def leave_all(self, connection: Connection, device: str) -> None:
        """Erase what a device is and has made in every class, in a transaction that is under way."""
        patience.forget(connection, device)
        for row in connection.execute(tables.SEATED.where(SEATS.c.device == device)).all():
            for table in tables.OF_A_PARTICIPANT if row.number else ():
                here = (table.c.class_id == row.class_id, table.c.number == row.number)
                connection.execute(delete(table).where(*here))
        connection.execute(delete(SEATS).where(SEATS.c.device == device))

    def holdings(self, connection: Connection, device: str) -> list[dict[str, Any]]:
        """What is stored of a device in classes, for export: its role, and what its participant is called and made."""
        held = []
        for seat in map(tables.as_seat, connection.execute(tables.SEATED.where(SEATS.c.device == device)).all()):
            here = (WORKS.c.class_id == seat.class_id, WORKS.c.number == seat.number)
            row = connection.execute(select(WORKS).where(*here)).first()
            own = (
                {
                    "name": row.pseudonym,
                    "run": json.loads(row.state or "null"),
                    "questionnaires": json.loads(row.quiz),
                    "photographs": photographs.held(connection, seat.class_id, seat.number),
                }
                if row
                else {}
            )
            held.append({"activity": seat.activity, "role": str(seat.role), **own})
        return held

    # -- inside -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _tried(
        self, kind: str, room: str, device: str, cap: patience.Cap
    ) -> Iterator[tuple[Connection, Callable[[], None]]]:
        """A transaction in which somebody tries to guess; raised after ``missed()``, an error leaves it counted."""
        refused: NotFound | None = None
        with self._database.transaction() as connection:
            patience.ready(connection, kind, room, device, cap)
            counted = False

            def missed() -> None:
                nonlocal counted
                counted = True
                patience.wrong(connection, kind, room, device, cap)

            try:
                yield connection, missed
            except NotFound as error:
                if not counted:
                    raise
                refused = error
            else:
                patience.right(connection, kind, device)
        if refused is not None:
            raise refused


def _no_class(typed: str) -> NotFound:
    return NotFound("No class has the code “{code}”. Read it again on the projected screen.", code=typed[:12])


def _fingerprint(token: str) -> str:
    """What is kept of a link: whoever reads the database cannot follow it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _digest(class_id: str, pin: str) -> str:
    """What is kept of a PIN: so few digits that trying them all must take long."""
    return hashlib.scrypt(pin.encode(), salt=class_id.encode(), n=2**12, r=8, p=1, dklen=32).hex()


def _class(row: Row[Any]) -> Class:
    values = {name: value for name, value in row._mapping.items() if name not in ("pin", "joined", "lead")}
    return Class(lead=Lead.model_validate_json(row.lead), **values)


def _work(row: Row[Any]) -> Work:
    return Work(
        number=row.number, name=row.pseudonym, words=row.words, version=row.version, state=row.state, quiz=row.quiz
    )
