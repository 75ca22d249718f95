"""Samples as pydub's segments, and back. The one place that imports pydub, which warns of what the kit never uses."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from kit.audio import RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydub import AudioSegment


def segment(samples: np.ndarray, rate: int = RATE) -> AudioSegment:
    """Samples, int16 or int32, (frames, channels), as a pydub segment of ``rate`` frames a second. A copy."""
    kind, _ = _pydub()
    return kind(samples.tobytes(), sample_width=samples.itemsize, frame_rate=rate, channels=samples.shape[1])


def samples(segment: AudioSegment) -> np.ndarray:
    """A segment of 16-bit samples as an array, int16, (frames, channels), read-only, that shares its bytes."""
    return np.frombuffer(segment.raw_data, np.int16).reshape(-1, segment.channels)


def frames(milliseconds: int) -> int:
    """How many frames pydub takes for so many milliseconds: a segment of as many loses none to its rounding."""
    return milliseconds * RATE // 1000


def silences(segment: AudioSegment, at_least: int, level: float, step: int) -> list[list[int]]:
    """Where ``segment`` is silent: the [start, end] in ms of what stays at or below ``level`` dBFS for ``at_least`` ms.

    Looked for every ``step`` ms, by :func:`pydub.silence.detect_silence`.
    """
    _, detect_silence = _pydub()
    return detect_silence(segment, min_silence_len=at_least, silence_thresh=level, seek_step=step)


@cache
def _pydub() -> tuple[type[AudioSegment], Callable[..., list[list[int]]]]:
    with warnings.catch_warnings():
        # The kit decodes and encodes by PyAV; audioop-lts takes over from Python 3.13; its regular expressions are old.
        warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
        warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", ".*invalid escape sequence")
        from pydub import AudioSegment
        from pydub.silence import detect_silence
    return AudioSegment, detect_silence
