"""The corpus: what the grammar wrote, to be read, searched and counted."""

from __future__ import annotations

import lzma
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from kit.assets import ASSETS
from kit.errors import BadContent
from kit.journal.grammar import Grammar

FILE = ASSETS / "petit_journal" / "corpus.txt.xz"
SIZE = 60_000
SEED = 20_261_122
"""Of the corpus that ships. What is held out is written with the next one (:func:`held_out`)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the corpus: its kind, its text, and what was drawn to write it."""

    kind: str
    text: str
    drawn: Mapping[str, str]


@dataclass(frozen=True)
class Count:
    """How often each value comes, among the items where something is given."""

    given: str
    by_value: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_value.values())

    def share(self, value: str) -> float:
        """Part of ``value``, 0 to 1. Raises :class:`ZeroDivisionError` where there is no item."""
        return self.by_value.get(value, 0) / self.total


@dataclass(frozen=True)
class Corpus:
    """Items in the order in which they were written."""

    entries: tuple[Entry, ...]

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The texts in lower case, for :meth:`search`."""
        return tuple(entry.text.casefold() for entry in self.entries)

    def search(self, words: str) -> Iterator[Entry]:
        """The items that hold ``words``, whatever their case, in order. No words: none."""
        wanted = words.strip().casefold()
        if wanted:
            yield from (entry for entry, text in zip(self.entries, self.folded, strict=True) if wanted in text)

    def count(self, variable: str, given: str) -> dict[str, Count]:
        """For each value of ``given``, how often ``variable`` took each of its own, over the items that have both."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            if variable in entry.drawn and given in entry.drawn:
                found.setdefault(entry.drawn[given], Counter())[entry.drawn[variable]] += 1
        return {name: Count(name, dict(values)) for name, values in found.items()}


def write(grammar: Grammar, size: int = SIZE, seed: int = SEED) -> Corpus:
    """``size`` items of the grammar. The same seed gives the same items; a few seconds for 60,000.

    An item is as probable as the grammar says. But items are not drawn each for itself: of every case of the grammar
    (:meth:`Grammar.cases`) there are as many as its probability asks for, to within one, by systematic sampling
    (Madow 1949, doi:10.1214/aoms/1177729988). So the declared shares are those of the corpus, and of the items of a
    single first name too.
    """
    rng = random.Random(seed)
    cases = list(grammar.cases())
    ends = list(accumulate(size * share for *_, share in cases))
    start = rng.random()
    chosen = [cases[min(bisect_right(ends, place + start), len(cases) - 1)] for place in range(size)]
    rng.shuffle(chosen)
    items = (grammar.write(rng, kind.name, settled) for kind, settled, _ in chosen)
    return Corpus(tuple(Entry(item.kind, item.text, item.drawn) for item in items))


def held_out(grammar: Grammar, corpus: Corpus, size: int) -> Corpus:
    """``size`` other items of the same grammar: none has its text in ``corpus``."""
    rng, seen = random.Random(SEED + 1), {entry.text for entry in corpus.entries}
    found: list[Entry] = []
    while len(found) < size:
        item = grammar.write(rng)
        if item.text not in seen:
            found.append(Entry(item.kind, item.text, item.drawn))
    return Corpus(tuple(found))


def save(corpus: Corpus, file: Path = FILE) -> None:
    """Write the corpus to a file: a line an item, its kind, what was drawn and its text, between tabs."""
    with lzma.open(file, "wt", encoding="utf-8", preset=9 | lzma.PRESET_EXTREME) as out:
        out.writelines(f"{entry.kind}\t{_joined(entry.drawn)}\t{entry.text}\n" for entry in corpus.entries)


def load(file: Path = FILE) -> Corpus:
    """Read the corpus of a file. Raises :class:`BadContent` if it is damaged."""
    try:
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            return Corpus(tuple(_entries(lines)))
    except (OSError, lzma.LZMAError, EOFError, ValueError) as error:
        raise BadContent("“{name}” cannot be read: {reason}", name=file.name, reason=str(error)) from error


def _joined(drawn: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in drawn.items())


def _entries(lines: Iterable[str]) -> Iterator[Entry]:
    for line in lines:
        kind, drawn, text = line.rstrip("\n").split("\t")
        pairs = (pair.partition("=") for pair in drawn.split(";"))
        yield Entry(kind, text, {name: value for name, _, value in pairs})
