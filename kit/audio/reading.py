"""The one door for sounds from people: whatever decodes becomes one plain WAV; the rest is refused in one sentence.

A light compute worker runs :func:`read_sound`. Nothing is held whole in memory, and nothing half-written stays.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from kit.audio import RATE, refusals
from kit.audio.decoding import Decoding, SoundFacts
from kit.errors import BadAudio
from kit.images.intake import shown_name

MAX_BYTES = 600 * 2**20
"""An hour of stereo WAV at CD quality; longer sounds are brought as MP3 or M4A."""
_WAV_HEADER = 44


def read_sound(source: str | Path, name: str, into: str | Path) -> SoundFacts:
    """Decode the file ``source`` into a WAV at ``into``: :data:`kit.audio.RATE`, 16 bit, mono or stereo.

    ``name`` is what the person called it, used in messages only. ``into`` appears complete or not at all; its folder is
    made if needed. Reports its progress, and stops when nobody waits any more.

    Raises :class:`~kit.errors.BadAudio` with one sentence that says what to do, :class:`~kit.errors.SetupError` if the
    disk is full, :class:`~kit.errors.Cancelled`; never anything else.
    """
    name = shown_name(name)
    with _opened(Path(source), name) as file:
        decoding = Decoding(file, name)
        _write(decoding.blocks(), Path(into), name)
        return decoding.facts


def open_wav(path: str | Path) -> np.ndarray:
    """The samples of a WAV that :func:`read_sound` wrote: int16, (frames, channels), mapped from disk, read-only.

    Raises :class:`~kit.errors.BadAudio` for any other file.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(_WAV_HEADER)
            size = os.fstat(file.fileno()).st_size - _WAV_HEADER
        for channels in (1, 2):
            frames = size // (2 * channels)
            if frames > 0 and head == _wav_header(frames, channels):
                return np.memmap(path, dtype="<i2", mode="r", offset=_WAV_HEADER, shape=(frames, channels))
    except OSError as error:
        raise refusals.unreadable(path.name, error) from error
    raise BadAudio("“{name}” was not written by the kit, or was changed since. Import the sound again.", name=path.name)


@contextmanager
def _opened(source: Path, name: str) -> Iterator[BinaryIO]:
    """The file, if it is one and not too heavy. A pipe or a device would block, or never end."""
    try:
        if source.exists() and not source.is_file():
            raise BadAudio("“{name}” is no file. Choose a sound: MP3, M4A or WAV, for instance.", name=name)
        size = source.stat().st_size
        if size == 0:
            raise refusals.empty(name)
        if size > MAX_BYTES:
            raise refusals.too_heavy(name, size, MAX_BYTES)
        with source.open("rb") as file:
            yield file
    except OSError as error:
        raise refusals.unreadable(name, error) from error


def _write(blocks: Iterator[np.ndarray], into: Path, name: str) -> None:
    """Write the samples as a WAV at ``into``, which appears complete or not at all."""
    frames = channels = 0
    temporary: Path | None = None
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(prefix=f".{into.name}.", suffix=".part", dir=into.parent)
        temporary = Path(made)
        with os.fdopen(handle, "wb", buffering=2**20) as out:
            out.write(bytes(_WAV_HEADER))
            for block in blocks:
                frames, channels = frames + len(block), block.shape[1]
                out.write(block.astype("<i2", copy=False).tobytes())
            out.seek(0)
            out.write(_wav_header(frames, channels))
            out.flush()
            os.fsync(out.fileno())  # a take is said to be saved once it is here
        temporary.chmod(0o644)  # mkstemp opens it for the owner only
        os.replace(temporary, into)
        temporary = None
    except OSError as error:
        raise refusals.unwritable(name, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _wav_header(frames: int, channels: int) -> bytes:
    """The 44 bytes before the samples."""
    size, block = frames * channels * 2, channels * 2
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", _WAV_HEADER - 8 + size, b"WAVE"),
        *(b"fmt ", 16, 1, channels, RATE, RATE * block, block, 16),
        *(b"data", size),
    )
