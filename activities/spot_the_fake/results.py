"""What a sorting round says, with hits and false alarms apart, and what the lesson changed.

Answers come from people (one list of :class:`ImageAnswer`) or from slates counted by the facilitator. Only numbers
and ids leave this module: pages make the sentences. Standard library only (it runs in the interface process).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from activities.spot_the_fake.answers import ImageAnswer, SlateCount, Verdict
from activities.spot_the_fake.signal_detection import (
    Counts,
    Difference,
    Proportion,
    SignalDetection,
    difference,
    proportion,
    signal_detection,
)
from kit.decks.model import Truth
from kit.levels import Level


@dataclass(frozen=True, kw_only=True)
class ImageRow:
    """How one image was judged: how many said what."""

    opaque: str
    truth: Truth
    real: int = 0
    generated: int = 0
    altered: int = 0
    passed: int = 0

    @property
    def n(self) -> int:
        """Answers, passes left out."""
        return self.real + self.generated + self.altered

    @property
    def counts(self) -> Counts:
        """The answers on the binary question."""
        machine = self.generated + self.altered
        if self.truth.machine:
            return Counts(hits=machine, misses=self.real)
        return Counts(false_alarms=machine, correct_rejections=self.real)

    @property
    def right(self) -> Proportion:
        """Share right on the binary question."""
        return proportion(self.counts.right, self.n)

    @property
    def exact(self) -> int:
        """Answers that name the kind itself: generated, altered, or real (as is a photograph under a false caption)."""
        match self.truth:
            case Truth.GENERATED:
                return self.generated
            case Truth.ALTERED:
                return self.altered
            case _:
                return self.real


@dataclass(frozen=True, kw_only=True)
class RoundResult:
    """One sorting round."""

    rows: tuple[ImageRow, ...]
    """One an image, in the order of play, unanswered images included."""
    persons: int
    """How many people answered; for slates, the largest number counted for one image."""
    slates: bool
    """Whether the facilitator typed counts, so that nothing is known of each person."""

    @property
    def counts(self) -> Counts:
        """All answers on the binary question."""
        return sum((row.counts for row in self.rows), Counts())

    @property
    def n(self) -> int:
        """Answers, passes left out."""
        return sum(row.n for row in self.rows)

    @property
    def passed(self) -> int:
        """Times somebody passed (never known for slates)."""
        return sum(row.passed for row in self.rows)

    @property
    def hits(self) -> Proportion:
        """Generated or altered images said to be so."""
        counts = self.counts
        return proportion(counts.hits, counts.machine)

    @property
    def false_alarms(self) -> Proportion:
        """Photographs said to be generated or altered."""
        counts = self.counts
        return proportion(counts.false_alarms, counts.real)

    @property
    def kind(self) -> Proportion:
        """Secondary: among hits, those that also tell generated from altered."""
        machine = [row for row in self.rows if row.truth.machine]
        return proportion(sum(row.exact for row in machine), sum(row.counts.hits for row in machine))


def from_answers(answers: Iterable[ImageAnswer], truths: Mapping[str, Truth], *, persons: int = 1) -> RoundResult:
    """The round of ``persons`` people, their answers in one list.

    ``truths`` gives the truth of every image by the name it was served under, in the order of play; an image nobody
    answered keeps a row of zeros. Raises :class:`ValueError` if an answer is about an image that is not in ``truths``,
    or if an image has more answers than there are persons (an answer kept twice would weigh twice).
    """
    said = {opaque: Counter[Verdict | None]() for opaque in truths}
    for answer in answers:
        if answer.opaque not in said:
            raise ValueError(f"an answer is about an unknown image: {answer.opaque}")
        said[answer.opaque][answer.verdict] += 1
    for opaque, counter in said.items():
        if counter.total() > persons:
            raise ValueError(f"{counter.total()} answers from {persons} about {opaque}")
    rows = tuple(
        ImageRow(
            opaque=opaque,
            truth=truths[opaque],
            real=counter[Verdict.REAL],
            generated=counter[Verdict.GENERATED],
            altered=counter[Verdict.ALTERED],
            passed=counter[None],
        )
        for opaque, counter in said.items()
    )
    return RoundResult(rows=rows, persons=persons, slates=False)


def from_slates(counts: Iterable[SlateCount], truths: Mapping[str, Truth]) -> RoundResult:
    """The round of a room that answers with slates or hands, one count an image at most.

    Raises :class:`ValueError` if a count is about an image that is not in ``truths``, or an image is counted twice.
    """
    rows = {opaque: ImageRow(opaque=opaque, truth=truth) for opaque, truth in truths.items()}
    seen: set[str] = set()
    for count in counts:
        if count.opaque not in rows:
            raise ValueError(f"a count is about an unknown image: {count.opaque}")
        if count.opaque in seen:
            raise ValueError(f"{count.opaque} is counted twice")
        seen.add(count.opaque)
        rows[count.opaque] = ImageRow(
            opaque=count.opaque,
            truth=truths[count.opaque],
            real=count.real,
            generated=count.generated,
            altered=count.altered,
        )
    return RoundResult(rows=tuple(rows.values()), persons=max((row.n for row in rows.values()), default=0), slates=True)


class NoGain(StrEnum):
    """Why before and after are set side by side without a gain."""

    SLATES = "slates"
    """The whole room saw the same form first: a change may come from the images as well as from the lesson."""
    FIXED_ORDER = "fixed_order"
    """Devices were used, but everybody got the same form first."""
    TOO_FEW = "too_few"
    """A form has no answer about one of the two kinds of image."""


@dataclass(frozen=True, kw_only=True)
class Gain:
    """After minus before. A lesson that works moves hits up and leaves false alarms where they were, or lower."""

    hits: Difference
    false_alarms: Difference


@dataclass(frozen=True, kw_only=True)
class BeforeAfter:
    """The two rounds side by side; each proportion carries its own n."""

    hits_before: Proportion
    hits_after: Proportion
    false_alarms_before: Proportion
    false_alarms_after: Proportion
    gain: Gain | None
    """None wherever a gain would mislead."""
    reason: NoGain | None
    """Why there is no gain; None if there is one."""

    @property
    def comparable(self) -> bool:
        """Whether a change may be shown as a change."""
        return self.gain is not None


def before_after(form_a: RoundResult, form_b: RoundResult, *, counterbalanced: bool = True) -> BeforeAfter:
    """What changed from the first round to the second.

    ``counterbalanced``: whether chance, or one half of the room each way, decided which form came first. A room that
    answers with slates sees one screen, so that it never is.
    """
    gain = None
    reason: NoGain | None = None
    if form_a.slates or form_b.slates:
        reason = NoGain.SLATES
    elif not counterbalanced:
        reason = NoGain.FIXED_ORDER
    else:
        hits = difference(form_a.hits, form_b.hits)
        false_alarms = difference(form_a.false_alarms, form_b.false_alarms)
        if hits is None or false_alarms is None:
            reason = NoGain.TOO_FEW
        else:
            gain = Gain(hits=hits, false_alarms=false_alarms)
    return BeforeAfter(
        hits_before=form_a.hits,
        hits_after=form_b.hits,
        false_alarms_before=form_a.false_alarms,
        false_alarms_after=form_b.false_alarms,
        gain=gain,
        reason=reason,
    )


def pooled_sdt(result: RoundResult, level: Level) -> SignalDetection | None:
    """d′ and c of the room's pooled answers, for adults; None for anybody else.

    None by design for a single person (eight answers carry no d′, and nobody is to be ranked), below adults, and when
    one kind of image has no answer. Pooling people who lean differently gives a d′ below the mean of theirs
    (Macmillan & Kaplan 1985, *Psychological Bulletin* 98, 185-199).
    """
    counts = result.counts
    if level is not Level.ADULTS or result.persons < 2 or not (counts.machine and counts.real):
        return None
    return signal_detection(counts)


class Outcome(StrEnum):
    """How an image was read, without a number."""

    HIT = "hit"
    MISS = "miss"
    FALSE_ALARM = "false_alarm"
    CORRECT_REJECTION = "correct_rejection"
    DIVIDED = "divided"
    """As many said machine as said real."""
    UNANSWERED = "unanswered"
    """Everybody passed, or nobody came to it."""


@dataclass(frozen=True, kw_only=True)
class ImageReading:
    """One image, what it is and how it was read: what the mode without scores shows."""

    opaque: str
    truth: Truth
    outcome: Outcome
    """Of the one person, or of most of the room."""
    said: Verdict | None
    """The verdict, if everybody who answered gave the same one."""


def readings(rows: Sequence[ImageRow]) -> tuple[ImageReading, ...]:
    """Image by image, with no count, rate or total anywhere: for groups that want no score."""
    return tuple(
        ImageReading(opaque=row.opaque, truth=row.truth, outcome=_outcome(row), said=_unanimous(row)) for row in rows
    )


def _outcome(row: ImageRow) -> Outcome:
    machine = row.generated + row.altered
    if row.n == 0:
        return Outcome.UNANSWERED
    if machine == row.real:
        return Outcome.DIVIDED
    if row.truth.machine:
        return Outcome.HIT if machine > row.real else Outcome.MISS
    return Outcome.FALSE_ALARM if machine > row.real else Outcome.CORRECT_REJECTION


def _unanimous(row: ImageRow) -> Verdict | None:
    said = {Verdict.REAL: row.real, Verdict.GENERATED: row.generated, Verdict.ALTERED: row.altered}
    named = [verdict for verdict, number in said.items() if number]
    return named[0] if len(named) == 1 else None
