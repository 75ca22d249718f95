"""Applying operations to a sound, and knowing beforehand how long it will be.

Cuts that follow each other are worked out on paper and made once, and only a few milliseconds around each join are
computed: a hundred cuts cost what one does, and everything grows linearly with the length of the sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise, takewhile
from typing import TypeAlias, assert_never

import numpy as np

from kit.audio import RATE, cleaning, segments
from kit.audio.operations import Cut, Denoise, Even, Fade, Keep, Louder, Operation, Pauses
from kit.errors import BadInput

STEP = 0.05
"""Seconds: what handles are rounded to. A time this little beyond the end is the end; a sound this short is nothing."""
JOIN = 10
"""Milliseconds around a cut during which its two sides are heard together."""
EDGE = 5
"""Milliseconds of fade where a sound begins or ends that used to go on."""

Span: TypeAlias = tuple[int, int]
"""A passage: its first frame, and the one after its last."""


def apply(samples: np.ndarray, operations: Sequence[Operation]) -> np.ndarray:
    """``samples`` after ``operations``, in order; int16, (frames, channels), at :data:`kit.audio.RATE`, read-only.

    ``samples`` is never changed; where nothing was to be done, the result shares its memory. The same operations
    always give the same samples. Raises :class:`kit.errors.BadInput` for times that are not in the sound or that leave
    nothing of it.
    """
    edited = samples
    for cuts, run in groupby(operations, key=lambda operation: isinstance(operation, Keep | Cut)):
        if cuts:
            edited = _joined(edited, _spans(len(edited), run))
        else:
            for operation in run:
                edited = _changed(edited, operation)
    edited = edited.view()
    edited.flags.writeable = False
    return edited


def length(seconds: float, operations: Sequence[Operation]) -> float | None:
    """How many seconds a sound of ``seconds`` lasts after ``operations``.

    None if only running them tells: after :class:`~kit.audio.operations.Pauses`. Raises
    :class:`kit.errors.BadInput` as :func:`apply` does, for what comes before those.
    """
    frames = round(seconds * RATE)
    for operation in operations:
        match operation:
            case Pauses():
                return None
            case Fade():
                _ramps(frames, operation)
            case Keep() | Cut():
                frames = _frames(_spans(frames, [operation]))
    return frames / RATE


def split(
    operations: Sequence[Operation], seconds: float, at: float
) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """Two lists of operations on one original of ``seconds``: for what is heard before ``at``, and from there on.

    ``at`` is in seconds of the sound as ``operations`` leave it. Raises :class:`kit.errors.BadInput` if it is not
    inside. (After :class:`~kit.audio.operations.Pauses` only :func:`apply` can tell for certain.)
    """
    total = length(seconds, [*takewhile(lambda operation: not isinstance(operation, Pauses), operations)]) or 0.0
    if not STEP <= at <= total - STEP:
        raise BadInput(
            "A sound of {total} s cannot be split at {at} s. Choose a time between its beginning and its end.",
            total=round(total, 2),
            at=round(at, 2),
        )
    return (*operations, Keep(start=0, end=at)), (*operations, Cut(start=0, end=at))


def _spans(frames: int, operations: Iterable[Operation]) -> list[Span]:
    """What stays of ``frames`` after a run of Keep and Cut, as passages of the sound before the first of them."""
    spans = [(0, frames)]
    for operation in operations:
        assert isinstance(operation, Keep | Cut)
        start, end = _passage(frames, operation)
        if isinstance(operation, Keep):
            spans = _between(spans, start, end)
        else:
            spans = [*_between(spans, 0, start), *_between(spans, end, frames)]
        frames = _frames(spans)
        if frames < STEP * RATE:
            span = {"start": round(operation.start, 2), "end": round(operation.end, 2)}
            if isinstance(operation, Keep):
                raise BadInput(
                    "Too little stays of the sound when only {start} to {end} s is kept. Keep a longer passage.", **span
                )
            raise BadInput("Nothing stays of the sound when {start} to {end} s is cut. Cut a shorter passage.", **span)
    return spans


def _passage(frames: int, operation: Keep | Cut) -> Span:
    """The passage that ``operation`` names, in frames of a sound of ``frames``."""
    total, start, end = (round(seconds, 2) for seconds in (frames / RATE, operation.start, operation.end))
    if operation.start >= operation.end:
        raise BadInput(
            "A passage from {start} to {end} s holds nothing. Its end must come after its start.", start=start, end=end
        )
    if operation.end > frames / RATE + STEP:
        raise BadInput(
            "The sound lasts {total} s; {start} to {end} s is not all in it. Choose times before its end.",
            total=total,
            start=start,
            end=end,
        )
    return min(round(operation.start * RATE), frames), min(round(operation.end * RATE), frames)


def _between(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """The passages of what ``spans`` make one after the other, from its frame ``start`` to ``end``."""
    kept = []
    before = 0
    for first, last in spans:
        low, high = max(first, first + start - before), min(last, first + end - before)
        if low < high:
            kept.append((low, high))
        before += last - first
    return kept


def _frames(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _joined(samples: np.ndarray, spans: Sequence[Span]) -> np.ndarray:
    """The passages one after the other, without a click: a new array of exactly their frames.

    The two sides of a join are heard together for :data:`JOIN` ms around it, which takes from what was cut.
    """
    parts = []
    begun = spans[0][0]
    for (start, end), (next_start, next_end) in pairwise(spans):
        milliseconds = min(JOIN, 1000 * min(end - start, next_end - next_start) // RATE)
        before = segments.frames(milliseconds) // 2
        after = segments.frames(milliseconds) - before
        parts.append(samples[begun : end - before])
        if milliseconds:
            falling, rising = (segments.segment(samples[at - before : at + after]) for at in (end, next_start))
            parts.append(segments.samples(falling.fade_out(milliseconds).overlay(rising.fade_in(milliseconds))))
        begun = next_start + after
    joined = np.concatenate([*parts, samples[begun : spans[-1][1]]])
    _fade(joined, EDGE if spans[0][0] > 0 else 0, EDGE if spans[-1][1] < len(samples) else 0)
    return joined


def _changed(samples: np.ndarray, operation: Operation) -> np.ndarray:
    match operation:
        case Fade():
            faded = samples.copy()
            _fade(faded, *_ramps(len(samples), operation))
            return faded
        case Louder():
            return _louder(samples, operation.decibels)
        case Pauses():
            return _joined(samples, cleaning.without_long_silences(samples, operation.longest))
        case Denoise():
            return cleaning.denoised(samples, operation.decibels)
        case Even():
            return cleaning.evened(samples)
        case Keep() | Cut():
            return _joined(samples, _spans(len(samples), [operation]))
        case _:
            assert_never(operation)


def _ramps(frames: int, fade: Fade) -> tuple[int, int]:
    """How many milliseconds a sound of ``frames`` rises and falls."""
    if max(fade.start, fade.end) > frames / RATE + STEP:
        raise BadInput(
            "The sound lasts {total} s; a fade of {fade} s is longer. Choose a shorter one.",
            total=round(frames / RATE, 2),
            fade=round(max(fade.start, fade.end), 2),
        )
    rise, fall = (min(round(1000 * seconds), 1000 * frames // RATE) for seconds in (fade.start, fade.end))
    return rise, fall


def _fade(samples: np.ndarray, rise: int, fall: int) -> None:
    """Fade ``samples`` in during ``rise`` and out during ``fall`` milliseconds, in place."""
    if rise:
        head = samples[: segments.frames(rise)]
        head[:] = segments.samples(segments.segment(head).fade_in(rise))
    if fall:
        tail = samples[len(samples) - segments.frames(fall) :]
        tail[:] = segments.samples(segments.segment(tail).fade_out(fall))


def _louder(samples: np.ndarray, decibels: float) -> np.ndarray:
    """By a gain; what would go beyond the largest number stays at it."""
    louder = np.empty_like(samples)
    minute = 60 * RATE  # at a time: pydub copies what it changes
    for start in range(0, len(samples), minute):
        segment = segments.segment(samples[start : start + minute])
        louder[start : start + minute] = segments.samples(segment.apply_gain(decibels))
    return louder
