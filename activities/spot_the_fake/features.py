"""Eight numbers that describe the spectrum and the noise of an image, without looking at what it shows.

Each is a classic of image forensics in its simplest form. None is proof of anything: resizing, compression or a
filter moves all of them, which is what the detector's page demonstrates.

Sources: the 1/f spectrum of natural images, Field (1987), *JOSA A* 4, 2379-2394; the noise mask, Immerkær (1996),
*Computer Vision and Image Understanding* 64, 300-302.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEATURES = (
    "spectrum_slope",
    "middle_share",
    "fine_share",
    "spectrum_peak",
    "noise_level",
    "noise_tails",
    "noise_unevenness",
    "noise_across_colours",
)
"""Ids, in the order of the vector; each has its plain words in the activity's content."""

RINGS = 32
"""Radial bins of the spectrum."""
LOWEST, MIDDLE, FINE, HIGHEST = 1 / 64, 1 / 16, 1 / 4, 1 / 2
"""Bounds of the bands, in cycles a pixel; 1/2 is a line in two."""
BLOCK = 16
"""Side, in pixels, of the squares in which noise is compared."""
QUIET = 1e-6
"""Power or spread below which there is nothing but rounding: the feature then takes the value stated for it."""

_LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, kw_only=True)
class FeatureTrace:
    """Each step from pixels to features. The spectrum's curve and its fitted line can be drawn as they are."""

    frequencies: tuple[float, ...]
    """Centre of each ring, cycles a pixel, increasing."""
    log_power: tuple[float, ...]
    """log10 of the mean power in the ring."""
    slope: float
    intercept: float
    """The line log_power ≈ slope · log10(frequency) + intercept."""
    residual: NDArray[np.float64]
    """What the noise mask leaves of the luminance, shape (height − 2, width − 2), in grey levels of 255."""
    values: tuple[tuple[str, float], ...]
    """Each feature and its value."""


