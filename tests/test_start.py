"""start.py, with a pip that is not one: what it installs, when, and what it says when something is in the way."""

from __future__ import annotations

import ast
import errno
import importlib.util
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import venv
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import ClassVar
from urllib.parse import quote, unquote

import pytest

ROOT = Path(__file__).resolve().parent.parent
OLD_PYTHONS = [
    python
    for version in ("3.6", "3.8", "3.10")
    for python in sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))[:1]
]


def load(folder: Path) -> ModuleType:
    """A fresh copy of start.py as a module, living in ``folder``."""
    spec = importlib.util.spec_from_file_location("start_under_test", folder / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kit reduced to what start.py reads, in a folder whose name has a space and accents."""
    made = tmp_path / "clé de l’école"
    made.mkdir()
    for name in ("start.py", "pyproject.toml", "constraints.txt"):
        shutil.copyfile(ROOT / name, made / name)
    return made


class Pip:
    """Stands in for pip: records each call, and installs empty packages. ``trouble`` decides what goes wrong."""

    def __init__(self, start: ModuleType) -> None:
        self.start = start
        self.calls: list[list[str]] = []
        self.trouble: Callable[[list[str]], tuple[int, str] | None] = lambda arguments: None

    def __call__(self, command: list[str], arguments: list[str]) -> tuple[int, str]:
        self.calls.append(arguments)
        if (result := self.trouble(arguments)) is not None:
            return result
        wanted = [a.split(";")[0] for a in arguments if a[0].isalpha() and a[-1].isdigit()]
        if "download" in arguments:
            dest = Path(arguments[arguments.index("--dest") + 1])
            for name in wanted:
                (dest / f"{name.split('=')[0].split('>')[0]}-1-py3-none-any.whl").touch()
            return 0, ""
        for name in wanted:
            version = name.split("==")[1] + "+cpu" if name.startswith("torch==") else "1"
            self.install(f"{name.split('=')[0].split('>')[0]}-{version}")
        return 0, ""

    def install(self, name: str) -> None:
        """Add one finished package to the environment."""
        info = Path(self.start.site_packages(self.start.VENV)) / f"{name}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "RECORD").touch()


@pytest.fixture
def start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """start.py in ``folder``: real virtual environments (without pip), plenty of disk, no outside index."""
    module = load(folder)

    def create(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        venv.create(command[-1], symlinks=os.name != "nt")
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(module.subprocess, "run", create)
    monkeypatch.setattr(module, "torch_index", list)
    monkeypatch.setattr(module, "LOG", str(folder.parent / "install.log"))
    monkeypatch.setattr(module, "pip_command", lambda: ["pip"])
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**12, 0, 10**12))
    monkeypatch.setattr(module, "run_pip", Pip(module))
    return module


# --- an old Python ------------------------------------------------------------------------------------------------


def test_it_parses_on_python_3_6() -> None:
    ast.parse((ROOT / "start.py").read_text("utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_told_which_one_it_is(start: ModuleType, version: tuple[int, int, int]) -> None:
    with pytest.raises(start.Stop) as caught:
        start.check_python(version)
    assert ".".join(map(str, version)) in caught.value.fr
    assert "3.11" in caught.value.fr
    assert "3.11" in caught.value.en


def test_this_python_will_do(start: ModuleType) -> None:
    start.check_python()
    start.check_python((3, 14, 0))


@pytest.mark.skipif(not OLD_PYTHONS, reason="no older Python on this machine")
def test_real_old_pythons_say_so_and_touch_nothing(folder: Path) -> None:
    for python in OLD_PYTHONS:
        done = subprocess.run([python, folder / "start.py"], capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 2
        french, english = done.stderr.splitlines()
        assert french.startswith("Ce Python est le 3.")
        assert english.startswith("This Python is 3.")
    assert not (folder / ".venv").exists()


# --- installing once ----------------------------------------------------------------------------------------------


def test_the_second_start_installs_nothing(start: ModuleType) -> None:
    start.ensure("run")
    first, second = start.run_pip.calls
    assert first[-2:] == ["--no-deps", "torch==2.13.0"]
    assert "-c" in second
    assert any(requirement.startswith("streamlit>=") for requirement in second)
    assert not any(requirement.startswith("pytest") for requirement in second)
    start.ensure("run")
    assert len(start.run_pip.calls) == 2


def test_a_second_start_is_quick(start: ModuleType) -> None:
    start.ensure("run")
    for number in range(120):
        start.run_pip.install(f"package{number}-1")
    began = time.perf_counter()
    assert start.is_whole(start.VENV, "run")
    assert time.perf_counter() - began < 0.5


def test_the_tests_are_added_to_what_is_there(start: ModuleType) -> None:
    start.ensure("run")
    start.ensure("test")
    assert any(requirement.startswith("pytest") for requirement in start.run_pip.calls[-1])
    calls = len(start.run_pip.calls)
    start.ensure("run")
    start.ensure("test")
    assert len(start.run_pip.calls) == calls


def test_other_pins_are_installed_in_place(start: ModuleType, folder: Path) -> None:
    start.ensure("run")
    (folder / ".venv" / "mine").touch()
    with (folder / "constraints.txt").open("a") as file:
        file.write("something==1\n")
    assert not start.is_whole(start.VENV, "run")
    start.ensure("run")
    assert start.is_whole(start.VENV, "run")
    assert (folder / ".venv" / "mine").exists()


def test_a_comment_in_the_pins_changes_nothing(start: ModuleType, folder: Path) -> None:
    before = start.key(())
    with (folder / "constraints.txt").open("a") as file:
        file.write("# a remark\n\n")
    assert start.key(()) == before
    assert start.key(("test",)) != before


def test_an_environment_made_by_hand_is_adopted(start: ModuleType, folder: Path) -> None:
    venv.create(folder / ".venv", symlinks=os.name != "nt")
    (folder / ".venv" / "mine").touch()
    start.ensure("run")
    assert (folder / ".venv" / "mine").exists()
    assert start.is_whole(start.VENV, "run")


class Killed(BaseException):
    """The process dies: nothing gets the chance to clean up."""


def test_a_killed_first_installation_is_made_again(start: ModuleType, folder: Path) -> None:
    def die(arguments: list[str]) -> tuple[int, str] | None:
        if "-c" in arguments:
            start.run_pip.install("half-1")
            raise Killed
        return None

    start.run_pip.trouble = die
    with pytest.raises(Killed):
        start.ensure("run")
    assert (folder / ".venv").exists()
    assert not start.is_whole(start.VENV, "run")
    start.run_pip.trouble = lambda arguments: None
    start.ensure("run")
    assert start.is_whole(start.VENV, "run")
    assert "half-1.dist-info" not in start.packages(start.VENV)


def test_a_kill_before_the_environment_exists_is_repaired(
    start: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(start.subprocess, "run", die)
        with pytest.raises(Killed):
            start.ensure("run")
    assert not start.is_whole(start.VENV, "run")
    start.ensure("run")
    assert start.is_whole(start.VENV, "run")


def test_ctrl_c_leaves_no_half_environment(start: ModuleType, folder: Path) -> None:
    def interrupt(arguments: list[str]) -> None:
        raise KeyboardInterrupt

    start.run_pip.trouble = interrupt
    assert start.main(["doctor"]) == 130
    assert not (folder / ".venv").exists()


def test_a_package_that_has_gone_is_noticed(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    start.ensure("run")
    gone = Path(start.site_packages(start.VENV)) / start.packages(start.VENV)[0]
    shutil.rmtree(gone)
    assert not start.is_whole(start.VENV, "run")
    start.ensure("run")
    assert gone.name in start.packages(start.VENV)
    assert "incomplète" in capsys.readouterr().out


def test_a_python_that_has_gone_is_noticed(start: ModuleType, folder: Path) -> None:
    start.ensure("run")
    config = folder / ".venv" / "pyvenv.cfg"
    config.write_text("home = /no/such/place\n")
    assert not start.is_whole(start.VENV, "run")
    start.ensure("run")
    assert start.is_whole(start.VENV, "run")


def test_no_network_for_the_tests_leaves_the_kit_working(start: ModuleType) -> None:
    start.ensure("run")
    start.run_pip.trouble = lambda arguments: (1, NO_NETWORK)
    with pytest.raises(start.Stop, match="réseau"):
        start.ensure("test")
    assert start.is_whole(start.VENV, "run")
    assert not start.is_whole(start.VENV, "test")


def test_a_second_start_waits_for_the_first(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    order = []

    def second() -> None:
        with start.alone():
            order.append("second")

    with start.alone():
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.3)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]
    assert "Une autre installation est en cours" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Windows ties a lock to its process")
def test_a_pip_that_outlives_its_start_is_waited_for(folder: Path) -> None:
    start = load(folder)
    with start.alone():
        orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1.5)"], close_fds=False)
    with start.alone():
        assert orphan.poll() is not None or orphan.wait(0.5) == 0
    orphan.wait()


def test_an_environment_without_pip_gets_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = load(folder)
    calls = []

    def run_pip(command: list[str], arguments: list[str]) -> tuple[int, str]:
        calls.append(command)
        return 0, ""

    monkeypatch.setattr(start, "run_pip", run_pip)
    venv.create(folder / ".venv", symlinks=os.name != "nt")
    assert start.pip_command()[-2:] == ["-m", "pip"]
    assert calls[0][-2:] == ["-m", "ensurepip"]
    (folder / "wheels").mkdir()
    (folder / "wheels" / "pip-26.0-py3-none-any.whl").touch()
    assert start.pip_command()[1] == str(folder / "wheels" / "pip-26.0-py3-none-any.whl" / "pip")


def test_a_disk_that_fills_up_at_the_last_moment(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(venv: str, stamp: dict[str, object]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(start, "write_stamp", full)
    assert start.main([]) == 2
    assert "disque est plein" in capsys.readouterr().err
    assert not start.is_whole(start.VENV, "run")


# --- what is in the way -------------------------------------------------------------------------------------------

NO_NETWORK = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by
'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object>: Failed to establish a new connection:
[Errno -3] Temporary failure in name resolution')': /simple/torch/
ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: none)
ERROR: No matching distribution found for torch==2.13.0
"""
TROUBLES = {
    "réseau ne répond pas": NO_NETWORK,
    "disque est plein": "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
    "intercepte": "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate'))",
    "refuse l’écriture": "ERROR: Could not install packages: [WinError 5] Access is denied: 'C:\\\\kit\\\\x.pyd'",
    "trop long pour Windows": "HINT: This error might have occurred since this system does not have Windows Long Path"
    " support enabled. https://pip.pypa.io/warnings/enable-long-paths",
    "n’existe pas pour cette machine": "ERROR: Could not find a version that satisfies the requirement torch==2.13.0"
    " (from versions: none)\nERROR: No matching distribution found for torch==2.13.0",
    "something nobody foresaw": "ERROR: something nobody foresaw\n",
}


@pytest.mark.parametrize(("sentence", "output"), TROUBLES.items(), ids=list(TROUBLES))
def test_what_pip_says_becomes_a_sentence(
    start: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str], sentence: str, output: str
) -> None:
    start.run_pip.trouble = lambda arguments: (1, output)
    assert start.main([]) == 2
    french, english = capsys.readouterr().err.splitlines()
    assert sentence in french
    assert french != english
    assert "Traceback" not in french
    assert not (folder / ".venv").exists()


