"""Words and facts in YAML, checked when they are loaded.

Every fault of a file is reported at once, each with its line (:mod:`kit.faults`); unknown fields are faults.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from kit import field_faults, yaml_faults
from kit.errors import BadContent, KitError
from kit.faults import Fault, bad, one, shown

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
            raise yaml_faults.Refused(BadContent("aliases (*name) are not accepted; repeat what they stand for"), event)
        if getattr(event, "tag", None) is not None:
            raise yaml_faults.Refused(yaml_faults.no_tags(), event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise yaml_faults.Refused(
                BadContent("nested too deeply: {most} levels are accepted", most=MAX_DEPTH), event
            )
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
            raise yaml_faults.Refused(yaml_faults.unreadable(str(node.value)), node) from error


def load(path: Path, model: type[C]) -> C:
    """Read the YAML file ``path`` as a ``model``.

    Raises :class:`BadContent` if it cannot be read, :class:`kit.faults.Faults` with every fault, each with its line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise cannot_be_read(path.name, error) from error
    return parse(raw, model, path.name)


def cannot_be_read(name: str, error: OSError) -> BadContent:
    """The error of a file that the system does not give."""
    why: KitError | str
    match error:
        case FileNotFoundError():
            why = BadContent("there is no such file")
        case IsADirectoryError():
            why = BadContent("it is a folder")
        case PermissionError():
            why = BadContent("this account may not read it")
        case _:
            why = error.strerror or str(error)
    return BadContent("{name} cannot be read:\n{faults}", name=name, faults=why)


def parse(raw: bytes, model: type[C], name: str) -> C:
    """Read YAML bytes as a ``model``; ``name`` is what the messages call the file.

    Raises :class:`kit.faults.Faults` with every fault, each with its line.
    """
    text = decode(raw, name)
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else {}
        twice = loader.twice
    except yaml.MarkedYAMLError as error:
        raise bad(name, [yaml_faults.of(error, text)]) from error
    except yaml.reader.ReaderError as error:
        what = BadContent("the character #x{code} is not accepted", code=f"{error.character:04x}")
        raise one(name, what, text.count("\n", 0, error.position) + 1) from error
    finally:
        if loader is not None:
            loader.dispose()
    found: list[tuple[int, KitError]] = [
        (line, BadContent("the field “{key}” is written twice", key=shown(key))) for line, key in twice
    ]
    beyond = 0
    try:
        read = model.model_validate(data)
    except ValidationError as error:
        # The lines of a hundred: finding those of a hundred thousand would take minutes.
        found += field_faults.of(error.errors()[:MAX_FAULTS], data, node)
        beyond = max(0, error.error_count() - MAX_FAULTS)
    else:
        if not found:
            return read
    found.sort(key=lambda fault: (fault[0], str(fault[1])))
    faults = [Fault(what=what, line=line) for line, what in found[:MAX_FAULTS]]
    if more := len(found) - len(faults) + beyond:
        faults.append(Fault(what=BadContent("and {count} more", count=more)))
    raise bad(name, faults)


def decode(raw: bytes, name: str) -> str:
    """The text of a file written by hand; ``name`` is what the messages call it.

    Raises :class:`kit.faults.Faults` if it is too large or not UTF-8.
    """
    if len(raw) > MAX_BYTES:
        raise one(name, BadContent("{size} bytes; at most {most} are accepted", size=len(raw), most=MAX_BYTES))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise one(name, BadContent("not UTF-8 text; save the file again as UTF-8"), line) from error
