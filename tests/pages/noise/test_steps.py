"""« Du bruit à l'image »: each step draws, alone and projected, in both languages; the level rule holds everywhere."""

from __future__ import annotations

import pytest

from activities.noise_to_image import words as activity_words
from activities.noise_to_image.activity import NOISE_TO_IMAGE
from activities.noise_to_image.answers import Guess
from activities.noise_to_image.run import NoiseRun
from kit import settings
from kit.classroom.store import open_store
from kit.compute import Compute, State, Status
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan
from pages.noise.scene import SLUG, Key
from tests.pages.conftest import Opener
from tests.pages.test_headings import in_order
from tests.pages.test_pages import alerts, resume, said
from tests.pages.test_pages import at as sorting

STEPS = [step.id for step in NOISE_TO_IMAGE.steps]
LABS = ["watch", "origin", "dial", "feed", "proportion", "alter", "real_model", "professions"]


@pytest.fixture(autouse=True)
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the pages ask the workers for; here nobody answers."""
    asked: list[str] = []

    class Waiting:
        """A call that never ends."""

        def status(self) -> Status:
            """Running for ever."""
            return Status(state=State.RUNNING, fraction=0.3)

        def leave(self) -> None:
            """Nothing to stop."""

    def submit(self: Compute, function: object, *args: object, **kwargs: object) -> Waiting:
        asked.append(getattr(function, "__name__", str(function)))
        return Waiting()

    monkeypatch.setattr(Compute, "submit", submit)
    monkeypatch.setattr(Compute, "start", lambda self: None)
    return asked


def at(step: str, mode: Mode = Mode.SELF_PACED, **more: object) -> NoiseRun:
    """A run that stands at a step."""
    plan = Plan.SECOND if NOISE_TO_IMAGE.step(step).sitting == 2 else Plan.LESSON
    return NoiseRun.model_validate({"seed": 7, "mode": mode, "plan": plan, "step": step, **more})


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
@pytest.mark.parametrize("step", STEPS)
def test_step_draws(open_app: Opener, step: str, mode: Mode, lang: str) -> None:
    """What is true of our small machine stays on screen in every lab."""
    app = resume(open_app, at(step, mode), lang=lang)
    words = activity_words.load(lang)
    assert not alerts(app)
    assert words.steps[step].title in [header.value for header in app.header]
    in_order(app)
    if step in LABS:
        assert words.labs[step].honest[:40] in said(app)  # type: ignore[index]


@pytest.mark.parametrize("step", STEPS)
def test_facilitator_reads_the_notes_of_each_step(open_app: Opener, step: str) -> None:
    app = resume(open_app, at(step, Mode.PROJECTED), page="conduct")
    assert not alerts(app)
    assert activity_words.load("fr").steps[step].title in [header.value for header in app.header]


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("brief", "debrief", "trace")])
def test_below_4e_a_lone_pupil_starts_nothing(open_app: Opener, step: str, computed: list[str]) -> None:
    app = resume(open_app, at(step, level=Level.CINQUIEME))
    assert not alerts(app)
    assert not [button.key for button in app.button if str(button.key).startswith(Key.MAKE)]
    assert set(computed) <= {"warm"}


def test_a_bet_is_on_disk_at_once(open_app: Opener) -> None:
    app = resume(open_app, at("brief"))
    app.radio(key=Key.GUESS).set_value(Guess.COLLAGE).run()
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    assert NoiseRun.model_validate_json(row[0]).guess is Guess.COLLAGE


def test_asking_is_saved_before_anything_is_computed(open_app: Opener) -> None:
    app = resume(open_app, at("origin"))
    next(button for button in app.button if str(button.key).startswith(Key.MAKE)).click().run()
    assert not app.exception, app.exception
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    assert [name.split(":")[0] for name in NoiseRun.model_validate_json(row[0]).asked] == ["picture"]


def test_the_remote_control_leads_the_workshop_that_moved_last(open_app: Opener) -> None:
    app = resume(open_app, sorting("reveals", Mode.PROJECTED), page="conduct")
    assert not app.button(key="conduct.reveal").disabled
    later = at("watch", Mode.PROJECTED)
    open_store(settings.load()).save(app.session_state["frame.device"], SLUG, later.model_dump_json())
    app.run()
    assert activity_words.load("fr").steps["watch"].title in [header.value for header in app.header]
    assert app.button(key="conduct.reveal").disabled, "nothing is held back in this step"
