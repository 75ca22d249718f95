"""The values that cross between processes and rest in the cache, as bytes. Nothing here can run code.

Accepted: ``None``, ``bool``, ``int``, ``float``, ``str``, ``bytes``, lists, tuples, dicts, sets, numpy arrays and
scalars of numbers, booleans or text, members of the kit's enumerations, instances of the kit's dataclasses, and
:class:`~kit.errors.KitError`. Each comes back with its own type; arrays come back writable, in C order.

Layout: ``MAGIC``, the length of the head (8 bytes, big-endian), the head (JSON: ``{"sizes": [...], "value": ...}``),
then the buffers one after the other. Equal values give equal bytes (a dict keeps its order; a set is sorted), which
makes the same encoding good for :mod:`kit.compute.keys`.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

from kit.errors import KitError

MAGIC = b"CCPLAIN1"
PACKAGES = ("kit", "activities")
"""Where classes that may cross live. No other module is imported while decoding."""
_DTYPE_KINDS = "biufcSU"


class NotPlain(TypeError):
    """A value that may not leave its process."""


class Damaged(ValueError):
    """Bytes that :func:`encode` did not write."""


def encode(value: Any) -> bytes:
    """The bytes of ``value``. Raises :class:`NotPlain` if it holds anything else than plain values."""
    buffers: list[bytes] = []
    try:
        tree = _down(value, buffers)
        head = json.dumps({"sizes": [len(b) for b in buffers], "value": tree}, separators=(",", ":")).encode()
    except RecursionError as error:
        raise NotPlain("a value that is nested too deep, or contains itself") from error
    return b"".join((MAGIC, len(head).to_bytes(8, "big"), head, *buffers))


def decode(data: bytes) -> Any:
    """The value that :func:`encode` made ``data`` from. Raises :class:`Damaged` if it did not."""
    start = len(MAGIC) + 8
    if data[: len(MAGIC)] != MAGIC or len(data) < start:
        raise Damaged("not an encoded value")
    end = start + int.from_bytes(data[len(MAGIC) : start], "big")
    try:
        head = json.loads(data[start:end])
        sizes, tree = head["sizes"], head["value"]
        buffers: list[memoryview] = []
        view = memoryview(data)
        for size in sizes:
            buffers.append(view[end : end + size])
            end += size
        if end != len(data):
            raise Damaged("the length does not match")
        return _up(tree, buffers)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ImportError, RecursionError) as error:
        raise Damaged(str(error)) from error


def _down(value: Any, buffers: list[bytes]) -> Any:
    """``value`` as JSON: what JSON lacks is an object whose ``"t"`` names the type."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [_down(v, buffers) for v in value]
    if kind is tuple:
        return {"t": "tuple", "v": [_down(v, buffers) for v in value]}
    if kind is dict:
        return {"t": "dict", "v": [[_down(k, buffers), _down(v, buffers)] for k, v in value.items()]}
    if kind in (set, frozenset):
        # Buffers are numbered by position: sort on the bytes of each element, then number them.
        return {"t": kind.__name__, "v": [_down(v, buffers) for v in sorted(value, key=encode)]}
    if kind in (bytes, bytearray, memoryview):
        buffers.append(bytes(value))
        return {"t": "bytes", "v": len(buffers) - 1}
    if kind is np.ndarray or isinstance(value, np.generic):
        return _array_down(value, buffers)
    if isinstance(value, Enum):
        return {"t": "enum", "c": _class_name(kind), "v": value.name}
    if isinstance(value, KitError):
        values = {k: _down(v, buffers) for k, v in value.values.items()}
        return {"t": "error", "c": _class_name(kind), "m": value.message, "v": values}
    if is_dataclass(kind):
        content = {f.name: _down(getattr(value, f.name), buffers) for f in fields(value)}
        return {"t": "data", "c": _class_name(kind), "v": content}
    raise NotPlain(f"a value of type {kind.__module__}.{kind.__qualname__}")


def _array_down(value: Any, buffers: list[bytes]) -> dict[str, Any]:
    if value.dtype.kind not in _DTYPE_KINDS:
        raise NotPlain(f"an array of {value.dtype}")
    buffers.append(value.tobytes())  # C order, whatever the layout in memory
    tag = "array" if type(value) is np.ndarray else "scalar"
    return {"t": tag, "d": value.dtype.str, "s": list(value.shape), "v": len(buffers) - 1}


def _up(tree: Any, buffers: list[memoryview]) -> Any:
    if isinstance(tree, list):
        return [_up(v, buffers) for v in tree]
    if not isinstance(tree, dict):
        return tree
    tag, value = tree["t"], tree["v"]
    if tag == "tuple":
        return tuple(_up(v, buffers) for v in value)
    if tag == "dict":
        return {_up(k, buffers): _up(v, buffers) for k, v in value}
    if tag in ("set", "frozenset"):
        members = [_up(v, buffers) for v in value]
        return set(members) if tag == "set" else frozenset(members)
    if tag == "bytes":
        return bytes(buffers[value])
    if tag in ("array", "scalar"):
        dtype = np.dtype(tree["d"])
        if dtype.kind not in _DTYPE_KINDS:
            raise Damaged(f"an array of {dtype}")
        array = np.frombuffer(buffers[value], dtype=dtype).reshape(tree["s"])
        return array.copy() if tag == "array" else array[()]
    kind = _class(tree["c"])
    if tag == "enum" and issubclass(kind, Enum):
        return kind[value]
    if tag == "error" and issubclass(kind, KitError):
        return kind(tree["m"], **{k: _up(v, buffers) for k, v in value.items()})
    if tag == "data" and is_dataclass(kind):
        # The fields were checked by the class when the value was first made: restore them, as copying does.
        made = object.__new__(kind)
        if set(value) != {f.name for f in fields(kind)}:
            raise Damaged(f"other fields than those of {tree['c']}")
        for name, content in value.items():
            object.__setattr__(made, name, _up(content, buffers))
        return made
    raise Damaged(f"an unknown kind of value, {tag!r}")


def _class_name(kind: type) -> str:
    if kind.__module__.split(".")[0] not in PACKAGES or "<locals>" in kind.__qualname__:
        raise NotPlain(f"a value of type {kind.__module__}.{kind.__qualname__}")
    return f"{kind.__module__}:{kind.__qualname__}"


def _class(name: str) -> type:
    module, _, path = name.partition(":")
    if module.split(".")[0] not in PACKAGES:
        raise Damaged(f"a class from elsewhere, {name!r}")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if not isinstance(found, type):
        raise Damaged(f"{name!r} is no class")
    return found
