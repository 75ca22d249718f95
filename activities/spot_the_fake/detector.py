"""« Le détecteur »: trained on a deck before everybody's eyes, measured honestly, and then led astray.

The page asks a heavy worker for :func:`train_on_deck` and draws what comes back. The learning itself is in
:mod:`~activities.spot_the_fake.classifier`, what misleads it in :mod:`~activities.spot_the_fake.challenges`, what it
looks at in :mod:`~activities.spot_the_fake.features`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from activities.spot_the_fake.challenges import DISTURBANCES, Challenge, Kind, challenge, compare, disturb, score
from activities.spot_the_fake.classifier import (
    FEWEST_SOURCES,
    THRESHOLD,
    FeatureWeight,
    ImageScore,
    Linear,
    Pixels,
    Progress,
    RocPoint,
    Trained,
    fit,
    train,
    train_on_features,
)
from activities.spot_the_fake.features import FEATURES, explain, features
from kit.decks.model import Source, Truth
from kit.i18n import N_

__all__ = [
    "DISTURBANCES",
    "FEATURES",
    "THRESHOLD",
    "Challenge",
    "DeckDetector",
    "DeckImage",
    "FeatureWeight",
    "ImageScore",
    "Kind",
    "Linear",
    "RocPoint",
    "Trained",
    "challenge",
    "compare",
    "disturb",
    "explain",
    "features",
    "train",
    "train_on_deck",
]

_UNLIKE = N_("Showing it images unlike those it knows")

_OTHER_FILES = tuple(
    Source(package="skimage", file=f"data/{name}")
    for name in (
        "brick.png",
        "clock_motion.png",
        "coins.png",
        "grass.png",
        "gravel.png",
        "hubble_deep_field.jpg",
        "ihc.png",
        "moon.png",
        "page.png",
        "text.png",
    )
)
"""Photographs and scans that scikit-image carries; those that a deck uses are left out of its challenge."""


@dataclass(frozen=True, kw_only=True)
class DeckImage:
    """One image of the deck that the detector learnt from."""

    item: str
    truth: Truth


@dataclass(frozen=True, kw_only=True)
class DeckDetector:
    """The detector of a deck, and where it fails."""

    images: tuple[DeckImage, ...]
    """What was learnt from; ``trained.scores[i].index`` points here."""
    trained: Trained
    challenges: tuple[Challenge, ...]
    """Those that the deck allows; a kind without any image is left out."""
    seed: int


def train_on_deck(deck_folder: str | None, seed: int) -> DeckDetector:
    """Train on the photographs and generated images of a deck, then challenge the detector. For a heavy worker.

    ``deck_folder``: None for the default deck. Images altered in one place are kept out of the training: they are one
    of the challenges. Crops of one photograph count as one source.

    A few seconds for a deck of 15 photographs.
    Raises :class:`~kit.errors.BadInput` if the deck is too small, and what reading a deck raises.
    """
    from kit.compute import report
    from kit.decks import loaded, render, store

    deck = store.default() if deck_folder is None else store.load(Path(deck_folder))
    # 1. The pictures as they are, by source
    shown: list[tuple[DeckImage, Pixels, str]] = []
    altered: list[tuple[Pixels, str]] = []
    for number, item in enumerate(deck.playable):
        report(0.2 * number / len(deck.playable), "Reading the deck")
        group = _source_key(item.source)
        truths = [version.truth for version in item.versions]
        for truth in (Truth.REAL, Truth.GENERATED):
            if truth in truths:
                image = DeckImage(item=item.id, truth=truth)
                shown.append((image, render.picture(deck, item, truth), group))
        if Truth.ALTERED in truths:
            altered.append((render.picture(deck, item, Truth.ALTERED), group))
    images = [pixels for _, pixels, _ in shown]
    labels = [image.truth.machine for image, _, _ in shown]
    groups = [group for _, _, group in shown]
    # 2. Learn, and measure on sources set aside
    rows = []
    for number, pixels in enumerate(images):
        report(0.2 + 0.2 * number / len(images), "Measuring the images")
        rows.append(features(pixels))
    table = np.reshape(rows, (len(rows), len(FEATURES)))
    trained = train_on_features(table, labels, groups, seed=seed, on_progress=_scaled(report, 0.4, 0.45))
    # 3. Images that it has not seen the like of; what they scored undisturbed is known from the training
    challenges = []
    for turn, kind in enumerate((*DISTURBANCES, Kind.PLAYED)):
        scores = []
        for number, (image, pixels, group) in enumerate(shown):
            report(0.45 + 0.11 * (turn + number / len(shown)), _UNLIKE)
            if kind is Kind.PLAYED:
                changed = _decode(render.served(deck, image.item, image.truth, seed + number))
            else:
                changed = disturb(pixels, kind, seed + number)
            scores.append(score(trained, number, changed, image.truth.machine, group))
        challenges.append(compare(kind, scores, before=trained.scores))
    grey = np.array([image.item in deck.grey for image, _, _ in shown])
    if (one := _without_grey(table, labels, groups, grey, trained)) is not None:
        challenges.append(one)
    scores = []
    for number, (pixels, group) in enumerate(altered):
        report(0.89 + 0.05 * number / len(altered), _UNLIKE)
        scores.append(score(trained, number, pixels, True, group))
    if scores:
        challenges.append(compare(Kind.ALTERED, scores))
    scores = []
    others = [source for source in _OTHER_FILES if _source_key(source) not in trained.fold_of]
    for number, source in enumerate(others):
        report(0.94 + 0.06 * number / len(others), _UNLIKE)
        pixels = render.fit(loaded.photograph(deck.folder, source))
        scores.append(score(trained, number, pixels, False, _source_key(source)))
    if scores:
        challenges.append(compare(Kind.OTHER, scores))
    return DeckDetector(
        images=tuple(image for image, _, _ in shown), trained=trained, challenges=tuple(challenges), seed=seed
    )


def _without_grey(
    table: NDArray[np.float64],
    labels: Sequence[bool],
    groups: Sequence[str],
    grey: NDArray[np.bool_],
    trained: Trained,
) -> Challenge | None:
    """The grey images, scored by a detector that learnt from the coloured ones only; None without enough of either."""
    truth = np.array(labels)
    coloured = [
        len({group for group, there in zip(groups, ~grey & (truth == kind), strict=True) if there})
        for kind in (False, True)
    ]
    if not grey.any() or min(coloured) < FEWEST_SOURCES:
        return None
    model = fit(table[~grey], truth[~grey])
    held = [int(index) for index in np.flatnonzero(grey)]
    return compare(
        Kind.GREY,
        [ImageScore(index=i, machine=labels[i], fold=-1, score=model.score(table[i])) for i in held],
        before=[trained.scores[i] for i in held],
    )


def _source_key(source: Source) -> str:
    """The file a picture comes from: two crops of one photograph are one source."""
    return f"{source.package or ''}:{source.file}"


def _decode(png: bytes) -> Pixels:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return np.array(image.convert("RGB"))


def _scaled(report: Progress, start: float, end: float) -> Progress:
    def on_progress(fraction: float, message: str) -> None:
        report(start + (end - start) * fraction, message)

    return on_progress
