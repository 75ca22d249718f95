"""Nothing speaks to anything but this machine. Runs last: it reads what the other browser tests left behind."""

from __future__ import annotations

import ast
import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.e2e.conftest import Server
from tests.e2e.player import Player


def _is_here(place: object) -> bool:
    if (
        place is None
        or place == ""
        or place == "localhost"
        or (isinstance(place, (str, bytes)) and b"/" in _bytes(place))
    ):
        return True  # nothing, this machine by name, or a socket of the file system
    try:
        return ipaddress.ip_address(str(place).split("%")[0]).is_loopback
    except ValueError:
        return False


def _bytes(place: str | bytes) -> bytes:
    return place if isinstance(place, bytes) else place.encode()


def test_the_browser_asks_this_machine_only(play: Callable[..., Player]) -> None:
    player = play()
    for path in ("", "spot_the_fake", "noise_to_image", "library", "privacy", "conduct"):
        player.open(path)
    hosts = {urlsplit(url).hostname for url in player.requested if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {"localhost"}
    assert len(player.requested) > 50, "the recorder saw next to nothing: it does not work"


def test_the_server_reaches_this_machine_only(server: Server) -> None:
    lines = server.record.read_text("utf-8").splitlines()
    events = [(event, ast.literal_eval(place)) for event, place in (line.split("\t", 1) for line in lines)]
    assert any(event == "socket.bind" for event, _ in events), "the recorder saw nothing: it does not work"
    elsewhere = [(event, place) for event, place in events if not _is_here(place)]
    assert elsewhere == []
