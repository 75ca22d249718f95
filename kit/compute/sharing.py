"""Who waits for what: equal calls share one computation, and the others queue, each knowing its place.

Knows nothing of Dask; every method is short and safe to call from any thread.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from kit.compute.cache import Cache
from kit.compute.keys import Request
from kit.compute.limits import Limits
from kit.compute.plain import decode
from kit.errors import Cancelled, KitError

Weight: TypeAlias = Literal["light", "heavy"]
WEIGHTS: tuple[Weight, ...] = ("light", "heavy")

Shelf: TypeAlias = tuple[Cache, str]
"""A cache, and a tag in it."""

_TRUSTED_FRACTION = 0.05
"""Below it, a reported fraction says too little to tell the time left."""


class State(StrEnum):
    """Where a call stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a page may show of a call."""

    state: State
    fraction: float = 0.0
    """0 to 1, as last reported; 1 once done."""
    message: str = ""
    """Last message reported: an English template, the key of its translation."""
    payload: dict[str, Any] = field(default_factory=dict)
    """Last payload reported."""
    place_in_queue: int = 0
    """1 for the next to start; 0 when it no longer queues."""
    seconds_left_estimate: float | None = None
    """Seconds until the result, judged from this run or from earlier ones of the same function; ``None``: unknown."""

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(eq=False, kw_only=True)
class Computation:
    """One run, and all who wait for it. Changed by :class:`Board` and its driver only."""

    request: Request
    weight: Weight
    limits: Limits
    keep_in: set[Shelf] = field(default_factory=set)
    """Where the result is to be kept on disk."""
    waiters: int = 0
    state: State = State.QUEUED
    fraction: float = 0.0
    message: str = ""
    payload: bytes = b""
    task: str = ""
    """Dask's key of the run in progress."""
    attempts: int = 0
    deaths: int = 0
    """How many workers died under it."""
    handed_over: float = 0.0
    """When it was given to the cluster (monotonic seconds)."""
    started: float | None = None
    """When its worker was first heard of in this attempt."""
    value: bytes = b""
    error: KitError | None = None
    finished: threading.Event = field(default_factory=threading.Event)


