"""The door of the server, and the server itself once for real."""

from __future__ import annotations

import ast
import asyncio
import base64
import hashlib
import ipaddress
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvicorn
from starlette.requests import HTTPConnection

import serve
from kit import ROOT, settings
from kit.classroom.classes import Classes
from kit.classroom.lead import Lead
from kit.classroom.store import open_store
from kit.errors import SetupError
from kit.levels import Role
from kit.podcast.letterbox import OPEN_FOR, close_letterbox, open_letterbox

HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
HTML = "text/html,application/xhtml+xml"
DEVICE = "0123456789abcdef0123456789abcdef"


@dataclass
class Reply:
    """What came back, whether the application behind the door was asked, and the cookies that it read."""

    messages: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    def all(self, name: str) -> list[str]:
        return [v.decode() for k, v in self.messages[0]["headers"] if k.decode().lower() == name]

    def header(self, name: str) -> str:
        [value] = self.all(name)
        return value

    @property
    def body(self) -> str:
        return b"".join(m.get("body", b"") for m in self.messages).decode()


def knock(
    path: str = "/",
    *,
    kind: str = "http",
    method: str = "GET",
    hosts: frozenset[str] = HOSTS,
    client: str = "127.0.0.1",
    https: bool = False,
    **headers: str,
) -> Reply:
    """One request through the door, to an application that answers “behind”."""
    reply = Reply()

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        reply.asked.append(scope["type"])
        if scope["type"] != "lifespan":
            reply.cookies = HTTPConnection(scope).cookies
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"behind"})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        reply.messages.append(message)

    raw = [
        (k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in {"host": "localhost:8501", **headers}.items()
    ]
    scope = {"type": kind, "path": path, "method": method, "headers": raw, "client": (client, 50000)}
    asyncio.run(serve.Door(behind, hosts, https)(scope, receive, send))
    return reply


# -- the cookie -------------------------------------------------------------------------------------------------------


def test_a_new_browser_gets_a_number_that_no_script_reads() -> None:
    cookie = knock(accept=HTML).header("set-cookie")
    name, value = cookie.split(";")[0].split("=")
    assert name == serve.DEVICE_COOKIE
    assert re.fullmatch(r"[0-9a-f]{32}", value)
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"}


def test_numbers_are_drawn_at_random() -> None:
    assert len({knock(accept=HTML).header("set-cookie")[:60] for _ in range(20)}) == 20


def test_a_known_browser_keeps_its_number() -> None:
    renewed = knock(accept=HTML, cookie=f"{serve.DEVICE_COOKIE}={DEVICE}").header("set-cookie")
    assert renewed.startswith(f"{serve.DEVICE_COOKIE}={DEVICE};")
    assert knock("/static/x.js", cookie=f"a=1; {serve.DEVICE_COOKIE}={DEVICE}").all("set-cookie") == []


@pytest.mark.parametrize(
    "value",
    ["", "0" * 31, "0" * 33, "G" * 32, DEVICE.upper(), f'"{DEVICE}"', "../" * 11, f"{DEVICE}\n", "'; DROP TABLE"],
)
def test_a_malformed_number_is_replaced(value: str) -> None:
    assert serve.device_of(f"{serve.DEVICE_COOKIE}={value}") in (
        None,
        value.strip() if value.strip() == DEVICE else None,
    )
    reply = knock(accept=HTML, cookie=f"{serve.DEVICE_COOKIE}={value}")
    (cookie,) = reply.all("set-cookie")
    assert cookie.startswith(f"{serve.DEVICE_COOKIE}={DEVICE};") == (value.strip() == DEVICE)


@pytest.mark.parametrize(
    "others", ['prefs={"a": 1, "b": [2]}', "bad cookie here", "é=ü", "a=b=c", "=", "x@y=1", 'open="never closed']
)
def test_cookies_of_other_programs_on_localhost_do_not_hide_it(others: str) -> None:
    assert serve.device_of(f"{others}; {serve.DEVICE_COOKIE}={DEVICE}") == DEVICE
    assert serve.device_of(f"{serve.DEVICE_COOKIE}={DEVICE}; {others}") == DEVICE
    assert serve.device_of(others) is None


OTHER = DEVICE[::-1]


def test_over_https_the_number_goes_over_https_only() -> None:
    cookie = knock(accept=HTML, https=True).header("set-cookie")
    assert re.match(rf"{serve.SECURE_COOKIE}=[0-9a-f]{{32}};", cookie)
    # What browsers ask of a name in “__Host-”: Secure, Path=/, no Domain.
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=2592000", "Secure"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cookies", "kept"),
    [
        (f"{serve.SECURE_COOKIE}={DEVICE}", DEVICE),
        (f"{serve.DEVICE_COOKIE}={DEVICE}", DEVICE),
        (f"{serve.SECURE_COOKIE}={DEVICE}; a=1; {serve.DEVICE_COOKIE}={OTHER}", DEVICE),
        (f"{serve.DEVICE_COOKIE}={OTHER}; {serve.SECURE_COOKIE}={DEVICE}", DEVICE),
    ],
)
def test_a_device_stays_the_same_over_https_and_to_the_pages(cookies: str, kept: str) -> None:
    renewed = knock(accept=HTML, https=True, cookie=cookies).header("set-cookie")
    assert renewed.startswith(f"{serve.SECURE_COOKIE}={kept};")
    read = knock(kind="websocket", https=True, cookie=cookies).cookies
    assert read[serve.DEVICE_COOKIE] == kept
    assert ("a" in read) == ("a=1" in cookies)


