"""The server: Streamlit's ASGI application behind our own door, on our own uvicorn.

The door (:class:`Door`) does five things that Streamlit leaves to its host: it gives each browser an HttpOnly device
cookie, so that a reload finds its owner; it sends a Content-Security-Policy that allows only ourselves; it refuses a
``Host`` that is not one of ours and a socket that a page of elsewhere opens, so that no web site reaches the kit; it
takes no file from the other devices of the room, whatever their pages show, but what somebody who leads has asked for
(:func:`room_megabytes`); and it serves the page shell in the reader's language and on our paper colour, so that
the first paint is not a blank sheet.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import ipaddress
import logging
import os
import re
import socket
import sys
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kit import ROOT, i18n, settings
from kit.errors import SetupError
from kit.levels import Role

if TYPE_CHECKING:
    from kit.certificate import Certificate

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

DEVICE_COOKIE = "contrechamp_device"
SECURE_COOKIE = "__Host-contrechamp_device"
"""Its name over https. Under one name, a browser that had kept the secure one would neither send it nor take another on
the day when the kit is served over http again: each reload would be a new device."""
DEVICE_PATTERN = re.compile(r"^[0-9a-f]{32}$")
COOKIE_SECONDS = 30 * 24 * 3600
HTML = b"text/html; charset=utf-8"
ICON = ROOT / "pages" / "parts" / "icon.png"
LOOPBACK = "127.0.0.1"
UPLOADS = "/_stcore/upload_file/"
ROOM_MEGABYTES = 150
"""Of one file from the room: a guest's twenty minutes weigh 115 MB as a browser records them, 20 MB as a phone does."""
_AROUND = 2**20
"""Bytes of a request around its file, at most."""

_AT_ONCE = ("PageLink", "Html", "BidiComponent", "Button", "Radio", "Selectbox", "Input", "Checkbox")
"""Parts of Streamlit's interface that every page draws: asked for with the page, not when they are first met."""


@cache
def shell(lang: str) -> bytes:
    """Streamlit's own ``index.html`` with our language, title and paper colour."""
    spec = find_spec("streamlit")
    assert spec is not None
    assert spec.origin is not None
    static = Path(spec.origin).parent / "static"
    page = (static / "index.html").read_text("utf-8")
    parts = sorted(file.name for name in _AT_ONCE for file in (static / "static" / "js").glob(f"{name}.*.js"))
    preload = "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in parts)
    waiting = {"fr": "Un instant…", "en": "One moment…"}[lang]
    head = (
        f"{preload}"
        "<style>html{background:#FBF7F0}@media (prefers-color-scheme:dark){html{background:#14172C}}"
        "#root:empty::after{content:'Contrechamp · " + waiting + "';position:fixed;inset:0;display:grid;"
        "place-items:center;font:1.1rem Georgia,serif;color:#6B6F8A}</style></head>"
    )
    page = page.replace('<html lang="en">', f'<html lang="{lang}">', 1)
    page = page.replace("<title>Streamlit</title>", "<title>Contrechamp</title>", 1)
    page = re.sub(r"<link rel=\"service-desc\"[^>]*>", "", page)
    return page.replace("</head>", head, 1).encode()


