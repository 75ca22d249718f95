"""A part of a photograph made anew."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from activities.noise_to_image.altering import alter, mask
from activities.noise_to_image.run import Box
from kit.errors import BadInput


def decoded(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.fixture
def photo() -> np.ndarray:
    random = np.random.default_rng(0)
    ramp = np.linspace(40, 210, 96)[None, :, None] * np.ones((64, 1, 3))
    return np.clip(ramp + random.normal(0, 12, (64, 96, 3)), 0, 255).astype(np.uint8)


def test_mask_is_the_rectangle() -> None:
    inside = mask(Box(x=0.25, y=0.5, width=0.5, height=0.25), 8, 12)
    assert inside.sum() == 6 * 2
    assert inside[4:6, 3:9].all()


@pytest.mark.parametrize(
    "box", [Box(x=0.999, y=0.999, width=0.001, height=0.001), Box(x=0.9, y=0.95, width=0.1, height=0.05)]
)
def test_mask_stays_on_the_photograph(box: Box) -> None:
    inside = mask(box, 8, 12)
    assert inside.shape == (8, 12)
    assert inside[-1, -1]


def test_only_the_rectangle_changes(photo: np.ndarray) -> None:
    made = alter(photo, x=0.25, y=0.25, width=0.25, height=0.5, seed=3)
    before, after = decoded(made.before), decoded(made.after)
    inside = mask(Box(x=0.25, y=0.25, width=0.25, height=0.5), 64, 96)
    assert np.array_equal(before, photo)
    assert np.array_equal(after[~inside], photo[~inside])
    assert (after[inside] != photo[inside]).any(axis=-1).mean() > 0.9
    assert made.origins.kept == pytest.approx(1 - 0.25 * 0.5)
    assert made.cost.seconds > 0


def test_a_rectangle_over_everything_is_refused(photo: np.ndarray) -> None:
    with pytest.raises(BadInput, match="too little"):
        alter(photo, x=0, y=0, width=1, height=1, seed=3)
