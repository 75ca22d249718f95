"""``contrechamp models``: what it prints where, and with which status it ends."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kit import ROOT, cli
from kit.models import catalogue, store
from kit.settings import Settings
from tests.hub import REVISION, add_entry, serving
from tests.kit.models.conftest import WEIGHTS, leftovers


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


class Terminal(io.StringIO):
    """A keyboard on which someone types."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def run(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Status, stdout and stderr of one command line."""
    status = cli.invoke(["models", *line.split()])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_life_of_a_model(light: Path, serve: Callable, now: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("list", capsys)
    assert status == 0
    assert "tiny  (not installed)" in out
    assert "bk-sdm-tiny  (not installed, revision to be filled in)" in out
    with serve(light):
        status, out, err = run("get tiny --yes", capsys)
    assert status == 0
    assert f"“tiny” is installed at revision {REVISION}." in out
    assert "no safety checker" in out
    assert "CC0, https://example.org/cc0" in err
    assert "No harm" in err
    assert "1 MB on the disk, 0.1 GB of memory. (to be checked)" in err
    assert "2 MB to download." in err
    assert "100 %" in err
    assert run("list", capsys)[1].count("(installed)") == 1
    assert run("check tiny", capsys)[:2] == (0, "“tiny” is whole.\n")
    (store.find("tiny", now).files / "LICENSE").write_text("MIT\n")
    assert run("check tiny", capsys)[:2] == (
        2,
        "The file LICENSE of “tiny” has changed.\n“tiny” is damaged. Remove it and install it again.\n",
    )
    assert run("remove tiny", capsys)[:2] == (0, "“tiny” is removed.\n")
    assert store.installed(now) == []


def test_json(light: Path, serve: Callable, now: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(light):
        status, out, _ = run("get tiny --yes --json", capsys)
    got = json.loads(out)
    assert status == 0
    assert got["installed"]["revision"] == REVISION
    assert got["installed"]["safety_checker"] is False
    assert (Path(got["installed"]["path"]) / WEIGHTS).is_file()
    listed = json.loads(run("list --json", capsys)[1])
    assert [entry["name"] for entry in listed] == [entry.name for entry in catalogue.load(now).models]
    assert [entry["name"] for entry in listed if entry["installed"]] == ["tiny"]
    assert json.loads(run("check tiny --json", capsys)[1]) == {"name": "tiny", "whole": True, "faults": []}
    assert json.loads(run("remove tiny --json", capsys)[1]) == {"name": "tiny", "removed": True}


@pytest.mark.parametrize(("typed", "status"), [("yes\n", 0), ("Y\n", 0), ("no\n", 2), ("\n", 2), ("", 2)])
def test_the_licence_is_accepted_or_nothing_comes(
    typed: str,
    status: int,
    light: Path,
    serve: Callable,
    now: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    with serve(light) as served:
        found, _, err = run("get tiny", capsys)
    assert found == status
    assert "Do you accept this licence?" in err
    assert (WEIGHTS in served.sent) is (status == 0)
    assert [model.name for model in store.installed(now)] == (["tiny"] if status == 0 else [])
    if status:
        assert err.endswith("The licence was not accepted, so “tiny” was not installed.\n")
        assert leftovers(now) == []


def test_where_nobody_can_be_asked(
    light: Path,
    serve: Callable,
    now: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    with serve(light):
        status, _, err = run("get tiny", capsys)
    assert status == 2
    assert err.endswith("Read the licence, then accept it with --yes: nobody can be asked here.\n")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("get huge --yes", "“huge” is not a model of the catalogue. It has: sd-turbo"),
        ("get bk-sdm-tiny --yes", "does not say yet which revision of “bk-sdm-tiny” was reviewed"),
        ("get sd-turbo --yes --revision main", "“main” is not a revision"),
        ("get tiny --yes", "The hub http://127.0.0.1:9 cannot be reached"),
        ("check tiny", "“tiny” is not installed"),
        ("remove tiny", "“tiny” is not installed"),
        ("remove ../decks", "“../decks” is not installed"),
        ("get", "“name” is missing"),
        ("bake", "“bake” is not a command"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    line: str,
    sentence: str,
    now: Settings,
    online: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    status, out, err = run(line, capsys)
    assert (status, out) == (2, "")
    assert sentence in err
    assert len(err.splitlines()) == 1


def test_a_catalogue_of_ones_own_with_a_fault(now: Settings, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_entry(home, name="tiny")
    status, _, err = run("list", capsys)
    assert status == 2
    assert "“tiny” is there twice" in err


@pytest.mark.slow
def test_as_a_person_types_it(light: Path, home: Path, tmp_path: Path) -> None:
    """The whole command in a process of its own, with a token on the machine and a home to spoil."""
    add_entry(home)
    user = tmp_path / "user"
    (user / ".cache" / "huggingface").mkdir(parents=True)
    (user / ".cache" / "huggingface" / "token").write_text("hf_secret")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS", "XDG_"))
    }
    with serving(light, cut_after={WEIGHTS: [500_000]}) as served:
        environment |= {"HOME": str(user), "HF_ENDPOINT": served.url, "CONTRECHAMP_HOME": str(home)}
        done = subprocess.run(
            [sys.executable, "-m", "kit.cli", "models", "get", "tiny", "--yes"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "“tiny” is installed" in done.stdout
    assert "Traceback" not in done.stderr
    assert ("GET", f"/store/tiny/painter/resolve/{REVISION}/{WEIGHTS}", "bytes=500000-") in served.asked
    assert not any("authorization" in headers for headers in served.headers)
    assert not any("agent" in path for _, path, _ in served.asked)
    # Nothing was written outside the data folder.
    assert [path.name for path in user.rglob("*") if path.is_file()] == ["token"]
