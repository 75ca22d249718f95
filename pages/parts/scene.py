"""One screen of an activity: the saved run, its words, who looks at it. Every activity's scene is made of this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kit.classroom.classes import Class
from kit.classroom.store import Stale
from kit.levels import Role
from kit.steps import Mode
from kit.walk import Walk
from kit.wording import StepWords, Term
from pages import frame
from pages.frame import _
from pages.parts.desk import Desk, desk, read


class Words(Protocol):
    """What the words of every activity hold."""

    @property
    def title(self) -> str: ...
    @property
    def steps(self) -> Mapping[str, StepWords]: ...
    @property
    def glossary(self) -> Sequence[Term]: ...


R = TypeVar("R", bound=Walk)
W = TypeVar("W", bound=Words)


@dataclass(frozen=True)
class StepScene(Generic[R, W]):
    """One screen to draw."""

    run: R
    words: W
    role: Role
    led: Class | None = None
    """The class that this screen belongs to; None alone, or where only a screen is projected."""
    foot: DeltaGenerator | None = None
    """Where the buttons that lead back and on are drawn; None before the page has given them their place."""

    @property
    def slug(self) -> str:
        """The activity's."""
        return self.run.activity.slug

    @property
    def places(self) -> int:
        """How many places the current step has: images, screens, questions."""
        return 1

    @property
    def reveals(self) -> bool:
        """Whether the current step holds an answer back until somebody reveals it."""
        return False

    @property
    def projected(self) -> bool:
        """Whether a room looks at this screen."""
        return self.role in (Role.PROJECTOR, Role.FACILITATOR)

    @cached_property
    def room(self) -> tuple[R, ...]:
        """What the participants of the class have made, each at the step where the class stands; for those who lead."""
        if self.led is None or self.role is Role.PARTICIPANT:
            return ()
        model = type(self.run)
        runs = [read(model, work.state) for work in frame.store().classes.works(self.led.id) if work.state]
        return tuple(run.alongside(self.run) for run in runs if run is not None)

    @property
    def shows_answers(self) -> bool:
        """Whether the projected screen of a class shows what was answered: once the facilitator has revealed it."""
        return self.led is not None and self.run.shown

    @property
    def on_devices(self) -> bool:
        """Whether the room looks at this screen while the devices of a class play the current step themselves."""
        return self.led is not None and self.projected and self.led.lead.gives(self.run.steps[self.run.index])

    @property
    def handles(self) -> bool:
        """Whether this screen may change what belongs to the machine: what a class projects elsewhere only shows."""
        return self.led is None or frame.is_here() or frame.leads()

    @property
    def leaving(self) -> str:
        """What leaving does, for whoever is alone or leads."""
        return _("Leaving erases this run: answers, counts and text.")

    def keep(self, run: R) -> None:
        """Write a run to disk, then draw again from it; or say why it could not be, with what was typed still there."""
        frame.guarded(lambda: save(run))()
        st.rerun()

    def move(self, change: Callable[[], R | None]) -> Callable[[], None]:
        """A callback that saves what ``change`` makes of :attr:`run`; nothing, if it makes none.

        Two changes can come in one go: an answer, and the button to go on, pressed before the answer was drawn. What
        the first has changed since this screen was drawn stays.
        """

        def done() -> None:
            if (changed := change()) is not None:
                save(self._onto_latest(changed))

        return frame.guarded(done, repeatable=True)

    def _onto_latest(self, changed: R) -> R:
        latest = _session().latest.get(self.slug, self.run)
        if latest is self.run or not isinstance(latest, type(changed)):
            return changed
        fields = {name: value for name, value in dict(changed).items() if value != getattr(self.run, name)}
        return latest.having(**fields)


def load(model: type[R]) -> R | None:
    """The run of this device, if there is one that this version of the kit can read."""
    session, slug = _session(), model.activity.slug
    session.desks[slug] = own = desk(slug)
    session.latest.pop(slug, None)
    run, version = own.load(model)
    before = session.drawn.get(slug, version)
    session.drawn[slug] = version
    if run is None:
        return None  # none; or saved by another version of the kit: one starts anew, over it
    session.latest[slug] = run
    if before not in (0, version) and own.led is None and run.mode is Mode.SELF_PACED:
        st.toast(_("Another window of this browser has moved on. This window now shows the same thing."))
    return run


def save(run: Walk) -> None:
    """Write a run to disk. If another window has moved on meanwhile, that one is kept and said so."""
    session, slug = _session(), run.activity.slug
    try:
        session.drawn[slug] = session.desk(slug).save(run, session.drawn.get(slug, 0))
        session.latest[slug] = run
    except Stale as stale:
        st.toast(frame.say(stale))


def moved_on(model: type[Walk]) -> bool:
    """Whether another window has saved since this one drew. Cheap: one number is compared."""
    session, slug = _session(), model.activity.slug
    return session.desk(slug).version() != session.drawn.get(slug)


def leave(model: type[Walk]) -> None:
    """Erase the run of this device; in a class, leave the class, which keeps what was answered."""
    session, slug = _session(), model.activity.slug
    session.desk(slug).leave()
    session.drawn[slug] = 0
    session.latest.pop(slug, None)
    session.desks.pop(slug, None)


def desk_of(model: type[Walk]) -> Desk:
    """Where the run that was loaded last is kept."""
    return _session().desk(model.activity.slug)


@dataclass
class _Session:
    """What this session knows of the saved runs, by activity."""

    drawn: dict[str, int] = field(default_factory=dict)
    """Which version it drew, or wrote since."""
    latest: dict[str, Walk] = field(default_factory=dict)
    """The run that it last read or wrote. A screen can be older: a click may come before it is drawn again."""
    desks: dict[str, Desk] = field(default_factory=dict)
    """Where each is kept, as it was when it was read: so a click is never written to another desk than its screen's."""

    def desk(self, slug: str) -> Desk:
        """Where the run of an activity is kept."""
        return self.desks.setdefault(slug, desk(slug))


def _session() -> _Session:
    """One object, fetched before a run is written and changed in place.

    Once the next click has arrived, Streamlit breaks a callback off at its first use of the session's state. Between
    writing a run and noting its version there is none, or this session would take its own run for another window's,
    and drop the next answer.
    """
    session: _Session = st.session_state.setdefault("frame.runs", _Session())
    return session
