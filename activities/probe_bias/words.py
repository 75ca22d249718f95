"""The words of « Sonder les biais »: one file a language in ``content/``, of one shape, checked when it is loaded.

Words only. What the models read and write is French in every language, with a gloss where the reader needs one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from activities.probe_bias.activity import PROBE_BIAS
from activities.probe_bias.answers import Guess
from kit.content import Content
from kit.content import load as load_content
from kit.i18n import language
from kit.journal.proportions import declared
from kit.wording import Brief, Debrief, Lab, Opening, StepWords, Term, Text, Trace, gaps

CONTENT = Path(__file__).parent / "content"

LabId = Literal["pairs", "corpus", "making", "blank", "audit", "coding", "vectors"]
TableId = Literal["profession", "role", "ease", "topic", "tone", "result"]


class TableWords(Content):
    """One table of what Petit Journal overdoes."""

    title: Text
    question: Text
    """What one bets on before the counts are shown."""
    values: dict[str, Text]
    """What each value is called on screen, in the order of the table."""


class Repairs(Content):
    """What each attempt to repair does, in one sentence."""

    none: Text
    balanced: Text
    counter: Text
    filtered: Text


class Figure(Content):
    """A result of others, with how many sentences it stands on and where it was read."""

    what: Text
    figure: Text
    source: Text


class Words(Content):
    """All the words of the activity in one language."""

    title: Text
    tagline: Text
    aim: Text
    small_model: Text
    """What Petit Journal is and is not, before one starts."""
    steps: dict[str, StepWords]
    brief: Brief[Guess]
    labs: dict[LabId, Lab]
    reviewed: Text
    """What the pairs of the kit are, and are not."""
    compared: Text
    """50 % is not « fair »: compared with what?"""
    generic: Text
    """The masculine generic, and why the sentences of the kit are written with epicene words."""
    alike: Text
    """Why the sentences of one batch are no independent draws."""
    tables: dict[TableId, TableWords]
    repairs: Repairs
    coded: Annotated[tuple[Opening, ...], Field(min_length=3, max_length=6)]
    """Beginnings to be continued many times, and coded."""
    categories: Annotated[tuple[Text, ...], Field(min_length=2, max_length=5)]
    """Proposed for the coding."""
    published: Annotated[tuple[Figure, ...], Field(min_length=3, max_length=8)]
    """What others have measured on other models."""
    debrief: Debrief
    trace: Trace
    glossary: Annotated[tuple[Term, ...], Field(min_length=10)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = [
            *gaps("steps", self.steps, (step.id for step in PROBE_BIAS.steps)),
            *gaps("brief.guesses", self.brief.guesses, Guess),
            *gaps("labs", self.labs, get_args(LabId)),
            *gaps("tables", self.tables, get_args(TableId)),
        ]
        for name, table in self.tables.items():
            faults += gaps(f"tables.{name}.values", table.values, declared()[name].values)
        if not self.debrief.mandate:
            faults.append("debrief.mandate is missing")
        if faults:
            raise ValueError("; ".join(faults))
        return self


@cache
def load(lang: str) -> Words:
    """The words in the supported language nearest to ``lang``.

    Raises :class:`kit.errors.BadContent` with every fault of the file, each with its line.
    """
    return load_content(CONTENT / f"{language(lang)}.yaml", Words)
