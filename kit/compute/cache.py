"""Results kept on disk: bounded, checked when read, least recently used out first.

One file an entry, in one folder a tag. The empty tag is shared by all and holds results on the kit's own assets only;
what is kept under the tag of a class or a device is found by that tag alone, and erased with it. A file is the SHA-256
of the value followed by the value (:mod:`kit.compute.plain`), so it can hold no code and a damaged one shows.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import threading
import uuid
from pathlib import Path

_SUFFIX = ".value"
_DIGEST_BYTES = 32

_log = logging.getLogger("contrechamp.compute")


class Cache:
    """A folder of encoded values of at most ``limit_bytes`` in all. Several processes may use the same one."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._lock = threading.Lock()

    def get(self, tag: str, key: str) -> bytes | None:
        """The value kept under ``tag`` for ``key``. A damaged entry is dropped, and counts as absent."""
        path = self._path(tag, key)
        try:
            content = path.read_bytes()
            value = content[_DIGEST_BYTES:]
            if hashlib.sha256(value).digest() != content[:_DIGEST_BYTES]:
                path.unlink()
                return None
            os.utime(path)  # the time of last use, for eviction
        except OSError:
            return None
        return value

    def put(self, tag: str, key: str, value: bytes) -> None:
        """Keep ``value``, making room for it. A value beyond the bound, or a disk that is full, keeps nothing."""
        content = hashlib.sha256(value).digest() + value
        if len(content) > self._limit:
            return
        path = self._path(tag, key)
        partial = path.with_name(f"{key}.{uuid.uuid4().hex}.partial")
        with self._lock:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._make_room(len(content), but=path)
                partial.write_bytes(content)
                partial.replace(path)
            except OSError as error:
                with contextlib.suppress(OSError):
                    partial.unlink()
                _log.warning("a result was not kept: %s", error)

    def drop(self, tag: str, key: str) -> None:
        """Forget one entry."""
        self._path(tag, key).unlink(missing_ok=True)

    def erase(self, tag: str) -> None:
        """Forget everything kept under ``tag``."""
        with self._lock:
            shutil.rmtree(self._tag_folder(tag), ignore_errors=True)

    def size(self) -> int:
        """Bytes on disk, over all tags."""
        return sum(entry[1] for entry in self._entries())

    def _make_room(self, wanted: int, *, but: Path) -> None:
        entries = sorted(entry for entry in self._entries() if entry[2] != but)
        excess = sum(size for _, size, _ in entries) + wanted - self._limit
        for _, size, path in entries:
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= size

    def _entries(self) -> list[tuple[int, int, Path]]:
        """(time of last use, bytes, path) of each file, those left half written by a killed process included."""
        found = []
        for path in self._folder.glob("*/*"):
            try:
                facts = path.stat()
            except FileNotFoundError:  # another process has just removed it
                continue
            found.append((facts.st_mtime_ns, facts.st_size, path))
        return found

    def _path(self, tag: str, key: str) -> Path:
        return self._tag_folder(tag) / (key + _SUFFIX)

    def _tag_folder(self, tag: str) -> Path:
        return self._folder / (hashlib.sha256(tag.encode()).hexdigest()[:32] if tag else "shared")
