"""What every screen of « Défi podcast » needs: the saved run, its words, its keys, and the project it works at."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import streamlit as st

from activities.podcast.run import PodcastRun
from activities.podcast.words import Words
from kit import settings
from kit.classroom.store import Stale
from kit.podcast.episode import Episode, Segment
from kit.podcast.merging import update
from kit.podcast.store import Opened, Projects
from pages import frame
from pages.frame import _
from pages.parts.scene import StepScene, save

SLUG = "podcast"

Change = Callable[[Episode], Episode]
"""What somebody does to a project."""


class Key(StrEnum):
    """Widget and state keys of « Défi podcast »."""

    PROJECT = "podcast.project"
    REOPEN = "podcast.reopen"
    BRING = "podcast.bring"
    TITLE = "podcast.title"
    TEAM = "podcast.team"
    MEMBER = "podcast.member"
    QUESTION = "podcast.question"
    ANGLE = "podcast.angle"
    KNOWN = "podcast.known"
    CHECK = "podcast.check"
    CLAIM = "podcast.claim"
    ASKED = "podcast.asked"
    TEMPLATE = "podcast.template"
    WPM = "podcast.wpm"
    TARGET = "podcast.target"
    SEGMENT = "podcast.segment"
    PART = "podcast.part"
    CONSENT = "podcast.consent"
    ERASE_ON = "podcast.erase_on"
    RECORDED_ON = "podcast.recorded_on"
    MICROPHONE = "podcast.microphone"
    FILE = "podcast.file"
    BEST = "podcast.best"
    WAVE = "podcast.wave"
    FROM = "podcast.from"
    TO = "podcast.to"
    MOOD = "podcast.mood"
    SEED = "podcast.seed"
    LENGTH = "podcast.length"
    VOLUME = "podcast.volume"
    FADE = "podcast.fade"
    BED = "podcast.bed"
    SPOKEN = "podcast.spoken"
    CHANNELS = "podcast.channels"
    PUBLISH = "podcast.publish"
    REVIEW = "podcast.review"
    EAR = "podcast.ear"
    OWN = "podcast.own"
    LETTERBOX = "podcast.letterbox"


class Scene(StepScene[PodcastRun, Words]):
    """One screen to draw."""

    @property
    def places(self) -> int:
        """How many places the current step has."""
        return len(self.words.debrief.questions) if self.run.step == "debrief" else 1

    @property
    def leaving(self) -> str:
        """What leaving does: the project is not this run's."""
        return _("Leaving closes this workshop. The project and its recordings stay: you can open them again.")

    @cached_property
    def opened(self) -> Opened:
        """The project as it is on disk now. Raises :class:`kit.errors.NotFound` if it has been erased."""
        return projects().open(self.run.project)

    @property
    def episode(self) -> Episode:
        """What the team has made so far."""
        return self.opened.episode

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.opened.folder

    @property
    def segment(self) -> Segment | None:
        """The segment one is at; None while there is none."""
        segments = self.episode.segments
        return next(
            (segment for segment in segments if segment.id == self.run.segment), segments[0] if segments else None
        )

    def change(self, how: Change) -> Callable[[], None]:
        """A callback that saves what ``how`` makes of the project, on top of what others have saved meanwhile."""
        return frame.guarded(lambda: self.save_project(how), repeatable=True)

    def save_project(self, how: Change) -> None:
        """Save what ``how`` makes of the project, on disk before this returns."""
        own: set[str] = st.session_state.setdefault(Key.OWN, set())
        own.add(update(projects(), self.run.project, how, seen=self.opened, own=own))

    def add(self, how: Callable[[Episode], Episode]) -> None:
        """Save the project as it is on disk now with what ``how`` adds, whatever this screen showed of it."""
        own: set[str] = st.session_state.setdefault(Key.OWN, set())
        while True:
            latest = projects().open(self.run.project)
            try:
                own.add(projects().save(self.run.project, how(latest.episode), replaces=latest.version))
                return
            except Stale:
                continue  # another device was quicker, by milliseconds

    def change_segment(self, segment: Segment, **changes: Callable[[], object]) -> Callable[[], None]:
        """A callback that saves other values of some fields of a segment; each is asked for when it is called."""

        def how(episode: Episode) -> Episode:
            values = {name: value() for name, value in changes.items()}
            return episode.with_segment(episode.segment(segment.id).having(**values))

        return self.change(how)


def projects() -> Projects:
    """The projects of this machine."""
    return Projects(settings.load())


def state(key: str) -> Callable[[], Any]:
    """The value of a widget, when it is asked for."""
    return lambda: st.session_state[key]


def present(run: PodcastRun) -> PodcastRun:
    """The run with a project that is there: a new one, if its own has been erased."""
    if run.project in projects().ids():
        return run
    from pages.studio.setup import new

    made = run.having(project=new(run.plan, run.level, run.seed % 10_000), segment="")
    save(made)
    return made
