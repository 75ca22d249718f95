"""The deck format.

A deck is a folder (or a zip of it) with one ``deck.yaml`` and its images. Words are a plain string, or one string a
language::

    format: 1
    id: my-street
    title: Ma rue            # or {fr: Ma rue, en: My street}
    items:
      - id: bakery
        source: {file: bakery.jpg}             # or {package: skimage, file: data/coffee.png, crop: [0, 0, 600, 400]}
        credit: Photo de la classe de CM2
        licence: CC0
        title: La boulangerie
        alt: La devanture d'une boulangerie.       # one for all versions (or one in each): must not betray the answer
        versions:
          - truth: real
            explanation: …
          - truth: generated
            file: bakery-generated.png             # an image, labelled
            explanation: …
            clues:
              - {family: functional, x: 0.4, y: 0.3, words: L'enseigne ne dit rien.}
          - truth: altered
            overlay: {file: bakery-altered.png, x: 120, y: 80}   # pasted on the real picture, in its pixels
          - truth: miscaptioned                    # the real photo under a false caption: needs a card
            card: {who: …, when: …, words: …, elsewhere: …}
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from kit.content import Content
from kit.faults import Unfit

PICTURE_SIZE = (480, 320)
"""Width and height, in pixels, of every image that is played."""


class Truth(StrEnum):
    """What an image really is."""

    REAL = "real"
    GENERATED = "generated"
    ALTERED = "altered"
    MISCAPTIONED = "miscaptioned"

    @property
    def machine(self) -> bool:
        """Whether a machine made some of its pixels. A false caption leaves the photograph real."""
        return self in (Truth.GENERATED, Truth.ALTERED)


Family = Literal["anatomical", "stylistic", "functional", "physical", "sociocultural"]
Slug = Annotated[str, StringConstraints(pattern=re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}\Z"))]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
OneText = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Words = OneText | Annotated[dict[Literal["fr", "en"], OneText], Field(min_length=1)]
"""A text in the deck's own language, or one text a language."""


def words(text: Words | None, lang: str) -> str:
    """``text`` in ``lang``, else in whichever language it exists; empty if there is none."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    return text.get(lang) or next(iter(text.values()), "")  # type: ignore[call-overload]


class Clue(Content):
    """A place where the picture gives itself away. ``x``, ``y``: 0–1 from the left and top edges of the picture."""

    family: Family
    x: Annotated[float, Field(ge=0, le=1)]
    y: Annotated[float, Field(ge=0, le=1)]
    words: Words


class Card(Content):
    """A publication card: who posts the image, when, with which words, where else it was seen."""

    who: Words
    when: Words
    words: Words
    elsewhere: Words


class Overlay(Content):
    """A generated piece pasted on the picture, its top-left corner at ``x``, ``y`` pixels of the played size."""

    file: FileName
    x: Annotated[int, Field(ge=0)]
    y: Annotated[int, Field(ge=0)]


class Source(Content):
    """Where the photograph is: a file of the deck, or of an installed package; ``crop`` is left, top, right, bottom."""

    file: FileName
    package: Literal["skimage", "sklearn"] | None = None
    crop: tuple[int, int, int, int] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.crop and not (0 <= self.crop[0] < self.crop[2] and 0 <= self.crop[1] < self.crop[3]):
            raise Unfit("“crop” is left, top, right, bottom: left < right and top < bottom, none below 0")
        return self


class Version(Content):
    """One way an item may be shown."""

    truth: Truth
    file: FileName | None = None
    overlay: Overlay | None = None
    alt: Words
    explanation: Words
    clues: tuple[Clue, ...] = ()
    card: Card | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        match self.truth:
            case Truth.GENERATED if not self.file:
                raise Unfit("a generated version needs its own “file”.")
            case Truth.ALTERED if not (self.file or self.overlay):
                raise Unfit("an altered version needs a “file” or an “overlay”.")
            case Truth.MISCAPTIONED if not self.card:
                raise Unfit("a miscaptioned version needs a “card” with its false words")
        return self


class Item(Content):
    """One source photograph and its versions; a sitting shows one of them."""

    id: Slug
    source: Source
    credit: Words
    licence: OneText
    title: Words
    portrait: bool = False
    """A recognisable person: then only real (or miscaptioned) versions are accepted."""
    approved: bool = True
    """False while a facilitator has not yet looked at a pupil's picture; such an item is never played or exported."""
    versions: Annotated[tuple[Version, ...], Field(min_length=1, max_length=8)]

    @model_validator(mode="before")
    @classmethod
    def _one_alt(cls, data: object) -> object:
        """An ``alt`` of the item is that of every version without its own: what cannot differ cannot betray."""
        if not isinstance(data, dict) or "alt" not in data or not isinstance(data.get("versions"), list):
            return data
        rest = {key: value for key, value in data.items() if key != "alt"}
        rest["versions"] = [{"alt": data["alt"], **v} if isinstance(v, dict) else v for v in data["versions"]]
        return rest

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        if self.portrait and any(version.truth.machine for version in self.versions):
            raise Unfit("a recognisable person is never generated or altered: keep real versions only")
        truths = [version.truth for version in self.versions]
        if len(set(truths)) != len(truths):
            raise Unfit("two versions have the same truth")
        return self

    def version(self, truth: Truth) -> Version:
        """The version of this truth. Raises :class:`KeyError` if there is none."""
        for version in self.versions:
            if version.truth is truth:
                return version
        raise KeyError(truth)


class Deck(Content):
    """A whole deck."""

    format: Literal[1]
    id: Slug
    title: Words
    description: Words | None = None
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [item.id for item in self.items]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise Unfit("ids used twice: {ids}", ids=", ".join(twice))
        return self

    def item(self, item_id: str) -> Item:
        """The item called ``item_id``. Raises :class:`KeyError` if there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)