class Board:
    """The computations of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[str, Computation] = {}
        self._queues: dict[Weight, deque[Computation]] = {weight: deque() for weight in WEIGHTS}
        self._running: dict[Weight, list[Computation]] = {weight: [] for weight in WEIGHTS}
        self._seconds: dict[str, float] = {}
        self.slots: dict[Weight, int] = dict.fromkeys(WEIGHTS, 1)
        """How many calls of each kind the cluster runs at once."""

    def join(self, request: Request, *, weight: Weight, limits: Limits, keep_in: Shelf | None) -> Computation:
        """Wait for ``request``: for the computation already under way if there is one, else at the end of the queue."""
        with self._lock:
            computation = self._by_key.get(request.key)
            if computation is None:
                computation = Computation(request=request, weight=weight, limits=limits)
                self._by_key[request.key] = computation
                self._queues[weight].append(computation)
            computation.waiters += 1
            if keep_in is not None:
                computation.keep_in.add(keep_in)
            return computation

    def leave(self, computation: Computation) -> bool:
        """One waiter fewer. True if it was the last one and the computation was running: it must be stopped."""
        with self._lock:
            computation.waiters -= 1
            if computation.waiters > 0 or computation.finished.is_set():
                return False
            running = computation.state is State.RUNNING
            self._end(computation, State.CANCELLED)
            computation.error = Cancelled("Stopped: nobody was waiting for this any more.")
            computation.finished.set()
            return running

    def take(self, weight: Weight) -> Computation | None:
        """The next computation to run, now running; ``None`` if none waits or every slot is taken."""
        with self._lock:
            if not self._queues[weight] or len(self._running[weight]) >= self.slots[weight]:
                return None
            computation = self._queues[weight].popleft()
            self._running[weight].append(computation)
            computation.state = State.RUNNING
            computation.attempts += 1
            computation.handed_over = time.monotonic()
            return computation

    def put_back(self, computation: Computation) -> None:
        """A running computation goes back to the head of its queue, unless it has ended meanwhile."""
        with self._lock:
            if computation.state is not State.RUNNING:
                return
            self._running[computation.weight].remove(computation)
            self._queues[computation.weight].appendleft(computation)
            computation.state = State.QUEUED
            computation.started = None
            computation.fraction, computation.message, computation.payload = 0.0, "", b""

    def heard(self, key: str, task: str, fraction: float, message: str, payload: bytes) -> None:
        """A worker reported. Reports of other processes' runs, or of earlier attempts, change nothing."""
        with self._lock:
            computation = self._by_key.get(key)
            if computation is None or computation.state is not State.RUNNING or computation.task != task:
                return
            if computation.started is None:
                computation.started = time.monotonic()
            computation.fraction, computation.message, computation.payload = fraction, message, payload

    def finish(self, computation: Computation, result: bytes | KitError) -> bool:
        """The computation ended, with its encoded value or its error. False if it had already ended."""
        with self._lock:
            if computation.finished.is_set():
                return False
            failed = isinstance(result, KitError)
            if computation.state is State.RUNNING and not failed:
                seconds = time.monotonic() - (computation.started or computation.handed_over)
                before = self._seconds.get(computation.request.function, seconds)
                self._seconds[computation.request.function] = (before + seconds) / 2
            self._end(computation, State.FAILED if failed else State.DONE)
            if isinstance(result, KitError):
                computation.error = result
            else:
                computation.value, computation.fraction = result, 1.0
            computation.finished.set()
            return True

    def unfinished(self) -> list[Computation]:
        """Every computation that queues or runs."""
        with self._lock:
            return list(self._by_key.values())

    def running(self) -> list[Computation]:
        """Every computation handed over to the cluster."""
        with self._lock:
            return [c for weight in WEIGHTS for c in self._running[weight]]

    def forget(self, shelf: Shelf) -> None:
        """No result of what queues or runs now will be kept there."""
        with self._lock:
            for computation in self._by_key.values():
                computation.keep_in.discard(shelf)

    def shelves(self, computation: Computation) -> tuple[Shelf, ...]:
        """Where the result is to be kept."""
        with self._lock:
            return tuple(computation.keep_in)

    def status(self, computation: Computation) -> Status:
        """A consistent picture of the computation."""
        with self._lock:
            c = computation
            state, fraction, message, payload = c.state, c.fraction, c.message, c.payload
            queue = self._queues[c.weight]
            place = queue.index(c) + 1 if state is State.QUEUED else 0
            if state is State.QUEUED:
                left = self._left_in_queue(c, place)
            else:
                left = self._left(c) if state is State.RUNNING else None
        return Status(
            state=state,
            fraction=fraction,
            message=message,
            payload=decode(payload) if payload else {},
            place_in_queue=place,
            seconds_left_estimate=left,
        )

    def _left(self, computation: Computation) -> float | None:
        elapsed = time.monotonic() - (computation.started or computation.handed_over)
        if computation.fraction >= _TRUSTED_FRACTION:
            return elapsed * (1 - computation.fraction) / computation.fraction
        usual = self._seconds.get(computation.request.function)
        return None if usual is None else max(usual - elapsed, 0.0)

    def _left_in_queue(self, computation: Computation, place: int) -> float | None:
        """Its own usual time, after all that is ahead has been shared out among the slots."""
        weight = computation.weight
        ahead = [self._left(c) for c in self._running[weight]]
        ahead += [self._seconds.get(c.request.function) for c in list(self._queues[weight])[: place - 1]]
        own = self._seconds.get(computation.request.function)
        if own is None or any(seconds is None for seconds in ahead):
            return None
        return sum(seconds for seconds in ahead if seconds is not None) / self.slots[weight] + own

    def _end(self, computation: Computation, state: State) -> None:
        """Take the computation off the board. Whoever sets ``finished`` sets the value or the error first."""
        if computation.state is State.QUEUED:
            self._queues[computation.weight].remove(computation)
        else:
            self._running[computation.weight].remove(computation)
        computation.state = state
        if self._by_key.get(computation.request.key) is computation:
            del self._by_key[computation.request.key]
