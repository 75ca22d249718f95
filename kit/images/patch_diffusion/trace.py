"""What a run of the generator leaves behind: plain numpy, so that it crosses processes and a page can draw it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Level:
    """One size of the pyramid, coarsest first."""

    height: int
    width: int
    patches: int
    """How many patches of the photographs were searched."""
    stride: int
    """A patch was denoised around every ``stride``-th pixel of each row and column."""


@dataclass(frozen=True, kw_only=True)
class Looks:
    """What the denoiser saw around a few places, and what it answered there.

    ``p`` places, ``n`` patches found for each, ``k`` pixels a side. Patches are uint8, at the scale of the photographs.
    """

    noisy: NDArray[np.uint8]
    """(p, k, k, 3): the noisy patch, clipped to what can be shown."""
    found: NDArray[np.uint8]
    """(p, n, k, k, 3): the patches of the photographs that weigh most, nearest first."""
    weight: NDArray[np.float32]
    """(p, n): their shares of the answer; they add up to 1, or to less where further patches weigh in."""
    photo: NDArray[np.uint8]
    """(p, n): the photograph of each."""
    place: NDArray[np.float32]
    """(p, n, 2): its centre there, as a fraction of that photograph, y then x."""
    clean: NDArray[np.uint8]
    """(p, k, k, 3): the answer, the weighted mean of the patches."""


@dataclass(frozen=True, kw_only=True)
class DenoisingStep:
    """One step of the sampler. Images are uint8, ``(height, width, 3)`` of their level."""

    level: int
    """Index into :attr:`Trace.levels`."""
    timestep: int
    """Of the scheduler: 999 is nearly pure noise, 0 nearly none."""
    noise: float
    """Standard deviation of the noise, against an image whose values span 2 (from -1 to 1)."""
    noisy: NDArray[np.uint8]
    """The image that the denoiser received, clipped to what can be shown."""
    denoised: NDArray[np.uint8]
    """Its answer: the clean image it believes lies under the noise."""
    looks: Looks | None = None
    """What it saw around the places that were asked for."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """For each pixel of the final image, where it came from. Arrays are ``(height, width)``.

    A pixel is the mean of overlapping patches; the one named here is the best match of the patch centred on it or,
    where patches are denoised around every second pixel, of the nearest centre, moved by as much.
    """

    photo: NDArray[np.uint8]
    """Index of the photograph."""
    y: NDArray[np.float32]
    """Row in that photograph, in its own pixels (0 = centre of the first row)."""
    x: NDArray[np.float32]
    """Column, likewise."""
    distance: NDArray[np.float32]
    """Root mean square difference of the two patches, 0 to 2 (values from -1 to 1)."""
    kept: NDArray[np.bool_]
    """True where the pixel is the photograph's own, untouched (outside a mask)."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Everything that happened, in order."""

    levels: tuple[Level, ...]
    steps: tuple[DenoisingStep, ...]
    provenance: Provenance
