"""Every fault that our models can find is said in a sentence of ours, none in pydantic's."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, core_schema

from kit import ROOT, content, field_faults
from kit.content import Content
from kit.decks.model import Deck, Slug
from kit.errors import BadContent
from kit.faults import Faults, Unfit
from kit.guides import FrontMatter
from kit.podcast.episode import Episode

FALLBACK = "this is not accepted: {problem}"
TABLES: tuple[Mapping[str, object], ...] = (field_faults.EXPECTED, field_faults.BOUNDED, field_faults.SENTENCES)
KNOWN = {kind for table in TABLES for kind in table}


def models() -> list[type[Content]]:
    """Every model of the kit and of the activities that is read from a file."""
    for folder in ("kit", "activities"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "(Content):" in file.read_text("utf-8"):
                importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    found: list[type[Content]] = []
    waiting = list(Content.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        template = model.__pydantic_generic_metadata__["parameters"]  # read only once its parameters are given
        if model.__module__.startswith(("kit.", "activities.")) and not template:
            found.append(model)
    return sorted(found, key=named)


def named(model: type[Content]) -> str:
    return f"{model.__module__}.{model.__qualname__}"


SCALARS: tuple[Any, ...] = (
    *(None, True, -1, 0, 3, 10**6, 10**30, 2.5, -0.5, 1e300, float("nan"), float("inf"), date(2026, 2, 3)),
    *("", "  ", "x", "two words", "A", "x" * 5000, "real", "2026-02-03", "3", "3.5", "oui"),
)
BAD: tuple[Any, ...] = (
    *SCALARS,
    *([], list(SCALARS), [[]], [{}], ["x"] * 300, [9, 9, 0, 0], [1, 2, 3], [1, 2, 3, 4, 5]),
    *({}, {"x": 1}, {"fr": ""}, {"fr": 2, "de": "x"}, {3: "x"}, {"fr": {}}, {str(n): n for n in range(300)}),
)


def errors_of(model: type[Content]) -> Iterator[tuple[Any, list[ErrorDetails]]]:
    """What pydantic says of every bad value in every field, with the data it was given."""
    attempts: list[Any] = [*BAD, {"unknown": 1}, {3: "x"}]
    attempts += [{name: value} for name in model.model_fields for value in BAD]
    for data in attempts:
        try:
            model.model_validate(data)
        except ValidationError as error:
            yield data, error.errors()


@pytest.mark.parametrize("model", models(), ids=named)
def test_each_fault_of_each_model_is_said_in_our_words(model: type[Content]) -> None:
    seen = set()
    for data, errors in errors_of(model):
        kinds = {error["type"] for error in errors}
        seen |= kinds
        assert kinds <= KNOWN
        for line, what in field_faults.of(errors, data, None):
            assert line == 1
            assert str(what).count("\n") == 0
            inner = what.values.get("what", what) if isinstance(what, BadContent) else what
            assert inner.message != FALLBACK, str(what)
            for mark in ("constrained-str", "dict[", "[key]"):
                assert mark not in str(what)
    assert {"model_type", "extra_forbidden"} <= seen, "the walk provokes hardly anything: is it broken?"


def test_the_tables_name_types_that_pydantic_has() -> None:
    assert KNOWN - set(get_args(core_schema.ErrorType)) == set()
    assert sum(len(table) for table in TABLES) == len(KNOWN), "a type stands in two tables"


def test_every_pattern_of_what_people_write_is_in_words() -> None:
    """Decks, guides and podcasts; a pattern of the kit's own lists is shown as it is to those who maintain them."""
    patterns = set()
    written = (Deck.__module__, FrontMatter.__module__, Episode.__module__)
    for model in (model for model in models() if model.__module__ in written):
        for _, errors in errors_of(model):
            patterns |= {e["ctx"]["pattern"] for e in errors if e["type"] == "string_pattern_mismatch"}
    assert patterns == set(field_faults.PATTERNS)


def faults(text: str, model: type[Content] = Deck) -> list[str]:
    with pytest.raises(Faults) as caught:
        content.parse(text.encode(), model, "x.yaml")
    return [fault.text() for fault in caught.value.values["faults"]]


