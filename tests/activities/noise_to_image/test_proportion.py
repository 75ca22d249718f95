"""Ten photographs of two subjects."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from activities.noise_to_image.proportion import FED, Drawn, Proportion, drawing, feed, proportion, variants
from kit.cost import Cost

FREE = Cost(seconds=0, processor_seconds=0, cores=1, measured_wh=None)


@pytest.fixture
def warm() -> np.ndarray:
    return _textured((200, 90, 40), 1)


@pytest.fixture
def cold() -> np.ndarray:
    return _textured((40, 90, 200), 2)


def _textured(colour: tuple[int, int, int], seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 20, (64, 96, 1))
    return np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)


def test_framings_differ_and_keep_the_size(warm: np.ndarray) -> None:
    framed = variants(warm, FED)
    assert {photo.shape for photo in framed} == {warm.shape}
    assert len({photo.tobytes() for photo in framed}) == FED
    assert np.array_equal(framed[0], warm)
    assert np.array_equal(framed[1], warm[:, ::-1])


def test_as_many_go_in_as_asked(warm: np.ndarray, cold: np.ndarray) -> None:
    photos, of_first = feed(warm, cold, 7)
    assert len(photos) == FED
    assert of_first.sum() == 7
    red = np.array([photo[..., 0].mean() > photo[..., 2].mean() for photo in photos])
    assert np.array_equal(red, of_first)


def test_each_photograph_gives_the_layout_as_often() -> None:
    leads = [int(drawing(4, number)[0][0]) for number in range(2000)]
    counts = np.bincount(leads, minlength=FED)
    # 200 expected of each, standard deviation √(2000 · 0.1 · 0.9) ≈ 13.
    assert abs(counts - 200).max() < 5 * 13.5
    order, _ = drawing(4, 0)
    assert sorted(order.tolist()) == list(range(FED))
    assert len({drawing(4, number)[1] for number in range(6)}) == 6


def test_shares_are_those_of_the_pictures() -> None:
    shares = (1.0, 0.5, 0.6)
    made = Proportion(count=9, pictures=tuple(Drawn(png=b"", share=s, layout=True) for s in shares), cost=FREE)
    assert made.fed == 0.9
    assert made.came_out == pytest.approx(0.7)
    assert made.mostly == 2


@pytest.mark.slow
def test_a_picture_of_two_colours_has_the_share_that_was_measured(warm: np.ndarray, cold: np.ndarray) -> None:
    """The colours tell by themselves which subject a pixel came from: a count that uses no provenance."""
    made = proportion(warm, cold, count=7, seed=2, pictures=2, size=64)
    assert len(made.pictures) == 2
    for drawn in made.pictures:
        image = np.asarray(Image.open(io.BytesIO(drawn.png))).astype(int)
        by_eye = (image[..., 0] > image[..., 2]).mean()
        assert drawn.share == pytest.approx(by_eye, abs=0.12)
    assert proportion(warm, cold, count=7, seed=2, pictures=1, size=64).pictures[0] == made.pictures[0]
