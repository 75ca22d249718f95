"""What pyyaml refuses is said in sentences of ours, on the line where the mistake is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import content
from kit.content import Content
from kit.faults import Faults

FALLBACK = "this cannot be read as YAML: {problem}"


class Note(Content):
    a: str


def fault_of(text: str) -> tuple[int | None, str, str]:
    """Line, template and sentence of the only fault."""
    with pytest.raises(Faults) as caught:
        content.parse(text.encode(), Note, "note.yaml")
    [fault] = caught.value.values["faults"]
    return fault.line, fault.what.message, str(fault.what)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("b: 1\na: Attention: chien\n", 2, "a “:” cannot stand here"),
        ("a: x\n  b: y\n", 2, "a “:” cannot stand here"),
        ("a: x\nword\nb: y\n", 2, "a “:” is missing"),
        ("a: x\nb: 'never\nc: d\n", 2, "the quotes opened here are never closed"),
        ('a: "never\n---\n', 1, "the quotes opened here are never closed"),
        ("a: 'l'ami'\n", 1, "write an apostrophe twice"),
        ('b: 1\na: "word" more\n', 2, "nothing can follow closing quotes"),
        ('a: "C:\\Users"\n', 1, "write “\\” twice"),
        ('a: "\\q"\n', 1, "write “\\” twice"),
        ("a:\n\tb: c\n", 2, "a tab cannot stand here"),
        ("a: @school\n", 1, "cannot begin with “@”"),
        ("a: `x`\n", 1, "cannot begin with “`”"),
        ("a: %\n", 1, "cannot begin with “%”"),
        ("a: & co\n", 1, "cannot begin with “&”"),
        ("a: **bold**\n", 1, "cannot begin with “*”"),
        ("a: ? b\n", 1, "cannot begin with “?”"),
        ("a: ]\n", 1, "cannot begin with “]”"),
        ("a: !x!y z\n", 1, "tags (!name)"),
        ("b:\n  c: [1, 2\na: x\n", 3, "the bracket opened on line 2"),
        ("a: {b: 1\n", 2, "the bracket opened on line 1"),
        ("a: [\n", 2, "a bracket is still open"),
        ("a: - b\n", 1, "a “-” cannot stand here"),
        ("a: | word\n  b\n", 1, "the text begins on the next line"),
        ("a:\n  b: c\n d: e\n", 3, "does not fit those above"),
        ("a: b\n- c\n", 2, "does not fit those above"),
        ("{a: b}\nc: d\n", 2, "does not fit those above"),
        ("a: =\n", 1, "“=” cannot be read"),
        ("<<: 3\n", 1, "“<<” takes a block"),
    ],
)
def test_the_mistakes_people_make_are_said_where_they_are(text: str, line: int, says: str) -> None:
    found, message, sentence = fault_of(text)
    assert message != FALLBACK
    assert says in sentence
    assert found == line


def test_what_hardly_anyone_writes_is_said_in_the_words_of_pyyaml() -> None:
    _, message, sentence = fault_of("%YAML 3.0\n---\na: b\n")
    assert message == FALLBACK
    assert "incompatible YAML document" in sentence


MARKS = st.sampled_from([*"abc:-[]{}'\"|>&*!%@`,?#\\ \n", ": ", "- ", "\n  ", "a: "])


@settings(max_examples=400, deadline=None)
@given(st.lists(MARKS, max_size=14).map(lambda pieces: "a: " + "".join(pieces)))
def test_no_usual_mark_is_left_to_pyyaml(text: str) -> None:
    found = []
    try:
        content.parse(text.encode(), Note, "note.yaml")
    except Faults as error:
        found = error.values["faults"]
    assert [str(fault.what) for fault in found if fault.what.message == FALLBACK] == []
