"""A run of « Du bruit à l'image »: what was chosen and asked for comes back from the disk."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from activities.noise_to_image.activity import NOISE_TO_IMAGE
from activities.noise_to_image.answers import Guess
from activities.noise_to_image.run import Alteration, Box, NoiseRun, PhotoId, Recipe
from kit.decks import store as decks
from kit.decks.model import Truth
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan

COFFEE, MOTORCYCLE = PhotoId(item="coffee"), PhotoId(item="motorcycle")


def test_the_core_sitting_fits_a_lesson() -> None:
    assert NOISE_TO_IMAGE.minutes == 45
    assert sum(minutes for _step, minutes in NOISE_TO_IMAGE.short) == 20


def test_the_photographs_one_meets_first_are_in_the_deck_and_show_nobody() -> None:
    run = NoiseRun(seed=1)
    for photo in (*run.recipe.photos, run.other, run.alteration.photo):
        item = decks.default().deck.item(photo.item)
        assert item.approved
        assert not item.portrait
        assert item.version(Truth.REAL)


def test_another_recipe_is_another_run_and_the_same_one_is_not() -> None:
    run = NoiseRun(seed=1)
    assert run.cooking(seed=run.recipe.seed) is run
    changed = run.cooking(seed=8, photos=(COFFEE, MOTORCYCLE))
    assert changed.recipe == Recipe(photos=(COFFEE, MOTORCYCLE), seed=8)
    assert NoiseRun.model_validate_json(changed.model_dump_json()) == changed


@pytest.mark.parametrize(
    "changes",
    [{"seed": -1}, {"seed": 10_000}, {"photos": ()}, {"photos": (COFFEE,) * 13}, {"patch": 8}, {"fidelity": 1.1}],
)
def test_a_recipe_the_generator_would_refuse_is_never_saved(changes: dict) -> None:
    with pytest.raises(ValidationError):
        NoiseRun(seed=1).cooking(**changes)


def test_what_was_asked_for_is_kept_once_and_can_be_settled() -> None:
    run = NoiseRun(seed=1).asking("picture:a").asking("dial:b").asking("picture:a")
    assert run.asked == ("dial:b", "picture:a")
    assert run.settled("dial:b", "never").asked == ("picture:a",)


def test_hands_are_counted_by_guess() -> None:
    run = NoiseRun(seed=1).having(counts={"noise": 5, "collage": 9})
    assert run.counts == {Guess.NOISE: 5, Guess.COLLAGE: 9}
    with pytest.raises(ValidationError):
        run.having(counts={Guess.SEARCH: -1})


def test_a_box_stays_on_the_photograph() -> None:
    run = NoiseRun(seed=1).altering(box=Box(x=0.5, y=0, width=0.5, height=1))
    assert NoiseRun.model_validate_json(run.model_dump_json()).alteration.box.width == 0.5
    for wrong in ({"x": -0.1}, {"width": 0}, {"height": 1.5}, {"x": 0.6, "width": 0.5}):
        with pytest.raises(ValidationError):
            Alteration.model_validate(
                {"photo": {"item": "coffee"}, "box": {"x": 0, "y": 0, "width": 0.2, "height": 0.2, **wrong}}
            )


@pytest.mark.parametrize(
    ("mode", "level", "may"),
    [
        (Mode.SELF_PACED, Level.CINQUIEME, False),
        (Mode.SELF_PACED, Level.QUATRIEME_TROISIEME, True),
        (Mode.PROJECTED, Level.CYCLE_3, True),
        (Mode.SELF_PACED, Level.ADULTS, True),
    ],
)
def test_below_4e_only_the_facilitator_generates(mode: Mode, level: Level, may: bool) -> None:
    assert NoiseRun(seed=1, mode=mode, level=level, plan=Plan.LESSON).may_generate is may
