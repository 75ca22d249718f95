"""The eight features, where their value is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy import stats

from activities.spot_the_fake.features import FEATURES, explain, features

SHAPE = (320, 480, 3)


def named(pixels: NDArray[np.uint8]) -> dict[str, float]:
    return dict(explain(pixels).values)


def to_pixels(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def noise(sigma: float, seed: int = 0, *, grey: bool = False) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    values = rng.normal(128, sigma, (*SHAPE[:2], 1 if grey else 3))
    return to_pixels(np.broadcast_to(values, SHAPE))


def natural(slope: float, seed: int = 0) -> NDArray[np.uint8]:
    """A random image whose power falls as frequency ** slope."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(SHAPE[0])[:, None], np.fft.rfftfreq(SHAPE[1])[None, :])
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(rng.normal(size=SHAPE[:2])) * frequency ** (slope / 2)
    spectrum[0, 0] = 0
    plane = np.fft.irfft2(spectrum, s=SHAPE[:2])
    return to_pixels(np.repeat((128 + 40 * plane / plane.std())[:, :, None], 3, axis=2))


def test_the_trace_holds_the_vector() -> None:
    pixels = noise(20)
    trace = explain(pixels)
    assert tuple(name for name, _ in trace.values) == FEATURES
    np.testing.assert_array_equal(features(pixels), [value for _, value in trace.values])
    assert features(pixels).shape == (8,)
    assert trace.residual.shape == (318, 478)
    assert len(trace.frequencies) == len(trace.log_power) > 20
    assert list(trace.frequencies) == sorted(trace.frequencies)


def test_white_noise() -> None:
    found = named(noise(20, grey=True))
    assert found["spectrum_slope"] == pytest.approx(0, abs=0.05)
    # Shares of a flat spectrum are those of the areas: π/16 − π/256 and π/4 − π/16, over π/4.
    assert 10 ** found["middle_share"] == pytest.approx(15 / 64, abs=0.01)
    assert 10 ** found["fine_share"] == pytest.approx(3 / 4, abs=0.01)
    assert 10 ** found["noise_level"] - 1 == pytest.approx(20, rel=0.02)
    assert 10 ** found["noise_tails"] - 1 == pytest.approx(3, abs=0.1)
    # Spread of the standard deviation of 256 values of this mask: a few per cent
    assert found["noise_unevenness"] < 0.12
    assert found["noise_across_colours"] == pytest.approx(1)


def test_independent_colours() -> None:
    found = named(noise(20))
    assert found["noise_across_colours"] == pytest.approx(0, abs=0.02)
    # Luminance mixes three independent noises.
    mixed = 20 * np.sqrt(0.299**2 + 0.587**2 + 0.114**2)
    assert 10 ** found["noise_level"] - 1 == pytest.approx(mixed, rel=0.02)


def test_kurtosis_is_scipys() -> None:
    trace = explain(natural(-2))
    expected = stats.kurtosis(trace.residual, axis=None, fisher=False)
    assert 10 ** dict(trace.values)["noise_tails"] - 1 == pytest.approx(expected)


@pytest.mark.parametrize("slope", [-1.0, -2.0, -2.5])
def test_slope_of_a_power_law(slope: float) -> None:
    assert named(natural(slope))["spectrum_slope"] == pytest.approx(slope, abs=0.1)


@pytest.mark.parametrize("level", [0, 77, 255])
def test_flat_image(level: int) -> None:
    found = named(np.full(SHAPE, level, np.uint8))
    assert found == {
        "spectrum_slope": 0,
        "middle_share": -6,
        "fine_share": -6,
        "spectrum_peak": 0,
        "noise_level": 0,
        "noise_tails": 0,
        "noise_unevenness": 0,
        "noise_across_colours": 1,
    }


def test_a_ramp_has_no_noise() -> None:
    ramp = np.broadcast_to((np.arange(480) // 2)[None, :, None], SHAPE).astype(np.uint8)
    assert named(ramp)["noise_level"] == 0


def test_a_grid_makes_a_peak() -> None:
    photo = natural(-2).astype(float)
    grid = 6 * np.cos(2 * np.pi * np.arange(480) / 4)[None, :, None]
    plain, gridded = named(to_pixels(photo)), named(to_pixels(photo + grid))
    assert gridded["spectrum_peak"] > plain["spectrum_peak"] + 1


def test_noise_of_one_half_is_uneven() -> None:
    half = noise(20, grey=True)
    half[:, 240:] = 128
    # Squares of spread s and 0 in equal numbers have a mean of s/2 and a deviation of s/2.
    assert named(half)["noise_unevenness"] == pytest.approx(1, abs=0.08)


def test_invariances() -> None:
    photo = natural(-2)
    turned = features(photo[:, ::-1].copy())
    np.testing.assert_allclose(turned, features(photo), atol=1e-6)
    brighter = features(to_pixels(np.clip(photo, 10, 240).astype(float) + 10))
    np.testing.assert_allclose(brighter, features(np.clip(photo, 10, 240)), atol=1e-6)


def test_blur_steepens_and_grain_flattens() -> None:
    photo = natural(-3)
    blurred = named(np.array(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(1.5))))
    rng = np.random.default_rng(0)
    grained = named(to_pixels(photo + rng.normal(0, 10, SHAPE)))
    plain = named(photo)
    assert blurred["spectrum_slope"] < plain["spectrum_slope"] - 0.3 < plain["spectrum_slope"]
    assert grained["spectrum_slope"] > plain["spectrum_slope"] + 0.1
    assert blurred["noise_level"] < plain["noise_level"] < grained["noise_level"]
    assert blurred["fine_share"] < plain["fine_share"] < grained["fine_share"]


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((320, 480), np.uint8),
        np.zeros((320, 480, 4), np.uint8),
        np.zeros(SHAPE),
        np.zeros((63, 99, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused(pixels: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        features(pixels)
