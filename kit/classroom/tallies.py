"""Counts of what a class answered: for the projected screen, the facilitator and the report of every activity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, TypeVar

T = TypeVar("T", bound=Hashable)
Translate: TypeAlias = Callable[[str], str]
"""A gettext function: English in the code, the session's language on the screen."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Answers to one question, counted."""

    title: str
    rows: tuple[tuple[str, int], ...]
    """What could be answered, or was, and how often."""
    of: int
    """How many answered."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer of one participant, as a line of the table that the facilitator takes home."""

    step: str
    item: str
    """Which question of the step: an image, a pair, a beginning; empty where there is one only."""
    answer: str
    more: str = ""
    """What went with it: how sure, why."""


def choices(title: str, answers: Iterable[T | None], names: Mapping[T, str]) -> Tally:
    """How often each of ``names`` was chosen, in their order; None is no answer."""
    counted = Counter(answer for answer in answers if answer is not None)
    return Tally(
        title=title,
        rows=tuple((name, counted[choice]) for choice, name in names.items()),
        of=counted.total(),
    )


def words(title: str, answers: Iterable[str], *, most: int = 12) -> Tally:
    """The words that were answered most, whatever their capitals."""
    said = [" ".join(answer.split()).casefold() for answer in answers]
    counted = Counter(answer for answer in said if answer)
    return Tally(title=title, rows=tuple(counted.most_common(most)), of=counted.total())


def numbers(title: str, answers: Iterable[int | None], edges: Sequence[int], name: Callable[[int, int], str]) -> Tally:
    """How many numbers fell between each two ``edges``, the upper one included in the last class alone.

    ``name`` gives the label of a class from its lower edge and its highest number.
    """
    given = [answer for answer in answers if answer is not None]
    rows = []
    for low, high in pairwise(edges):
        last = high == edges[-1]
        rows.append(
            (name(low, high if last else high - 1), sum(low <= n < high or (last and n == high) for n in given))
        )
    return Tally(title=title, rows=tuple(rows), of=len(given))
