"""Sounds of a project as any browser plays them, and few enough bytes for an interview of an hour."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from kit.podcast.episode import WORK

HEARD = f"{WORK}/heard"
"""Where these copies lie, in the project's folder."""


def listening_copy(folder: Path, samples: np.ndarray, key: str) -> Path:
    """An MP3 of ``samples`` (int16, (frames, channels)) in the project ``folder``, called after ``key``; made once.

    Raises :class:`kit.errors.SetupError` if the disk refuses.
    """
    from kit.audio.encoding import encode_mp3
    from kit.audio.timeline import Stored, disk, spans, writing

    copy = folder / HEARD / f"{key}.mp3"
    if copy.is_file():
        return copy
    with disk():
        copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=copy.parent) as scratch:
        raw, made = Path(scratch) / "samples", Path(scratch) / "copy.mp3"
        with writing(raw, samples.shape[1], "int16") as file:
            for start, stop in spans(len(samples), 2**20):
                file.write(start, samples[start:stop])
        encode_mp3(Stored(path=raw, frames=len(samples), channels=samples.shape[1], kind="int16"), made)
        with disk():
            made.replace(copy)
    return copy