@cache
def policy() -> str:
    """The Content-Security-Policy: ourselves only, and the inline script of the page shell by its hash.

    ``blob:`` scripts are how Streamlit loads the components of this kit; inline styles are how it styles everything.
    It reads a photograph that the camera took by connecting to its ``data:`` address, and what the microphone recorded
    to its ``blob:`` one: neither goes anywhere.
    """
    scripts = re.findall(r"<script>(.*?)</script>", shell("fr").decode(), re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob: {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def protection() -> list[tuple[bytes, bytes]]:
    """The headers that every response carries."""
    return [
        (b"content-security-policy", policy().encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"permissions-policy", b"geolocation=(), camera=(self), microphone=(self)"),
    ]


class Door:
    """ASGI middleware around the whole application.

    ``hosts`` are the names we answer to (empty: any); ``https`` says that the server speaks TLS.
    """

    def __init__(self, app: App, hosts: frozenset[str] = frozenset(), https: bool = False) -> None:
        self.app = app
        self.hosts = hosts
        self.scheme = "https" if https else "http"
        self.cookie = SECURE_COOKIE if https else DEVICE_COOKIE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        host = headers.get("host", "")
        if self.hosts and host_name(host) not in self.hosts and not is_address(host_name(host)):
            await _refuse(scope, send)
            return
        # Streamlit too refuses a socket asked for by a page of elsewhere, but looks up our public address first.
        own = f"{self.scheme}://{host}"
        if self.hosts and scope["type"] == "websocket" and not same_origin(headers.get("origin"), own):
            await _refuse(scope, send)
            return
        cookies = headers.get("cookie", "")
        # What a device did over http stays its own over https, where the browser sends that cookie too.
        device = device_of(cookies, self.cookie) or device_of(cookies)
        if scope["type"] == "websocket":
            await self.app(with_device(scope, cookies, device), receive, send)
            return
        # Streamlit takes a file from any open session, whether or not a page asked it for one.
        if self.hosts and UPLOADS in scope["path"] and not is_here(scope):
            refused = await asyncio.to_thread(refusal, scope["method"], headers, device)
            if refused is not None:
                await _answer(send, refused[0], b"text/plain; charset=utf-8", refused[1], protection())
                return

        extra = protection()
        page = scope["method"] == "GET" and is_page(scope["path"], headers.get("accept", ""))
        if device is None or page:
            # Renewed with every page: what a device did is kept for as long after its last change.
            name = f"{self.cookie}={device or uuid4().hex}"
            secure = "; Secure" if self.cookie == SECURE_COOKIE else ""
            cookie = f"{name}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}"
            extra.append((b"set-cookie", cookie.encode()))
        if page:
            extra.append((b"cache-control", b"no-store"))
            await _answer(send, 200, HTML, shell(first_language(headers.get("accept-language", ""))), extra)
            return
        if scope["path"].endswith("/favicon.png"):
            await _answer(send, 200, b"image/png", ICON.read_bytes(), extra)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        await self.app(with_device(scope, cookies, device), receive, send_with_headers)


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = b"Contrechamp does not answer to this host name."
    await _answer(send, 421, b"text/plain; charset=utf-8", body, protection())


async def _answer(send: Send, status: int, kind: bytes, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    own = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})


def refusal(method: str, headers: Mapping[str, str], device: str | None) -> tuple[int, bytes] | None:
    """Why a file of another device is not taken, or not taken back: status and sentence. None where it may come in."""
    most = room_megabytes(device) if method in ("PUT", "DELETE") else 0
    if not most:
        return 403, b"Files are taken on the machine that runs Contrechamp."
    if method == "DELETE":
        return None
    length = headers.get("content-length", "")
    if "transfer-encoding" in headers or not length.isdecimal():
        return 411, b"Contrechamp takes a file whose length is said beforehand."
    if len(length) > 12 or int(length) > most * 2**20 + _AROUND:
        return 413, b"Contrechamp takes at most %d MB from this device." % most
    return None


def room_megabytes(device: str | None) -> int:
    """How heavy a file is taken from this device of the room, in MB; 0: none is.

    From whoever leads a class, and from everybody while the letterbox is open; of a participant a picture, in a step
    that the devices are given and that asks for one.
    """
    from activities import registry  # whose neighbours, too, the pages have loaded by then
    from kit.classroom.store import open_store
    from kit.images.intake import MAX_BYTES
    from kit.podcast.letterbox import letterbox

    here = settings.load()
    if letterbox(here) is not None:
        return ROOM_MEGABYTES
    classes = open_store(here).classes
    for seat in classes.seats(device) if device else ():
        led = None if seat.closed else classes.get(seat.class_id)
        if led is None:
            continue
        if seat.role is Role.FACILITATOR:
            return ROOM_MEGABYTES
        step = registry.find(led.activity).step(led.step)
        if seat.role is Role.PARTICIPANT and step.pictures != "none" and led.lead.collects(step):
            return MAX_BYTES // 2**20
    return 0


def is_here(scope: Scope) -> bool:
    """Whether a request comes from the machine that serves (or from a test, which has no address).

    Behind a proxy none does: all of them would seem to.
    """
    if any(name.lower() in (b"x-forwarded-for", b"forwarded") for name, _value in scope["headers"]):
        return False
    client = scope.get("client")
    return client is None or (is_address(client[0]) and ipaddress.ip_address(client[0]).is_loopback)


def host_name(host: str) -> str:
    """The name in a ``Host`` header, without port or brackets, in lower case."""
    if host.startswith("["):
        return host[1:].split("]")[0].lower()
    return host.rsplit(":", 1)[0].lower() if host.count(":") == 1 else host.lower()


def is_address(name: str) -> bool:
    """Whether a host is named by its number. Such a name cannot be rebound, and a hotspot may give one at any time."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def same_origin(origin: str | None, own: str) -> bool:
    """Whether ``origin`` is our ``own``, scheme included. Programs other than browsers name no origin."""
    return origin is None or origin.lower() == own.lower()


def device_of(cookies: str, cookie: str = DEVICE_COOKIE) -> str | None:
    """The device named by a ``Cookie`` header, if it carries a well-formed one under the name ``cookie``."""
    # Not http.cookies: it stops at the first cookie it cannot read, and other programs on localhost set such ones.
    for pair in cookies.split(";"):
        name, _, value = pair.partition("=")
        if name.strip() == cookie and DEVICE_PATTERN.fullmatch(value.strip()):
            return value.strip()
    return None


def with_device(scope: Scope, cookies: str, device: str | None) -> Scope:
    """``scope`` with ``device`` under the one name that the pages know; the last cookie of a name is the one read."""
    if device is None:
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
    cookie = f"{cookies}; {DEVICE_COOKIE}={device}".encode("latin-1")
    return {**scope, "headers": [*headers, (b"cookie", cookie)]}


def first_language(accepted: str) -> str:
    """The supported language nearest to the first one of an ``Accept-Language`` header, as the app itself chooses."""
    return i18n.language(re.split(r"[,;]", accepted)[0].strip() or None)


def is_page(path: str, accept: str) -> bool:
    """Whether a request asks for a page of the app (and not for a file, an API or a socket)."""
    files = ("/_stcore", "/static/", "/media/", "/files/")
    return "text/html" in accept and not path.startswith(files) and "." not in path


def lan_addresses() -> list[str]:
    """The IPv4 addresses of this machine that a room can reach, the likeliest first. Sends nothing."""
    import psutil

    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = []
    for name, addresses in psutil.net_if_addrs().items():
        for address in addresses:
            if name in up and address.family == socket.AF_INET:
                ip = ipaddress.ip_address(address.address)
                if not ip.is_loopback and not ip.is_link_local:
                    found.append(str(ip))
    return sorted(found, key=lambda a: (not a.startswith("192.168."), not a.startswith("10."), a))


def room_addresses() -> list[str]:
    """What one types on the other devices of the room, the likeliest first; nothing unless the kit is open to them."""
    if hosts := settings.load().hosts:
        return [f"https://{hosts[0]}"]
    if not os.environ.get("CONTRECHAMP_LAN"):
        return []
    return [os.environ.get("CONTRECHAMP_ADDRESS", "").replace("localhost", ip) for ip in lan_addresses()]


def speaks_https() -> bool:
    """Whether this server speaks https, so that the browsers of other devices give it their microphone."""
    return os.environ.get("CONTRECHAMP_ADDRESS", "").startswith("https:")


def port_is_free(host: str, port: int) -> bool:
    """Whether ``port`` can be listened to on ``host``."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def application(hosts: frozenset[str] = frozenset(), *, https: bool = False) -> App:
    """The whole ASGI application."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from starlette.middleware import Middleware
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.starlette import App as StreamlitApp

    # The folder pages/ holds views for st.navigation. Left to itself, Streamlit takes it for its older kind of pages
    # until the first script has run, and a link straight to a page would run that page without its frame.
    PagesManager.uses_pages_directory = False

    from kit import on_demand
    from kit.classroom import events
    from kit.classroom.store import open_store

    told = events.route(lambda: open_store(settings.load()), device_of)
    made = on_demand.route(device_of)
    return StreamlitApp(ROOT / "app.py", routes=[told, made], middleware=[Middleware(Door, hosts=hosts, https=https)])  # type: ignore[return-value]


def run(
    *, host: str = LOOPBACK, port: int = 8501, lan: bool = False, https: bool = False, open_browser: bool = True
) -> None:
    """Serve the kit until interrupted.

    ``lan`` opens it to the room: it then listens on every IPv4 address and prints the one to type on other devices.
    ``https`` lets these devices use their microphone and camera, with a certificate of our own; without ``lan`` there
    is nobody whom it would serve, and it says so. Raises :class:`SetupError` if the port is taken or the certificate
    cannot be written.
    """
    import uvicorn

    bind = "0.0.0.0" if lan else host
    if not port_is_free(bind, port):
        near = (*range(port + 1, min(port + 50, 65536)), *range(8502, 8552))
        free = next((p for p in near if port_is_free(bind, p)), 0)
        raise SetupError(
            "Port {port} is already in use: the kit may already be running. Open http://localhost:{port}, or start on"
            " another port with --port {free}.",
            port=port,
            free=free,
        )
    room = lan_addresses() if lan else []
    hosts = frozenset({"localhost", LOOPBACK, "::1", host, *room, *settings.load().hosts})
    own = _certificate(room) if lan and https else None
    address = f"{'https' if own else 'http'}://localhost:{port}"
    os.environ["CONTRECHAMP_LAN"] = "1" if lan else ""
    os.environ["CONTRECHAMP_ADDRESS"] = address
    _announce(address, own, https)
    server = uvicorn.Server(
        uvicorn.Config(
            application(hosts, https=own is not None),
            host=bind,
            port=port,
            ssl_certfile=own.file if own else None,
            log_config=None,
            access_log=False,
            # The address is the socket's own: who sits behind a proxy says so in a header, which :func:`is_here` reads.
            proxy_headers=False,
            ws="websockets-sansio",
            ws_max_size=64 * 2**20,
            timeout_graceful_shutdown=2,
        )
    )
    # One address on the terminal, and what goes wrong: no line for every file. Streamlit sets levels of its own later
    # on; a filter stays.
    for name in ("uvicorn", "uvicorn.access"):
        logging.getLogger(name).disabled = True
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.WARNING)
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(server, address), daemon=True).start()
    # uvicorn closes what is open, then raises the signal again: Ctrl-C is how one leaves, not a fault.
    with contextlib.suppress(KeyboardInterrupt):
        server.run()


def _certificate(room: list[str]) -> Certificate:
    from kit.certificate import certificate

    return certificate(settings.load(), room)


def _announce(address: str, own: Certificate | None, https: bool) -> None:
    """Print where the kit is served, and what to know of https where it was asked for."""
    from kit.terminal import gettext

    print(f"Contrechamp : {address}", flush=True)
    for there in room_addresses():
        print(f"Dans la salle / in the room : {there}", flush=True)
    if own:
        said = gettext(
            "The browser does not know this certificate, which was made on this machine: choose Advanced, then"
            " Continue; the fingerprint that it shows must be {fingerprint}."
        )
        print(said.format(fingerprint=own.fingerprint), flush=True)
    elif https:
        # To a browser http://localhost is as safe as https, and no warning comes before it.
        said = gettext(
            "On this machine the microphone and the camera work without --https; for the other devices of the room, add"
            " --lan."
        )
        print(said, flush=True)


def _open_when_ready(server: Any, address: str) -> None:
    import time

    for _ in range(600):
        if server.started:
            webbrowser.open(address)
            return
        time.sleep(0.1)
