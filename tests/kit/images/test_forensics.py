"""Forensic views measured on pictures whose history is known."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from kit.images import forensics
from kit.images.forensics import error_level, luma, noise_residual, resave, resize, spectrum


def textured(width: int = 256, height: int = 192, seed: int = 3) -> np.ndarray:
    """Clouds with grain, so that JPEG has something to lose everywhere."""
    from scipy import ndimage

    rng = np.random.default_rng(seed)
    clouds = ndimage.gaussian_filter(rng.normal(size=(height, width, 3)), (6, 6, 0))
    grain = rng.normal(size=(height, width, 1)) * 6
    return np.clip(128 + clouds / clouds.std() * 30 + grain, 0, 255).astype(np.uint8)


def test_error_level_measures_the_resave_it_made() -> None:
    pixels = textured()
    trace = error_level(pixels, quality=80, gain=10)
    difference = np.abs(pixels.astype(float) - resave(pixels, 80))
    assert (trace.resaved == resave(pixels, 80)).all()
    assert trace.mean == pytest.approx(difference.mean(), rel=1e-4)
    assert trace.view.astype(float) == pytest.approx(np.clip(difference * 10, 0, 255), abs=1)
    assert trace.blocks.shape == (24, 32)
    assert trace.blocks[2, 5] == pytest.approx(difference[16:24, 40:48].mean(), rel=1e-4)
    row, column = np.unravel_index(trace.blocks.argmax(), trace.blocks.shape)
    assert trace.peak_at == pytest.approx(((column + 0.5) / 32, (row + 0.5) / 24))


def test_a_piece_with_another_past_stands_out_and_a_resave_hides_it() -> None:
    fresh = textured()
    spliced = resave(fresh, 60)
    spliced[64:128, 96:160] = fresh[64:128, 96:160]  # pasted from a picture that was never compressed

    def gap(picture: np.ndarray) -> float:
        """How much more the piece changes than the rest, in levels."""
        blocks = error_level(picture, quality=60).blocks
        inside = blocks[8:16, 12:20]
        return float(inside.mean() - (blocks.sum() - inside.sum()) / (blocks.size - inside.size))

    assert gap(spliced) > 2
    assert abs(gap(resave(spliced, 40))) < gap(spliced) / 5
    softer = resize(resize(spliced, 0.75), 4 / 3)
    assert abs(gap(softer)) < gap(spliced) / 2


def test_a_flat_picture_has_no_error_level_nor_grain() -> None:
    flat = np.full((64, 64, 3), 128, np.uint8)
    assert error_level(flat).mean == 0
    for method in ("median", "wiener"):
        trace = noise_residual(flat, method=method)
        assert trace.sigma == 0
        assert (trace.view == 128).all()


@pytest.mark.parametrize("method", ["median", "wiener"])
def test_the_residual_finds_where_the_grain_is(method: str) -> None:
    rng = np.random.default_rng(0)
    smooth = np.tile(np.linspace(60, 190, 256), (192, 1))
    grainy = smooth.copy()
    grainy[:, 128:] += rng.normal(size=(192, 128)) * 8
    pixels = np.repeat(np.clip(grainy, 0, 255).round().astype(np.uint8)[..., None], 3, axis=2)
    trace = noise_residual(pixels, method=method)
    assert trace.blocks.shape == (6, 8)
    # The filters take away most of a grain of 8 levels; the residual is what they took.
    assert 2.5 < trace.blocks[:, 5:].mean() < 9
    assert trace.blocks[:, :3].mean() < 1
    assert trace.residual.dtype == np.float32
    expected = np.clip(128 + trace.gain * trace.residual, 0, 255).astype(np.uint8)
    assert (trace.view[..., 1] == expected).all()


def test_median_residual_equals_its_definition() -> None:
    pixels = textured(32, 32)
    brightness = luma(pixels)
    trace = noise_residual(pixels)
    for row, column in ((5, 5), (20, 11), (30, 30)):
        around = brightness[row - 1 : row + 2, column - 1 : column + 2]
        assert trace.residual[row, column] == pytest.approx(brightness[row, column] - np.median(around), abs=1e-3)


def test_an_unknown_filter_is_refused() -> None:
    with pytest.raises(ValueError, match="sharpen"):
        noise_residual(textured(32, 32), method="sharpen")


def test_luma_of_pure_colours() -> None:
    pure = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert luma(pure)[0] == pytest.approx([76.245, 149.685, 29.07, 255], abs=1e-3)


def test_the_spectrum_finds_a_grating() -> None:
    x = np.arange(300)
    grating = 128 + 60 * np.sin(2 * np.pi * x * 0.25)
    pixels = np.repeat(np.tile(grating, (280, 1)).astype(np.uint8)[..., None], 3, axis=2)
    trace = spectrum(pixels)
    assert trace.side == 256
    assert np.abs(trace.peak_at) == pytest.approx([0.25, 0.0], abs=0.005)
    assert trace.peak_ratio > 1e4
    ring = {round(float(f), 3): p for f, p in zip(trace.frequencies, trace.profile, strict=True)}
    assert ring[0.25] > ring[0.219] + 0.1
    assert ring[0.25] > ring[0.281] + 0.1


def test_the_slope_of_white_and_of_smooth_noise() -> None:
    white = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    assert spectrum(white).slope == pytest.approx(0, abs=0.15)
    # Noise whose amplitude falls as 1/f has power falling as 1/f².
    rng = np.random.default_rng(1)
    f = np.hypot(np.fft.fftfreq(512)[:, None], np.fft.fftfreq(512))
    f[0, 0] = 1
    pink = np.fft.ifft2(np.fft.fft2(rng.normal(size=(512, 512))) / f).real
    grey = np.clip(128 + pink / pink.std() * 40, 0, 255).astype(np.uint8)
    assert spectrum(np.repeat(grey[..., None], 3, axis=2)).slope == pytest.approx(-2, abs=0.15)


def test_enlarging_by_copying_pixels_leaves_a_trace_that_shrinking_erases() -> None:
    small = textured(150, 150)
    doubled = np.asarray(Image.fromarray(small).resize((300, 300), Image.Resampling.NEAREST))
    assert spectrum(doubled).peak_ratio > 20 * spectrum(textured(300, 300)).peak_ratio
    assert spectrum(resize(doubled, 0.5)).peak_ratio < spectrum(doubled).peak_ratio / 15


def test_small_and_odd_sizes() -> None:
    for size in ((16, 16), (17, 40), (257, 33)):
        pixels = textured(*size)
        assert error_level(pixels).view.shape == pixels.shape
        assert noise_residual(pixels).view.shape == pixels.shape
        assert spectrum(pixels).view.shape[2] == 3
    assert error_level(textured(5, 3)).blocks.shape == (1, 1)
    with pytest.raises(ValueError, match="too few"):
        spectrum(textured(15, 15))
    for scale in (0, -1, 5, float("nan")):
        with pytest.raises(ValueError, match="scale"):
            resize(textured(16, 16), scale)


def test_resave_is_one_jpeg_save() -> None:
    pixels = textured()
    assert resave(pixels, 95).shape == pixels.shape
    losses = [np.abs(resave(pixels, q).astype(int) - pixels).mean() for q in (95, 75, 30)]
    assert losses == sorted(losses)
    assert forensics.resize(pixels, 0.5).shape == (96, 128, 3)
