"""Forensic views of a picture: what each computes, step by step, and a displayable image of it.

None of them proves anything. They show where a picture was compressed, sharpened or made differently from its
surroundings, and a plain re-save or resize is enough to blur or erase that: :func:`resave` and :func:`resize` let a
class see it for itself.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in brightness (ITU-R BT.601), as JPEG uses them."""
BLOCK = 8
"""Side of a JPEG block, in pixels."""


@dataclass(frozen=True, kw_only=True)
class ErrorLevel:
    """Trace of :func:`error_level`."""

    quality: int
    """JPEG quality of the re-save, 1–95."""
    resaved: np.ndarray
    """uint8, height × width × 3: the picture after one more JPEG save."""
    gain: float
    """How many times the difference is amplified in ``view``."""
    view: np.ndarray
    """uint8, height × width × 3: the amplified difference; brighter changed more."""
    blocks: np.ndarray
    """float32, one mean per 8 × 8 block: the local mean difference, in levels of 0–255."""
    mean: float
    """Mean difference over the picture, in levels of 0–255."""
    peak: float
    """Mean difference of the most changed block, in levels."""
    peak_at: tuple[float, float]
    """Centre of that block, as fractions of width and height from the top-left corner."""


@dataclass(frozen=True, kw_only=True)
class NoiseResidual:
    """Trace of :func:`noise_residual`."""

    method: str
    """``median`` or ``wiener``."""
    residual: np.ndarray
    """float32, height × width: brightness minus its smoothed version, in levels of 0–255."""
    gain: float
    view: np.ndarray
    """uint8, height × width × 3: mid-grey plus the amplified residual."""
    sigma: float
    """Robust spread of the residual over the picture, in levels (1.4826 × median absolute deviation)."""
    blocks: np.ndarray
    """float32: the same spread in each 32 × 32 tile, in levels."""


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """Trace of :func:`spectrum`."""

    side: int
    """Side of the analysed square, in pixels: the largest power of two that fits in the middle of the picture."""
    view: np.ndarray
    """uint8, side × side × 3: log magnitude, zero frequency in the centre."""
    frequencies: np.ndarray
    """float32: centre of each ring, in cycles per pixel, up to 0.5 (the finest pattern pixels can carry)."""
    profile: np.ndarray
    """float32: mean log10 power of each ring."""
    slope: float
    """Slope of log10 power by log10 frequency, 0.02–0.35 cycles per pixel: 0 for white noise, lower if smoother."""
    peak_ratio: float
    """Strongest frequency above 0.1 cycles per pixel against the median of its ring, as a power ratio. Regular
    patterns give large ones, whether a machine's upsampling or a shirt's weave."""
    peak_at: tuple[float, float]
    """That frequency, in cycles per pixel across and down."""


def luma(pixels: np.ndarray) -> np.ndarray:
    """Brightness of uint8 height × width × 3 as float32 height × width, 0–255."""
    return pixels.astype(np.float32) @ np.asarray(LUMA, dtype=np.float32)


def error_level(pixels: np.ndarray, *, quality: int = 90, gain: float | None = None) -> ErrorLevel:
    """Error-level analysis (Krawetz 2007): save once more as JPEG and look at what that changes.

    ``pixels``: uint8, height × width × 3. ``quality``: 1–95. ``gain``: amplification of the view; by default what
    brings the 99.5th percentile of the difference to white, at most 60.
    """
    # 1. One more save, at full colour resolution so that only the block transform is measured.
    resaved = resave(pixels, quality)
    # 2. What it changed.
    difference = np.abs(pixels.astype(np.float32) - resaved)
    # 3. Amplified to be seen.
    if gain is None:
        gain = min(60.0, 255 / max(1.0, float(np.percentile(difference, 99.5))))
    view = np.clip(difference * gain, 0, 255).astype(np.uint8)
    # 4. The local mean: one number a JPEG block.
    blocks = _tiles(difference.mean(axis=2), BLOCK, np.mean)
    row, column = np.unravel_index(int(blocks.argmax()), blocks.shape)
    return ErrorLevel(
        quality=quality,
        resaved=resaved,
        gain=gain,
        view=view,
        blocks=blocks,
        mean=float(difference.mean()),
        peak=float(blocks.max()),
        peak_at=(float(column + 0.5) / blocks.shape[1], float(row + 0.5) / blocks.shape[0]),
    )


def noise_residual(pixels: np.ndarray, *, method: str = "median", gain: float = 8.0) -> NoiseResidual:
    """The fine grain of a picture: its brightness minus a smoothed version of itself.

    ``pixels``: uint8, height × width × 3. ``method``: ``median`` (3 × 3 median) or ``wiener`` (5 × 5 adaptive filter
    of Lee 1980: smooths flat places more than busy ones).
    """
    from scipy import ndimage

    brightness = luma(pixels)
    # 1. Smooth.
    if method == "median":
        smooth = ndimage.median_filter(brightness, size=3, mode="reflect")
    elif method == "wiener":
        smooth = _wiener(brightness)
    else:
        raise ValueError(f"unknown method {method!r}")
    # 2. Subtract.
    residual = (brightness - smooth).astype(np.float32)
    # 3. Amplify around mid-grey.
    grey = np.clip(128 + gain * residual, 0, 255).astype(np.uint8)
    return NoiseResidual(
        method=method,
        residual=residual,
        gain=gain,
        view=np.repeat(grey[..., None], 3, axis=2),
        sigma=_spread(residual),
        blocks=_tiles(residual, 32, _spread_of_rows),
    )


