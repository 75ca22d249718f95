"""A file that is read by code in C, where Python's exceptions do not pass."""

from __future__ import annotations

import os
import time
from typing import BinaryIO

from kit.audio import refusals
from kit.compute.progress import report
from kit.errors import KitError

MAX_SECONDS = 300.0
"""Of reading. Two hours of M4A take about one minute of a slow core: a caller's limits must leave that time."""


class Watched:
    """The open file, as FFmpeg reads it. Whoever wants to stop is heard here too, where a demuxer may go in circles.

    Nothing is raised through FFmpeg: once stopped, the file seems to end, and :meth:`go_on` raises afterwards.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self.size = os.fstat(file.fileno()).st_size
        self._until = time.monotonic() + MAX_SECONDS
        self._stop: KitError | None = None
        self.decoding = False
        """From then on the place in the file tells how far it has got; before, headers are looked for all over it."""

    def read(self, count: int) -> bytes:
        """What FFmpeg asks for; nothing once stopped."""
        try:
            self.go_on()
            return self._file.read(count)
        except OSError as error:
            self._stop = refusals.unreadable(self._name, error)
        except KitError as stop:  # raised by go_on, when FFmpeg has returned
            self._stop = stop
        return b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """The new place, or -1."""
        try:
            return self._file.seek(offset, whence) if self._stop is None else -1
        except (OSError, ValueError, OverflowError):  # a place that only a damaged file asks for
            return -1

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def go_on(self) -> None:
        """Report progress. Raises what ended the reading, if anything did."""
        if self._stop is not None:
            raise self._stop
        if time.monotonic() > self._until:
            raise refusals.too_slow(self._name, MAX_SECONDS)
        report(self._file.tell() / self.size if self.decoding else 0.0, "Reading the sound")
