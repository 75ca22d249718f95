"""From pieces and beds to one timeline, before its final loudness.

It lies on disk in 32-bit floating point: however loud two sounds are together, nothing saturates before the limiter of
:mod:`kit.audio.mastering`. Memory holds one piece, the next, which is read meanwhile, or a bed; and a block.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kit.audio import RATE, loudness
from kit.audio.timeline import BLOCK, FULL_SCALE, Span, Stored, Tell, Writer, ahead, spans, within, writing
from kit.compute.progress import report
from kit.i18n import N_

VOICES = -23.0
"""LUFS of every voice in the mix."""
MUSIC = -25.0
"""LUFS of every piece of music: one that is as loud as a voice is felt to be louder, since it never pauses."""
MOST = 20.0
"""Decibels by which a piece is raised or lowered at most: beyond, one would raise a room or bury a voice."""
DUAL = 10 * math.log10(2)
"""LU by which a sound gains when both channels carry what one did (ITU-R BS.1770-4 adds their powers)."""
LEAST = round(0.4 * RATE)
"""Frames: BS.1770-4 measures blocks of 400 ms, and nothing shorter."""

DOWN, UP = 0.3, 0.8
"""Seconds that a bed takes to make room for a voice, and to come back."""
RISE, FALL = 1.5, 2.5
"""Seconds in which a bed appears and disappears."""
LOOP = 120.0
"""Seconds of a bed that are asked for; it starts again after what it gives."""
SEAM = 2.0
"""Seconds during which its end and its new beginning are heard together."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One segment of the episode."""

    read: Callable[[], np.ndarray]
    """Its samples, int16, (frames, 1 or 2). Called once, in another thread, whose reports stop it when nobody waits."""
    voice: bool
    """Somebody speaks; else it is music."""
    volume: float = 0.0
    """Decibels, on top of what makes all voices, or all music, as loud as each other."""
    crossfade: float = 0.0
    """Seconds during which its beginning and the end of the piece before are heard together."""


@dataclass(frozen=True, kw_only=True)
class Under:
    """A bed: music under pieces."""

    first: int
    """The piece with which it begins …"""
    last: int
    """… and the one with which it ends, from 0."""
    read: Callable[[float], np.ndarray]
    """So many seconds of it or more, int16, (frames, 1 or 2); called as that of a piece is. It is asked for
    :data:`LOOP` seconds at most, and what it gives is played as far as it goes; then it starts again, crossfaded."""
    volume: float
    """Decibels against the voices, where nobody speaks."""
    duck: float
    """How many decibels softer while somebody speaks."""


@dataclass(frozen=True, kw_only=True)
class Mixed(Stored):
    """The timeline: a file of ``float32``, of the loudness of :data:`VOICES`."""

    starts: tuple[float, ...]
    """Seconds at which each piece begins, where it is already heard under the one before."""
    lengths: tuple[float, ...]
    """Seconds that each lasts."""


def mix(
    pieces: Sequence[Piece],
    beds: Sequence[Under],
    *,
    channels: int,
    scratch: Path,
    tell: Tell | None = None,
) -> Mixed:
    """Lay ``pieces`` one after the other, and ``beds`` under them, in a file in ``scratch``.

    ``channels``: 1 or 2, of the episode. Each voice is brought to :data:`VOICES` and each piece of music to
    :data:`MUSIC` first, by at most :data:`MOST` dB; a silent one stays as it is. A crossfade keeps the power (the two
    sounds are no echo of each other), and is shortened where a piece is too short for it. ``tell`` is told how far it
    has got; without one, whoever listens to this thread is.

    A bed is ducked by segments, not by syllables: its gain follows, in straight lines of decibels, where the voices'
    pieces are. A compressor keyed by the voice would let the music rise into every breath (it pumps), and would sound
    different for each recording; a rundown knows where somebody speaks.

    Raises :class:`kit.errors.SetupError` for a full disk, and what ``read`` raises; no file stays then.
    """
    tell = tell or (lambda share: report(share, N_("The segments are put together.")))
    steps, done = len(pieces) + len(beds), 0

    def alive() -> None:
        tell(done / steps)

    path = scratch / "mix.f32"
    extents: list[Span] = []
    with writing(path, channels, "float32") as out:
        # 1. The pieces, each on the end of the one before.
        with closing(ahead((piece.read() for piece in pieces), alive)) as sounds:
            for piece, samples in zip(pieces, sounds, strict=True):
                step = within(tell, done / steps, (done + 1) / steps)
                extents.append(_lay(out, piece, samples, extents, channels, step))
                done += 1
        # 2. The beds under them.
        voices = [
            extent for extent, piece in zip(extents, pieces, strict=True) if piece.voice and extent[0] < extent[1]
        ]
        under = [(extents[bed.first][0], extents[bed.last][1]) for bed in beds]
        asked = [min((end - begin) / RATE, LOOP) for begin, end in under]
        with closing(ahead((bed.read(seconds) for bed, seconds in zip(beds, asked, strict=True)), alive)) as sounds:
            for bed, extent, music in zip(beds, under, sounds, strict=True):
                step = within(tell, done / steps, (done + 1) / steps)
                _lay_under(out, bed, music, extent, voices, channels, step)
                done += 1
    return Mixed(
        path=path,
        frames=max((end for _, end in extents), default=0),
        channels=channels,
        kind="float32",
        starts=tuple(start / RATE for start, _ in extents),
        lengths=tuple((end - start) / RATE for start, end in extents),
    )


