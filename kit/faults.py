"""Faults of a file written by hand, each with its line, all reported together.

Content files, guides and decks raise the same :class:`Faults`. A fault is a sentence with its values apart, so that
every line of the report is said in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import yaml

from kit.errors import BadContent, KitError

Path = tuple[str | int, ...]
"""The way to a field: ``("items", 3, "source", "file")``."""
MAX_SHOWN = 60
"""Characters of the author's own words that a fault repeats."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing to mend. ``line`` counts from 1 in the file; None when no line shows it."""

    what: KitError
    line: int | None = None

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The fault as one line."""
        if self.line is None:
            return self.what.text(translate)
        return BadContent("line {line}: {what}", line=self.line, what=self.what).text(translate)


class Faults(BadContent):
    """Every fault of one file. ``values["name"]`` is the file, ``values["faults"]`` a list of :class:`Fault`."""

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, then one fault a line."""
        lines = "\n".join(f"- {fault.text(translate)}" for fault in self.values["faults"])
        return translate(self.message).format(name=self.values["name"], faults=lines)


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything found in what somebody made: faults, which forbid its use, and warnings."""

    name: str
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether it can be used."""
        return not self.faults

    def text(self, translate: Callable[[str], str] = str) -> str:
        """Every fault, then every warning, one a line; empty if there is none."""
        return "\n".join(f"- {fault.text(translate)}" for fault in (*self.faults, *self.warnings))

    def as_json(self, translate: Callable[[str], str] = str) -> dict[str, object]:
        """The report as plain types."""

        def rows(found: tuple[Fault, ...]) -> list[dict[str, object]]:
            return [{"line": fault.line, "message": fault.what.text(translate)} for fault in found]

        return {"name": self.name, "ok": self.ok, "faults": rows(self.faults), "warnings": rows(self.warnings)}


class Unfit(BadContent, ValueError):
    """What the validator of a model raises: pydantic catches it as any ``ValueError``, the report says its sentence."""


def bad(name: str, faults: list[Fault]) -> Faults:
    """The error that reports ``faults``; ``name`` is what it calls the file."""
    return Faults("{name} has faults to mend:\n{faults}", name=name, faults=faults)


def one(name: str, what: KitError, line: int | None = None) -> Faults:
    """The error that reports a single fault."""
    return bad(name, [Fault(what=what, line=line)])


def raise_all(name: str, faults: list[Fault]) -> None:
    """Raise :class:`Faults` if there is any."""
    if faults:
        raise bad(name, faults)


def shown(text: object) -> str:
    """The author's own words as a fault repeats them: on one line, and not too long."""
    line = " ".join(str(text).split())
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"


def find(node: yaml.Node | None, path: Path) -> tuple[int, yaml.Node | None]:
    """The line (from 1) of the deepest node on ``path`` that exists, and the node of ``path`` itself, if it exists.

    What is missing at the top of the file is shown on line 1.
    """
    line = 1
    for part in path:
        child = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, child = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
            line = child.start_mark.line + 1
        if child is None:
            return line, None
        node = child
    return line, node
