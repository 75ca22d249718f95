"""Words and facts in YAML, checked when they are loaded.

Every fault of a file is reported at once, each with its line; unknown fields are faults.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from kit.errors import BadContent

MAX_BYTES = 2 * 2**20


class Content(BaseModel):
    """Base of every model read from a file: frozen, no unknown field."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


C = TypeVar("C", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases (a few of them make a bomb) and without duplicate keys."""

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:  # type: ignore[override]
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.constructor.ConstructorError(None, None, "aliases (*name) are not accepted", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the field “{key.value}” is written twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


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
    loader = None
    try:
        loader = _Loader(raw.decode("utf-8-sig"))
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else {}
    except UnicodeDecodeError as error:
        raise _bad(name, [f"byte {error.start}: not UTF-8 text"]) from error
    except RecursionError as error:
        raise _bad(name, ["nested too deeply"]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _bad(name, [f"line {line}: {error.problem or error.context}"]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise _bad(name, [str(error).splitlines()[0]]) from error
    finally:
        if loader is not None:
            loader.dispose()
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"]) or "the file"
            faults.append((_line(node, fault["loc"]), where, fault["msg"]))
        raise _bad(name, [f"line {line}: {where}: {what}" for line, where, what in sorted(faults)]) from error


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
