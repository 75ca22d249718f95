"""The connection to a cluster: the child process that owns the embedded one, or someone else's.

Everything here may block for seconds, and imports ``distributed``: only the driver's thread calls it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kit.compute.external import Address, external
from kit.compute.plan import Plan
from kit.compute.sharing import WEIGHTS, Weight
from kit.errors import SetupError
from kit.settings import Settings

if TYPE_CHECKING:
    from distributed import Client

LOG_NAME = "compute.log"
_START_SECONDS = 120.0
_END_SECONDS = 10.0
_LOG_BYTES = 2**20
_ROOT = Path(__file__).resolve().parent.parent.parent


class Child:
    """The process of :mod:`kit.compute.server`, its log, and word of its end."""

    def __init__(self, settings: Settings, plan: Plan, on_end: Callable[[], None]) -> None:
        self._on_end = on_end
        self._log_path = settings.home / LOG_NAME
        try:
            settings.compute.mkdir(parents=True, exist_ok=True)
            log = logging.handlers.RotatingFileHandler(
                self._log_path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", errors="replace", delay=True
            )
            self.process = _spawn()
        except OSError as error:
            raise _cannot_start(self._log_path, error.strerror or str(error)) from error
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._logger = threading.Thread(target=_copy, args=(self.process.stderr, log), name="compute-log", daemon=True)
        self._logger.start()
        self._watcher: threading.Thread | None = None
        with contextlib.suppress(OSError):  # it died at once: the answer below is empty
            self.process.stdin.write(plan.line())
            self.process.stdin.flush()

    def hello(self) -> dict[str, Any]:
        """The first line it says. Raises :class:`SetupError` if it ends or says nothing."""
        assert self.process.stdout is not None
        timer = threading.Timer(_START_SECONDS, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        timer.join()
        if not line:
            raise _cannot_start(self._log_path, f"exit code {self.process.wait()}")
        self._watcher = threading.Thread(target=self._watch, name="compute-watch", daemon=True)
        self._watcher.start()
        return json.loads(line)  # type: ignore[no-any-return]

    def close(self) -> None:
        """End it and everything it started."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join()
        self._logger.join(_END_SECONDS)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def _watch(self) -> None:
        """Standard output ends when the server does: its workers do not hold it."""
        assert self.process.stdout is not None
        self.process.stdout.read()
        self._on_end()


class Link:
    """One connection, opened once."""

    def __init__(self, settings: Settings, plan: Plan, on_end: Callable[[], None]) -> None:
        """Describe it; ``on_end`` is called, from another thread, when a child that was started ends."""
        self._child: Child | None = None
        self._settings, self._plan, self._on_end = settings, plan, on_end
        self._lock = threading.Lock()
        self._closed = False
        self.slots: dict[Weight, int] = {}
        self.client: Client
        self.address: Address

    def open(self) -> None:
        """Connect; blocks for seconds. Raises :class:`SetupError` if there is no cluster to speak to."""
        address = external(self._settings.scheduler) if self._settings.scheduler else None
        if address is None:
            with self._lock:
                if self._closed:
                    raise closing()
                self._child = Child(self._settings, self._plan, self._on_end)

        import dask  # takes a second or two, while the child starts
        from distributed import Client
        from distributed.security import Security

        slots: dict[Weight, int] | None = None
        if self._child is not None:
            hello = self._child.hello()
            ca, certificate, key = hello["credentials"]
            address, slots = Address(url=hello["address"], credentials=(ca, certificate, key)), hello["slots"]
        assert address is not None
        self.address = address
        # An image is sent as it is: there is no file that the workers could read in its place.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
        security = None
        if address.credentials is not None:
            ca, certificate, key = address.credentials
            security = Security(
                require_encryption=True, tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key
            )
        try:
            self.client = Client(
                address.url,
                security=security,
                timeout=30,
                set_as_default=False,
                name="contrechamp",
                direct_to_workers=False,
            )
        except OSError as error:
            self.close()
            raise SetupError(
                "No computation can run: the scheduler at {address} does not answer ({reason}). "
                "Check CONTRECHAMP_SCHEDULER and the certificates.",
                address=address.url,
                reason=str(error),
            ) from error
        self.slots = slots or self._slots_of_cluster()

    def _slots_of_cluster(self) -> dict[Weight, int]:
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        return {weight: max(1, int(sum(w["resources"].get(weight, 0) for w in workers))) for weight in WEIGHTS}

    @property
    def alive(self) -> bool:
        """Whether the connection still stands."""
        if self._child is not None and self._child.process.poll() is not None:
            return False
        return self.client.status == "running"

    def interrupt(self) -> None:
        """From any thread: make a blocking :meth:`open` end soon."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                with contextlib.suppress(OSError):
                    self._child.process.kill()

    def close(self) -> None:
        """Disconnect, and end the child if there is one."""
        client = getattr(self, "client", None)
        if client is not None:
            client.close(timeout=5)
        if self._child is not None:
            self._child.close()


def _spawn() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kit.compute.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        # Ctrl-C in the terminal is for the parent; the child ends with it, by its closed input.
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _environment() -> dict[str, str]:
    """The child's: this one, and the folder of the kit to import it from."""
    path = os.pathsep.join(p for p in (str(_ROOT), os.environ.get("PYTHONPATH", "")) if p)
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def _copy(stream: IO[bytes], log: logging.Handler) -> None:
    """What the child and its workers print, into a log of bounded size that one process writes."""
    with contextlib.closing(log):
        for line in stream:
            log.emit(logging.makeLogRecord({"msg": line.decode("utf-8", "replace").rstrip()}))


def closing() -> SetupError:
    """What is said to whoever asks for a computation at the end."""
    return SetupError("No computation can run any more: the kit is closing.")


def _cannot_start(log: Path, reason: str) -> SetupError:
    return SetupError(
        "No computation can run: the process that runs them did not start ({reason}). "
        "Close other programs and try again; the details are in {log}.",
        reason=reason,
        log=str(log),
    )
