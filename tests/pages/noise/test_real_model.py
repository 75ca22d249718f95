"""The labs of the large model: what one says without one; and both for real, with a tiny one from the hub on loopback.

Those that use the tiny model share one, and the workers that hold it: they run in the same process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from activities.noise_to_image import galleries
from activities.noise_to_image import words as activity_words
from activities.noise_to_image.gallery import Shot
from activities.noise_to_image.run import NoiseRun, Prompt
from kit import compute, settings
from kit.classroom.store import open_store
from kit.i18n import LANGUAGES
from kit.levels import Level
from kit.models import catalogue, fetching, hub, store
from kit.models.catalogue import Task
from kit.steps import Mode
from kit.walk import Plan
from pages.noise.real_model import CALL, _name
from tests.hub import add_entry, serving, tiny_pipeline
from tests.pages.conftest import Opener
from tests.pages.test_pages import resume

SLUG = "noise_to_image"
PAINTS = pytest.mark.xdist_group("painter")


def at(step: str, mode: Mode = Mode.SELF_PACED, **more: object) -> NoiseRun:
    return NoiseRun.model_validate({"seed": 7, "mode": mode, "plan": Plan.SECOND, "step": step, **more})


def saved(app: AppTest) -> NoiseRun:
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    return NoiseRun.model_validate_json(row[0])


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def until(app: AppTest, seen: str, seconds: float = 240) -> str:
    """Draw again, as the progress does, until the words are there."""
    end = time.monotonic() + seconds
    while seen not in (now := html(app)):
        assert not app.exception, app.exception
        assert 'class="alert error"' not in now, now
        assert time.monotonic() < end, now
        time.sleep(1)  # a page drawn too often takes the cores from the worker
        app.run()
    return now


@pytest.fixture(scope="module")
def painter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with a tiny Stable Diffusion, fetched from the hub on loopback, and workers that look there."""
    from huggingface_hub import constants

    home = tmp_path_factory.mktemp("painter") / "contrechamp-home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTRECHAMP_HOME", str(home))
        patch.setenv("HF_HUB_OFFLINE", "0")
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        patch.setattr(fetching, "_WAIT", 0.001)
        for switch in hub.PRIVACY:
            patch.setenv(switch, "1")
        add_entry(home)
        now = settings.load()
        with serving(tiny_pipeline(tmp_path_factory.mktemp("pages") / "tiny")) as served:
            patch.setenv("HF_ENDPOINT", served.url)
            hub.get(hub.look(catalogue.load(now).find("tiny"), now), now)
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("OMP_NUM_THREADS", "1")
        # A cluster that another test started has that test's folder in its environment.
        compute.connect(now).close()
        yield home
        compute.connect(now).close()


