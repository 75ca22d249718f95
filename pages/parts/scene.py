"""One screen of an activity: the saved run, its words, who looks at it. Every activity's scene is made of this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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

    def keep(self, run: R) -> None:
        """Write a run to disk, then draw again from it."""
        save(run)
        st.rerun()

    def move(self, change: Callable[[], R]) -> Callable[[], None]:
        """A button callback that saves what ``change`` returns."""
        return frame.guarded(lambda: save(change()))


def load(model: type[R]) -> R | None:
    """The run of this device, if there is one that this version of the kit can read."""
    drawn, slug = _drawn(), model.activity.slug
    row = frame.store().load(frame.device(), slug)
    if row is None:
        drawn[slug] = 0
        return None
    text, version = row
    before = drawn.get(slug, version)
    drawn[slug] = version
    try:
        run = model.model_validate_json(text)
    except ValidationError:
        return None  # saved by another version of the kit: one starts anew, over it
    if before not in (0, version) and run.mode is Mode.SELF_PACED:
        st.toast(_("Another window of this browser has moved on. This window now shows the same thing."))
    return run


def save(run: Walk) -> None:
    """Write a run to disk. If another window has moved on meanwhile, that one is kept and said so."""
    drawn, slug = _drawn(), run.activity.slug
    try:
        drawn[slug] = frame.store().save(frame.device(), slug, run.model_dump_json(), replaces=drawn.get(slug, 0))
    except Stale as stale:
        st.toast(frame.say(stale))


def moved_on(model: type[Walk]) -> bool:
    """Whether another window has saved since this one drew. Cheap: one number is compared."""
    return frame.store().version(frame.device(), model.activity.slug) != _drawn().get(model.activity.slug)


def leave(model: type[Walk]) -> None:
    """Erase the run of this device."""
    drawn = _drawn()
    frame.store().forget(frame.device(), model.activity.slug)
    drawn[model.activity.slug] = 0


def _drawn() -> dict[str, int]:
    """Which version of each activity's run this session drew.

    One dict, fetched before a run is written and changed in place: once the next click has arrived, Streamlit breaks a
    callback off at its first use of the session's state. Between writing a run and noting its version there is none, or
    this session would take its own run for another window's, and drop the next answer.
    """
    versions: dict[str, int] = st.session_state.setdefault("frame.drawn", {})
    return versions
