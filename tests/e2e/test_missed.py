"""A slow device that misses what was set on its screen: it shows what is saved all the same, and loses nothing.

When two drawings of a screen follow each other at once, Streamlit drops what of the first was not sent yet, and a
browser may draw the second alone; only the first said which values its fields have.
"""

from __future__ import annotations

import pytest
from streamlit.proto.Delta_pb2 import Delta

from activities.next_word.answers import Guess, Verdict
from activities.next_word.run import WordRun
from activities.podcast.run import PodcastRun
from activities.probe_bias.answers import Guess as Cause
from activities.probe_bias.answers import Side
from activities.probe_bias.run import BiasRun
from benchmarks.class_client import Browser
from kit import settings
from kit.classroom.classes import Classes
from kit.classroom.store import open_store
from kit.levels import Level
from kit.podcast.episode import Episode, Segment, SegmentKind
from kit.podcast.store import Projects
from kit.steps import Mode
from kit.walk import Walk
from serve import DEVICE_COOKIE
from tests.e2e.conftest import Server
from tests.e2e.test_forged import LAPTOP, PHONE, opened, played

EPISODE = Episode(
    title="Qui parle ?",
    team="Les oreilles",
    angle="Ce que la machine ne sait pas",
    segments=(
        Segment(id="hook", kind=SegmentKind.HOOK, text="Et si une machine parlait à votre place ?", planned=30),
        Segment(id="theme", kind=SegmentKind.THEME, volume=-6, crossfade=1.5),
    ),
    words_per_minute=140,
    channels=1,
)


class Late(Browser):
    """Sees each field as it is drawn anew, never what was set the first time."""

    def _draw(self, delta: Delta) -> None:
        if delta.WhichOneof("type") == "new_element":
            element = delta.new_element
            kind = element.WhichOneof("type")
            if kind is not None and hasattr(one := getattr(element, kind), "set_value"):
                one.set_value = False
        super()._draw(delta)


def asks_again(room: Server, device: str, page: str) -> None:
    """Open a page, then ask for it once more: that carries the values of all its fields, as this browser shows them."""

    async def play() -> None:
        late = Late(room.port, cookie=f"{DEVICE_COOKIE}={device}")
        await late.open(page)
        drawn = late.until(lambda run: True)
        await late.ask()
        await drawn
        await late.close()

    played(play())


def begun(model: type[Walk], step: str) -> Walk:
    return model.model_validate({"seed": 7, "mode": Mode.CLASS, "step": step, "level": Level.ADULTS})


@pytest.mark.parametrize(
    ("model", "step", "answer"),
    [
        (WordRun, "brief", {"guess": Guess.LIKELY}),
        (WordRun, "facts", {"verdicts": {"0": Verdict.UNKNOWABLE}}),
        (BiasRun, "brief", {"guess": Cause.TEXTS}),
        (BiasRun, "pairs", {"side": Side.B}),
        (BiasRun, "making", {}),
    ],
)
def test_what_was_answered_stays(
    room: Server, classes: Classes, model: type[Walk], step: str, answer: dict[str, object]
) -> None:
    run = begun(model, step)
    led = opened(classes, run, given={step: True})
    saved = run.seated(1).having(**answer)
    classes.answer(led.id, PHONE, saved.model_dump_json(), run.steps[run.index], replaces=0)

    asks_again(room, PHONE, run.activity.slug)
    work = classes.work(led.id, 1)
    assert work is not None
    assert model.model_validate_json(work.state) == saved
    assert work.version == 1, "and nothing was taken for an answer"


@pytest.mark.parametrize("step", ["angle", "rundown", "dress", "mix", "publish"])
def test_what_a_team_has_written_stays(room: Server, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """On the machine that serves, where a project is worked at."""
    monkeypatch.setenv("CONTRECHAMP_HOME", str(room.home))
    projects = Projects(settings.load())
    project = projects.create(EPISODE)
    run = PodcastRun(seed=7, step=step, project=project, segment="hook")
    open_store(settings.load()).save(LAPTOP, "podcast", run.model_dump_json())
    before = projects.open(project)

    asks_again(room, LAPTOP, "podcast")
    assert projects.open(project) == before


def test_a_bet_that_nobody_made_is_no_bet(room: Server, classes: Classes) -> None:
    run = begun(WordRun, "brief")
    led = opened(classes, run)

    asks_again(room, PHONE, run.activity.slug)
    work = classes.work(led.id, 1)
    assert work is not None
    assert work.state == ""
