"""The words that every activity has: those of its steps, its glossary. And what checks that none is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import Field, StringConstraints, model_validator

from kit.content import Content

Text = Annotated[str, StringConstraints(min_length=1)]
Lines = Annotated[tuple[Text, ...], Field(min_length=1)]


class StepWords(Content):
    """What a step says. ``short``: two or three words for the progress rail; ``voice``: for the leader to say aloud."""

    title: Text
    short: Text
    learner: Text
    room: Text
    voice: str = ""


class Question(Content):
    """A question to discuss. ``why``: for the leader; ``model_answer``: for whoever works alone."""

    id: Text
    question: Text
    why: Text
    model_answer: Text


class Debrief(Content):
    """The discussion."""

    lead: Text
    alone: Text
    """Introduces the model answer, where there is no room to talk with."""
    mandate: str = ""
    """What must be said before anyone leaves, in an activity that has such a thing."""
    questions: Annotated[tuple[Question, ...], Field(min_length=4, max_length=7)]

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({question.id for question in self.questions}) != len(self.questions):
            raise ValueError("an id is used twice")
        return self


class Term(Content):
    """A word of the glossary: what it means and, where one helps, an image of everyday life."""

    term: Text
    meaning: Text
    analogy: str = ""


class GuessWords(Content):
    """One answer to the first question: its button, and what the sequel shows of it."""

    name: Text
    reply: Text


G = TypeVar("G", bound=StrEnum)


class Brief(Content, Generic[G]):
    """The first question."""

    question: Text
    guesses: dict[G, GuessWords]
    hands: Text
    """How a room answers."""
    after: Text
    """Said once the bet is made: nothing is right or wrong yet."""


class Lab(Content):
    """What one reads around a machine that runs."""

    how: Lines
    """What happens, one idea a line."""
    missions: Annotated[tuple[Text, ...], Field(min_length=2, max_length=4)]
    """What to try, and to look for."""
    honest: Text
    """What is true of our small machine only, or what it does not prove. Always on screen."""
    alone: Text
    """For a learner alone: what one should have noticed, in place of the room's talk."""


class Opening(Content):
    """The beginning of a text, for a language model to continue."""

    text: Text
    """French, in every language: it is what the model read."""
    gloss: str = ""
    """What it says, for those who read no French."""


class Trace(Content):
    """What everyone writes at the end."""

    title: Text
    lead: Text
    starters: Lines
    model: Lines


def gaps(name: str, have: Mapping[Any, object], want: Iterable[str]) -> list[str]:
    """What is missing from, or too much in, the keys of the block ``name``: one sentence each."""
    wanted = [str(key) for key in want]
    faults = [f"{name}.{key} is missing" for key in wanted if key not in have]
    return faults + [f"{name}.{key} is not expected" for key in have if key not in wanted]
