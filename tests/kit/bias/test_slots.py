"""Sentences with choices in brackets: what is read in them, and what is refused."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.bias.slots import LONGEST, OPTIONS, SENTENCES, Sentence, parse
from kit.errors import BadInput

TWO = (2, 2)
ANY = (1, OPTIONS)

word = st.text(alphabet="aéÎœ’-«\u202f\u00a0.,:!", min_size=1, max_size=5).filter(lambda text: text == text.strip())
option = st.lists(word, min_size=1, max_size=2).map(" ".join)
options = st.lists(option, min_size=1, max_size=4, unique=True).map(tuple)
between = st.lists(word, max_size=2).map(lambda words: " ".join(["", *words, ""]) if words else " ")


@st.composite
def written(draw: st.DrawFn) -> Sentence:
    """Up to four choices with words between; no space at either end."""
    slots = draw(st.lists(options, min_size=1, max_size=4))
    texts = [draw(between) for _ in range(len(slots) + 1)]
    return Sentence(texts=(texts[0].lstrip(), *texts[1:-1], texts[-1].rstrip()), slots=tuple(slots))


def in_brackets(sentence: Sentence, mark: str = "/") -> str:
    slots = [f"[{mark.join(options)}]" for options in sentence.slots]
    return "".join(text + slot for text, slot in zip(sentence.texts, [*slots, ""], strict=True))


# -- what is read ------------------------------------------------------------------------------------------------------


def test_a_sentence_with_two_choices() -> None:
    found = parse("Camille est [juge/libraire]. [Il/Elle] commence tôt.", last=TWO)
    assert found == Sentence(
        texts=("Camille est ", ". ", " commence tôt."), slots=(("juge", "libraire"), ("Il", "Elle"))
    )
    assert list(found.ways()) == [("juge",), ("libraire",)]
    assert [found.before(way) for way in found.ways()] == ["Camille est juge. ", "Camille est libraire. "]
    assert (found.after, found.count) == (" commence tôt.", 4)
    assert found.rows == (0, ("juge", "libraire"))


def test_a_sentence_with_the_only_choice_at_its_end() -> None:
    found = parse("Camille est [juge/libraire]", last=TWO)
    assert (found.texts, found.after, found.count) == (("Camille est ", ""), "", 2)
    assert list(found.ways()) == [()]
    assert found.before(()) == "Camille est "
    assert found.rows == (0, ())


def test_a_sentence_that_begins_with_a_choice_and_goes_straight_on() -> None:
    found = parse("[Camille/Lou][, hélas,/enfin] est là.", last=TWO)
    assert found.texts == ("", "", " est là.")
    assert found.slots == (("Camille", "Lou"), (", hélas,", "enfin"))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("[a/b] [c/d/e] [f/g/h/i]", (1, ("c", "d", "e"))),  # however long the last one is
        ("[a/b/c] [d/e/f] [g/h]", (0, ("a", "b", "c"))),  # the first of two as long
        ("[a] [b/c]", (0, ("a",))),
    ],
)
def test_the_rows_are_the_longest_of_the_choices_but_the_last(text: str, rows: tuple[int, tuple[str, ...]]) -> None:
    assert parse(text, last=ANY).rows == rows


@settings(deadline=None, max_examples=60)
@given(written())
def test_what_is_written_with_brackets_comes_back(sentence: Sentence) -> None:
    assert parse(in_brackets(sentence), last=ANY) == sentence


@settings(deadline=None, max_examples=60)
@given(written())
def test_each_sentence_stands_once_among_its_ways(sentence: Sentence) -> None:
    """Against all the choices made at once."""
    assert sentence.count == prod(map(len, sentence.slots))
    by_hand = [
        "".join(text + chosen for text, chosen in zip(sentence.texts, (*choices, ""), strict=True))
        for choices in product(*sentence.slots)
    ]
    assert by_hand == [
        sentence.before(way) + last + sentence.after for way in sentence.ways() for last in sentence.slots[-1]
    ]


@settings(deadline=None, max_examples=60)
@given(written())
def test_spaces_and_line_breaks_do_not_matter(sentence: Sentence) -> None:
    spread = in_brackets(sentence, " / ").replace(" ", " \r\n\t ")
    assert parse(f"\n {spread} \n", last=ANY) == sentence


def test_the_spaces_of_french_stay() -> None:
    """Petit Journal has read « and » with them: without them it would be asked for something else."""
    found = parse("Demandez «\u202fgaragiste\u202f»\u00a0: [il/elle] vient\u202f!", last=TWO)
    assert found.texts == ("Demandez «\u202fgaragiste\u202f»\u00a0: ", " vient\u202f!")


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Put what the model chooses between into brackets: [Il/Elle]."),
        ("Il/Elle dort.", "Put what the model chooses between into brackets: [Il/Elle]."),
        ("[Il/Elle dort.", "A bracket of the sentence is not closed, or closes nothing."),
        ("Il/Elle] dort.", "A bracket of the sentence is not closed, or closes nothing."),
        ("[Il/Elle] dort [peu.", "A bracket of the sentence is not closed, or closes nothing."),
        ("[Il/[Elle/On]] dort.", "A bracket of the sentence is not closed, or closes nothing."),
        ("[] [Il/Elle] dort.", "In [] a choice is empty."),
        ("[Il/] dort.", "In [Il/] a choice is empty."),
        ("[Il/ /Elle] dort.", "In [Il//Elle] a choice is empty."),
        ("[Il/Elle/ Il ] dort.", "In [Il/Elle/Il] a choice is there twice."),
        ("[juge/juge] [Il/Elle] dort.", "In [juge/juge] a choice is there twice."),
        ("[Il] dort.", "The last brackets must hold exactly 2 choices: [Il/Elle]."),
        ("[Il/Elle/On] dort.", "The last brackets must hold exactly 2 choices: [Il/Elle]."),
        ("[Il/Elle] est [juge/libraire/pilote].", "The last brackets must hold exactly 2 choices: [Il/Elle]."),
    ],
)
def test_a_sentence_with_a_fault(text: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        parse(text, last=TWO)
    assert str(error.value) == said


@pytest.mark.parametrize("text", ["[a]", "[a/b/c/d]"])
def test_the_last_choice_has_a_least_and_a_most(text: str) -> None:
    with pytest.raises(BadInput, match="must hold 2 to 3 choices"):
        parse(text, last=(2, 3))
    assert parse("[a/b/c]", last=(2, 3)).count == 3


def test_a_sentence_as_long_as_may_be() -> None:
    text = "[Il/Elle]" + "a" * (LONGEST - 9)
    assert len(parse(f"  {text} ", last=TWO).after) == LONGEST - 9
    with pytest.raises(BadInput, match=f"has {LONGEST + 1} characters; {LONGEST} are the most"):
        parse(text + "a", last=TWO)


def test_as_many_options_as_may_be() -> None:
    names = [f"n{number}" for number in range(OPTIONS + 1)]
    assert parse(f"[{'/'.join(names[:-1])}] [a/b]", last=TWO).count == 2 * OPTIONS
    with pytest.raises(BadInput, match=f"more than {OPTIONS} choices") as error:
        parse(f"[{'/'.join(names)}] [a/b]", last=TWO)
    assert len(str(error.value)) < 120, "the options are not all repeated"


def test_as_many_sentences_as_may_be() -> None:
    def choice(size: int) -> str:
        return "[" + "/".join(f"n{number}" for number in range(size)) + "]"

    assert parse(f"{choice(30)} {choice(10)} [a/b]", last=TWO).count == SENTENCES
    with pytest.raises(BadInput, match=f"That makes 616 sentences; {SENTENCES} are the most"):
        parse(f"{choice(28)} {choice(11)} [a/b]", last=TWO)
