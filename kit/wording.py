"""The words that every activity has: those of its steps, its glossary. And what checks that none is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

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


class Term(Content):
    """A word of the glossary: what it means and, where one helps, an image of everyday life."""

    term: Text
    meaning: Text
    analogy: str = ""


def gaps(name: str, have: Mapping[Any, object], want: Iterable[str]) -> list[str]:
    """What is missing from, or too much in, the keys of the block ``name``: one sentence each."""
    wanted = [str(key) for key in want]
    faults = [f"{name}.{key} is missing" for key in wanted if key not in have]
    return faults + [f"{name}.{key} is not expected" for key in have if key not in wanted]