# -- the policy -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/spot_the_fake", "/static/app.js", "/_stcore/health", "/media/x.png", "/no/such"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_response_is_protected(path: str, method: str) -> None:
    reply = knock(path, method=method, accept=HTML)
    assert reply.header("content-security-policy") == serve.policy()
    assert reply.header("x-content-type-options") == "nosniff"
    assert reply.header("referrer-policy") == "no-referrer"
    assert {"camera=(self)", "microphone=(self)"} <= set(reply.header("permissions-policy").split(", "))


def test_the_policy_allows_only_ourselves() -> None:
    rules = dict(rule.split(" ", 1) for rule in serve.policy().split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    sources = {source for value in rules.values() for source in value.split()}
    hashes = {source for source in sources if source.startswith("'sha256-")}
    assert sources - hashes == {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
    assert "'unsafe-inline'" not in rules["script-src"]
    assert "data:" not in rules["script-src"]
    assert "'unsafe-eval'" not in serve.policy()
    assert rules["connect-src"] == "'self' data: blob:"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_scripts_of_the_shell_are_exactly_those_hashed(lang: str) -> None:
    page = serve.shell(lang).decode()
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    made = {f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline}
    assert made
    assert made == {source for source in serve.policy().replace(";", " ").split() if source.startswith("'sha256-")}
    assert not re.search(r"<[^>]+\son\w+=", page), "an inline handler would be blocked"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_shell_asks_nobody_else(lang: str) -> None:
    page = serve.shell(lang).decode()
    asked = re.findall(r"""(?:src|href|action)=["']([^"']+)""", page)
    assert asked
    assert [address for address in asked if re.match(r"\w+:|//", address)] == []


# -- the page shell ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("en,fr;q=0.5", "en"),
        ("en;q=0.9", "en"),
        ("de-DE,de;q=0.9", "fr"),
        ("*", "fr"),
        ("", "fr"),
    ],
)
def test_the_first_paint_is_in_the_readers_language(accepted: str, lang: str) -> None:
    reply = knock("/spot_the_fake", accept=HTML, accept_language=accepted)
    assert reply.asked == []
    assert reply.status == 200
    assert re.findall(r"<html[^>]*\blang=\"(\w+)\"", reply.body) == [lang]
    assert {"fr": "Un instant…", "en": "One moment…"}[lang] in reply.body
    assert "<title>Contrechamp</title>" in reply.body
    assert "#FBF7F0" in reply.body
    assert int(reply.header("content-length")) == len(reply.body.encode())
    assert reply.header("cache-control") == "no-store"
    assert reply.header("content-type") == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/static/js/index.js", "*/*"),
        ("/static/index.html", HTML),
        ("/media/0123.png", HTML),
        ("/_stcore/health", HTML),
        ("/", "*/*"),
        ("/", "application/json"),
    ],
)
def test_what_is_no_page_passes_through(path: str, accept: str) -> None:
    reply = knock(path, accept=accept)
    assert reply.asked == ["http"]
    assert (reply.status, reply.body) == (404, "behind")
    assert reply.header("content-type") == "text/plain", "the answer's own headers are kept"


