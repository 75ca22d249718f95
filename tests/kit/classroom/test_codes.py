"""What opens a class: read as it was meant however it was typed, and not to be found by trying."""

from __future__ import annotations

import re
import secrets
import string
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from kit.classroom import codes, patience
from kit.classroom.codes import CODE_LENGTH, LETTERS, read_code, read_words
from kit.classroom.database import METADATA
from kit.classroom.keywords import WORDS
from kit.classroom.patience import Cap
from kit.errors import NotAllowed
from kit.i18n import LANGUAGES

languages = pytest.mark.parametrize("lang", LANGUAGES)
some_codes = st.text(LETTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)
between = st.text(" -._·/\t\n\u00a0\u202f\u200b", max_size=3)
"""What a hand or a keyboard puts between letters."""


def full_width(letter: str) -> str:
    """The letter of a Japanese keyboard."""
    return chr(ord(letter) + 0xFEE0)


# -- what is drawn ----------------------------------------------------------------------------------------------------


def test_the_alphabet_makes_no_word_and_no_letter_is_taken_for_a_digit_or_another_letter() -> None:
    assert len(LETTERS) == len(set(LETTERS)) == 19
    assert set(LETTERS) == set(string.ascii_uppercase) - set("AEIOUY") - {"L"}


def test_a_code_is_six_letters_of_the_alphabet_each_anywhere() -> None:
    drawn = [codes.code() for _ in range(500)]
    assert all(len(code) == CODE_LENGTH for code in drawn)
    assert [set(column) for column in zip(*drawn, strict=True)] == [set(LETTERS)] * CODE_LENGTH
    assert len(set(drawn)) == 500


def test_a_pin_is_eight_digits_zeros_in_front_included(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(re.fullmatch(r"[0-9]{8}", codes.pin()) for _ in range(200))
    assert len({codes.pin() for _ in range(200)}) == 200
    monkeypatch.setattr(secrets, "randbelow", {10**8: 7}.__getitem__)
    assert codes.pin() == "00000007"


def test_a_link_has_128_bits() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", codes.token())
    assert len({codes.token() for _ in range(200)}) == 200


@languages
def test_two_words_are_two_different_ones_of_the_list(lang: str) -> None:
    drawn = [codes.words(lang).split(" ") for _ in range(3000)]
    assert all(len(words) == 2 and words[0] != words[1] for words in drawn)
    for place in (0, 1):
        assert {words[place] for words in drawn} == set(WORDS[lang])


# -- how many there are, and how many can be tried --------------------------------------------------------------------

DAY = datetime(2026, 9, 1, 8)


def tried(cap: Cap, within: timedelta, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many wrong tries are let through, by somebody who comes with a new cookie each time."""
    moment = DAY
    monkeypatch.setattr(patience, "now", lambda: moment)
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    tries = 0
    with engine.begin() as connection:
        while moment < DAY + within:
            device = f"{tries:032x}"
            try:
                patience.ready(connection, "door", "", device, cap)
            except NotAllowed as refused:
                moment += timedelta(seconds=refused.values["seconds"])
                continue
            patience.wrong(connection, "door", "", device, cap)
            tries += 1
    engine.dispose()
    return tries


def promised() -> Iterator[tuple[str, Fraction]]:
    """The chances that the module's text gives, by what they are about."""
    for line in (codes.__doc__ or "").replace("\n  ", " ").splitlines():
        if found := re.search(r"1 in ([\d,.]+\d)( million)?", line):
            number = Fraction(found[1].replace(",", "")) * (10**6 if found[2] else 1)
            yield line.split()[2], Fraction(1, 1) / number


def test_the_text_says_how_many_values_there_are() -> None:
    assert len(LETTERS) ** CODE_LENGTH == 19**6 == 47_045_881
    assert all(len(words) * (len(words) - 1) == 16_256 for words in WORDS.values())
    assert "16,256" in (codes.__doc__ or "")
    assert "47 million" in (codes.__doc__ or "")


@pytest.mark.parametrize(
    ("what", "space", "cap", "minutes"),
    [
        ("code", 19**6, patience.CODES, 3),  # and thirty times as many in 90
        ("PIN", 10**8, patience.PINS, 90),
        ("words", 128 * 127, patience.KEYWORDS, 90),
    ],
)
def test_the_chance_to_guess_in_90_minutes_is_the_one_that_the_text_says(
    what: str, space: int, cap: Cap, minutes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = tried(cap, timedelta(minutes=minutes), monkeypatch) * (90 // minutes)
    assert float(dict(promised())[what]) == pytest.approx(tries / space, rel=0.02)


# -- what is typed ----------------------------------------------------------------------------------------------------


@given(some_codes, st.data())
def test_a_code_is_read_whatever_the_keyboard_makes_of_it(code: str, data: st.DataObject) -> None:
    typed = data.draw(between)
    for letter in code:
        typed += data.draw(st.sampled_from([letter, letter.lower(), full_width(letter), full_width(letter).lower()]))
        typed += data.draw(between)
    assert read_code(typed) == code


@given(st.text())
def test_anything_typed_is_read_as_letters_of_the_alphabet_only(typed: str) -> None:
    read = read_code(typed)
    assert set(read) <= set(LETTERS)
    assert read_code(read) == read[:64]


@given(some_codes, st.text(string.digits + "AEIOULYaeiouly", min_size=1))
def test_what_is_no_letter_of_a_code_is_left_out_not_taken_for_one(code: str, other: str) -> None:
    assert read_code(other) == ""
    assert read_code(code[:3] + other[:20] + code[3:]) == code


def test_a_code_in_an_endless_text_is_not_looked_for() -> None:
    assert read_code(" " * 64 + "BTRWKP") == ""


ACCENTS = ["\u0300", "\u0301", "\u0302", "\u0308", ""]


@languages
@given(data=st.data())
def test_words_are_read_whatever_the_hand_makes_of_them(lang: str, data: st.DataObject) -> None:
    """Capitals, accents composed or not, full-width letters, commas, too much space."""
    words = data.draw(st.lists(st.sampled_from(WORDS[lang]), min_size=2, max_size=2, unique=True))
    gap = st.text(" ,;-·.\t\u00a0\u202f«»\"'’", max_size=3)
    said = []
    for word in words:
        letters = [data.draw(st.sampled_from([c, c.upper(), full_width(c)])) for c in word]
        place = data.draw(st.integers(0, len(word) - 1))
        letters[place] += data.draw(st.sampled_from(ACCENTS))
        said.append(unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), "".join(letters)))
    typed = data.draw(gap) + said[0] + data.draw(gap) + " " + said[1] + data.draw(gap)
    assert read_words(typed) == " ".join(words)


@given(st.text())
def test_anything_typed_is_read_as_words_of_letters(typed: str) -> None:
    assert all(word.isalpha() for word in read_words(typed).split(" ") if word)
    assert read_words(typed) == read_words(typed).strip()


@languages
def test_other_words_stay_other_words(lang: str) -> None:
    first, second = WORDS[lang][:2]
    for typed in (f"{second} {first}", first, f"{first}{second}", f"{first} {second} {second}", f"{first} 1 {second}x"):
        assert read_words(typed) != f"{first} {second}"
