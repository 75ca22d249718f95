"""A real server, a real browser, nothing outside loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from kit.classroom.classes import Classes
from kit.classroom.store import Store
from tests.e2e import camera
from tests.e2e.player import Player

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
FILMED = "coffee.png"
"""What the camera of ``play_with_camera`` looks at: a photograph that scikit-image carries."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(600))
            # One process plays on the server that test_offline.py asks at the end; another, on servers of their own.
            shares = "server" in getattr(item, "fixturenames", ())
            item.add_marker(pytest.mark.xdist_group("e2e" if shares else "room"))
    # Together, and at the very end, whom all that was played spoke to.
    items.sort(key=lambda item: (here in item.path.parents, item.path.name == "test_offline.py"))


@dataclass
class Server:
    """The kit, running in a process of its own."""

    home: Path
    record: Path
    lan: bool = False
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(default_factory=Path)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start, on the same port as before if there was one, and wait for the first answer."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        self.log = self.home.parent / "server.log"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CONTRECHAMP_")}
        environment |= {
            "CONTRECHAMP_HOME": str(self.home),
            "CONTRECHAMP_TEST_RECORD": str(self.record),
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "recorder"), str(ROOT)]),
        }
        code = f"import serve; serve.run(port={self.port}, lan={self.lan}, open_browser=False)"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=log, stderr=log)
        for _ in range(300):
            assert self.process.poll() is None, self.log.read_text()
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.2)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """As a flat battery would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As Ctrl+C would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all the browser tests; each test has its own browser context, so its own device."""
    folder = tmp_path_factory.mktemp("e2e")
    kit = Server(home=folder / "home", record=folder / "record.txt")
    kit.start()
    yield kit
    kit.stop()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """The driver of all the browsers. It keeps an event loop in this thread, so it ends with the browser tests."""
    with sync_playwright() as driver:
        yield driver


def launch(driver: Playwright, *more: str) -> Browser:
    """Debian's Chromium, or whichever is installed, with ``more`` flags."""
    path = next(filter(None, (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        if os.environ.get("CONTRECHAMP_REQUIRE_BROWSER"):
            pytest.fail("no Chromium on this machine, and CONTRECHAMP_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on this machine: the browser tests are left out")
    return driver.chromium.launch(executable_path=path, args=[*FLAGS, *more], headless=True)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Server]:
    """A kit of the test's own, with an empty data folder."""
    kit = Server(home=tmp_path / "home", record=tmp_path / "record.txt")
    kit.start()
    yield kit
    kit.stop()


@pytest.fixture
def classes(room: Server) -> Iterator[Classes]:
    """The database of that server, opened a second time."""
    room.home.mkdir(parents=True, exist_ok=True)
    store = Store(f"sqlite:///{(room.home / 'contrechamp.sqlite').as_posix()}")
    yield store.classes
    store.close()


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a camera."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def chromium_with_camera(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera looks at :data:`FILMED`, started only for the tests that film."""
    seen = camera.still(camera.photograph(FILMED))
    file = camera.film(seen, tmp_path_factory.mktemp("camera") / "film.y4m")
    browser = launch(playwright, *camera.flags(file))
    yield browser
    browser.close()


def _players(server: Server, browser: Browser, **options: Any) -> Iterator[Callable[..., Player]]:
    contexts = []

    def new(width: int = 1366, height: int = 768, locale: str = "fr-FR") -> Player:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, reduced_motion="reduce", **options
        )
        contexts.append(context)
        return Player(page=context.new_page(), url=server.url)

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def play(server: Server, chromium: Browser) -> Iterator[Callable[..., Player]]:
    """Opens a new browser of its own: ``play(width, height, locale)``."""
    yield from _players(server, chromium)


@pytest.fixture
def play_with_camera(server: Server, chromium_with_camera: Browser) -> Iterator[Callable[..., Player]]:
    """As ``play``, where the camera shows :data:`FILMED` and the person has allowed it."""
    yield from _players(server, chromium_with_camera, permissions=["camera"])
