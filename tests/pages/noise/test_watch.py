"""The lab « watch »: what crosses to the film, what it took, what one takes away."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from activities.noise_to_image import recorded
from activities.noise_to_image import words as activity_words
from activities.noise_to_image.film import PLACES
from activities.noise_to_image.making import Picture
from activities.noise_to_image.run import NoiseRun, Recipe
from kit import settings
from kit.classroom.store import open_store
from kit.cost import Cost
from kit.decks.model import Truth
from kit.images import label
from kit.levels import Level
from kit.steps import Mode
from pages.noise import costline, film
from pages.noise.export import labelled
from pages.noise.scene import SLUG
from pages.noise.watch import MOST_MADE, NEXT_SEED, remembered

COST = Cost(seconds=4.83, processor_seconds=6.0, cores=2, measured_wh=None)


@pytest.fixture(scope="module")
def picture() -> Picture:
    return recorded.picture()


# -- the film --------------------------------------------------------------------------------------------------------


def test_records_are_found_where_the_browser_looks(picture: Picture) -> None:
    strip_number, step, place, found = 2, 4, 7, 3
    strip = picture.film.strips[strip_number]
    floats = np.frombuffer(film.packed(picture.film), "<f4")
    start = sum(before.weight.size for before in picture.film.strips[:strip_number])
    at = 4 * (start + (step * len(PLACES) + place) * strip.weight.shape[2] + found)
    assert floats[at] == strip.weight[step, place, found]
    assert floats[at + 1] == strip.photo[step, place, found]
    assert tuple(floats[at + 2 : at + 4]) == tuple(strip.place[step, place, found])
    assert floats.size == 4 * sum(each.weight.size for each in picture.film.strips)


def test_sheets_hold_every_frame_and_every_place(picture: Picture) -> None:
    for strip in picture.film.strips:
        steps = len(strip.noise)
        assert _size(strip.noisy) == _size(strip.denoised) == (strip.width, steps * strip.height)
        side = picture.film.patch
        assert _size(strip.seen) == ((strip.weight.shape[2] + 2) * side, steps * len(PLACES) * side)


def test_coarse_shares_are_even_and_late_ones_are_not(picture: Picture) -> None:
    # What the bars are there to show: as if many pieces counted at first, as if few did at the end (1 over sum of w²).
    first, last = (1 / (picture.film.strips[0].weight[step] ** 2).sum(-1) for step in (0, -1))
    assert first.mean() > 6
    assert last.mean() < 3


@pytest.mark.parametrize(
    ("noise", "filled"), [(0.01, 0.0), (0.05, 0.0), (1.0, 0.5), (20.0, 1.0), (65.4, 1.0), (0.05 * math.sqrt(20), 0.25)]
)
def test_meter_is_logarithmic_between_its_ends(noise: float, filled: float) -> None:
    assert film.meter(noise) == pytest.approx(filled)


def _size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as image:
        return image.size


# -- what it took ----------------------------------------------------------------------------------------------------


@pytest.fixture
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costline, "lang", lambda: "en")
    monkeypatch.setattr(costline, "_", str)


@pytest.mark.parametrize(
    ("value", "text"), [(4.83, "4.8"), (0.0163, "0.016"), (0.06, "0.06"), (68.79, "69"), (1234.5, "1,234"), (0.0, "0")]
)
@pytest.mark.usefixtures("in_english")
def test_two_significant_figures(value: float, text: str) -> None:
    assert costline.rounded(value) == text


def test_french_figures_have_a_comma(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costline, "lang", lambda: "fr")
    assert costline.rounded(4.83) == "4,8"


@pytest.mark.usefixtures("in_english")
def test_cost_is_written_out_with_its_numbers() -> None:
    # 15 W × 3 s ÷ 3600 = 0.0125 Wh; 45 W × 4.83 s ÷ 3600 = 0.060375 Wh.
    assert costline.sentence(COST) == "Computed in 4.8 s · between 0.013 and 0.06 Wh for the whole laptop"
    lines = costline.sums(COST)
    assert "At least: 15 W × 3 s ÷ 3600 ≈ 0.013 Wh" in lines
    assert "At most: 45 W × 4.8 s ÷ 3600 ≈ 0.06 Wh" in lines
    assert "A frugal laptop, with every core busy: 6 s of processor time ÷ 2 cores = 3 s." in lines


@pytest.mark.usefixtures("in_english")
def test_measured_energy_says_what_it_covers() -> None:
    cost = replace(COST, measured_wh=0.0322)
    assert " · 0.032 Wh measured, for the processor · " in costline.sentence(cost)
    lines = costline.sums(cost)
    assert "Measured: 0.032 Wh in 4.8 s, that is 24 W on average." in lines  # 0.0322 × 3600 ÷ 4.83
    assert any("the processor package and everything that ran on it" in line for line in lines)


@pytest.mark.usefixtures("in_english")
def test_a_processor_busier_than_the_clock_is_not_divided_on_screen() -> None:
    lines = costline.sums(replace(COST, processor_seconds=9.8))
    assert "At least: 15 W × 4.8 s ÷ 3600 ≈ 0.02 Wh" in lines
    assert not any("÷ 2 cores" in line for line in lines)


# -- what one takes away ---------------------------------------------------------------------------------------------


def test_what_is_taken_away_is_labelled_and_intact(picture: Picture) -> None:
    data = labelled(picture.png, Truth.GENERATED, "fr")()
    found = label.read_label(data)
    assert found is not None
    assert found.source_type == "trainedAlgorithmicMedia"
    with Image.open(io.BytesIO(picture.png)) as image:
        np.testing.assert_array_equal(label.picture(data), np.asarray(image))
    altered = label.read_label(labelled(picture.png, Truth.ALTERED, "fr")())
    assert altered is not None
    assert altered.source_type == "compositeWithTrainedAlgorithmicMedia"


# -- the same seed, the same picture ---------------------------------------------------------------------------------


def test_the_last_four_recipes_are_remembered(picture: Picture) -> None:
    made = ()
    for seed in range(6):
        made = remembered(made, _seeded(seed), replace(picture, png=bytes([seed])))
    assert [one.recipe.seed for one in made] == [2, 3, 4, 5]
    assert len(made) == MOST_MADE


def test_drawn_again_is_not_made_again(picture: Picture) -> None:
    made = remembered((), _seeded(1), picture)
    assert remembered(made, _seeded(1), picture) is made


def test_made_again_is_compared(picture: Picture) -> None:
    later = replace(picture, cost=replace(picture.cost, seconds=1.0))
    (one,) = remembered(remembered((), _seeded(1), picture), _seeded(1), later)
    assert (one.times, one.same) == (2, True)
    other = replace(picture, png=b"another", cost=replace(picture.cost, seconds=2.0))
    (one,) = remembered((one,), _seeded(1), other)
    assert (one.times, one.same) == (3, False)


def _seeded(seed: int) -> Recipe:
    return Recipe.model_validate({**dict(NoiseRun(seed=0).recipe), "seed": seed})


# -- the screen ------------------------------------------------------------------------------------------------------


def _open(open_app: Callable[..., AppTest], lang: str = "fr", **run: object) -> AppTest:
    app = open_app(lang=lang)
    saved = NoiseRun.model_validate({"seed": 7, "step": "watch", **run})
    open_store(settings.load()).save(app.session_state["frame.device"], SLUG, saved.model_dump_json())
    app.switch_page(f"pages/{SLUG}.py").run()
    assert not app.exception, app.exception
    return app


def _html(app: AppTest) -> str:
    return "".join(each.proto.body for each in app.get("html"))


def test_below_4e_one_sees_what_was_recorded(open_app: Callable[..., AppTest]) -> None:
    app = _open(open_app, level=Level.CYCLE_3)
    assert not [button for button in app.button if button.key == NEXT_SEED]
    assert "Wh" not in _html(app)
    assert activity_words.load("fr").labs["watch"].honest[:20] in _html(app)
    assert app.get("bidi_component")


@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
def test_the_next_seed_is_one_more(open_app: Callable[..., AppTest], mode: Mode) -> None:
    app = _open(open_app, level=Level.LYCEE, mode=mode)
    app.button(key=NEXT_SEED).click().run()
    assert not app.exception
    assert app.number_input(key="noise_to_image.seed").value == 2


def test_a_picture_made_now_says_what_it_took(
    open_app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, picture: Picture
) -> None:
    monkeypatch.setattr("pages.noise.kitchen.made", lambda scene: picture)
    app = _open(open_app, lang="en", level=Level.LYCEE)
    assert f"Computed in {round(picture.cost.seconds)} s" in _html(app)
