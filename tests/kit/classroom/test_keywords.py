"""The words that participants copy and type: few letters, none taken for another."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from kit.classroom.keywords import WORDS
from kit.i18n import LANGUAGES

languages = pytest.mark.parametrize("lang", LANGUAGES)


def distance(one: str, other: str) -> int:
    """How many letters must be put in, taken out or replaced to turn one word into the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, row = row, [i]
        for j, mark in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != mark)))
    return row[-1]


def test_the_distance_is_levenshteins() -> None:
    assert distance("kitten", "sitting") == 3
    assert distance("sapin", "sapin") == 0
    assert distance("", "lampe") == distance("lampe", "") == 5


def test_every_language_has_its_words() -> None:
    assert set(WORDS) == set(LANGUAGES)


@languages
def test_there_are_128_different_ones(lang: str) -> None:
    assert len(WORDS[lang]) == len(set(WORDS[lang])) == 128
    assert list(WORDS[lang]) == sorted(WORDS[lang])


@languages
def test_each_is_4_to_9_plain_letters(lang: str) -> None:
    assert [word for word in WORDS[lang] if not re.fullmatch(r"[a-z]{4,9}", word)] == []


@languages
def test_two_slips_never_make_another_word(lang: str) -> None:
    assert [pair for pair in combinations(WORDS[lang], 2) if distance(*pair) < 3] == []
