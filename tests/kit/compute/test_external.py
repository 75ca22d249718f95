"""Which external schedulers are accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.compute import Compute
from kit.compute.external import TLS_VARIABLES, external
from kit.errors import SetupError
from kit.settings import Settings


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    files = {name: tmp_path / f"{name}.pem" for name in TLS_VARIABLES}
    for path in files.values():
        path.write_text("x")
    return {name: str(path) for name, path in files.items()}


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786", "tcp://127.9.9.9:5"])
def test_plain_tcp_on_this_machine(url: str) -> None:
    assert external(url, {}).credentials is None


@pytest.mark.parametrize(
    "url",
    [
        "tcp://192.168.1.2:8786",
        "tcp://127.0.0.1.example.org:8786",
        "tcp://localhost.example.org:8786",
        "tcp://0.0.0.0:8786",
        "tcp://[::]:8786",
        "tcp://127.0.0.1@10.0.0.1:8786",
        "ws://127.0.0.1:8786",
        "http://127.0.0.1:8786",
        "inproc://127.0.0.1/1",
        "127.0.0.1:8786",
        "tls://",
        "tls://host",
        "tls://host:port",
        "tls://[host:1",
        "",
    ],
)
def test_others_are_refused(url: str, environment: dict[str, str]) -> None:
    with pytest.raises(SetupError) as caught:
        external(url, environment)
    assert f"“{url}”" in str(caught.value)


def test_tls_needs_its_three_files(environment: dict[str, str]) -> None:
    address = external("tls://cluster.example:8786", environment)
    assert address.credentials == tuple(environment[name] for name in TLS_VARIABLES)
    assert environment[TLS_VARIABLES[2]] not in repr(address)
    for name in TLS_VARIABLES:
        for wrong in ({**environment, name: "/no/such/file"}, {k: v for k, v in environment.items() if k != name}):
            with pytest.raises(SetupError, match=name):
                external("tls://cluster.example:8786", wrong)


def test_a_wrong_address_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        Compute(Settings(home=tmp_path, scheduler="tcp://10.0.0.1:8786"))
