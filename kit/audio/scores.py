"""What is played: for each mood what suits it, for each seed a choice of that, as notes in beats.

Chance chooses keys, progressions, figures and the turns of a tune. It never chooses single notes: those follow from the
chords, each led to the next by as little movement as possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kit.audio.instruments import Voice
from kit.audio.moods import Mood
from kit.audio.playing import Note
from kit.audio.styles import ALL, BAR, OUTLINES, STYLES, Figure, Style


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What a mood and a seed settle."""

    key: tuple[int, int]
    """The mood's number and the seed."""
    style: Style
    tonic: int
    """Pitch class: 0 for C."""
    tempo: float
    """Beats a minute."""
    progression: tuple[int, ...]
    comp: Figure
    bass: Figure
    cell: tuple[tuple[float, float], ...]
    turns: tuple[int, ...]
    """The outline of the tune: how far each note lies from where it begins, in steps of the scale."""


def draw(mood: Mood, seed: int) -> Piece:
    """The piece of ``mood`` and ``seed``, 0 or more."""
    key = list(Mood).index(mood), seed
    style = STYLES[mood]
    rng = np.random.default_rng(key)
    cell = style.cells[rng.integers(len(style.cells))]
    return Piece(
        key=key,
        style=style,
        tonic=int(rng.integers(12)),
        tempo=float(rng.uniform(*style.tempo)),
        progression=style.progressions[rng.integers(len(style.progressions))],
        comp=style.comps[rng.integers(len(style.comps))],
        bass=style.basses[rng.integers(len(style.basses))],
        cell=cell,
        turns=OUTLINES[rng.integers(len(OUTLINES))],
    )


def tempo(piece: Piece, seconds: float) -> tuple[int, float]:
    """How many beats fill ``seconds``, and how long one then is: near the piece's tempo, in whole bars if it can be."""
    wished = 60 / piece.tempo
    about = round(seconds / wished)

    def cost(beats: int) -> float:
        return abs(np.log(seconds / beats / wished)) + (0.12 if beats % 2 else 0.05 if beats % BAR else 0.0)

    beats = min(range(max(1, about - 3), about + 4), key=cost)
    return beats, seconds / beats


def jingle(piece: Piece, beats: int, rings: float) -> list[Note]:
    """Everything for ``beats`` beats, then a last chord that rings for ``rings`` beats."""
    # 1. Chords: one every two beats, in a longer piece one a bar; the one before the last leads to it.
    every = BAR if beats >= 3 * BAR else BAR / 2
    degrees = [piece.progression[place % len(piece.progression)] for place in range(max(1, round(beats / every)))]
    if len(degrees) > 1:
        degrees[-1] = piece.style.approach
    harmony = Harmony(piece, degrees, every)
    # 2. Who plays: in a longer piece, drums and tune wait for a bar.
    intro = BAR if beats >= 4 * BAR else 0
    return [
        *_accompaniment(piece, harmony, beats),
        *_bass(piece, harmony, beats),
        *_pad(piece, harmony, beats, piece.style.pad),
        *_drums(piece, intro, beats),
        *_tune(piece, harmony, intro, beats),
        *_last_chord(piece, beats, rings),
    ]


def sting(piece: Piece, beats: int, rings: float) -> list[Note]:
    """``beats`` beats, in the last of which a run leads to a chord that rings for ``rings`` beats."""
    style = piece.style
    harmony = Harmony(piece, [*(piece.progression[0],) * (beats - 1), style.approach], 1)
    run = _among([piece.tonic + tone for tone in style.last], style.low + 12, style.low + 26)[:3]
    run = run if piece.turns[1] > piece.turns[0] else run[::-1]
    times = (0, 0.5) if style.slow else (0, 0.5, 0.75)
    return [
        *_accompaniment(piece, harmony, beats - 1),
        *_bass(piece, harmony, beats - 1),
        *_pad(piece, harmony, beats, style.pad),
        *_drums(piece, 0, beats - 1),
        *(
            Note(style.lead, beats - 1 + at, 0.5, pitch, 0.7 + 0.2 * at, 0.15)
            for at, pitch in zip(times, run, strict=False)
        ),
        *_last_chord(piece, beats, rings),
    ]