def test_no_network_names_the_bundle(start: ModuleType) -> None:
    stop = start.explain(NO_NETWORK)
    assert "start.py bundle DOSSIER" in stop.fr
    assert "start.py bundle FOLDER" in stop.en


def test_pip_itself_is_called_and_its_words_are_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = load(folder)
    monkeypatch.setattr(start, "LOG", str(tmp_path / "install.log"))
    fake = tmp_path / "pip.py"
    fake.write_text(
        "import os, sys\nprint('Collecting é', sys.argv[1:], os.environ['PIP_USER'])\nprint('bad', file=sys.stderr)\n"
        "sys.exit(1)\n",
        "utf-8",
    )
    status, output = start.run_pip([sys.executable, str(fake)], ["install", "clé"])
    assert status == 1
    assert "Collecting é ['install', 'clé'] 0" in output
    assert "bad" in output
    assert "Collecting é" in (tmp_path / "install.log").read_text("utf-8")


def test_a_full_disk_is_seen_before_anything_is_written(
    start: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**10, 0, 1_240_000_000))
    assert start.main([]) == 2
    french, english = capsys.readouterr().err.splitlines()
    assert "Il reste 1,2\u00a0Go" in french
    assert "1.2 GB are left" in english
    assert not (folder / ".venv").exists()
    assert not start.run_pip.calls


