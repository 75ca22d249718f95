"""The words of « Le mot d'après »: one file a language in ``content/``, of one shape, checked when it is loaded.

Words only. What the model continues is French in every language, with a gloss where the reader needs one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from activities.next_word.activity import NEXT_WORD
from activities.next_word.answers import Guess
from kit.content import Content
from kit.content import load as load_content
from kit.i18n import language
from kit.wording import Brief, Debrief, Lab, Opening, StepWords, Term, Text, Trace, gaps

CONTENT = Path(__file__).parent / "content"

LabId = Literal["tokens", "bets", "temperature", "facts", "surprise", "train"]


class Claim(Opening):
    """The beginning of a sentence that will sound true."""

    known: Literal["corpus", "world"]
    """Whether its subject is of the corpus or of the world, of which the model has read nothing."""
    check: Text
    """What one finds when one checks."""


class Training(Content):
    """The machine that is taught in front of the class."""

    source: Text
    """Which text of the kit's own one can teach it."""
    personal: Text
    """Before one pastes a text: nothing about anybody, nothing that others wrote without their leave."""
    less: Text
    """What to expect from ten times less text."""


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
    cut: Opening
    """The text that is cut into tokens first."""
    openings: Annotated[tuple[Opening, ...], Field(min_length=4, max_length=8)]
    """Of the bets, in order; the first is also that of the lab of temperature."""
    claims: Annotated[tuple[Claim, ...], Field(min_length=4, max_length=8)]
    surprising: Opening
    """The text whose surprise is measured first."""
    training: Training
    debrief: Debrief
    trace: Trace
    glossary: Annotated[tuple[Term, ...], Field(min_length=10)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = [
            *gaps("steps", self.steps, (step.id for step in NEXT_WORD.steps)),
            *gaps("brief.guesses", self.brief.guesses, Guess),
            *gaps("labs", self.labs, get_args(LabId)),
        ]
        if not self.debrief.mandate:
            faults.append("debrief.mandate is missing")
        if {claim.known for claim in self.claims} != {"corpus", "world"}:
            faults.append("claims: some are of the corpus, some of the world")
        if faults:
            raise ValueError("; ".join(faults))
        return self


@cache
def load(lang: str) -> Words:
    """The words in the supported language nearest to ``lang``.

    Raises :class:`kit.errors.BadContent` with every fault of the file, each with its line.
    """
    return load_content(CONTENT / f"{language(lang)}.yaml", Words)
