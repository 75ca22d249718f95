"""The association test agrees with the formula, with what can be worked out by hand, and with scipy."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kit.bias.weat import Vectors, Weat, weat
from kit.compute import plain
from kit.errors import BadInput, KitError

DDOF: tuple[Literal[0, 1], ...] = (0, 1)

# A lies along the first axis and B along the second, whatever their lengths: s(w) is the difference of the two
# coordinates of w at length 1. By hand: s = 1, 0.2, -0.2 and -1.
A = {"a": (1, 0), "aa": (3, 0)}
B = {"b": (0, 1), "bb": (0, 0.5)}
EAST, NORTH_EAST, EAST_NORTH, NORTH = (2, 0), (4, 3), (3, 4), (0, 7)


def noise(seed: int, n: int = 6, dimensions: int = 5, attributes: tuple[int, int] = (4, 3)) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=(size, dimensions)) for size in (n, n, *attributes))


def by_the_formula(x: Vectors, y: Vectors, a: Vectors, b: Vectors, ddof: int) -> tuple[float, float]:
    """d and the statistic, one word and one cosine at a time, as the paper writes them."""

    def cos(v: np.ndarray, w: np.ndarray) -> float:
        return sum(i * j for i, j in zip(v, w, strict=True)) / math.sqrt(sum(i * i for i in v) * sum(j * j for j in w))

    def s(w: np.ndarray) -> float:
        return sum(cos(w, v) for v in a) / len(a) - sum(cos(w, v) for v in b) / len(b)

    of_x, of_y = [s(w) for w in x], [s(w) for w in y]
    union = of_x + of_y
    mean = sum(union) / len(union)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in union) / (len(union) - ddof))
    return (sum(of_x) / len(of_x) - sum(of_y) / len(of_y)) / deviation, sum(of_x) - sum(of_y)


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_an_example_worked_out_by_hand() -> None:
    found = weat({"east": EAST, "ne": NORTH_EAST}, {"en": EAST_NORTH, "north": NORTH}, A, B, name="compass")
    assert [(each.word, each.target) for each in found.associations] == [
        ("east", "x"),
        ("ne", "x"),
        ("en", "y"),
        ("north", "y"),
    ]
    assert [each.s for each in found.associations] == pytest.approx([1, 0.2, -0.2, -1])
    # 1 + 0.2 - (-0.2 - 1)
    assert found.statistic == pytest.approx(2.4)
    # The means are 0.6 and -0.6; the squares make 1 + 0.04 + 0.04 + 1 = 2.08, over 3: 1.2 / sqrt(2.08 / 3).
    assert found.d == pytest.approx(1.441153, abs=1e-6)
    # Of the 6 halves only the observed one sums to 1.2: the others have 0.8, 0, 0, -0.8 and -1.2.
    assert (found.method, found.partitions, found.hits, found.p) == ("exact", 6, 1, 1 / 6)
    assert (found.name, found.ddof, found.sizes) == ("compass", 1, {"x": 2, "y": 2, "a": 2, "b": 2})


def test_the_other_standard_deviation_by_hand() -> None:
    found = weat([EAST, NORTH_EAST], [EAST_NORTH, NORTH], A, B, ddof=0)
    # 1.2 / sqrt(2.08 / 4)
    assert found.d == pytest.approx(1.664101, abs=1e-6)
    assert found.ddof == 0


@pytest.mark.parametrize(
    ("x", "y", "hits"),
    [
        # 1 - 0.2 = 0.8 is reached by 1 + 0.2 and by itself.
        ([EAST, EAST_NORTH], [NORTH_EAST, NORTH], 2),
        # 1 - 1 = 0 is reached by 1.2, 0.8, itself and 0.2 - 0.2, whose rounding differs.
        ([EAST, NORTH], [NORTH_EAST, EAST_NORTH], 4),
        ([NORTH_EAST, EAST_NORTH], [EAST, NORTH], 4),
        # The least of all: every half reaches it.
        ([EAST_NORTH, NORTH], [EAST, NORTH_EAST], 6),
    ],
)
def test_halves_that_equal_the_observed_one_count(x: Vectors, y: Vectors, hits: int) -> None:
    found = weat(x, y, A, B)
    assert (found.hits, found.p) == (hits, hits / 6)


@pytest.mark.parametrize("seed", range(10))
def test_halves_that_differ_by_rounding_only_are_equal(seed: int) -> None:
    """Y has the directions of X at other lengths, in another order: i < j < k, each twice. Of the 20 halves, 8 sum to
    i + j + k as X does; more have the two with k twice and the one with j twice and k, each in 2 ways."""
    x, _, a, b = noise(seed, n=3)
    y = [0.1 * x[2], 0.3 * x[0], 0.7 * x[1]]
    found = weat(x, y, a, b)
    assert (found.partitions, found.hits) == (20, 8 + 3 * 2)
    assert found.statistic == pytest.approx(0, abs=1e-12)


def test_vectors_without_words_are_numbered() -> None:
    found = weat(np.array([EAST, NORTH_EAST]), [EAST_NORTH, NORTH], list(A.values()), np.array(list(B.values())))
    assert [each.word for each in found.associations] == ["x1", "x2", "y1", "y2"]


# -- against references ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ddof", DDOF)
@pytest.mark.parametrize("seed", range(5))
def test_d_and_the_statistic_follow_the_formula(seed: int, ddof: Literal[0, 1]) -> None:
    sets = noise(seed, n=7, dimensions=30, attributes=(5, 9))
    found = weat(*sets, ddof=ddof, samples=10)
    d, statistic = by_the_formula(*sets, ddof)
    assert found.d == pytest.approx(d, rel=1e-10)
    assert found.statistic == pytest.approx(statistic, rel=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_the_exact_p_is_that_of_scipy(seed: int) -> None:
    found = weat(*noise(seed))
    of_x, of_y = ([each.s for each in found.associations if each.target == label] for label in "xy")
    expected = stats.permutation_test(
        (of_x, of_y), lambda x, y: sum(x) - sum(y), permutation_type="independent", alternative="greater"
    )
    assert found.method == "exact"
    assert found.partitions == math.comb(12, 6) == 924
    assert found.p == pytest.approx(expected.pvalue)
    assert found.statistic == pytest.approx(expected.statistic)


@pytest.mark.parametrize("seed", range(3))
def test_the_sampled_p_comes_close_to_the_exact_one(seed: int) -> None:
    sets = noise(seed, n=9)
    exact, sampled = weat(*sets), weat(*sets, samples=48_619, seed=seed)
    assert (exact.method, exact.partitions) == ("exact", 48_620)
    assert (sampled.method, sampled.partitions) == ("sampled", 48_619)
    assert sampled.p == (1 + sampled.hits) / 48_620
    assert abs(sampled.p - exact.p) < 5 * math.sqrt(exact.p * (1 - exact.p) / 48_619) + 1e-4
    assert 0.001 < exact.p < 0.999, "an example that says nothing"


def test_the_seed_decides_what_is_drawn() -> None:
    sets = noise(3)
    draws = [weat(*sets, samples=500, seed=seed) for seed in (0, 0, 1, 2, 3)]
    assert draws[0] == draws[1]
    assert len({draw.hits for draw in draws}) > 1


def test_p_is_never_zero_when_it_is_sampled() -> None:
    rng = np.random.default_rng(0)
    near = [(1, 0.01 * value) for value in rng.random(25)]
    far = [(0.01 * value, 1) for value in rng.random(25)]
    found = weat(near, far, A, B, samples=20_001)
    assert (found.hits, found.p, found.partitions) == (0, 1 / 20_002, 20_001)
    # Two sets apart, each all alike: (2 - 0) / sqrt(50 / 49), nearly.
    assert found.d == pytest.approx(2 / math.sqrt(50 / 49), abs=1e-3)


# -- what always holds -------------------------------------------------------------------------------------------------

seeds = st.integers(0, 2**32)


@given(seed=seeds, n=st.integers(2, 6), ddof=st.sampled_from(DDOF))
@settings(deadline=None)
def test_swapping_x_and_y_negates_d_and_turns_p_round(seed: int, n: int, ddof: Literal[0, 1]) -> None:
    x, y, a, b = noise(seed, n)
    one, other, third = weat(x, y, a, b, ddof=ddof), weat(y, x, a, b, ddof=ddof), weat(x, y, b, a, ddof=ddof)
    assert other.d == pytest.approx(-one.d)
    assert other.statistic == pytest.approx(-one.statistic)
    assert third.d == pytest.approx(-one.d)
    # Each half reaches X or its complement reaches Y, and the observed half does both.
    assert one.hits + other.hits == one.partitions + 1
    assert one.p > 0.5 or one.d > 0


@given(seed=seeds, n=st.integers(2, 12), exponent=st.integers(-250, 250))
@settings(deadline=None)
def test_the_length_of_vectors_does_not_matter(seed: int, n: int, exponent: int) -> None:
    sets = noise(seed, n)
    scales = np.random.default_rng(seed).uniform(0.1, 10, size=100)
    longer = [[row * float(scale) * 10.0**exponent for row, scale in zip(rows, scales, strict=False)] for rows in sets]
    one, other = weat(*sets, samples=300), weat(*longer, samples=300)
    assert other.d == pytest.approx(one.d)
    assert other.p == one.p
    assert [each.s for each in other.associations] == pytest.approx([each.s for each in one.associations])


@given(seed=seeds, n=st.integers(2, 8), dimensions=st.integers(2, 20))
@settings(deadline=None)
def test_values_stay_within_their_bounds(seed: int, n: int, dimensions: int) -> None:
    found = weat(*noise(seed, n, dimensions), ddof=0, samples=200)
    assert abs(found.d) <= 2 + 1e-9
    assert 0 < found.p <= 1
    assert all(abs(each.s) <= 2 + 1e-9 for each in found.associations)


def test_numbers_of_single_precision_will_do() -> None:
    sets = noise(1)
    assert weat(*(rows.astype(np.float32) for rows in sets)).d == pytest.approx(weat(*sets).d, abs=1e-5)


def test_the_outcome_crosses_between_processes() -> None:
    found = weat(*noise(1))
    back = plain.decode(plain.encode(found))
    assert back == found
    assert isinstance(back, Weat)


# -- what cannot be tested ---------------------------------------------------------------------------------------------


def refused(x: Vectors, y: Vectors, a: Vectors = A, b: Vectors = B) -> str:
    with pytest.raises(BadInput) as caught:
        weat(x, y, a, b)
    assert isinstance(caught.value, KitError)
    return str(caught.value)


def test_too_few_words() -> None:
    assert "The set X has too few words: 1, where at least 2" in refused([EAST], [NORTH])
    assert "The set Y has too few words: 0, where at least 2" in refused([EAST, EAST], [])
    assert "The set A has too few words: 1" in refused([EAST, EAST], [NORTH, NORTH], a=[EAST])
    assert "The set B has too few words: 0" in refused([EAST, EAST], [NORTH, NORTH], b={})


def test_targets_of_different_sizes() -> None:
    said = refused([EAST, EAST, NORTH], [NORTH, NORTH])
    assert "X has 3 words and Y has 2" in said
    assert "Take 1 out of X" in said
    assert "Take 2 out of Y" in refused([EAST, EAST], [NORTH] * 4)


def test_vectors_of_different_dimensions() -> None:
    said = refused({"near": EAST, "far": (1, 2, 3)}, [NORTH, NORTH])
    assert "“far” is of dimension 3, that of “near” of dimension 2" in said
    assert "“b2” is of dimension 1, that of “x1” of dimension 2" in refused(
        [EAST, EAST], [NORTH, NORTH], b=[(0, 1), (1,)]
    )


@pytest.mark.parametrize("label", ["x", "y", "a", "b"])
def test_a_vector_that_points_nowhere(label: str) -> None:
    sets: dict[str, dict[str, tuple[float, ...]]] = {
        "x": {"u": EAST, "v": NORTH},
        "y": {"u": EAST, "v": NORTH},
        "a": dict(A),
        "b": dict(B),
    }
    sets[label] = {**sets[label], next(iter(sets[label])): (0, 0)}
    assert f"The vector of “{next(iter(sets[label]))}” is zero" in refused(**sets)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite(number: float) -> None:
    assert "“here” holds numbers that are not finite" in refused([EAST, EAST], {"there": NORTH, "here": (1, number)})


def test_words_that_are_all_alike() -> None:
    assert "associated alike" in refused([EAST, (5, 0)], [(0.1, 0), EAST])
    # The mean directions of A and B are the same.
    assert "associated alike" in refused([EAST, NORTH], [NORTH_EAST, NORTH], b=A)
    # All at the same angle but for rounding.
    assert "associated alike" in refused([(0.1, 0.3), (0.7, 2.1)], [(1, 3), (1e-8, 3e-8)])


def test_a_word_of_a_person_is_shortened() -> None:
    said = refused({"w" * 500: (0, 0), "v": EAST}, [NORTH, NORTH])
    assert "w" * 60 + "…”" in said
    assert "w" * 61 not in said


def test_what_the_code_must_not_ask() -> None:
    for wrong in ({"ddof": 2}, {"samples": 0}):
        with pytest.raises(ValueError):
            weat([EAST, EAST], [NORTH, NORTH], A, B, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="shape"):
        weat([EAST, [EAST, EAST]], [NORTH, NORTH], A, B)
