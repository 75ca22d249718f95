"""What happens inside a worker: find the function, run it within its limits, send back bytes."""

from __future__ import annotations

import importlib
import logging
import time
from typing import Any, Literal, TypeAlias

from kit.compute.keys import find_function
from kit.compute.limits import Limits, enforced
from kit.compute.plain import NotPlain, decode, encode
from kit.compute.progress import listening
from kit.errors import Cancelled, ComputeError, KitError

TOPIC = "contrechamp"
"""Of the events that workers send: ``{"key", "task", "fraction", "message", "payload"}``."""
SECONDS_BETWEEN_EVENTS = 0.1

Outcome: TypeAlias = tuple[Literal["value", "error", "cancelled"], bytes]
"""How a call ended: an encoded value, an encoded :class:`~kit.errors.KitError`, or nothing."""

_log = logging.getLogger("contrechamp.compute")


class _Reporter:
    """Sends progress as Dask events, and stops the function once Dask has marked its task as cancelled."""

    def __init__(self, key: str) -> None:
        worker_module = importlib.import_module("distributed.worker")
        self._worker = worker_module.get_worker()
        self._task = self._worker.get_current_task()
        self._key = key
        self._sent = float("-inf")

    def __call__(self, fraction: float, message: str, payload: dict[str, Any]) -> None:
        task = self._worker.state.tasks.get(self._task)
        if task is None or task.state == "cancelled":
            raise Cancelled("Stopped: nobody was waiting for this any more.")
        now = time.monotonic()
        if now - self._sent < SECONDS_BETWEEN_EVENTS and fraction < 1:
            return
        self._sent = now
        encoded = encode(payload) if payload else b""
        event = {"key": self._key, "task": self._task, "fraction": fraction, "message": message, "payload": encoded}
        self._worker.log_event(TOPIC, event)


def run(function: str, arguments: bytes, key: str, seconds: float, memory_bytes: int | None) -> Outcome:
    """Run one call. Never raises: whatever happens is in the outcome, as plain bytes."""
    reporter = _Reporter(key)
    try:
        with enforced(Limits(seconds=seconds, memory_bytes=memory_bytes)), listening(reporter):
            reporter(0.0, "", {})  # says that the call has started
            call = decode(arguments)
            return "value", encode(find_function(function)(*call["args"], **call["kwargs"]))
    except Cancelled:
        return "cancelled", b""
    except KitError as error:
        return "error", _encode_error(error)
    except NotPlain as error:
        _log.exception("%s returned what may not leave its worker", function)
        return "error", _encode_error(
            ComputeError(
                "The result of “{name}” cannot leave its worker: it holds {what}. This is a fault of the kit; "
                "please report it.",
                name=function,
                what=str(error),
            )
        )
    except MemoryError:
        _log.exception("%s needed too much memory", function)
        return "error", _encode_error(
            ComputeError(
                "This needs more memory than the {megabytes} MB allowed. Try again with something smaller.",
                megabytes=(memory_bytes or 0) // 2**20,
            )
        )
    # The one border where anything is caught: an exception may hold objects that must not cross, or fail to be rebuilt
    # on the other side. Its traceback goes to the log; the person gets a sentence.
    except Exception:
        _log.exception("%s failed", function)
        return "error", _encode_error(
            ComputeError(
                "This computation failed because of a fault in the kit. Try again; if it fails again, send the file "
                "compute.log of the data folder to whoever looks after this machine."
            )
        )


def _encode_error(error: KitError) -> bytes:
    """The error, with any value that may not cross replaced by its text, and as a type the interface knows."""
    kind = type(error)
    values = {}
    for name, value in error.values.items():
        try:
            encode(value)
        except NotPlain:
            value = str(value)
        values[name] = value
    try:
        return encode(kind(error.message, **values))
    except NotPlain:  # a class of a test or a plug-in: its nearest ancestor among the kit's errors
        known = next(base for base in kind.__mro__ if base.__module__ == KitError.__module__)
        return encode(known(error.message, **values))
