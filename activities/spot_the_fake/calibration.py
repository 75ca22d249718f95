"""How sure people were against how often they were right, on the binary question (machine or no machine).

Someone well calibrated who says 80 % is right eight times out of ten. Standard library only (interface process).
The gap between mean confidence and accuracy is the over- or underconfidence of Lichtenstein, Fischhoff & Phillips
(1982), in *Judgment under Uncertainty: Heuristics and Biases*, chapter 22.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from activities.spot_the_fake.answers import Confidence, ImageAnswer, Verdict
from activities.spot_the_fake.signal_detection import Proportion, proportion
from kit.decks.model import Truth

ENOUGH = 10
"""Below this many answers nothing is read into a bin or a whole: at 5 right of 10 the interval still spans 24–76 %."""


class Reading(StrEnum):
    """What a gap between confidence and accuracy allows one to say."""

    TOO_FEW = "too_few"
    """Too few answers to tell."""
    OVERCONFIDENT = "overconfident"
    """Surer than right: the confidence lies above the whole interval of the accuracy."""
    UNDERCONFIDENT = "underconfident"
    """Righter than sure: it lies below it."""
    NO_CLEAR_GAP = "no_clear_gap"
    """It lies within: no gap can be claimed."""


@dataclass(frozen=True, kw_only=True)
class Bin:
    """The answers given with one confidence, or all of them."""

    n: int
    mean_confidence: float | None
    """0 to 1; None without any answer."""
    accuracy: Proportion
    """Right on the binary question, with its Wilson interval."""

    @property
    def overconfidence(self) -> float | None:
        """Mean confidence − accuracy, in points (−50 to 95): positive if surer than right. None without any answer."""
        if self.mean_confidence is None or self.accuracy.rate is None:
            return None
        return 100 * (self.mean_confidence - self.accuracy.rate)

    @property
    def enough(self) -> bool:
        """Whether there are enough answers to read something into them."""
        return self.n >= ENOUGH

    @property
    def reading(self) -> Reading:
        """What may be said, given n and the interval."""
        confidence, low, high = self.mean_confidence, self.accuracy.low, self.accuracy.high
        if not self.enough or confidence is None or low is None or high is None:
            return Reading.TOO_FEW
        if confidence > high:
            return Reading.OVERCONFIDENT
        if confidence < low:
            return Reading.UNDERCONFIDENT
        return Reading.NO_CLEAR_GAP


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The whole view."""

    bins: tuple[tuple[Confidence, Bin], ...]
    """One for each confidence of the scale, lowest first, empty ones included."""
    overall: Bin
    passed: int
    """Images passed, left out."""
    unsaid: int
    """Verdicts given without a confidence, left out."""


def calibrate(answers: Iterable[ImageAnswer], truths: Mapping[str, Truth]) -> Calibration:
    """The calibration of ``answers``, of one person or of a room.

    ``truths``: truth of every image by the name it was served under. A generated image called altered is right: the
    confidence is about machine or no machine. Raises :class:`ValueError` on an answer about an unknown image.
    """
    right: dict[Confidence, list[bool]] = {confidence: [] for confidence in Confidence}
    passed = unsaid = 0
    for answer in answers:
        if answer.opaque not in truths:
            raise ValueError(f"an answer is about an unknown image: {answer.opaque}")
        if answer.verdict is None:
            passed += 1
        elif answer.confidence is None:
            unsaid += 1
        else:
            right[answer.confidence].append((answer.verdict is not Verdict.REAL) == truths[answer.opaque].machine)
    return Calibration(
        bins=tuple((confidence, _bin({confidence: right[confidence]})) for confidence in Confidence),
        overall=_bin(right),
        passed=passed,
        unsaid=unsaid,
    )


def _bin(right: Mapping[Confidence, list[bool]]) -> Bin:
    n = sum(len(group) for group in right.values())
    stated = sum(int(confidence) * len(group) for confidence, group in right.items())
    return Bin(
        n=n,
        mean_confidence=stated / (100 * n) if n else None,
        accuracy=proportion(sum(sum(group) for group in right.values()), n),
    )
