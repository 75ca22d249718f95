"""One small cluster for all the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kit.compute import Compute
from kit.compute.plan import Plan, embedded_plan
from kit.settings import Settings


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("cluster"), cache_bytes=2**20)


@pytest.fixture(scope="session")
def plan(settings: Settings) -> Plan:
    return replace(embedded_plan(settings), light=2, light_bytes=500 * 2**20, threads=2)


@pytest.fixture(scope="session")
def compute(settings: Settings, plan: Plan) -> Iterator[Compute]:
    compute = Compute(settings, plan)
    compute.start()
    yield compute
    compute.close()
