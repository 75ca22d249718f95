"""Noise and sharpness: measured rightly, and brought together."""

from __future__ import annotations

import numpy as np
import pytest

from kit.decks import grain


def smooth(seed: int = 0) -> np.ndarray:
    y, x = np.mgrid[0:320, 0:480]
    plane = 120 + 50 * np.sin(x / 90 + seed) + 40 * np.cos(y / 70)
    return np.repeat(plane[..., None], 3, axis=2)


@pytest.mark.parametrize("sigma", [1.0, 3.0, 6.0])
def test_noise_level_finds_the_noise_that_was_added(sigma: float) -> None:
    noisy = smooth() + np.random.default_rng(1).normal(0, sigma, (320, 480, 1))
    assert grain.noise_level(noisy) == pytest.approx(sigma, rel=0.06)


def test_noise_level_of_a_clean_picture_is_nil() -> None:
    assert grain.noise_level(smooth()) < 0.05


def test_noise_level_ignores_edges_and_texture_elsewhere() -> None:
    noisy = smooth() + np.random.default_rng(1).normal(0, 2, (320, 480, 1))
    noisy[:160] = (np.indices((160, 480)) // 5).sum(axis=0)[..., None] % 2 * 255
    assert grain.noise_level(noisy) == pytest.approx(2, rel=0.1)


def high(picture: np.ndarray) -> float:
    """Energy beyond a quarter of a cycle per pixel, from numpy's FFT: another road than the DCT of the code."""
    plane = picture.mean(axis=2) - picture.mean()
    window = np.hanning(320)[:, None] * np.hanning(480)
    power = np.abs(np.fft.fft2(plane * window)) ** 2
    frequency = np.hypot(np.fft.fftfreq(320)[:, None], np.fft.fftfreq(480))
    return float(np.sqrt(power[(frequency > 0.15) & (frequency < 0.4)].mean()))


def test_sharpness_meets_at_the_softer_one_and_shapes_stay() -> None:
    sharp = np.clip(smooth() + np.random.default_rng(2).normal(0, 12, (320, 480, 3)), 0, 255).astype(np.uint8)
    soft = np.array((sharp.astype(float) + np.roll(sharp, 1, 0) + np.roll(sharp, 1, 1)) / 3).astype(np.uint8)
    before = high(sharp) / high(soft)
    one, other = grain.match_sharpness([sharp, soft])
    assert before > 1.4
    assert high(one) / high(other) == pytest.approx(1, abs=0.1)
    coarse = sharp.reshape(20, 16, 30, 16, 3).mean(axis=(1, 3)) - one.reshape(20, 16, 30, 16, 3).mean(axis=(1, 3))
    assert np.abs(coarse).max() < 2


def test_equal_pictures_only_get_the_common_low_pass_and_one_alone_a_stronger_one() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (320, 480, 3), dtype=np.uint8)
    one, twin = grain.match_sharpness([picture, picture])
    (alone,) = grain.match_sharpness([picture])
    assert (one == twin).all()
    # White noise keeps, between 0.15 and 0.4 cycles per pixel, about exp(-2 (π σ f)²) of its amplitude.
    for blurred, sigma in ((one, grain.BLUR), (alone, grain.ALONE)):
        frequency = np.linspace(0.15, 0.4, 200)
        gains = np.exp(-2 * (np.pi * sigma * frequency) ** 2)
        expected = np.sqrt((gains**2 * frequency).sum() / frequency.sum())
        assert high(blurred) / high(picture) == pytest.approx(expected, rel=0.03)


def test_grain_fills_up_to_one_level() -> None:
    clean, noisy = smooth(), smooth() + np.random.default_rng(1).normal(0, 4, (320, 480, 1))
    for_clean, for_noisy = grain.grain_for([clean, noisy])
    assert for_noisy == pytest.approx(grain.GRAIN)
    assert for_clean == pytest.approx(np.hypot(4, grain.GRAIN), rel=0.05)


def test_grain_keeps_grey_grey_and_obeys_its_seed() -> None:
    picture = np.full((320, 480, 3), 128, np.uint8)
    grey = grain.add_grain(picture, 3, 1, grey=True)
    assert (grey == grey[..., :1]).all()
    assert grey.std() == pytest.approx(3, rel=0.03)
    coloured = grain.add_grain(picture, 3, 1, grey=False)
    assert not (coloured == coloured[..., :1]).all()
    assert (coloured == grain.add_grain(picture, 3, 1, grey=False)).all()
    assert (coloured != grain.add_grain(picture, 3, 2, grey=False)).any()
