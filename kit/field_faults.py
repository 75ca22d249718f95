"""What is wrong with the fields of a file, in sentences of our own: those of pydantic exist in English only.

Most faults are said in one way, « this takes …; received: … »: :data:`EXPECTED` names what is taken, by type of
error. A type that is not known here is said in pydantic's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from pydantic_core import ErrorDetails

from kit.errors import BadContent, KitError
from kit.faults import Path, find, shown

_TEXT = BadContent("a text")
_WHOLE = BadContent("a whole number")
_NUMBER = BadContent("a number")
_EITHER = BadContent("true or false")
_LIST = BadContent("a list")
_BLOCK = BadContent("a block of named fields")
_DAY = BadContent("a date, such as 2026-12-31")
_MOMENT = BadContent("a date and a time, such as 2026-12-31 14:30:00")
_ADDRESS = BadContent("a web address, such as https://example.org")

EXPECTED: dict[str, KitError] = {
    **dict.fromkeys(("string_type", "string_unicode"), _TEXT),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _EITHER),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "iterable_type"), _LIST),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), _BLOCK),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DAY),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing"), _MOMENT),
    **dict.fromkeys(("url_type", "url_parsing", "url_syntax_violation", "url_scheme"), _ADDRESS),
    "none_required": BadContent("nothing"),
}
"""What is taken where a value is of another kind."""

BOUNDED: dict[str, Callable[[Mapping[str, Any]], KitError | str]] = {
    "greater_than_equal": lambda ctx: BadContent("{least} or more", least=_plain(ctx["ge"])),
    "greater_than": lambda ctx: BadContent("more than {limit}", limit=_plain(ctx["gt"])),
    "less_than_equal": lambda ctx: BadContent("{most} or less", most=_plain(ctx["le"])),
    "less_than": lambda ctx: BadContent("less than {limit}", limit=_plain(ctx["lt"])),
    "multiple_of": lambda ctx: BadContent("a multiple of {step}", step=_plain(ctx["multiple_of"])),
    "literal_error": lambda ctx: _one_of(ctx["expected"]),
    "enum": lambda ctx: _one_of(ctx["expected"]),
    "union_tag_invalid": lambda ctx: _one_of(ctx["expected_tags"]),
    "string_pattern_mismatch": lambda ctx: (
        PATTERNS.get(ctx["pattern"]) or BadContent("a text of the form {pattern}", pattern=ctx["pattern"])
    ),
}
"""What is taken where a value is of the right kind, from what pydantic says of the bounds."""

PATTERNS: dict[str, KitError] = {
    r"^[a-z0-9][a-z0-9_-]{0,63}\Z": BadContent(
        "1 to 64 small letters without accents, digits, “-” and “_”, the first a letter or a digit"
    ),
    r"^[a-z0-9][a-z0-9_-]{0,31}$": BadContent(
        "1 to 32 small letters without accents, digits, “-” and “_”, the first a letter or a digit"
    ),
    r"^[a-z0-9_]+\Z": BadContent("small letters without accents, digits and “_” only"),
}
"""The patterns of decks, guides and podcasts, in words."""

_LABEL = re.compile(r"(?:[a-z]+-)*(?:str|int|float|bool|date|datetime|none)|[a-z-]+\[.*\]|[A-Z]\w*")
"""How pydantic calls the branches of a union in the way to a field. Fields of ours never look so."""
_NAMED_LAST = ("missing", "invalid_key")
"""Errors whose way ends with a name that is not in the data, and that is a field's all the same."""


@dataclass(frozen=True, kw_only=True)
class _Found:
    """One error of pydantic. ``branch`` is the way to the union it stands in, None outside of any."""

    path: Path
    error: ErrorDetails
    branch: Path | None
    at_top: bool
    """Whether the branch was refused as a whole."""


def of(errors: Iterable[ErrorDetails], data: object, node: yaml.Node | None) -> Iterator[tuple[int, KitError]]:
    """The line and the sentence of each fault.

    ``errors`` come from pydantic, ``data`` is what it was given, and ``node`` the YAML that this was built from.
    """
    found = [_found(error, data) for error in errors]
    unions: dict[Path, list[_Found]] = {}
    for one in found:
        if one.branch is not None:
            unions.setdefault(one.branch, []).append(one)
    for one in found:
        path, alternatives = one.path, [one]
        if _follows(one.error):
            continue
        if one.branch is not None:
            others = unions[one.branch]
            if one.at_top and any(not other.at_top for other in others):
                continue  # the other branch is the one that was meant
            if one.at_top:
                if one is not others[0]:
                    continue  # said with the first branch
                alternatives = others
        line, here = find(node, path)
        if one.error["loc"][-1:] == ("[key]",):
            here = None  # the name itself is at fault, not what it holds
        what = _sentence([each.error for each in alternatives], here)
        if path:
            where = ".".join(shown(part) for part in path)
            what = BadContent("{where}: {what}", where=where, what=what)
        yield line, what


