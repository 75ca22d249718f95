"""Settings: what the environment may say, and where things lie."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import platformdirs
import pytest

from kit import ROOT, settings
from kit.errors import SetupError

POSIX = pytest.mark.skipif(os.name != "posix", reason="rights are a matter of POSIX")


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CONTRECHAMP_"):
            monkeypatch.delenv(name)
    here = settings.load()
    assert here.home == Path(platformdirs.user_data_dir("contrechamp", appauthor=False)).resolve()
    assert (here.scheduler, here.database_url, here.cache_bytes) == (None, None, 500 * 1024 * 1024)


def test_everything_lies_below_the_data_folder(home: Path) -> None:
    here = settings.load()
    assert here.home == home.resolve()
    assert (here.decks, here.cache, here.compute) == (home / "decks", home / "cache", home / "compute")
    assert here.store_url == f"sqlite:///{home.as_posix()}/contrechamp.sqlite"
    assert not home.exists(), "reading the settings creates nothing"


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRECHAMP_SCHEDULER", "tls://10.0.0.5:8786")
    monkeypatch.setenv("CONTRECHAMP_DATABASE_URL", "postgresql://class@db/kit")
    monkeypatch.setenv("CONTRECHAMP_CACHE_MB", "3")
    here = settings.load()
    assert here.scheduler == "tls://10.0.0.5:8786"
    assert here.store_url == here.database_url == "postgresql://class@db/kit"
    assert here.cache_bytes == 3 * 1024 * 1024


@pytest.mark.parametrize("name", ["CONTRECHAMP_SCHEDULER", "CONTRECHAMP_DATABASE_URL", "CONTRECHAMP_CACHE_MB"])
def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    unset = settings.load()
    monkeypatch.setenv(name, "")
    assert settings.load() == unset


def test_an_empty_home_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRECHAMP_HOME", "")
    assert settings.load().home.name == "contrechamp"


@pytest.mark.parametrize("value", ["0", "-1", "12.5", "many", " 5", "²", "5MB", "1e3", "0" * 12, "9" * 11, "9" * 5000])
def test_a_bad_size_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CONTRECHAMP_CACHE_MB", value)
    with pytest.raises(SetupError, match="a whole number of megabytes") as caught:
        settings.load()
    assert caught.value.values == {"value": value}


def test_a_home_may_be_relative_or_begin_with_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTRECHAMP_HOME", "données")
    assert settings.load().home == tmp_path.resolve() / "données"
    monkeypatch.setenv("CONTRECHAMP_HOME", "~/kit")
    assert settings.load().home == Path.home().resolve() / "kit"


@POSIX
def test_a_home_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRECHAMP_HOME", "~nobody-of-that-name/kit")
    with pytest.raises(SetupError, match="leads to no folder"):
        settings.load()


def test_the_folder_is_created_with_its_parents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONTRECHAMP_HOME", str(tmp_path / "a" / "b"))
    assert settings.data_folder() == tmp_path / "a" / "b"
    assert settings.data_folder().is_dir(), "a second call finds it"


@POSIX
def test_the_folder_is_closed_to_others(home: Path) -> None:
    assert stat.S_IMODE(settings.data_folder().stat().st_mode) == 0o700


@POSIX
def test_a_folder_left_open_is_closed(home: Path) -> None:
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    settings.data_folder()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made(home: Path) -> None:
    home.write_text("a file in the way")
    with pytest.raises(SetupError, match="cannot be created") as caught:
        settings.data_folder()
    assert caught.value.values["folder"] == str(home)
    assert "CONTRECHAMP_HOME" in str(caught.value)


def test_every_variable_of_the_code_is_documented() -> None:
    documented = set(re.findall(r"^\| ``(CONTRECHAMP_\w+)`` \|", settings.__doc__ or "", re.MULTILINE))
    read: set[str] = set()
    folders = ("kit", "activities", "pages", "tests", "benchmarks", "training", ".ci")
    files = [ROOT / "app.py", ROOT / "serve.py", ROOT / "start.py", ROOT / "pyproject.toml"]
    files += [f for d in folders for f in (ROOT / d).rglob("*") if f.suffix in ("", ".py", ".toml")]
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts and file != Path(__file__):
            read |= set(re.findall(r"\bCONTRECHAMP_[A-Z_]*[A-Z]\b", file.read_text("utf-8", errors="replace")))
    assert read == documented
