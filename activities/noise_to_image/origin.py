"""Where the pixels of a picture came from, and how much of it is a copy.

A pixel counts as copied nearly verbatim when the patch around it differs from the patch it came from by at most a few
of 256 grey levels (root mean square): less than an eye can tell. That is our definition, not the law's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kit.images.patch_diffusion.trace import Provenance

ALIKE = 8
"""Grey levels, of 256: the difference below which a pixel counts as copied, unless another one is chosen."""
MOST_ALIKE = 32


@dataclass(frozen=True, kw_only=True)
class Origins:
    """For each pixel, where it came from; and the figures of the whole."""

    height: int
    width: int
    packed: bytes
    """``height · width`` records of 8 bytes, row after row, for a browser: photograph (uint8), 1 where the pixel is the
    photograph's own (uint8), difference in 1/256 of a grey level, row and column in the photograph's own pixels (uint16
    each, little-endian)."""
    by_photo: tuple[float, ...]
    """Share of the picture that came from each photograph."""
    copied: tuple[float, ...]
    """Share of the picture that counts as copied when a difference of 0, 1, … :data:`MOST_ALIKE` grey levels does.
    Pixels kept from the photograph itself are not among them."""
    kept: float
    """Share that is the photograph's own, untouched."""

    def blended(self, alike: int = ALIKE) -> float:
        """Share that differs from every photograph by more than ``alike`` grey levels."""
        return max(0.0, 1 - self.kept - self.copied[alike])


def origins(provenance: Provenance, photos: int) -> Origins:
    """The figures of a picture made of ``photos`` photographs."""
    height, width = provenance.photo.shape
    grey = provenance.distance * 127.5  # from values that span 2 to grey levels
    record = np.zeros(
        (height, width), dtype=[("photo", "u1"), ("kept", "u1"), ("apart", "<u2"), ("y", "<u2"), ("x", "<u2")]
    )
    record["photo"], record["kept"] = provenance.photo, provenance.kept
    record["apart"] = np.clip(np.rint(grey * 256), 0, 65535)
    record["y"], record["x"] = np.rint(provenance.y), np.rint(provenance.x)
    made = ~provenance.kept
    count = np.bincount(provenance.photo.ravel(), minlength=photos)
    return Origins(
        height=height,
        width=width,
        packed=record.tobytes(),
        by_photo=tuple(float(each) for each in count / provenance.photo.size),
        copied=tuple(float((made & (grey <= alike)).mean()) for alike in range(MOST_ALIKE + 1)),
        kept=float(provenance.kept.mean()),
    )
