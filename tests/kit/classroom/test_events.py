"""“The class has changed”: told at once, to those who sit there, at the price of one look for everybody."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, cast

import pytest
import uvicorn
from starlette.applications import Starlette

import serve
from kit import settings
from kit.classroom import events
from kit.classroom.classes import Classes
from kit.classroom.events import PATH, Watch
from kit.classroom.store import Store, open_store
from kit.errors import SetupError
from kit.levels import Role
from tests.kit.classroom.seated import ANNE, BEN, LEADER, SCREEN, STRANGER, opened

NOTHING = {"type": "http.request", "body": b"", "more_body": False}


# -- looking, for all who wait ----------------------------------------------------------------------------------------


class Versions:
    """A store that only knows the versions of classes, and how often it was asked for them."""

    def __init__(self, **versions: int) -> None:
        self.now = versions
        self.asked = 0
        self.broken: Exception | None = None

    @property
    def classes(self) -> Versions:
        return self

    def versions(self) -> dict[str, int]:
        self.asked += 1
        if self.broken is not None:
            raise self.broken
        return dict(self.now)


def watching(store: Versions) -> Watch:
    return Watch(lambda: cast(Store, store))


EVERY = events.EVERY


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks that come fifteen times as often."""
    monkeypatch.setattr(events, "EVERY", 0.02)


Told = AsyncIterator[int | None]


async def next_of(told: Told) -> int | None:
    return await asyncio.wait_for(anext(told), 5)


async def over(*told: Told) -> None:
    for each in told:
        await each.aclose()  # type: ignore[attr-defined]


async def until(so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 5
    while not so():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.01)


def scene(play: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(cast(Any, play()))


def test_the_first_thing_told_is_how_the_class_stands_and_then_each_change_once() -> None:
    async def play() -> None:
        store = Versions(mine=7, theirs=1)
        told = watching(store).follow("mine")
        assert await next_of(told) == 7
        for version in (8, 9, 12):
            store.now["mine"] = version
            assert await next_of(told) == version
        store.now["theirs"] = 2
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(told), 0.2)
        assert store.asked > 5, "it has looked, and had nothing to say"

    scene(play)


def test_a_class_that_is_over_tells_0() -> None:
    async def play() -> None:
        store = Versions(mine=7)
        watch = watching(store)
        told, nowhere = watch.follow("mine"), watch.follow("nowhere")
        assert [await next_of(told), await next_of(nowhere)] == [7, 0]
        del store.now["mine"]
        assert await next_of(told) == 0
        await over(told, nowhere)

    scene(play)


def test_a_quiet_class_gives_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "ALIVE", 0.05)

    async def play() -> None:
        store = Versions(mine=7)
        told = watching(store).follow("mine")
        assert [await next_of(told) for _ in range(3)] == [7, None, None]
        store.now["mine"] = 8
        while (version := await next_of(told)) is None:
            pass
        assert version == 8
        await over(told)

    scene(play)


@pytest.mark.parametrize("at_once", [False, True], ids=["one after the other", "all at once"])
def test_one_look_serves_everybody(at_once: bool) -> None:
    """Forty devices that come back after a restart cost as many looks as one."""

    async def play() -> None:
        store = Versions(mine=1)
        watch = watching(store)
        room = [watch.follow("mine") for _ in range(40)]
        if at_once:
            assert set(await asyncio.gather(*map(next_of, room))) == {1}
        else:
            assert {await next_of(told) for told in room} == {1}
        store.asked, began = 0, time.monotonic()
        for version in (2, 3, 4):
            await asyncio.sleep(0.1)
            store.now["mine"] = version
            assert set(await asyncio.gather(*map(next_of, room))) == {version}
        assert 3 <= store.asked <= (time.monotonic() - began) / events.EVERY + 2
        await over(*room)

    scene(play)


def test_nobody_looks_when_nobody_waits() -> None:
    async def play() -> None:
        store = Versions(mine=1)
        watch = watching(store)
        room = [watch.follow("mine") for _ in range(3)]
        for told in room:
            await next_of(told)
        await over(*room[:2])
        asked = store.asked
        await until(lambda: store.asked > asked + 2, "it goes on looking for the last one")
        await over(room[2])
        await until(lambda: watch._looking is None, "it goes on looking for nobody")
        asked = store.asked
        await asyncio.sleep(5 * events.EVERY)
        assert store.asked == asked
        store.now["mine"] = 2
        told = watch.follow("mine")
        assert await next_of(told) == 2, "whoever comes then is told how it stands now"
        store.now["mine"] = 3
        assert await next_of(told) == 3
        await over(told)

    scene(play)


