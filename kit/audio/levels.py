"""Whether a take can be used: how loud it is, what is heard behind the voice, what was too loud for the microphone.

The thresholds are for voices. Music has no pauses, so that what is said of its noise means nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kit.audio import RATE, loudness
from kit.compute.progress import report


class Verdict(StrEnum):
    """What there is to say of a take."""

    GOOD = "good"
    TOO_QUIET = "too_quiet"
    CLIPPED = "clipped"
    NOISY = "noisy"
    SILENT = "silent"
    TOO_SHORT = "too_short"


SHORTEST = 0.5
"""Seconds. Loudness is defined from 0.4 s on; less is a key pressed by mistake."""
SILENT = -60.0
"""dBFS of the voice. Microphones of phones and laptops hiss at −75 to −60 in a quiet room: nobody spoke."""
QUIET = -32.0
"""LUFS of one channel. A mix brings a voice to −19; from further down, the hiss that rises with it is heard."""
NOISY = 20.0
"""dB between the voice and what is behind it. At 20 a fan is heard in the pauses; a calm room gives 28 or more."""
CLIPPED = 0.005
"""Share of the windows in which something is clipped: less than three seconds in ten minutes is a few consonants."""

_WINDOW = RATE // 10
_AT_ONCE = 100 * _WINDOW
_RUN = 3
"""Samples at full scale that follow each other: the top of a wave was cut off. One or two are a peak that fits."""
_RUMBLE = 80.0
"""Hz. Below voices: steps, a table that is touched, wind on the microphone. Small loudspeakers do not render it."""
_FLOOR = -100.0
"""dBFS, said of digital silence."""


@dataclass(frozen=True, kw_only=True)
class Levels:
    """What was measured in a take, and what follows from it."""

    seconds: float
    peak: float
    """dBFS of the largest sample; −100 for digital silence, as below."""
    loudness: float | None
    """Integrated, LUFS; None if there is nothing loud or long enough to measure."""
    voice: float
    """dBFS, root mean square of the windows of 100 ms in which somebody speaks."""
    noise: float
    """dBFS, root mean square of the quietest tenth of the windows."""
    clipped: float
    """Share of the windows in which something is clipped, 0–1; a single one does not count."""
    verdicts: tuple[Verdict, ...]
    """At least one, the gravest first; ``(GOOD,)`` if nothing is wrong."""


def measure(samples: np.ndarray) -> Levels:
    """Measure a take: int16, (frames, channels), 1 or 2 channels. Streams: hours mapped from disk are welcome.

    Reports its progress.
    """
    windows = _Windows(samples.shape[1])
    loud = loudness.integrated(_seen(samples, windows), samples.shape[1])
    power, cut = windows.between_silences()
    voice = noise = _FLOOR
    if len(power):
        # The gate of BS.1770: what is 10 dB softer than the mean is no voice.
        voice = _decibels(power[power >= power.mean() / 10].mean())
        noise = _decibels(np.sort(power)[: max(1, len(power) // 10)].mean())
    clipped = float(cut.mean()) if cut.sum() > 1 else 0.0

    verdicts: tuple[Verdict, ...]
    if len(samples) < SHORTEST * RATE:
        verdicts = (Verdict.TOO_SHORT,)
    elif loud is None or voice < SILENT:
        verdicts = (Verdict.SILENT,)
    else:
        found = {
            Verdict.CLIPPED: clipped >= CLIPPED,
            Verdict.TOO_QUIET: loud - 10 * math.log10(samples.shape[1]) < QUIET,
            Verdict.NOISY: voice - noise < NOISY,
        }
        verdicts = tuple(verdict for verdict, so in found.items() if so) or (Verdict.GOOD,)
    return Levels(
        seconds=len(samples) / RATE,
        peak=_decibels((windows.peak / 32768) ** 2),
        loudness=loud,
        voice=voice,
        noise=noise,
        clipped=clipped,
        verdicts=verdicts,
    )


def waveform(samples: np.ndarray, columns: int) -> np.ndarray:
    """The outline of int16 ``samples``, (frames, channels): float32, (``columns``, 2), least and greatest in −1…1.

    Each column spans an equal part of the sound, all channels together. Reads ``samples`` once, a column at a time.
    """
    outline = np.zeros((columns, 2), np.float32)
    for column in range(columns if len(samples) else 0):
        start = column * len(samples) // columns
        end = max(start + 1, (column + 1) * len(samples) // columns)
        outline[column] = samples[start:end].min(), samples[start:end].max()
        report(column / columns)
    return outline / 32768


def _seen(samples: np.ndarray, windows: _Windows) -> Iterator[np.ndarray]:
    """``samples`` in blocks, each noticed by ``windows`` on its way."""
    for start in range(0, len(samples), _AT_ONCE):
        report(start / len(samples), "Measuring the sound")
        block = samples[start : start + _AT_ONCE]
        windows.add(block)
        yield block


class _Windows:
    """What each window of 100 ms holds."""

    def __init__(self, channels: int) -> None:
        from scipy.signal import butter

        self._high_pass = butter(2, _RUMBLE, "highpass", fs=RATE, output="sos").astype(np.float32)
        self._state = np.zeros((len(self._high_pass), 2, channels), np.float32)
        self._power: list[np.ndarray] = []
        self._cut: list[np.ndarray] = []
        self._alive: list[np.ndarray] = []
        self.peak = 0
        """The largest sample, 0–32768."""

    def add(self, block: np.ndarray) -> None:
        """Notice ``block``: whole windows, unless it is the last. What is left then is no window."""
        from scipy.signal import sosfilt

        self.peak = max(self.peak, int(block.max()), -int(block.min()))
        heard, self._state = sosfilt(
            self._high_pass, block.astype(np.float32) / np.float32(32768), axis=0, zi=self._state
        )
        count, channels = len(block) // _WINDOW, block.shape[1]
        whole, shape = count * _WINDOW, (count, _WINDOW * channels)
        self._power.append(np.mean(np.square(heard[:whole]).reshape(shape), axis=1))
        self._cut.append(np.any(_runs(block)[:whole].reshape(count, _WINDOW), axis=1))
        self._alive.append(np.any((np.abs(block[:whole].astype(np.int32)) > 1).reshape(shape), axis=1))

    def between_silences(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean square of each window, and whether something is clipped in it. Digital silence before and after is left
        out: a recorder that starts late would else pass for a calm room."""
        alive = np.flatnonzero(np.concatenate(self._alive)) if self._alive else np.zeros(0, int)
        if not len(alive):
            return np.zeros(0), np.zeros(0, bool)
        inside = slice(alive[0], alive[-1] + 1)
        return np.concatenate(self._power)[inside], np.concatenate(self._cut)[inside]


def _runs(block: np.ndarray) -> np.ndarray:
    """Where a run of :data:`_RUN` samples at full scale begins, in any channel: bool, (frames,)."""
    full = (block >= 32767) | (block <= -32767)
    begins = np.zeros(len(block), bool)
    if full.any() and len(block) >= _RUN:
        follow = [full[i : len(full) - _RUN + 1 + i] for i in range(_RUN)]
        begins[: 1 - _RUN] = np.logical_and.reduce(follow).any(axis=1)
    return begins


def _decibels(power: float) -> float:
    return max(_FLOOR, 10 * math.log10(max(power, 1e-20)))
