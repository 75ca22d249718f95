"""Two questionnaires, before an activity and after it, in two parallel forms of four statements.

Statement i of form A and statement i of form B test the same idea by another example. Half of the class is given A
before and B after, the other half the reverse: a form that is easier is then on both sides of the comparison, and
nobody meets a statement twice. Whoever does not know says so: that is an answer, and not a right one.

What a class answered is counted here, never what anybody answered. This module knows no activity: the folder of its
words is passed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias, get_args

from pydantic import Field, model_validator

from kit.content import Content
from kit.content import load as load_content
from kit.errors import BadContent
from kit.i18n import LANGUAGES, language
from kit.wording import Text

if TYPE_CHECKING:
    from kit.classroom.classes import Work
    from kit.classroom.tallies import Translate

Form: TypeAlias = Literal["a", "b"]
When: TypeAlias = Literal["before", "after"]
Answer: TypeAlias = Literal["true", "false", "unsure"]
WHENS: tuple[When, ...] = get_args(When)
ANSWERS: tuple[Answer, ...] = get_args(Answer)
SIZE = 4
"""Statements of a form."""
FEW = 10
"""Below so many participants, a figure is an impression."""


class Statement(Content):
    """A sentence that is true or false."""

    id: Text
    """The form and the place in it: a1 … a4, b1 … b4."""
    truth: bool
    text: Text
    why: Text
    """One sentence, for the room, once both questionnaires are over."""


Statements: TypeAlias = Annotated[tuple[Statement, ...], Field(min_length=SIZE, max_length=SIZE)]


class Questions(Content):
    """The questionnaire of an activity in one language."""

    ideas: Annotated[tuple[Text, ...], Field(min_length=SIZE, max_length=SIZE)]
    """What the statements at each place test, in a few words."""
    a: Statements
    b: Statements

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for form in get_args(Form):
            if (found := tuple(statement.id for statement in self.form(form))) != items(form):
                raise ValueError(f"{form}: the ids are {', '.join(items(form))}, in this order, not {', '.join(found)}")
        return self

    def form(self, form: Form) -> tuple[Statement, ...]:
        """The statements of a form."""
        return self.a if form == "a" else self.b

    @property
    def truths(self) -> dict[str, bool]:
        """Whether each statement is true, by id."""
        return {statement.id: statement.truth for statement in (*self.a, *self.b)}


def items(form: Form) -> tuple[str, ...]:
    """The ids of a form's statements: those of every activity."""
    return tuple(f"{form}{place}" for place in range(1, SIZE + 1))


def form_of(number: int, when: When) -> Form:
    """The form that participant ``number`` (from 1 on) is given: odd ones A and then B, even ones B and then A."""
    return "a" if (number % 2 == 1) == (when == "before") else "b"


@cache
def load(folder: Path, lang: str) -> Questions:
    """The questionnaire in ``folder``, in the supported language nearest to ``lang``.

    All its languages are read, since the key must be one. Raises :class:`kit.errors.BadContent` with every fault of a
    file, or with the statements that two languages do not judge alike.
    """
    read = {code: load_content(folder / f"questions.{code}.yaml", Questions) for code in LANGUAGES}
    chosen = read[language(lang)]
    for code, other in read.items():
        if apart := [item for item, truth in chosen.truths.items() if other.truths[item] != truth]:
            raise BadContent(
                "{name}: true in one language and false in another: {items}",
                name=f"questions.{code}.yaml",
                items=", ".join(apart),
            )
    return chosen


# -- what a class answered -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Count:
    """Answers about one idea, at one time."""

    right: int
    unsure: int
    n: int
    """All answers, those of the unsure among them."""


@dataclass(frozen=True, kw_only=True)
class IdeaCount:
    """What a class answered about one idea, by statements of both forms together."""

    idea: str
    statements: tuple[Statement, Statement]
    """Of form A, of form B."""
    before: Count
    after: Count


@dataclass(frozen=True, kw_only=True)
class QuizResults:
    """What a class answered, counted: nothing of anybody."""

    ideas: tuple[IdeaCount, ...]
    before: int
    """Participants who answered something before."""
    after: int
    both: int
    """Those who answered something both times."""
    halves: tuple[int, int]
    """Those who answered something, whenever, by the form that they were given first: A, B."""

    @property
    def any(self) -> bool:
        """Whether anybody answered anything."""
        return bool(self.before or self.after)

    @property
    def even(self) -> bool:
        """Whether the halves are of about one size: else an easier form weighs on one side."""
        return min(self.halves) * 2 >= max(self.halves)


def replies(quiz: str) -> dict[When, dict[str, Answer]]:
    """What a participant answered, by time and statement, from the JSON of :attr:`kit.classroom.classes.Work.quiz`."""
    said: Mapping[When, Mapping[str, Answer]] = json.loads(quiz)
    return {when: dict(said.get(when, {})) for when in WHENS}


def replied(quiz: str, when: When, item: str, answer: Answer) -> str:
    """The JSON of a participant's answers with one more, or another one in its place."""
    said = replies(quiz)
    said[when][item] = answer
    return json.dumps(said)


def complete(work: Work, when: When) -> bool:
    """Whether a participant has answered the whole form that they are given."""
    return replies(work.quiz)[when].keys() >= set(items(form_of(work.number, when)))


def quiz_results(works: Sequence[Work], questions: Questions) -> QuizResults:
    """What ``works`` answered to ``questions``, idea by idea, before and after."""
    said = [replies(work.quiz) for work in works]
    answered = {when: {place for place, one in enumerate(said) if one[when]} for when in WHENS}
    first = [form_of(works[place].number, "before") for place in answered["before"] | answered["after"]]
    counts = (
        IdeaCount(
            idea=idea,
            statements=(a, b),
            before=_count(said, "before", a, b),
            after=_count(said, "after", a, b),
        )
        for idea, a, b in zip(questions.ideas, questions.a, questions.b, strict=True)
    )
    return QuizResults(
        ideas=tuple(counts),
        before=len(answered["before"]),
        after=len(answered["after"]),
        both=len(answered["before"] & answered["after"]),
        halves=(first.count("a"), first.count("b")),
    )


def _count(said: Sequence[Mapping[When, Mapping[str, Answer]]], when: When, *statements: Statement) -> Count:
    """How a class answered these statements at one time; each participant was given one of them."""
    given = [(one[when][each.id], each.truth) for one in said for each in statements if each.id in one[when]]
    return Count(
        right=sum(answer == str(truth).lower() for answer, truth in given),
        unsure=sum(answer == "unsure" for answer, _truth in given),
        n=len(given),
    )


def cautions(results: QuizResults, _: Translate) -> Iterator[str]:
    """What must be said beside the counts: what they compare, and what they are worth."""
    if results.before and results.after:
        yield _("Each half of the class had the other half’s form: an easier form does not distort the comparison.")
        if not results.even:
            yield _("Here the two halves are of very different sizes: an easier form may distort it after all.")
        if results.both < max(results.before, results.after):
            yield _("Some answered only once: before and after are not quite the same people.")
    yield _("“I don’t know” counts among the answers, and not as a right one.")
    if min((n for n in (results.before, results.after) if n), default=0) < FEW:
        yield _("Few answers: one more would change these figures. They are an impression, not a measurement.")
