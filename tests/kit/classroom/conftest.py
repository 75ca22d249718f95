"""A database for the tests that run on both kinds, and the classes in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.classroom import classes as module
from kit.classroom import patience, tables
from kit.classroom.classes import Class, Classes
from kit.classroom.store import Store
from tests import postgres as server
from tests.kit.classroom.seated import ANNE, Clock, opened
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all the tests of this process that want it; without one, they are skipped."""
    with server.running() as running:
        yield running


@pytest.fixture(scope="session")
def shared(postgres: Postgres) -> Iterator[str]:
    """The URL of the database of all the tests of this process: one at a time."""
    with postgres.database() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: a file, then one of a real PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{(tmp_path / 'kit.sqlite').as_posix()}"
        return
    postgres, shared = request.getfixturevalue("postgres"), request.getfixturevalue("shared")
    yield shared
    postgres.empty(shared)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.sqlite"


@pytest.fixture
def filed(file: Path) -> Iterator[Store]:
    """A store in a file."""
    store = Store(f"sqlite:///{file.as_posix()}")
    yield store
    store.close()


@pytest.fixture
def classes(store: Store) -> Classes:
    return store.classes


@pytest.fixture
def led(classes: Classes) -> Class:
    """A class with one participant."""
    led = opened(classes)
    classes.join(led.code, ANNE)
    return led


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for each in (module, patience, tables):
        monkeypatch.setattr(each, "now", clock)
    return clock
