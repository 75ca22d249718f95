"""The child process that owns the embedded cluster: ``python -m kit.compute.server``.

Its standard input carries one line of JSON (:class:`~kit.compute.plan.Plan`), then nothing; when it closes, the parent
is gone and so is everything here. Its standard output carries one line of JSON back: the address of the scheduler, the
temporary certificate that opens it, and how many workers of each kind there are. Nothing secret is written on disk or
on a command line. Scheduler, nannies and workers listen on 127.0.0.1 only, behind TLS with certificates on both sides.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import threading
import time
from typing import IO, Any

from kit.compute.plan import Plan

HOST = "127.0.0.1"
_CLOSING_SECONDS = 4.0
_MISSING_WORKER_SECONDS = 90.0


def configuration(plan: Plan) -> dict[str, Any]:
    """Dask's settings, whatever the user's own files and environment say."""
    return {
        "temporary-directory": plan.folder,
        "distributed.logging.distributed": "warning",
        "distributed.scheduler.allowed-failures": 0,  # the parent decides on a second try
        "distributed.scheduler.work-stealing": False,  # the queue is the parent's
        "distributed.scheduler.worker-ttl": None,  # a laptop that slept an hour has not lost its workers
        "distributed.scheduler.active-memory-manager.start": False,
        "distributed.scheduler.http.routes": [],  # no page is served, not even on loopback
        "distributed.worker.http.routes": [],
        "distributed.scheduler.preload": [],
        "distributed.worker.preload": [],
        "distributed.nanny.preload": [],
        # Dask has the C library give memory back to the system at once. A model asks for the same again at its next
        # step, and would spend most of its time waiting for it.
        "distributed.nanny.pre-spawn-environ": {"MALLOC_TRIM_THRESHOLD_": None},
        "distributed.worker.profile.enabled": False,
        "distributed.worker.multiprocessing-method": "spawn",
        "distributed.worker.memory.max-spill": plan.spill_bytes,
        # A worker that pauses waits for memory that a finished call of ours may never give back: end it instead.
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.terminate": 0.95,
        "distributed.admin.low-level-log-length": 50,  # events carry previews: keep few of them
        # Dask watches itself fifty times a second; on battery, less will do.
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.tick.limit": "10s",
        "distributed.admin.system-monitor.interval": "5s",
        "distributed.admin.system-monitor.log-length": 10,
        "distributed.admin.system-monitor.disk": False,
        "distributed.admin.system-monitor.gil.enabled": False,
        "distributed.worker.memory.monitor-interval": "200ms",
        "distributed.comm.require-encryption": True,
    }


async def _serve(plan: Plan, parent: IO[bytes], answer: IO[str]) -> None:
    # Not distributed's LocalCluster: its workers are all alike, and fifteen seconds after a worker died it closes the
    # nanny if it sees no worker there just then, be it that another one is starting.
    from distributed import Nanny, Scheduler
    from distributed.security import Security

    stop = asyncio.Event()
    threading.Thread(
        target=_wait_for_parent, args=(parent, asyncio.get_running_loop(), stop), name="parent", daemon=True
    ).start()

    security = Security.temporary()
    place: dict[str, Any] = {
        "host": HOST,
        "protocol": "tls://",
        "security": security,
        "dashboard": False,
        "dashboard_address": f"{HOST}:0",
    }
    async with Scheduler(port=0, **place) as scheduler, contextlib.AsyncExitStack() as nannies:

        async def add(weight: str, number: int, memory: int, environment: dict[str, str]) -> None:
            nanny = Nanny(
                scheduler.address,
                name=f"{weight}-{number}",
                nthreads=1,
                resources={weight: 1},
                memory_limit=memory,
                local_directory=plan.folder,
                silence_logs=logging.WARNING,
                env=environment,
                **place,
            )
            await nannies.enter_async_context(nanny)

        # Intake comes first, and models later: let the light workers have the processor to themselves while they start.
        await asyncio.gather(*(add("light", n, plan.light_bytes, {}) for n in range(plan.light)))
        hello = {
            "address": scheduler.address,
            "credentials": [security.tls_ca_file, security.tls_client_cert, security.tls_client_key],
            "slots": {"light": plan.light, "heavy": plan.heavy},
        }
        answer.write(json.dumps(hello) + "\n")
        answer.flush()
        numeric = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(plan.threads))
        await asyncio.gather(*(add("heavy", n, plan.heavy_bytes, numeric) for n in range(plan.heavy)))
        await _until(stop, lambda: len(scheduler.workers) >= plan.light + plan.heavy)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(nannies.aclose(), _CLOSING_SECONDS)
            return
        _end_now()


async def _until(stop: asyncio.Event, complete: Any) -> None:
    """Wait for ``stop``, or until a worker has been missing for long: ending then lets the parent start afresh."""
    seen = time.monotonic()
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 5.0)
        if complete():
            seen = time.monotonic()
        elif time.monotonic() - seen > _MISSING_WORKER_SECONDS:
            logging.getLogger("contrechamp.compute").error("a worker does not come back")
            return


def _wait_for_parent(parent: IO[bytes], loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    parent.read()
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(stop.set)
    time.sleep(_CLOSING_SECONDS + 2)
    _end_now()


def _end_now() -> None:
    """Leave nothing behind, even if the cluster does not close (a worker that loops, a loop that hangs)."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        # Python's own resource tracker ends by itself, after it has removed the semaphores.
        with contextlib.suppress(psutil.Error):
            if "resource_tracker" not in " ".join(child.cmdline()):
                child.kill()
    os._exit(0)


def main() -> None:
    """Serve until standard input closes."""
    # The two pipes are ours alone: workers, which inherit descriptors 0 to 2, must neither hold nor write to them.
    parent, answer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)

    plan = Plan.read(parent.readline())
    import dask

    with dask.config.set(configuration(plan)):
        asyncio.run(_serve(plan, parent, answer))
    _end_now()


if __name__ == "__main__":
    main()
