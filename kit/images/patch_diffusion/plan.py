"""From one understandable dial to the numbers of the sampler. Pure Python."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

COARSEST = 40
"""Longest side of the first, smallest image: small enough for a 7 × 7 patch to hold whole parts of objects."""
GROWTH = 1.45
NARROWEST = 12
"""Least shorter side of the first image, in pixels."""
FREE, DEFAULT, COPY = 0.0, 0.5, 1.0


@dataclass(frozen=True, kw_only=True)
class LevelPlan:
    """How one size of the pyramid is sampled."""

    longest: int
    """Longest side, in pixels."""
    strength: float
    """Share of the noise schedule that is run: 1 starts from pure noise."""
    steps: int
    """Denoising steps within that share, about."""
    stride: int
    """A patch is denoised around every ``stride``-th pixel."""


def plan(size: int, height: int, width: int, fidelity: float) -> tuple[LevelPlan, ...]:
    """The levels, coarsest first, for an image whose longest side is ``size``, made of a ``height`` × ``width`` photo.

    The first level starts from the photo under much noise (more when ``fidelity`` is low) and decides what goes where;
    each further one starts from the last under less and less noise, and only adds detail.
    """
    coarsest = min(size, max(COARSEST, round(NARROWEST * max(height, width) / min(height, width))))
    count = max(1, round(log(size / coarsest) / log(GROWTH)))
    levels = []
    for index in range(count + 1):
        longest = round(coarsest * (size / coarsest) ** (index / count))
        if index == 0:
            strength, steps = _between(fidelity, 0.96, 0.9, 0.5), 20
        else:
            strength = max(0.2, 0.55 - 0.06 * index) * _between(fidelity, 1.15, 1.0, 0.6)
            steps = max(4, 15 - 2 * index)
        levels.append(LevelPlan(longest=longest, strength=strength, steps=steps, stride=1 if longest < 120 else 2))
    return tuple(levels)


def shrunk_shape(height: int, width: int, longest: int) -> tuple[int, int]:
    """Height and width of a photo whose longest side is brought to ``longest`` pixels."""
    scale = longest / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def layout_weight(fidelity: float) -> float:
    """Weight of the position in the search: 0.25 lets patches go nearly anywhere, 5 keeps them nearly in place."""
    return _between(fidelity, 0.25, 1.5, 5.0)


def _between(fidelity: float, free: float, default: float, copy: float) -> float:
    """The value for ``fidelity``, linear between those for 0, 0.5 and 1."""
    if fidelity <= DEFAULT:
        return free + (default - free) * fidelity / DEFAULT
    return default + (copy - default) * (fidelity - DEFAULT) / (COPY - DEFAULT)
