"""The denoising as a film: every step of the trace as sheets of pictures that a browser can cut up, and what was seen.

A sheet is a PNG of frames of one size, one below the other: a few files instead of two hundred.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kit.images.patch_diffusion.trace import DenoisingStep, Looks, Trace

ROWS, COLUMNS = 3, 4
PLACES = tuple(((row + 0.5) / ROWS, (column + 0.5) / COLUMNS) for row in range(ROWS) for column in range(COLUMNS))
"""Where one can watch the denoiser look, as fractions (y, x) of the image, row after row."""


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The steps of one size of the pyramid."""

    height: int
    width: int
    patches: int
    """How many patches of the photographs were searched."""
    noise: tuple[float, ...]
    """By step: standard deviation of the noise, against an image whose values span 2."""
    noisy: bytes
    """Sheet of what the denoiser received: (steps · height) × width."""
    denoised: bytes
    """Sheet of its answers."""
    seen: bytes
    """Sheet of patches, a row for each step and place: the noisy patch, those found, the answer."""
    weight: NDArray[np.float32]
    """(steps, places, found): the share of each patch found in the answer."""
    photo: NDArray[np.uint8]
    """(steps, places, found): the photograph of each."""
    place: NDArray[np.float32]
    """(steps, places, found, 2): its centre there, as a fraction, y then x."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """All steps, coarsest size first."""

    patch: int
    """Side of a patch, in pixels."""
    strips: tuple[Strip, ...]

    @property
    def steps(self) -> int:
        """How many frames there are."""
        return sum(len(strip.noise) for strip in self.strips)


def film(trace: Trace) -> Film:
    """The film of a trace that was asked to look at :data:`PLACES`."""
    strips = []
    patch = 0
    for number, level in enumerate(trace.levels):
        steps = [step for step in trace.steps if step.level == number]
        looks = [_looks(step) for step in steps]
        patch = looks[0].noisy.shape[1]
        strips.append(
            Strip(
                height=level.height,
                width=level.width,
                patches=level.patches,
                noise=tuple(step.noise for step in steps),
                noisy=png(np.concatenate([step.noisy for step in steps])),
                denoised=png(np.concatenate([step.denoised for step in steps])),
                seen=png(np.concatenate([_row(look, place) for look in looks for place in range(len(PLACES))])),
                weight=np.stack([look.weight for look in looks]),
                photo=np.stack([look.photo for look in looks]),
                place=np.stack([look.place for look in looks]),
            )
        )
    return Film(patch=patch, strips=tuple(strips))


def png(pixels: NDArray[np.uint8]) -> bytes:
    """``pixels``, (height, width, 3), as a PNG without metadata."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG", compress_level=3)
    return out.getvalue()


def _looks(step: DenoisingStep) -> Looks:
    if step.looks is None:
        raise ValueError("this trace does not tell what the denoiser saw")
    return step.looks


def _row(look: Looks, place: int) -> NDArray[np.uint8]:
    """The patches of one place, side by side: (k, (1 + found + 1) · k, 3)."""
    return np.concatenate([look.noisy[place], *look.found[place], look.clean[place]], axis=1)
