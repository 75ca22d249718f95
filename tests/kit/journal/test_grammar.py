"""Writing and reading are the same grammar: what is written can be read, with its exact probability."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter

import pytest

from kit.journal.french import word
from kit.journal.grammar import Choice, Grammar, Kind, Literal, Slot, Variable, template


def small() -> Grammar:
    """A grammar small enough to write down all that it can say."""
    variables = {
        "job": Variable(rows={"": (("juge", 0.25), ("chimiste", 0.75))}),
        "gender": Variable(given="job", rows={"juge": (("f", 0.8), ("m", 0.2)), "chimiste": (("f", 0.1), ("m", 0.9))}),
        "mood": Variable(rows={"": (("gai", 0.5), ("triste", 0.5))}),
    }
    sentences = (
        Choice({"": (template("{Job.un} [parle|écoute]."), template("Voici {job.le}."))}),
        Choice({"gai": (template("<Il|Elle> rit."),), "triste": (template("<Il|Elle> soupire."),)}, by="mood"),
    )
    words = {each.text: each for each in (word("juge m"), word("chimiste m"))}
    portrait = Kind(name="portrait", share=0.9, variables=variables, sentences=sentences)
    # Its first text can be derived in two ways, and is also one of the portrait's.
    other = Kind(
        name="other",
        share=0.1,
        variables={},
        sentences=(Choice({"": (template("[Oui|Oui|Non]."), template("Voici le juge. Il rit."))}),),
    )
    return Grammar(kinds=(portrait, other), words=words)


def test_what_a_template_is_made_of() -> None:
    assert template("À {town}, <il|elle> [rit|].") == (
        Literal("À "),
        Slot("town"),
        Literal(", "),
        Slot("gender", endings=("il", "elle")),
        Literal(" "),
        Choice({"": ((Literal("rit"),), ())}),
        Literal("."),
    )
    assert template("{Work.le}") == (Slot("work", "le", True),)
    nested = template("[a[b|c]|d]")[0]
    assert isinstance(nested, Choice)
    assert len(nested.options[""]) == 2


@pytest.mark.parametrize("text", ["[a", "a]", "a|b", "{a", "<a>", "[a|b]]"])
def test_a_bracket_that_is_missing(text: str) -> None:
    with pytest.raises(ValueError, match=r"closes|closed|opens"):
        template(text)


def test_probabilities_by_hand() -> None:
    grammar = small()
    # other: its second template, 1/2. portrait: juge 1/4, second template 1/2, a man 1/5, gay 1/2.
    assert math.exp(grammar.logprob("Voici le juge. Il rit.")) == pytest.approx(0.1 / 2 + 0.9 * 0.25 / 2 * 0.2 / 2)
    assert math.exp(grammar.logprob("Un chimiste écoute. Elle soupire.")) == pytest.approx(0.9 * 0.75 / 4 * 0.1 / 2)
    # Two derivations of one text add up.
    assert math.exp(grammar.logprob("Oui.")) == pytest.approx(0.1 / 2 * 2 / 3)
    for wrong in (
        "",
        "Oui",
        "Oui. ",
        "Voici le juge.",
        "Voici le juge. Il rit. Il rit.",
        "Voici le chimiste. Elle chante.",
    ):
        assert grammar.logprob(wrong) == -math.inf, wrong


def test_the_probabilities_of_all_that_can_be_said_add_up_to_one() -> None:
    grammar = small()
    first = [f"Un {job} {verb}." for job in ("juge", "chimiste") for verb in ("parle", "écoute")]
    first += ["Voici le juge.", "Voici le chimiste."]
    second = [f"{who} {does}." for who in ("Il", "Elle") for does in ("rit", "soupire")]
    texts = {" ".join(pair) for pair in itertools.product(first, second)} | {"Oui.", "Non."}
    assert sum(math.exp(grammar.logprob(text)) for text in texts) == pytest.approx(1)


def test_what_is_written_comes_as_often_as_its_probability() -> None:
    grammar, rng, n = small(), random.Random(5), 20_000
    seen = Counter(grammar.write(rng).text for _ in range(n))
    for text, times in seen.items():
        expected = math.exp(grammar.logprob(text))
        assert abs(times / n - expected) < 5 * math.sqrt(expected / n), text


def test_a_sentence_of_any_place_is_known_alone() -> None:
    grammar = small()
    assert grammar.knows("Elle soupire.")
    assert grammar.knows("Un juge parle.")
    assert not grammar.knows("Elle soupire. Elle rit.")
    assert not grammar.knows("Un juge soupire.")


def test_where_each_slot_was_written() -> None:
    item = small().write(random.Random(1), "portrait")
    for piece in item.pieces:
        said = small().said(piece.slot, item.drawn[piece.slot.variable])
        assert item.text[piece.start :].startswith(said)