def _found(error: ErrorDetails, data: object) -> _Found:
    """``error`` with the way to its field: what pydantic adds to it (branches, tags, « [key] ») left out."""
    path: list[str | int] = []
    branch: Path | None = None
    after = 0
    for index, part in enumerate(error["loc"]):
        inside = isinstance(data, dict) and part in data
        if inside or (isinstance(data, list) and isinstance(part, int) and part < len(data)):
            data = data[part]  # type: ignore[index]
        elif part == "[key]":
            continue
        elif isinstance(part, str) and _LABEL.fullmatch(part) and error["type"] not in _NAMED_LAST:
            if branch is None:
                branch, after = tuple(path), index + 1
            continue
        elif _is_tag(part, data) and (index + 1 < len(error["loc"]) or error["type"] not in _NAMED_LAST):
            continue
        else:
            data = None
        path.append(part)
    if error["type"] == "union_tag_invalid":  # said of the whole block; what is wrong is its tag
        tag = _discriminator(error["ctx"])
        path.append(tag)
        error = {**error, "input": error["input"][tag]}
    at_top = branch is not None and after == len(error["loc"]) and error["type"] in EXPECTED
    return _Found(path=tuple(path), error=error, branch=branch, at_top=at_top)


def _is_tag(part: str | int, data: object) -> bool:
    """Whether ``part``, no field of ``data``, is the value that told pydantic which model of a union was meant."""
    return isinstance(part, str) and isinstance(data, dict) and part in data.values()


def _discriminator(ctx: Mapping[str, Any]) -> str:
    """The field whose value tells the models of a union apart."""
    return str(ctx["discriminator"]).strip("'")


def _follows(error: ErrorDetails) -> bool:
    """Whether a list is too short only because its entries, reported on their own, have faults."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _sentence(errors: list[ErrorDetails], node: yaml.Node | None) -> KitError:
    """The sentence of an error; of several, if they are the branches of one union."""
    error = errors[0]
    kind, ctx, value = error["type"], error.get("ctx", {}), error["input"]
    if kind in SENTENCES:
        return SENTENCES[kind](ctx, value)
    received = _received(value, node)
    if any(each["type"] == "string_type" for each in errors) and isinstance(value, bool | int | float | date):
        return BadContent("this takes a text; write it in quotes: {received}", received=received)
    expected: KitError | str
    if kind in EXPECTED:
        expected = EXPECTED[kind]
        for each in errors[1:]:
            expected = BadContent("{one}, or {other}", one=expected, other=EXPECTED[each["type"]])
    elif kind in BOUNDED:
        expected = BOUNDED[kind](ctx)
    else:
        return BadContent("this is not accepted: {problem}", problem=shown(error["msg"]))
    return BadContent("this takes {expected}; received: {received}", expected=expected, received=received)


def _short_text(ctx: Mapping[str, Any], value: Any) -> KitError:
    if ctx["min_length"] == 1:
        return BadContent("this text is empty; write it")
    return BadContent(
        "the number of characters is {count}; it must be {least} or more",
        count=len(value.strip()),
        least=ctx["min_length"],
    )


def _own(ctx: Mapping[str, Any], value: Any) -> KitError:
    error = ctx["error"]
    # A list of gaps may be long: it is put on one line, and kept whole.
    problem = " ".join(str(error).split())
    return error if isinstance(error, KitError) else BadContent("this is not accepted: {problem}", problem=problem)


SENTENCES: dict[str, Callable[[Mapping[str, Any], Any], KitError]] = {
    "missing": lambda ctx, value: BadContent("this field is missing; add it"),
    "extra_forbidden": lambda ctx, value: BadContent("this field is not known here; remove it, or correct its name"),
    "invalid_key": lambda ctx, value: BadContent("this is not the name of a field; remove it, or correct it"),
    "union_tag_not_found": lambda ctx, value: BadContent(
        "the field {field} is missing here", field=_discriminator(ctx)
    ),
    "string_too_short": _short_text,
    "string_too_long": lambda ctx, value: BadContent(
        "the number of characters is {count}; it must be {most} or less",
        count=len(value.strip()),
        most=ctx["max_length"],
    ),
    "too_short": lambda ctx, value: BadContent(
        "the number of entries is {count}; it must be {least} or more", count=len(value), least=ctx["min_length"]
    ),
    "too_long": lambda ctx, value: BadContent(
        "the number of entries is {count}; it must be {most} or less", count=len(value), most=ctx["max_length"]
    ),
    "value_error": _own,
    "assertion_error": _own,
}
"""Faults that are said in their own way, from what pydantic says of the bounds and from the value."""


def _received(value: object, node: yaml.Node | None) -> KitError | str:
    """What was received, as it is written in the file: a fault may repeat it."""
    if isinstance(value, dict):
        return _BLOCK
    if isinstance(value, list | tuple):
        return _LIST
    if value is None or value == "":
        return BadContent("nothing")
    if isinstance(node, yaml.ScalarNode):
        return shown(node.value)
    # A name of a field, or a value that a validator has moved: the file does not show it at this place.
    return shown(value) if isinstance(value, str) else BadContent("a value of another kind")


def _one_of(expected: str) -> KitError | str:
    """``'fr' or 'en'`` as pydantic lists them, without its quotes and its English."""
    accepted = expected.replace(" or ", ", ").replace("'", "")
    return BadContent("one of: {accepted}", accepted=accepted) if ", " in accepted else accepted


def _plain(bound: Any) -> Any:
    """A bound without the « .0 » that a whole number has as a float."""
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound
