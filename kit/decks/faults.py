"""Faults of a deck, each with the line of ``deck.yaml`` that shows it, all reported together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import yaml

from kit.errors import BadContent, KitError

Path = tuple[str | int, ...]
"""The way to a field of ``deck.yaml``: ``("items", 3, "source", "file")``."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing to mend. ``line`` counts from 1 in ``deck.yaml``; None when no line shows it."""

    what: KitError
    line: int | None = None

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The fault as one line."""
        if self.line is None:
            return self.what.text(translate)
        return BadContent("line {line}: {what}", line=self.line, what=self.what).text(translate)


class Faults(BadContent):
    """Every fault of one deck. ``values["faults"]`` is a list of :class:`Fault`."""

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, then one fault a line."""
        lines = "\n".join(f"- {fault.text(translate)}" for fault in self.values["faults"])
        return translate(self.message).format(name=self.values["name"], faults=lines)


class Lines:
    """Where each field stands in a YAML text that :func:`kit.content.parse` has already accepted."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @cached_property
    def _root(self) -> yaml.Node | None:
        # Composed, never constructed: no object is built from the text, and parse() has refused aliases.
        return yaml.compose(self._raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)

    def of(self, path: Path) -> int:
        """The line (from 1) of the deepest node on ``path`` that exists."""
        node, line = self._root, 1
        for part in path:
            if isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if key.value == str(part)]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def faults(self, found: Iterable[tuple[Path, KitError]]) -> list[Fault]:
        """``found`` with lines instead of paths, in the order of the file."""
        return sorted((Fault(what=what, line=self.of(path)) for path, what in found), key=lambda fault: fault.line or 0)


def raise_all(name: str, faults: list[Fault]) -> None:
    """Raise :class:`Faults` if there is any."""
    if faults:
        raise Faults("{name} has faults to mend:\n{faults}", name=name, faults=faults)
