"""The closed list of first names that Petit Journal writes."""

from __future__ import annotations

import unicodedata

import pytest

from kit.journal import corpus
from kit.journal.names import first_names
from kit.language.loading import JOURNAL, load
from kit.language.scoring import Causal
from kit.language.tracing import cut


@pytest.fixture(scope="module")
def journal() -> Causal:
    model = load(JOURNAL)
    assert isinstance(model, Causal)
    return model


def test_every_first_name_of_the_corpus_once() -> None:
    names = first_names()
    assert len(names) == len(set(names)) == 28
    written = {
        entry.drawn[role] for entry in corpus.load().entries for role in ("first", "second") & entry.drawn.keys()
    }
    assert set(names) == written


def test_in_the_order_of_the_alphabet_accents_or_not() -> None:
    names = first_names()
    bare = [
        "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))
        for name in names
    ]
    assert bare == sorted(bare)
    assert bare != list(names)
    assert names[names.index("Eden") : names.index("Farid") + 1] == ("Eden", "Élise", "Farid")


def test_each_is_one_token_wherever_it_stands(journal: Causal) -> None:
    """So that leaving one out leaves out nothing else."""
    names = first_names()
    begun = [cut(journal, name) for name in names]
    assert [[token.text for token in tokens] for tokens in begun] == [[f" {name}"] for name in names]
    ids = [tokens[0].id for tokens in begun]
    assert len(set(ids)) == 28
    inside = [cut(journal, f"Rencontre avec {name}, juge.") for name in names]
    assert [tokens[2].id for tokens in inside] == ids
