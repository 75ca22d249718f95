"""A part of a photograph made anew out of the rest of it. Runs in a compute worker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activities.noise_to_image.film import png
from activities.noise_to_image.origin import Origins, origins
from activities.noise_to_image.run import Box
from kit.cost import Cost, Meter
from kit.images.generate import generate

FIDELITY = 0.3
"""That of most of the altered pictures of the default deck, chosen by eye: free enough to invent something."""


@dataclass(frozen=True, kw_only=True)
class Altered:
    """A photograph of which a part was made anew."""

    before: bytes
    """The photograph, PNG."""
    after: bytes
    """The same size; outside the rectangle, not one pixel differs."""
    origins: Origins
    cost: Cost


def alter(photo: NDArray[np.uint8], *, x: float, y: float, width: float, height: float, seed: int) -> Altered:
    """Refill a rectangle of ``photo``, uint8 (rows, columns, 3), given in fractions of it; see :func:`mask`.

    Reports its progress. Raises :class:`kit.errors.BadInput` if too little is left to draw from.
    """
    hidden = mask(Box(x=x, y=y, width=width, height=height), *photo.shape[:2])
    with Meter() as meter:
        made = generate([photo], seed=seed, size=max(photo.shape[:2]), fidelity=FIDELITY, mask=hidden)
    return Altered(
        before=png(photo),
        after=png(made.image),
        origins=origins(made.trace.provenance, 1),
        cost=meter.cost,
    )


def mask(box: Box, rows: int, columns: int) -> NDArray[np.bool_]:
    """(rows, columns), True inside ``box``: at least one pixel, and never beyond the photograph."""
    left, top = (min(round(at * size), size - 1) for at, size in ((box.x, columns), (box.y, rows)))
    right = min(columns, max(left + 1, round((box.x + box.width) * columns)))
    bottom = min(rows, max(top + 1, round((box.y + box.height) * rows)))
    inside = np.zeros((rows, columns), dtype=np.bool_)
    inside[top:bottom, left:right] = True
    return inside
