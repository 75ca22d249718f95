"""Nothing listens beyond loopback, nobody comes in without the certificate, nothing outlives its parent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from kit import ROOT
from kit.compute import Compute, State, connect
from kit.compute.external import TLS_VARIABLES
from kit.errors import SetupError
from kit.settings import Settings
from tests.kit.compute import jobs
from tests.kit.compute.test_cluster import running, until


def family(compute: Compute) -> list[psutil.Process]:
    """The server of the cluster and every process it started."""
    assert compute.run(jobs.add, 1, weight="heavy") == 2
    server = next(p for p in psutil.Process().children() if "kit.compute.server" in p.cmdline())
    return [server, *server.children(recursive=True)]


def listening(processes: list[psutil.Process]) -> list[tuple[str, int]]:
    return [
        tuple(connection.laddr)
        for process in processes
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN or connection.type.name == "SOCK_DGRAM"
    ]


def test_nothing_listens_beyond_loopback(compute: Compute) -> None:
    sockets = listening(family(compute))
    assert len(sockets) >= 7, "the scheduler, three nannies, three workers"
    assert {host for host, _ in sockets} == {"127.0.0.1"}


def test_no_page_is_served(compute: Compute) -> None:
    codes = set()
    for host, port in listening(family(compute)):
        for path in ("", "status", "json/identity.json", "info/main/workers.html", "metrics"):
            try:
                with urllib.request.urlopen(f"http://{host}:{port}/{path}", timeout=3) as answer:
                    codes.add(answer.status)
            except urllib.error.HTTPError as error:
                error.close()
                codes.add(error.code)
            except OSError:  # it speaks TLS, and refuses
                continue
    assert codes == {404}


def test_no_secret_on_a_command_line_or_on_disk(compute: Compute, settings: Settings) -> None:
    key = compute._driver._link.address.credentials[2]  # type: ignore[union-attr,index]
    assert "PRIVATE KEY" in key
    secret = key.splitlines()[3]
    for process in family(compute):
        assert secret not in " ".join(process.cmdline())
        assert secret not in json.dumps(process.environ())
    for path in settings.home.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes()


INTRUDER = """
import sys, logging
from distributed import Client
from distributed.security import Security
logging.disable(logging.CRITICAL)
port = sys.argv[1]
other = Security.temporary()
ours = open(sys.argv[2]).read()
attempts = {
    "plain": (f"tcp://127.0.0.1:{port}", None),
    "other": (f"tls://127.0.0.1:{port}", other),
    "no certificate": (f"tls://127.0.0.1:{port}", Security(require_encryption=True, tls_ca_file=ours)),
    "other certificate": (f"tls://127.0.0.1:{port}", Security(require_encryption=True, tls_ca_file=ours,
        tls_client_cert=other.tls_client_cert, tls_client_key=other.tls_client_key)),
}
for name, (address, security) in attempts.items():
    try:
        Client(address, security=security, timeout=2)
        print(name, "entered")
    except (OSError, TypeError, RuntimeError) as error:
        print(name, "refused", type(error).__name__)
"""


def test_a_client_without_the_certificate_is_refused(compute: Compute, tmp_path: Path) -> None:
    compute.run(jobs.add, 1, weight="light")
    address = compute._driver._link.address  # type: ignore[union-attr]
    assert address.url.startswith("tls://127.0.0.1:")
    ca = tmp_path / "ca.pem"
    ca.write_text(address.credentials[0])  # type: ignore[index]
    command = [sys.executable, "-c", INTRUDER, address.url.rpartition(":")[2], str(ca)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    lines = answer.stdout.splitlines()
    assert len(lines) == 4, answer.stderr
    assert all(" refused " in line for line in lines), lines
    assert compute.run(jobs.add, 1, weight="light") == 2


def test_an_external_cluster_serves_and_two_copies_share(
    compute: Compute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another copy of the app on the cluster that is already there."""
    compute.run(jobs.add, 1, weight="light")
    address = compute._driver._link.address  # type: ignore[union-attr]
    for name, text in zip(TLS_VARIABLES, address.credentials, strict=True):  # type: ignore[arg-type]
        (tmp_path / name).write_text(text)
        monkeypatch.setenv(name, str(tmp_path / name))
    other = Compute(Settings(home=tmp_path, scheduler=address.url))
    try:
        path = tmp_path / "runs"
        here = compute.submit(jobs.count, str(path), 3.0, weight="heavy")
        until(lambda: running(here))
        there = other.submit(jobs.count, str(path), 3.0, weight="heavy")
        until(lambda: running(there))
        here.leave()
        assert there.result(60) == 0
        assert path.read_text() == "0\n"
    finally:
        other.close()
    assert compute.run(jobs.add, 1, weight="light") == 2


