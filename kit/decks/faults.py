"""The line of ``deck.yaml`` that shows a fault of a deck."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import yaml

from kit.errors import KitError
from kit.faults import Fault, Path, find, raise_all

__all__ = ["Lines", "Path", "raise_all"]


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
        return find(self._root, path)[0]

    def faults(self, found: Iterable[tuple[Path, KitError]]) -> list[Fault]:
        """``found`` with lines instead of paths, in the order of the file."""
        return sorted((Fault(what=what, line=self.of(path)) for path, what in found), key=lambda fault: fault.line or 0)