def bed(piece: Piece) -> tuple[list[Note], int]:
    """Eight bars that go round, low and without a tune, a voice having the rest to itself; and how many beats it is."""
    beats = 8 * BAR
    degrees = [piece.progression[place % len(piece.progression)] for place in range(beats // BAR)]
    harmony = Harmony(piece, degrees, BAR)
    soft = [*_accompaniment(piece, harmony, beats), *_drums(piece, 0, beats)]
    return [
        *(note._replace(velocity=0.55 * note.velocity) for note in soft),
        *(note._replace(velocity=0.5 * note.velocity) for note in _bass(piece, harmony, beats)),
        *_pad(piece, harmony, beats, max(piece.style.pad, 0.7)),
    ], beats


class Harmony:
    """Which chord is heard when, and how the accompaniment and the pad lay it out."""

    def __init__(self, piece: Piece, degrees: Sequence[int], every: float) -> None:
        scale = piece.style.scale
        self.every = every
        self.chords = [
            [piece.tonic + scale[(degree + 2 * third) % 7] for third in range(piece.style.tones)] for degree in degrees
        ]
        self.comps = _led(self.chords, piece.style.low, 4)
        self.pads = _led(self.chords, 50, piece.style.tones)

    def place(self, beat: float) -> int:
        """Which chord is heard at ``beat``, the last one from its beginning on."""
        return min(len(self.chords) - 1, int(beat / self.every))


def _among(classes: Sequence[int], low: int, high: int) -> list[int]:
    """Every pitch from ``low`` to ``high`` that is one of the pitch classes, going up."""
    wanted = {pitch % 12 for pitch in classes}
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in wanted]


def _led(chords: Sequence[Sequence[int]], low: int, count: int) -> list[list[int]]:
    """Each chord as ``count`` pitches above ``low``, near those of the chord before, and not too close together."""
    laid: list[list[int]] = []

    def cost(position: list[int]) -> int:
        moved = sum(abs(a - b) for a, b in zip(position, laid[-1], strict=True)) if laid else position[0] - low
        return moved + 5 * sum(b - a == 1 for a, b in pairwise(position))

    for chord in chords:
        pitches = _among(chord, low, low + 19)
        laid.append(min((pitches[at : at + count] for at in range(len(pitches) - count + 1)), key=cost))
    return laid


def _bars(figure: Figure, beats: float) -> Iterator[tuple[float, float, int]]:
    """A figure of a bar, over and over until ``beats``."""
    for bar in range(0, int(np.ceil(beats)), BAR):
        yield from ((bar + beat, long, which) for beat, long, which in figure if bar + beat < beats - 0.01)


def _accompaniment(piece: Piece, harmony: Harmony, beats: float) -> Iterator[Note]:
    for beat, long, which in _bars(piece.comp, beats):
        chord = harmony.comps[harmony.place(beat)]
        for place, pitch in enumerate(chord if which == ALL else [chord[which]]):
            # A hand takes a little time over a chord, and lays it out from left to right.
            yield Note(piece.style.comp, beat + 0.03 * place, long, pitch, 0.7 if beat % 1 else 0.85, (pitch - 62) / 30)


def _bass(piece: Piece, harmony: Harmony, beats: float) -> Iterator[Note]:
    for beat, long, which in _bars(piece.bass, beats):
        root, third, fifth = harmony.chords[harmony.place(beat)][:3]
        pitch = 36 + root % 12 + (0, (third - root) % 12, (fifth - root) % 12, 12)[which]
        yield Note(Voice.BASS, beat, min(long, beats - beat), pitch, 0.8)


def _pad(piece: Piece, harmony: Harmony, beats: float, loud: float) -> Iterator[Note]:
    """Each chord on both sides of the room, while the one before dies away; and the drone."""
    for place, chord in enumerate(harmony.pads if loud else ()):
        begins = place * harmony.every
        ends = beats if place == len(harmony.pads) - 1 else begins + harmony.every
        for pitch in chord:
            yield from (Note(Voice.PAD, begins, ends - begins + 1, pitch, loud, side) for side in (-0.6, 0.6))
    for pitch in (36, 43) if piece.style.drone else ():
        yield from (Note(Voice.PAD, 0, beats + 1, pitch + piece.tonic, 1, side) for side in (-0.3, 0.3))


def _drums(piece: Piece, begins: float, ends: float) -> Iterator[Note]:
    for voice, at, hard in piece.style.drums:
        for bar in range(0, int(np.ceil(ends)), BAR):
            if begins <= bar + at < ends - 0.01:
                yield Note(voice, bar + at, 0.5, 60, hard, _PLACES.get(voice, 0.0))


_PLACES = {Voice.SHAKER: 0.35, Voice.BLOCK: -0.4, Voice.SNAP: 0.1}


def _tune(piece: Piece, harmony: Harmony, begins: float, ends: float) -> Iterator[Note]:
    """One rhythm and one outline, bar after bar, on the chords that go by; every other bar it answers, turned down."""
    style = piece.style
    scale = _among([piece.tonic + step for step in style.scale], style.high - 12, style.high + 14)
    for bar in range(int(begins), int(np.ceil(ends)), BAR):
        answers = (bar - int(begins)) // BAR % 2 == 1
        for (beat, long), turn in zip(piece.cell, piece.turns, strict=False):
            if bar + beat >= ends - 0.3:
                break
            chord = _among(harmony.chords[harmony.place(bar + beat)], style.high - 12, style.high + 14)
            start = min(range(len(scale)), key=lambda step: abs(scale[step] - style.high))
            pitch = scale[start - turn if answers else start + turn]
            if beat % 1 == 0 or long >= 1:  # what is heard most belongs to the chord
                pitch = min(chord, key=lambda tone: abs(tone - pitch))
            yield Note(style.lead, bar + beat, min(long, ends - bar - beat), pitch, 0.8 if beat % 1 else 1.0, 0.15)


def _last_chord(piece: Piece, beat: float, rings: float) -> Iterator[Note]:
    """The tonic, from the bass up, with what colours it in this mood."""
    style = piece.style
    low = 43 + (piece.tonic - 43) % 12
    yield Note(Voice.BASS, beat, rings, 36 + piece.tonic % 12, 0.95)
    yield from (Note(voice, beat, 1, 60, hard) for voice, hard in style.last_drums)
    for place, tone in enumerate(style.last):
        yield Note(style.comp_last, beat + place * style.spread, rings, low + tone, 0.9, (tone - 12) / 30)
        if style.pad and tone:
            yield from (Note(Voice.PAD, beat - 0.2, rings + 0.2, low + tone, style.pad, side) for side in (-0.6, 0.6))
    top = min(_among([piece.tonic], style.high - 6, style.high + 6))
    yield Note(style.lead, beat, rings, top, 1.0, 0.15)
