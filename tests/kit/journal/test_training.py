"""What the models of Petit Journal read, in which order."""

from __future__ import annotations

import itertools
import random
import statistics

import pytest

from kit.journal import corpus
from kit.journal.corpus import Corpus
from kit.journal.grammar import Grammar
from kit.journal.grammar_file import grammar
from kit.journal.measure import TAUGHT, Taught
from kit.journal.proportions import declared
from training.petit_journal.train import BATCH, batches, case

SIZE = 6_000


@pytest.fixture(scope="module")
def journal() -> Grammar:
    return grammar(declared())


@pytest.fixture(scope="module")
def read(journal: Grammar) -> Corpus:
    return corpus.write(journal, SIZE)


@pytest.fixture(scope="module")
def cases(journal: Grammar, read: Corpus) -> list[tuple[str, ...]]:
    return [case(journal, entry) for entry in read.entries]


def test_a_case_is_a_kind_and_what_depends_on_something(read: Corpus, cases: list[tuple[str, ...]]) -> None:
    for entry, found in zip(read.entries, cases, strict=True):
        if entry.kind == "portrait":
            assert found == ("portrait", *(entry.drawn[name] for name in ("job", "gender", "first")))
        if entry.kind == "agenda":
            assert found == ("agenda",)


def test_a_pass_reads_each_item_once(cases: list[tuple[str, ...]]) -> None:
    groups = batches(cases, random.Random(1))
    assert sorted(itertools.chain.from_iterable(groups)) == list(range(SIZE))
    assert {len(group) for group in groups[:-1]} == {BATCH}
    assert groups != batches(cases, random.Random(2))


@pytest.mark.parametrize("table", TAUGHT, ids=lambda table: table.table)
def test_no_share_wanders_over_a_pass(read: Corpus, cases: list[tuple[str, ...]], table: Taught) -> None:
    """At no moment has it read many more items of one value than its share asks for. By chance alone it would."""

    def farthest(order: list[int]) -> float:
        """How far the count of a value stands from its share, at most, of all the values."""
        drawn = [read.entries[place].drawn for place in order if read.entries[place].kind == table.kind]
        values = [each[table.variable] for each in drawn]
        found = 0.0
        for value in set(values):
            share = values.count(value) / len(values)
            found = max(found, *(abs(each) for each in itertools.accumulate((one == value) - share for one in values)))
        return found

    dealt = farthest(list(itertools.chain.from_iterable(batches(cases, random.Random(1)))))
    by_chance = [farthest(random.Random(seed).sample(range(SIZE), SIZE)) for seed in range(5)]
    assert dealt < statistics.mean(by_chance) / 2
