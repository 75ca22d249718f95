"""Errors: one tree, messages that fill in, and that survive a trip between processes."""

from __future__ import annotations

import ast
import copy
import pickle
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import ROOT, errors
from kit.classroom.store import Stale
from kit.errors import BadContent, BadImage, BadInput, KitError

CODE = [
    ROOT / "app.py",
    ROOT / "serve.py",
    *(f for d in ("kit", "activities", "pages") for f in (ROOT / d).rglob("*.py")),
]
KINDS = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, KitError)]


def french(message: str) -> str:
    """A translator that knows two sentences."""
    known = {
        "“{name}” is too large.": "«\u202f{name}\u202f» est trop gros.",
        "line {line}: {what}": "ligne {line}\u00a0: {what}",
    }
    return known.get(message, message)


@pytest.mark.parametrize("kind", [*KINDS, Stale], ids=lambda kind: kind.__name__)
def test_survives_pickling_and_copying(kind: type[KitError]) -> None:
    error = kind("“{name}” holds {count} {{braces}}.", name="a{b}", count=3)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is kind
        assert (twin.message, twin.values) == (error.message, error.values)
        assert str(twin) == "“a{b}” holds 3 {braces}."


def test_nested_errors_are_translated_in_turn() -> None:
    inner = BadImage("“{name}” is too large.", name="chat.png")
    outer = pickle.loads(pickle.dumps(BadContent("line {line}: {what}", line=7, what=inner)))
    assert str(outer) == "line 7: “chat.png” is too large."
    assert outer.text(french) == "ligne 7\u00a0: «\u202fchat.png\u202f» est trop gros."


def test_values_are_never_formatted_again() -> None:
    assert str(BadInput("“{name}” is unknown.", name="{0.__class__}")) == "“{0.__class__}” is unknown."


def test_is_caught_by_its_base() -> None:
    with pytest.raises(BadInput):
        raise BadImage("“{name}” is too large.", name="x")


def test_the_tree_in_the_docstring_is_the_real_one() -> None:
    drawn: dict[str, str] = {}
    branch: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"    (?P<indent>[│ ]*)(?:[├└]── )?(?P<name>[A-Z]\w+)\b", line):
            depth = len(found["indent"]) // 4 + ("──" in line)
            branch = [*branch[:depth], found["name"]]
            drawn[found["name"]] = branch[-2] if depth else "Exception"
    assert drawn == {kind.__name__: kind.__base__.__name__ for kind in KINDS}


# -- every message of the code ----------------------------------------------------------------------------------------


def _families() -> set[str]:
    """Names of every class that descends from KitError, here or elsewhere in the code."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for file in CODE
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    names = {"KitError"}
    while more := {name for name, parents in bases.items() if parents & names} - names:
        names |= more
    return names


def _calls() -> Iterator[tuple[str, ast.Call]]:
    """Every place that makes a KitError, with where it is."""
    families = _families()
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in families:
                    yield f"{file.relative_to(ROOT).as_posix()}:{node.lineno}", node


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def test_every_message_is_a_literal_filled_with_exactly_its_values() -> None:
    faults = []
    seen = 0
    for where, call in _calls():
        if not (call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)):
            faults.append(f"{where}: gettext cannot extract {ast.unparse(call)[:80]}")
            continue
        seen += 1
        given = {keyword.arg for keyword in call.keywords}
        wanted = placeholders(call.args[0].value)
        if None in given:  # **values: at least the names written out must be wanted
            given.discard(None)
            wanted = wanted & given
        if given != wanted or len(call.args) > 1:
            faults.append(f"{where}: {{{', '.join(sorted(wanted))}}} filled with {', '.join(sorted(given))}")
    assert faults == []
    assert seen > 40, "the walk found hardly anything: is it broken?"


def test_every_message_is_a_sentence() -> None:
    """It ends as a sentence does, or with what is listed; fragments that another message takes in excepted."""
    faults = [
        f"{where}: {call.args[0].value!r}"
        for where, call in _calls()
        if call.args
        and isinstance(call.args[0], ast.Constant)
        and not re.search(r"(?:[.!?]|\}|\w)$", call.args[0].value)
    ]
    assert faults == []


def test_the_walk_covers_the_tree() -> None:
    assert {Path("kit/settings.py"), Path("serve.py")} <= {file.relative_to(ROOT) for file in CODE}
    assert "Stale" in _families()