@pytest.mark.parametrize("path", ["/favicon.png", "/spot_the_fake/favicon.png"])
def test_the_sign_of_the_tab_is_ours(path: str) -> None:
    reply = knock(path, accept="image/*")
    assert (reply.status, reply.asked) == (200, [])
    assert reply.header("content-type") == "image/png"
    assert int(reply.header("content-length")) == serve.ICON.stat().st_size


def test_what_is_sent_to_a_page_passes_through() -> None:
    assert knock("/", method="POST", accept=HTML).asked == ["http"]


def test_lifespan_passes_through() -> None:
    assert knock(kind="lifespan").asked == ["lifespan"]


# -- the host ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501", "[::1]"])
def test_our_own_names_are_answered(host: str) -> None:
    assert knock(accept=HTML, host=host).status == 200
    assert knock(kind="websocket", host=host).asked == ["websocket"]


@pytest.mark.parametrize("host", ["192.168.1.7:8501", "[::2]", "10.0.0.3"])
def test_an_address_is_no_foreign_name(host: str) -> None:
    assert knock("/", accept=HTML, host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8501",
        "",
        "a:b:c",
    ],
)
def test_foreign_names_are_refused_before_anything_else(host: str) -> None:
    for path in ("/", "/_stcore/health", "/static/x.js"):
        reply = knock(path, accept=HTML, host=host)
        assert (reply.status, reply.asked) == (421, [])
        assert reply.all("set-cookie") == []
        assert reply.header("content-security-policy") == serve.policy()
    reply = knock("/_stcore/stream", kind="websocket", host=host)
    assert reply.asked == []
    assert reply.messages == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:3000",
        "http://localhost",
        "http://localhost:8501.evil.example",
        "http://localhost:8501@evil.example",
        "null",
        "",
        "http://[",
        "ws{s}://localhost:8501",
        "http{other}://localhost:8501",
    ],
)
@pytest.mark.parametrize("https", [False, True])
def test_a_page_of_elsewhere_opens_no_socket(origin: str, https: bool) -> None:
    origin = origin.format(s="s" if https else "", other="" if https else "s")
    reply = knock("/_stcore/stream", kind="websocket", origin=origin, https=https)
    assert reply.asked == []
    assert reply.messages == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["localhost:8501", "[::1]:8501", "192.168.1.7:8501"])
def test_our_own_page_opens_its_socket(scheme: str, host: str) -> None:
    reply = knock(kind="websocket", origin=f"{scheme}://{host}", host=host, https=scheme == "https")
    assert reply.asked == ["websocket"]


def test_a_developers_server_names_no_host_and_answers_all() -> None:
    assert knock(accept=HTML, host="dev.example", hosts=frozenset()).status == 200


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/_stcore/upload_file/session/file", "/spot_the_fake/_stcore/upload_file/session/file"]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_room_sends_no_files(path: str, method: str) -> None:
    for client in ("10.77.0.2", "192.168.1.30", "fd00::7", "a-name"):
        reply = knock(path, method=method, client=client, x_forwarded_for="127.0.0.1")
        assert (reply.status, reply.asked) == (403, [])
        assert reply.header("content-security-policy") == serve.policy()
    for client in ("127.0.0.1", "::1"):
        assert knock(path, method=method, client=client).asked == ["http"]
    assert knock("/", accept=HTML, client="10.77.0.2").status == 200


