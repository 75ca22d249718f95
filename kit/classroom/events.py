"""“The class has changed”, told to waiting devices by server-sent events.

A device that waits costs one open connection and nothing else: one look at the database serves all of them, whichever
copy of the app changed it. The stream carries a version number; what has changed the page then reads by itself, as
whoever it is. Measured against a page that asks once a second: see ``benchmarks/class_load.py``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from kit.classroom.store import Store
from kit.errors import KitError

_log = logging.getLogger(__name__)

PATH = "/class/events"
EVERY = 0.3
"""Seconds between two looks at the database, while somebody waits."""
ALIVE = 15.0
"""Seconds after which a line that means nothing keeps proxies from closing a quiet connection."""


class Watch:
    """The versions of the classes, looked at for all who wait."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._versions: dict[str, int] = {}
        self._waiting = 0
        self._looking: asyncio.Task[None] | None = None
        self._looked = asyncio.Event()
        """Set at each look, then replaced."""

    async def follow(self, class_id: str) -> AsyncIterator[int | None]:
        """The version of a class, now and at each change (0 once it is over); None when nothing happened for long."""
        self._waiting += 1
        try:
            if self._looking is None:
                self._looking = asyncio.create_task(self._look_on())
            await self._looked.wait()
            if class_id not in self._versions:
                await self._looked.wait()  # it may have been opened since the last look
            told: int | None = None
            said = time.monotonic()
            while True:
                version = self._versions.get(class_id, 0)
                if version != told:
                    told, said = version, time.monotonic()
                    yield version
                elif time.monotonic() - said > ALIVE:
                    said = time.monotonic()
                    yield None
                await self._looked.wait()
        finally:
            self._waiting -= 1

    async def _look_on(self) -> None:
        try:
            while self._waiting:
                await self._look()
                self._looked.set()
                self._looked = asyncio.Event()
                await asyncio.sleep(EVERY)
        finally:
            self._looking = None

    async def _look(self) -> None:
        try:
            self._versions = await run_in_threadpool(lambda: self._store().classes.versions())
        except Exception:  # a full disk, a database that restarts: nobody may wait in vain because of one look
            _log.exception("the classes could not be looked at")


def route(store: Callable[[], Store], device_of: Callable[[str], str | None]) -> Route:
    """The route of the stream. ``device_of`` reads a device from a ``Cookie`` header.

    The address names a class; the stream is given to devices that sit in it.
    """
    watch = Watch(store)

    async def events(request: Request) -> Response:
        device = device_of(request.headers.get("cookie", ""))
        try:
            seats = await run_in_threadpool(lambda: store().classes.seats(device)) if device else []
        except KitError:
            seats = []
        class_id = request.query_params.get("class", "")
        if class_id not in {seat.class_id for seat in seats}:
            return PlainTextResponse("This device does not sit in this class.", status_code=404)

        async def stream() -> AsyncIterator[str]:
            yield "retry: 2000\n\n"
            async for version in watch.follow(class_id):
                yield ": \n\n" if version is None else f"data: {version}\n\n"

        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)

    return Route(PATH, events)
