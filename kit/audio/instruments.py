"""What a note sounds like: strings, bars, electric piano, pad, bass and light percussion, made of nothing but numpy.

Each takes a frequency in Hz, a length in seconds and a source of chance, and gives one mono note, (frames,), of a peak
near 1, that begins and ends in silence. After the methods of

- Karplus and Strong, "Digital Synthesis of Plucked-String and Drum Timbres", Computer Music Journal 7(2), 1983; tuned
  and picked as in Jaffe and Smith, "Extensions of the Karplus-Strong Plucked-String Algorithm", the same issue;
- Chowning, "The Synthesis of Complex Audio Spectra by Means of Frequency Modulation", JAES 21(7), 1973;
- Fletcher and Rossing, "The Physics of Musical Instruments", Springer 1998, chapter 19: the modes of tuned bars;
- Roads, "The Computer Music Tutorial", MIT Press 1996: additive synthesis, wavetables, envelopes, percussion by noise.
"""

from __future__ import annotations

from enum import Enum, auto

import numpy as np

from kit.audio import RATE

HARSH = 7_000.0
"""Hz. No partial is made above."""


class Voice(Enum):
    """An instrument."""

    PLUCK = auto()
    """A nylon string left ringing."""
    PIZZICATO = auto()
    """A string that is stopped at once."""
    MALLET = auto()
    """A bar of wood, struck."""
    KEYS = auto()
    """An electric piano."""
    PAD = auto()
    """Many soft voices that swell."""
    BASS = auto()
    KICK = auto()
    TOM = auto()
    SNAP = auto()
    SHAKER = auto()
    BLOCK = auto()


def note(voice: Voice, frequency: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """One note of ``voice``, (frames,), about ``seconds`` long; percussion has a pitch and a length of its own."""
    match voice:
        case Voice.PLUCK:
            return _ended(_string(frequency, seconds + 0.15, rng, ring=2.4), 0.12)
        case Voice.PIZZICATO:
            return _ended(_string(frequency, min(seconds, 0.35) + 0.1, rng, ring=0.55), 0.08)
        case Voice.MALLET:
            return _struck(frequency, max(seconds, 0.3), ((1, 1, 0.30), (4, 0.30, 0.09), (9.2, 0.06, 0.025)))
        case Voice.KEYS:
            return _keys(frequency, seconds)
        case Voice.PAD:
            return _pad(frequency, seconds, rng)
        case Voice.BASS:
            return _bass(frequency, seconds)
        case Voice.KICK:
            return _drum(48, 70, 0.26)
        case Voice.TOM:
            return _drum(72, 30, 0.7)
        case Voice.SNAP:
            return _noise(rng, 0.14, 1_100, 2_600, attack=0.002)
        case Voice.SHAKER:
            return _noise(rng, 0.09, 3_200, 6_200, attack=0.018)
        case Voice.BLOCK:
            return _struck(760 + 60 * rng.random(), 0.12, ((1, 1, 0.028), (1.52, 0.5, 0.018)))


def _time(seconds: float) -> np.ndarray:
    return np.arange(max(2, round(seconds * RATE))) / RATE


def _ended(sound: np.ndarray, fall: float, rise: float = 0.002) -> np.ndarray:
    """Risen out of silence and fallen into it, along half a cosine, in so many seconds."""
    for seconds, part in ((rise, slice(None)), (fall, slice(None, None, -1))):
        frames = min(len(sound), max(2, round(seconds * RATE)))
        sound[part][:frames] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / frames)
    return sound


