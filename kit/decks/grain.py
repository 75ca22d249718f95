"""Making the versions of one photograph alike in sharpness and in noise, so that neither tells them apart.

A patch-averaging generator is softer than a camera and has no sensor noise. Left alone, "blurred and clean" would
betray every generated image, on a screen as in a file. What is served is therefore brought to a common measure:

1. every picture passes the same mild low-pass;
2. the amplitude spectra of the versions of one photograph are measured in rings, and each version is attenuated to
   the softest of them, ring by ring, down to a floor (it is never sharpened: that would invent detail);
3. the noise of each is estimated and Gaussian grain is added, more of it to the cleaner ones.

This removes global differences only. What the generator got wrong in the picture itself stays: that is the game.
"""

from __future__ import annotations

import numpy as np

RINGS = 48
"""Rings of equal width in which a spectrum is averaged, from 0 to √½ cycles per pixel."""
SPARED = 0.08
"""Spatial frequency (cycles per pixel) below which nothing is attenuated: shapes and layout stay."""
FLOOR = 0.3
"""The most a ring is attenuated."""
BLUR = 0.6
"""Standard deviation, in pixels, of the low-pass common to all."""
ALONE = 0.85
"""The same for a photograph without a machine's version: about as soft as the others become, or it would be told by its
sharpness."""
GRAIN = 2.5
"""Standard deviation, in levels of 255, of the least grain anything receives."""
MOST_NOISE = 6.0
"""Noise (levels of 255) beyond which the estimate is texture rather than noise, and is not imitated."""


def noise_level(picture: np.ndarray) -> float:
    """Standard deviation of the noise, in levels of 255.

    Median absolute deviation of the diagonal Haar details (Donoho & Johnstone 1994) over the smoothest quarter of the
    8 × 8 blocks. ``picture``: (height, width, 3) or (height, width); sides of at least 64.
    """
    plane = picture.astype(np.float32)
    if plane.ndim == 3:
        plane = plane.mean(axis=2)
    height, width = (side // 16 * 16 for side in plane.shape)
    plane = plane[:height, :width]
    a, b, c, d = plane[0::2, 0::2], plane[0::2, 1::2], plane[1::2, 0::2], plane[1::2, 1::2]
    detail, mean = (a - b - c + d) / 2, (a + b + c + d) / 4

    def blocks(values: np.ndarray) -> np.ndarray:
        rows, columns = values.shape[0] // 8, values.shape[1] // 8
        return values.reshape(rows, 8, columns, 8).swapaxes(1, 2).reshape(-1, 64)

    # Blocks are ranked by what the detail does not see, so that choosing the smoothest does not bias the estimate.
    rough = blocks(mean).var(axis=1)
    smooth = blocks(detail)[rough <= np.quantile(rough, 0.25)]
    return float(np.median(np.abs(smooth)) / 0.6745)


def _opponent(picture: np.ndarray) -> np.ndarray:
    """(3, height, width) float32: grey, red − green, blue − yellow."""
    r, g, b = np.moveaxis(picture.astype(np.float32), 2, 0)
    return np.stack([(r + g + b) / 3, r - g, b - (r + g) / 2])


def _colours(planes: np.ndarray) -> np.ndarray:
    """Inverse of :func:`_opponent`: (height, width, 3) float32."""
    grey, rg, by = planes
    b = grey + by * 2 / 3
    half = (3 * grey - b) / 2
    return np.stack([half + rg / 2, half - rg / 2, b], axis=2)


def _rings(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """For each DCT coefficient its spatial frequency (cycles per pixel) and its ring."""
    vertical = np.arange(height)[:, None] / (2 * height)
    horizontal = np.arange(width)[None, :] / (2 * width)
    frequency = np.hypot(vertical, horizontal).astype(np.float32)
    return frequency, np.minimum((frequency / np.sqrt(0.5) * RINGS).astype(int), RINGS - 1)


def match_sharpness(pictures: list[np.ndarray]) -> list[np.ndarray]:
    """Steps 1 and 2: the versions of one photograph with alike spectra, float32 (height, width, 3), shaped as given."""
    from scipy.fft import dctn, idctn

    frequency, ring = _rings(*pictures[0].shape[:2])
    counts = np.bincount(ring.ravel(), minlength=RINGS)
    common = np.exp(-2 * (np.pi * (BLUR if len(pictures) > 1 else ALONE) * frequency) ** 2)
    spectra = [dctn(_opponent(picture), axes=(1, 2), norm="ortho") * common for picture in pictures]
    amplitudes = np.empty((len(pictures), 3, RINGS), np.float32)
    for index, spectrum in enumerate(spectra):
        for plane in range(3):
            power = np.bincount(ring.ravel(), (spectrum[plane] ** 2).ravel(), minlength=RINGS) / counts
            amplitudes[index, plane] = np.sqrt(power) + 1e-3
    softest = amplitudes.min(axis=0)
    spared = np.clip((frequency - SPARED) / SPARED, 0, 1)
    matched = []
    for spectrum, amplitude in zip(spectra, amplitudes, strict=True):
        for plane in range(3):
            gain = np.clip(softest[plane] / amplitude[plane], FLOOR, 1)
            # Rings meet smoothly: a gain that jumped would ring in the picture.
            gain = np.convolve(np.pad(gain, 2, mode="edge"), np.array([1, 4, 6, 4, 1]) / 16, mode="valid")
            spectrum[plane] *= 1 - spared * (1 - gain[ring])
        matched.append(_colours(idctn(spectrum, axes=(1, 2), norm="ortho")))
    return matched


def grain_for(pictures: list[np.ndarray]) -> list[float]:
    """Step 3: the standard deviation of the grain each picture needs for all to reach one noise level.

    Everything receives :data:`GRAIN` at least; levels of 255.
    """
    noise = [min(noise_level(picture), MOST_NOISE) for picture in pictures]
    return [float(np.sqrt(max(noise) ** 2 - own**2 + GRAIN**2)) for own in noise]


def add_grain(picture: np.ndarray, sigma: float, seed: int, *, grey: bool) -> np.ndarray:
    """``picture`` with Gaussian grain of standard deviation ``sigma``: uint8, (height, width, 3).

    Channels share most of the grain, as on film; all of it when the picture is ``grey``, so that it stays grey.
    """
    generator = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    shared = generator.standard_normal((height, width, 1), dtype=np.float32)
    if grey:
        flat = picture.astype(np.float32).mean(axis=2, keepdims=True) + sigma * shared
        return np.repeat(np.clip(np.rint(flat), 0, 255).astype(np.uint8), 3, axis=2)
    own = generator.standard_normal((height, width, 3), dtype=np.float32)
    mixed = picture.astype(np.float32) + sigma * (0.8 * shared + 0.6 * own)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
