"""The labs « alter », « dial » and « proportion »: they draw, ask before they compute, and say what was measured."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from activities.noise_to_image import words as activity_words
from activities.noise_to_image.proportion import Drawn, Proportion
from activities.noise_to_image.run import Box, NoiseRun
from kit import settings
from kit.classroom.store import open_store
from kit.cost import Cost
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan
from pages.noise import proportion
from pages.noise.rectangle import changed
from pages.noise.scene import SLUG
from tests.pages.test_pages import resume as resume_run
from tests.pages.test_pages import said

Opener = Callable[..., AppTest]
BOX = Box(x=0.1, y=0.2, width=0.3, height=0.4)


def resume(open_app: Opener, step: str, lang: str = "fr", **more: object) -> AppTest:
    plan = Plan.LESSON if step == "dial" else Plan.SECOND
    run = NoiseRun.model_validate({"seed": 3, "step": step, "plan": plan, **more})
    return resume_run(open_app, run, lang=lang)


def saved(app: AppTest) -> NoiseRun:
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    return NoiseRun.model_validate_json(row[0])


def made(app: AppTest) -> list[str]:
    """The buttons that ask for a computation."""
    return [button.key for button in app.button if str(button.key).startswith("noise_to_image.make")]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
@pytest.mark.parametrize("step", ["alter", "dial", "proportion"])
def test_lab_draws_and_waits_to_be_asked(open_app: Opener, step: str, mode: Mode, lang: str) -> None:
    app = resume(open_app, step, lang, mode=mode)
    words = activity_words.load(lang)
    assert words.labs[step].honest in said(app)  # type: ignore[index]
    assert made(app) == [f"noise_to_image.make.{step}"]
    if step == "alter":
        assert words.someone in said(app)


@pytest.mark.parametrize("step", ["alter", "dial", "proportion"])
def test_a_young_learner_alone_submits_nothing(open_app: Opener, step: str) -> None:
    app = resume(open_app, step, level=Level.CYCLE_3, mode=Mode.SELF_PACED)
    assert made(app) == []
    assert "4e" in said(app)


def test_choices_are_saved(open_app: Opener) -> None:
    app = resume(open_app, "alter")
    app.number_input(key="noise_to_image.alter.seed").set_value(12).run()
    assert saved(app).alteration.seed == 12
    app = resume(open_app, "proportion")
    app.slider(key="noise_to_image.proportion.shares").set_value(4).run()
    assert saved(app).shares == 4


@pytest.mark.parametrize(
    "sent",
    [
        None,
        3,
        {},
        {"x": 0.5},
        {"x": 0.9, "y": 0, "width": 0.5, "height": 0.5},
        {"x": "a", "y": 0, "width": 1, "height": 1},
    ],
)
def test_what_is_no_rectangle_changes_nothing(sent: object) -> None:
    assert changed(BOX, sent) == BOX


def test_a_rectangle_is_taken() -> None:
    assert changed(BOX, {"x": 0.25, "y": 0, "width": 0.75, "height": 1}) == Box(x=0.25, y=0, width=0.75, height=1)


@pytest.mark.parametrize(("share", "expected"), [(0.95, "5 points more"), (0.7, "20 points less"), (0.9, "As much")])
def test_the_screen_says_what_was_measured(monkeypatch: pytest.MonkeyPatch, share: float, expected: str) -> None:
    lines: list[str] = []
    monkeypatch.setattr(proportion, "paragraph", lambda text, kind="": lines.append(text))
    monkeypatch.setattr(proportion, "address", lambda data: "x")
    monkeypatch.setattr(proportion.st, "html", lines.append)
    monkeypatch.setattr(proportion, "_", lambda text: text)
    monkeypatch.setattr(proportion, "lang", lambda: "en")
    monkeypatch.setattr("pages.noise.origin._", lambda text: text)
    free = Cost(seconds=0, processor_seconds=0, cores=1, measured_wh=None)
    pictures = (Drawn(png=b"", share=share, layout=True), Drawn(png=b"", share=share, layout=False))
    proportion._came_out(Proportion(count=9, pictures=pictures, cost=free), "A & B")
    assert expected in lines[-1]
    assert any("A &amp; B" in line and f"{round(100 * share)}%" in line for line in lines)
