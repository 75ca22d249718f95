"""The timeline at its final loudness, its peaks held back: two passes, as ITU-R BS.1770-4 has them measured.

First the whole is measured, then raised or lowered as a whole: what is soft stays soft beside what is loud. Peaks that
this would send over the ceiling are rounded off by FFmpeg's ``alimiter``, a few milliseconds at a time, at four times
the rate, so that it sees the peaks between samples (Annex 2 of the same). What that takes from the loudness is given
back, and the limiter run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kit.audio import RATE, loudness
from kit.audio.timeline import FULL_SCALE, LAYOUT, Stored, Tell, Writer, in_order, spans, within, writing
from kit.compute.progress import report
from kit.errors import BadAudio
from kit.i18n import N_

if TYPE_CHECKING:
    from av.filter import Graph

TARGET = {1: -19.0, 2: -16.0}
"""LUFS by channels. A listener hears −19 of one channel from two loudspeakers: as loud as −16 of two."""
CEILING = -1.0
"""dBTP: what no peak may pass."""
PRECISE = 0.1
"""LU within which what the limiter takes is left as it is."""
ROUNDS = 5
"""How often the limiter is run at most. One or two do for voices."""
MOST = 20.0
"""Decibels given back at most: what is all peaks, such as clicks far apart, would only have its noise raised."""

OVERSAMPLING = 4
BETWEEN = 3.0
"""Decibels by which a peak between samples may pass them, in practice."""
PART = 10 * RATE
"""Frames that one thread limits at a time …"""
LEAD = RATE // 4
"""… and what it hears before and after them, for its filters: the parts join as if they were one."""


@dataclass(frozen=True, kw_only=True)
class Mastered(Stored):
    """The programme: a file of ``int16``."""

    gain: float
    """Decibels by which the timeline was raised."""
    integrated: float
    """LUFS, as it now is."""


def master(
    mixed: Stored,
    *,
    scratch: Path,
    target: float | None = None,
    ceiling: float = CEILING,
    tell: Tell | None = None,
) -> Mastered:
    """Bring ``mixed`` to ``target`` LUFS with no peak over ``ceiling`` dBTP, in a file in ``scratch``.

    ``target`` is that of :data:`TARGET` unless said otherwise. ``tell`` is told how far it has got; without one,
    whoever listens to this thread is. Raises :class:`kit.errors.BadAudio` if there is nothing to hear,
    :class:`kit.errors.SetupError` for a full disk; no file stays then.
    """
    tell = tell or (lambda share: report(share, N_("The loudness is adjusted.")))
    target = TARGET[mixed.channels] if target is None else target
    # 1. How loud it is.
    before = loudness.integrated(mixed.blocks(within(tell, 0.0, 0.3)), mixed.channels)
    if before is None:
        raise BadAudio(
            "There is nothing to hear in this episode: its segments are silent, or last less than half a second. "
            "Listen to the takes, record again or choose others, then mix."
        )
    # 2. Louder or softer as a whole, limited where a peak needs it; again, until the limiter has taken nothing.
    gain = target - before
    path = scratch / "master.s16"
    tried: list[tuple[float, float]] = []
    with writing(path, mixed.channels, "int16") as out:
        while True:
            # However many rounds there are, the bar does not go back: each takes half of what is left.
            begin, end = (1 - 0.7 * 0.5 ** (len(tried) + more) for more in (0, 1))
            tell_round = within(tell, begin, end)
            with closing(in_order(_raising(mixed, gain, ceiling), spans(mixed.frames, PART), tell_round)) as parts:
                integrated = loudness.integrated(_written(parts, out), mixed.channels)
            assert integrated is not None, "it was heard before"
            tried.append((gain, integrated))
            better = min(_better(tried, target), target - before + MOST)
            if abs(target - integrated) <= PRECISE or len(tried) == ROUNDS or better == gain:
                break
            gain = better
    tell(1.0)
    return Mastered(
        path=path,
        frames=mixed.frames,
        channels=mixed.channels,
        kind="int16",
        gain=gain,
        integrated=integrated,
    )


def _written(parts: Iterable[np.ndarray], out: Writer) -> Iterator[np.ndarray]:
    """``parts`` one after the other, each once it is written."""
    at = 0
    for part in parts:
        out.write(at, part)
        at += len(part)
        yield part


def _better(tried: Sequence[tuple[float, float]], target: float) -> float:
    """The gain to try next: the more is limited already, the less a decibel adds. Secant method, once there are two."""
    gain, integrated = tried[-1]
    if len(tried) > 1:
        slope = (integrated - tried[-2][1]) / (gain - tried[-2][0])
    else:
        slope = 1 / (1 + abs(target - integrated))
    return gain + (target - integrated) / min(max(slope, 0.2), 1.0)


def _raising(mixed: Stored, gain: float, ceiling: float) -> Callable[[int, int], np.ndarray]:
    """What makes int16 of a passage of ``mixed``, ``gain`` decibels louder and below ``ceiling``."""
    factor = np.float32(10 ** (gain / 20))
    safe = 10 ** ((ceiling - BETWEEN) / 20)

    def raised(start: int, stop: int) -> np.ndarray:
        begin = max(start - LEAD, 0)
        samples = factor * mixed.read(begin, stop + LEAD)
        if np.abs(samples).max() > safe:
            samples = _limited(samples, ceiling)
        else:
            samples = np.rint(samples * FULL_SCALE).astype(np.int16)
        return samples[start - begin :][: stop - start]

    return raised


def _limited(samples: np.ndarray, ceiling: float) -> np.ndarray:
    """``samples`` (float32) with no peak over ``ceiling`` dBTP, between samples either: int16, as many frames."""
    from av import AudioFrame
    from av.filter import Graph

    layout = LAYOUT[samples.shape[1]]
    graph = Graph()
    graph.link_nodes(
        graph.add_abuffer(sample_rate=RATE, format="flt", layout=layout, time_base=Fraction(1, RATE)),
        graph.add("aresample", f"{OVERSAMPLING * RATE}"),
        graph.add("alimiter", f"limit={10 ** (ceiling / 20)}:level=0:latency=1"),
        graph.add("aresample", f"{RATE}:osf=s16"),
        graph.add("abuffersink"),
    ).configure()
    limited: list[np.ndarray] = []
    for start, stop in spans(len(samples), RATE):
        frame = AudioFrame.from_ndarray(samples[start:stop].reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate, frame.pts = RATE, start
        graph.push(frame)
        limited += _ready(graph)
    graph.push(None)
    limited += _ready(graph)
    return np.concatenate(limited).reshape(-1, samples.shape[1])


def _ready(graph: Graph) -> Iterator[np.ndarray]:
    from av import BlockingIOError as NothingReady
    from av import EOFError as AllPulled

    while True:
        try:
            yield graph.pull().to_ndarray()[0]
        except (NothingReady, AllPulled):
            return
