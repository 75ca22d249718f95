"""When two calls are the same call: same function, same arguments, same revision of what it relies on.

The version of the kit and the text of the function's own module count too, so that a result kept on disk does not
outlive the code that made it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.compute.plain import encode


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call, ready to cross."""

    function: str
    """``module:name``; the worker imports it."""
    arguments: bytes
    """``{"args": tuple, "kwargs": dict}``, encoded."""
    key: str
    """Hexadecimal; equal for equal calls."""


def request(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], revision: str = "") -> Request:
    """Describe the call ``function(*args, **kwargs)``.

    How the arguments are passed makes no difference: by position or by name, in any order, or left to their default.

    Raises :class:`TypeError` if the arguments do not fit the function, if one of them is not plain
    (:class:`~kit.compute.plain.NotPlain`), or if the function cannot be found by its name.
    """
    name = function_name(function)
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    arguments = encode({"args": bound.args, "kwargs": dict(sorted(bound.kwargs.items()))})
    digest = hashlib.sha256()
    for part in (name.encode(), _code(function.__module__), revision.encode(), arguments):
        digest.update(len(part).to_bytes(8, "big") + part)
    return Request(function=name, arguments=arguments, key=digest.hexdigest())


@functools.cache
def _code(module: str) -> bytes:
    """Digest of the kit's version and of the text of a module."""
    try:
        version = importlib.metadata.version("contrechamp")
    except importlib.metadata.PackageNotFoundError:  # run from a folder, without being installed
        version = ""
    file = getattr(sys.modules.get(module), "__file__", None)
    text = Path(file).read_bytes() if file and Path(file).is_file() else b""
    return hashlib.sha256(version.encode() + b"\0" + text).digest()


def function_name(function: Callable[..., Any]) -> str:
    """``module:name`` of a function at the top of a module. Raises :class:`TypeError` for any other callable."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "<")
    if not module or module == "__main__" or not name.isidentifier():
        raise TypeError(f"{function!r} cannot run in a worker: it must be a function at the top level of a module")
    return f"{module}:{name}"


def find_function(name: str) -> Callable[..., Any]:
    """The function that :func:`function_name` named."""
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if not callable(found):
        raise TypeError(f"{name} is no function")
    return found  # type: ignore[no-any-return]