def test_one_compute_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.compute.client._current", None)
    settings = Settings(home=tmp_path / "a")
    first = connect(settings)
    assert connect(Settings(home=tmp_path / "a")) is first
    assert not first.ready()
    elsewhere = connect(Settings(home=tmp_path / "b"))
    assert elsewhere is not first
    assert elsewhere._driver is first._driver
    assert elsewhere._cache is not first._cache
    other = connect(Settings(home=tmp_path / "b", scheduler="tcp://127.0.0.1:9"))
    assert first.closed
    assert not other.closed
    other.close()
    assert connect(settings) is not first
    connect(settings).close()


PARENT = """
import sys, time
from dataclasses import replace
from kit.compute import client, connect
from kit.settings import load
from tests.kit.compute import jobs
whole = client.embedded_plan
client.embedded_plan = lambda settings: replace(whole(settings), light=1, heavy=0)  # quicker to start
compute = connect(load())
light = ("torch", "transformers", "diffusers", "sklearn", "distributed")
before = [name for name in light if name in sys.modules]
compute.run(jobs.add, 1, weight="light")
after = [name for name in light if name in sys.modules]
print(before, after, flush=True)
call = compute.submit(jobs.pause, 60.0, weight="light")
while call.status().fraction == 0:
    time.sleep(0.05)
print("running", flush=True)
if sys.argv[1] == "die":
    time.sleep(60)
"""


def start_parent(home: Path, how: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "CONTRECHAMP_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", PARENT, how]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.slow
def test_nothing_outlives_a_parent_that_is_killed_and_no_model_library_reached_it(home: Path) -> None:
    with start_parent(home, "die") as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "[] ['distributed']\n"
        assert parent.stdout.readline() == "running\n"
        descendants = psutil.Process(parent.pid).children(recursive=True)
        assert len(descendants) >= 2
        os.kill(parent.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        parent.wait()
        _, alive = psutil.wait_procs(descendants, timeout=10)
        assert alive == []


@pytest.mark.slow
def test_a_parent_that_ends_while_something_runs_ends_cleanly(home: Path) -> None:
    with start_parent(home, "end") as parent:
        out, err = parent.communicate(timeout=120)
        assert out.endswith("running\n")
        assert err == ""
        assert parent.returncode == 0


@pytest.mark.slow
def test_a_cluster_that_dies_is_started_again(compute: Compute) -> None:
    processes = family(compute)
    call = compute.submit(jobs.pause, 2.0, "", weight="heavy")
    queued = compute.submit(jobs.pause, 0.1, "", weight="heavy")
    until(lambda: running(call))
    processes[0].kill()
    assert call.result(120) == "finished"
    assert queued.result(60) == "finished"
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert alive == []
    assert call.status().state is State.DONE


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    compute = Compute(Settings(home=tmp_path / "file"))
    with pytest.raises(SetupError, match=r"file.compute\.log"):
        compute.run(jobs.add, 1, weight="light")
    compute.close()
    with pytest.raises(SetupError, match="closing"):
        compute.run(jobs.add, 1, weight="light")


def test_closing_tells_those_who_wait(tmp_path: Path) -> None:
    compute = Compute(Settings(home=tmp_path))
    call = compute.submit(jobs.add, 1, weight="light")
    time.sleep(0.3)
    begun = time.monotonic()
    compute.close()
    assert time.monotonic() - begun < 8
    assert call.status().state is State.FAILED
    assert not [p for p in psutil.Process().children() if str(tmp_path) in " ".join(p.cmdline())]
