"""Where the run on this screen is kept, and who moves it: one's own, a class that one leads, a seat in a class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from pydantic import ValidationError

from kit.classroom.classes import Class, Seat, Work
from kit.levels import Role
from kit.walk import Walk
from pages import frame

R = TypeVar("R", bound=Walk)


class Desk(Protocol):
    """Where a run is kept."""

    @property
    def led(self) -> Class | None:
        """The class that the run belongs to, as it stands; None for a run of one's own."""
        ...

    @property
    def role(self) -> Role | None:
        """What this device is in the class; None where the run itself says."""
        ...

    @property
    def work(self) -> Work | None:
        """What the participant on this device has made; None for everybody else."""
        ...

    def load(self, model: type[R]) -> tuple[R | None, int]:
        """The run, if there is one that this version of the kit can read, and its version (0: none is saved)."""
        ...

    def save(self, run: Walk, replaces: int) -> int:
        """Write the run; returns its new version. Raises as the store does."""
        ...

    def version(self) -> int:
        """What :meth:`load` would give as the version. Cheap."""
        ...

    def leave(self) -> None:
        """Give the run up."""
        ...


def desk(slug: str) -> Desk:
    """Of this device, for an activity."""
    seat = next((seat for seat in frame.seats() if seat.activity == slug and not seat.closed), None)
    if seat is None:
        return Own(frame.device(), slug)
    return Place(seat) if seat.role is Role.PARTICIPANT else Lectern(seat)


@dataclass(frozen=True)
class Own:
    """One's own run: alone, or projected from this browser."""

    device: str
    slug: str
    led = None
    role = None
    work = None

    def load(self, model: type[R]) -> tuple[R | None, int]:
        row = frame.store().load(self.device, self.slug)
        return (read(model, row[0]), row[1]) if row else (None, 0)

    def save(self, run: Walk, replaces: int) -> int:
        return frame.store().save(self.device, self.slug, run.model_dump_json(), replaces=replaces)

    def version(self) -> int:
        return frame.store().version(self.device, self.slug)

    def leave(self) -> None:
        frame.store().forget(self.device, self.slug)


@dataclass(frozen=True)
class Lectern:
    """The run that a class follows, on the projected screen or with its facilitator."""

    seat: Seat
    work = None

    @cached_property
    def led(self) -> Class | None:
        return frame.store().classes.get(self.seat.class_id)

    @property
    def role(self) -> Role | None:
        return Role.PROJECTOR

    def load(self, model: type[R]) -> tuple[R | None, int]:
        return (read(model, self.led.state), self.led.version) if self.led else (None, 0)

    def save(self, run: Walk, replaces: int) -> int:
        classes = frame.store().classes
        return classes.keep(self.seat.class_id, frame.device(), run.model_dump_json(), run.step, replaces=replaces)

    def version(self) -> int:
        return frame.store().classes.pulse(self.seat.class_id)[0]

    def leave(self) -> None:
        frame.store().classes.leave(self.seat.class_id, frame.device())


@dataclass(frozen=True)
class Place:
    """A participant's own run, where the class stands."""

    seat: Seat

    @cached_property
    def led(self) -> Class | None:
        return frame.store().classes.get(self.seat.class_id)

    @property
    def role(self) -> Role | None:
        return Role.PARTICIPANT

    @cached_property
    def work(self) -> Work | None:
        return frame.store().classes.work(self.seat.class_id, self.seat.number)

    def load(self, model: type[R]) -> tuple[R | None, int]:
        led = read(model, self.led.state) if self.led else None
        if self.work is None or led is None:
            return None, 0
        own = read(model, self.work.state) if self.work.state else None
        return (own or led.seated(self.seat.number)).alongside(led), self.work.version

    def save(self, run: Walk, replaces: int) -> int:
        classes = frame.store().classes
        return classes.answer(
            self.seat.class_id, frame.device(), run.model_dump_json(), run.steps[run.index], replaces=replaces
        )

    def version(self) -> int:
        work = frame.store().classes.work(self.seat.class_id, self.seat.number)
        return work.version if work else 0

    def leave(self) -> None:
        frame.store().classes.leave(self.seat.class_id, frame.device())


def read(model: type[R], text: str) -> R | None:
    """A run from its JSON; None if another version of the kit has written it."""
    try:
        return model.model_validate_json(text)
    except ValidationError:
        return None
