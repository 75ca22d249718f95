"""Cohen's kappa, against scikit-learn and by hand."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from kit.bias.agreement import Agreement, agreement

codings = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=40)


def test_an_example_worked_out_by_hand() -> None:
    """Of 10 items, 7 alike; « il » 6 times and 5 times, « elle » 4 times and 5 times: chance gives 0.3 + 0.2."""
    one = ["il"] * 6 + ["elle"] * 4
    other = ["il"] * 4 + ["elle"] * 5 + ["il"]
    found = agreement(one, other)
    assert (found.items, found.observed) == (10, 0.7)
    assert found.expected == pytest.approx(0.5)
    assert found.kappa == pytest.approx(0.4)


@settings(deadline=None, max_examples=60)
@given(codings)
def test_it_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    one, other = ([pair[side] for pair in pairs] for side in (0, 1))
    assume(len({*one, *other}) > 1)  # there scikit-learn has no number, with a warning
    found = agreement(one, other)
    assert found.kappa == pytest.approx(cohen_kappa_score(one, other))
    assert found.kappa is not None
    assert found.kappa <= found.observed


@settings(deadline=None, max_examples=60)
@given(codings)
def test_it_does_not_matter_who_is_first(pairs: list[tuple[str, str]]) -> None:
    one, other = ([pair[side] for pair in pairs] for side in (0, 1))
    assert agreement(one, other) == agreement(other, one)


def test_two_who_always_agree() -> None:
    assert agreement("abcab", "abcab").kappa == 1


def test_two_who_agree_as_chance_would() -> None:
    found = agreement("aabb", "abab")
    assert (found.observed, found.expected, found.kappa) == (0.5, 0.5, 0)


def test_two_who_never_agree_are_below_chance() -> None:
    assert agreement("ab", "ba").kappa == -1


def test_one_category_for_everything_says_nothing() -> None:
    assert agreement("aaa", "aaa") == Agreement(items=3, observed=1, expected=1)
    assert agreement("aaa", "aaa").kappa is None


def test_one_category_each_and_not_the_same() -> None:
    found = agreement("aaa", "bbb")
    assert (found.observed, found.expected, found.kappa) == (0, 0, 0)


@pytest.mark.parametrize(("one", "other"), [("", ""), ("ab", "a"), ("", "a")])
def test_codings_of_other_items_are_a_mistake(one: str, other: str) -> None:
    with pytest.raises(ValueError, match="two codings of the same items"):
        agreement(one, other)
