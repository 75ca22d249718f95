"""An episode as a YAML file that a person reads and changes: without what says nothing, long texts as they stand."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from kit import field_faults
from kit.content import Content
from kit.faults import Fault, bad
from kit.podcast.episode import FILE, Episode

_WIDTH = 110
_LONG = 80
"""Characters from which a text gets lines of its own, without quotes."""
_BREAKS = "\x85\u2028\u2029"
"""Ends of lines to YAML 1.1, and to hardly anyone else."""
_WORD = re.compile(r"[a-z0-9_-]{1,20}")


def settled(episode: Episode) -> Episode:
    """``episode`` as it will be read again. Raises :class:`kit.faults.Faults` if it will not be.

    A copy of a model is not checked when it is made: what is wrong in it must not wait until the file is read.
    """
    plain = _fields(episode)
    try:
        return Episode.model_validate(plain)
    except ValidationError as error:
        raise bad(FILE, [Fault(what=what) for _, what in field_faults.of(error.errors(), plain, None)]) from error


def dump(episode: Episode) -> bytes:
    """``episode`` as the bytes of an ``episode.yaml`` that reads back equal: UTF-8, fields in the model's order."""
    text = yaml.dump(_fields(episode), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return text.encode()


def _fields(model: Content) -> dict[str, Any]:
    """What ``model`` says beyond its defaults."""
    found = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if _is_tag(field) or value != field.get_default(call_default_factory=True):
            found[name] = _plain(value)
    return found


def _is_tag(field: FieldInfo) -> bool:
    """Whether a field has one value only: it tells a take from a jingle, and must be written."""
    return get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1


def _plain(value: Any) -> Any:
    if isinstance(value, Content):
        fields = _fields(value)
        return _OneLine(fields) if all(_short(each) for each in fields.values()) else fields
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, StrEnum):
        return str(value)
    return value


def _short(value: object) -> bool:
    return isinstance(value, bool | int | float | date) or (isinstance(value, str) and bool(_WORD.fullmatch(value)))


class _OneLine(dict[str, Any]):
    """A few short fields: an operation, a jingle."""


class _Dumper(yaml.SafeDumper):
    """Without aliases, which no file of the kit may hold."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text or len(text) > _LONG else None
    if any(mark in text for mark in _BREAKS):
        style = '"'  # in any other style they are read back as plain line breaks
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _sequence(dumper: yaml.SafeDumper, entries: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", entries, flow_style=all(map(_short, entries)))


def _one_line(dumper: yaml.SafeDumper, fields: _OneLine) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", fields, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(_OneLine, _one_line)
