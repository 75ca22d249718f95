"""From notes to sound: they are played in a room, and brought to the level of music that somebody will mix.

The room is noise that dies away: Moorer, "About This Reverberation Business", Computer Music Journal 3(2), 1979.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kit.audio import RATE
from kit.audio.instruments import Voice, note

CEILING = 10 ** (-3.5 / 20)
"""No sample goes beyond: −3.5 dBFS."""
GAINS = {
    Voice.PLUCK: 0.5,
    Voice.PIZZICATO: 0.5,
    Voice.MALLET: 0.45,
    Voice.KEYS: 0.36,
    Voice.PAD: 0.15,
    Voice.BASS: 0.4,
    Voice.KICK: 0.6,
    Voice.TOM: 0.7,
    Voice.SNAP: 0.22,
    Voice.SHAKER: 0.14,
    Voice.BLOCK: 0.2,
}
CHANGING = {Voice.PLUCK, Voice.PIZZICATO, Voice.PAD, Voice.SNAP, Voice.SHAKER, Voice.BLOCK}
"""Voices of which no two notes are quite the same."""


class Note(NamedTuple):
    """Something that somebody plays."""

    voice: Voice
    beat: float
    beats: float
    """How long, in beats."""
    pitch: int
    """MIDI: 69 is the A of 440 Hz; percussion has its own."""
    velocity: float
    """0–1."""
    place: float = 0.0
    """−1 left, 1 right."""


class Room(NamedTuple):
    """Where it is played."""

    seconds: float
    """How long it takes to lose 60 dB."""
    wet: float
    """How much of it is heard, against 1 of the instruments."""
    top: float
    """Hz: little is heard above."""


def played(
    notes: Sequence[Note], frames: int, beat: float, swing: float, room: Room, rng: np.random.Generator, *, loop: bool
) -> np.ndarray:
    """``notes`` at ``beat`` seconds a beat: (2, frames), float32.

    ``swing`` is where in a beat its second half falls; 0.5 is straight. What still rings at the end is heard at the
    beginning of a ``loop``, and else lost.
    """
    # 1. Each note at its time, give or take what hands do, somewhere between left and right at constant power.
    dry = np.zeros((2, frames if loop else fast(frames + round(room.seconds * RATE))), np.float32)
    alike: dict[tuple[Voice, int, float], np.ndarray] = {}
    for one in notes:
        whole, part = divmod(one.beat, 1)
        part = 2 * swing * part if part < 0.5 else swing + (2 * part - 1) * (1 - swing)
        at = round(((whole + part) * beat + (rng.normal(0, 0.004) if one.beat else 0)) * RATE) % frames
        which = one.voice, one.pitch, one.beats
        if which not in alike or one.voice in CHANGING:
            alike[which] = note(one.voice, 440 * 2 ** ((one.pitch - 69) / 12), one.beats * beat, rng).astype(np.float32)
        sound = alike[which] * np.float32(GAINS[one.voice] * one.velocity * rng.normal(1, 0.06))
        angle = (one.place + 1) * np.pi / 4
        for track, gain in zip(dry, (np.cos(angle), np.sin(angle)), strict=True):
            _add(track, at, np.float32(gain) * (sound if loop else sound[: frames - at]))
    # 2. The room.
    return _in_a_room(dry, room, rng)[:, :frames]


def fast(frames: int) -> int:
    """A number of frames, as many or a few more, whose spectrum is quickly computed."""
    from scipy.fft import next_fast_len

    return int(next_fast_len(frames, real=True))


def _add(track: np.ndarray, at: int, sound: np.ndarray) -> None:
    """Add ``sound`` to ``track`` from frame ``at`` on; what goes past its end comes round."""
    while len(sound):
        fits = min(len(sound), len(track) - at)
        track[at : at + fits] += sound[:fits]
        sound, at = sound[fits:], 0


def _in_a_room(sound: np.ndarray, room: Room, rng: np.random.Generator) -> np.ndarray:
    """``sound``, (2, frames), as heard in ``room``; what rings at the end is heard at the beginning."""
    from scipy.fft import irfft, rfft

    frames = sound.shape[1]
    # 1. Noise that dies away, other for each ear, after the 15 ms that the nearest wall takes; of energy wet².
    time = np.arange(min(frames, round(room.seconds * RATE)), dtype=np.float32) / RATE
    walls = rng.standard_normal((2, len(time)), dtype=np.float32) * 10 ** (-3 * time / room.seconds) * (time > 0.015)
    walls *= room.wet / np.sqrt(np.square(walls).sum(1, keepdims=True))
    # 2. Walls take the high, and give back little of the low. Nothing is heard below 35 Hz.
    hertz = np.fft.rfftfreq(frames, 1 / RATE).astype(np.float32)
    given_back = hertz / np.hypot(hertz, 220) / np.sqrt(1 + (hertz / 3_500) ** 4)
    heard = hertz**2 / (hertz**2 + 35**2) / np.sqrt(1 + (hertz / room.top) ** 6)
    # 3. All at once, in the spectrum.
    spectrum = rfft(sound) * (1 + rfft(walls, frames) * given_back) * heard
    return irfft(spectrum, frames)


def levelled(sound: np.ndarray, decibels: float) -> np.ndarray:
    """``sound``, (2, frames), at ``decibels`` dBFS where it is heard, its peaks bent, as int16, (frames, 2)."""
    power = np.array([np.square(part).mean() for part in np.array_split(sound, max(1, len(sound.T) // 4_410), axis=1)])
    gain = 10 ** (decibels / 20) / np.sqrt(power[power >= 0.1 * power.mean()].mean())
    return np.ascontiguousarray(np.round(32_767 * CEILING * np.tanh(sound.T * gain / CEILING)).astype(np.int16))


def fade(samples: np.ndarray, rise: float, fall: float) -> None:
    """Let ``samples`` rise out of silence and fall into it along half a cosine, in so many seconds, in place."""
    for seconds, part in ((rise, samples), (fall, samples[::-1])):
        frames = min(len(samples), max(2, round(seconds * RATE)))
        part[:frames] = part[:frames] * (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / frames))[:, None]
