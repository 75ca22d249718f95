"""The base-rate exercise: a good detector, few fakes, and half of its alerts are wrong.

Natural frequencies (Gigerenzer & Hoffrage 1995, *Psychological Review* 102, 684-704): whole images that one can count
instead of conditional probabilities. Exact arithmetic throughout. Standard library only (interface process).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor, lcm

from kit.errors import BadInput

MOST = 1_000_000
"""Largest population accepted."""


class Cell(StrEnum):
    """What happens to one image."""

    HIT = "hit"
    """A fake, and the detector says so."""
    MISS = "miss"
    """A fake that goes through."""
    FALSE_ALARM = "false_alarm"
    """A photograph, and the detector calls it a fake."""
    CORRECT_REJECTION = "correct_rejection"
    """A photograph left in peace."""

    @property
    def fake(self) -> bool:
        """Whether the image is a fake."""
        return self in (Cell.HIT, Cell.MISS)

    @property
    def alert(self) -> bool:
        """Whether the detector raises an alert."""
        return self in (Cell.HIT, Cell.FALSE_ALARM)


@dataclass(frozen=True, kw_only=True)
class BaseRate:
    """The exercise worked out, in images that add up."""

    population: int
    share: Fraction
    sensitivity: Fraction
    specificity: Fraction
    hits: int
    misses: int
    false_alarms: int
    correct_rejections: int
    rounded: bool
    """Whether a count had to be rounded; then the shares counted here differ a little from the exact one."""
    exact_wrong: Fraction | None
    """Share of alerts that are wrong by Bayes' formula, before any rounding; None if there is never an alert."""

    @property
    def fakes(self) -> int:
        """Fakes in the population."""
        return self.hits + self.misses

    @property
    def photographs(self) -> int:
        """Photographs in the population."""
        return self.false_alarms + self.correct_rejections

    @property
    def alerts(self) -> int:
        """Images that the detector calls fakes."""
        return self.hits + self.false_alarms

    @property
    def wrong_alerts(self) -> Fraction | None:
        """Share of these alerts that are wrong, as counted; None without an alert."""
        return Fraction(self.false_alarms, self.alerts) if self.alerts else None

    @property
    def fakes_among_quiet(self) -> Fraction | None:
        """Share of fakes among the images without an alert: silence is no proof either. None if all raise one."""
        quiet = self.misses + self.correct_rejections
        return Fraction(self.misses, quiet) if quiet else None

    @property
    def table(self) -> tuple[tuple[Cell, int], ...]:
        """Each cell and its number of images; they add up to the population."""
        return (
            (Cell.HIT, self.hits),
            (Cell.FALSE_ALARM, self.false_alarms),
            (Cell.MISS, self.misses),
            (Cell.CORRECT_REJECTION, self.correct_rejections),
        )

    def grid(self, columns: int) -> tuple[tuple[Cell, ...], ...]:
        """An icon array: one cell an image, alerts first, in rows of ``columns`` (the last row may be shorter).

        Raises :class:`ValueError` if ``columns`` is below 1.
        """
        if columns < 1:
            raise ValueError("an icon array needs at least one column")
        icons = [cell for cell, number in self.table for _ in range(number)]
        return tuple(tuple(icons[start : start + columns]) for start in range(0, len(icons), columns))


def exercise(
    population: int, share: Fraction | float, sensitivity: Fraction | float, specificity: Fraction | float
) -> BaseRate:
    """Work out the exercise.

    ``population``: images, 1 to :data:`MOST`. ``share`` of fakes among them, ``sensitivity`` (fakes that raise an
    alert) and ``specificity`` (photographs that do not): each 0 to 1; a float is taken as the decimal it prints as.

    Counts are rounded half up where they are not whole, complements by subtraction, so that they always add up;
    ``rounded`` tells, and :func:`whole_population` gives the smallest population that needs none. Raises
    :class:`~kit.errors.BadInput` out of these ranges.
    """
    if not 1 <= population <= MOST:
        raise BadInput("{number} images: give a whole number from 1 to {most}.", number=population, most=MOST)
    f, se, sp = _share(share), _share(sensitivity), _share(specificity)
    # 1. Split the population, then each half, into whole images
    fakes = _nearest(population * f)
    hits = _nearest(fakes * se)
    correct_rejections = _nearest((population - fakes) * sp)
    # 2. Bayes' formula: P(photograph | alert) = (1−f)(1−sp) / (f·se + (1−f)(1−sp))
    alert = f * se + (1 - f) * (1 - sp)
    return BaseRate(
        population=population,
        share=f,
        sensitivity=se,
        specificity=sp,
        hits=hits,
        misses=fakes - hits,
        false_alarms=population - fakes - correct_rejections,
        correct_rejections=correct_rejections,
        rounded=population % whole_population(f, se, sp) != 0,
        exact_wrong=(1 - f) * (1 - sp) / alert if alert else None,
    )


def whole_population(share: Fraction | float, sensitivity: Fraction | float, specificity: Fraction | float) -> int:
    """The smallest population in which every count is whole; so is it in each of its multiples.

    95 % and 95 % on 5 % of fakes: 400 images, of which 20 fakes. Raises :class:`~kit.errors.BadInput` if a share is
    not within 0 and 1.
    """
    f, se, sp = _share(share), _share(sensitivity), _share(specificity)
    return lcm(f.denominator, (f * se).denominator, ((1 - f) * sp).denominator)


def _share(value: Fraction | float) -> Fraction:
    try:
        # Through its decimal writing: 0.05 means one in twenty, not the nearest binary number.
        exact = value if isinstance(value, Fraction) else Fraction(str(value))
    except ValueError:
        exact = None
    if exact is None or not 0 <= exact <= 1:
        raise BadInput("{value} is not a share: give a number from 0 to 1, such as 0.05 for 5%.", value=str(value))
    return exact


def _nearest(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))
