"""Where the fields of a TOML file stand. ``tomllib`` keeps no lines, and a fault is to name its own.

The file was read by ``tomllib`` before, so only what it accepts comes here; what is looked for is how such files are
written: one table header or one field a line. A field inside a text of several lines may be taken for one of the file;
that only moves the line that a fault names.
"""

from __future__ import annotations

import re

import yaml

_HEADER = re.compile(r"\s*(?P<open>\[\[?)\s*(?P<path>[\w.\s-]+?)\s*\]\]?\s*(?:#.*)?")
_FIELD = re.compile(r"\s*(?P<key>[\w-]+)\s*=\s*(?P<value>.*)")


def tree(text: str) -> yaml.MappingNode:
    """Tables and fields of ``text`` as the nodes that :func:`kit.faults.find` walks, each marked with its line."""
    root = _mapping(0)
    table = root
    for number, line in enumerate(text.splitlines()):
        if found := _HEADER.fullmatch(line):
            parts = [part.strip() for part in found["path"].split(".")]
            table = root
            for part in parts[:-1]:
                table = _last(_child(table, part, number))
            if found["open"] == "[[":
                table = _entry(table, parts[-1], number)
            else:
                table = _last(_child(table, parts[-1], number))
        elif found := _FIELD.match(line):
            value = yaml.ScalarNode("", found["value"].strip(), _mark(number))
            table.value.append((yaml.ScalarNode("", found["key"], _mark(number)), value))
    return root


def _child(table: yaml.MappingNode, name: str, number: int) -> yaml.Node:
    for key, value in table.value:
        if key.value == name:
            return value
    made = _mapping(number)
    table.value.append((yaml.ScalarNode("", name, _mark(number)), made))
    return made


def _entry(table: yaml.MappingNode, name: str, number: int) -> yaml.MappingNode:
    """A new entry of the list of tables ``name``."""
    made = _mapping(number)
    for key, value in table.value:
        if key.value == name and isinstance(value, yaml.SequenceNode):
            value.value.append(made)
            return made
    table.value.append((yaml.ScalarNode("", name, _mark(number)), yaml.SequenceNode("", [made], _mark(number))))
    return made


def _last(node: yaml.Node) -> yaml.MappingNode:
    """The table itself, or the latest of a list of tables; an empty one beside the tree for what is a field."""
    if isinstance(node, yaml.SequenceNode):
        node = node.value[-1]
    return node if isinstance(node, yaml.MappingNode) else _mapping(0)


def _mapping(number: int) -> yaml.MappingNode:
    return yaml.MappingNode("", [], _mark(number))


def _mark(number: int) -> yaml.Mark:
    return yaml.Mark("", 0, number, 0, None, None)
