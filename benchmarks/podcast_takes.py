"""What podcast_render.py mixes: takes that cost a decoder and an encoder what speech and music do."""

from __future__ import annotations

import math
import wave
from pathlib import Path
from typing import Any

SECONDS = 20.0
"""Of a part; longer ones in episodes of hours, since an episode has at most 200."""
CROSSFADE = 0.2
EDGE = 0.4
"""Seconds cut off at each end of a take."""
VOLUME, DUCK = -14.0, 10.0
RECORDED = 48_000
PLAYED = 44_100


def spoken(part: int) -> bool:
    """Whether somebody speaks in it."""
    return part % 5 != 4


def take(folder: Path, part: int) -> Path:
    """Its file."""
    return folder / f"{'take' if spoken(part) else 'music'}-{part}.wav"


def make(folder: Path, parts: int) -> None:
    """Write the takes of so many parts that are not there yet, and the bed."""
    for part in range(parts):
        seconds = SECONDS + CROSSFADE + 2 * EDGE
        if take(folder, part).exists():
            continue
        if spoken(part):
            write(take(folder, part), 0.25 * (1 + part % 3) * speech(seconds, part)[:, None], RECORDED)
        else:
            write(take(folder, part), chord(seconds, 0.1), PLAYED)
    write(folder / "bed.wav", chord(60, 0.05), PLAYED)


def speech(seconds: float, seed: int) -> Any:
    """Like speech for an encoder: syllables and breaths, vowels and hisses, and a room; in −1…1."""
    import numpy as np
    from scipy.signal import lfilter

    rng = np.random.default_rng(seed)
    parts: list[Any] = []
    wanted, pitch = round(seconds * RECORDED), rng.uniform(100, 220)
    while sum(map(len, parts)) < wanted:
        count = int(RECORDED * rng.uniform(0.12, 0.28))
        glide = pitch * (1 + 0.15 * np.sin(np.linspace(rng.uniform(0, 6), rng.uniform(0, 6), count)))
        buzz = 2 * (np.cumsum(glide) / RECORDED % 1) - 1 + 0.05 * rng.standard_normal(count)
        vowel = np.zeros(count)
        for low, high, width in ((280, 800, 80), (900, 2200, 110), (2300, 3000, 160)):
            radius = math.exp(-math.pi * width / RECORDED)
            angle = 2 * math.pi * rng.uniform(low, high) / RECORDED
            vowel += lfilter([1 - radius], [1, -2 * radius * math.cos(angle), radius**2], buzz)
        parts.append(rng.uniform(0.5, 1) * vowel * np.sin(np.pi * np.arange(count) / count) ** 0.6)
        if rng.random() < 0.5:
            hiss = int(RECORDED * rng.uniform(0.04, 0.1))
            parts.append(0.1 * np.diff(rng.standard_normal(hiss + 1)) * np.hanning(hiss))
        if rng.random() < 0.12:
            parts.append(np.zeros(int(RECORDED * rng.uniform(0.25, 0.8))))
    said = np.concatenate(parts)[:wanted]
    return 0.9 * said / np.abs(said).max() + 1e-3 * rng.standard_normal(wanted)


def chord(seconds: float, level: float) -> Any:
    """Four notes that come and go, not quite the same on both sides."""
    import numpy as np

    at = np.arange(round(seconds * PLAYED)) / PLAYED
    sides = [
        sum(np.sin(2 * np.pi * note * detuned * at) for note in (220, 277.2, 329.6, 440)) for detuned in (1, 1.002)
    ]
    return level * np.stack(sides, axis=1) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.5 * at))[:, None]


def write(path: Path, signal: Any, rate: int) -> None:
    """A 16-bit WAV."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(signal.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((32767 * signal.clip(-1, 1)).astype("<i2").tobytes())
