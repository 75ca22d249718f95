"""The chapters of an episode, and the file that players read them from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from kit.podcast.episode import Episode
from kit.printable import line

VERSION = "1.2.0"
"""Of the JSON chapters format (podcast namespace, « JSON Chapters Format »)."""


@dataclass(frozen=True)
class Chapter:
    """From ``start`` to ``end`` seconds of the episode."""

    start: float
    end: float
    title: str


def chapters(episode: Episode, starts: Mapping[str, float], seconds: float) -> tuple[Chapter, ...]:
    """The chapters of an episode that lasts ``seconds``.

    ``starts``: seconds at which each segment that is heard begins, by id; the others begin no chapter. A segment with a
    title begins one; what is heard before the first title belongs to the first chapter. An episode without titles is
    one chapter under its own title, or none if it has no title either. Times are rounded to the millisecond; each
    chapter lasts at least that, and ends where the next begins.
    """
    found: list[tuple[float, str]] = []
    for segment in episode.segments:
        title = line(segment.title)
        if not title or segment.id not in starts:
            continue
        start = round(min(max(starts[segment.id], 0.0), seconds), 3) if found else 0.0
        if found and start <= found[-1][0]:
            found[-1] = (found[-1][0], title)  # nothing is heard of the one before
        else:
            found.append((start, title))
    end = round(seconds, 3)
    while len(found) > 1 and found[-1][0] >= end:
        found.pop()
    if not found:
        whole = line(episode.title)
        return (Chapter(0.0, end, whole),) if whole else ()
    ends = [start for start, _ in found[1:]] + [end]
    return tuple(Chapter(start, stop, title) for (start, title), stop in zip(found, ends, strict=True))


def as_json(episode: Episode, found: tuple[Chapter, ...]) -> str:
    """The chapters in the JSON chapters format 1.2.0, which a feed names with ``podcast:chapters``."""
    about = {
        "title": line(episode.title),
        "podcastName": line(episode.publication.show),
        "author": line(episode.publication.author or episode.team),
    }
    return json.dumps(
        {
            "version": VERSION,
            **{key: value for key, value in about.items() if value},
            "chapters": [
                {"startTime": chapter.start, "endTime": chapter.end, "title": chapter.title} for chapter in found
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def clock(seconds: float) -> str:
    """``seconds`` as people write a moment: ``0:07``, ``12:30``, ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
