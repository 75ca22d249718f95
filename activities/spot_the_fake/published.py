"""What published studies measured of people who sort real images from generated ones.

They have a page of their own: other images, other people, other questions. None of these figures is a norm for the
activity's round. Every row says where the study is, where the figure was read if elsewhere, and so how sure it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How sure we are of a figure."""

    FOUND = "found"
    """Read in the study itself, or in its abstract."""
    SECOND_HAND = "second_hand"
    """Read in what somebody else wrote about the study."""


class Caution(StrEnum):
    """What the page must say beside a figure."""

    OVERESTIMATE = "overestimate"
    """The authors expect today's generators to be harder: the figure probably flatters."""
    CURATED = "curated"
    """It moves with the scene, the kind of artefact, the display time and who chose the images."""
    OLD_GENERATOR = "old_generator"
    """Faces of one family of older generators (GANs): nothing says that it holds for others."""
    AFTER_TRAINING = "after_training"
    """Measured after a training."""
    OTHER_PEOPLE_TRAINED = "other_people_trained"
    """Those trained are other people than those untrained: two groups, not a before and after."""
    N_OF_STUDY = "n_of_study"
    """``n`` counts the people of all groups and experiments; fewer gave this figure."""


@dataclass(frozen=True, kw_only=True)
class PublishedScore:
    """One figure of one study."""

    id: str
    """Key of the row's words in the activity's content (``human_scores.rows``)."""
    study_id: str
    """Key of the study's words (``human_scores.studies``)."""
    study: str
    """Authors or name, as printed."""
    year: int
    what: str
    """Id of what is measured: ``accuracy`` over both kinds of image, ``hits`` or ``correct_rejections``."""
    images: str
    """Id of the kind of images."""
    value: float
    unit: str = "percent"
    low: float | None = None
    """Bounds of the 95 % interval as published; None if we have not seen one."""
    high: float | None = None
    n: int
    """How many people took part."""
    n_rounded: bool = False
    """Whether the study's ``n`` was only read as a round number that it exceeds."""
    source_url: str
    """The study."""
    read_at: str | None = None
    """Where the figure was read, if not in the study."""
    mark: Mark
    cautions: tuple[Caution, ...] = ()


_MICROSOFT_TABLE = (
    ("overall", 62.0),
    ("people", 65.0),
    ("vehicles", 63.0),
    ("objects", 62.0),
    ("urban", 61.0),
    ("nature", 59.0),
)

_MICROSOFT = tuple(
    PublishedScore(
        id=f"microsoft_{images}",
        study_id="microsoft",
        study="Microsoft AI for Good Lab, Real or Not",
        year=2025,
        what="accuracy",
        images=images,
        value=value,
        n=12_500,
        n_rounded=True,
        source_url="https://arxiv.org/html/2507.18640v1",
        read_at="https://scmr-llc.com/blog/fun-with-data-fool-me-once",
        mark=Mark.SECOND_HAND,
        cautions=(Caution.OVERESTIMATE,),
    )
    for images, value in _MICROSOFT_TABLE
)

_KAMALI = tuple(
    PublishedScore(
        id=key,
        study_id="kamali",
        study="Kamali et al., Northwestern, CHI",
        year=2025,
        what=what,
        images=images,
        value=value,
        n=50_444,
        source_url="https://arxiv.org/abs/2502.11989v1",
        read_at="https://www.sciencestack.ai/paper/2502.11989",
        mark=Mark.SECOND_HAND,
        cautions=(Caution.CURATED,),
    )
    for key, what, images, value in (
        ("kamali_generated", "hits", "diffusion", 76.0),
        ("kamali_real", "correct_rejections", "photographs", 74.0),
    )
)

_NIGHTINGALE = (
    PublishedScore(
        id="nightingale_untrained",
        study_id="nightingale",
        study="Nightingale & Farid, PNAS",
        year=2022,
        what="accuracy",
        images="gan_faces",
        value=48.2,
        low=47.1,
        high=49.2,
        n=315,
        source_url="https://pmc.ncbi.nlm.nih.gov/articles/PMC8872790/",
        mark=Mark.FOUND,
        cautions=(Caution.OLD_GENERATOR,),
    ),
    PublishedScore(
        id="nightingale_trained",
        study_id="nightingale",
        study="Nightingale & Farid, PNAS",
        year=2022,
        what="accuracy",
        images="gan_faces",
        value=59.0,
        low=57.7,
        high=60.4,
        n=219,
        source_url="https://pmc.ncbi.nlm.nih.gov/articles/PMC8872790/",
        mark=Mark.FOUND,
        cautions=(Caution.OLD_GENERATOR, Caution.AFTER_TRAINING, Caution.OTHER_PEOPLE_TRAINED),
    ),
)

# Participants of typical ability. 381 is their number over all groups and experiments.
_GRAY = tuple(
    PublishedScore(
        id=key,
        study_id="gray",
        study="Gray et al., Royal Society Open Science",
        year=2025,
        what="hits",
        images="gan_faces",
        value=value,
        n=381,
        source_url="https://eprints.whiterose.ac.uk/id/oai_id/oai:eprints.whiterose.ac.uk:241331",
        read_at="https://petapixel.com/2025/12/29/ai-generated-faces-fool-most-people-but-photo-training-improves-detection",
        mark=Mark.SECOND_HAND,
        cautions=cautions,
    )
    for key, value, cautions in (
        ("gray_before", 31.0, (Caution.OLD_GENERATOR, Caution.N_OF_STUDY)),
        (
            "gray_after",
            51.0,
            (Caution.OLD_GENERATOR, Caution.AFTER_TRAINING, Caution.OTHER_PEOPLE_TRAINED, Caution.N_OF_STUDY),
        ),
    )
)

PUBLISHED: tuple[PublishedScore, ...] = (*_MICROSOFT, *_KAMALI, *_NIGHTINGALE, *_GRAY)
"""Every figure that the page shows, in its order."""