def spectrum(pixels: np.ndarray) -> Spectrum:
    """Which patterns repeat, and how finely: the Fourier power of the middle square, and its mean by ring.

    ``pixels``: uint8, height × width × 3, at least 16 pixels each way.
    """
    height, width = pixels.shape[:2]
    side = 1 << (min(height, width).bit_length() - 1)
    if side < 16:
        raise ValueError(f"{width} × {height} pixels are too few for a spectrum")
    # 1. The middle square, without its mean, faded out at its edges (Hann) so that they leave no cross.
    top, left = (height - side) // 2, (width - side) // 2
    square = luma(pixels[top : top + side, left : left + side])
    window = np.hanning(side).astype(np.float32)
    square = (square - square.mean()) * window[:, None] * window
    # 2. Power of each frequency, zero in the centre.
    power = np.abs(np.fft.fftshift(np.fft.fft2(square))) ** 2
    log = np.log10(power + 1e-3)
    low, high = np.percentile(log, (1, 99.9))
    grey = np.clip((log - low) / max(high - low, 1e-9) * 255, 0, 255).astype(np.uint8)
    # 3. Mean of each ring, one frequency step wide.
    axis = np.fft.fftshift(np.fft.fftfreq(side))
    radius = np.hypot(axis[:, None], axis)
    ring = np.rint(radius * side).astype(int)
    inside = (ring >= 1) & (ring <= side // 2)
    counts = np.bincount(ring[inside], minlength=side // 2 + 1)[1:]
    profile = np.bincount(ring[inside], weights=log[inside], minlength=side // 2 + 1)[1:] / counts
    frequencies = np.arange(1, side // 2 + 1) / side
    # 4. The slope, and the frequency that stands out most from its ring.
    band = (frequencies >= 0.02) & (frequencies <= 0.35)
    slope = float(np.polyfit(np.log10(frequencies[band]), profile[band], 1)[0])
    usual = np.array([np.median(log[ring == r]) if r <= side // 2 else 0.0 for r in range(side // 2 + 1)])
    excess = np.where(inside & (radius > 0.1), log - usual[np.minimum(ring, side // 2)], -np.inf)
    row, column = np.unravel_index(int(excess.argmax()), excess.shape)
    return Spectrum(
        side=side,
        view=np.repeat(grey[..., None], 3, axis=2),
        frequencies=frequencies.astype(np.float32),
        profile=profile.astype(np.float32),
        slope=slope,
        peak_ratio=float(10 ** excess[row, column]),
        peak_at=(float(axis[column]), float(axis[row])),
    )


def resave(pixels: np.ndarray, quality: int) -> np.ndarray:
    """The picture after one JPEG save at ``quality`` (1–95), full colour resolution. uint8, same shape."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=0)
    with Image.open(out, formats=["JPEG"]) as image:
        return np.array(image.convert("RGB"))


def resize(pixels: np.ndarray, scale: float) -> np.ndarray:
    """The picture at ``scale`` times its size (0 < scale ≤ 4), Lanczos. uint8."""
    if not 0 < scale <= 4:
        raise ValueError(f"scale {scale} is not in 0–4")
    height, width = pixels.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def _wiener(brightness: np.ndarray, side: int = 5) -> np.ndarray:
    """Lee's local linear filter: mean + max(0, variance − noise) / variance × (value − mean)."""
    from scipy import ndimage

    exact = brightness.astype(np.float64)
    mean = ndimage.uniform_filter(exact, side, mode="reflect")
    variance = np.maximum(ndimage.uniform_filter(exact**2, side, mode="reflect") - mean**2, 0)
    noise = float(np.median(variance))  # most places of a photo are flat
    keep = np.maximum(variance - noise, 0) / np.maximum(variance, max(noise, 1e-9))
    return mean + keep * (exact - mean)


def _spread(values: np.ndarray) -> float:
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def _spread_of_rows(values: np.ndarray, axis: int) -> np.ndarray:
    middle = np.median(values, axis=axis, keepdims=True)
    return 1.4826 * np.median(np.abs(values - middle), axis=axis)


def _tiles(values: np.ndarray, side: int, measure: Callable[..., np.ndarray]) -> np.ndarray:
    """``measure(values, axis=…)`` of each whole tile; a picture smaller than a tile is one tile."""
    height, width = values.shape
    side = min(side, height, width)
    rows, columns = height // side, width // side
    tiles = values[: rows * side, : columns * side].reshape(rows, side, columns, side)
    flat = tiles.transpose(0, 2, 1, 3).reshape(rows, columns, side * side)
    return np.asarray(measure(flat, axis=2), dtype=np.float32)
