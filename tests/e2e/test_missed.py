"""A slow device that misses what was set on its screen: it shows what is saved all the same, and loses nothing.

When two drawings of a screen follow each other at once, Streamlit drops what of the first was not sent yet, and a
browser may draw the second alone; only the first said which values its fields have.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.Delta_pb2 import Delta

from activities import registry
from activities.next_word.answers import Guess, Verdict
from activities.next_word.run import WordRun
from activities.podcast.run import PodcastRun
from activities.probe_bias.answers import Guess as Cause
from activities.probe_bias.answers import Side
from activities.probe_bias.run import BiasRun
from benchmarks.class_client import Browser
from kit import settings
from kit.classroom.classes import Classes
from kit.classroom.lead import Lead
from kit.classroom.store import Store, open_store
from kit.levels import Level
from kit.podcast.episode import Episode, Segment, SegmentKind
from kit.podcast.store import Projects
from kit.steps import Mode
from kit.walk import Walk
from serve import DEVICE_COOKIE
from tests.e2e.conftest import Server
from tests.e2e.test_forged import LAPTOP, PHONE, played

EPISODE = Episode(
    title="Qui parle ?",
    team="Les oreilles",
    angle="Ce que la machine ne sait pas",
    segments=(
        Segment(id="hook", kind=SegmentKind.HOOK, text="Et si une machine parlait à votre place ?", planned=30),
        Segment(id="theme", kind=SegmentKind.THEME, volume=-6, crossfade=1.5),
    ),
    words_per_minute=140,
)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Server]:
    kit = Server(home=tmp_path / "home", record=tmp_path / "record.txt")
    kit.start()
    yield kit
    kit.stop()


@pytest.fixture
def classes(room: Server) -> Iterator[Classes]:
    room.home.mkdir(parents=True, exist_ok=True)
    store = Store(f"sqlite:///{(room.home / 'contrechamp.sqlite').as_posix()}")
    yield store.classes
    store.close()


class Late(Browser):
    """Sees each field as it is drawn anew, never what was set the first time."""

    def _draw(self, delta: Delta) -> None:
        if delta.WhichOneof("type") == "new_element":
            element = delta.new_element
            kind = element.WhichOneof("type")
            if kind is not None and hasattr(one := getattr(element, kind), "set_value"):
                one.set_value = False
        super()._draw(delta)


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
    lead = Lead(lobby=False, given={step: True})
    slug = model.activity.slug
    led, _pin = classes.open(slug, run.model_dump_json(), step=step, device=LAPTOP, lang="fr", lead=lead, days=1)
    classes.join(led.code, PHONE)
    saved = run.seated(1).having(**answer)
    classes.answer(led.id, PHONE, saved.model_dump_json(), run.steps[run.index], replaces=0)

    async def play() -> None:
        phone = Late(room.port, cookie=f"{DEVICE_COOKIE}={PHONE}")
        await phone.open(slug)
        drawn = phone.until(lambda run: True)
        # Whatever it asks next carries the values of all its fields, as it shows them.
        await phone.ask()
        await drawn
        await phone.close()

    played(play())
    work = classes.work(led.id, 1)
    assert work is not None
    now = registry.run_of(slug).model_validate_json(work.state)
    assert now.model_dump(include=set(answer)) == saved.model_dump(include=set(answer))
    assert now == saved, [(name, a, getattr(saved, name)) for name, a in now if a != getattr(saved, name)]
    assert work.version == 1, "and nothing was taken for an answer"


@pytest.mark.parametrize("step", ["angle", "rundown", "dress", "mix", "publish"])
def test_what_a_team_has_written_stays(
    room: Server, classes: Classes, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """On the machine that serves, where a project is worked at."""
    monkeypatch.setenv("CONTRECHAMP_HOME", str(room.home))
    projects = Projects(settings.load())
    project = projects.create(EPISODE)
    run = PodcastRun(seed=7, step=step, project=project, segment="hook")
    open_store(settings.load()).save(LAPTOP, "podcast", run.model_dump_json())
    before = projects.open(project)

    async def play() -> None:
        laptop = Late(room.port, cookie=f"{DEVICE_COOKIE}={LAPTOP}")
        await laptop.open("podcast")
        drawn = laptop.until(lambda run: True)
        await laptop.ask()
        await drawn
        await laptop.close()

    played(play())
    assert projects.open(project) == before


def test_a_bet_that_nobody_made_is_no_bet(room: Server, classes: Classes) -> None:
    run = begun(WordRun, "brief")
    led, _pin = classes.open(
        "next_word", run.model_dump_json(), step="brief", device=LAPTOP, lang="fr", lead=Lead(lobby=False), days=1
    )
    classes.join(led.code, PHONE)

    async def play() -> None:
        phone = Late(room.port, cookie=f"{DEVICE_COOKIE}={PHONE}")
        await phone.open("next_word")
        drawn = phone.until(lambda run: True)
        await phone.ask()
        await drawn
        await phone.close()

    played(play())
    work = classes.work(led.id, 1)
    assert work is not None
    assert work.state == ""
