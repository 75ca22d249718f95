"""The classifier behind « Le détecteur »: a logistic regression on eight numbers, measured without cheating.

Eight numbers are taken from each image, four from its spectrum and four from its noise; a logistic regression learns
to tell photographs from generated images by them. Twins (the photograph and what was generated from it) always fall
in the same fold, so that every score shown is that of an image whose source the scoring model has never seen.

:func:`train` runs in a compute worker. What comes back is plain (numbers, tuples, dataclasses), coefficients included:
no scikit-learn object crosses.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from activities.spot_the_fake.features import FEATURES, features
from activities.spot_the_fake.signal_detection import Counts, Proportion, proportion
from kit.errors import BadInput

Pixels = NDArray[np.uint8]
Progress = Callable[[float, str], None]

THRESHOLD = 0.5
"""Score from which the detector says machine."""
FOLDS = 5
FEWEST_SOURCES = 4
"""Below this many sources nothing can be held out sensibly."""


@dataclass(frozen=True, kw_only=True)
class Linear:
    """A standardising logistic regression, as its coefficients: score = 1 / (1 + exp(−(Σ wᵢ (xᵢ − mᵢ)/sᵢ + b)))."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    """Log-odds for one standard deviation of each feature; positive leans towards machine."""
    intercept: float

    def score(self, values: NDArray[np.float64]) -> float:
        """Score of machine (0 to 1) for the features ``values``, shape (8,)."""
        scaled = (np.asarray(values) - np.asarray(self.mean)) / np.asarray(self.scale)
        logit = float(scaled @ np.asarray(self.weights)) + self.intercept
        # The two writings are equal; each overflows on one side only.
        return 1 / (1 + exp(-logit)) if logit >= 0 else exp(logit) / (1 + exp(logit))


@dataclass(frozen=True, kw_only=True)
class FeatureWeight:
    """What one feature weighs in the decision."""

    id: str
    """One of :data:`~activities.spot_the_fake.features.FEATURES`, the key of its plain words."""
    weight: float
    """Log-odds for one standard deviation."""
    odds: float
    """By how much one standard deviation more multiplies the odds of machine."""
    towards: str
    """Where more of it leans: ``machine``, ``real``, or ``neither`` (odds between 0.9 and 1.1)."""


@dataclass(frozen=True, kw_only=True)
class ImageScore:
    """How one image was scored by a model that has not seen its source."""

    index: int
    """Position in the list of images given."""
    machine: bool
    """The truth."""
    fold: int
    score: float
    """0 (photograph) to 1 (machine). A score, not a chance: nothing calibrates it beyond this deck."""

    @property
    def alert(self) -> bool:
        """Whether the detector says machine."""
        return self.score >= THRESHOLD


@dataclass(frozen=True, kw_only=True)
class RocPoint:
    """Hits against false alarms for one threshold: alert if score ≥ threshold."""

    threshold: float
    false_alarm_rate: float
    hit_rate: float


@dataclass(frozen=True, kw_only=True)
class Trained:
    """The detector and what it is worth."""

    scores: tuple[ImageScore, ...]
    """One an image, in the order given, all from models that had not seen its source."""
    confusion: Counts
    """Of these scores, at :data:`THRESHOLD`."""
    learnt_by_heart: Counts
    """Of the final model on the very images that it learnt from: what a careless test would announce."""
    roc: tuple[RocPoint, ...]
    auc: float
    """Chance that a generated image scores above a photograph (ties count half); 0.5 is a coin."""
    final: Linear
    """Learnt from all images."""
    folds: tuple[Linear, ...]
    fold_of: dict[Hashable, int]
    """For each source, the fold whose model has not seen it."""
    weights: tuple[FeatureWeight, ...]
    """Of the final model, strongest first."""

    @property
    def hits(self) -> Proportion:
        """Generated or altered images that raise an alert."""
        return proportion(self.confusion.hits, self.confusion.machine)

    @property
    def false_alarms(self) -> Proportion:
        """Photographs that raise an alert."""
        return proportion(self.confusion.false_alarms, self.confusion.real)

    def unseen(self, group: Hashable) -> Linear:
        """A model that has never seen the source ``group``: its fold's, or the final one if nobody has."""
        return self.folds[self.fold_of[group]] if group in self.fold_of else self.final


def train(
    images: Sequence[Pixels],
    labels: Sequence[bool],
    groups: Sequence[Hashable],
    *,
    seed: int,
    on_progress: Progress | None = None,
) -> Trained:
    """Train and measure the detector.

    ``images``: uint8 arrays (height, width, 3); ``labels``: whether a machine made some of the pixels; ``groups``: the
    source of each image. ``seed`` deals the sources to the folds; the same call gives the same result.
    ``on_progress`` receives a fraction (0 to 1) and what is being done, an English sentence to translate.

    Raises :class:`~kit.errors.BadInput` with fewer than :data:`FEWEST_SOURCES` sources of either kind, and
    :class:`ValueError` if the three lists differ in length.
    """
    values = []
    for index, pixels in enumerate(images):
        values.append(features(pixels))
        if on_progress:
            on_progress(0.8 * (index + 1) / len(images), "Measuring the images")
    table = np.stack(values) if values else np.empty((0, len(FEATURES)))
    return train_on_features(table, labels, groups, seed=seed, on_progress=on_progress)


