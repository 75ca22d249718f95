"""The letterbox: open for one project, for a while, whoever asks; in doubt, closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit import ROOT, settings
from kit.errors import NotFound, SetupError
from kit.podcast.episode import Episode
from kit.podcast.letterbox import OPEN_FOR, Letterbox, close_letterbox, letterbox, open_letterbox
from kit.podcast.store import Projects
from kit.settings import Settings

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def kept() -> Settings:
    return settings.load()


@pytest.fixture
def project(kept: Settings) -> str:
    return Projects(kept).create(Episode(title="Un projet"))


@pytest.fixture
def file(home: Path) -> Path:
    return home / "podcasts" / "letterbox.json"


def test_closed_until_somebody_opens_it(kept: Settings, project: str) -> None:
    assert letterbox(kept) is None
    opened = open_letterbox(kept, project)
    assert letterbox(kept) == opened
    assert opened.project == project
    assert abs(opened.until - datetime.now(UTC) - timedelta(minutes=90)) < timedelta(minutes=1)
    close_letterbox(kept)
    assert letterbox(kept) is None
    close_letterbox(kept)


def test_it_closes_by_itself(kept: Settings, project: str) -> None:
    opened = open_letterbox(kept, project, NOON)
    assert letterbox(kept, NOON) == opened
    assert letterbox(kept, NOON + OPEN_FOR - SECOND) == opened
    assert letterbox(kept, NOON + OPEN_FOR) is None
    assert letterbox(kept, NOON + timedelta(days=300)) is None


def test_a_clock_that_is_put_right_leaves_it_open_for_no_year(kept: Settings, project: str) -> None:
    open_letterbox(kept, project, NOON + timedelta(days=365))
    assert letterbox(kept, NOON) is None
    assert letterbox(kept, NOON - SECOND) is None


def test_one_project_at_a_time(kept: Settings, project: str) -> None:
    other = Projects(kept).create(Episode())
    open_letterbox(kept, project)
    opened = open_letterbox(kept, other)
    assert letterbox(kept) == opened
    assert opened.project == other


def test_an_erased_project_takes_nothing(kept: Settings, project: str) -> None:
    open_letterbox(kept, project)
    Projects(kept).erase(project)
    assert letterbox(kept) is None


@pytest.mark.parametrize("name", ["", "zzzzzzzz", "..", "../podcasts", "x" * 5000])
def test_it_opens_for_no_project_that_there_is_not(kept: Settings, project: str, file: Path, name: str) -> None:
    with pytest.raises(NotFound):
        open_letterbox(kept, name)
    assert not file.exists()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 900,
        b'{"project": "PROJECT"}',
        b'{"project": 7, "until": "2026-11-20T12:30:00Z"}',
        b'{"project": "PROJECT", "until": "2026-11-20T12:30:00"}',
        b'{"project": "PROJECT", "until": "soon"}',
        b'{"project": "..", "until": "2026-11-20T12:30:00Z"}',
        b'{"project": "PROJECT", "until": "2026-11-20T12:30:00Z"}' * 1000,
        b'{"project": "PROJECT", "until": "9999-12-31T23:59:59Z"}',
    ],
)
def test_a_damaged_file_is_a_closed_letterbox(kept: Settings, project: str, file: Path, damage: bytes) -> None:
    file.write_bytes(damage.replace(b"PROJECT", project.encode()))
    assert letterbox(kept, NOON) is None
    opened = open_letterbox(kept, project, NOON)
    assert letterbox(kept, NOON) == opened


def test_a_folder_in_its_place_is_no_open_letterbox(kept: Settings, project: str, file: Path) -> None:
    file.mkdir()
    assert letterbox(kept) is None
    with pytest.raises(SetupError, match=r"could not be written .*[.]$"):
        open_letterbox(kept, project)
    with pytest.raises(SetupError):
        close_letterbox(kept)


def test_another_process_sees_it(kept: Settings, project: str, home: Path) -> None:
    """As the server that starts again after it was killed."""
    open_letterbox(kept, project)
    code = "from kit import settings; from kit.podcast.letterbox import letterbox; print(letterbox(settings.load()))"
    environment = {**os.environ, "CONTRECHAMP_HOME": str(home)}
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert f"project='{project}'" in said


def test_what_is_written_is_readable(kept: Settings, project: str, file: Path) -> None:
    open_letterbox(kept, project, NOON)
    assert json.loads(file.read_text()) == {"project": project, "until": "2026-11-20T13:30:00Z"}
    assert letterbox(kept, NOON) == Letterbox(project=project, until=NOON + timedelta(minutes=90))
    assert list(file.parent.glob(".incoming-*")) == []
    assert Projects(kept).ids() == (project,)
