"""What one call may use, and how that is enforced inside a worker.

Time: the watchdog of :mod:`faulthandler` is a thread of C code that needs no lock of the interpreter, so it ends the
process even when a decoder loops in C without giving way. The process dies at once, and its nanny starts another.

Memory: a soft limit of address space (``RLIMIT_AS``) makes an allocation that goes too far fail cleanly, where the
system has it (Linux; macOS accepts it without enforcing it, Windows has none). Everywhere the nanny also watches the
real memory of the process, and ends it when it passes the limit of its kind.
"""

from __future__ import annotations

import faulthandler
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one call."""

    seconds: float
    """Wall-clock time in the worker, imports included."""
    memory_bytes: int | None
    """Memory it may ask for on top of what its process already holds; ``None``: up to the limit of the process."""


LIGHT = Limits(seconds=60, memory_bytes=2**30)
HEAVY = Limits(seconds=900, memory_bytes=None)


@contextmanager
def enforced(limits: Limits) -> Iterator[None]:
    """Apply ``limits`` to this process while the context lasts.

    Passing the time ends the process. Passing the memory raises :class:`MemoryError`, or ends the process.
    """
    faulthandler.dump_traceback_later(limits.seconds, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        with _address_space(limits.memory_bytes):
            yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextmanager
def _address_space(extra: int | None) -> Iterator[None]:
    if extra is None or sys.platform != "linux":
        yield
        return
    import resource

    import psutil

    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + extra, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
