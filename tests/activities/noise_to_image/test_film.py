"""The film holds what the trace says, pixel for pixel, and what the machine saw adds up to its answer."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from activities.noise_to_image.film import PLACES, Film, film
from kit.images.generate import generate
from kit.images.patch_diffusion.trace import Trace
from tests.activities.noise_to_image.test_origin import PATCH, photo


def pixels(png: bytes) -> NDArray[np.uint8]:
    """A sheet, as a browser would see it."""
    with Image.open(io.BytesIO(png)) as image:
        assert image.mode == "RGB"
        assert not image.info, "a sheet carries no metadata"
        return np.asarray(image)


@pytest.fixture(scope="module")
def trace() -> Trace:
    """How a small picture of two photographs came about."""
    return generate([photo(1), photo(2)], seed=3, size=72, fidelity=0.5, patch=PATCH, looks=PLACES).trace


@pytest.fixture(scope="module")
def shown(trace: Trace) -> Film:
    """Its film."""
    return film(trace)


def test_every_step_is_in_the_film(trace: Trace, shown: Film) -> None:
    assert shown.steps == len(trace.steps)
    assert shown.patch == PATCH
    assert [(strip.height, strip.width, strip.patches) for strip in shown.strips] == [
        (level.height, level.width, level.patches) for level in trace.levels
    ]
    noise = [value for strip in shown.strips for value in strip.noise]
    assert noise == [step.noise for step in trace.steps]
    for strip in shown.strips:
        assert list(strip.noise) == sorted(strip.noise, reverse=True), "within a size, noise only shrinks"


def test_the_sheets_are_the_frames_of_the_trace(trace: Trace, shown: Film) -> None:
    steps = iter(trace.steps)
    for strip in shown.strips:
        noisy, denoised = pixels(strip.noisy), pixels(strip.denoised)
        assert noisy.shape == denoised.shape == (len(strip.noise) * strip.height, strip.width, 3)
        for number in range(len(strip.noise)):
            step = next(steps)
            rows = slice(number * strip.height, (number + 1) * strip.height)
            np.testing.assert_array_equal(noisy[rows], step.noisy)
            np.testing.assert_array_equal(denoised[rows], step.denoised)
    assert next(steps, None) is None


def test_a_row_of_what_was_seen(trace: Trace, shown: Film) -> None:
    """Row after row, step then place: the noisy patch, those found, the answer."""
    steps = iter(trace.steps)
    for strip in shown.strips:
        sheet = pixels(strip.seen)
        found = strip.weight.shape[2]
        assert sheet.shape == (len(strip.noise) * len(PLACES) * PATCH, (found + 2) * PATCH, 3)
        cells = sheet.reshape(len(strip.noise), len(PLACES), PATCH, found + 2, PATCH, 3).swapaxes(2, 3)
        for number in range(len(strip.noise)):
            looks = next(steps).looks
            assert looks is not None
            np.testing.assert_array_equal(cells[number, :, 0], looks.noisy)
            np.testing.assert_array_equal(cells[number, :, 1:-1], looks.found)
            np.testing.assert_array_equal(cells[number, :, -1], looks.clean)
            np.testing.assert_array_equal(strip.weight[number], looks.weight)
            np.testing.assert_array_equal(strip.photo[number], looks.photo)
            np.testing.assert_array_equal(strip.place[number], looks.place)


def test_weights_are_shares(shown: Film) -> None:
    for strip in shown.strips:
        total = strip.weight.sum(axis=2)
        assert strip.weight.min() >= 0
        assert total.max() <= 1 + 1e-5
        assert set(np.unique(strip.photo)) <= {0, 1}
        assert strip.place.min() >= 0
        assert strip.place.max() <= 1


def test_the_answer_is_the_weighted_mean_of_what_was_found(trace: Trace) -> None:
    """Where all the patches that weigh are named, nothing but their mean comes out, up to the rounding of a pixel."""
    checked = 0
    for step in trace.steps:
        looks = step.looks
        assert looks is not None
        whole = looks.weight.sum(axis=1) > 1 - 1e-4
        mean = np.einsum("pn,pnabc->pabc", looks.weight[whole], looks.found[whole].astype(np.float64))
        assert np.abs(mean - looks.clean[whole]).max(initial=0) <= 1.1
        checked += int(whole.sum())
    assert checked == len(trace.steps) * len(PLACES), "the machine compares eight patches, and the film names them all"


def test_a_patch_found_lies_where_the_film_says(trace: Trace) -> None:
    """Cut out of the photograph shrunk to the size of the step, around the named centre, it is the patch shown."""
    half = PATCH // 2
    for step in trace.steps[-2:]:
        looks, level = step.looks, trace.levels[step.level]
        assert looks is not None
        shrunk = [
            np.asarray(Image.fromarray(photo(seed)).resize((level.width, level.height), Image.Resampling.LANCZOS))
            for seed in (1, 2)
        ]
        for place in range(len(PLACES)):
            for number in range(looks.weight.shape[1]):
                y, x = looks.place[place, number]
                row, column = round(float(y) * level.height - 0.5), round(float(x) * level.width - 0.5)
                cut = shrunk[looks.photo[place, number]][row - half : row + half + 1, column - half : column + half + 1]
                np.testing.assert_array_equal(cut, looks.found[place, number])


def test_a_trace_that_was_not_asked_to_look_makes_no_film() -> None:
    blind = generate([photo(1)], seed=3, size=64, fidelity=1, patch=PATCH).trace
    with pytest.raises(ValueError, match="does not tell what the denoiser saw"):
        film(blind)
