"""One seed, many settings: from near copy to free dream, from small patches to large. Runs in a compute worker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activities.noise_to_image.film import png
from activities.noise_to_image.origin import ALIKE, origins
from kit.compute import report
from kit.cost import Cost, Meter
from kit.images.generate import PATCHES, Schedule, generate

SIZE = 192
"""Longest side of each picture, in pixels."""
FIDELITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
FIDELITY, PATCH = 0.5, 7
"""What the other strip holds still."""
SETTINGS = (
    *((fidelity, PATCH) for fidelity in FIDELITIES),
    *((FIDELITY, patch) for patch in PATCHES if patch != PATCH),
)
"""Fidelity and patch of every picture; the one in the middle of both strips is made once."""


@dataclass(frozen=True, kw_only=True)
class Try:
    """The picture of one setting."""

    fidelity: float
    patch: int
    """Side of a patch, in pixels."""
    png: bytes
    copied: float
    """Share of the picture that differs from where it came from by at most :data:`~.origin.ALIKE` grey levels."""


@dataclass(frozen=True, kw_only=True)
class Dial:
    """The pictures of all :data:`SETTINGS`, in that order."""

    tries: tuple[Try, ...]
    cost: Cost
    """Of all of them together."""

    def at(self, fidelity: float, patch: int) -> Try:
        """The picture of one setting. Raises :class:`KeyError` if there is none."""
        for each in self.tries:
            if (each.fidelity, each.patch) == (fidelity, patch):
                return each
        raise KeyError((fidelity, patch))

    @property
    def by_fidelity(self) -> tuple[Try, ...]:
        """From free dream to near copy."""
        return tuple(self.at(fidelity, PATCH) for fidelity in FIDELITIES)

    @property
    def by_patch(self) -> tuple[Try, ...]:
        """From small patches to large ones."""
        return tuple(self.at(FIDELITY, patch) for patch in PATCHES)


def dial(photos: list[NDArray[np.uint8]], *, seed: int, schedule: Schedule, size: int = SIZE) -> Dial:
    """Make the picture of each of :data:`SETTINGS` out of ``photos``, each uint8 (height, width, 3), with one seed.

    Reports its progress over all of them, the latest one as ``preview``. Raises what
    :func:`kit.images.generate.generate` does.
    """
    tries: list[Try] = []
    latest: NDArray[np.uint8] | None = None

    def tell(fraction: float, _level: str) -> None:
        done, total = len(tries), len(SETTINGS)
        report((done + fraction) / total, "Picture {n} of {total}", n=done + 1, total=total, preview=latest)

    with Meter() as meter:
        for fidelity, patch in SETTINGS:
            made = generate(
                photos, seed=seed, size=size, fidelity=fidelity, patch=patch, schedule=schedule, on_progress=tell
            )
            latest = made.image
            found = origins(made.trace.provenance, len(photos))
            tries.append(Try(fidelity=fidelity, patch=patch, png=png(latest), copied=found.copied[ALIKE]))
    return Dial(tries=tuple(tries), cost=meter.cost)
