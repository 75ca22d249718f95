"""The sound of an episode: its rundown mixed, at its final loudness, as an MP3 that has no tags yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

from kit.audio import encoding, mixing
from kit.audio.timeline import Tell
from kit.compute.progress import listening, report
from kit.i18n import N_
from kit.podcast.assembling import Assembled


@dataclass(frozen=True, kw_only=True)
class Sound:
    """An episode that can be heard."""

    path: Path
    """The MP3."""
    seconds: float
    integrated: float | None
    """LUFS of the MP3, decoded; None if that is too soft or too short to be measured."""
    true_peak: float
    """dBTP of the MP3, decoded."""
    spans: Mapping[str, tuple[float, float]]
    """Where each segment that is heard begins and ends, in seconds, by id."""


def mix(assembled: Assembled, out: Path, *, channels: int, scratch: Path) -> Sound:
    """Mix what was assembled, in 1 or 2 ``channels``, into the MP3 ``out``; ``scratch`` takes what is large meanwhile.

    Reports its progress. Raises :class:`kit.errors.BadAudio`, also if all is silent, :class:`kit.errors.SetupError`,
    and what :func:`kit.podcast.assembling.samples_of` raises.
    """
    with _progress() as part:
        tell = part(0.0, 0.5, N_("The segments are put together."))
        mixed = mixing.mix(assembled.pieces, assembled.beds, channels=channels, scratch=scratch, tell=tell)
        tell = part(0.5, 0.95, N_("The episode is brought to its loudness."))
        finished = encoding.finish(mixed, out, scratch=scratch, tell=tell)
    extents = zip(assembled.segments, mixed.starts, mixed.lengths, strict=True)
    return Sound(
        path=out,
        seconds=finished.seconds,
        integrated=finished.heard.integrated,
        true_peak=finished.heard.true_peak,
        spans={segment.id: (start, start + length) for segment, start, length in extents},
    )


@contextmanager
def _progress() -> Iterator[Callable[[float, float, str], Tell]]:
    """Gives what makes a :data:`Tell` for a part of the whole, from a fraction to another, with its message.

    What decodes or speaks meanwhile reports its own progress: that is heard as a sign of life, and to stop if nobody
    waits any more, but says nothing of the whole.
    """
    outer, now = copy_context(), (0.0, "")

    def part(start: float, end: float, message: str) -> Tell:
        def tell(share: float) -> None:
            nonlocal now
            now = (start + (end - start) * share, message)
            outer.run(report, *now)

        return tell

    with listening(lambda *_: outer.run(report, *now)):
        yield part
