"""The words of « Du bruit à l'image »: one file a language in ``content/``, of one shape, checked when it is loaded.

Words only. A text that needs a number has a ``{placeholder}``; the page fills it in with :meth:`str.format` from what
was computed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from activities.noise_to_image.activity import NOISE_TO_IMAGE
from activities.noise_to_image.answers import Guess
from kit.content import Content
from kit.content import load as load_content
from kit.cost import PUBLISHED
from kit.i18n import language
from kit.wording import Brief, Debrief, Lab, Lines, StepWords, Term, Text, Trace, gaps

CONTENT = Path(__file__).parent / "content"

LabId = Literal["watch", "origin", "dial", "feed", "proportion", "alter", "real_model", "professions"]
CodeId = Literal["gender", "age", "setting", "posture"]


class Code(Content):
    """One thing that the class notes about each picture of the gallery, and the words it chooses from."""

    name: Text
    values: Annotated[tuple[Text, ...], Field(min_length=2, max_length=6)]


class Professions(Content):
    """The gallery by profession."""

    template: Text
    """With ``{profession}``. In English in every language: that is what these models were taught with."""
    professions: Annotated[tuple[Text, ...], Field(min_length=6, max_length=12)]
    """What the gallery calls them."""
    prompts: Annotated[tuple[Text, ...], Field(min_length=6, max_length=12)]
    """What takes the place of ``{profession}``, in the same order."""
    codes: dict[CodeId, Code]
    perceived: Text
    """We note what we perceive, never what a person is."""
    reference: Text
    """What the facilitator's column is for, and where to look for its figures."""


class Published(Content):
    """One published order of magnitude."""

    name: Text
    perimeter: Text
    """What was counted, where, and when."""


class CostWords(Content):
    """What a picture takes."""

    lead: Text
    ours: Lines
    """How our figure comes about, for whoever asks."""
    measured: Text
    """Where the processor counts its own energy: what that count covers."""
    published_title: Text
    published_lead: Text
    published: dict[str, Published]
    """By :attr:`kit.cost.Figure.id`; only those that are shown."""
    apart: Text
    """Why the two never stand on one chart."""


class Words(Content):
    """All the words of the activity in one language."""

    title: Text
    tagline: Text
    aim: Text
    small_generator: Text
    """What our generator is and is not, before one starts."""
    steps: dict[str, StepWords]
    brief: Brief[Guess]
    labs: dict[LabId, Lab]
    reminder: Lines
    """Before one's own photographs: image rights, objects and places rather than faces."""
    someone: Text
    """Before altering a photograph: what to do about a picture that targets somebody."""
    professions: Professions
    cost: CostWords
    debrief: Debrief
    trace: Trace
    glossary: Annotated[tuple[Term, ...], Field(min_length=10)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = [
            *gaps("steps", self.steps, (step.id for step in NOISE_TO_IMAGE.steps)),
            *gaps("brief.guesses", self.brief.guesses, Guess),
            *gaps("labs", self.labs, get_args(LabId)),
            *gaps("professions.codes", self.professions.codes, get_args(CodeId)),
        ]
        known = {figure.id for figure in PUBLISHED}
        faults += [f"cost.published.{key} is not expected" for key in self.cost.published if key not in known]
        if len(self.professions.professions) != len(self.professions.prompts):
            faults.append("professions: as many prompts as professions")
        if "{profession}" not in self.professions.template:
            faults.append("professions.template: {profession} is missing")
        if faults:
            raise ValueError("; ".join(faults))
        return self


@cache
def load(lang: str) -> Words:
    """The words in the supported language nearest to ``lang``.

    Raises :class:`kit.errors.BadContent` with every fault of the file, each with its line.
    """
    return load_content(CONTENT / f"{language(lang)}.yaml", Words)
