"""d′, c and the intervals, against scipy and published worked examples."""

from __future__ import annotations

from math import sqrt

import pytest
from scipy import stats

from activities.spot_the_fake.signal_detection import Counts, difference, proportion, signal_detection


def test_counts_add_up() -> None:
    both = Counts(hits=3, misses=1) + Counts(hits=1, false_alarms=2, correct_rejections=5)
    assert both == Counts(hits=4, misses=1, false_alarms=2, correct_rejections=5)
    assert (both.machine, both.real, both.total, both.right) == (5, 7, 12, 9)


def test_counts_are_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        Counts(hits=-1)


@pytest.mark.parametrize(("count", "n"), [(0, 1), (1, 1), (0, 8), (3, 8), (8, 8), (60, 96), (1, 1000)])
@pytest.mark.parametrize("level", [0.90, 0.95])
def test_wilson_is_scipys(count: int, n: int, level: float) -> None:
    ours = proportion(count, n, level)
    theirs = stats.binomtest(count, n).proportion_ci(level, method="wilson")
    assert ours.rate == count / n
    assert ours.low == pytest.approx(theirs.low, abs=1e-12)
    assert ours.high == pytest.approx(theirs.high, abs=1e-12)
    assert ours.low is not None
    assert ours.high is not None
    assert 0 <= ours.low <= ours.rate <= ours.high <= 1


def test_without_answers_there_is_no_rate() -> None:
    nothing = proportion(0, 0)
    assert (nothing.n, nothing.rate, nothing.low, nothing.high) == (0, None, None, None)


@pytest.mark.parametrize(("count", "n", "level"), [(2, 1, 0.95), (-1, 4, 0.95), (1, 2, 1.0), (1, 2, 0.0)])
def test_no_proportion(count: int, n: int, level: float) -> None:
    with pytest.raises(ValueError):
        proportion(count, n, level)


def test_difference_is_newcombes_example() -> None:
    # Newcombe 1998, table II, example (a): 56/70 − 48/80, method 10: 0.0524 to 0.3339.
    change = difference(proportion(48, 80), proportion(56, 70))
    assert change is not None
    assert change.value == pytest.approx(0.2)
    assert change.low == pytest.approx(0.0524, abs=5e-5)
    assert change.high == pytest.approx(0.3339, abs=5e-5)
    assert change.clear


def test_difference_of_a_single_learner_is_not_clear() -> None:
    change = difference(proportion(2, 4), proportion(3, 4))
    assert change is not None
    assert not change.clear
    assert difference(proportion(0, 0), proportion(3, 4)) is None
    assert difference(proportion(3, 4), proportion(0, 0)) is None


@pytest.mark.parametrize(
    "counts",
    [
        Counts(hits=20, misses=5, false_alarms=10, correct_rejections=15),
        Counts(hits=8, misses=0, false_alarms=0, correct_rejections=8),
        Counts(hits=0, misses=3, false_alarms=7, correct_rejections=2),
    ],
)
def test_d_prime_and_criterion_are_scipys(counts: Counts) -> None:
    found = signal_detection(counts)
    hit = (counts.hits + 0.5) / (counts.hits + counts.misses + 1)
    false_alarm = (counts.false_alarms + 0.5) / (counts.false_alarms + counts.correct_rejections + 1)
    assert (found.hit_rate, found.false_alarm_rate) == (hit, false_alarm)
    assert found.d_prime == pytest.approx(stats.norm.ppf(hit) - stats.norm.ppf(false_alarm), abs=1e-9)
    assert found.criterion == pytest.approx(-(stats.norm.ppf(hit) + stats.norm.ppf(false_alarm)) / 2, abs=1e-9)


def test_d_prime_approaches_its_closed_form() -> None:
    # An unbiased observer at d′ = 1 has H = Φ(½) and F = Φ(−½); with many answers the correction fades away.
    n = 10_000_000
    hits = round(n * stats.norm.cdf(0.5))
    found = signal_detection(Counts(hits=hits, misses=n - hits, false_alarms=n - hits, correct_rejections=hits))
    assert found.d_prime == pytest.approx(1, abs=1e-5)
    assert found.criterion == pytest.approx(0, abs=1e-9)


def test_d_prime_recovers_the_observer_that_made_the_answers() -> None:
    d_prime, criterion, n = 1.3, 0.4, 4000
    machine = stats.norm.rvs(loc=d_prime, size=n, random_state=1)
    real = stats.norm.rvs(size=n, random_state=2)
    bound = d_prime / 2 + criterion
    hits, false_alarms = int((machine > bound).sum()), int((real > bound).sum())
    found = signal_detection(
        Counts(hits=hits, misses=n - hits, false_alarms=false_alarms, correct_rejections=n - false_alarms)
    )
    error = 3 * sqrt(2 / n) * 1.4
    assert found.d_prime == pytest.approx(d_prime, abs=error)
    assert found.criterion == pytest.approx(criterion, abs=error)


def test_crying_fake_at_everything_is_no_ability() -> None:
    found = signal_detection(Counts(hits=40, false_alarms=40))
    assert found.d_prime == pytest.approx(0)
    assert found.criterion < -2


def test_d_prime_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="both kinds"):
        signal_detection(Counts(hits=4, misses=4))