def test_a_device_that_goes_before_it_was_told_anything_leaves_nobody_looking() -> None:
    """A telephone that is put away while its page opens."""

    async def play() -> None:
        store = Versions(mine=1)
        watch = watching(store)
        gone = asyncio.create_task(cast(Any, anext(watch.follow("mine"))))
        await asyncio.sleep(0)  # it has asked, and waits for the first look
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone
        told = watch.follow("mine")
        assert await next_of(told) == 1
        await over(told)
        await until(lambda: watch._looking is None, "it goes on looking for a device that has gone")

    scene(play)


@pytest.mark.parametrize("error", [SetupError("The disk is full."), RuntimeError("a fault of the database’s driver")])
def test_a_database_that_cannot_be_read_for_a_while_ends_no_stream(error: Exception) -> None:
    async def play() -> None:
        store = Versions(mine=1)
        told = watching(store).follow("mine")
        assert await next_of(told) == 1
        store.broken, asked = error, store.asked
        store.now["mine"] = 2
        waiting = asyncio.create_task(cast(Any, anext(told)))
        await until(lambda: store.asked > asked, "it has stopped looking")
        await asyncio.sleep(0.1)
        assert not waiting.done()
        store.broken = None
        assert await asyncio.wait_for(waiting, 2) == 2
        await over(told)

    scene(play)


def test_a_database_that_cannot_be_read_at_first_is_asked_again() -> None:
    async def play() -> None:
        store = Versions(mine=5)
        store.broken = SetupError("The kit’s data cannot be read.")
        told, heard = watching(store).follow("mine"), []

        async def listen() -> None:
            while 5 not in heard:
                heard.append(await next_of(told))

        listening = asyncio.create_task(listen())
        await until(lambda: store.asked > 2, "it looks no more")
        assert set(heard) <= {0}
        store.broken = None
        await listening
        await over(told)

    scene(play)


def test_a_class_that_was_opened_a_moment_ago_is_not_over() -> None:
    """Even if the last look, for another class, was before that."""

    async def play() -> None:
        store = Versions(theirs=1)
        watch = watching(store)
        theirs = watch.follow("theirs")
        assert await next_of(theirs) == 1
        store.now["mine"] = 7
        mine = watch.follow("mine")
        assert await next_of(mine) == 7
        await over(theirs, mine)

    scene(play)


# -- over http --------------------------------------------------------------------------------------------------------


@pytest.fixture
def store() -> Iterator[Store]:
    """The kit's own."""
    store = open_store(settings.load())
    yield store
    store.close()


def cookie_of(device: str, name: str = serve.DEVICE_COOKIE) -> str:
    return f"other=1; {name}={device}"


def door(*, https: bool = False) -> serve.Door:
    """The route as the server has it, behind the server's own door."""
    app: Any = serve.application(https=https)
    return serve.Door(Starlette(routes=app._user_routes), https=https)


def status(class_id: str, cookie: str, *, https: bool = False) -> tuple[int, str]:
    """What a request is answered with, and how its text begins."""
    said: list[Any] = []

    async def ask() -> None:
        told, asked = asyncio.Event(), False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if not asked:
                asked = True
                return NOTHING
            await told.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            said.append(message)
            if message.get("body"):
                told.set()

        await asyncio.wait_for(
            door(https=https)(
                {
                    "type": "http",
                    "asgi": {"version": "3.0", "spec_version": "2.3"},
                    "method": "GET",
                    "path": PATH,
                    "query_string": f"class={class_id}".encode(),
                    "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())],
                },
                receive,
                send,
            ),
            10,
        )

    asyncio.run(ask())
    return said[0]["status"], said[1]["body"].decode()