FILE = "/_stcore/upload_file/session/file"
PHONE = "192.168.1.30"


@pytest.fixture
def project() -> str:
    """A project of this machine."""
    from kit.podcast.episode import Episode
    from kit.podcast.store import Projects

    return Projects(settings.load()).create(Episode())


def test_the_room_sends_sounds_while_the_letterbox_is_open(project: str) -> None:
    sent = {"client": PHONE, "content_length": "5000"}
    assert knock(FILE, method="PUT", **sent).status == 403
    open_letterbox(settings.load(), project)
    assert knock(FILE, method="PUT", **sent).asked == ["http"]
    assert knock("/podcast" + FILE, method="PUT", **sent).asked == ["http"]
    assert knock(FILE, method="DELETE", client=PHONE).asked == ["http"]
    close_letterbox(settings.load())
    assert knock(FILE, method="PUT", **sent).status == 403
    assert knock(FILE, method="DELETE", client=PHONE).status == 403


def test_a_letterbox_whose_time_is_over_takes_nothing(project: str) -> None:
    sent = {"client": PHONE, "content_length": "5000"}
    open_letterbox(settings.load(), project, datetime.now(UTC) - OPEN_FOR + timedelta(minutes=1))
    assert knock(FILE, method="PUT", **sent).asked == ["http"]
    open_letterbox(settings.load(), project, datetime.now(UTC) - OPEN_FOR)
    assert knock(FILE, method="PUT", **sent).status == 403


def test_an_open_letterbox_opens_nothing_else(project: str) -> None:
    open_letterbox(settings.load(), project)
    for method in ("GET", "POST", "PATCH", "HEAD", "OPTIONS"):
        assert knock(FILE, method=method, client=PHONE, content_length="5").status == 403
    assert knock(FILE, method="PUT", client=PHONE, content_length="5", host="evil.example").status == 421
    own = knock("/_stcore/stream", kind="websocket", client=PHONE, origin="http://evil.example")
    assert own.asked == []


class Taken:
    """A class at the step that keeps photographs, given to its devices."""

    def __init__(self, step: str = "own_deck", **lead: object) -> None:
        lead = {"lobby": False, "given": {step: True}, **lead}
        self.led, _pin = self.classes.open(
            "spot_the_fake", "{}", step=step, device=LEADER, lang="fr", lead=Lead.model_validate(lead), days=1
        )
        self.classes.join(self.led.code, PUPIL)

    @property
    def classes(self) -> Classes:
        return open_store(settings.load()).classes


LEADER, PUPIL, SCREEN, STRANGER = (letter * 32 for letter in "abcd")
PICTURE = {"client": PHONE, "content_length": str(4 * 2**20)}


def sends(device: str, **more: str) -> int:
    """What the door answers to a picture of this device; 404 is what the application behind it answers."""
    return knock(FILE, method="PUT", cookie=f"{serve.DEVICE_COOKIE}={device}", **{**PICTURE, **more}).status


@pytest.mark.parametrize("step", ["own_deck", "forensics"])
def test_a_participant_sends_pictures_in_a_step_that_asks_for_them(step: str) -> None:
    assert sends(PUPIL) == 403
    room = Taken(step)
    assert sends(PUPIL) == 404
    assert knock(FILE, method="DELETE", client=PHONE, cookie=f"{serve.DEVICE_COOKIE}={PUPIL}").status == 404
    assert sends(STRANGER) == 403
    assert knock(FILE, method="PUT", **PICTURE).status == 403, "who has no cookie sits nowhere"
    assert sends(PUPIL, content_length=str(26 * 2**20)) == 404, "the picture's 25 MB, and what a request has around it"
    assert sends(PUPIL, content_length=str(26 * 2**20 + 1)) == 413
    assert sends(PUPIL, transfer_encoding="chunked") == 411
    for method in ("GET", "POST", "PATCH", "HEAD", "OPTIONS"):
        assert knock(FILE, method=method, cookie=f"{serve.DEVICE_COOKIE}={PUPIL}", **PICTURE).status == 403
    room.classes.leave(room.led.id, PUPIL)
    assert sends(PUPIL) == 403