def test_a_read_only_folder(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(start.tempfile, "TemporaryFile", refuse)
    assert start.main([]) == 2
    assert "lecture seule" in capsys.readouterr().err


def test_a_read_only_folder_that_is_installed_runs(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    start.ensure("run")

    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(start.tempfile, "TemporaryFile", refuse)
    start.ensure("run")


def test_debian_without_its_venv_package(start: ModuleType, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else real(name))
    with pytest.raises(start.Stop) as caught:
        start.ensure("run")
    assert f"python3.{sys.version_info.minor}-venv" in caught.value.fr
    assert not (folder / ".venv").exists()
    # A bundle brings the wheel of pip, which runs as it is.
    (folder / "wheels").mkdir()
    (folder / "wheels" / "pip-26.0-py3-none-any.whl").touch()
    start.ensure("run")


def test_an_unknown_command_installs_nothing(
    start: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(["lancer"]) == 2
    assert "«\u202flancer\u202f»" in capsys.readouterr().err
    assert start.main(["--help"]) == 0
    assert "bundle FOLDER" in capsys.readouterr().out
    assert not (folder / ".venv").exists()


# --- running ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows starts a child instead")
def test_the_kit_runs_from_any_folder(start: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    monkeypatch.setattr(start.os, "execve", lambda path, command, env: ran.append((command, env)))
    monkeypatch.setattr(start.os, "chdir", lambda path: ran.append(path))
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    options = ["--lan", "--https", "--port", "8600"]
    start.main(options)
    (command, env), *rest = ran
    assert not rest
    assert command == [str(folder / ".venv/bin/python"), "-P", "-m", "kit.cli", "run", *options]
    assert env["PYTHONPATH"] == str(folder)
    ran.clear()
    start.main(["test", "-k", "a or b"])
    assert ran[0] == str(folder)
    assert ran[1][0][1:] == ["-m", "pytest", "-k", "a or b"]
    ran.clear()
    monkeypatch.setattr(start.os, "cpu_count", lambda: 2)
    start.main(["test"])
    assert ran[1][0][1:] == ["-m", "pytest", "-n", "2", "--dist", "loadgroup"]


def test_it_knows_every_command_of_the_kit(start: ModuleType) -> None:
    import typer

    from kit.cli import app

    assert set(start.COMMANDS) == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


# --- where torch comes from ---------------------------------------------------------------------------------------


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A loopback server that does ``answer`` with each connection; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()
    kept = []

    def serve() -> None:
        while not done.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            kept.append(connection)
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/whl/cpu"
    finally:
        done.set()
        listener.close()
        for connection in kept:
            connection.close()


def _silence(connection: socket.socket) -> None:
    """Accept, and never answer."""


def _trickle(connection: socket.socket) -> None:
    for _ in range(100):
        try:
            connection.sendall(b"H")
        except OSError:
            return
        time.sleep(0.1)


def _page(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, that index is not asked")
def test_an_index_that_never_answers_costs_three_seconds(
    start: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = load(folder)
    monkeypatch.setattr(asking, "has_nvidia", lambda: False)
    monkeypatch.setattr(start, "torch_index", asking.torch_index)
    assert asking.PROBE_SECONDS == 3.0
    with server(_silence) as url:
        monkeypatch.setattr(asking, "TORCH_CPU_INDEX", url)
        venv.create(start.VENV, symlinks=os.name != "nt")
        began = time.monotonic()
        start.pip_install(())
        assert 2.9 < time.monotonic() - began < 4.5
    assert ["--index-url" in call for call in start.run_pip.calls] == [False, False], "pip looks where it usually does"


def test_a_server_that_trickles_or_a_name_that_hangs_cost_no_more(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(_trickle) as url:
        began = time.monotonic()
        assert not start.answers(url, 0.4)
        assert time.monotonic() - began <= 0.9

    def hang(*_: object, **__: object) -> None:
        time.sleep(1)
        raise OSError("no such name")

    monkeypatch.setattr(urllib.request, "urlopen", hang)
    began = time.monotonic()
    assert not start.answers("http://a-name-that-hangs/", 0.3)
    assert time.monotonic() - began <= 0.8


def test_an_index_that_answers_is_used_only_where_it_helps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = load(folder)
    with server(_page) as url:
        monkeypatch.setattr(start, "TORCH_CPU_INDEX", url)
        monkeypatch.setattr(start.platform, "system", lambda: "Linux")
        monkeypatch.setattr(start, "has_nvidia", lambda: False)
        assert start.torch_index() == ["--index-url", url]
        monkeypatch.setattr(start, "has_nvidia", lambda: True)
        assert start.torch_index() == []
        monkeypatch.setattr(start.platform, "system", lambda: "Darwin")
        assert start.torch_index() == []


def test_an_index_without_our_torch_gives_way_to_what_pip_finds(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "torch_index", lambda: ["--index-url", "https://index.invalid"])
    start.run_pip.trouble = lambda arguments: (1, "No matching distribution") if "--index-url" in arguments else None
    start.ensure("run")
    assert ["--index-url" in call for call in start.run_pip.calls] == [True, False, False]


# --- a real index, a real pip --------------------------------------------------------------------------------------


WHEEL = "torch-2.13.0+cpu-py3-none-any.whl"


def tiny_torch() -> bytes:
    """A wheel by the name of torch's processor-only one, with one line inside."""
    files = {
        "torch.py": "here = True\n",
        "torch-2.13.0+cpu.dist-info/METADATA": "Metadata-Version: 2.1\nName: torch\nVersion: 2.13.0+cpu\n",
        "torch-2.13.0+cpu.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, "torch-2.13.0+cpu.dist-info/RECORD"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        for name, text in {**files, "torch-2.13.0+cpu.dist-info/RECORD": record}.items():
            wheel.writestr(name, text)
    return packed.getvalue()


class Index(BaseHTTPRequestHandler):
    """A simple repository (PEP 503) that holds the tiny torch, below ``/whl/cpu``; ``asked`` lists the requests."""

    asked: ClassVar[list[str]] = []
    page = f'<!DOCTYPE html><html><body><a href="{quote(WHEEL)}">{WHEEL}</a></body></html>'.encode()
    wheel = tiny_torch()

    def do_GET(self) -> None:
        path = unquote(self.path)
        self.asked.append(path)
        body, kind = {
            "/whl/cpu/torch/": (self.page, "text/html"),
            f"/whl/cpu/torch/{WHEEL}": (self.wheel, "application/octet-stream"),
        }.get(path, (b"", ""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index() -> Iterator[str]:
    """The address of a real index on loopback."""
    Index.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Index) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}/whl/cpu"
        serving.shutdown()
        thread.join()


@pytest.fixture
def real(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """start.py with a real environment and a real pip, which no setting of this machine reaches, and no other index."""
    for name in [name for name in os.environ if name.lower().startswith("pip_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/nothing-listens-here")
    monkeypatch.setenv("PIP_RETRIES", "0")
    module = load(folder)
    monkeypatch.setattr(module, "LOG", str(folder.parent / "install.log"))
    monkeypatch.setattr(module, "PIP", (*module.PIP, "--retries", "0"))
    monkeypatch.setattr(module, "has_nvidia", lambda: False)
    monkeypatch.setattr(module, "NEEDED", 0)
    monkeypatch.setattr(module, "wanted", lambda extras: ["torch==2.13.0"])
    return module


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, the ordinary torch is the processor-only one")
def test_pip_takes_torch_from_pytorchs_own_index(
    real: ModuleType, index: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real, "TORCH_CPU_INDEX", index)
    real.ensure("run")
    assert Index.asked[:2] == ["/whl/cpu/torch/"] * 2, "the probe, then pip"
    assert Index.asked.count(f"/whl/cpu/torch/{WHEEL}") == 1
    assert {path.split("/")[3] for path in Index.asked} == {"torch"}, "nothing but torch is asked of that index"
    assert "torch-2.13.0+cpu.dist-info" in real.packages(real.VENV)
    assert real.is_whole(real.VENV, "run")
    done = subprocess.run(
        [real.python_of(real.VENV), "-c", "import torch; print(torch.here)"], capture_output=True, check=True
    )
    assert done.stdout.strip() == b"True"
    # The log tells that this index was used for torch, and for the rest the usual one (here: none).
    said = Path(real.LOG).read_text("utf-8").splitlines()
    first, second = (line for line in said if line.startswith("$ ") and line.endswith("torch==2.13.0"))
    assert f"--index-url {index} --no-deps" in first
    assert "--index-url" not in second


def test_a_disk_that_fills_while_pip_is_put_in(real: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stops it is told, and what was half made gives its space back."""
    ensurepip = "import sys; sys.exit('OSError: [Errno 28] No space left on device')"
    honest = real.run_pip

    def run_pip(command: list[str], arguments: list[str]) -> tuple[int, str]:
        return honest([command[0], "-c", ensurepip] if "ensurepip" in command else command, arguments)

    monkeypatch.setattr(real, "run_pip", run_pip)
    with pytest.raises(real.Stop, match="disque est plein"):
        real.ensure("run")
    assert not (folder / ".venv").exists()


# --- the bundle ---------------------------------------------------------------------------------------------------


def test_a_bundle_installs_elsewhere_with_no_index(
    start: ModuleType, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "clé usb"
    assert start.main(["bundle", str(key)]) == 0
    assert not (key / ".venv").exists()
    assert {"start.py", "pyproject.toml", "constraints.txt", "wheels"} <= {path.name for path in key.iterdir()}
    assert (key / "wheels" / "torch-1-py3-none-any.whl").exists()
    assert not (key / "wheels" / "pytest-1-py3-none-any.whl").exists()

    there = load(key)
    assert there.bundle_here()
    monkeypatch.setattr(there, "run_pip", Pip(there))
    monkeypatch.setattr(there, "pip_command", lambda: ["pip"])
    there.ensure("run")
    for call in there.run_pip.calls:
        assert "--no-index" in call
        assert call[call.index("--find-links") + 1] == str(key / "wheels")
    assert there.is_whole(there.VENV, "run")


def test_a_bundle_without_the_tests_gets_them_from_the_network(start: ModuleType, folder: Path) -> None:
    wheels = folder / "wheels"
    wheels.mkdir()
    (wheels / start.BUNDLE).write_text(json.dumps({"targets": [start.target()]}))
    start.ensure("test")
    assert not any("--no-index" in call for call in start.run_pip.calls)
    shutil.rmtree(start.VENV)
    (wheels / "pytest-9.2.0-py3-none-any.whl").touch()
    start.ensure("test")
    assert "--no-index" in start.run_pip.calls[-1]


def test_a_bundle_for_another_machine_is_not_used(
    start: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheels = folder / "wheels"
    wheels.mkdir()
    other = {"python": "3.11", "system": "Amiga", "machine": "m68k"}
    (wheels / start.BUNDLE).write_text(json.dumps({"targets": [other]}))
    assert not start.bundle_here()
    assert "Python 3.11 (Amiga m68k)" in capsys.readouterr().out


def test_a_half_made_bundle_is_not_used(start: ModuleType, tmp_path: Path) -> None:
    key = tmp_path / "key"
    start.ensure("run")
    start.run_pip.trouble = lambda arguments: (1, NO_NETWORK) if "-c" in arguments else None
    assert start.main(["bundle", str(key)]) == 2
    assert not load(key).bundle_here()


@pytest.mark.parametrize("inside", ["", "sub/folder"])
def test_a_bundle_never_goes_into_the_kit(
    start: ModuleType, folder: Path, inside: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(["bundle", str(folder / inside)]) == 2
    assert "hors de celui de Contrechamp" in capsys.readouterr().err


def test_a_bundle_never_mixes_with_other_files(start: ModuleType, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.mkdir()
    (key / "holidays.jpg").touch()
    assert start.main(["bundle", str(key)]) == 2
    assert start.main(["bundle"]) == 2
    assert start.main(["bundle", str(key), "--with-nothing"]) == 2
    assert [path.name for path in key.iterdir()] == ["holidays.jpg"]


def test_the_files_of_the_kit(tmp_path: Path) -> None:
    """Without git: everything but what is made here."""
    for name in ("start.py", "kit/a.py", "kit/__pycache__/a.pyc", ".venv/x", "wheels/y.whl", ".streamlit/config.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shutil.copyfile(ROOT / "start.py", tmp_path / "start.py")
    found = {name.replace(os.sep, "/") for name in load(tmp_path).kit_files()}
    assert found == {"start.py", "kit/a.py", ".streamlit/config.toml"}
