"""How a running function says how far it has got, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

Listener: TypeAlias = Callable[[float, str, dict[str, Any]], None]
"""Receives the fraction (0 to 1), the message and the payload. May raise to stop the function."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def report(fraction: float, message: str = "", **payload: Any) -> None:
    """Say how far a function has got, and stop it if nobody waits for it any more.

    ``fraction`` goes from 0 to 1 and is held to that range. ``message`` is an English template and the key of its
    translation. ``payload`` describes the state so far, in plain values: what has been written, a preview. It is no
    increment, since a report that follows another too closely is not sent on. Cheap: call it as often as convenient, at
    least twice a second.

    Where nobody listens (a script, a test) nothing happens. Raises :class:`~kit.errors.Cancelled` in a compute worker
    when the last who waited has left.
    """
    listener = _listener.get()
    if listener is not None:
        listener(min(max(float(fraction), 0.0), 1.0), message, payload)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """While it lasts, what this thread reports goes to ``listener`` (the progress bar of a command, for instance)."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
