"""A gallery by profession: one sentence, several professions, several seeds; what a class noted of each picture.

Nothing here looks at a picture: people note what they perceive, and this counts what they noted. A gallery holds its
own words, in both languages, so that it can be looked at on another machine, by another version of the kit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from activities.noise_to_image import words as activity_words
from activities.noise_to_image.run import LARGEST_SEED
from activities.noise_to_image.words import CodeId
from kit.content import Content
from kit.faults import Unfit
from kit.i18n import LANGUAGES

SLOT = "{profession}"
MOST_PROFESSIONS = 12
MOST_SEEDS = 6
MOST_PROMPT = 300
LANGS: tuple[Literal["fr", "en"], ...] = ("fr", "en")

Text = Annotated[str, Field(min_length=1, max_length=200)]
Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]


class Both(Content):
    """A text in both languages."""

    fr: Text
    en: Text

    def text(self, lang: str) -> str:
        """The text in a supported language."""
        return self.fr if lang == "fr" else self.en


class Profession(Content):
    """A row of the grid: what it is called, and what takes the place of ``{profession}``."""

    name: Both
    prompt: Text


class Coding(Content):
    """One thing to note about each picture, and the words to choose from."""

    name: Both
    values: Annotated[tuple[Both, ...], Field(min_length=2, max_length=6)]


class Shot(StrEnum):
    """What became of one picture of the grid."""

    WAITING = "waiting"
    """Not made yet."""
    MADE = "made"
    BLOCKED = "blocked"
    """The model's safety checker blackened it: there is nothing to look at."""
    ASIDE = "aside"
    """Taken out by the facilitator, and erased."""


class Picture(Content):
    """One picture of the grid."""

    profession: Annotated[int, Field(ge=0, lt=MOST_PROFESSIONS)]
    """Its row."""
    seed: Seed
    shot: Shot = Shot.WAITING
    codes: dict[CodeId, Annotated[int, Field(ge=0, lt=6)]] = Field(default_factory=dict)
    """For each thing to note, the place of the word that was chosen."""

    @property
    def file(self) -> str:
        """The name of its PNG."""
        return f"{self.profession + 1:02d}-{self.seed:04d}.png"


class Reference(Content):
    """The facilitator's column for one word: its share in each profession, where somebody has published it."""

    code: CodeId
    value: Annotated[int, Field(ge=0, lt=6)]
    percents: dict[Annotated[int, Field(ge=0, lt=MOST_PROFESSIONS)], Annotated[float, Field(ge=0, le=100)]] = Field(
        default_factory=dict
    )
    """By row; a row without a figure is left out."""
    source: Annotated[str, Field(max_length=300)] = ""
    """Where the figures are from, as the facilitator typed it."""


class Gallery(Content):
    """A whole gallery, without its pixels."""

    format: Literal[1] = 1
    title: Annotated[str, Field(min_length=1, max_length=80)]
    lang: Literal["fr", "en"]
    """Language of the labels drawn below its pictures."""
    model: Text
    revision: Annotated[str, Field(max_length=40)]
    steps: Annotated[int, Field(ge=1, le=50)]
    guidance: Annotated[float, Field(ge=0, le=20)]
    template: Annotated[str, Field(max_length=MOST_PROMPT)]
    professions: Annotated[tuple[Profession, ...], Field(min_length=1, max_length=MOST_PROFESSIONS)]
    codings: dict[CodeId, Coding]
    pictures: Annotated[tuple[Picture, ...], Field(min_length=1, max_length=MOST_PROFESSIONS * MOST_SEEDS)]
    references: Annotated[tuple[Reference, ...], Field(max_length=24)] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.template.count(SLOT) != 1:
            raise Unfit("the template holds {slot} exactly once", slot=SLOT)
        if len({picture.file for picture in self.pictures}) < len(self.pictures):
            raise Unfit("a picture is there twice: same profession, same seed")
        for picture in self.pictures:
            if picture.profession >= len(self.professions):
                raise Unfit("the picture {file} belongs to no profession", file=picture.file)
            for code, value in picture.codes.items():
                self._known(code, value)
        for reference in self.references:
            self._known(reference.code, reference.value)
            if any(row >= len(self.professions) for row in reference.percents):
                raise Unfit("a reference belongs to no profession")
        if len({(reference.code, reference.value) for reference in self.references}) < len(self.references):
            raise Unfit("a reference is there twice: same thing noted, same word")
        return self

    def _known(self, code: CodeId, value: int) -> None:
        if code not in self.codings or value >= len(self.codings[code].values):
            raise Unfit("“{code}” has no word number {value}", code=code, value=value)

    # -- reading it ------------------------------------------------------------------------------------------------

    def prompt(self, picture: Picture) -> str:
        """The sentence that the model gets for a picture."""
        return self.template.replace(SLOT, self.professions[picture.profession].prompt)

    def row(self, profession: int) -> tuple[Picture, ...]:
        """The pictures of a profession, in the order of the seeds."""
        return tuple(picture for picture in self.pictures if picture.profession == profession)

    def of(self, shot: Shot) -> tuple[Picture, ...]:
        """The pictures to which that has happened."""
        return tuple(picture for picture in self.pictures if picture.shot is shot)

    def noted(self, picture: Picture) -> bool:
        """Whether everything there is to note about a picture has been."""
        return set(picture.codes) == set(self.codings)

    def reference(self, code: CodeId, value: int) -> Reference:
        """The facilitator's column for a word; empty until something is typed."""
        for reference in self.references:
            if (reference.code, reference.value) == (code, value):
                return reference
        return Reference(code=code, value=value)

    # -- changing it: each returns another gallery -------------------------------------------------------------------

    def having(self, **changes: object) -> Self:
        """This gallery with other fields, checked."""
        return type(self).model_validate({**dict(self), **changes})

    def marked(self, file: str, shot: Shot) -> Self:
        """This gallery once something has happened to a picture. What was noted of one that is gone goes with it."""
        return self._picture(file, shot=shot, **({} if shot is Shot.MADE else {"codes": {}}))

    def coded(self, file: str, code: CodeId, value: int | None) -> Self:
        """This gallery with what was perceived in one picture; ``None`` takes it back. Raises ``KeyError``."""
        codes = {key: kept for key, kept in self.picture(file).codes.items() if key != code}
        if value is not None:
            codes[code] = value
        return self._picture(file, codes=codes)

    def referred(self, reference: Reference) -> Self:
        """This gallery with the facilitator's column for one word."""
        others = [r for r in self.references if (r.code, r.value) != (reference.code, reference.value)]
        kept = [reference] if reference.percents or reference.source else []
        return self.having(references=(*others, *kept))

    def picture(self, file: str) -> Picture:
        """The picture whose PNG has that name. Raises ``KeyError``."""
        for picture in self.pictures:
            if picture.file == file:
                return picture
        raise KeyError(file)

    def _picture(self, file: str, **changes: object) -> Self:
        wanted = self.picture(file)
        new = Picture.model_validate({**dict(wanted), **changes})
        return self.having(pictures=tuple(new if picture is wanted else picture for picture in self.pictures))