@pytest.mark.parametrize(
    "how", ["paused", "locked", "lobby", "kept on the big screen", "another step", "closed", "erased"]
)
def test_and_in_no_other_moment(how: str) -> None:
    room = Taken()
    if how in ("paused", "locked", "lobby"):
        room.classes.lead(room.led.id, LEADER, **{how: True})
    elif how == "kept here":
        room.classes.lead(room.led.id, LEADER, given={})
    elif how == "another step":
        room.classes.lead(room.led.id, LEADER, given={"detector": True})
        room.classes.keep(room.led.id, LEADER, "{}", "detector", replaces=room.led.version + 1)
    elif how == "closed":
        room.classes.close(room.led.id, LEADER)
    else:
        room.classes.erase(room.led.id, LEADER)
    assert sends(PUPIL) == 403


def test_whoever_leads_a_class_sends_what_its_steps_take() -> None:
    """Behind a proxy nobody is on the machine that serves."""
    room = Taken("brief")
    assert sends(LEADER, content_length=str(serve.ROOM_MEGABYTES * 2**20)) == 404
    assert sends(LEADER, content_length=str((serve.ROOM_MEGABYTES + 2) * 2**20)) == 413
    room.classes.follow_link(room.classes.link(room.led.id, LEADER, Role.PROJECTOR), SCREEN)
    assert sends(SCREEN) == 403
    room.classes.close(room.led.id, LEADER)
    assert sends(LEADER) == 403


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"content_length": str(serve.ROOM_MEGABYTES * 2**20)}, 404),
        ({"content_length": str((serve.ROOM_MEGABYTES + 1) * 2**20)}, 404),
        ({"content_length": str((serve.ROOM_MEGABYTES + 1) * 2**20 + 1)}, 413),
        ({"content_length": "9" * 5000}, 413),
        ({}, 411),
        ({"content_length": ""}, 411),
        ({"content_length": "-1"}, 411),
        ({"content_length": "1e3"}, 411),
        ({"transfer_encoding": "chunked"}, 411),
        ({"transfer_encoding": "chunked", "content_length": "10"}, 411),
    ],
)
def test_one_file_of_the_room_has_a_bound(project: str, said: dict[str, str], status: int) -> None:
    """404 is what the application behind the door answers."""
    open_letterbox(settings.load(), project)
    reply = knock(FILE, method="PUT", client=PHONE, **said)
    assert (reply.status, reply.asked) == (status, ["http"] if status == 404 else [])
    assert reply.header("content-security-policy") == serve.policy()
    assert knock(FILE, method="PUT", **said).asked == ["http"], "this machine has Streamlit's own bound"


def test_every_uploader_says_how_much_it_takes() -> None:
    """The server's own bound is that of the heaviest, a project of sounds."""
    option = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["server"]["maxUploadSize"]
    assert option >= serve.ROOM_MEGABYTES
    for page in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(page.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("file_uploader"):
                assert "max_upload_size" in {word.arg for word in node.keywords}, f"{page.name}:{node.lineno}"


# -- ports and addresses ----------------------------------------------------------------------------------------------


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_busy_port_is_seen(busy: int) -> None:
    assert not serve.port_is_free("127.0.0.1", busy)
    assert not serve.port_is_free("0.0.0.0", busy)
    assert serve.port_is_free("127.0.0.1", free_port())


def test_a_busy_port_is_said_with_a_free_one(busy: int) -> None:
    with pytest.raises(SetupError, match=f"Port {busy} is already in use") as caught:
        serve.run(port=busy, open_browser=False)
    free = caught.value.values["free"]
    assert free != busy
    assert serve.port_is_free("127.0.0.1", free)
    assert f"--port {free}" in str(caught.value)


def test_the_last_port_has_no_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "port_is_free", lambda host, port: port == 8510)
    with pytest.raises(SetupError) as caught:
        serve.run(port=65535, open_browser=False)
    assert caught.value.values["free"] == 8510


