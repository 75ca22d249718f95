"""What suits each mood: scales, tempi, progressions, figures. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kit.audio.instruments import Voice
from kit.audio.moods import Mood
from kit.audio.playing import Room

BAR = 4
"""Beats."""
ALL = -1
"""In a figure: every note of the chord."""

Figure: TypeAlias = tuple[tuple[float, float, int], ...]
"""A bar of one instrument: beat, length in beats, which note. Of an accompaniment 0–3 are the notes of the chord, going
up; of a bass its root, third, fifth and octave."""

OUTLINES = (
    (0, 2, 4, 2, 1, 0, 2),
    (0, 1, 2, 4, 3, 2, 0),
    (4, 2, 3, 1, 2, 0, -1),
    (0, 4, 3, 2, 1, 2, 0),
    (0, -1, 0, 2, 1, 4, 2),
    (2, 0, 1, 3, 2, 4, 4),
)
"""Tunes, as steps of the scale: arches, falls, leaps that are filled in."""

MAJOR = (0, 2, 4, 5, 7, 9, 11)
LYDIAN = (0, 2, 4, 6, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)


@dataclass(frozen=True, kw_only=True)
class Style:
    """What a piece of one mood is made of. Degrees of the scale count from 0, pitches as in MIDI."""

    scale: tuple[int, ...]
    """Seven steps, in semitones above the tonic."""
    tempo: tuple[float, float]
    """Beats a minute: the slowest, the fastest."""
    swing: float = 0.5
    """Where in a beat its second half falls; 0.5 is straight."""
    progressions: tuple[tuple[int, ...], ...]
    """Each a degree a chord."""
    tones: int = 3
    """Of each chord; 4 with its seventh."""
    approach: int
    """The degree before the last chord."""
    last: tuple[int, ...]
    """The last chord, in semitones above the tonic."""
    spread: float
    """Beats between the notes of the last chord."""
    rings: float
    """Seconds it rings at most."""
    last_drums: tuple[tuple[Voice, float], ...] = ()
    comp: Voice
    comp_last: Voice
    comps: tuple[Figure, ...]
    low: int
    """The lowest note of the accompaniment."""
    basses: tuple[Figure, ...]
    lead: Voice
    cells: tuple[tuple[tuple[float, float], ...], ...]
    """Rhythms of a tune, a bar each: beat, length."""
    high: int
    """Where a tune begins."""
    slow: bool = False
    """Whether a run has two notes instead of three."""
    drums: tuple[tuple[Voice, float, float], ...] = ()
    """A bar of percussion: what, beat, how hard."""
    pad: float = 0.0
    """How loud the pad is."""
    drone: bool = False
    """Whether tonic and fifth go on below."""
    room: Room


STYLES = {
    # Major, quick, plucked, on the beat.
    Mood.BRIGHT: Style(
        scale=MAJOR,
        tempo=(108, 122),
        progressions=((0, 4, 5, 3), (0, 3, 5, 4), (5, 3, 0, 4), (0, 2, 3, 4), (0, 5, 3, 4)),
        approach=4,
        last=(0, 7, 12, 16, 19, 26),
        spread=0.06,
        rings=3.0,
        last_drums=((Voice.KICK, 1.0), (Voice.SNAP, 0.6)),
        comp=Voice.PLUCK,
        comp_last=Voice.PLUCK,
        comps=(
            ((0, 1, 0), (0.5, 1, 2), (1, 1, 1), (1.5, 1, 3), (2, 1, 0), (2.5, 1, 2), (3, 1, 1), (3.5, 1, 3)),
            ((0, 1.5, ALL), (1, 0.5, 3), (1.5, 1, ALL), (2.5, 1, ALL), (3, 0.5, 2), (3.5, 0.5, ALL)),
            ((0, 1, 0), (0.5, 1, 3), (1, 1, 2), (1.5, 1, 1), (2, 1, 3), (2.5, 1, 2), (3, 1, 1), (3.5, 1, 2)),
        ),
        low=55,
        basses=(
            ((0, 1.4, 0), (1.5, 0.5, 0), (2, 1.4, 0), (3.5, 0.5, 2)),
            ((0, 0.9, 0), (1, 0.9, 0), (2, 0.9, 0), (3, 0.9, 2)),
        ),
        lead=Voice.MALLET,
        cells=(
            ((0, 0.5), (0.5, 0.5), (1, 1), (2, 0.5), (2.5, 1.5)),
            ((0, 1), (1, 0.5), (1.5, 1), (2.5, 0.5), (3, 1)),
            ((0.5, 0.5), (1, 0.5), (1.5, 0.5), (2, 1), (3, 1)),
        ),
        high=76,
        drums=(
            *((Voice.KICK, beat, 0.9) for beat in (0, 2)),
            *((Voice.SNAP, beat, 0.7) for beat in (1, 3)),
            *((Voice.SHAKER, half / 2, 0.5 + 0.3 * (half % 2)) for half in range(8)),
        ),
        pad=0.35,
        room=Room(1.2, 0.25, 7_000),
    ),
    # Major sevenths, slow, swelling; a fourth degree before the end, as in an amen.
    Mood.CALM: Style(
        scale=MAJOR,
        tempo=(66, 76),
        progressions=((0, 3, 0, 3), (0, 5, 3, 4), (3, 0, 1, 4), (0, 2, 3, 3), (0, 3, 1, 4)),
        tones=4,
        approach=3,
        last=(0, 7, 11, 14, 16, 19),
        spread=0.15,
        rings=4.0,
        comp=Voice.KEYS,
        comp_last=Voice.KEYS,
        comps=(
            ((0, 3, 0), (0.5, 2.5, 1), (1, 2, 2), (1.5, 2, 3), (3, 1, 2)),
            ((0, 4, ALL), (2, 2, 3), (3, 1, 2)),
            ((0, 2, 0), (1, 2, 2), (2, 2, 1), (3, 1.5, 3)),
        ),
        low=55,
        basses=(((0, 3.8, 0),), ((0, 2.8, 0), (3, 1, 2))),
        lead=Voice.KEYS,
        cells=(((0, 2), (2, 1), (3, 1)), ((1, 1), (2, 2)), ((0, 1.5), (1.5, 2.5))),
        high=74,
        slow=True,
        pad=1.0,
        room=Room(2.8, 0.5, 5_500),
    ),
    # The raised fourth of the lydian mode, off the beat.
    Mood.CURIOUS: Style(
        scale=LYDIAN,
        tempo=(94, 106),
        progressions=((0, 1, 0, 1), (0, 1, 6, 1), (0, 4, 1, 1), (0, 1, 2, 1)),
        approach=1,
        last=(0, 7, 11, 16, 18, 23),
        spread=0.12,
        rings=2.8,
        last_drums=((Voice.KICK, 0.6), (Voice.BLOCK, 0.6)),
        comp=Voice.PIZZICATO,
        comp_last=Voice.PLUCK,
        comps=(
            ((0.5, 0.4, ALL), (1.5, 0.4, ALL), (2.5, 0.4, ALL), (3.5, 0.4, ALL)),
            ((0.5, 0.4, 1), (1, 0.4, 3), (1.5, 0.4, ALL), (2.75, 0.4, 2), (3.5, 0.4, ALL)),
            ((0.75, 0.4, ALL), (1.5, 0.4, ALL), (2.25, 0.4, 3), (3, 0.4, 2), (3.5, 0.4, 3)),
        ),
        low=57,
        basses=(((0, 0.7, 0), (1.5, 0.5, 2), (3, 0.7, 0)), ((0, 1, 0), (2.5, 0.5, 3), (3, 0.7, 2))),
        lead=Voice.MALLET,
        cells=(
            ((0, 0.75), (0.75, 0.75), (1.5, 1), (3, 0.5), (3.5, 0.5)),
            ((0.5, 0.5), (1.25, 0.5), (2, 1), (3.25, 0.5)),
            ((0, 0.5), (0.75, 0.5), (1.5, 0.5), (2.25, 0.5), (3, 1)),
        ),
        high=74,
        drums=(
            *((Voice.BLOCK, beat, 0.6) for beat in (0.75, 2.5, 3.25)),
            *((Voice.SHAKER, half / 2, 0.3 + 0.3 * (half % 2)) for half in range(8)),
            (Voice.KICK, 0, 0.6),
        ),
        pad=0.45,
        room=Room(1.6, 0.35, 6_500),
    ),
    # Minor, low, over a drone and a pulse.
    Mood.SERIOUS: Style(
        scale=MINOR,
        tempo=(76, 88),
        progressions=((0, 5, 2, 6), (0, 3, 5, 4), (0, 5, 3, 4), (0, 6, 5, 6), (0, 5, 0, 6)),
        approach=6,
        last=(0, 7, 12, 15, 19),
        spread=0.03,
        rings=3.5,
        last_drums=((Voice.TOM, 1.0),),
        comp=Voice.PIZZICATO,
        comp_last=Voice.PLUCK,
        comps=(
            tuple((half / 2, 0.4, (0, 0, 1, 0, 0, 0, 2, 0)[half]) for half in range(8)),
            tuple((half / 2, 0.4, (0, 1, 0, 2, 0, 1, 0, 2)[half]) for half in range(8)),
            tuple((quarter / 4, 0.25, 0) for quarter in range(16) if quarter % 4 != 1),
        ),
        low=43,
        basses=(((0, 3.8, 0),), ((0, 2.4, 0), (2.5, 1.4, 0))),
        lead=Voice.KEYS,
        cells=(((0, 1.5), (1.5, 0.5), (2, 2)), ((0, 3), (3, 1)), ((1, 1), (2, 1), (3, 1))),
        high=67,
        slow=True,
        drums=((Voice.TOM, 0, 0.9), (Voice.TOM, 2.5, 0.5), (Voice.TOM, 3, 0.35)),
        pad=0.8,
        drone=True,
        room=Room(2.4, 0.4, 5_000),
    ),
    # Major, short notes, swung.
    Mood.PLAYFUL: Style(
        scale=MAJOR,
        tempo=(118, 132),
        swing=0.64,
        progressions=((0, 5, 1, 4), (0, 3, 0, 4), (0, 0, 3, 4), (0, 2, 3, 4), (0, 1, 0, 4)),
        approach=4,
        last=(0, 12, 16, 19, 21),
        spread=0.0,
        rings=1.6,
        last_drums=((Voice.KICK, 0.8), (Voice.SNAP, 0.8), (Voice.BLOCK, 0.7)),
        comp=Voice.PIZZICATO,
        comp_last=Voice.PIZZICATO,
        comps=(
            ((1, 0.3, ALL), (3, 0.3, ALL)),
            ((1, 0.3, ALL), (1.5, 0.3, 2), (3, 0.3, ALL)),
            ((1, 0.3, ALL), (2.5, 0.3, 3), (3, 0.3, ALL), (3.5, 0.3, 1)),
        ),
        low=57,
        basses=(((0, 0.5, 0), (2, 0.5, 2)), ((0, 0.5, 0), (1.5, 0.3, 0), (2, 0.5, 2), (3, 0.4, 1))),
        lead=Voice.MALLET,
        cells=(
            ((0, 0.4), (0.5, 0.4), (1, 0.4), (2, 0.4), (2.5, 0.4), (3, 0.4)),
            ((0, 0.4), (1, 0.4), (1.5, 0.4), (2, 0.4), (3, 0.4), (3.5, 0.4)),
            ((0.5, 0.4), (1, 0.4), (1.5, 0.4), (2.5, 0.4), (3, 0.4)),
        ),
        high=74,
        drums=(
            *((Voice.SNAP, beat, 0.7) for beat in (1, 3)),
            *((Voice.SHAKER, half / 2, 0.6 - 0.3 * (half % 2)) for half in range(8)),
            (Voice.BLOCK, 1.5, 0.5),
            (Voice.BLOCK, 3.5, 0.6),
            (Voice.KICK, 0, 0.6),
        ),
        room=Room(0.9, 0.22, 7_000),
    ),
}