DECK = """\
format: 2
id: A b
title: {de: Titel}
description: {fr: 12}
items:
  - id: a
    source: {file: a.png, crop: [1, 2, 3, x, 5]}
    credit: 2026-01-01
    licence:
    title: []
    portrait: perhaps
    size: 3
    versions:
      - truth: fake
        alt: ''
        explanation: e
        clues: [{family: physical, x: 1.5, y: -1, words: w}]
        card: 3
"""


def test_a_deck_full_of_faults() -> None:
    assert faults(DECK) == [
        "line 1: format: this takes 1; received: 2",
        "line 2: id: this takes 1 to 64 small letters without accents, digits, “-” and “_”, the first a letter or a "
        "digit; received: A b",
        "line 3: title.de: this takes one of: fr, en; received: de",
        "line 4: description.fr: this takes a text; write it in quotes: 12",
        "line 7: items.0.source.crop: the number of entries is 5; it must be 4 or less",
        "line 8: items.0.credit: this takes a text; write it in quotes: 2026-01-01",
        "line 9: items.0.licence: this takes a text; received: nothing",
        "line 10: items.0.title: this takes a text, or a block of named fields; received: a list",
        "line 11: items.0.portrait: this takes true or false; received: perhaps",
        "line 12: items.0.size: this field is not known here; remove it, or correct its name",
        "line 14: items.0.versions.0.truth: this takes one of: real, generated, altered, miscaptioned; received: fake",
        "line 15: items.0.versions.0.alt: this text is empty; write it",
        "line 17: items.0.versions.0.clues.0.x: this takes 1 or less; received: 1.5",
        "line 17: items.0.versions.0.clues.0.y: this takes 0 or more; received: -1",
        "line 18: items.0.versions.0.card: this takes a block of named fields; received: 3",
    ]


def test_a_front_matter_full_of_faults() -> None:
    text = "slug: Été\ntitel: x\nlevels: [6e]\nminutes: {short: 0, lesson: 601, half_day: long}\nmaterials: []\n"
    assert faults(text, FrontMatter) == [
        "line 1: competences: this field is missing; add it",
        "line 1: group_size: this field is missing; add it",
        "line 1: slug: this takes small letters without accents, digits and “_” only; received: Été",
        "line 1: title: this field is missing; add it",
        "line 2: titel: this field is not known here; remove it, or correct its name",
        "line 3: levels.0: this takes one of: cycle2, cycle3, 5e, 4e-3e, lycee, adults; received: 6e",
        "line 4: minutes.half_day: this takes a whole number; received: long",
        "line 4: minutes.lesson: this takes 600 or less; received: 601",
        "line 4: minutes.short: this takes 1 or more; received: 0",
        "line 5: materials: the number of entries is 0; it must be 1 or more",
    ]


EPISODE = """\
segments:
  - id: Hook
    kind: hook
    best: 4
    sources:
      - kind: take
        fiel: a.wav
        seconds: -1
        operations:
          - {do: cut, start: x, end: 2}
          - {do: explode}
          - {}
      - {kind: tkae, file: a.wav}
      - {file: a.wav}
      - {kind: [take], file: a.wav}
      - {kind: take, name: file}
      - {kind: take, file: ../a.wav, take: {file: 3}}
      - take
  - {id: b, kind: hook, best: 1}
beds:
  - first: hook
    last: hook
    source: {kind: take, file: a.wav}
"""


def test_the_tag_of_a_union_is_no_field_and_hides_no_line() -> None:
    """Pydantic puts it into the way to the field: « sources.0.take.file »."""
    assert faults(EPISODE, Episode) == [
        "line 2: segments.0.id: this takes 1 to 32 small letters without accents, digits, “-” and “_”, the first a "
        "letter or a digit; received: Hook",
        "line 6: segments.0.sources.0.file: this field is missing; add it",
        "line 7: segments.0.sources.0.fiel: this field is not known here; remove it, or correct its name",
        "line 8: segments.0.sources.0.seconds: this takes 0 or more; received: -1",
        "line 10: segments.0.sources.0.operations.0.start: this takes a number; received: x",
        "line 11: segments.0.sources.0.operations.1.do: this takes one of: keep, cut, fade, pauses, denoise, even, "
        "louder; received: explode",
        "line 12: segments.0.sources.0.operations.2: the field do is missing here",
        "line 13: segments.0.sources.1.kind: this takes one of: take, jingle, synthetic, music; received: tkae",
        "line 14: segments.0.sources.2: the field kind is missing here",
        "line 15: segments.0.sources.3.kind: this takes one of: take, jingle, synthetic, music; received: a list",
        "line 16: segments.0.sources.4.file: this field is missing; add it",
        "line 17: segments.0.sources.5.take.file: this is not the name of a file of this folder, such as "
        "sounds/one.mp3",
        "line 17: segments.0.sources.5.take.take: this field is not known here; remove it, or correct its name",
        "line 18: segments.0.sources.6: this takes a block of named fields; received: take",
        "line 19: segments.1: best names no source of this segment; the first is 0",
        "line 23: beds.0.source.kind: this takes one of: jingle, music; received: take",
    ]


