"""Writing that survives: a file appears whole or not at all, and is on the disk before the call returns."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kit.classroom.store import FullDisk
from kit.errors import SetupError

INCOMING = ".incoming-"
"""How the name of a file or folder begins that is not whole yet."""
_ERROR_DISK_FULL = 112
"""Windows' own number for it."""


def write(path: Path, data: bytes) -> None:
    """Write ``path``, or leave it as it was. Raises :class:`OSError`."""

    def fill(out: BinaryIO) -> Path:
        out.write(data)
        return path

    place(path.parent, fill)


def place(folder: Path, fill: Callable[[BinaryIO], Path]) -> Path:
    """A file in ``folder`` with what ``fill`` writes, called what it returns; that path. Raises :class:`OSError`.

    A file of that name is replaced.
    """
    handle, temporary = tempfile.mkstemp(prefix=INCOMING, dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            path = fill(out)
            out.flush()
            os.fsync(out.fileno())
        _replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync(folder)
    return path


def sync(folder: Path) -> None:
    """See to it that the names in ``folder`` are on the disk, not only the content of its files."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(path: Path, before: float) -> None:
    """Erase a file or folder last changed ``before`` (seconds since the epoch), if that can be done."""
    with suppress(OSError):
        if path.lstat().st_mtime >= before:
            return
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


@contextmanager
def told() -> Iterator[None]:
    """Turn what the disk refuses into a sentence: :class:`FullDisk` or :class:`SetupError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "winerror", None) == _ERROR_DISK_FULL:
            raise FullDisk(
                "The disk is full: nothing was changed. Free some space, then try again. What was saved before is still"
                " there."
            ) from error
        raise SetupError(
            "The project could not be written ({reason}). Check the folder named by “contrechamp doctor”, then try"
            " again. What was saved before is still there.",
            reason=error.strerror or str(error),
        ) from error


def _replace(temporary: str, path: Path) -> None:
    deadline = time.monotonic() + 1.0
    while True:
        try:
            os.replace(temporary, path)
            return
        except PermissionError:
            # Windows replaces no file while somebody reads it, which takes them milliseconds.
            if os.name != "nt" or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