@pytest.fixture
def tiny(painter: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The tiny model, on a machine that has it."""
    monkeypatch.setenv("CONTRECHAMP_HOME", str(painter))
    return "tiny"


# -- without a model ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
def test_without_a_model_the_screen_says_what_to_do(open_app: Opener, mode: Mode, lang: str) -> None:
    app = resume(open_app, at("real_model", mode), lang=lang)
    shown = html(app)
    assert activity_words.load(lang).labs["real_model"].honest in shown
    painters = [entry for entry in catalogue.load().models if entry.task is Task.TEXT_TO_IMAGE]
    for entry in painters:
        assert entry.name in shown
        assert entry.shows.text(lang).split("’")[0] in shown
    # A command is given for those that can be fetched, and for no other.
    commands = [code.value for code in app.code]
    assert commands == [f"contrechamp models get {entry.name}" for entry in painters if entry.revision is not None]
    assert "camembert-base" not in shown
    assert not [button for button in app.button if str(button.key).endswith(".make")]


def test_the_command_of_a_model_that_can_be_fetched(open_app: Opener, home: Path) -> None:
    add_entry(home)
    app = resume(open_app, at("real_model"))
    assert "contrechamp models get tiny" in [code.value for code in app.code]


# -- with one ----------------------------------------------------------------------------------------------------------


@PAINTS
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_from_a_sentence_to_a_picture_through_diffusers(open_app: Opener, tiny: str) -> None:
    app = resume(open_app, at("real_model", text=""))
    key = f"noise_to_image.real_model.{tiny}"
    # 1. Nothing written: a sentence, and nothing is computed.
    app.button(key="noise_to_image.real_model.make").click().run()
    assert app.session_state["frame.told"]
    assert saved(app).asked == ()
    # 2. A sentence, with what could be markup in it.
    app.text_area(key=f"{key}.text").set_value("a cat <b>& co</b>")
    app.number_input(key=f"{key}.steps").set_value(2)
    app.number_input(key=f"{key}.seed").set_value(5)
    app.button(key="noise_to_image.real_model.make").click().run()
    run = saved(app)
    assert run.prompt == Prompt(model=tiny, text="a cat <b>& co</b>", steps=2, guidance=2.0, seed=5)
    assert len(run.asked) == 1
    shown = until(app, "DDIMScheduler")
    assert "a cat &lt;b&gt;&amp; co&lt;/b&gt;" in shown
    assert "<b>& co" not in shown
    # 3. What it took, and the picture to take away.
    made = app.session_state[CALL + run.asked[0]].result()
    assert len(made.frames) == 2
    assert made.png.startswith(b"\x89PNG")
    assert made.cost.seconds > made.loading_seconds > 0
    assert 'class="take"' in shown
    # 4. A new session, as after a reload: it is asked for again without a gesture, and the picture is the same.
    again = resume(open_app, run)
    until(again, "DDIMScheduler")
    assert again.session_state[CALL + run.asked[0]].result().png == made.png


@PAINTS
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_who_may_drive_it(open_app: Opener, tiny: str) -> None:
    def offered(run: NoiseRun) -> bool:
        app = resume(open_app, run)
        return bool([button for button in app.button if button.key == "noise_to_image.real_model.make"])

    assert store.installed(settings.load())[0].entry.level is Level.QUATRIEME_TROISIEME
    assert not offered(at("real_model", level=Level.CINQUIEME))
    assert offered(at("real_model", Mode.PROJECTED, level=Level.CINQUIEME))
    assert offered(at("real_model", level=Level.QUATRIEME_TROISIEME))


@PAINTS
def test_nothing_asked_for_is_computed_below_its_level(
    open_app: Opener, monkeypatch: pytest.MonkeyPatch, tiny: str
) -> None:
    """A saved run cannot trigger what its level forbids."""
    monkeypatch.setattr(compute.Compute, "submit", lambda *_, **__: pytest.fail("submitted"))
    model = store.installed(settings.load())[0]
    run = at("real_model", level=Level.CINQUIEME, prompt=Prompt(model=tiny, text="a cat"))
    resume(open_app, run.asking(_name(run.prompt, model)))


@PAINTS
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_grid_made_by_a_model(open_app: Opener, tiny: str) -> None:
    app = resume(open_app, at("professions", Mode.PROJECTED, level=Level.CYCLE_3))
    for place in range(1, 10):
        app.checkbox(key=f"noise_to_image.shelf.profession.{place}").uncheck()
    app.button(key="noise_to_image.shelf.begin").click().run()
    run = saved(app)
    one = galleries.find(run.gallery, settings.load())
    assert [picture.shot for picture in one.gallery.pictures] == [Shot.WAITING] * 2
    # A model without a safety checker waits for a second gesture.
    assert run.asked == ()
    app.button(key="noise_to_image.gallery.make").click().run()
    assert saved(app).asked == (f"gallery:{one.id}",)
    until(app, '<div class="gallery-row"><figure><img')
    # A reload in the middle, or a moment after: whatever is left is made.
    app = resume(open_app, saved(app))
    until(app, '<div class="gallery-row"><figure><img')
    for _ in range(200):
        if not galleries.find(one.id, settings.load()).gallery.of(Shot.WAITING):
            break
        time.sleep(1)
        app.run()
    done = galleries.find(one.id, settings.load()).gallery
    assert [picture.shot for picture in done.pictures] == [Shot.MADE] * 2
    app.run()
    assert saved(app).asked == ()
    assert one.png("01-0001.png") != one.png("01-0002.png")