class Even(Content):
    kind: Literal["even"] = "even"
    number: int

    @model_validator(mode="after")
    def _is_even(self) -> Even:
        if self.number % 2:
            raise Unfit("“number” is odd")
        return self


class Odd(Content):
    kind: Literal["odd"] = "odd"


class Numbers(Content):
    one: Annotated[Even | Odd, Field(discriminator="kind")]


def test_the_validator_of_a_model_that_a_tag_chose_is_shown_where_the_model_stands() -> None:
    assert faults("\none:\n  number: 3\n  kind: even\n", Numbers) == ["line 2: one: “number” is odd"]


def test_a_list_whose_entries_are_wrong_is_not_also_too_short() -> None:
    found = faults("format: 1\nid: a\ntitle: t\nitems: [3]\n")
    assert found == ["line 4: items.0: this takes a block of named fields; received: 3"]


def test_no_word_of_a_report_escapes_translation() -> None:
    """With a translator that blots out every letter of the messages, what remains are the author's own words."""

    def blot(message: str) -> str:
        return "".join(
            part if part.startswith("{") else re.sub(r"\w", "·", part) for part in re.split(r"(\{\w+\})", message)
        )

    with pytest.raises(Faults) as caught:
        content.parse(DECK.encode(), Deck, "x.yaml")
    said = caught.value.text(blot)
    own = set(re.findall(r"\w+", DECK)) | {"yaml", "real", "generated", "altered", "miscaptioned", "en"}
    assert {word for word in re.findall(r"[^\W\d]\w*", said) if "·" not in word} <= own


class Pair(Content):
    one: int
    other: Slug = "a"
    day: date = Field(default=date(2026, 1, 1))

    @model_validator(mode="after")
    def _fits(self) -> Pair:
        if self.one == 1:
            raise Unfit("“one” is {one}; {least} is accepted", one=self.one, least=2)
        if self.one == 3:
            raise ValueError("three {is} too many")
        return self


def test_the_sentence_of_a_validator_is_translated_with_its_values() -> None:
    with pytest.raises(Faults) as caught:
        content.parse(b"one: 1\n", Pair, "pair.yaml")
    [fault] = caught.value.values["faults"]
    assert fault.text() == "line 1: “one” is 1; 2 is accepted"
    french = {
        "line {line}: {what}": "ligne {line} : {what}",
        "“one” is {one}; {least} is accepted": "« one » vaut {one}, {least} est admis",
    }
    assert fault.text(lambda message: french.get(message, message)) == "ligne 1 : « one » vaut 1, 2 est admis"


def test_a_plain_error_of_a_validator_is_said_as_it_stands() -> None:
    assert faults("one: 3\n", Pair) == ["line 1: this is not accepted: three {is} too many"]


def test_a_date_that_is_none() -> None:
    assert faults("one: 2\nday: soon\n", Pair) == ["line 2: day: this takes a date, such as 2026-12-31; received: soon"]


def test_a_type_that_nobody_foresaw_is_said_in_the_words_of_pydantic() -> None:
    error: Any = {"type": "never_heard_of", "loc": ("one",), "msg": "Input should be even", "input": 3, "ctx": {}}
    [(_, what)] = field_faults.of([error], {"one": 3}, None)
    assert str(what) == "one: this is not accepted: Input should be even"


def test_a_name_of_a_field_stays_on_its_line_and_short() -> None:
    [fault] = faults('one: 2\n"x\\ny' + "z" * 200 + '": 3\n', Pair)
    assert fault.startswith("line 2: x yzzz")
    assert "\n" not in fault
    assert len(fault) < 160
