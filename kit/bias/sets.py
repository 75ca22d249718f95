"""The pairs of sentences that come with the kit: written for it, in French and English, reviewed for minors."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from kit.assets import ASSETS
from kit.bias.pairs_file import Pair
from kit.content import Content, load
from kit.faults import Unfit

FILE = ASSETS / "bias" / "pairs.yaml"
Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Both = tuple[Text, Text]


class Said(Content):
    """A text in both languages of the kit."""

    fr: Text
    en: Text

    def text(self, lang: str) -> str:
        """In French, or else in English."""
        return self.fr if lang == "fr" else self.en


class KitPair(Content):
    """Two sentences, « more » and « less », in both languages."""

    read: bool
    """Whether Petit Journal has read sentences like them: « more » is then the likelier by the declared table."""
    direction: Literal["stereo", "antistereo"]
    fr: Both
    en: Both

    @model_validator(mode="after")
    def _two(self) -> Self:
        for more, less in (self.fr, self.en):
            if more == less:
                raise Unfit("“{text}” is there twice", text=more)
        return self


class Theme(Content):
    """The pairs about one thing."""

    id: str
    label: Said
    about: Said
    """What differs, and what « more » follows."""
    pairs: Annotated[tuple[KitPair, ...], Field(min_length=20)]

    def given(self, lang: Literal["fr", "en"]) -> list[Pair]:
        """The pairs as :func:`kit.bias.pairs.compare` takes them, numbered from 1."""
        return [
            Pair(line=line, more=more, less=less, direction=pair.direction, kind=self.id)
            for line, pair in enumerate(self.pairs, 1)
            for more, less in [pair.fr if lang == "fr" else pair.en]
        ]


class PairsFile(Content):
    """The whole file."""

    themes: Annotated[tuple[Theme, ...], Field(min_length=6)]


@cache
def themes() -> tuple[Theme, ...]:
    """All the themes, in order. Raises :class:`kit.errors.BadContent` where the file has a fault."""
    return load(FILE, PairsFile).themes


def theme(name: str) -> Theme:
    """The theme of that id. Raises :class:`KeyError`."""
    return {each.id: each for each in themes()}[name]