def _string(frequency: float, seconds: float, rng: np.random.Generator, *, ring: float) -> np.ndarray:
    """A plucked string that takes ``ring`` seconds to lose 60 dB.

    y[n] = g · Σ h[k] · y[n − N − k]: a burst of noise goes round a delay of one period, through a filter that tunes and
    damps it.
    """
    # 1. The delay: N whole frames, then one of the smoothing and a fraction of the interpolation.
    period = RATE / frequency
    whole = int(period - 1)
    part = period - 1 - whole
    # 2. The filter: [d/2, 1−d, d/2] smooths, [1−part, part] tunes and smooths by part(1−part). d makes up for it, so
    #    that each note is damped alike; low strings more, for as many periods make more seconds of them.
    damping = np.clip(0.30 * np.sqrt(330 / frequency), 0.26, 0.6) - part * (1 - part)
    taps = np.convolve([damping / 2, 1 - damping, damping / 2], [1 - part, part]) * 10 ** (-3 / (frequency * ring))
    # 3. The burst: noise as soft as a fingertip, without what cancels at the place where it plucks, 1/6 of the string.
    length = whole + len(taps) - 1
    burst = np.convolve(rng.uniform(-1, 1, 2 * length), np.hanning(11), "same")[:length]
    burst -= np.roll(burst, max(1, length // 6))
    burst -= burst.mean()
    # 4. Round and round: a period at a time, since nothing in one depends on itself.
    sound = np.empty(max(length, round(seconds * RATE)) + whole)
    sound[:length] = burst
    for at in range(length, len(sound), whole):
        heard = np.convolve(sound[at - length : at], taps, "valid")
        sound[at : at + whole] = heard[: len(sound) - at]
    sound = sound[: round(seconds * RATE)]
    return sound / np.abs(sound).max()


def _struck(frequency: float, seconds: float, modes: tuple[tuple[float, float, float], ...]) -> np.ndarray:
    """Modes that die away each by itself: ratio to ``frequency``, amplitude, time constant in seconds at 440 Hz."""
    time = _time(seconds)
    sound = np.zeros_like(time)
    for ratio, amplitude, constant in modes:
        if ratio * frequency < HARSH:
            fade = constant * min(2.0, np.sqrt(440 / frequency))
            sound += amplitude * np.exp(-time / fade) * np.sin(2 * np.pi * ratio * frequency * time)
    return _ended(sound, 0.05)


def _keys(frequency: float, seconds: float) -> np.ndarray:
    """Two oscillators: one bends the other, less and less; and a short, high one where the hammer strikes."""
    time = _time(seconds + 0.25)
    phase = 2 * np.pi * frequency * time
    bend = (1.5 * np.exp(-time / 0.4) + 0.25) * min(1.0, 500 / frequency)
    sound = np.exp(-time / (1.3 * np.sqrt(220 / frequency))) * np.sin(phase + bend * np.sin(phase))
    hammer = slice(0, round(0.4 * RATE))
    sound[hammer] += 0.12 * np.exp(-time[hammer] / 0.06) * np.sin(min(14, 4_500 // frequency) * phase[hammer])
    return _ended(sound, 0.22, 0.004)


def _pad(frequency: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Two wavetables a few cents apart, which open up and close again."""
    harmonics = np.arange(1, max(2, min(32, int(HARSH / frequency)) + 1))
    cycle = 2 * np.pi * np.outer(np.arange(4_096) / 4_096, harmonics)
    soft = np.exp(-harmonics * frequency / 2_000)
    dark, open_ = ((np.sin(cycle) @ (soft * harmonics ** -float(slope))).astype(np.float32) for slope in (2.2, 1.2))
    frames = np.arange(max(2, round(seconds * RATE)), dtype=np.uint32)
    opened = (0.6 * np.sin(np.pi * np.arange(len(frames)) / len(frames)) ** 2).astype(np.float32)
    sound = np.zeros(len(frames), np.float32)
    for cents in (-5, 5):
        # A whole turn is 2³², where unsigned numbers start again; its highest 12 bits are a place in the table.
        turn = np.uint32(frequency * 2 ** (cents / 1_200) / RATE * 2**32)
        at = (frames * turn + rng.integers(2**32, dtype=np.uint32)) >> np.uint32(20)
        sound += dark[at] + opened * (open_ - dark)[at]
    edge = min(0.7, seconds / 3)
    return _ended(sound / 2, edge, edge)


def _bass(frequency: float, seconds: float) -> np.ndarray:
    """A low string under a finger: five harmonics, the higher the shorter."""
    time = _time(seconds + 0.06)
    sound = sum(np.exp(-time * k / 1.1) * np.sin(2 * np.pi * k * frequency * time) / k**1.6 for k in range(1, 6))
    return _ended(np.asarray(sound) / 1.4, 0.06, 0.008)


def _drum(frequency: float, fall: float, seconds: float) -> np.ndarray:
    """A skin: a tone that starts ``fall`` Hz higher and sinks to ``frequency``."""
    time = _time(seconds)
    turns = frequency * time - fall * 0.035 * np.expm1(-time / 0.035)
    return _ended(np.exp(-time / (seconds / 4)) * np.sin(2 * np.pi * turns), 0.03, 0.003)


def _noise(rng: np.random.Generator, seconds: float, low: float, high: float, *, attack: float) -> np.ndarray:
    """A breath of noise between two frequencies."""
    time = _time(seconds)
    hertz = np.fft.rfftfreq(len(time), 1 / RATE)
    band = 1 / np.sqrt(1 + (hertz / high) ** 8) * hertz**2 / np.hypot(hertz, low) ** 2
    sound = np.fft.irfft(np.fft.rfft(rng.standard_normal(len(time))) * band, len(time)) * np.exp(-time / (seconds / 4))
    return _ended(sound / np.abs(sound).max(), seconds / 3, attack)
