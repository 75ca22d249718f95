"""Counts of answers: nobody is left out, nobody counts twice."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.classroom.tallies import choices, numbers, words


class Guess(StrEnum):
    TEXTS = "texts"
    MAKERS = "makers"
    CHANCE = "chance"


NAMES = {Guess.TEXTS: "the texts", Guess.MAKERS: "those who made it", Guess.CHANCE: "chance"}


# -- choices ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.none() | st.sampled_from(Guess)))
def test_every_choice_is_counted_and_none_is_no_answer(answers: list[Guess | None]) -> None:
    tally = choices("Why?", answers, NAMES)
    assert tally.title == "Why?"
    assert tally.rows == tuple((name, sum(answer is guess for answer in answers)) for guess, name in NAMES.items())
    assert tally.of == sum(answer is not None for answer in answers) == sum(count for _name, count in tally.rows)


def test_what_nobody_chose_keeps_its_row_and_rows_their_order() -> None:
    tally = choices("Why?", iter([Guess.CHANCE, None, Guess.TEXTS, Guess.CHANCE]), NAMES)
    assert tally.rows == (("the texts", 1), ("those who made it", 0), ("chance", 2))
    assert tally.of == 3


# -- words ------------------------------------------------------------------------------------------------------------


def test_words_are_the_same_whatever_their_capitals_and_spaces() -> None:
    tally = words("Next?", ["Chat", " chat ", "CHAT", "grand  chat", "Grand chat", "straße", "STRASSE", "", "  "])
    assert tally.rows == (("chat", 3), ("grand chat", 2), ("strasse", 2))
    assert tally.of == 7


@given(st.lists(st.sampled_from(["un", "deux", "trois", "quatre", "cinq"])), st.integers(1, 6))
def test_the_words_said_most_come_first_and_all_of_them_count(answers: list[str], most: int) -> None:
    tally = words("Next?", answers, most=most)
    assert tally.of == len(answers)
    assert len(tally.rows) == min(most, len(set(answers)))
    counts = [count for _word, count in tally.rows]
    assert counts == sorted(map(answers.count, set(answers)), reverse=True)[:most]
    assert all(answers.count(word) == count for word, count in tally.rows)


def test_a_class_that_says_forty_words_gets_twelve() -> None:
    said = [f"mot{n}" for n in range(40)] + ["mot7"]
    tally = words("Next?", said)
    assert (tally.rows[0], len(tally.rows), tally.of) == (("mot7", 2), 12, 41)


# -- numbers ----------------------------------------------------------------------------------------------------------


def label(low: int, high: int) -> str:
    return f"{low}-{high}"


@pytest.mark.parametrize(
    ("number", "row"),
    [(0, "0-19"), (19, "0-19"), (20, "20-39"), (39, "20-39"), (79, "60-79"), (80, "80-100"), (100, "80-100")],
)
def test_each_number_falls_where_its_label_says(number: int, row: str) -> None:
    tally = numbers("How many?", [number], range(0, 101, 20), label)
    assert [name for name, count in tally.rows if count] == [row]


@given(
    st.lists(st.integers(-50, 50), min_size=2, max_size=8, unique=True).map(sorted),
    st.lists(st.none() | st.integers(0, 1000)),
)
def test_every_number_is_counted_once(edges: list[int], drawn: list[int | None]) -> None:
    span = edges[-1] - edges[0] + 1
    answers = [None if each is None else edges[0] + each % span for each in drawn]
    tally = numbers("How many?", answers, edges, label)
    given_ones = [answer for answer in answers if answer is not None]
    assert tally.of == len(given_ones) == sum(count for _name, count in tally.rows)
    for (name, count), (low, above) in zip(tally.rows, pairwise(edges), strict=True):
        high = above if above == edges[-1] else above - 1
        assert name == f"{low}-{high}"
        assert count == sum(low <= answer <= high for answer in given_ones)
