"""Signal detection on the binary question: did a machine make some of these pixels?

The signal is a generated or altered image; noise is a photograph, under a true or a false caption. Hits and false
alarms are two different abilities: someone who cries "fake" at everything hits every time. d′ says how far apart the
two kinds of image are for the room, the criterion c which way the room leans.

Standard library only: this runs in the interface process.

Sources. Macmillan & Creelman, *Detection Theory: A User's Guide* (2nd ed., 2005), chapters 1 and 2 (d′, c). Hautus
(1995), *Behavior Research Methods, Instruments, & Computers* 27(1), 46-51 (log-linear correction). Wilson (1927),
*JASA* 22, 209-212 (interval of a proportion). Newcombe (1998), *Statistics in Medicine* 17, 873-890, method 10
(interval of a difference).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
"""Confidence level of every interval that the activity shows."""

_NORMAL = NormalDist()


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The four outcomes of the binary question, as numbers of answers (each ≥ 0)."""

    hits: int = 0
    """Said machine of a generated or altered image."""
    misses: int = 0
    """Said real of a generated or altered image."""
    false_alarms: int = 0
    """Said machine of a photograph."""
    correct_rejections: int = 0
    """Said real of a photograph."""

    def __post_init__(self) -> None:
        if min(self.hits, self.misses, self.false_alarms, self.correct_rejections) < 0:
            raise ValueError(f"counts are never negative: {self}")

    @property
    def machine(self) -> int:
        """Answers about generated or altered images."""
        return self.hits + self.misses

    @property
    def real(self) -> int:
        """Answers about photographs."""
        return self.false_alarms + self.correct_rejections

    @property
    def total(self) -> int:
        """All answers."""
        return self.machine + self.real

    @property
    def right(self) -> int:
        """Answers that are right on the binary question."""
        return self.hits + self.correct_rejections

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            hits=self.hits + other.hits,
            misses=self.misses + other.misses,
            false_alarms=self.false_alarms + other.false_alarms,
            correct_rejections=self.correct_rejections + other.correct_rejections,
        )


@dataclass(frozen=True, kw_only=True)
class Proportion:
    """``count`` out of ``n`` and its Wilson interval. Without any answer there is neither rate nor interval.

    The interval takes the answers as independent. Those of one person, or about one image, are not quite: for a whole
    room it is rather too narrow.
    """

    count: int
    n: int
    rate: float | None
    """0 to 1."""
    low: float | None
    high: float | None


def proportion(count: int, n: int, level: float = LEVEL) -> Proportion:
    """``count`` of ``n`` with the Wilson score interval at ``level`` (between 0 and 1).

    With p = count / n and z the normal quantile of (1 + level) / 2::

        centre = (p + z²/2n) / (1 + z²/n)
        half   = z √(p(1−p)/n + z²/4n²) / (1 + z²/n)

    Unlike p ± z√(p(1−p)/n) it stays within 0 and 1, and does not shrink to nothing at 0 or n: what small groups need.
    Raises :class:`ValueError` unless 0 ≤ count ≤ n and 0 < level < 1.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is not a proportion")
    if not 0 < level < 1:
        raise ValueError(f"{level} is not a confidence level")
    if n == 0:
        return Proportion(count=0, n=0, rate=None, low=None, high=None)
    z = _NORMAL.inv_cdf((1 + level) / 2)
    p = count / n
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
    # At 0 and n one bound is exact; rounding must not push it beyond.
    low = 0.0 if count == 0 else centre - half
    high = 1.0 if count == n else centre + half
    return Proportion(count=count, n=n, rate=p, low=low, high=high)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``after`` − ``before``, from −1 to 1, with its interval."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out: else nobody can tell whether anything moved."""
        return self.low > 0 or self.high < 0


def difference(before: Proportion, after: Proportion) -> Difference | None:
    """``after`` − ``before`` with Newcombe's hybrid score interval; None if one of them has no answer.

    With p₂ = after, p₁ = before and (l, u) their Wilson bounds::

        low  = p₂ − p₁ − √((p₂ − l₂)² + (u₁ − p₁)²)
        high = p₂ − p₁ + √((u₂ − p₂)² + (p₁ − l₁)²)

    It takes the two sets of answers as independent; the same people gave both, so that it errs on the wide side.
    """
    if before.rate is None or before.low is None or before.high is None:
        return None
    if after.rate is None or after.low is None or after.high is None:
        return None
    value = after.rate - before.rate
    low = value - sqrt((after.rate - after.low) ** 2 + (before.high - before.rate) ** 2)
    high = value + sqrt((after.high - after.rate) ** 2 + (before.rate - before.low) ** 2)
    return Difference(value=value, low=low, high=high)


@dataclass(frozen=True, kw_only=True)
class SignalDetection:
    """Each step from counts to d′ and c."""

    counts: Counts
    hit_rate: float
    """Log-linear: (hits + ½) / (machine + 1), so never 0 nor 1."""
    false_alarm_rate: float
    """Log-linear: (false alarms + ½) / (real + 1)."""
    z_hit: float
    z_false_alarm: float
    d_prime: float
    """0: cannot tell the two kinds apart; about 1: 69 % right without bias; 2: 84 %."""
    criterion: float
    """Below 0: leans towards "machine"; above 0: towards "real"."""


def signal_detection(counts: Counts) -> SignalDetection:
    """d′ and the criterion c of ``counts``, with the log-linear correction (Hautus 1995).

    ::

        H  = (hits + 0.5) / (hits + misses + 1)
        F  = (false alarms + 0.5) / (false alarms + correct rejections + 1)
        d′ = z(H) − z(F)              z: normal quantile
        c  = −(z(H) + z(F)) / 2

    The activity shows them for a pooled room of adults only: see :func:`activities.spot_the_fake.results.pooled_sdt`.
    Raises :class:`ValueError` if either kind of image has no answer.
    """
    if not (counts.machine and counts.real):
        raise ValueError("d′ needs answers about both kinds of image")
    # 1. Corrected rates: half an answer in each cell keeps the quantiles finite
    hit_rate = (counts.hits + 0.5) / (counts.machine + 1)
    false_alarm_rate = (counts.false_alarms + 0.5) / (counts.real + 1)
    # 2. Normal quantiles
    z_hit, z_false_alarm = _NORMAL.inv_cdf(hit_rate), _NORMAL.inv_cdf(false_alarm_rate)
    # 3. Distance and lean
    return SignalDetection(
        counts=counts,
        hit_rate=hit_rate,
        false_alarm_rate=false_alarm_rate,
        z_hit=z_hit,
        z_false_alarm=z_false_alarm,
        d_prime=z_hit - z_false_alarm,
        criterion=-(z_hit + z_false_alarm) / 2,
    )
