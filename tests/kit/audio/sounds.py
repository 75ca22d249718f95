"""Sounds for tests: short, made here, the same at every run. Samples are int16, (frames, channels), at ``RATE``.

Levels are dBFS: of the peak for :func:`tone`, of the root mean square for everything else.
"""

from __future__ import annotations

import tempfile
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from scipy.signal import butter, sosfilt

from kit.audio import RATE


def pcm(signal: np.ndarray) -> np.ndarray:
    """A signal in −1…1, (frames,) or (frames, channels), as 16-bit samples; what goes beyond is clipped."""
    signal = signal[:, None] if signal.ndim == 1 else signal
    return np.clip(np.round(signal * 32768), -32768, 32767).astype(np.int16)


def tone(
    seconds: float = 1.0,
    hz: float = 440.0,
    level: float = -12.0,
    *,
    channels: int = 1,
    rate: int = RATE,
    phase: float = 0.0,
) -> np.ndarray:
    """A sine whose peak is at ``level``, the same in each channel. ``phase`` in degrees."""
    time = np.arange(round(seconds * rate)) / rate
    wave_ = 10 ** (level / 20) * np.sin(2 * np.pi * hz * time + np.radians(phase))
    return pcm(np.repeat(wave_[:, None], channels, axis=1))


def noise(
    seconds: float = 1.0, level: float = -30.0, *, channels: int = 1, rate: int = RATE, seed: int = 0
) -> np.ndarray:
    """White noise, independent in each channel."""
    drawn = np.random.default_rng(seed).standard_normal((round(seconds * rate), channels))
    return pcm(10 ** (level / 20) * drawn)


def silence(seconds: float = 1.0, *, channels: int = 1, rate: int = RATE) -> np.ndarray:
    """Nothing at all."""
    return np.zeros((round(seconds * rate), channels), np.int16)


def speech(
    seconds: float = 6.0,
    level: float = -22.0,
    *,
    pause: float = 0.6,
    channels: int = 1,
    rate: int = RATE,
    seed: int = 0,
) -> np.ndarray:
    """Not a voice, but measured like one: sentences of 1.4 s of syllables, 4 a second, ``pause`` seconds between them.

    A buzz of 120 Hz with a voice's slope. ``level`` is that of the sentences; the pauses are digitally silent.
    """
    time = np.arange(round(seconds * rate)) / rate
    rng = np.random.default_rng(seed)
    pitch = 120 * (1 + 0.08 * np.sin(2 * np.pi * 0.7 * time))
    buzz = 2 * np.modf(np.cumsum(pitch) / rate)[0] - 1 + 0.05 * rng.standard_normal(len(time))
    voice = sosfilt(butter(2, [150, 3000], "bandpass", fs=rate, output="sos"), buzz)
    spoken = time % (1.4 + pause) < 1.4
    voice *= np.where(spoken, 0.55 - 0.45 * np.cos(2 * np.pi * 4 * (time % (1.4 + pause))), 0.0)
    voice *= 10 ** (level / 20) / np.sqrt(np.mean(voice[spoken] ** 2))
    return pcm(np.repeat(voice[:, None], channels, axis=1))


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """``samples`` as a 16-bit WAV at ``path``, which is returned."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
    return path


def encoded(samples: np.ndarray, container: str, codec: str, *, rate: int = RATE, **options: str) -> bytes:
    """``samples`` as a file of FFmpeg's ``container`` and ``codec`` (``"mp3", "libmp3lame"``), at ``rate``."""
    with tempfile.TemporaryDirectory() as folder:  # a file: some containers are read again while they are written
        path = Path(folder, "sound")
        _encode(path, samples, container, codec, rate, options)
        return path.read_bytes()


def _encode(path: Path, samples: np.ndarray, container: str, codec: str, rate: int, options: dict[str, str]) -> None:
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[1]]
    with av.open(str(path), "w", format=container, container_options=options) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        for start in range(0, len(samples), rate // 10):
            frame = av.AudioFrame.from_ndarray(
                samples[start : start + rate // 10].reshape(1, -1), format="s16", layout=layout
            )
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            file.mux(stream.encode(frame))
        # The last packet of some encoders is empty: a remark for the header, which only FLAC's own container takes.
        file.mux([packet for packet in stream.encode(None) if packet.size or container == "flac"])
