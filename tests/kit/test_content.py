"""Content files: everything wrong is told at once, on the right line; nothing hostile gets further."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from kit import content
from kit.content import Content
from kit.errors import BadContent
from kit.faults import Faults


class Clue(Content):
    x: float
    words: str = ""


class Card(Content):
    title: str = Field(min_length=1)
    year: int = 2026
    clues: tuple[Clue, ...] = ()
    words: dict[str, str] = Field(default_factory=dict)
    inner: Card | None = None


def read(text: str | bytes) -> Card:
    return content.parse(text.encode() if isinstance(text, str) else text, Card, "card.yaml")


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(BadContent) as caught:
        read(text)
    assert caught.value.values["name"] == "card.yaml"
    return told(caught.value)


def told(error: BadContent) -> list[str]:
    """The faults of an error, each on one line."""
    assert isinstance(error, Faults)
    found = [fault.text() for fault in error.values["faults"]]
    assert str(error).splitlines()[1:] == [f"- {fault}" for fault in found]
    return found


def test_reads_what_is_right() -> None:
    title = "Œuvre «\u202fà deux\u202f»"
    card = read(f"\ufefftitle: ' {title} '\nclues:\n  - {{x: 0.5, words: ici}}\nwords: {{fr: oui, en: 'yes'}}\n")
    assert card == Card(title=title, clues=(Clue(x=0.5, words="ici"),), words={"fr": "oui", "en": "yes"})


def test_comments_anchors_and_merge_free_yaml_keep_their_meaning() -> None:
    assert read("# one\n---\ntitle: &anchor unused\n...\n").title == "unused"


def test_load_names_the_file_and_says_why_it_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("title: x", "utf-8")
    assert content.load(tmp_path / "good.yaml", Card).title == "x"
    with pytest.raises(BadContent, match=r"^absent\.yaml cannot be read:\nthere is no such file$"):
        content.load(tmp_path / "absent.yaml", Card)
    with pytest.raises(BadContent, match=r"cannot be read:\n(it is a folder|this account may not read it)$"):
        content.load(tmp_path, Card)


def test_every_fault_at_once_with_its_line() -> None:
    found = faults(
        "title: ''\n"  # 1
        "colour: red\n"  # 2
        "year: soon\n"  # 3
        "clues:\n"  # 4
        "  - x: 0.5\n"  # 5
        "  - words: no x\n"  # 6
        "    size: 3\n"  # 7
        "  - x: left\n"  # 8
        "year: 2025\n"  # 9
    )
    where = [tuple(re.match(r"line (\d+): (?:the field “)?([\w.]+)", fault).groups()) for fault in found]  # type: ignore[union-attr]
    assert where == [
        ("1", "title"),
        ("2", "colour"),
        ("6", "clues.1.x"),
        ("7", "clues.1.size"),
        ("8", "clues.2.x"),
        ("9", "year"),
    ], found


def test_lines_are_in_the_order_of_the_file() -> None:
    found = faults("title: x\n" + "".join(f"f{n}: 1\n" for n in range(12)))
    assert [int(fault.split()[1].rstrip(":")) for fault in found] == list(range(2, 14))


def test_a_flood_of_faults_is_counted_not_listed() -> None:
    found = faults("title: x\n" + "".join(f"f{n}: 1\n" for n in range(250)))
    assert len(found) == content.MAX_FAULTS + 1
    assert found[-1] == "and 150 more"


def test_a_key_written_twice_is_a_fault_at_any_depth() -> None:
    assert faults("title: a\nwords:\n  fr: oui\n  fr: non\n") == ["line 4: the field “fr” is written twice"]
    assert faults("title: a\ntitle: b\ntitle: c\n") == [
        "line 2: the field “title” is written twice",
        "line 3: the field “title” is written twice",
    ]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("title: a\nwords: &w {fr: oui}\ninner: {title: b, words: *w}\n", 3, "aliases"),
        ("title: a\ninner: &i\n  title: b\n  inner: *i\n", 4, "aliases"),
        ("title: a\nyear: !!int ''\n", 2, "tags"),
        ("title: a\nyear: !!timestamp never\n", 2, "tags"),
        ("title: a\n\nyear: !!python/object/apply:os.getcwd []\n", 3, "tags"),
        ("title: ! a\n", 1, "tags"),
        ("title: a\n\tyear: 3\n", 2, "a tab cannot stand here"),
        ("title: a\nyear: 2026-02-30\n", 2, "“2026-02-30” cannot be read"),
        ("title: a\nyear: " + "9" * 5000 + "\n", 2, "cannot be read"),
        ("title: a\n? [x, y]\n: 1\n", 2, "the name of a field is a plain text"),
        ("title: a\n? {x: y}\n: 1\n", 2, "the name of a field is a plain text"),
        ("title: a\n--- \ntitle: b\n", 2, "another document"),
        ("title: 'open\n\n", 1, "never closed"),
        ("title: a\nyear: \x07\n", 2, "#x0007"),
        ("title: a\nclues: " + "[" * 60 + "]" * 60, 2, "nested too deeply"),
        ("title: a\nclues: " + "[" * 100_000, 2, "nested too deeply"),
        ("title: a\nclues: " + "{a: " * 5_000, 2, "nested too deeply"),
        ("title: a\nclues:\n" + "".join(" " * n + "-\n" for n in range(600)), 42, "nested too deeply"),
    ],
)
def test_refused_in_a_sentence_with_its_line(text: str, line: int, says: str) -> None:
    [fault] = faults(text)
    assert fault.startswith(f"line {line}: "), fault
    assert says in fault


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        text += f"{name}: &{name} [" + ", ".join([f"*{before}"] * 9) + "]\n"
    start = time.perf_counter()
    assert faults(text) == ["line 2: aliases (*name) are not accepted; repeat what they stand for"]
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("raw", ["title: é".encode("latin-1"), "title: x".encode("utf-16"), b"title: \xff"])
def test_text_that_is_not_utf8(raw: bytes) -> None:
    [fault] = faults(raw)
    assert "not UTF-8" in fault


def test_the_line_of_a_byte_that_is_not_utf8() -> None:
    assert faults(b"title: a\n\nyear: \xe9\n")[0].startswith("line 3: ")


def test_a_file_beyond_the_bound_is_not_even_parsed() -> None:
    start = time.perf_counter()
    [fault] = faults(b"- a\n" * (content.MAX_BYTES // 4 + 1))
    assert f"at most {content.MAX_BYTES}" in fault
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize("text", ["", "# nothing\n", "~", "[]", "3", "text"])
def test_a_file_without_fields_is_a_fault(text: str) -> None:
    [fault] = faults(text)
    assert fault.startswith("line 1: ")


def test_keys_that_are_not_text_are_faults() -> None:
    assert len(faults("title: a\n2026: b\ntrue: c\n")) == 2


def test_loading_is_quick_enough_for_the_largest_file() -> None:
    """The bound exists because reading YAML holds up every screen: 0.1 MB of it stays within a few seconds."""
    text = "title: a\nclues:\n" + "  - {x: 0.5, words: here}\n" * 3_000
    start = time.process_time()
    assert len(read(text).clues) == 3_000
    assert time.process_time() - start < 10


PIECES = st.sampled_from(
    [
        *("title", "year", "clues", "x", ": ", ":", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "'", '"', "|", ">"),
        *("&a ", "*a", "!!", "!!int ", "!!set ", "<<", "? ", "#", "%", "@", "`", "\t", "---", "…", "~", "yes", "é"),
        *("2026-02-30", "2001-01-01 00:00:00 +99:99", "0x", "0b_", "1:60", "._", ".nan", "\ud7ff", "\x85", "\u2028"),
    ]
)


def attempt(raw: str | bytes) -> tuple[Card | None, list[str]]:
    """What was read, or the faults; any other error surfaces."""
    try:
        return read(raw), []
    except BadContent as error:
        return None, told(error)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=60)))
def test_no_text_raises_anything_else(text: str) -> None:
    card, found = attempt(text)
    assert card or all(re.match(r"line \d+: .", fault) for fault in found), found


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    card, found = attempt(raw)
    assert card or found[0].startswith("line ")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4),
    max_leaves=12,
)


class Dumper(yaml.SafeDumper):
    """Without aliases, which the kit refuses."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["title", "year", "clues", "words", "inner", "other"]), VALUES, max_size=5))
def test_any_value_in_any_field_is_read_or_told(data: dict) -> None:
    card, found = attempt(yaml.dump(data, Dumper=Dumper, allow_unicode=True))
    assert card is None or card.title == data["title"].strip()
    assert [fault for fault in found if "aliases" in fault] == []
