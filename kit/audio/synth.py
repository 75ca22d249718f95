"""Music that the kit makes: jingles, stings and beds, from a mood and a seed. No rights to ask from anyone.

A mood and a seed settle a key, a tempo, a progression of chords and a few patterns: the jingle, the stings and the bed
of one pair belong together. :mod:`kit.audio.scores` writes the notes, :mod:`kit.audio.instruments` makes their sounds,
:mod:`kit.audio.playing` plays them. The same arguments always give the same samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.audio import RATE
from kit.audio.moods import Mood
from kit.errors import BadInput

if TYPE_CHECKING:
    import numpy as np

SHORTEST = 0.5
"""Seconds of the shortest music of any kind."""
LONGEST_STING = 4.0
SHORTEST_JINGLE = 2.5
LONGEST_JINGLE = 60.0
LONGEST_BED = 3_600.0


def jingle(mood: Mood, seed: int, seconds: float) -> np.ndarray:
    """A short piece with a tune, from its first beat to its last chord: int16, (frames, 2), as long as asked.

    0.5–60 s; below 2.5 s it is a sting. Its samples stay below −3 dBFS. Raises :class:`kit.errors.BadInput` for
    another length.
    """
    return _ended(mood, seed, seconds, tune=seconds >= SHORTEST_JINGLE)


def sting(mood: Mood, seed: int, seconds: float) -> np.ndarray:
    """A few notes that run to a chord, between two parts of an episode (virgule): int16, (frames, 2), as long as asked.

    0.5–60 s; above 4 s it is a jingle. Its samples stay below −3 dBFS. Raises :class:`kit.errors.BadInput` for
    another length.
    """
    return _ended(mood, seed, seconds, tune=seconds > LONGEST_STING)


def bed(mood: Mood, seed: int, seconds: float) -> np.ndarray:
    """Soft music without a tune to go under a voice (tapis): int16, (frames, 2), as long as asked.

    0.5 s to an hour. A pattern of less than a minute goes round without a seam, so that besides the result memory
    holds no more for an hour than for a minute. Its samples stay below −3 dBFS. Raises
    :class:`kit.errors.BadInput` for another length.
    """
    import numpy as np

    from kit.audio import playing, scores

    _accept(seconds, LONGEST_BED)
    # 1. Bars that go round, of a whole number of frames.
    piece = scores.draw(mood, seed)
    notes, beats = scores.bed(piece)
    frames = playing.fast(round(beats * 60 / piece.tempo * RATE))
    rng = np.random.default_rng((*piece.key, 1))
    room = piece.style.room._replace(top=3_000)
    beat = frames / beats / RATE
    pattern = playing.levelled(playing.played(notes, frames, beat, piece.style.swing, room, rng, loop=True), -23)
    # 2. As often as it takes, in and out gently.
    laid = np.resize(pattern, (round(seconds * RATE), 2))
    playing.fade(laid, min(1.5, seconds / 4), min(2.5, seconds / 4))
    return laid


def _ended(mood: Mood, seed: int, seconds: float, *, tune: bool) -> np.ndarray:
    """A jingle with a ``tune``, a sting without."""
    import numpy as np

    from kit.audio import playing, scores

    _accept(seconds, LONGEST_JINGLE)
    # 1. The last chord has its time to ring; how many beats fit before it, and how fast they go then.
    piece = scores.draw(mood, seed)
    rings = min(piece.style.rings, max(0.9, 0.3 * seconds) if tune else 0.65 * seconds)
    beats, beat = scores.tempo(piece, seconds - rings)
    # 2. Write, play, fade what still rings.
    notes = (scores.jingle if tune else scores.sting)(piece, beats, rings / beat)
    rng = np.random.default_rng((*piece.key, 0))
    frames = round(seconds * RATE)
    sound = playing.played(notes, frames, beat, piece.style.swing, piece.style.room, rng, loop=False)
    samples = playing.levelled(sound, -19)
    playing.fade(samples, 0.002, rings / 3)
    return samples


def _accept(seconds: float, longest: float) -> None:
    if not SHORTEST <= seconds <= longest:
        raise BadInput(
            "Music of {seconds} s was asked for; {shortest} to {longest} s can be made. Choose a length in between.",
            seconds=seconds,
            shortest=SHORTEST,
            longest=round(longest),
        )
