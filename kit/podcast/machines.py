"""What machines made of an episode: said in words, and in the vocabulary that other machines read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from kit.audio.voice import announced
from kit.i18n import N_, translator
from kit.podcast.chapters import clock
from kit.podcast.episode import Episode, Jingle, Source, Synthetic
from kit.printable import lines

NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"

_VOICES = {
    "espeak": N_(
        "Synthetic voice at {times}, made by espeak-ng: a program of rules, which was not trained on anyone’s voice."
    ),
    "mms": N_(
        "Synthetic voice at {times}, made by the model MMS-TTS, which was trained on recordings of voices; its "
        "licence, CC BY-NC 4.0, excludes commercial use."
    ),
}
_MUSIC = N_("Music at {times}, computed by the kit from a mood and a number; no model was trained to make it.")
_COVER = N_("The cover was drawn by the kit from a number; no model was trained to draw it.")


class SourceType(StrEnum):
    """Terms of IPTC's digital source types (NewsCodes, release 2024-10-23) that fit a sound.

    The vocabulary keeps the algorithms that were trained apart from those that were not, and so does the kit: a voice
    of MMS-TTS is of the first kind, espeak-ng and the kit's own music are of the second. Of a mix, it says with
    ``compositeSynthetic`` that at least one element comes from generative AI; ``composite`` leaves it open.
    ``compositeWithTrainedAlgorithmicMedia`` is for something recorded that a model then retouched: the kit never does
    that to a voice.
    """

    TRAINED = "trainedAlgorithmicMedia"
    """Nothing but voices of a trained model."""
    PART_TRAINED = "compositeSynthetic"
    """Such a voice among other sounds."""
    ALGORITHMIC = "algorithmicMedia"
    """Nothing but what untrained algorithms made."""
    PART_ALGORITHMIC = "composite"
    """What untrained algorithms made, among recordings."""

    @property
    def uri(self) -> str:
        """The full value."""
        return NEWSCODES + self


def source_type(episode: Episode, starts: Mapping[str, float]) -> SourceType | None:
    """The term for an episode; None if no machine made any of it.

    ``starts``: seconds at which each segment that is heard begins, by id.
    """
    heard = [source for _, source in sources(episode, starts)]
    trained = [isinstance(source, Synthetic) and source.engine == "mms" for source in heard]
    made = [isinstance(source, Synthetic | Jingle) for source in heard]
    if any(trained):
        return SourceType.TRAINED if all(trained) else SourceType.PART_TRAINED
    if any(made):
        return SourceType.ALGORITHMIC if all(made) else SourceType.PART_ALGORITHMIC
    return None


def statement(episode: Episode, starts: Mapping[str, float]) -> tuple[str, ...]:
    """What is said of machines, a text each, in the episode's language: the team's own words, then what the kit knows.

    ``starts``: seconds at which each segment that is heard begins, by id.
    """
    translate = translator(episode.language)
    own = lines(episode.publication.ai_use) or translate(N_("The team wrote no statement of its own about AI."))
    times: dict[str, list[float]] = {}
    for start, source in sources(episode, starts):
        if isinstance(source, Synthetic):
            times.setdefault(_VOICES[source.engine], []).append(start)
        elif isinstance(source, Jingle):
            times.setdefault(_MUSIC, []).append(start)
    found = [
        translate(text).format(times=", ".join(clock(start) for start in sorted(times[text])))
        for text in (*_VOICES.values(), _MUSIC)
        if text in times
    ]
    return (own, *found, translate(_COVER))


def aloud(source: Synthetic, language: str) -> str:
    """What a synthetic voice says: its text, after the sentence that announces it where one is wanted."""
    return announced(source.text, language) if source.announced else source.text


def sources(episode: Episode, starts: Mapping[str, float]) -> list[tuple[float, Source]]:
    """What is heard, and when it begins: the segments of ``starts``, then the beds under any of them."""
    ids = [segment.id for segment in episode.segments]
    found = [(starts[s.id], s.heard) for s in episode.segments if s.id in starts and s.heard]
    for bed in episode.beds:
        under = [name for name in ids[ids.index(bed.first) : ids.index(bed.last) + 1] if name in starts]
        if under:
            found.append((starts[under[0]], bed.source))
    return found