def _lay(out: Writer, piece: Piece, samples: np.ndarray, before: Sequence[Span], channels: int, tell: Tell) -> Span:
    """Write ``samples`` of ``piece`` after those ``before``; where they begin and end."""
    tell(0.0)
    gain = _gain(samples, VOICES if piece.voice else MUSIC, channels, within(tell, 0.0, 0.5)) + piece.volume
    overlap = _overlap(round(piece.crossfade * RATE), len(samples), before)
    begin = before[-1][1] - overlap if before else 0
    if overlap:
        phase = np.pi / 2 * (np.arange(overlap, dtype=np.float32)[:, None] + 0.5) / overlap
        out.add(begin, np.sin(phase) * _heard(samples[:overlap], gain, channels), keep=np.cos(phase))
    for start, stop in spans(len(samples) - overlap, BLOCK):
        out.write(begin + overlap + start, _heard(samples[overlap + start : overlap + stop], gain, channels))
        tell((1 + (overlap + stop) / len(samples)) / 2)
    return begin, begin + len(samples)


def _overlap(asked: int, frames: int, before: Sequence[Span]) -> int:
    """Frames of a crossfade that leave a piece of ``frames`` and the one before whole: never three at once."""
    if not before:
        return 0
    free = before[-1][0] if len(before) == 1 else max(before[-1][0], before[-2][1])
    return max(0, min(asked, frames, before[-1][1] - free))


def _gain(samples: np.ndarray, level: float, channels: int, tell: Tell) -> float:
    """Decibels that bring ``samples`` to ``level`` LUFS once they are heard in ``channels``; 0 for silence."""
    if not len(samples):
        return 0.0
    if len(samples) < LEAST:
        samples = np.resize(samples, (LEAST, samples.shape[1]))
    same = samples.shape[1] == 1
    width = 1 if same else channels
    heard = loudness.integrated(_blocks(samples, width, tell), width)
    if heard is None:
        return 0.0
    return float(np.clip(level - heard - (DUAL if same and channels == 2 else 0.0), -MOST, MOST))


def _blocks(samples: np.ndarray, channels: int, tell: Tell) -> Iterator[np.ndarray]:
    for start, stop in spans(len(samples), BLOCK):
        block = samples[start:stop]
        yield block if block.shape[1] == channels else _heard(block, 0.0, channels)
        tell(stop / len(samples))


def _heard(samples: np.ndarray, gain: float, channels: int) -> np.ndarray:
    """``samples`` (int16) in ``channels``, ``gain`` decibels louder; float32, (frames, channels), full scale 1."""
    heard = samples.astype(np.float32)
    heard *= np.float32(10 ** (gain / 20) / FULL_SCALE)
    if channels < heard.shape[1]:
        return heard.mean(axis=1, keepdims=True)
    return np.repeat(heard, channels, axis=1) if channels > heard.shape[1] else heard


def _lay_under(
    out: Writer, bed: Under, music: np.ndarray, extent: Span, voices: Sequence[Span], channels: int, tell: Tell
) -> None:
    """Add the ``music`` of ``bed`` to what is written in ``extent``, ducked where ``voices`` are."""
    tell(0.0)
    begin, end = extent
    music = music[: end - begin]
    if not len(music):
        return
    gain = _gain(music, VOICES, channels, within(tell, 0.0, 0.5)) + bed.volume
    seam = min(round(SEAM * RATE), len(music) // 4) if len(music) < end - begin else 0
    for start, stop in spans(end - begin, BLOCK):
        block = _heard(_looped(music, seam, start, stop), gain, channels)
        block *= _envelope(begin + start, begin + stop, extent, voices, bed.duck)
        out.add(begin + start, block)
        tell((1 + stop / (end - begin)) / 2)


def _looped(music: np.ndarray, seam: int, start: int, stop: int) -> np.ndarray:
    """Frames ``start`` to ``stop`` of ``music`` played again and again, its last ``seam`` on its new beginning."""
    period = len(music) - seam
    if seam <= start % period <= period - (stop - start):  # within one turn, as it mostly is
        return music[start % period :][: stop - start]
    turn, place = np.divmod(np.arange(start, stop), period)
    both = (turn > 0) & (place < seam)
    looped = music[place]
    phase = np.pi / 2 * (place[both, None] + 0.5) / seam
    looped[both] = np.sin(phase) * looped[both] + np.cos(phase) * music[place[both] + period]
    return looped


def _envelope(start: int, stop: int, extent: Span, voices: Sequence[Span], duck: float) -> np.ndarray:
    """The gain of a bed from frame ``start`` to ``stop``, 1 where it is alone: float32, (1 or stop − start, 1)."""
    rise, fall = (min(seconds * RATE, (extent[1] - extent[0]) / 3) for seconds in (RISE, FALL))
    full, leaves = extent[0] + rise, extent[1] - fall
    near = [(begin, end) for begin, end in voices if begin - DOWN * RATE < stop and start < end + UP * RATE]
    at = np.arange(start, stop)
    if full <= start and stop <= leaves and (not near or any(begin <= start and stop <= end for begin, end in near)):
        at = at[:1]  # the same all along, as it mostly is
    ducked = np.zeros(len(at))
    for begin, end in near:
        np.maximum(ducked, np.interp(at, [begin - DOWN * RATE, begin, end, end + UP * RATE], [0, 1, 1, 0]), out=ducked)
    gain = np.interp(at, [extent[0], full, leaves, extent[1]], [0, 1, 1, 0]) * 10 ** (-duck * ducked / 20)
    return gain.astype(np.float32)[:, None]
