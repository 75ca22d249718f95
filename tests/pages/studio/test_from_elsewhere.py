"""A project that the kit did not write: whatever its format allows, every step draws it."""

from __future__ import annotations

from datetime import date

import pytest

from activities.podcast.run import PodcastRun
from kit import settings
from kit.podcast.episode import Bed, Consent, Episode, Jingle, Member, Mood, Rights, Segment, SegmentKind
from kit.podcast.store import Projects
from pages import frame
from tests.pages.conftest import Opener

EXTREME = Episode(
    title="Un projet d’ailleurs",
    target=7200,
    words_per_minute=240,
    members=(Member(name="A"),),
    segments=(
        Segment(
            id="theme",
            kind=SegmentKind.THEME,
            planned=300,
            volume=-40,
            crossfade=5,
            sources=(Jingle(mood=Mood.BRIGHT, seconds=60, seed=9999),),
        ),
        Segment(id="hook", kind=SegmentKind.HOOK, voice="somebody who left", text="…", planned=7200, volume=-40),
    ),
    beds=(Bed(first="hook", last="hook", source=Jingle(mood=Mood.CALM, seconds=0.5), volume=12, duck=40),),
    rights=Rights(
        recorded_on=date(1990, 1, 1), erase_on=date(2150, 1, 1), consents=(Consent(who="A", until=date(2150, 1, 1)),)
    ),
)


@pytest.mark.parametrize("segment", ["theme", "hook"])
@pytest.mark.parametrize("step", ["team", "angle", "rundown", "rights", "record", "edit", "dress", "mix", "publish"])
def test_every_step_draws_it_and_changes_nothing(
    open_app: Opener, monkeypatch: pytest.MonkeyPatch, step: str, segment: str
) -> None:
    monkeypatch.setattr(frame, "is_here", lambda: True)
    projects = Projects(settings.load())
    project = projects.create(EXTREME)
    before = projects.open(project)
    app = open_app("podcast", "fr", run=PodcastRun(seed=7, step=step, project=project, segment=segment))
    app.run()
    assert not app.exception, app.exception
    assert projects.open(project) == before


def test_what_is_no_longer_offered_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(frame.st, "session_state", state)
    assert frame.show_among("which", ["a", "b"], "b") == 1
    assert state == {"which": "b"}
    assert frame.show_among("which", ["a"], "b") is None
    assert state == {"which": None}
