"""How long things last: what is read, from its words; what is recorded, from its operations."""

from __future__ import annotations

import re
from contextlib import suppress

from kit.errors import BadInput
from kit.levels import Level
from kit.podcast.episode import Episode, Jingle, Music, Segment, SegmentKind, Synthetic, Take

_PACE = {
    Level.CYCLE_2: 125,
    Level.CYCLE_3: 125,
    Level.CINQUIEME: 145,
    Level.QUATRIEME_TROISIEME: 145,
    Level.LYCEE: 160,
    Level.ADULTS: 160,
}
_SPOKEN = {
    "fr": {"%": 2, "‰": 2, "€": 1, "$": 1, "£": 1, "°": 1, "&": 1, "+": 1, "=": 1, "@": 1},
    "en": {"%": 1, "‰": 2, "€": 1, "$": 1, "£": 1, "°": 1, "&": 1, "+": 1, "=": 1, "@": 1},
}
"""Signs that are read aloud, and in how many words: « pour cent », “percent”."""
_LETTER = re.compile(r"[^\W\d_]")
_FIGURES = re.compile(r"\d+")
_UNWRITTEN = frozenset({SegmentKind.INTERVIEW, SegmentKind.VOX_POP})
"""Nobody reads these: their text is what was said, as far as it has been written down."""


def wpm(level: Level) -> int:
    """Words a minute at which people of ``level`` read aloud, to begin from: 125, 145 or 160.

    The middles of what is customary in French radio workshops: 120 to 130 in primary school, 140 to 150 in collège, 150
    to 170 in lycée and with adults. Trained voices read faster: 170 to 220 (CLEMI Aix-Marseille, F. Sarto, « Écrire
    pour la radio », 2016).
    """
    return _PACE[level]


def words(text: str, lang: str) -> int:
    """How many words one says who reads ``text`` aloud in ``lang``, ``fr`` or ``en``.

    Words are what stands between spaces: « l’angle » is one, and punctuation on its own none. A number of n figures
    takes about n - 1 words: 45, « quarante-cinq »; 2026, « deux mille vingt-six ».
    """
    signs = _SPOKEN[lang]
    return sum(_spoken(token, signs) for token in text.split())


def _spoken(token: str, signs: dict[str, int]) -> int:
    numbers = sum(max(1, len(figures) - 1) for figures in _FIGURES.findall(token))
    return numbers + bool(_LETTER.search(token)) + sum(signs.get(character, 0) for character in token)


def expected(segment: Segment, words_per_minute: int, lang: str) -> float:
    """Seconds that ``segment`` should last.

    A jingle lasts what it lasts, a synthetic voice what it says at its own speed, a text what reading it takes; where
    nothing is read, what was planned; where nothing was planned, what was recorded.
    """
    match segment.heard:
        case Jingle(seconds=seconds):
            return seconds
        case Synthetic(text=text, speed=speed):
            return 60.0 * words(text, lang) / speed
    if segment.planned and (not segment.text or segment.kind in _UNWRITTEN):
        return segment.planned
    if not segment.text and isinstance(segment.heard, Take | Music):
        return segment.heard.seconds
    return 60.0 * words(segment.text, lang) / words_per_minute


def actual(segment: Segment) -> float | None:
    """Seconds that the sound of ``segment`` lasts after its operations.

    None without one; if that is known only once it is made (a synthetic voice, a sound whose pauses are shortened); if
    its operations do not fit it, which :func:`kit.podcast.checking.check` tells.
    """
    from kit.audio.editing import length

    match segment.heard:
        case Jingle(seconds=seconds):
            return seconds
        case Take() | Music() as sound if sound.seconds:
            with suppress(BadInput):
                return length(sound.seconds, sound.operations)
    return None


def total(episode: Episode) -> float:
    """Seconds that ``episode`` lasts: of each segment what its sound lasts, or else what it should; crossfades off."""
    lengths = []
    for segment in episode.segments:
        known = actual(segment)
        lengths.append(expected(segment, episode.words_per_minute, episode.language) if known is None else known)
    overlaps = (
        min(segment.crossfade, before, this)
        for segment, before, this in zip(episode.segments[1:], lengths, lengths[1:], strict=False)
    )
    return max(0.0, sum(lengths) - sum(overlaps))