def begin(
    *,
    title: str,
    lang: Literal["fr", "en"],
    model: str,
    revision: str,
    steps: int,
    guidance: float,
    template: str,
    professions: tuple[int, ...],
    seeds: int,
) -> Gallery:
    """A gallery of which no picture is made yet.

    ``professions``: places in the list of the words; ``seeds``: how many pictures each, from seed 1 on, the same for
    every profession. Raises pydantic's ``ValidationError``.
    """
    said = {name: activity_words.load(name).professions for name in LANGUAGES}
    chosen = tuple(
        Profession(
            name=Both(fr=said["fr"].professions[place], en=said["en"].professions[place]),
            prompt=said["en"].prompts[place],
        )
        for place in professions
    )
    codings = {
        code: Coding(
            name=Both(fr=french.name, en=said["en"].codes[code].name),
            values=tuple(
                Both(fr=fr, en=en) for fr, en in zip(french.values, said["en"].codes[code].values, strict=True)
            ),
        )
        for code, french in said["fr"].codes.items()
    }
    return Gallery(
        title=title,
        lang=lang,
        model=model,
        revision=revision,
        steps=steps,
        guidance=guidance,
        template=template,
        professions=chosen,
        codings=codings,
        pictures=tuple(
            Picture(profession=row, seed=seed) for row in range(len(chosen)) for seed in range(1, seeds + 1)
        ),
    )


# -- counting ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Count:
    """What was noted of the pictures of one profession, for one thing to note."""

    profession: int
    by_value: tuple[int, ...]
    """How many pictures got each word."""
    pictures: int
    """How many there are to look at."""

    @property
    def coded(self) -> int:
        """Of how many pictures something was noted: what a count is out of."""
        return sum(self.by_value)


def count(gallery: Gallery, code: CodeId) -> tuple[Count, ...]:
    """What was noted under ``code``, one count a profession, in the order of the gallery."""
    values = len(gallery.codings[code].values)
    counts = []
    for profession in range(len(gallery.professions)):
        made = [picture for picture in gallery.row(profession) if picture.shot is Shot.MADE]
        noted = [picture.codes[code] for picture in made if code in picture.codes]
        by_value = tuple(noted.count(value) for value in range(values))
        counts.append(Count(profession=profession, by_value=by_value, pictures=len(made)))
    return tuple(counts)


def table(gallery: Gallery, lang: str) -> bytes:
    """What was noted, one line a picture, as a CSV that a spreadsheet in ``lang`` opens (UTF-8 with its mark)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if lang == "fr" else ",", lineterminator="\r\n")
    writer.writerow(map(_cell, _head(gallery, lang)))
    for picture in gallery.pictures:
        row = gallery.professions[picture.profession]
        said = [
            coding.values[picture.codes[code]].text(lang) if code in picture.codes else ""
            for code, coding in gallery.codings.items()
        ]
        line = [picture.file, row.name.text(lang), gallery.prompt(picture), str(picture.seed), str(picture.shot), *said]
        writer.writerow(map(_cell, line))
    return ("\ufeff" + out.getvalue()).encode()


def _head(gallery: Gallery, lang: str) -> Iterator[str]:
    yield from (
        ("fichier", "métier", "phrase", "graine", "état")
        if lang == "fr"
        else ("file", "profession", "prompt", "seed", "state")
    )
    yield from (coding.name.text(lang) for coding in gallery.codings.values())


def _cell(text: str) -> str:
    """``text``, which a spreadsheet must not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
