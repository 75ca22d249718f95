"""What is said in an episode, timed: as WebVTT, as SubRip (SRT) and as plain text.

References: W3C, « WebVTT: The Web Video Text Tracks Format »; for SRT, which has no standard, the podcast namespace's
page on transcripts. Times are in milliseconds in both, always growing, and inside the episode.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from kit.i18n import N_, translator
from kit.podcast.chapters import clock
from kit.podcast.episode import Episode, Segment, Synthetic
from kit.podcast.machines import aloud
from kit.printable import line, lines

WIDTH = 42
"""Characters of a line, at most."""
LINES = 2
"""Lines shown at once, at most."""
LONGEST_NAME = 24
"""Characters of a speaker's name before the text, in SRT."""

SYNTHETIC = N_("synthetic voice")

_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])[ \n]+(?![»”\"):;!?])")
"""Between two sentences. French has a space before closing quotes and some marks: those go with what precedes."""


class Heard(Protocol):
    """Words recognised in a segment, ``start`` and ``end`` in seconds from its beginning."""

    @property
    def start(self) -> float:
        """When they begin."""

    @property
    def end(self) -> float:
        """When they end."""

    @property
    def text(self) -> str:
        """What they are."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What is said in one segment."""

    start: int
    """Milliseconds in the episode."""
    voice: str
    """Who speaks; empty if that is not said."""
    parts: tuple[tuple[int, int, str], ...]
    """When each part begins and ends, in milliseconds in the episode, and its words."""


@dataclass(frozen=True, kw_only=True)
class Cue:
    """What is shown at once."""

    start: int
    """Milliseconds in the episode."""
    end: int
    lines: tuple[str, ...]
    """The first is empty where a name takes all its room."""
    voice: str
    opens: bool
    """Whether its speaker begins here."""


def passages(
    episode: Episode,
    spans: Mapping[str, tuple[float, float]],
    seconds: float,
    recognised: Mapping[str, Sequence[Heard]] | None = None,
) -> tuple[Passage, ...]:
    """What is said in an episode that lasts ``seconds``.

    ``spans``: where each segment that is heard begins and ends, in seconds, by id. ``recognised``: what was recognised
    in a segment, where that is to be used in place of its text. What is said ends where something else begins to be
    said, even where the two are heard together.
    """
    last = int(1000 * seconds)
    found: list[Passage] = []
    until = last
    for segment in reversed([segment for segment in episode.segments if segment.id in spans]):
        start, end = (min(max(round(1000 * moment), 0), until) for moment in spans[segment.id])
        if recognised and (words := recognised.get(segment.id)):
            times = [[min(start + round(1000 * moment), end) for moment in (each.start, each.end)] for each in words]
            parts = [(time[0], time[1], line(each.text)) for time, each in zip(times, words, strict=True)]
        else:
            parts = [(start, end, _said(segment, episode.language))]
        parts = [part for part in parts if part[2]]
        if parts:
            found.append(Passage(start=start, voice=_voice(segment, episode.language), parts=tuple(parts)))
            until = start
    return tuple(reversed(found))


def cues(said: Sequence[Passage]) -> tuple[Cue, ...]:
    """The cues of passages, one after the other.

    A text is cut at its sentences, then into cues of :data:`LINES` lines; each takes the share of the time that its
    words are of all. What would last less than a millisecond is left out.
    """
    found: list[Cue] = []
    for passage in said:
        opens = True
        for start, end, words in passage.parts:
            name = len(_prefix(passage.voice)) if opens else 0
            for begun, ended, shown in _timed(words, max([start, *(cue.end for cue in found[-1:])]), end, name):
                found.append(Cue(start=begun, end=ended, lines=shown, voice=passage.voice, opens=opens))
                opens = False
    return tuple(found)


def vtt(said: Sequence[Passage]) -> str:
    """The passages as a WebVTT file."""
    blocks = ["WEBVTT"]
    for cue in cues(said):
        voice = f"<v {_escaped(cue.voice)}>" if cue.voice else ""
        shown = "\n".join(_escaped(shown) for shown in cue.lines if shown)
        blocks.append(f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}\n{voice}{shown}")
    return "\n\n".join(blocks) + "\n"


def srt(said: Sequence[Passage]) -> str:
    """The passages as a SubRip file; a name stands before what its owner begins to say.

    SRT has no escapes: what players would take for markup is replaced by characters that look like it.
    """
    blocks = []
    for number, cue in enumerate(cues(said), 1):
        name = _prefix(cue.voice) if cue.opens else ""
        shown = (name + "\n".join(cue.lines)).replace(" \n", "\n").replace("-->", "→").translate(_LOOKALIKES)
        blocks.append(f"{number}\n{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}\n{shown}\n")
    return "\n".join(blocks)


def text(episode: Episode, said: Sequence[Passage]) -> str:
    """The transcript to be read: who says what, and from when on."""
    blocks = [title] if (title := line(episode.title)) else []
    for passage in said:
        name = f" {passage.voice}" if passage.voice else ""
        blocks.append(f"[{clock(passage.start / 1000)}]{name}\n" + "\n".join(words for _, _, words in passage.parts))
    return "\n\n".join(blocks) + "\n"


def _said(segment: Segment, language: str) -> str:
    """What is said in a segment; nothing where only music is heard."""
    source = segment.heard
    if isinstance(source, Synthetic):
        return lines(aloud(source, language))
    return lines(segment.text) if source is not None and source.kind == "take" else ""


def _voice(segment: Segment, language: str) -> str:
    name = line(segment.voice)
    if not isinstance(segment.heard, Synthetic):
        return name
    kind = translator(language)(SYNTHETIC)
    return f"{name} ({kind})" if name else kind[:1].upper() + kind[1:]


def _timed(text: str, start: int, end: int, name: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The cues of ``text`` between two moments in milliseconds: when each begins and ends, and its lines."""
    shown = [cut for index, sentence in enumerate(_sentences(text)) for cut in _cut(sentence, 0 if index else name)]
    words = list(accumulate((sum(len(each.split()) for each in cut) for cut in shown), initial=0))
    for index, cut in enumerate(shown):
        begun, ended = (start + (end - start) * words[at] // words[-1] for at in (index, index + 1))
        if ended > begun:
            yield begun, ended, cut


def _sentences(text: str) -> list[str]:
    return [sentence for part in _SENTENCE_ENDS.split(text) if (sentence := line(part))]


def _cut(sentence: str, name: int) -> list[tuple[str, ...]]:
    """A sentence in twos of lines, ``name`` characters being kept free at its beginning."""
    beside = len(sentence.split(" ", 1)[0]) <= WIDTH - name
    wrapped = textwrap.wrap(sentence, WIDTH, initial_indent=" " * (name if beside else 0), break_on_hyphens=False)
    wrapped = [wrapped[0][name:], *wrapped[1:]] if beside else ["", *wrapped]
    return [tuple(wrapped[at : at + LINES]) for at in range(0, len(wrapped), LINES)]


def _stamp(milliseconds: int, mark: str) -> str:
    rest, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(rest, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{mark}{thousandths:03d}"


def _escaped(shown: str) -> str:
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _prefix(voice: str) -> str:
    """A speaker's name as it stands before the words, in SRT."""
    if not voice:
        return ""
    return f"{voice if len(voice) <= LONGEST_NAME else voice[: LONGEST_NAME - 1] + '…'}: "


_LOOKALIKES = str.maketrans("<>{}", "‹›()")
