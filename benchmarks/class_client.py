"""A browser without a screen: what Streamlit's own page sends, keeps and does by itself, for ``class_load.py``.

A :class:`Browser` asks for a page, opens the socket, keeps the values of the widgets and sends them with each click,
remembers the large messages it has had, fetches the pictures it is shown, asks again at the intervals it is told,
listens where the kit's screens listen (``pages/parts/follow.js``), and comes back by itself when the server is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import DoubleArray
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

HOST = "127.0.0.1"
LIMIT = 60.0
"""Seconds after which nobody waits for a screen any more."""
_PICTURE = re.compile(rb"/media/[0-9A-Za-z._-]+")
_OURS = re.compile(r"^\$\$ID-[0-9a-f]+-(.*)$", re.DOTALL)
"""The id that Streamlit gives a widget which has a key."""
_CACHED_RUNS = 2
_RETRY = 2.0


class Failed(Exception):
    """What a person would have seen go wrong: an error in the place of the screen, a lost connection, no answer."""


@dataclass
class Run:
    """One run of a page: what it has drawn so far."""

    id: str = ""
    began: float = 0.0
    """When its first message came; seconds of :func:`time.perf_counter`, as everywhere here."""
    ended: float = 0.0
    fragment: str = ""
    """The part of the page that alone was drawn again; empty for the whole."""
    place: str = ""
    """Which screen the kit says it is (``pages.parts.browser.arrive``)."""
    widgets: dict[str, Any] = field(default_factory=dict)
    """What one can press, choose or write in, by key."""
    parts: dict[str, str] = field(default_factory=dict)
    """Of each widget, by id, the part of the page that is drawn again when it is touched; empty for the whole."""
    texts: list[str] = field(default_factory=list)
    follows: dict[str, Any] | None = None
    """Where the screen listens for changes of its class."""


class Browser:
    """One tab of one device."""

    def __init__(self, port: int, *, cookie: str = "") -> None:
        self.port, self.cookie = port, cookie
        self.screen = Run()
        """What is on it: the last run of the whole page that was drawn to its end, and of its parts since."""
        self.faults: list[str] = []
        """What went wrong since the last click."""
        self.lost: list[str] = []
        """Pictures that did not come."""
        self.received, self.pictured = 0, 0
        """Bytes of the screens, before compression, and of the pictures."""
        self.connected = 0.0
        """Since when; 0 while it is not."""
        self._session = ""
        self._page, self._path, self._query = "", "", ""
        self._values: dict[str, WidgetState] = {}
        self._messages: dict[str, tuple[ForwardMsg, int]] = {}
        self._runs = 0
        self._run = Run()
        self._busy = False
        self._waiting: list[tuple[float, Callable[[Run], bool], asyncio.Future[Run]]] = []
        self._socket: ClientConnection | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._repeats: dict[str, asyncio.Task[None]] = {}
        self._listening: tuple[str, asyncio.Task[None]] | None = None
        self._pictures: dict[str, asyncio.Task[None]] = {}
        self._http: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    # -- what a person does ------------------------------------------------------------------------------------------

    async def open(self, path: str = "", query: str = "") -> None:
        """Go to a page and wait until it is drawn."""
        self._path, self._query = path, query
        try:
            await self._enter()
            await self._connect()
        except (OSError, asyncio.IncompleteReadError, InvalidHandshake) as error:
            raise Failed(f"no connection: {error!r}") from error
        self._begin(self._stay())
        drawn = self.until(lambda run: True)
        await self.ask()
        await drawn

    def widget(self, beginning: str) -> Any:
        """What has this key on the screen, or a key that begins so."""
        found = [one for key, one in self.screen.widgets.items() if key.startswith(beginning)]
        if not found:
            raise Failed(f"nothing has the key {beginning}… at {self.screen.place or 'this screen'}")
        return found[0]

    def choose(self, beginning: str, number: int) -> str:
        """Choose an option of a question (0 is the first) of a form, which sends nothing; returns its key."""
        radio = self.widget(beginning)
        self._values[radio.id] = WidgetState(id=radio.id, string_value=radio.options[number])
        return key_of(radio.id)

    async def click(self, beginning: str, wanted: Callable[[Run], bool] = lambda run: True) -> tuple[float, float]:
        """Press a button; the moments when it was pressed, and when a screen that is ``wanted`` was drawn to its end.

        Raises :class:`Failed` for an error on the screen, or if that screen does not come.
        """
        button = self.widget(beginning)
        if not self.connected:
            raise Failed("without a connection, the page lets nobody press")
        self.faults.clear()
        pressed = time.perf_counter()
        drawn = self.until(wanted)
        await self.ask(WidgetState(id=button.id, trigger_value=True), fragment=self.screen.parts[button.id])
        return pressed, (await drawn).ended

    def until(self, wanted: Callable[[Run], bool]) -> Awaitable[Run]:
        """The next run, begun from now on, that is ``wanted`` and drawn to its end. Awaited: raises :class:`Failed`."""
        future: asyncio.Future[Run] = asyncio.get_running_loop().create_future()
        self._waiting.append((time.perf_counter(), wanted, future))

        async def wait() -> Run:
            try:
                return await asyncio.wait_for(future, LIMIT)
            except TimeoutError:
                raise Failed(f"the screen did not come within {LIMIT:.0f} s; it shows {self.screen.place}") from None
            finally:
                self._waiting = [one for one in self._waiting if one[2] is not future]

        return wait()

    async def look(self) -> None:
        """Wait until all pictures are there, or lost: nobody says anything of a picture before they see it."""
        await asyncio.gather(*self._pictures.values())

    async def close(self) -> None:
        """Close the tab."""
        listening = [self._listening[1]] if self._listening else []
        going = [*self._tasks, *self._repeats.values(), *listening]
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        if self._http is not None:
            self._http[1].close()

    # -- what the page does by itself --------------------------------------------------------------------------------

    async def ask(self, *triggers: WidgetState, fragment: str = "", by_itself: bool = False) -> None:
        """Ask for a run, with the values of all widgets. What cannot be sent is dropped, as a browser does."""
        message = BackMsg()
        ask = message.rerun_script
        ask.query_string, ask.page_script_hash = self._query, self._page
        ask.page_name = "" if self._page else self._path
        ask.fragment_id, ask.is_auto_rerun = fragment, by_itself
        ask.widget_states.widgets.extend([*self._values.values(), *triggers])
        ask.cached_message_hashes.extend(self._messages)
        about = ask.context_info
        about.timezone, about.timezone_offset, about.locale = "Europe/Paris", -60, "fr-FR"
        about.url, about.is_embedded, about.color_scheme = f"http://{HOST}:{self.port}/{self._path}", False, "light"
        if not by_itself:
            self._busy = True
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(message.SerializeToString())

    async def _enter(self) -> None:
        """The page itself, for its cookie, and the two questions that Streamlit's page begins with."""
        _status, headers, _body = await self.get(f"/{self._path}", accept="text/html")
        for name, value in headers:
            if name == "set-cookie":
                self.cookie = value.split(";")[0]
        await self._ready()

    async def _ready(self) -> bool:
        try:
            found = [(await self.get(path))[0] for path in ("/_stcore/health", "/_stcore/host-config")]
        except (OSError, asyncio.IncompleteReadError):
            return False
        return found == [200, 200]

    async def _connect(self) -> None:
        names = ["streamlit", "PLACEHOLDER_AUTH_TOKEN", *([self._session] if self._session else [])]
        self._socket = await connect(
            f"ws://{HOST}:{self.port}/_stcore/stream",
            origin=f"http://{HOST}:{self.port}",  # type: ignore[arg-type]
            subprotocols=names,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.cookie} if self.cookie else {},
            max_size=None,
            ping_interval=None,
            proxy=None,
            open_timeout=LIMIT,
        )
        self.connected = time.perf_counter()

    async def _stay(self) -> None:
        """Take what comes; come back when the connection is gone, as often and as fast as Streamlit's page."""
        while True:
            assert self._socket is not None
            with contextlib.suppress(ConnectionClosed):
                async for frame in self._socket:
                    self._take(frame if isinstance(frame, bytes) else frame.encode())
            self._socket, self.connected = None, 0.0
            self._fail("the connection is gone")
            at_once, self._busy, tries = bool(self._busy or self._repeats or self.screen.fragment), True, 0
            await asyncio.sleep(random.uniform(0.25, 0.5))
            while not self.connected:
                if await self._ready():
                    with contextlib.suppress(OSError, InvalidHandshake):
                        await self._connect()
                        break
                tries += 1
                await asyncio.sleep(min(4.0, 0.1 * 2 ** (tries - 1)) * (random.uniform(0.7, 1) if tries > 1 else 1))
            if not at_once:  # Streamlit's page waits for nothing: ours asks (pages/parts/adopt.js)
                await asyncio.sleep(0.1)
            await self.ask()

    @property
    def settled(self) -> bool:
        """Whether it is connected, and has been answered what it asked; after a break, whether it is drawn anew."""
        return bool(self.connected) and not self._busy

    # -- what comes --------------------------------------------------------------------------------------------------

    def _take(self, frame: bytes) -> None:
        self.received += len(frame)
        message = ForwardMsg.FromString(frame)
        if message.metadata.cacheable:
            self._messages[message.hash] = (message, self._runs)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            if message.ref_hash not in self._messages:
                self.faults.append("a message that was never sent")
                return
            message = self._messages[message.ref_hash][0]
            self._messages[message.hash] = (message, self._runs)
            kind = "delta"
        match kind:
            case "new_session":
                self._begins(message)
            case "delta":
                self._draw(message.delta)
            case "script_finished":
                self._finished(message)
            case "navigation":
                self._page = message.navigation.page_script_hash
            case "auto_rerun":
                self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "page_not_found":
                self.faults.append("page not found")
            case "session_event":
                if message.session_event.HasField("script_compilation_exception"):
                    self.faults.append(message.session_event.script_compilation_exception.message)
        for found in _PICTURE.findall(frame):
            if (address := found.decode()) not in self._pictures:
                self._pictures[address] = self._begin(self._fetch(address))

    def _begins(self, message: ForwardMsg) -> None:
        identity = message.metadata.run
        self._session = message.new_session.initialize.session_id
        self._run = Run(
            id=identity.script_run_id, began=time.perf_counter(), fragment=next(iter(identity.fragment_ids), "")
        )
        if not self._run.fragment:
            self._page = message.new_session.page_script_hash
            for repeat in self._repeats.values():
                repeat.cancel()
            self._repeats.clear()

    def _draw(self, delta: Delta) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element, run = delta.new_element, self._run
        kind = element.WhichOneof("type")
        if kind is None:
            return
        one = getattr(element, kind)
        match kind:
            case "exception":
                self.faults.append(f"{one.type}: {one.message}")
            case "toast":
                self.faults.append(one.body)
            case "alert" if one.format == one.ERROR:
                self.faults.append(one.body)
            case "html" if 'role="alert"' in one.body:
                self.faults.append(re.sub(r"<[^>]*>", "", one.body))
            case "markdown":
                run.texts.append(one.body)
            case "bidi_component":
                self._component(one)
        if kind in _VALUES or kind in ("button", "bidi_component"):
            run.parts[one.id] = delta.fragment_id
            run.widgets[key_of(one.id)] = one
            value = _VALUES[kind](one) if kind in _VALUES else {}
            if kind in _VALUES and (one.id not in self._values or one.set_value):
                self._values[one.id] = WidgetState(id=one.id, **value)

    def _component(self, one: Any) -> None:
        name = one.component_name.rsplit(".", 1)[-1]
        if name == "contrechamp_arrive":
            self._run.place = json.loads(one.json)["place"]
        elif name == "contrechamp_follow":
            self._run.follows = {**json.loads(one.json), "id": one.id}

    def _finished(self, message: ForwardMsg) -> None:
        run, status = self._run, message.script_finished
        run.ended = time.perf_counter()
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        if not run.fragment:
            self._runs += 1
            self._messages = {h: one for h, one in self._messages.items() if self._runs - one[1] <= _CACHED_RUNS}
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.faults.append("the script could not be compiled")
        if run.fragment and not run.place:  # a count that asks by itself
            if self.faults:
                self._fail("; ".join(self.faults))
            return
        self._busy = False
        self.screen = screen = _merged(self.screen, run) if run.fragment else run
        self._values = {name: value for name, value in self._values.items() if name in screen.parts}
        self._follow(screen.follows)
        if self.faults:
            self._fail("; ".join(self.faults))
        else:
            for since, wanted, future in self._waiting:
                if not future.done() and run.began >= since and wanted(screen):
                    future.set_result(screen)

    def _fail(self, why: str) -> None:
        for _since, _wanted, future in self._waiting:
            if not future.done():
                future.set_exception(Failed(why))

    def _repeat(self, fragment: str, seconds: float) -> None:
        async def repeat() -> None:
            while True:
                await asyncio.sleep(seconds)
                await self.ask(fragment=fragment, by_itself=True)

        if fragment not in self._repeats:
            self._repeats[fragment] = asyncio.create_task(repeat())

    def _follow(self, place: dict[str, Any] | None) -> None:
        address = place["address"] if place else ""
        if self._listening and self._listening[0] != address:
            self._listening[1].cancel()
            self._listening = None
        if address and not self._listening:
            self._listening = (address, asyncio.create_task(self._listen(address)))

    async def _listen(self, address: str) -> None:
        """Ask to be drawn again when the class has changed."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                async for version in self._events(address):
                    follows = self.screen.follows
                    if follows is not None and version != follows["version"]:
                        said = json.dumps([{"event": "moved", "value": version}])
                        name = f"$$STREAMLIT_INTERNAL_KEY_{follows['id']}__events"
                        part = self.screen.parts[follows["id"]]
                        await self.ask(WidgetState(id=name, json_trigger_value=said), fragment=part)
            await asyncio.sleep(_RETRY)

    # -- http --------------------------------------------------------------------------------------------------------

    async def _events(self, address: str) -> AsyncIterator[int]:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            writer.write(self._request(address, "text/event-stream"))
            status, _headers = await _head(reader)
            if status != 200:
                self.faults.append(f"{address}: {status}")
                return
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    yield int(line[6:])
        finally:
            writer.close()

    async def _fetch(self, address: str) -> None:
        try:
            status, _headers, body = await self.get(address)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.lost.append(f"{address}: {type(error).__name__}")
            return
        self.pictured += len(body)
        if status != 200 or not body:
            self.lost.append(f"{address}: {status}")

    async def get(self, address: str, accept: str = "*/*") -> tuple[int, list[tuple[str, str]], bytes]:
        """Fetch something: status, headers, content. Raises :class:`OSError` where nobody answers."""
        kept, self._http = self._http, None
        for reader, writer in [kept] if kept else []:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                return await self._exchange(reader, writer, address, accept)
            writer.close()
        return await self._exchange(*await asyncio.open_connection(HOST, self.port), address, accept)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, accept: str
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        writer.write(self._request(address, accept))
        status, headers = await _head(reader)
        length = next((int(value) for name, value in headers if name == "content-length"), None)
        if length is not None:
            body = await reader.readexactly(length)
        else:
            body = b""
            while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readexactly(2)
        if self._http is None:
            self._http = (reader, writer)
        else:
            writer.close()
        return status, headers, body

    def _request(self, address: str, accept: str) -> bytes:
        lines = [f"GET {address} HTTP/1.1", f"Host: {HOST}:{self.port}", f"Accept: {accept}", "Accept-Language: fr-FR"]
        lines += ["Accept-Encoding: gzip, deflate, br", *([f"Cookie: {self.cookie}"] if self.cookie else [])]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _merged(screen: Run, part: Run) -> Run:
    """The screen once a part of it has been drawn again."""
    kept = {name: owner for name, owner in screen.parts.items() if owner != part.fragment}
    widgets = {key: one for key, one in screen.widgets.items() if one.id in kept}
    return replace(part, parts=kept | part.parts, widgets=widgets | part.widgets)


async def _head(reader: asyncio.StreamReader) -> tuple[int, list[tuple[str, str]]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:] if line)]
    return int(lines[0].split()[1]), headers


def key_of(widget: str) -> str:
    """The key that the script gave a widget; empty where it gave none."""
    found = _OURS.match(widget)
    return found.group(1) if found and found.group(1) != "None" else ""


def _option(one: Any) -> dict[str, Any]:
    if one.set_value and one.HasField("raw_value"):
        return {"string_value": one.raw_value}
    return {"string_value": one.options[one.default]} if one.HasField("default") and one.options else {}


_VALUES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "radio": _option,
    "selectbox": _option,
    "checkbox": lambda one: {"bool_value": one.value if one.set_value else one.default},
    "text_input": lambda one: {"string_value": one.value if one.set_value else one.default},
    "text_area": lambda one: {"string_value": one.value if one.set_value else one.default},
    "number_input": lambda one: {"double_value": one.value if one.set_value else one.default},
    "slider": lambda one: {"double_array_value": DoubleArray(data=one.value if one.set_value else one.default)},
}
"""The widgets whose values a page sends with every click, as they stand before anybody touches them."""