def train_on_features(
    table: NDArray[np.float64],
    labels: Sequence[bool],
    groups: Sequence[Hashable],
    *,
    seed: int,
    on_progress: Progress | None = None,
) -> Trained:
    """:func:`train` from features already taken, shape (images, 8)."""
    from sklearn.model_selection import StratifiedGroupKFold

    if not len(table) == len(labels) == len(groups):
        raise ValueError(f"{len(table)} images, {len(labels)} labels, {len(groups)} groups")
    truth = np.array(labels, dtype=bool)
    sources = list(dict.fromkeys(groups))
    kinds = [len({g for g, machine in zip(groups, labels, strict=True) if machine is kind}) for kind in (False, True)]
    if min(kinds) < FEWEST_SOURCES:
        raise BadInput(
            "The detector found {real} real photographs and {machine} generated or altered ones to learn from. "
            "It needs at least {fewest} of each, from different sources: choose a larger deck.",
            real=kinds[0],
            machine=kinds[1],
            fewest=FEWEST_SOURCES,
        )
    # 1. Deal the sources, not the images, to the folds; both kinds spread evenly, where sources have only one
    number = [sources.index(group) for group in groups]
    splitter = StratifiedGroupKFold(n_splits=min(FOLDS, min(kinds)), shuffle=True, random_state=seed)
    scores: list[ImageScore] = []
    folds: list[Linear] = []
    fold_of: dict[Hashable, int] = {}
    splits = list(splitter.split(table, truth, number))
    for fold, (seen, held_out) in enumerate(splits):
        # 2. Learn from the other folds, score this one
        model = fit(table[seen], truth[seen])
        folds.append(model)
        for index in map(int, held_out):
            fold_of[groups[index]] = fold
            scores.append(
                ImageScore(index=index, machine=bool(truth[index]), fold=fold, score=model.score(table[index]))
            )
        if on_progress:
            on_progress(0.8 + 0.2 * (fold + 1) / len(splits), "Learning, and testing on what was set aside")
    scores.sort(key=lambda score: score.index)
    # 3. The model that learnt from everything: for its weights, and for images from elsewhere
    final = fit(table, truth)
    by_heart = [
        ImageScore(index=i, machine=bool(truth[i]), fold=-1, score=final.score(row)) for i, row in enumerate(table)
    ]
    return Trained(
        scores=tuple(scores),
        confusion=confusion(scores),
        learnt_by_heart=confusion(by_heart),
        roc=roc(scores),
        auc=auc(scores),
        final=final,
        folds=tuple(folds),
        fold_of=fold_of,
        weights=_weights(final),
    )


def fit(table: NDArray[np.float64], truth: NDArray[np.bool_]) -> Linear:
    """The logistic regression (L2, C = 1) learnt from the features ``table``, shape (images, 8), and their truth.

    Raises :class:`~kit.errors.BadInput` if all images are of one kind.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if truth.all() or not truth.any():
        raise BadInput(
            "Too few photographs of this deck have both a real and a generated version, so that none can be set aside "
            "to test the detector. Choose a larger deck."
        )
    # Balanced: a deck with more of one kind must not push every answer towards that kind.
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
    pipeline.fit(table, truth)
    scaler, regression = pipeline[0], pipeline[1]
    return Linear(
        mean=tuple(scaler.mean_.tolist()),
        scale=tuple(scaler.scale_.tolist()),
        weights=tuple(regression.coef_[0].tolist()),
        intercept=float(regression.intercept_[0]),
    )


def _weights(model: Linear) -> tuple[FeatureWeight, ...]:
    rows = []
    for feature, weight in zip(FEATURES, model.weights, strict=True):
        odds = exp(weight)
        towards = "neither" if 0.9 < odds < 1.1 else "machine" if weight > 0 else "real"
        rows.append(FeatureWeight(id=feature, weight=weight, odds=odds, towards=towards))
    return tuple(sorted(rows, key=lambda row: -abs(row.weight)))


def confusion(scores: Sequence[ImageScore], threshold: float = THRESHOLD) -> Counts:
    """The four outcomes if scores of ``threshold`` or more raise an alert."""
    machine = [score.score >= threshold for score in scores if score.machine]
    real = [score.score >= threshold for score in scores if not score.machine]
    return Counts(
        hits=sum(machine),
        misses=len(machine) - sum(machine),
        false_alarms=sum(real),
        correct_rejections=len(real) - sum(real),
    )


def roc(scores: Sequence[ImageScore]) -> tuple[RocPoint, ...]:
    """Every threshold that changes something, strictest first, from (0, 0) to (1, 1). Needs both kinds of image."""
    thresholds = [float("inf"), *sorted({score.score for score in scores}, reverse=True)]
    points = []
    for threshold in thresholds:
        counts = confusion(scores, threshold)
        points.append(
            RocPoint(
                threshold=threshold,
                false_alarm_rate=counts.false_alarms / counts.real,
                hit_rate=counts.hits / counts.machine,
            )
        )
    return tuple(points)


def auc(scores: Sequence[ImageScore]) -> float:
    """Area under the ROC curve, as the Mann-Whitney statistic over all pairs. Needs both kinds of image."""
    machine = np.array([score.score for score in scores if score.machine])
    real = np.array([score.score for score in scores if not score.machine])
    gaps = machine[:, None] - real[None, :]
    return float((np.sum(gaps > 0) + 0.5 * np.sum(gaps == 0)) / gaps.size)
