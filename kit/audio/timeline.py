"""Samples in a file of their own, worked on part by part: memory does not grow with their length."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from threading import Event
from typing import TypeAlias, TypeVar, cast

import numpy as np

from kit.audio import RATE
from kit.compute.progress import listening
from kit.errors import Cancelled, SetupError

BLOCK = 2 * RATE
"""Frames handled at once where one thread does the work."""
FULL_SCALE = 32_768
"""Of 16-bit samples: what is 1 in floating point."""
LAYOUT = {1: "mono", 2: "stereo"}
"""What FFmpeg calls so many channels."""
MOST_THREADS = 4
"""Each holds a few seconds of sound, and others use the machine too."""
PATIENCE = 0.2
"""Seconds between two reports while threads are at work."""

Span: TypeAlias = tuple[int, int]
"""A passage: its first frame, and the one after its last."""
Tell: TypeAlias = Callable[[float], None]
"""Is told how far the work has got, 0 to 1; may raise to stop it."""
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file of samples and nothing else, frame after frame, as this machine writes numbers."""

    path: Path
    frames: int
    channels: int
    kind: str
    """NumPy's name of a sample: ``float32``, whose full scale is 1 and which never saturates, or ``int16``."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / RATE

    def read(self, start: int, stop: int) -> np.ndarray:
        """The frames from ``start`` to ``stop`` that there are, (frames, channels)."""
        start, stop = (min(max(at, 0), self.frames) for at in (start, stop))
        # Not mapped into memory: what has been read of a mapped file stays, and the system counts it as ours.
        width = self.channels * np.dtype(self.kind).itemsize
        flat = np.fromfile(self.path, self.kind, (stop - start) * self.channels, offset=start * width)
        return flat.reshape(-1, self.channels)

    def blocks(self, tell: Tell = lambda _: None) -> Iterator[np.ndarray]:
        """All of it, :data:`BLOCK` frames at a time."""
        for start, stop in spans(self.frames, BLOCK):
            yield self.read(start, stop)
            tell(stop / self.frames)


class Writer:
    """Writes samples anywhere in a file. What the disk refuses is a :class:`~kit.errors.SetupError`."""

    def __init__(self, path: Path, channels: int, kind: str) -> None:
        with disk():
            self._file = path.open("w+b")
        self._width = channels * np.dtype(kind).itemsize
        self._kind = kind

    def write(self, at: int, samples: np.ndarray) -> None:
        """Put ``samples`` where frame ``at`` is, over what is there."""
        with disk():
            self._file.seek(at * self._width)
            self._file.write(np.ascontiguousarray(samples, self._kind).data)

    def add(self, at: int, samples: np.ndarray, keep: np.ndarray | float = 1.0) -> None:
        """Add ``samples`` to what is at frame ``at``, and must be there, times ``keep``."""
        with disk():
            self._file.seek(at * self._width)
            there = np.frombuffer(self._file.read(len(samples) * self._width), self._kind)
        self.write(at, keep * there.reshape(samples.shape) + samples)

    def close(self) -> None:
        """Everything is in the file when this returns."""
        with disk():
            self._file.close()


@contextmanager
def writing(path: Path, channels: int, kind: str) -> Iterator[Writer]:
    """A :class:`Writer` to a new file; if anything at all goes wrong meanwhile, nothing is left of it."""
    with whole(path):
        writer = Writer(path, channels, kind)
        try:
            yield writer
        except BaseException:
            with _unheard():
                writer.close()
            raise
        writer.close()


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """``path`` is written meanwhile: if anything goes wrong, half of it does not stay."""
    try:
        yield
    except BaseException:
        with _unheard():
            path.unlink(missing_ok=True)
        raise


@contextmanager
def disk() -> Iterator[None]:
    """What the disk refuses, in a sentence: :class:`~kit.errors.SetupError`."""
    try:
        yield
    except OSError as error:
        raise SetupError(
            "The sound of the episode could not be written ({reason}). Free some disk space, then try again: "
            "the recordings are as they were.",
            reason=error.strerror or str(error),
        ) from error


@contextmanager
def _unheard() -> Iterator[None]:
    """The first fault is the one to tell: a disk that refuses to clear up after it adds nothing."""
    try:
        yield
    except (OSError, SetupError):
        return


def within(tell: Tell, begin: float, end: float) -> Tell:
    """Tells ``tell`` of a share of the work, which takes it from ``begin`` to ``end``."""
    return lambda share: tell(begin + share * (end - begin))


def spans(frames: int, length: int) -> list[Span]:
    """``frames`` cut into passages of ``length``; the last one may be shorter."""
    return [*pairwise([*range(0, frames, length), frames])]


def in_order(work: Callable[[int, int], Result], passages: Sequence[Span], tell: Tell) -> Generator[Result, None, None]:
    """What ``work`` makes of each passage, in order, in as many threads as there are cores, up to :data:`MOST_THREADS`.

    FFmpeg lets go of the interpreter while it works, so its threads run side by side. Few results wait at a time, and
    ``tell`` is called by this thread, at least every :data:`PATIENCE` seconds.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = min(cores, MOST_THREADS)
    waiting: deque[Future[Result]] = deque()
    left = iter(passages)
    with ThreadPoolExecutor(threads) as pool:
        try:
            for done in range(len(passages)):
                for passage in islice(left, threads + 1 - len(waiting)):
                    waiting.append(pool.submit(work, *passage))
                yield _patiently(waiting.popleft(), partial(tell, done / len(passages)))
                tell((done + 1) / len(passages))
        finally:
            pool.shutdown(cancel_futures=True)


def ahead(items: Iterable[Result], alive: Callable[[], None]) -> Generator[Result, None, None]:
    """``items``, each made by another thread while the one before is used.

    ``alive`` is called by this thread while it waits, at least every :data:`PATIENCE` seconds. If it raises, what is
    being made stops at its next report.
    """
    making, end, given_up = iter(items), object(), Event()

    def stop_if_given_up(*_: object) -> None:
        if given_up.is_set():
            raise Cancelled("Stopped: nobody was waiting for this any more.")

    def make() -> Result | object:
        with listening(stop_if_given_up):
            return next(making, end)

    with ThreadPoolExecutor(1) as pool:
        try:
            coming = pool.submit(make)
            while (item := _patiently(coming, alive)) is not end:
                coming = pool.submit(make)
                yield cast(Result, item)
        finally:
            given_up.set()


def _patiently(coming: Future[Result], alive: Callable[[], None]) -> Result:
    """What is ``coming``; meanwhile ``alive`` is called now and then."""
    while not wait([coming], timeout=PATIENCE).done:
        alive()
    return coming.result()
