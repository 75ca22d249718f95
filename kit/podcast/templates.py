"""Rundowns to begin from, and what is done to a rundown: pure functions on an episode."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from kit.errors import BadInput
from kit.i18n import N_
from kit.podcast.episode import MOST_SEGMENTS, Bed, Episode, Segment, SegmentKind


@dataclass(frozen=True)
class Part:
    """A segment of a template. ``seconds`` is what it should last; ``title`` begins a chapter."""

    kind: SegmentKind
    seconds: float
    title: str = ""


Template = tuple[Part, ...]

TEMPLATES: dict[str, Template] = {
    "interview": (
        Part(SegmentKind.THEME, 10, N_("Opening")),
        Part(SegmentKind.HOOK, 15),
        Part(SegmentKind.INTRO, 20, N_("The guest")),
        Part(SegmentKind.INTERVIEW, 180),
        Part(SegmentKind.STING, 5),
        Part(SegmentKind.COLUMN, 45, N_("What we checked")),
        Part(SegmentKind.OUTRO, 10, N_("Closing")),
        Part(SegmentKind.CREDITS, 15),
    ),
    "news": (
        Part(SegmentKind.THEME, 8, N_("Headlines")),
        Part(SegmentKind.HOOK, 20),
        Part(SegmentKind.INTRO, 15, N_("First story")),
        Part(SegmentKind.COLUMN, 50),
        Part(SegmentKind.STING, 4),
        Part(SegmentKind.INTRO, 15, N_("Second story")),
        Part(SegmentKind.COLUMN, 50),
        Part(SegmentKind.STING, 4),
        Part(SegmentKind.COLUMN, 50, N_("Third story")),
        Part(SegmentKind.OUTRO, 10, N_("Closing")),
        Part(SegmentKind.CREDITS, 14),
    ),
    "vox_pop": (
        Part(SegmentKind.THEME, 8, N_("Opening")),
        Part(SegmentKind.HOOK, 12),
        Part(SegmentKind.INTRO, 20, N_("The question we asked")),
        Part(SegmentKind.VOX_POP, 90),
        Part(SegmentKind.COLUMN, 30, N_("What we make of it")),
        Part(SegmentKind.OUTRO, 10, N_("Closing")),
        Part(SegmentKind.CREDITS, 10),
    ),
    "column": (
        Part(SegmentKind.THEME, 4, N_("Opening")),
        Part(SegmentKind.HOOK, 8),
        Part(SegmentKind.COLUMN, 40, N_("The column")),
        Part(SegmentKind.OUTRO, 4, N_("Closing")),
        Part(SegmentKind.CREDITS, 4),
    ),
}
"""The interview of a guest (grand témoin), the news (journal), the vox pop (micro-trottoir), the column of a minute."""


def rundown(template: str, translate: Callable[[str], str]) -> tuple[Segment, ...]:
    """The segments of a template, with titles by ``translate`` (a gettext function). Raises :class:`KeyError`."""
    segments: list[Segment] = []
    for part in TEMPLATES[template]:
        segments.append(
            Segment(
                id=fresh(part.kind, [segment.id for segment in segments]),
                kind=part.kind,
                title=translate(part.title) if part.title else "",
                planned=part.seconds,
            )
        )
    return tuple(segments)


def episode(template: str, *, language: Literal["fr", "en"], translate: Callable[[str], str]) -> Episode:
    """An empty episode with the rundown of a template and its length as the target. Raises :class:`KeyError`."""
    segments = rundown(template, translate)
    return Episode(language=language, target=sum(segment.planned for segment in segments), segments=segments)


def fresh(prefix: str, taken: Collection[str]) -> str:
    """An id for a segment or a claim: ``prefix``, or ``prefix-2`` and so on if it is taken."""
    candidate, number = prefix[:32], 1
    while candidate in taken:
        number += 1
        candidate = f"{prefix[: 31 - len(str(number))]}-{number}"
    return candidate


def add(now: Episode, kind: SegmentKind, *, after: str | None = None) -> Episode:
    """``now`` with one more segment, empty, after the one called ``after``, or at the end.

    Raises :class:`BadInput` if there are :data:`MOST_SEGMENTS` already.
    """
    if len(now.segments) >= MOST_SEGMENTS:
        raise BadInput("An episode has at most {most} parts. Remove one before adding another.", most=MOST_SEGMENTS)
    taken = {*(segment.id for segment in now.segments), *(claim.id for claim in now.claims)}
    ids = [segment.id for segment in now.segments]
    place = ids.index(after) + 1 if after in ids else len(ids)
    segment = Segment(id=fresh(kind, taken), kind=kind)
    return now.having(segments=(*now.segments[:place], segment, *now.segments[place:]))


def move(now: Episode, segment_id: str, by: int) -> Episode:
    """``now`` with a segment ``by`` places further down, or up if negative; never beyond an end.

    A bed whose first and last segments change places goes on from the one that now comes first.
    Raises :class:`KeyError` if there is no such segment.
    """
    segment = now.segment(segment_id)
    others = [other for other in now.segments if other.id != segment_id]
    place = min(max(now.segments.index(segment) + by, 0), len(others))
    others.insert(place, segment)
    places = {other.id: index for index, other in enumerate(others)}
    beds = tuple(
        bed if places[bed.first] <= places[bed.last] else bed.model_copy(update={"first": bed.last, "last": bed.first})
        for bed in now.beds
    )
    return now.having(segments=tuple(others), beds=beds)


def remove(now: Episode, segment_id: str) -> Episode:
    """``now`` without a segment. A bed that began or ended with it is shortened; one under it alone goes.

    Raises :class:`KeyError` if there is no such segment.
    """
    now.segment(segment_id)
    kept = tuple(segment for segment in now.segments if segment.id != segment_id)
    return now.having(segments=kept, beds=tuple(_shortened(now, segment_id)))


def _shortened(now: Episode, gone: str) -> Iterator[Bed]:
    """The beds without the segment ``gone``."""
    ids = [segment.id for segment in now.segments]
    for bed in now.beds:
        left = [name for name in ids[ids.index(bed.first) : ids.index(bed.last) + 1] if name != gone]
        if left:
            yield bed.model_copy(update={"first": left[0], "last": left[-1]})