def features(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The feature vector of ``pixels`` (height, width, 3; uint8), shape (8,), in the order of :data:`FEATURES`."""
    return np.array([value for _, value in explain(pixels).values])


def explain(pixels: NDArray[np.uint8]) -> FeatureTrace:
    """The features of ``pixels`` (height, width, 3; uint8; at least 64 × 64) with every step.

    ``spectrum_slope``: slope of log power against log frequency. 0 for white noise, about −2 and below for photographs.
    ``middle_share``, ``fine_share``: log10 of the share of the power in 1/16–1/4 and 1/4–1/2 cycles a pixel.
    ``spectrum_peak``: log10 of the strongest point over the median of its ring, above 1/16; regular grids show here.
    ``noise_level``: log10 of 1 + the standard deviation of the residual, in grey levels.
    ``noise_tails``: log10 of 1 + the kurtosis of the residual; log10 4 for Gaussian noise, more with edges.
    ``noise_unevenness``: standard deviation over mean of the noise of the squares of :data:`BLOCK` pixels.
    ``noise_across_colours``: mean correlation of the residuals of red, green and blue; 0 if independent, 1 for grey.

    A flat image has slope, tails, peak and unevenness 0, noise 0, correlation 1 and shares of 10⁻⁶. Raises
    :class:`ValueError` on another shape or type.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or min(pixels.shape[:2]) < 64:
        raise ValueError(f"expected uint8 (height, width, 3) of 64 × 64 or more, got {pixels.dtype} {pixels.shape}")
    colours = pixels.astype(np.float64)
    luma = colours @ _LUMA
    # 1. Power spectrum of the luminance
    frequency, power = _spectrum(luma)
    # 2. Rings, evenly spaced in log frequency, and the line through them
    centres, means, medians, ring = _rings(frequency, power)
    flat = power.sum() < QUIET * power.size
    log_power = np.log10(means + QUIET)
    slope, intercept = np.polyfit(np.log10(centres), log_power, 1)
    # 3. Shares of the bands, and the strongest point against its ring
    whole = power[(frequency > 0) & (frequency < HIGHEST)].sum()
    middle = power[(frequency >= MIDDLE) & (frequency < FINE)].sum()
    fine = power[(frequency >= FINE) & (frequency < HIGHEST)].sum()
    inside = (ring >= 0) & (frequency >= MIDDLE)
    peak = np.max(power[inside] / (medians[ring[inside]] + QUIET))
    # 4. Noise residuals
    residual = _residual(luma)
    by_colour = [_residual(colours[:, :, channel]) for channel in range(3)]
    values = (
        0.0 if flat else float(slope),
        _log_share(middle, whole),
        _log_share(fine, whole),
        0.0 if flat else float(np.log10(peak + 1)),
        float(np.log10(1 + residual.std())),
        _tails(residual),
        _unevenness(residual),
        _across(by_colour),
    )
    return FeatureTrace(
        frequencies=tuple(centres.tolist()),
        log_power=tuple(log_power.tolist()),
        slope=values[0],
        intercept=float(intercept),
        residual=residual,
        values=tuple(zip(FEATURES, values, strict=True)),
    )


def _spectrum(luma: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Radial frequency and power of each point, both of the shape of ``numpy.fft.rfft2``."""
    height, width = luma.shape
    # The Hann window keeps the border, where opposite edges meet, from drawing a cross.
    window = np.hanning(height)[:, None] * np.hanning(width)[None, :]
    power = np.abs(np.fft.rfft2((luma - luma.mean()) * window)) ** 2 / np.sum(window**2)
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    return frequency, power


def _rings(
    frequency: NDArray[np.float64], power: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int_]]:
    """Centre, mean and median power of each ring that holds a point, and the ring of each point (−1: none)."""
    edges = np.geomspace(LOWEST, HIGHEST, RINGS + 1)
    ring = np.where((frequency >= LOWEST) & (frequency < HIGHEST), np.searchsorted(edges, frequency, "right") - 1, -1)
    ring = np.minimum(ring, RINGS - 1)
    held = np.unique(ring[ring >= 0])
    renumbered = np.full(RINGS + 1, -1)
    renumbered[held] = np.arange(len(held))  # the last entry stays −1, and is what −1 indexes
    ring = renumbered[ring]
    groups = [power[ring == number] for number in range(len(held))]
    return (
        np.sqrt(edges[held] * edges[held + 1]),
        np.array([group.mean() for group in groups]),
        np.array([np.median(group) for group in groups]),
        ring,
    )


def _residual(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Noise left by Immerkær's mask, scaled so that white noise keeps its spread; (height − 2, width − 2).

    The mask is [1 −2 1]ᵀ[1 −2 1] / 6: it takes out every plane and every straight edge along the axes.
    """
    across = plane[:, :-2] - 2 * plane[:, 1:-1] + plane[:, 2:]
    return (across[:-2] - 2 * across[1:-1] + across[2:]) / 6


def _log_share(part: float, whole: float) -> float:
    share = part / whole if whole > QUIET else 0.0
    return float(np.log10(max(share, QUIET)))


def _tails(residual: NDArray[np.float64]) -> float:
    variance = residual.var()
    if variance < QUIET:
        return 0.0
    return float(np.log10(1 + np.mean((residual - residual.mean()) ** 4) / variance**2))


def _unevenness(residual: NDArray[np.float64]) -> float:
    rows, columns = residual.shape[0] // BLOCK, residual.shape[1] // BLOCK
    # Squares laid around the centre, so that a mirrored image gives the same ones
    top, left = (residual.shape[0] - rows * BLOCK) // 2, (residual.shape[1] - columns * BLOCK) // 2
    kept = residual[top : top + rows * BLOCK, left : left + columns * BLOCK]
    squares = kept.reshape(rows, BLOCK, columns, BLOCK)
    spread = squares.std(axis=(1, 3))
    return float(spread.std() / spread.mean()) if spread.mean() > QUIET else 0.0


def _across(residuals: list[NDArray[np.float64]]) -> float:
    if min(residual.std() for residual in residuals) < QUIET:
        return 1.0
    matrix = np.corrcoef([residual.ravel() for residual in residuals])
    return float((matrix[0, 1] + matrix[0, 2] + matrix[1, 2]) / 3)
