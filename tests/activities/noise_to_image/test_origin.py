"""Where pixels came from: the figures add up, the record decodes, and the place named is where the patch is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from activities.noise_to_image.origin import ALIKE, MOST_ALIKE, Origins, origins
from kit.decks import render
from kit.decks import store as decks
from kit.decks.model import Truth
from kit.images.generate import Generated, generate
from kit.images.patch_diffusion.trace import Provenance

RECORD = np.dtype([("photo", "u1"), ("kept", "u1"), ("apart", "<u2"), ("y", "<u2"), ("x", "<u2")])
PATCH = 7


def photo(seed: int, height: int = 80, width: int = 120) -> NDArray[np.uint8]:
    """A photograph of nothing: smooth patches of colour, no two places alike."""
    noise = np.random.default_rng(seed).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC))


def read(found: Origins) -> np.ndarray:
    """The packed record, as a browser would read it."""
    return np.frombuffer(found.packed, RECORD).reshape(found.height, found.width)


@pytest.fixture(scope="module")
def two() -> Generated:
    """A picture made of two photographs, halfway between copy and dream."""
    return generate([photo(1), photo(2)], seed=3, size=72, fidelity=0.5, patch=PATCH)


# -- figures, from a provenance written by hand ------------------------------------------------------------------------


def by_hand() -> Provenance:
    """Four pixels: an exact copy, one 8 grey levels apart, one 100 apart, one that was kept."""
    return Provenance(
        photo=np.array([[0, 1], [1, 0]], dtype=np.uint8),
        y=np.array([[0, 10.4], [300.6, 5]], dtype=np.float32),
        x=np.array([[479, 2], [3, 258.5]], dtype=np.float32),
        distance=np.array([[0, 8 / 127.5], [100 / 127.5, 0]], dtype=np.float32),
        kept=np.array([[False, False], [False, True]]),
    )


def test_each_pixel_counts_once() -> None:
    found = origins(by_hand(), photos=2)
    assert found.kept == 0.25
    assert found.by_photo == (0.5, 0.5)
    assert found.copied[0] == 0.25
    assert found.copied[7] == 0.25
    # The kept pixel differs by nothing, and is no copy that the machine made.
    assert found.copied[9] == 0.5
    assert found.blended(9) == 0.25
    assert len(found.copied) == MOST_ALIKE + 1


def test_a_photograph_that_gave_nothing_has_its_share_too() -> None:
    assert origins(by_hand(), photos=4).by_photo == (0.5, 0.5, 0.0, 0.0)


def test_the_record_of_a_pixel() -> None:
    found = origins(by_hand(), photos=2)
    assert len(found.packed) == 4 * 8
    record = read(found)
    assert record["photo"].tolist() == [[0, 1], [1, 0]]
    assert record["kept"].tolist() == [[0, 0], [0, 1]]
    assert record["apart"].tolist() == [[0, 8 * 256], [100 * 256, 0]]
    assert record["y"].tolist() == [[0, 10], [301, 5]]
    assert record["x"].tolist() == [[479, 2], [3, 258]]
    # Byte by byte, as a DataView reads it: photograph, kept, then little-endian numbers.
    assert found.packed[16:24] == bytes([1, 0, 0, 100, 301 % 256, 301 // 256, 3, 0])


def test_the_largest_difference_there_is_fits() -> None:
    """Black for white is 255 grey levels apart: 65,280 of the 65,535 that two bytes count."""
    far = Provenance(
        photo=np.zeros((1, 1), dtype=np.uint8),
        y=np.zeros((1, 1), dtype=np.float32),
        x=np.zeros((1, 1), dtype=np.float32),
        distance=np.full((1, 1), 2, dtype=np.float32),
        kept=np.zeros((1, 1), dtype=np.bool_),
    )
    assert read(origins(far, photos=1))["apart"].item() == 255 * 256


# -- figures, from a picture that was generated ------------------------------------------------------------------------


def test_the_shares_of_a_real_picture_add_up(two: Generated) -> None:
    found = origins(two.trace.provenance, photos=2)
    assert sum(found.by_photo) == pytest.approx(1)
    assert all(share > 0.02 for share in found.by_photo), "both photographs went in"
    assert list(found.copied) == sorted(found.copied)
    for alike in (0, ALIKE, MOST_ALIKE):
        assert found.copied[alike] + found.blended(alike) + found.kept == pytest.approx(1)


def test_the_record_is_the_provenance(two: Generated) -> None:
    where = two.trace.provenance
    record = read(origins(where, photos=2))
    np.testing.assert_array_equal(record["photo"], where.photo)
    np.testing.assert_allclose(record["apart"] / 256, where.distance * 127.5, atol=1 / 512 + 1e-6)
    assert np.abs(record["y"] - where.y).max() <= 0.5
    assert np.abs(record["x"] - where.x).max() <= 0.5
    assert record["y"].max() <= 79
    assert record["x"].max() <= 119


@pytest.mark.slow
def test_fidelity_is_the_share_that_is_copied() -> None:
    """A real photograph, nearly copied or left to dream: measured, 82 % against 15 %."""
    photograph = render.picture(decks.default(), "motorcycle", Truth.REAL)
    copied = [
        origins(generate([photograph], seed=3, size=120, fidelity=fidelity).trace.provenance, photos=1).copied[ALIKE]
        for fidelity in (0, 1)
    ]
    assert copied[0] < 0.3
    assert copied[1] > 0.75


def test_what_a_mask_leaves_is_kept() -> None:
    mask = np.zeros((80, 120), dtype=np.bool_)
    mask[20:60, 30:60] = True
    made = generate([photo(1)], seed=3, size=120, fidelity=0.5, mask=mask, patch=PATCH)
    found = origins(made.trace.provenance, photos=1)
    assert found.kept == pytest.approx(1 - mask.mean())
    record = read(found)
    rows, columns = np.nonzero(~mask)
    # Kept pixels name themselves, at no distance.
    np.testing.assert_array_equal(record["y"][rows, columns], rows)
    np.testing.assert_array_equal(record["x"][rows, columns], columns)
    assert not record["apart"][rows, columns].any()
    assert found.copied[MOST_ALIKE] <= mask.mean() + 1e-9


def test_the_place_named_is_where_the_patch_is(two: Generated) -> None:
    """Cut the patch out of the photograph at the scale of the picture: it differs by as much as the record says."""
    record = read(origins(two.trace.provenance, photos=2))
    height, width = two.image.shape[:2]
    assert (height, width) == (48, 72)
    image = two.image.astype(np.float64)
    shrunk = [
        np.asarray(Image.fromarray(photo(seed)).resize((width, height), Image.Resampling.LANCZOS)).astype(np.float64)
        for seed in (1, 2)
    ]
    half = PATCH // 2
    said, measured, elsewhere = [], [], []
    for row in range(half, height - half):
        for column in range(half, width - half):
            pixel = record[row, column]
            # From the photograph's own pixels to those of the picture.
            y = round((pixel["y"] + 0.5) * height / 80 - 0.5)
            x = round((pixel["x"] + 0.5) * width / 120 - 0.5)
            if not (half <= y < height - half and half <= x < width - half):
                continue
            mine = image[row - half : row + half + 1, column - half : column + half + 1]
            source = shrunk[pixel["photo"]]
            said.append(pixel["apart"] / 256)
            measured.append(_apart(mine, source[y - half : y + half + 1, x - half : x + half + 1]))
            away = half + (y + height // 2) % (height - 2 * half)
            elsewhere.append(_apart(mine, source[away - half : away + half + 1, x - half : x + half + 1]))
    assert len(said) > 1500
    gap = np.abs(np.array(said) - np.array(measured))
    # Where patches were denoised around every second pixel, a neighbour speaks for the others: not to the decimal.
    assert np.quantile(gap, 0.2) < 0.6, "the centres themselves agree, up to the rounding of a pixel's value"
    assert np.median(gap) < 3
    assert np.median(measured) < np.median(elsewhere) / 3, "elsewhere in the same photograph nothing looks alike"


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.square(one - other).mean()))
