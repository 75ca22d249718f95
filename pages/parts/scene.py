"""One screen of an activity: the saved run, its words, who looks at it. Every activity's scene is made of this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import streamlit as st
from pydantic import ValidationError

from kit.classroom.store import Stale
from kit.levels import Role
from kit.steps import Mode
from kit.walk import Walk
from kit.wording import StepWords, Term
from pages import frame
from pages.frame import _


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
        return self.role is not Role.LEARNER

    @property
    def leaving(self) -> str:
        """What leaving does."""
        return _("Leaving erases this run: answers, counts and text.")

    def keep(self, run: R) -> None:
        """Write a run to disk, then draw again from it."""
        save(run)
        st.rerun()

    def move(self, change: Callable[[], R]) -> Callable[[], None]:
        """A callback that saves what ``change`` makes of :attr:`run`.

        Two changes can come in one go: an answer, and the button to go on, pressed before the answer was drawn. What
        the first has changed since this screen was drawn stays.
        """
        return frame.guarded(lambda: save(self._onto_latest(change())), repeatable=True)

    def _onto_latest(self, changed: R) -> R:
        latest = _session().latest.get(self.slug, self.run)
        if latest is self.run or not isinstance(latest, type(changed)):
            return changed
        fields = {name: value for name, value in dict(changed).items() if value != getattr(self.run, name)}
        return latest.having(**fields)


def load(model: type[R]) -> R | None:
    """The run of this device, if there is one that this version of the kit can read."""
    session, slug = _session(), model.activity.slug
    row = frame.store().load(frame.device(), slug)
    session.latest.pop(slug, None)
    if row is None:
        session.drawn[slug] = 0
        return None
    text, version = row
    before = session.drawn.get(slug, version)
    session.drawn[slug] = version
    try:
        run = model.model_validate_json(text)
    except ValidationError:
        return None  # saved by another version of the kit: one starts anew, over it
    session.latest[slug] = run
    if before not in (0, version) and run.mode is Mode.SELF_PACED:
        st.toast(_("Another window of this browser has moved on. This window now shows the same thing."))
    return run


def save(run: Walk) -> None:
    """Write a run to disk. If another window has moved on meanwhile, that one is kept and said so."""
    session, slug = _session(), run.activity.slug
    try:
        session.drawn[slug] = frame.store().save(
            frame.device(), slug, run.model_dump_json(), replaces=session.drawn.get(slug, 0)
        )
        session.latest[slug] = run
    except Stale as stale:
        st.toast(frame.say(stale))


def moved_on(model: type[Walk]) -> bool:
    """Whether another window has saved since this one drew. Cheap: one number is compared."""
    return frame.store().version(frame.device(), model.activity.slug) != _session().drawn.get(model.activity.slug)


def leave(model: type[Walk]) -> None:
    """Erase the run of this device."""
    session, slug = _session(), model.activity.slug
    frame.store().forget(frame.device(), slug)
    session.drawn[slug] = 0
    session.latest.pop(slug, None)


@dataclass
class _Session:
    """What this session knows of the saved runs, by activity."""

    drawn: dict[str, int] = field(default_factory=dict)
    """Which version it drew, or wrote since."""
    latest: dict[str, Walk] = field(default_factory=dict)
    """The run that it last read or wrote. A screen can be older: a click may come before it is drawn again."""


def _session() -> _Session:
    """One object, fetched before a run is written and changed in place.

    Once the next click has arrived, Streamlit breaks a callback off at its first use of the session's state. Between
    writing a run and noting its version there is none, or this session would take its own run for another window's,
    and drop the next answer.
    """
    session: _Session = st.session_state.setdefault("frame.runs", _Session())
    return session
