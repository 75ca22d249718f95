"""Where heavy functions run: never in the process that draws the pages.

**Using it.** A heavy function is a plain function of a module of the kit or of an activity. It takes and returns plain
values (see :mod:`kit.compute.plain`), imports its heavy packages inside its body, and calls :func:`report` at least
twice a second, with how far it has got::

    def grow(photo: np.ndarray, *, seed: int) -> Trace:
        import torch
        for step in range(steps):
            report(step / steps, "Level {level}", level=2)
            ...

    call = connect(settings).submit(grow, photo, seed=3, weight="heavy")
    call.status()   # never blocks: state, fraction, place in the queue, time left
    call.result()   # blocks, and raises what the function raised if that was a KitError
    call.leave()    # this reader no longer waits; the work stops when the last one has left

**How it works.**

* :mod:`~kit.compute.client` is what pages see. It counts who waits for what; a thread of
  :mod:`~kit.compute.driver` does everything that can take time, so that no page ever waits for the cluster to start.
* :mod:`~kit.compute.link` starts a child process, :mod:`~kit.compute.server`, that owns an embedded Dask cluster. The
  child prints the address and the temporary certificate on its standard output, a pipe only its parent reads, and ends
  when its standard input closes, that is to say when its parent dies, however it dies. With ``CONTRECHAMP_SCHEDULER``
  the cluster is someone else's: :mod:`~kit.compute.external` says which are accepted.
* Two kinds of worker, each with one thread. *Light* ones read what people send: they have a limit of memory and of time
  (:mod:`~kit.compute.limits`). *Heavy* ones hold models. What happens inside a worker is :mod:`~kit.compute.work`.
* The queue is ours, not Dask's (:mod:`~kit.compute.sharing`): no more calls are handed over than there are workers. So
  each caller knows its place, and a worker that dies takes one call with it, not those that queued behind.
* Equal calls share one computation: :mod:`~kit.compute.keys`. With ``cache="shared"`` the result is also kept on disk:
  :mod:`~kit.compute.cache`.
* Nothing is pickled on the way back: arguments, progress, results and errors cross as bytes of
  :mod:`~kit.compute.plain`, so that no object of torch can reach the interface, and a cached file cannot run code.
* Cancelling is Dask's own: when every client has released a task, its worker marks it cancelled, and :func:`report`
  looks at that mark. Hence a computation also stops when the interface is killed.
"""

from __future__ import annotations

from kit.compute.client import Call, Compute, connect
from kit.compute.limits import HEAVY, LIGHT, Limits
from kit.compute.progress import listening, report
from kit.compute.sharing import State, Status

__all__ = ["HEAVY", "LIGHT", "Call", "Compute", "Limits", "State", "Status", "connect", "listening", "report"]
