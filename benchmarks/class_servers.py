"""The servers that class_load.py compares, each a process of its own on loopback, and the class that it plays."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from activities.spot_the_fake.answers import Confidence, Verdict
from activities.spot_the_fake.run import SortingRun
from kit import ROOT, settings
from kit.classroom.classes import Classes
from kit.classroom.lead import Lead
from kit.classroom.store import Store, open_store
from kit.steps import Mode
from kit.walk import Plan

LIMIT = 60.0
"""Seconds after which a launch has failed."""
ROUND = "form_a"
IMAGES = 8
CONFIG = ROOT / ".streamlit" / "config.toml"

EMPTY = """import streamlit as st
with st.form("form"):
    st.radio("Real or made?", ["real", "made", "altered"], index=None, key="answer")
    sent = st.form_submit_button("Send", key="send")
if sent:
    st.write("saved")
"""
POLLING = """from pathlib import Path
import streamlit as st

def version():
    return Path("version.txt").read_text()

@st.fragment(run_every=1.0)
def follow(drawn):
    if version() != drawn:
        st.rerun(scope="app")

drawn = version()
st.write(f"step {drawn}")
follow(drawn)
"""
VERSION = "version.txt"

Given = dict[str, tuple[Verdict, Confidence]]
"""What a participant answered in the round, by image."""


@dataclass
class Server:
    """One of them. Keeps its port and its folder when it is started again."""

    name: str
    command: list[str]
    folder: Path
    port: int
    process: psutil.Popen | None = field(default=None, init=False)

    def start(self) -> float:
        """Start it; the seconds until it listens. Raises :class:`RuntimeError` if it does not."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")},
            "PYTHONPATH": str(ROOT),
            "CONTRECHAMP_HOME": str(self.home),
            "HOME": str(self.folder),  # nobody's own configuration of Streamlit
        }
        began = time.perf_counter()
        with (self.folder / "server.log").open("ab") as log:
            self.process = psutil.Popen(
                self.command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        while time.perf_counter() < began + LIMIT:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} left with status {self.process.returncode}:\n{self.said()}")
            with socket.socket() as probe:
                probe.settimeout(0.5)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return time.perf_counter() - began
            time.sleep(0.01)
        raise RuntimeError(f"{self.name} does not listen after {LIMIT:.0f} s:\n{self.said()}")

    @property
    def home(self) -> Path:
        """The data folder of the kit."""
        return self.folder / "home"

    def kill(self) -> None:
        """As a power cut ends it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it and what it has started."""
        if self.process is None or self.process.poll() is not None:
            return
        family = self.process.children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(15)
        except psutil.TimeoutExpired:
            self.kill()
        for child in psutil.wait_procs(family, timeout=10)[1]:
            child.kill()

    def said(self) -> str:
        """The end of what it has printed."""
        return (self.folder / "server.log").read_text("utf-8", errors="replace")[-2000:]

    def memory(self) -> float:
        """Megabytes that it and its children hold (resident)."""
        assert self.process is not None
        family = [self.process, *self.process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 1e6

    def processor(self) -> float:
        """Seconds of processor that it has used."""
        assert self.process is not None
        used = self.process.cpu_times()
        return float(used.user + used.system)


@contextmanager
def served(server: Server) -> Iterator[Server]:
    """A server that runs meanwhile."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


def kit(folder: Path) -> Server:
    """The kit, as ``start.py`` runs it."""
    port = free_port()
    command = [sys.executable, "-P", "-m", "kit.cli", "run", "--no-browser", "--port", str(port)]
    return Server("the kit", command, _made(folder), port)


def plain(folder: Path, name: str, script: str, *, tuned: bool = False) -> Server:
    """A script run by ``streamlit run`` with Streamlit's own defaults; ``tuned``: with the configuration of the kit."""
    port = free_port()
    (_made(folder) / "app.py").write_text(script, "utf-8")
    (folder / VERSION).write_text("0", "utf-8")
    if tuned:
        (folder / ".streamlit").mkdir()
        shutil.copy(CONFIG, folder / ".streamlit")
    options = ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *options]
    return Server(name, command, folder, port)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def free_port() -> int:
    """A port of loopback that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Lesson:
    """A class of « Vrai ou IA ? », opened in the database of a kit, at its first round of images."""

    def __init__(self, home: Path) -> None:
        os.environ["CONTRECHAMP_HOME"] = str(home)
        self._store: Store = open_store(settings.load())
        self.facilitator = secrets.token_hex(16)
        run = SortingRun(seed=secrets.randbits(63), mode=Mode.CLASS, plan=Plan.LESSON, images=IMAGES)
        led, _pin = self.classes.open(
            run.activity.slug,
            run.model_dump_json(),
            step=run.step,
            device=self.facilitator,
            lang="fr",
            lead=Lead(lobby=False),
            days=1,
        )
        self.id, self.code = led.id, led.code
        self.steps = [step.id for step in run.steps]
        state = run.go(ROUND).model_dump_json()
        self.classes.keep(led.id, self.facilitator, state, ROUND, replaces=led.version)

    @property
    def classes(self) -> Classes:
        """The store's."""
        return self._store.classes

    def given(self, device: str) -> tuple[Given, int]:
        """What is on disk of the participant on this device: their answers, and how often they were written."""
        number = next(seat.number for seat in self.classes.seats(device) if seat.class_id == self.id)
        work = self.classes.work(self.id, number)
        assert work is not None
        if not work.state:
            return {}, work.version
        answers = SortingRun.model_validate_json(work.state).answers.get(ROUND, {})
        found = {
            opaque: (one.verdict, one.confidence) for opaque, one in answers.items() if one.verdict and one.confidence
        }
        return found, work.version

    def close(self) -> None:
        """Let go of the database, as if nobody but the server had ever opened it. Using it again opens it again."""
        self._store.close()