def test_addresses_of_the_room() -> None:
    found = serve.lan_addresses()
    assert len(set(found)) == len(found)
    for address in map(ipaddress.ip_address, found):
        assert address.version == 4
        assert not address.is_loopback
        assert not address.is_link_local


def test_the_likeliest_address_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    class Address:
        family = socket.AF_INET

        def __init__(self, address: str) -> None:
            self.address = address

    class Stats:
        def __init__(self, isup: bool) -> None:
            self.isup = isup

    cards = {
        "lo": "127.0.0.1",
        "docker": "172.17.0.1",
        "wifi": "192.168.1.20",
        "cable": "10.3.0.8",
        "off": "192.168.9.9",
    }
    monkeypatch.setattr(
        psutil, "net_if_addrs", lambda: {n: [Address(a), Address("169.254.3.4")] for n, a in cards.items()}
    )
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {n: Stats(n != "off") for n in cards})
    assert serve.lan_addresses() == ["192.168.1.20", "10.3.0.8", "172.17.0.1"]


# -- https ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[uvicorn.Config]:
    """What the server is started with, without starting it, in a room of one address."""
    configs: list[uvicorn.Config] = []
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    monkeypatch.setenv("CONTRECHAMP_LAN", "")
    monkeypatch.setenv("CONTRECHAMP_ADDRESS", "")
    monkeypatch.setattr(serve, "lan_addresses", lambda: ["192.168.1.20"])
    monkeypatch.setattr(serve, "application", lambda hosts, *, https: serve.Door(knock, hosts, https))  # type: ignore[arg-type]
    monkeypatch.setattr(uvicorn.Server, "run", lambda self: configs.append(self.config))
    return configs


def test_the_room_is_told_what_its_browsers_will_ask(
    started: list[uvicorn.Config], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    serve.run(port=port, lan=True, https=True, open_browser=False)
    here, there, warning = capsys.readouterr().out.splitlines()
    assert here.endswith(f" https://localhost:{port}")
    assert there.endswith(f" https://192.168.1.20:{port}")
    assert serve.room_addresses() == [f"https://192.168.1.20:{port}"]
    assert serve.speaks_https()
    assert re.search(r"Advanced.* ([0-9A-F]{2} ){31}[0-9A-F]{2}\.$", warning)
    [config] = started
    assert config.is_ssl
    assert Path(str(config.ssl_certfile)).parent == home
    assert (config.app.scheme, config.app.cookie) == ("https", serve.SECURE_COOKIE)  # type: ignore[union-attr]


def test_alone_on_this_machine_https_is_not_needed_and_it_says_so(
    started: list[uvicorn.Config], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    serve.run(port=port, https=True, open_browser=False)
    here, why = capsys.readouterr().out.splitlines()
    assert here.endswith(f" http://localhost:{port}")
    assert "--lan" in why
    assert not started[0].is_ssl
    assert serve.room_addresses() == []
    assert not serve.speaks_https()
    assert not home.exists(), "a certificate that nobody needs"


# -- for real ---------------------------------------------------------------------------------------------------------


@dataclass
class Running:
    """The kit, started as a person starts it."""

    process: subprocess.Popen[str]
    port: int
    said: list[str]

    def get(self, path: str, **headers: str) -> HTTPResponse:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        return urllib.request.urlopen(request, timeout=10)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    port = free_port()
    home = tmp_path_factory.mktemp("serve") / "home"
    code = f"import serve; serve.run(port={port}, open_browser=False)"
    environment = {**os.environ, "CONTRECHAMP_HOME": str(home), "PYTHONWARNINGS": "default"}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    said: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=said.extend, args=(process.stdout,), daemon=True)
    reader.start()
    server = Running(process=process, port=port, said=said)
    try:
        for _ in range(300):
            assert process.poll() is None, "".join(said)
            try:
                with server.get("/", Accept=HTML) as reply:
                    assert reply.status == 200
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        else:
            pytest.fail("the kit did not answer within a minute")
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=20)
        reader.join(timeout=5)
        process.stdout.close()


