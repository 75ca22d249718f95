"""Files that one takes away, most of them made at the moment somebody asks: a report, a deck, figures, an episode.

Streamlit's ``download_button`` does as much. But it forgets a file, or what makes it, as soon as its page begins to be
drawn anew, and what was made once two pages of anybody's have been drawn: while a class answers, before the browser has
come for it. Here a file keeps its address from one drawing of its page to the next, and is sent in answer to the
request itself.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kit.errors import KitError

_log = logging.getLogger(__name__)

PATH = "/files"
KEPT = 1000
"""Offers remembered, the latest: of what a class and its screens show at once, many times over."""


@dataclass(frozen=True)
class Offer:
    """What a device may take away. ``make`` is called in a thread that knows nothing of the page."""

    device: str
    name: str
    mime: str
    make: Callable[[], str | bytes]


class Offers:
    """What the pages offer now, by address; any thread may call it."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._offers: OrderedDict[str, Offer] = OrderedDict()

    def add(self, key: str, offer: Offer) -> str:
        """Offer a file, in place of what the same device was offered under ``key``; gives its address."""
        said = f"{offer.device} {key}".encode()
        token = hashlib.blake2b(said, key=self._secret, digest_size=16).hexdigest()
        with self._lock:
            self._offers[token] = offer
            self._offers.move_to_end(token)
            while len(self._offers) > KEPT:
                self._offers.popitem(last=False)
        return f"{PATH}/{token}/{quote(offer.name, safe='')}"

    def forget(self, device: str | None) -> None:
        """Take back what ``device`` was offered; None: what anybody was."""
        with self._lock:
            kept = {} if device is None else {t: each for t, each in self._offers.items() if each.device != device}
            self._offers = OrderedDict(kept)

    def get(self, token: str, device: str | None) -> Offer | None:
        """The offer at an address, if it was made to ``device``."""
        with self._lock:
            offer = self._offers.get(token)
        return offer if offer is not None and offer.device == device else None


offers = Offers()
"""Those of this process."""


def route(device_of: Callable[[str], str | None]) -> Route:
    """The route of the files. ``device_of`` reads a device from a ``Cookie`` header."""

    async def file(request: Request) -> Response:
        device = device_of(request.headers.get("cookie", ""))
        offer = offers.get(request.path_params["token"], device)
        if offer is None:
            return PlainTextResponse("Nothing is offered to this device here.", status_code=404)
        try:
            content = await run_in_threadpool(offer.make)
        except (KitError, OSError):
            _log.warning("%s could not be made", offer.name, exc_info=True)
            return PlainTextResponse("This file cannot be made.", status_code=500)
        headers = {
            "cache-control": "no-store",
            "content-disposition": f"attachment; filename*=utf-8''{quote(offer.name, safe='')}",
        }
        return Response(content, media_type=offer.mime, headers=headers)

    return Route(f"{PATH}/{{token}}/{{name:path}}", file)