def test_only_devices_that_sit_in_the_class_are_told(store: Store) -> None:
    classes = store.classes
    led = opened(classes)
    other = opened(classes, BEN, "bias")
    classes.join(led.code, ANNE)
    classes.follow_link(classes.link(led.id, LEADER, Role.PROJECTOR), SCREEN)
    for device in (LEADER, SCREEN, ANNE):
        assert status(led.id, cookie_of(device)) == (200, "retry: 2000\n\n")
    forged = [
        (led.id, cookie_of(BEN)),
        (led.id, cookie_of(STRANGER)),
        (other.id, cookie_of(ANNE)),
        ("0" * 32, cookie_of(ANNE)),
        ("", cookie_of(ANNE)),
        (f"{led.id}%00", cookie_of(ANNE)),
        (led.id, ""),
        (led.id, cookie_of(ANNE[:-1])),
        (led.id, cookie_of(ANNE.upper())),
        (led.id, cookie_of(ANNE, "device")),
    ]
    for class_id, cookie in forged:
        assert status(class_id, cookie) == (404, "This device does not sit in this class."), (class_id, cookie)
    classes.remove(led.id, LEADER, 1)
    assert status(led.id, cookie_of(ANNE))[0] == 404


def test_a_class_that_is_over_is_no_news_for_participants(store: Store) -> None:
    led = opened(store.classes)
    store.classes.join(led.code, ANNE)
    store.classes.close(led.id, LEADER)
    assert status(led.id, cookie_of(ANNE))[0] == 404
    assert status(led.id, cookie_of(LEADER))[0] == 200


def test_devices_are_known_over_https_too(store: Store) -> None:
    """Where the cookie has another name."""
    led = opened(store.classes)
    store.classes.join(led.code, ANNE)
    assert status(led.id, cookie_of(ANNE, serve.SECURE_COOKIE), https=True)[0] == 200
    assert status(led.id, cookie_of(STRANGER, serve.SECURE_COOKIE), https=True)[0] == 404
    assert status(led.id, cookie_of(ANNE), https=True)[0] == 200, "who came over http before"
    assert status(led.id, cookie_of(ANNE, serve.SECURE_COOKIE))[0] == 404, "a name that only https gives"


def test_a_database_that_cannot_be_read_is_no_leave_to_listen(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    led = opened(store.classes)

    def broken(self: Classes, device: str) -> list[Any]:
        raise SetupError("The kit’s data cannot be read.")

    monkeypatch.setattr(Classes, "seats", broken)
    assert status(led.id, cookie_of(LEADER))[0] == 404


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The server on loopback, with its looks as rare as they really are."""
    monkeypatch.setattr(events, "EVERY", EVERY)
    server = uvicorn.Server(
        uvicorn.Config(door(), port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        end = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < end
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)


class Listener:
    """A browser's EventSource."""

    def __init__(self, port: int, class_id: str, device: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        self.connection.request("GET", f"{PATH}?class={class_id}", headers={"Cookie": cookie_of(device)})
        self.response = self.connection.getresponse()

    def next(self) -> int:
        """The next version told."""
        while not (line := self.response.readline()).startswith(b"data:"):
            assert line, "the stream has ended"
        return int(line.split(b":")[1])

    def close(self) -> None:
        self.response.close()
        self.connection.close()


def test_a_change_arrives_within_two_seconds_at_every_device_and_nowhere_else(store: Store, port: int) -> None:
    classes = store.classes
    led, other = opened(classes), opened(classes, BEN, "bias")
    classes.join(led.code, ANNE)
    room = [Listener(port, led.id, who) for who in (ANNE, LEADER, LEADER)]
    elsewhere = Listener(port, other.id, BEN)
    for listener in (*room, elsewhere):
        assert listener.response.status == 200
        assert listener.response.headers["content-type"].startswith("text/event-stream")
        assert listener.response.headers["cache-control"] == "no-store"
        assert listener.response.headers["x-accel-buffering"] == "no"
    assert [listener.next() for listener in room] == [led.version] * 3
    assert elsewhere.next() == other.version

    version = classes.keep(led.id, LEADER, "{}", "lesson", replaces=led.version)
    changed = time.monotonic()
    assert [listener.next() for listener in room] == [version] * 3
    assert time.monotonic() - changed < 2
    copy = Store(settings.load().store_url)  # another copy of the app, in another process for all that this one knows
    version = copy.classes.lead(led.id, LEADER, locked=True)
    changed = time.monotonic()
    assert [listener.next() for listener in room] == [version] * 3
    assert time.monotonic() - changed < 2
    copy.close()

    room.pop().close()  # a battery dies
    classes.close(led.id, LEADER)
    assert [listener.next() for listener in room] == [0, 0]
    # Nothing of all that was news for the other class: the next thing it hears is its own end.
    classes.erase(other.id, BEN)
    assert elsewhere.next() == 0
    for listener in (*room, elsewhere):
        listener.close()
