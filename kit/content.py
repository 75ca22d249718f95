"""Words and facts in YAML, checked when they are loaded.

Every fault of a file is reported at once, each with its line; unknown fields are faults.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from kit.errors import BadContent

MAX_BYTES = 512 * 2**10
"""Reading takes about 18 s of processor a megabyte: a larger file would hold up everyone's screen."""
MAX_DEPTH = 40
MAX_FAULTS = 100
"""Faults reported for one file; those beyond are counted."""


class Content(BaseModel):
    """Base of every model read from a file: frozen, no unknown field."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


C = TypeVar("C", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases (a few of them make a bomb), without tags, of bounded depth.

    ``twice`` lists the keys written twice: the line and the key.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.twice: list[tuple[int, str]] = []
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:  # type: ignore[override]
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            raise _refused("aliases (*name) are not accepted", event)
        if getattr(event, "tag", None) is not None:
            raise _refused("tags (!name) are not accepted; to begin a text with “!”, write it in quotes", event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _refused("nested too deeply", event)
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):  # any other key is refused by the parent class
                if key.value in seen:
                    self.twice.append((key.start_mark.line + 1, key.value))
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:  # what looks like a date or a number and is none: 2026-02-30
            raise _refused(f"“{str(node.value)[:40]}” cannot be read; write it in quotes", node) from error


def _refused(problem: str, where: yaml.Event | yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, where.start_mark)


def load(path: Path, model: type[C]) -> C:
    """Read the YAML file ``path`` as a ``model``.

    Raises :class:`BadContent` with every fault of the file, each with its line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadContent(
            "{name} cannot be read:\n{faults}", name=path.name, faults=error.strerror or str(error)
        ) from error
    return parse(raw, model, path.name)


def parse(raw: bytes, model: type[C], name: str) -> C:
    """Read YAML bytes as a ``model``; ``name`` is what the messages call the file.

    Raises :class:`BadContent` with every fault, each with its line.
    """
    if len(raw) > MAX_BYTES:
        raise _bad(name, [f"{len(raw)} bytes; at most {MAX_BYTES} are accepted"])
    text = _text(raw, name)
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else {}
        twice = loader.twice
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _bad(name, [f"line {line}: {error.problem or error.context}"]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _bad(name, [f"line {line}: the character #x{error.character:04x} is not accepted"]) from error
    finally:
        if loader is not None:
            loader.dispose()
    faults = [(line, f"the field “{key}” is written twice") for line, key in twice]
    try:
        read = model.model_validate(data)
    except ValidationError as error:
        # The lines of a hundred: finding those of a hundred thousand would take minutes.
        for fault in error.errors()[:MAX_FAULTS]:
            where = ".".join(str(part) for part in fault["loc"]) or "the file"
            faults.append((_line(node, fault["loc"]), f"{where}: {fault['msg']}"))
        more = error.error_count() + len(twice) - MAX_FAULTS
    else:
        if not faults:
            return read
        more = len(twice) - MAX_FAULTS
    lines = [f"line {line}: {what}" for line, what in sorted(faults)[:MAX_FAULTS]]
    raise _bad(name, [*lines, f"and {more} more"] if more > 0 else lines)


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _bad(name, [f"line {line}: not UTF-8 text; save the file again as UTF-8"]) from error


def _bad(name: str, faults: list[str]) -> BadContent:
    return BadContent("{name} has faults to mend:\n{faults}", name=name, faults="\n".join(f"- {f}" for f in faults))


def _line(node: yaml.Node | None, path: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest node on ``path`` that exists."""
    if node is None:
        return 1
    line = node.start_mark.line + 1
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
            break
        node = child
    return line
