"""The one thread that speaks to the cluster: it hands calls over, takes results back, and deals with the dead.

Every action runs in this thread, one after the other, so that nothing here needs a lock and no page ever waits for the
cluster. Other threads only post actions.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from kit.compute.link import Link, closing
from kit.compute.plain import decode
from kit.compute.plan import Plan
from kit.compute.sharing import WEIGHTS, Board, Computation, State
from kit.compute.work import TOPIC, run
from kit.errors import ComputeError, KitError, WorkerLost
from kit.settings import Settings

if TYPE_CHECKING:
    from distributed import Future

_FETCH_SECONDS = 60.0
_LOOK_SECONDS = 0.02
"""How often the calls handed over are looked at. (Dask's own callbacks need an executor that Python stops, at exit,
before anyone could close the cluster.)"""
_OVERDUE_SECONDS = 20.0
"""How long after its limit of time a call that has not even died is given up."""
_REUSE_SECONDS = 10.0
"""How long after letting a task go its name is not used again: Dask's last words about it may still be on their way."""
_MOST_CANCELLED = 5
"""How often a computation that is wanted may come back as cancelled before that counts as a fault."""

_log = logging.getLogger("contrechamp.compute")


class Driver:
    """Runs the computations of its board."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self.board = self._board = Board()
        self._settings, self._plan = settings, plan
        # A SimpleQueue may be written to from a finalizer, even one that runs while this thread reads it.
        self._actions: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._link: Link | None = None
        self._futures: dict[Computation, Future] = {}
        self._let_go: dict[str, float] = {}
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="compute-driver", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether the cluster has been reached and calls can run at once."""
        link = self._link
        return link is not None and link.slots != {}

    def start(self) -> None:
        """Connect to the cluster, in the background."""
        self._actions.put(self._connect)

    def pump(self) -> None:
        """Something was added to the queue."""
        self._actions.put(self._hand_over)
        if not self._thread.is_alive():  # nobody will look at it any more
            self._fail_all(closing())

    def stop(self, computation: Computation) -> None:
        """The last who waited for a running computation has left."""
        self._actions.put(partial(self._cancel, computation))

    def leave(self, computation: Computation) -> None:
        """One waiter fewer, said from a finalizer: nothing may be locked here."""
        self._actions.put(partial(self._leave, computation))

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closing

    def close(self) -> None:
        """End everything. Whoever still waits gets an error."""
        if self._closing:
            return
        self._closing = True
        link = self._link
        if link is not None and not self.ready:
            link.interrupt()
        self._actions.put(None)
        self._thread.join()
        self._fail_all(closing())  # what was asked for meanwhile

    # Below, only in the driver's own thread.

    def _loop(self) -> None:
        while True:
            try:
                action = self._actions.get(timeout=_LOOK_SECONDS if self._futures else None)
            except queue.Empty:
                action = self._look
            if action is None:
                break
            try:
                action()
            # Were this thread to die, every page would wait for ever: whatever went wrong is logged and told to all
            # who wait, and the next call starts from a new connection.
            except Exception:
                _log.exception("the connection to the cluster failed")
                self._drop_link()
                self._fail_all(
                    ComputeError("The computations were interrupted by a fault in the kit. Start them again.")
                )
        self._drop_link()
        self._fail_all(closing())

    def _connect(self) -> bool:
        if self._link is not None:
            return True
        if self._closing:
            return False
        self._link = link = Link(self._settings, self._plan, lambda: self._actions.put(self._check_link))
        if self._closing:  # said between the two lines above
            link.interrupt()
        try:
            link.open()
        except KitError as error:
            self._drop_link()
            self._fail_all(error)
            return False
        self._board.slots = link.slots
        link.client.subscribe_topic(TOPIC, self._heard)
        self._hand_over()
        return True

    def _check_link(self) -> None:
        """A connection ended: those who were running lost their worker, and the others need a new one."""
        if self._link is None or self._link.alive:
            return
        self._drop_link()
        for computation in self._board.running():
            self._died(computation)
        self._hand_over()

    def _drop_link(self) -> None:
        link, self._link = self._link, None
        self._futures.clear()
        if link is not None:
            link.close()

    def _fail_all(self, error: KitError) -> None:
        for computation in self._board.unfinished():
            self._board.finish(computation, error)

    def _hand_over(self) -> None:
        if not self._board.unfinished() or not self._connect():
            return
        assert self._link is not None
        for weight in WEIGHTS:
            while (computation := self._board.take(weight)) is not None:
                self._submit(self._link, computation)

    def _submit(self, link: Link, computation: Computation) -> None:
        request, limits = computation.request, computation.limits
        computation.task = self._task_name(computation)
        future = link.client.submit(
            run,
            request.function,
            request.arguments,
            request.key,
            limits.seconds,
            limits.memory_bytes,
            key=computation.task,
            resources={computation.weight: 1},
            pure=False,
        )
        self._futures[computation] = future

    def _task_name(self, computation: Computation) -> str:
        """Dask's key. Plain if possible: several copies of the app on one cluster then share the run too."""
        now = time.monotonic()
        self._let_go = {task: when for task, when in self._let_go.items() if now - when < _REUSE_SECONDS}
        plain = f"{computation.request.function}-{computation.request.key}"
        return f"{plain}-{uuid.uuid4().hex}" if plain in self._let_go else plain

    def _look(self) -> None:
        """See what has ended, and what should have."""
        now = time.monotonic()
        for computation, future in list(self._futures.items()):
            since = computation.started or (None if self._settings.scheduler else computation.handed_over)
            if future.status not in ("pending", "lost"):
                del self._futures[computation]
                self._done(computation, future)
                self._release(future)
            elif since is not None and now - since > computation.limits.seconds + _OVERDUE_SECONDS:
                _log.error("%s neither ended nor died", computation.task)
                self._died(computation)
                self._release(self._futures.pop(computation))
        self._check_link()
        self._hand_over()

    def _heard(self, event: tuple[float, Any]) -> None:
        """Called by Dask's own thread with each event of the workers."""
        what = event[1]
        self._board.heard(what["key"], what["task"], what["fraction"], what["message"], what["payload"])

    def _leave(self, computation: Computation) -> None:
        if self._board.leave(computation):
            self._cancel(computation)

    def _cancel(self, computation: Computation) -> None:
        future = self._futures.pop(computation, None)
        if future is not None:
            self._release(future)
        self._hand_over()

    def _release(self, future: Future) -> None:
        """Let a task go: Dask stops it if no other client wants it."""
        self._let_go[str(future.key)] = time.monotonic()
        future.release()

    def _done(self, computation: Computation, future: Future) -> None:
        if future.status == "finished":
            self._ended(computation, *future.result(timeout=_FETCH_SECONDS))
        elif future.status == "error":
            error = future.exception(timeout=_FETCH_SECONDS)
            if type(error).__name__ == "KilledWorker":
                self._died(computation)
            else:
                _log.error("the cluster could not run %s: %r", computation.request.function, error)
                self._board.finish(
                    computation,
                    ComputeError(
                        "The cluster could not run this computation. Check that its workers have the same version of "
                        "the kit as this machine."
                    ),
                )
        else:  # the connection was lost, or someone else cancelled it
            self._died(computation)

    def _ended(self, computation: Computation, kind: str, data: bytes) -> None:
        if kind == "value":
            for cache, tag in self._board.shelves(computation):
                cache.put(tag, computation.request.key, data)
            self._board.finish(computation, data)
        elif kind == "error":
            self._board.finish(computation, decode(data))
        elif computation.attempts < _MOST_CANCELLED:
            # It saw itself cancelled just before someone wanted it again.
            self._board.put_back(computation)
        else:
            self._board.finish(computation, _lost())

    def _died(self, computation: Computation) -> None:
        """Its worker died: at its limit of time, which ends the call, or by accident, which gives a second chance."""
        if computation.state is not State.RUNNING:
            return
        now, seconds = time.monotonic(), computation.limits.seconds
        # Reports travel late or not at all when a decoder holds the interpreter, so the time since the call was handed
        # over is what counts; the time since it was first heard of only guards against a long wait before it started.
        heard_of_late = computation.started is not None and now - computation.started < seconds * 0.8 - 1
        if now - computation.handed_over >= seconds and not heard_of_late:
            self._board.finish(
                computation,
                ComputeError(
                    "This was stopped because it took more than {seconds} seconds. Try again with something smaller.",
                    seconds=round(seconds),
                ),
            )
            return
        computation.deaths += 1
        if computation.deaths > 1:
            self._board.finish(computation, _lost())
        else:
            self._board.put_back(computation)


def _lost() -> WorkerLost:
    return WorkerLost(
        "This computation was lost twice: the process that ran it stopped. Close other programs to free memory, or try "
        "with something smaller."
    )
