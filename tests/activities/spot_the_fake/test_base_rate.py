"""The base-rate exercise against Bayes' formula."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.spot_the_fake.base_rate import Cell, exercise, whole_population
from kit.errors import BadInput

percents = st.integers(0, 100).map(lambda p: Fraction(p, 100))


def test_half_of_the_alerts_are_wrong() -> None:
    found = exercise(2000, 0.05, 0.95, 0.95)
    assert (found.fakes, found.hits, found.misses) == (100, 95, 5)
    assert (found.photographs, found.false_alarms, found.correct_rejections) == (1900, 95, 1805)
    assert (found.alerts, found.wrong_alerts, found.exact_wrong) == (190, Fraction(1, 2), Fraction(1, 2))
    assert found.fakes_among_quiet == Fraction(5, 1810)
    assert not found.rounded


def test_smallest_population() -> None:
    assert whole_population(0.05, 0.95, 0.95) == 400
    found = exercise(400, 0.05, 0.95, 0.95)
    assert found.table == (
        (Cell.HIT, 19),
        (Cell.FALSE_ALARM, 19),
        (Cell.MISS, 1),
        (Cell.CORRECT_REJECTION, 361),
    )


def test_rounding_is_said() -> None:
    found = exercise(1000, 0.05, 0.95, 0.95)  # 47.5 hits and 47.5 false alarms
    assert found.rounded
    assert (found.hits, found.misses, found.correct_rejections, found.false_alarms) == (48, 2, 903, 47)
    assert found.exact_wrong == Fraction(1, 2)


@given(st.integers(1, 5000), percents, percents, percents)
def test_counts_add_up_and_stay_close(population: int, share: Fraction, se: Fraction, sp: Fraction) -> None:
    found = exercise(population, share, se, sp)
    assert sum(number for _, number in found.table) == population
    assert min(number for _, number in found.table) >= 0
    # One rounding to share the population, one within each part
    assert abs(found.hits - population * share * se) <= 1
    assert abs(found.false_alarms - population * (1 - share) * (1 - sp)) <= 1


@given(percents, percents, percents)
def test_whole_populations_obey_bayes(share: Fraction, se: Fraction, sp: Fraction) -> None:
    found = exercise(whole_population(share, se, sp), share, se, sp)
    assert not found.rounded
    alert = share * se + (1 - share) * (1 - sp)
    assert found.exact_wrong == found.wrong_alerts == ((1 - share) * (1 - sp) / alert if alert else None)


def test_floats_mean_the_decimal_they_print_as() -> None:
    assert exercise(400, 0.05, 0.95, 0.95).share == Fraction(1, 20)


def test_the_rarer_the_fakes_the_more_alerts_are_wrong() -> None:
    wrong = [exercise(10_000, share, 0.95, 0.95).exact_wrong for share in (0.5, 0.2, 0.05, 0.01)]
    assert wrong == [Fraction(1, 20), Fraction(4, 23), Fraction(1, 2), Fraction(99, 118)]


def test_icons() -> None:
    grid = exercise(400, 0.05, 0.95, 0.95).grid(30)
    assert [len(row) for row in grid] == [30] * 13 + [10]
    assert Counter(cell for row in grid for cell in row) == {
        Cell.HIT: 19,
        Cell.FALSE_ALARM: 19,
        Cell.MISS: 1,
        Cell.CORRECT_REJECTION: 361,
    }
    assert [cell.alert for cell in grid[0]] == [True] * 30
    assert not any(cell.fake for cell in grid[-1])
    with pytest.raises(ValueError):
        exercise(4, 0.5, 0.5, 0.5).grid(0)


@pytest.mark.parametrize(
    ("population", "share"),
    [(0, 0.05), (1_000_001, 0.05), (100, -0.1), (100, 1.01), (100, float("nan")), (100, float("inf"))],
)
def test_out_of_range(population: int, share: float) -> None:
    with pytest.raises(BadInput, match="give a"):
        exercise(population, share, 0.95, 0.95)
