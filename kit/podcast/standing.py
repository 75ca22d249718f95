"""Where a team stands, from its project alone."""

from __future__ import annotations

from dataclasses import dataclass

from kit.podcast.episode import Episode, SegmentKind

MUSICAL = frozenset({SegmentKind.THEME, SegmentKind.STING})
"""Segments that nobody writes."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """For each part of the work, how much is done and how much there is."""

    sourced: tuple[int, int]
    """Claims with a source."""
    written: tuple[int, int]
    """Spoken segments with a text, or with a sound already."""
    recorded: tuple[int, int]
    """Segments with a sound."""


def standing(episode: Episode) -> Standing:
    """Where the team of ``episode`` stands."""
    spoken = [segment for segment in episode.segments if segment.kind not in MUSICAL]
    return Standing(
        sourced=(sum(claim.sourced for claim in episode.claims), len(episode.claims)),
        written=(sum(bool(segment.text or segment.sources) for segment in spoken), len(spoken)),
        recorded=(sum(segment.heard is not None for segment in episode.segments), len(episode.segments)),
    )
