"""Loaded by every Python process of the server under test: notes each address it looks up, connects or sends to."""

import os
import sys

_PATH = os.environ.get("CONTRECHAMP_TEST_RECORD")
_WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"}


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _WATCHED or not _PATH:
        return
    # connect, bind and sendto carry the socket first; look-ups carry the name first.
    place = arguments[0] if event in ("socket.getaddrinfo", "socket.gethostbyname") else arguments[1]
    if isinstance(place, tuple):
        place = place[0]
    with open(_PATH, "a", encoding="utf-8") as record:
        record.write(f"{event}\t{place!r}\n")


if _PATH:
    sys.addaudithook(_note)
