"""One run of « Du bruit à l'image »: the bet, the recipe of the picture, the place to alter."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from activities.noise_to_image.activity import NOISE_TO_IMAGE
from activities.noise_to_image.answers import Guess
from kit.images.generate import MOST_PHOTOS, PATCHES, Schedule
from kit.walk import LabWalk

LARGEST_SEED = 9999
"""Small enough to be said aloud: one table of the room can ask for the seed of another."""

Share = Annotated[float, Field(ge=0, le=1)]


class PhotoId(BaseModel):
    """A photograph: an item of a deck."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    deck: str = "default"
    item: str


class Recipe(BaseModel):
    """Everything that makes a picture what it is: the same recipe gives the same picture."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    photos: Annotated[tuple[PhotoId, ...], Field(min_length=1, max_length=MOST_PHOTOS)]
    """The photographs that go in, each as often as it counts. The first one gives the layout."""
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1
    fidelity: Share = 0.5
    patch: int = 7
    schedule: Schedule = "cosine"

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.patch not in PATCHES:
            raise ValueError(f"no patch of {self.patch} pixels")
        return self


class Box(BaseModel):
    """A rectangle on a photograph, in fractions of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    x: Share
    y: Share
    width: Annotated[float, Field(gt=0, le=1)]
    height: Annotated[float, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _inside(self) -> Self:
        # A hair of rounding is allowed: a hand that drags to the edge means the edge.
        if self.x + self.width > 1 + 1e-6 or self.y + self.height > 1 + 1e-6:
            raise ValueError("the rectangle leaves the photograph")
        return self


class Alteration(BaseModel):
    """A photograph, and the part of it that is to be generated anew."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    photo: PhotoId
    box: Box = Box(x=0.4, y=0.35, width=0.25, height=0.3)
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1


class Prompt(BaseModel):
    """What a model of the hub is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Annotated[str, Field(max_length=64)] = ""
    """A name of the catalogue; empty: the first that is installed."""
    text: Annotated[str, Field(max_length=300)] = ""
    negative: Annotated[str, Field(max_length=300)] = ""
    steps: Annotated[int, Field(ge=1, le=50)] | None = None
    """None: as the model's entry of the catalogue says; so for the guidance."""
    guidance: Annotated[float, Field(ge=0, le=20)] | None = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1


FIRST = PhotoId(item="coffee")
"""The photograph one meets first: nobody's face, and everybody knows what a cup looks like."""


class NoiseRun(LabWalk):
    """The state of one run."""

    activity = NOISE_TO_IMAGE
    answers_in = ("text", "guess", "counts")

    step: str = NOISE_TO_IMAGE.steps[0].id
    guess: Guess | None = None
    counts: dict[Guess, Annotated[int, Field(ge=0, le=999)]] = Field(default_factory=dict)
    """Hands of a room, by guess."""
    recipe: Recipe = Recipe(photos=(FIRST,))
    before: Recipe | None = None
    """In the lab where one feeds the machine: the recipe that the present one is compared with."""
    shares: Annotated[int, Field(ge=1, le=9)] = 9
    """In the lab of proportions: how many of ten photographs are the same one."""
    other: PhotoId = PhotoId(item="motorcycle")
    """In the lab of proportions: the tenth."""
    alteration: Alteration = Alteration(photo=PhotoId(item="motorcycle"))
    prompt: Prompt = Prompt()
    gallery: Annotated[str, Field(max_length=80)] = ""
    """The gallery that is open; empty: the shelf."""
    gallery_view: Literal["grid", "note", "count"] = "grid"
    gallery_picture: Annotated[str, Field(max_length=20)] = ""
    """The file of the picture that is being noted; empty: the first that waits."""

    def has_answered(self) -> bool:
        """Whether this run holds an answer to its current step."""
        return self.guess is not None if self.step == "brief" else super().has_answered()

    def cooking(self, **changes: object) -> Self:
        """This run with another recipe; nothing is computed until it is asked for."""
        recipe = Recipe.model_validate({**dict(self.recipe), **changes})
        return self if recipe == self.recipe else self.having(recipe=recipe)

    def altering(self, **changes: object) -> Self:
        """This run with another place to alter."""
        return self.having(alteration=Alteration.model_validate({**dict(self.alteration), **changes}))

    def prompting(self, **changes: object) -> Self:
        """This run with another sentence, or other settings, for a model of the hub."""
        return self.having(prompt=Prompt.model_validate({**dict(self.prompt), **changes}))
