"""A device of the room for real: another network, joined to this machine by a cable of its own.

Needs a Linux that lets root make a network namespace; left out elsewhere. No browser: what one shows to the room is
tested in ``tests/pages``.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE, THERE = "10.77.31.1", "10.77.31.2"

VISITOR = """
import http.client, json, sys
host, port = sys.argv[1], int(sys.argv[2])
key = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
       "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
own = f"http://{host}:{port}"
asks = {
    "page": ("GET", "/", {"Accept": "text/html"}),
    "activity": ("GET", "/spot_the_fake", {"Accept": "text/html"}),
    "foreign name": ("GET", "/", {"Accept": "text/html", "Host": "evil.example"}),
    "socket": ("GET", "/_stcore/stream", {**key, "Origin": own}),
    "foreign socket": ("GET", "/_stcore/stream", {**key, "Origin": "http://evil.example"}),
    "file": ("PUT", "/_stcore/upload_file/a/b", {"X-Forwarded-For": "127.0.0.1"}),
}
found = {}
for name, (method, path, headers) in asks.items():
    link = http.client.HTTPConnection(host, port, timeout=5)
    try:
        link.request(method, path, headers=headers)
        reply = link.getresponse()
        found[name] = reply.status
        if name == "page":
            found["cookie"] = reply.getheader("set-cookie", "").split("=")[0]
            found["title"] = "<title>Contrechamp</title>" in reply.read().decode()
    except OSError as error:
        found[name] = type(error).__name__
    link.close()
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Room:
    """A network with one device in it, which reaches this machine at :data:`HERE` and nothing else."""

    name: str

    def visit(self, port: int) -> dict[str, object]:
        """What the device gets from the kit."""
        command = ["ip", "netns", "exec", self.name, sys.executable, "-c", VISITOR, HERE, str(port)]
        return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def _ip(*arguments: str) -> bool:
    return subprocess.run(["ip", *arguments], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """The room, made and taken away again."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("only root may make a network namespace, on Linux, with iproute2")
    name, cable = f"room{os.getpid()}", f"cr{os.getpid() % 10**8}"
    if not _ip("netns", "add", name):
        pytest.skip("this machine lets nobody make a network namespace")
    try:
        steps = (
            ("link", "add", f"{cable}a", "type", "veth", "peer", "name", f"{cable}b", "netns", name),
            ("addr", "add", f"{HERE}/30", "dev", f"{cable}a"),
            ("link", "set", f"{cable}a", "up"),
            ("-n", name, "addr", "add", f"{THERE}/30", "dev", f"{cable}b"),
            ("-n", name, "link", "set", f"{cable}b", "up"),
        )
        if not all(_ip(*step) for step in steps):
            pytest.skip("this machine lets nobody lay a virtual cable (veth)")
        yield Room(name=name)
    finally:
        _ip("link", "del", f"{cable}a")
        _ip("netns", "del", name)


@contextlib.contextmanager
def kit(home: Path, *options: str) -> Iterator[tuple[int, Path]]:
    """The kit, started as a person starts it; its port, and what it says."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    said = home.parent / "said.txt"
    command = [sys.executable, "-m", "kit.cli", "run", "--no-browser", "--port", str(port), *options]
    environment = {**os.environ, "CONTRECHAMP_HOME": str(home)}
    with said.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        for _ in range(300):
            assert process.poll() is None, said.read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield port, said
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_the_room_comes_in_at_the_address_that_is_printed(room: Room, home: Path) -> None:
    with kit(home, "--lan") as (port, said):
        found = room.visit(port)
        lines = said.read_text().splitlines()
    assert f"Contrechamp : http://localhost:{port}" in lines
    assert f"Dans la salle / in the room : http://{HERE}:{port}" in lines
    assert found == {
        "page": 200,
        "cookie": "contrechamp_device",
        "title": True,
        "activity": 200,
        "foreign name": 421,
        "socket": 101,
        "foreign socket": 403,
        "file": 403,
    }


def test_nobody_comes_in_unless_the_kit_is_opened_to_the_room(room: Room, home: Path) -> None:
    with kit(home) as (port, said):
        found = room.visit(port)
        lines = said.read_text().splitlines()
    assert lines == [f"Contrechamp : http://localhost:{port}"]
    assert set(found.values()) == {"ConnectionRefusedError"}