@pytest.mark.slow
def test_it_serves_its_pages_and_files(running: Running) -> None:
    with running.get("/", Accept=HTML, **{"Accept-Language": "en"}) as reply:
        page = reply.read().decode()
        assert reply.headers["content-security-policy"] == serve.policy()
    assert '<html lang="en">' in page
    script = re.findall(r'src="([^"]+\.js)"', page)[0].removeprefix(".")
    with running.get(script) as reply:
        assert "javascript" in reply.headers["content-type"]
        assert reply.headers["content-security-policy"] == serve.policy()
        assert len(reply.read()) > 1000
    with running.get("/_stcore/health") as reply:
        assert reply.read() == b"ok"


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/_stcore/health"])
def test_it_refuses_foreign_names(running: Running, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        running.get(path, Host="evil.example", Accept=HTML)
    assert caught.value.code == 421
    caught.value.close()


def handshake(port: int, **headers: str) -> str:
    """The first line of the answer to a request for a websocket."""
    lines = {
        "Host": f"localhost:{port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **headers,
    }
    request = "GET /_stcore/stream HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(request.encode())
        return link.recv(200).decode("latin-1").split("\r\n")[0]


@pytest.mark.slow
def test_a_page_elsewhere_opens_no_socket_here(running: Running) -> None:
    assert "101" in handshake(running.port, Origin=f"http://localhost:{running.port}")
    assert "403" in handshake(running.port, Origin="https://evil.example")
    assert "403" in handshake(running.port, Host="evil.example", Origin="https://evil.example")


@pytest.mark.slow
def test_it_listens_on_loopback_only(running: Running) -> None:
    process = psutil.Process(running.process.pid)
    listening = [
        link.laddr
        for one in (process, *process.children(recursive=True))
        for link in one.net_connections(kind="inet")
        if link.status == psutil.CONN_LISTEN
    ]
    assert running.port in {address.port for address in listening}
    assert [address for address in listening if not ipaddress.ip_address(address.ip).is_loopback] == []


@pytest.mark.slow
def test_it_ends_at_once_and_without_a_word(running: Running) -> None:
    """The last one to use the server that the tests above share: it stops it."""
    stop = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)
    running.process.send_signal(stop)
    status = running.process.wait(timeout=15)
    time.sleep(0.2)
    said = "".join(running.said)
    if os.name != "nt":
        assert status == 0, said
    assert said == f"Contrechamp : http://localhost:{running.port}\n"


LIGHT = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("app.py", default_timeout=60).run()
assert not page.exception, page.exception
print(page.title[0].value if page.title else page.header[0].value)
print(sorted(m for m in {heavy!r} if m in sys.modules))
"""


@pytest.mark.slow
def test_the_interface_stays_light(home: Path) -> None:
    """Serving the home page and the activity's first screen imports none of the heavy libraries."""
    heavy = ("torch", "transformers", "diffusers", "sklearn", "skimage", "faiss")
    environment = {**os.environ, "CONTRECHAMP_HOME": str(home)}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LIGHT.replace("{heavy!r}", repr(heavy))],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    title, modules = run.stdout.strip().splitlines()[-2:]
    assert title
    assert modules == "[]"
