"""A database for the tests that run on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres as server
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
