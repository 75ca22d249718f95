"""What people answer in « Vrai ou IA ? ». Light: no numpy, so that the activity's spec stays cheap to import."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Verdict(StrEnum):
    """What an answer says of an image."""

    REAL = "real"
    GENERATED = "generated"
    ALTERED = "altered"


class Confidence(IntEnum):
    """How sure, as the chance in percent that one gives oneself of telling machine from no machine; 50 is a coin."""

    COIN = 50
    RATHER = 65
    SURE = 80
    CERTAIN = 95


class ClueFamily(StrEnum):
    """The five families of clues of Kamali et al. 2024 (arXiv 2406.08651)."""

    ANATOMICAL = "anatomical"
    STYLISTIC = "stylistic"
    FUNCTIONAL = "functional"
    PHYSICAL = "physical"
    SOCIOCULTURAL = "sociocultural"


Unit = Annotated[float, Field(ge=0, le=1)]


class Point(BaseModel):
    """A place on an image: ``x`` from the left edge (0) to the right (1), ``y`` from top (0) to bottom (1)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    x: Unit
    y: Unit


class ImageAnswer(BaseModel):
    """One person's answer about one image. ``verdict`` is None when the person passed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    opaque: str
    """The name under which the image was served."""
    verdict: Verdict | None = None
    confidence: Confidence | None = None
    family: ClueFamily | None = None
    point: Point | None = None
    sentence: Annotated[str, Field(max_length=280)] = ""


class SlateCount(BaseModel):
    """How many slates (or hands) said what about one image, typed by the facilitator."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    opaque: str
    real: Annotated[int, Field(ge=0, le=999)] = 0
    generated: Annotated[int, Field(ge=0, le=999)] = 0
    altered: Annotated[int, Field(ge=0, le=999)] = 0

    @property
    def total(self) -> int:
        """Slates counted for this image."""
        return self.real + self.generated + self.altered


class DossierAnswer(BaseModel):
    """What someone decides to do about a publication, before any pixel is looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    dossier: str
    decision: str

    @model_validator(mode="after")
    def _known(self) -> DossierAnswer:
        if self.decision not in ("share", "wait", "verify"):
            raise ValueError("decision must be share, wait or verify")
        return self
