"""Cold start: from launching the server to the first page a person can use, against an empty Streamlit app.

    python benchmarks/cold_start.py [--runs 5] [--json]

Both are launched by the same Python, in turn, each time as a new process, and opened by the same headless Chromium,
each time with an empty cache. A page counts as usable when its script has finished, its heading shows, and its first
button or link would take a click. One launch of each is made first and thrown away, so that neither pays for reading
Python's files from the disk. The memory is that of the kit's processes (unique set size) while the home page waits.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
EMPTY = """import streamlit as st
st.title("Empty")
st.button("Go")
"""
USABLE = '[data-testid="stMain"] :is(button, a[href]:not([href^="#"])):visible'
LIMIT = 90.0
"""Seconds after which a launch has failed."""
AIM = 1.5


@dataclass(frozen=True, kw_only=True)
class Launch:
    """One launch: seconds to the first usable page, and bytes of memory held by the server's processes then."""

    seconds: float
    memory: int


def free_port() -> int:
    """A port of loopback that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def kit_command(port: int) -> list[str]:
    """The kit, as ``start.py`` runs it."""
    return [sys.executable, "-P", "-m", "kit.cli", "run", "--no-browser", "--port", str(port)]


def empty_command(port: int, script: Path) -> list[str]:
    """An empty Streamlit app, with Streamlit's own defaults."""
    options = ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.address", "127.0.0.1"]
    return [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *options]


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server with a fresh data folder; stop it and all it started."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CONTRECHAMP_HOME": str(folder / "home")}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        family = [*psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _gone, alive = psutil.wait_procs(family, timeout=10)
        for child in alive:
            child.kill()


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as ``port`` takes a connection. Raises :class:`RuntimeError` if the server dies or is too slow."""
    until = time.perf_counter() + LIMIT
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server left with status {process.returncode}")
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"nothing listens after {LIMIT:.0f} s")


def launch(browser: Browser, command: list[str], port: int, folder: Path) -> Launch:
    """Launch a server, open its first page, and measure."""
    folder.mkdir()
    context = browser.new_context(locale="fr-FR", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    try:
        began = time.perf_counter()
        with running(command, folder) as process:
            wait_for_port(port, process)
            page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
            page.locator('[data-testid="stMain"] h1:visible').first.wait_for(timeout=LIMIT * 1000)
            page.locator('[data-test-script-state="notRunning"]').first.wait_for(timeout=LIMIT * 1000)
            page.locator(USABLE).first.click(trial=True, timeout=LIMIT * 1000)
            seconds = time.perf_counter() - began
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            memory = sum(one.memory_full_info().uss for one in family)
    finally:
        context.close()
    return Launch(seconds=seconds, memory=memory)


def chromium() -> str | None:
    """The Chromium of this machine; None for the one Playwright fetched."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def measure(runs: int) -> dict[str, list[Launch]]:
    """``runs`` launches of each, in turn."""
    found: dict[str, list[Launch]] = {"kit": [], "empty": []}
    with tempfile.TemporaryDirectory(prefix="contrechamp-cold-") as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        script = folder / "empty.py"
        script.write_text(EMPTY, "utf-8")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for number in range(runs + 1):
            for name in found:
                port = free_port()
                command = kit_command(port) if name == "kit" else empty_command(port, script)
                result = launch(browser, command, port, folder / f"{name}{number}")
                print(f"{name} {number}: {result.seconds:.2f} s", file=sys.stderr, flush=True)
                if number:
                    found[name].append(result)
        browser.close()
    return found


def main() -> None:
    """Measure, and print both medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="launches of each that count (5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = measure(max(1, options.runs))
    median = {name: statistics.median(one.seconds for one in launches) for name, launches in found.items()}
    memory = {name: statistics.median(one.memory for one in launches) / 1e6 for name, launches in found.items()}
    ratio = median["kit"] / median["empty"]
    if options.json:
        seconds = {name: [round(one.seconds, 3) for one in launches] for name, launches in found.items()}
        print(
            json.dumps(
                {"seconds": seconds, "median": median, "ratio": ratio, "aim": AIM, "memory_mb": memory}, indent=2
            )
        )
        return
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    for name, title in (("kit", "the kit"), ("empty", "an empty Streamlit app")):
        print(f"{title:<24} {median[name]:6.2f} s   {memory[name]:6.0f} MB   (median of {len(found[name])})")
    print(f"ratio {ratio:.2f} (aim: at most {AIM})")


if __name__ == "__main__":
    main()
