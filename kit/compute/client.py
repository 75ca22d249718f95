"""What pages and commands see: submit a call, look at it, take its result, leave."""

from __future__ import annotations

import atexit
import copy
import threading
import weakref
from collections.abc import Callable
from typing import Any, Literal

from kit.compute.cache import Cache
from kit.compute.driver import Driver
from kit.compute.external import external
from kit.compute.keys import request
from kit.compute.limits import HEAVY, LIGHT, Limits
from kit.compute.plain import Damaged, decode
from kit.compute.plan import Plan, embedded_plan
from kit.compute.sharing import Board, Computation, State, Status, Weight
from kit.errors import Cancelled
from kit.settings import Settings


class Call:
    """One reader's share of a computation. Dropping the last reference to it is leaving."""

    def __init__(self, board: Board, driver: Driver, computation: Computation) -> None:
        self._board, self._driver, self._computation = board, driver, computation
        self._leaving = weakref.finalize(self, driver.leave, computation)
        self._leaving.atexit = False

    @property
    def key(self) -> str:
        """Equal for equal calls."""
        return self._computation.request.key

    def status(self) -> Status:
        """How far it has got. Never blocks."""
        if not self._leaving.alive:
            return Status(state=State.CANCELLED)
        return self._board.status(self._computation)

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the result, at most ``timeout`` seconds. Each caller gets a copy of its own.

        Raises what the function raised, if that was a :class:`~kit.errors.KitError`;
        :class:`~kit.errors.ComputeError` if it failed in any other way or passed its limits;
        :class:`~kit.errors.WorkerLost` if its worker died twice; :class:`~kit.errors.SetupError` if no cluster could
        be reached; :class:`~kit.errors.Cancelled` after :meth:`leave`; :class:`TimeoutError` if it is not finished yet.
        """
        if not self._leaving.alive:
            raise Cancelled("Stopped: nobody was waiting for this any more.")
        if not self._computation.finished.wait(timeout):
            raise TimeoutError("the computation is not finished")
        if self._computation.error is not None:
            raise copy.copy(self._computation.error)  # several readers may raise it
        return decode(self._computation.value)

    def leave(self) -> None:
        """No longer wait. The computation stops when the last who waited has left. Leaving twice changes nothing."""
        if self._leaving.detach() is not None and self._board.leave(self._computation):
            self._driver.stop(self._computation)


class Compute:
    """The way to the cluster. Safe to use from any thread. Get it from :func:`connect`."""

    def __init__(self, settings: Settings, plan: Plan | None = None, *, driver: Driver | None = None) -> None:
        """A cluster of its own, made after ``plan``; or, with ``driver``, another's cluster and a cache of its own."""
        if settings.scheduler:
            external(settings.scheduler)  # a wrong address is said now, not at the first call
        self._settings = settings
        self._cache = Cache(settings.cache, settings.cache_bytes)
        self._driver = driver or Driver(settings, plan or embedded_plan(settings))
        self._board = self._driver.board

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._driver.closed

    def start(self) -> None:
        """Start the cluster in the background, so that it is there when it is needed. :meth:`submit` does it too."""
        self._driver.start()

    def ready(self) -> bool:
        """Whether calls can run at once. Never blocks."""
        return self._driver.ready

    def submit(
        self,
        function: Callable[..., Any],
        /,
        *args: Any,
        weight: Weight,
        cache: Literal["shared"] | None = None,
        tag: str = "",
        revision: str = "",
        limits: Limits | None = None,
        **kwargs: Any,
    ) -> Call:
        """Ask for ``function(*args, **kwargs)``, to run in a worker. Never blocks.

        ``function`` is at the top level of a module; arguments and result are plain (:mod:`kit.compute.plain`).
        ``weight`` is ``"light"`` to read what people sent, ``"heavy"`` for models. ``revision`` is that of the model or
        data it relies on. ``cache="shared"`` keeps the result on disk, and is only for results on the kit's own assets;
        with a ``tag`` (a class, a device) it is found again under that tag alone, and :meth:`erase` forgets it.
        ``limits`` replaces those of the weight; memory cannot go beyond that of the worker.

        Raises :class:`TypeError` if the call cannot cross, which is a defect of the caller.
        """
        wanted = request(function, args, kwargs, revision)
        limits = limits or (LIGHT if weight == "light" else HEAVY)
        kept = self._kept(tag, wanted.key) if cache else None
        if kept is not None:
            computation = Computation(request=wanted, weight=weight, limits=limits, waiters=1, state=State.DONE)
            computation.value, computation.fraction = kept, 1.0
            computation.finished.set()
            return Call(self._board, self._driver, computation)
        computation = self._board.join(
            wanted, weight=weight, limits=limits, keep_in=(self._cache, tag) if cache else None
        )
        call = Call(self._board, self._driver, computation)
        self._driver.pump()
        return call

    def run(self, function: Callable[..., Any], /, *args: Any, weight: Weight, **options: Any) -> Any:
        """:meth:`submit`, then :meth:`Call.result`."""
        call = self.submit(function, *args, weight=weight, **options)
        try:
            return call.result()
        finally:
            call.leave()

    def erase(self, tag: str) -> None:
        """Forget every result kept for a class or a device, those still being computed included."""
        self._board.forget((self._cache, tag))
        self._cache.erase(tag)

    def close(self) -> None:
        """End the cluster that was started here. Whoever still waits gets an error."""
        self._driver.close()

    def _kept(self, tag: str, key: str) -> bytes | None:
        value = self._cache.get(tag, key)
        if value is None:
            return None
        try:
            decode(value)
        except Damaged:  # written by a version of the kit whose classes were others
            self._cache.drop(tag, key)
            return None
        return value


_connecting = threading.Lock()
_current: Compute | None = None


def connect(settings: Settings) -> Compute:
    """The one :class:`Compute` of this process. Returns at once: the cluster starts with the first call.

    Other settings than the last time give another one: with the same cluster if only folders changed (so that a suite
    of tests, each with its own data folder, starts one cluster), in place of the old one if the scheduler did. Raises
    :class:`~kit.errors.SetupError` if ``CONTRECHAMP_SCHEDULER`` cannot be used.
    """
    global _current
    with _connecting:
        driver = None
        if _current is not None and not _current.closed:
            if _current._settings == settings:
                return _current
            if _current._settings.scheduler == settings.scheduler:
                driver = _current._driver
            else:
                _current.close()
        _current = Compute(settings, driver=driver)
        return _current


@atexit.register
def _close() -> None:
    if _current is not None:
        _current.close()
