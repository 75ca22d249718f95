"""What a model has learnt of each declared proportion, beside what the corpus holds.

At the place of an item where something is decided (« Il » or « Elle », « retenue » or « écartée »…), the text before it
is given to the model, and its probability is divided among what could follow. The mean over several such places is what
the model has learnt; nothing else of the item has told the answer yet.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kit.compute.progress import report
from kit.journal.corpus import Corpus
from kit.journal.grammar import Grammar, Item

Share = Callable[[str, Sequence[str]], list[float]]
"""Divides probability among options after a text: :meth:`kit.journal.model.Model.share`."""


@dataclass(frozen=True, kw_only=True)
class Taught:
    """A table of proportions as it shows in the text: in which kind of item, of which variable, given which."""

    table: str
    kind: str
    variable: str
    given: str


TAUGHT: Final = (
    Taught(table="profession", kind="portrait", variable="gender", given="job"),
    Taught(table="role", kind="témoignage", variable="gender", given="role"),
    Taught(table="ease", kind="numérique", variable="ease", given="age_group"),
    Taught(table="topic", kind="territoire", variable="topic", given="territory"),
    Taught(table="tone", kind="territoire", variable="tone", given="territory"),
    Taught(table="result", kind="candidature", variable="result", given="list"),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A text that stops where something is decided, and what could follow, by value."""

    before: str
    options: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """One share, 0 to 1: in the corpus (of ``total`` items), as the model gives it (mean over ``places``), and as it
    becomes where the likeliest is always taken."""

    table: str
    given: str
    value: str
    counted: float
    total: int
    model: float
    greedy: float
    places: int


def place(grammar: Grammar, item: Item, variable: str) -> Place | None:
    """Where ``item`` first tells the value of ``variable``; None where a word before it hinted at it already.

    A hint is a value that is not as likely whichever the variable's own: a first name that only one gender has.
    """
    kind = grammar.kind(item.kind)
    values = list(dict.fromkeys(value for row in kind.variables[variable].rows.values() for value, _ in row))
    for piece in item.pieces:
        slot = piece.slot
        if slot.variable == variable:
            options = {value: grammar.said(slot, value) for value in values}
            if len(set(options.values())) == len(values):
                return Place(before=item.text[: piece.start], options=options)
        elif (other := kind.variables[slot.variable]).given == variable:
            drawn = item.drawn[slot.variable]
            if len({dict(row).get(drawn, 0.0) for row in other.rows.values()}) > 1:
                return None
    return None


def measure(
    grammar: Grammar, corpus: Corpus, share: Share, taught: Taught, *, places: int = 40, seed: int = 0
) -> list[Learnt]:
    """Every share of one table: counted in ``corpus``, and asked of the model at ``places`` places for each row."""
    rng = random.Random(seed)
    counts = corpus.count(taught.variable, taught.given)
    rows = grammar.kind(taught.kind).variables[taught.variable].rows
    found: list[Learnt] = []
    wanted: dict[str, list[Place]] = {given: [] for given in rows}
    while any(len(each) < places for each in wanted.values()):
        item = grammar.write(rng, taught.kind)
        some = wanted[item.drawn[taught.given]]
        if len(some) < places and (one := place(grammar, item, taught.variable)):
            some.append(one)
    for row, (given, some) in enumerate(wanted.items()):
        report(row / len(wanted), "Comparing the sentences")
        shares = [share(one.before, list(one.options.values())) for one in some]
        likeliest = [max(range(len(each)), key=each.__getitem__) for each in shares]
        for at, value in enumerate(some[0].options):
            found.append(
                Learnt(
                    table=taught.table,
                    given=given,
                    value=value,
                    counted=counts[given].share(value),
                    total=counts[given].total,
                    model=sum(each[at] for each in shares) / places,
                    greedy=likeliest.count(at) / places,
                    places=places,
                )
            )
    return found
