"""A device of the room and its microphone, at an address of this machine that is not ``localhost``."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright

import serve
from tests.e2e.conftest import FLAGS, launch
from tests.e2e.player import Player
from tests.e2e.test_room import kit

LISTEN_AND_LOOK = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: true})
  return stream.getTracks().map((track) => `${track.kind} ${track.readyState}`).sort()
}"""


@pytest.fixture
def address() -> str:
    """Where the room finds this machine."""
    found = serve.lan_addresses()
    if not found:
        pytest.skip("this machine has no address at which a room could reach it")
    return found[0]


@pytest.fixture
def phone(playwright: Playwright, address: str) -> Iterator[BrowserContext]:
    """A browser whose owner accepts the certificate and gives the microphone and the camera."""
    [names] = [flag for flag in FLAGS if flag.startswith("--host-resolver-rules")]
    given = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    browser = launch(playwright, f"{names}, EXCLUDE {address}", *given)
    yield browser.new_context(ignore_https_errors=True, permissions=["microphone", "camera"], locale="fr-FR")
    browser.close()


def test_a_phone_gives_its_microphone_over_https_only(phone: BrowserContext, address: str, home: Path) -> None:
    """The same phone comes over https, then, another day, over http."""
    with kit(home, "--lan", "--https") as (port, said):
        player = Player(page=phone.new_page(), url=f"https://{address}:{port}")
        player.open()
        assert player.page.evaluate(LISTEN_AND_LOOK) == ["audio live", "video live"]
        assert f"wss://{address}:{port}/_stcore/stream" in player.requested
        assert player.errors == []
        [number] = [cookie for cookie in phone.cookies() if "contrechamp" in cookie["name"]]
        assert (number["name"], number["secure"]) == (serve.SECURE_COOKIE, True)
        served = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
        lines = said.read_text("utf-8").splitlines()
    assert lines[:-1] == [
        f"Contrechamp : https://localhost:{port}",
        *(f"Dans la salle / in the room : https://{one}:{port}" for one in serve.lan_addresses()),
    ]
    assert hashlib.sha256(served).digest().hex(" ").upper() in lines[-1]

    with kit(home, "--lan") as (port, _):
        player = Player(page=phone.new_page(), url=f"http://{address}:{port}")
        player.open()
        assert player.page.evaluate("navigator.mediaDevices === undefined"), "https would not be needed"
        assert serve.DEVICE_COOKIE in {cookie["name"] for cookie in phone.cookies(player.url)}
