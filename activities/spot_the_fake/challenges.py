"""Leading the detector astray: images that it has not seen the like of.

The ones it knows, saved again, grained, blurred or as the game serves them; photographs altered in one place;
pictures of another kind. Each is scored by a model that has not seen its source, so that what moves is due to the
disturbance alone. Heavy: for a compute worker.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from activities.spot_the_fake.classifier import ImageScore, Pixels, Trained, confusion
from activities.spot_the_fake.features import features
from activities.spot_the_fake.signal_detection import Counts, Proportion, proportion


class Kind(StrEnum):
    """Images that the detector has not seen the like of."""

    RESAVED = "resaved"
    """Halved, enlarged again and saved as JPEG of quality 50, as a messaging service or a screenshot would."""
    GRAIN = "grain"
    """Gaussian grain added: 8 levels of 255 in each colour."""
    BLUR = "blur"
    """A Gaussian blur of 1.2 pixels."""
    PLAYED = "played"
    """The copies served in the game, whose sharpness and grain are brought to a common measure."""
    ALTERED = "altered"
    """Photographs altered in one place: most of their pixels are a camera's."""
    GREY = "grey"
    """Pictures without colour, scored by a detector that learnt from coloured ones only."""
    OTHER = "other"
    """Photographs and scans from elsewhere: textures, a microscope, pages, the sky."""


DISTURBANCES = (Kind.RESAVED, Kind.GRAIN, Kind.BLUR)
"""The kinds that are made from the images themselves."""
GRAIN_LEVELS = 8.0
BLUR_PIXELS = 1.2
JPEG_QUALITY = 50


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """The detector on images of one :class:`Kind`, with the same images undisturbed where there are some."""

    kind: Kind
    scores: tuple[ImageScore, ...]
    """In the order given; ``fold`` is −1 where the final model scored a source that none had seen."""
    after: Counts
    before: Counts | None
    """On the same images before the disturbance; None for images that have no such twin."""

    @property
    def hits(self) -> Proportion:
        """Generated or altered images that raise an alert."""
        return proportion(self.after.hits, self.after.machine)

    @property
    def false_alarms(self) -> Proportion:
        """Photographs that raise an alert."""
        return proportion(self.after.false_alarms, self.after.real)


def disturb(pixels: Pixels, kind: Kind, seed: int) -> Pixels:
    """A disturbed copy of ``pixels`` (height, width, 3; uint8), of the same shape; ``seed`` is that of the grain.

    Raises :class:`ValueError` if ``kind`` is not one of :data:`DISTURBANCES`.
    """
    from PIL import Image, ImageFilter

    if kind is Kind.GRAIN:
        grain = np.random.default_rng(seed).normal(0, GRAIN_LEVELS, pixels.shape)
        return np.clip(np.rint(pixels + grain), 0, 255).astype(np.uint8)
    image = Image.fromarray(pixels)
    if kind is Kind.BLUR:
        return np.array(image.filter(ImageFilter.GaussianBlur(BLUR_PIXELS)))
    if kind is Kind.RESAVED:
        half = image.resize((image.width // 2, image.height // 2), Image.Resampling.BICUBIC)
        file = io.BytesIO()
        half.resize(image.size, Image.Resampling.BICUBIC).save(file, "JPEG", quality=JPEG_QUALITY)
        with Image.open(file) as saved:
            return np.array(saved.convert("RGB"))
    raise ValueError(f"{kind} is not a disturbance")


def challenge(
    trained: Trained,
    images: Sequence[Pixels],
    labels: Sequence[bool],
    groups: Sequence[Hashable],
    kind: Kind,
    *,
    seed: int = 0,
    on_image: Callable[[int], None] | None = None,
) -> Challenge:
    """Measure ``trained`` on ``images`` of ``kind``.

    The kinds of :data:`DISTURBANCES` are made here from ``images``, which are scored before and after; images of the
    other kinds are taken as they are. ``labels`` and ``groups`` as in :func:`train`. ``on_image`` receives the index
    of each image in turn.
    """
    before, after = [], []
    for index, (pixels, machine, group) in enumerate(zip(images, labels, groups, strict=True)):
        if on_image:
            on_image(index)
        changed = pixels
        if kind in DISTURBANCES:
            before.append(score(trained, index, pixels, machine, group))
            changed = disturb(pixels, kind, seed + index)
        after.append(score(trained, index, changed, machine, group))
    return compare(kind, after, before=before if kind in DISTURBANCES else None)


def compare(kind: Kind, after: Sequence[ImageScore], *, before: Sequence[ImageScore] | None = None) -> Challenge:
    """What scores ``after`` a disturbance come to, beside those of the same images ``before``."""
    return Challenge(
        kind=kind,
        scores=tuple(after),
        after=confusion(after),
        before=None if before is None else confusion(before),
    )


def score(trained: Trained, index: int, pixels: Pixels, machine: bool, group: Hashable) -> ImageScore:
    """The score by a model that has not seen the source."""
    return ImageScore(
        index=index,
        machine=machine,
        fold=trained.fold_of.get(group, -1),
        score=trained.unseen(group).score(features(pixels)),
    )
