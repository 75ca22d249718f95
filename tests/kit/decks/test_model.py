"""The format: what it accepts, what it refuses, and that it reads back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import content
from kit.decks.faults import Lines
from kit.decks.model import Deck, Truth, words
from kit.decks.packing import dump
from kit.errors import BadContent

text = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
in_words = text | st.dictionaries(st.sampled_from(("fr", "en")), text, min_size=1)
unit = st.floats(0, 1)
clues = st.lists(
    st.fixed_dictionaries(
        {"family": st.sampled_from(("anatomical", "physical")), "x": unit, "y": unit, "words": in_words}
    ),
    max_size=2,
)
card = st.fixed_dictionaries({"who": in_words, "when": in_words, "words": in_words, "elsewhere": in_words})


@st.composite
def decks(draw: st.DrawFn) -> dict[str, Any]:
    """A deck as plain data."""

    def version(truth: Truth) -> dict[str, Any]:
        made: dict[str, Any] = {"truth": str(truth), "alt": draw(in_words), "explanation": draw(in_words)}
        if truth.machine:
            made |= {"file": "g.png", "clues": draw(clues)}
        if truth is Truth.MISCAPTIONED:
            made["card"] = draw(card)
        return made

    return {
        "format": 1,
        "id": "d",
        "title": draw(in_words),
        "items": [
            {
                "id": f"i{number}",
                "source": draw(st.sampled_from(({"file": "r.png"}, {"file": "a/b.jpg", "crop": [0, 0, 300, 200]}))),
                "credit": draw(in_words),
                "licence": draw(text),
                "title": draw(in_words),
                "approved": draw(st.booleans()),
                "versions": [version(truth) for truth in draw(st.sets(st.sampled_from(list(Truth)), min_size=1))],
            }
            for number in range(draw(st.integers(1, 3)))
        ],
    }


def plain(**changes: Any) -> dict[str, Any]:
    """A small sound deck, with ``changes`` to its item."""
    item = {
        "id": "one",
        "source": {"file": "r.png"},
        "credit": "c",
        "licence": "l",
        "title": "t",
        "alt": "a",
        "versions": [{"truth": "real", "explanation": "e"}],
    }
    return {"format": 1, "id": "d", "title": "t", "items": [item | changes]}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(decks())
def test_what_is_written_reads_back_equal(data: dict[str, Any]) -> None:
    deck = Deck.model_validate(data)
    assert content.parse(dump(deck), Deck, "deck.yaml") == deck


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_do_worse_than_a_bad_content(raw: bytes) -> None:
    with pytest.raises(BadContent):
        content.parse(raw, Deck, "deck.yaml")


def test_an_alt_text_of_the_item_is_that_of_every_version() -> None:
    versions = [
        {"truth": "real", "explanation": "e"},
        {"truth": "generated", "file": "g.png", "explanation": "e", "alt": "own"},
    ]
    item = Deck.model_validate(plain(alt="shared", versions=versions)).item("one")
    assert [version.alt for version in item.versions] == ["shared", "own"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"versions": [{"truth": "generated", "explanation": "e"}]}, "needs its own “file”"),
        ({"versions": [{"truth": "altered", "explanation": "e"}]}, "“file” or an “overlay”"),
        ({"versions": [{"truth": "miscaptioned", "explanation": "e"}]}, "needs a “card”"),
        ({"versions": [{"truth": "real", "explanation": "e"}] * 2}, "same truth"),
        ({"versions": []}, "at least 1"),
        (
            {"portrait": True, "versions": [{"truth": "generated", "file": "g.png", "explanation": "e"}]},
            "recognisable person",
        ),
        ({"source": {"file": "r.png", "crop": [300, 0, 20, 200]}}, "left < right"),
        ({"source": {"file": "r.png", "package": "torch"}}, "skimage"),
        ({"id": "Capital"}, "pattern"),
        ({"id": "../x"}, "pattern"),
        ({"title": {}}, "title"),
        ({"title": {"de": "Titel"}}, "title"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        Deck.model_validate(plain(**changes))
    assert words in str(caught.value)


def test_words_fall_back_on_the_other_language() -> None:
    assert words("both", "fr") == "both"
    assert words({"fr": "oui", "en": "yes"}, "en") == "yes"
    assert words({"fr": "oui"}, "en") == "oui"
    assert words(None, "fr") == ""


def test_lines_lead_to_the_deepest_field_that_exists() -> None:
    raw = b"# first\nformat: 1\nitems:\n  - id: a\n    source:\n      file: x\n  - id: b\n"
    lines = Lines(raw)
    assert lines.of(("items", 0, "source", "file")) == 6
    assert lines.of(("items", 0, "source", "crop")) == 5
    assert lines.of(("items", 1, "versions", 3)) == 7
    assert lines.of(("nothing",)) == 1
