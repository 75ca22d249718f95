"""The models the kit knows: ``assets/models.toml``, then ``models.toml`` of the data folder, read strictly.

Unknown fields, duplicates and empty words are faults; every fault of a file is reported at once, each with its line.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticKnownError

from kit import content, field_faults
from kit import settings as kit_settings
from kit.assets import ASSETS
from kit.content import Content
from kit.errors import BadContent, BadInput, NotFound
from kit.faults import Fault, Unfit, bad, one, raise_all, shown
from kit.levels import Level
from kit.models.toml_lines import tree
from kit.settings import Settings

FILE = "models.toml"
CATALOGUE = ASSETS / FILE
REVISION = r"[0-9a-f]{40}"
"""A commit of the hub, in full: a branch or a tag can move, and what was reviewed with it."""

Text = Annotated[str, Field(min_length=1, max_length=600)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]
HubId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}$")]
Revision = Annotated[str, Field(pattern=f"^{REVISION}$")]
V = TypeVar("V")


class Task(StrEnum):
    """What a model does. The values are those of the hub."""

    TEXT_TO_IMAGE = "text-to-image"
    FILL_MASK = "fill-mask"
    TEXT_GENERATION = "text-generation"
    TEXT_TO_SPEECH = "text-to-speech"
    SPEECH_RECOGNITION = "automatic-speech-recognition"


class Checker(StrEnum):
    """Whether a model comes with a safety checker, which looks at each image before anyone does."""

    PRESENT = "present"
    ABSENT = "absent"


class Words(Content):
    """One text in both languages."""

    fr: Text
    en: Text

    def text(self, lang: str) -> str:
        """The text in a supported language."""
        return self.fr if lang == "fr" else self.en


class Licence(Content):
    """Under which terms a model may be used."""

    name: Text
    url: Annotated[str, Field(pattern=r"^https://\S+$", max_length=300)]
    restricts: Words | None = None
    """What the terms forbid or ask, in words; ``None`` where they leave every use open."""


class Defaults(Content):
    """Settings that suit a model of text to image."""

    width: Annotated[int, Field(ge=64, le=768, multiple_of=8)] = 512
    height: Annotated[int, Field(ge=64, le=768, multiple_of=8)] = 512
    steps: Annotated[int, Field(ge=1, le=50)]
    guidance: Annotated[float, Field(ge=0, le=20)]
    negative_prompt: bool
    """Whether a negative prompt applies. It needs guidance above 1."""


class Entry(Content):
    """One model the kit knows."""

    name: Slug
    hub_id: HubId
    revision: Revision | None = None
    """The commit that was reviewed; without it the model is known but not fetched."""
    task: Task
    licence: Licence
    size_mb: Annotated[int, Field(ge=1, le=200_000)]
    """Of the download, in megabytes (10⁶ bytes)."""
    memory_gb: Annotated[float, Field(gt=0, le=512)]
    """Of main memory while it runs, in gigabytes (10⁹ bytes)."""
    machine: Words
    """The least machine it is worth trying on."""
    languages: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...], Field(min_length=1)]
    """Of the texts it understands."""
    level: Level
    """The level from which pupils may drive it; below, only the facilitator does."""
    shows: Words
    """What it shows well."""
    safety_checker: Annotated[Checker | None, Field(validate_default=True)] = None
    """Of a model of text to image, and of no other."""
    sentencepiece: bool = False
    """Whether its tokenizer is a ``*.model`` file, which is binary."""
    defaults: Annotated[Defaults | None, Field(validate_default=True)] = None
    """Of a model of text to image, and of no other."""
    to_check: tuple[str, ...] = ()
    """Fields of this entry that nobody has checked at the source yet: shown as “to be checked”."""

    @property
    def image_defaults(self) -> Defaults:
        """The defaults of a model of text to image. Raises :class:`BadInput` for any other."""
        if self.defaults is None:
            raise BadInput("“{name}” makes no images. Choose a model of text to image.", name=self.name)
        return self.defaults

    @field_validator("safety_checker", "defaults")
    @classmethod
    def _of_images(cls, value: V | None, info: ValidationInfo) -> V | None:
        if (task := info.data.get("task")) is not None:  # itself at fault otherwise
            if task is Task.TEXT_TO_IMAGE and value is None:
                raise PydanticKnownError("missing")
            if task is not Task.TEXT_TO_IMAGE and value is not None:
                raise Unfit("only a model of text-to-image has this field; remove it")
        return value

    @model_validator(mode="after")
    def _known_fields(self) -> Self:
        for name in self.to_check:
            if name not in type(self).model_fields or name == "to_check":
                raise Unfit("to_check names “{name}”, which is not a field of this entry", name=shown(name))
        return self


class _File(Content):
    model: tuple[Entry, ...] = ()

    @model_validator(mode="after")
    def _no_duplicates(self) -> Self:
        seen: set[str] = set()
        for entry in self.model:
            if entry.name in seen:
                raise Unfit("“{name}” is there twice; give one of them another name", name=entry.name)
            seen.add(entry.name)
        return self


class Catalogue(Content):
    """Every model the kit knows, in the order of the files."""

    models: tuple[Entry, ...]

    def find(self, name: str) -> Entry:
        """The entry of that name. Raises :class:`NotFound`."""
        for entry in self.models:
            if entry.name == name:
                return entry
        raise NotFound(
            "“{name}” is not a model of the catalogue. It has: {known}.",
            name=name,
            known=", ".join(entry.name for entry in self.models),
        )


def load(settings: Settings | None = None) -> Catalogue:
    """The kit's models, then those that ``models.toml`` of the data folder adds.

    Raises :class:`BadContent` with every fault of a file, each with its line.
    """
    models = read(CATALOGUE)
    own = (settings or kit_settings.load()).home / FILE
    if own.is_file():
        known = {entry.name for entry in models}
        added = read(own)
        raise_all(own.name, [Fault(what=_twice(entry.name)) for entry in added if entry.name in known])
        models += added
    return Catalogue(models=models)


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of one file. Raises :class:`BadContent` with every fault."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise content.cannot_be_read(path.name, error) from error
    text = content.decode(raw, path.name)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*?) \(at line (\d+)", str(error))
        problem, line = (found[1], int(found[2])) if found else (str(error), None)
        raise one(path.name, BadContent("this is not TOML: {problem}", problem=shown(problem)), line) from error
    try:
        return _File.model_validate(data).model
    except ValidationError as error:
        faults = sorted(field_faults.of(error.errors(), data, tree(text)), key=lambda fault: (fault[0], str(fault[1])))
        raise bad(path.name, [Fault(what=what, line=line) for line, what in faults]) from error


def _twice(name: str) -> BadContent:
    return BadContent("“{name}” is there twice; give one of them another name", name=name)
