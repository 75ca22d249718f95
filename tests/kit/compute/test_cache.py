"""The cache keeps what it can, and never more than its bound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kit.compute.cache import Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", 1000)


def age(folder: Path, key: str, seconds: int) -> None:
    path = next(folder.rglob(f"{key}.*"))
    os.utime(path, ns=(seconds * 10**9, seconds * 10**9))


def test_what_is_put_is_found_under_its_tag_only(cache: Cache) -> None:
    cache.put("", "k", b"shared")
    cache.put("class A", "k", b"of the class")
    assert cache.get("", "k") == b"shared"
    assert cache.get("class A", "k") == b"of the class"
    assert cache.get("class B", "k") is None
    cache.erase("class A")
    assert cache.get("class A", "k") is None
    assert cache.get("", "k") == b"shared"


def test_a_tag_is_never_a_path(cache: Cache, tmp_path: Path) -> None:
    cache.put("../../../escaped", "k", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["cache"]


def test_the_bound_holds_and_the_least_recently_used_goes_first(cache: Cache, tmp_path: Path) -> None:
    for number, key in enumerate("abc"):
        cache.put("", key, bytes(250))
        age(tmp_path, key, number + 1)
    assert cache.get("", "a") == bytes(250)  # used just now
    cache.put("", "d", bytes(250))
    assert cache.size() <= 1000
    assert cache.get("", "b") is None
    assert [key for key in "acd" if cache.get("", key) is None] == []


def test_putting_again_replaces(cache: Cache) -> None:
    for value in (bytes(900), b"n" * 900):
        cache.put("", "k", value)
    assert cache.get("", "k") == b"n" * 900
    assert cache.size() <= 1000


def test_what_is_larger_than_the_bound_is_not_kept_and_evicts_nothing(cache: Cache) -> None:
    cache.put("", "small", b"x")
    cache.put("", "large", bytes(1000))
    assert cache.get("", "large") is None
    assert cache.get("", "small") == b"x"


@pytest.mark.parametrize("damage", [b"", b"short", bytes(64)])
def test_a_damaged_entry_is_dropped(cache: Cache, tmp_path: Path, damage: bytes) -> None:
    cache.put("", "k", b"value")
    path = next(tmp_path.rglob("k.*"))
    path.write_bytes(damage)
    assert cache.get("", "k") is None
    assert not path.exists()


def test_what_a_killed_process_left_counts_and_goes(cache: Cache, tmp_path: Path) -> None:
    cache.put("", "k", bytes(100))
    left = tmp_path / "cache" / "shared" / "x.1234.partial"
    left.write_bytes(bytes(800))
    os.utime(left, ns=(1, 1))
    cache.put("", "m", bytes(200))
    assert not left.exists()
    assert cache.get("", "k") == bytes(100)


def test_a_disk_that_refuses_loses_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = Cache(tmp_path / "cache", 1000)
    cache.put("", "k", b"x")
    assert cache.get("", "k") is None
