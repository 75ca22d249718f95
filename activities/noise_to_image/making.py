"""One picture by the generator, with its film, its origins and what it took. Runs in a compute worker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activities.noise_to_image.film import PLACES, Film, film, png
from activities.noise_to_image.origin import Origins, origins
from kit.cost import Cost, Meter
from kit.images.generate import Schedule, generate

SIZE = 384
"""Longest side of the picture, in pixels."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that nobody photographed, and everything there is to know about it."""

    png: bytes
    film: Film
    origins: Origins
    cost: Cost
    """Of the generation alone: neither the film nor the map is in it."""


def picture(
    photos: list[NDArray[np.uint8]],
    *,
    seed: int,
    fidelity: float,
    patch: int,
    schedule: Schedule,
    size: int = SIZE,
) -> Picture:
    """Make a picture of ``photos``; the arguments are those of :func:`kit.images.generate.generate`.

    Reports its progress. Raises :class:`kit.errors.BadInput` as it does.
    """
    with Meter() as meter:
        made = generate(photos, seed=seed, size=size, fidelity=fidelity, patch=patch, schedule=schedule, looks=PLACES)
    return Picture(
        png=png(made.image),
        film=film(made.trace),
        origins=origins(made.trace.provenance, len(photos)),
        cost=meter.cost,
    )
