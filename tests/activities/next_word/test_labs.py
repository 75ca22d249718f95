"""What the labs of « Le mot d'après » compute, with Petit Journal itself, which is small enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from activities.next_word import labs
from activities.next_word.labs import TOP, TRIES, Answer, CutText, Setting
from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from kit.errors import BadInput, NotFound
from kit.journal import corpus
from kit.journal.corpus import Corpus
from kit.journal.names import first_names
from kit.language import micro
from kit.language.loading import JOURNAL
from kit.language.scoring import TooLong
from kit.language.tracing import GREEDY, Draw
from tests.language_models import tiny

SENTENCE = "Camille a vu une antilope à la médiathèque de Fontbrune."
CLAIM = "Lundi, on attend de la"


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    return corpus.load()


@pytest.fixture(scope="module")
def heard() -> list[tuple[str, dict[str, Any]]]:
    """What was reported while :func:`made` was computed."""
    return []


@pytest.fixture(scope="module")
def made(heard: list[tuple[str, dict[str, Any]]]) -> tuple[Setting, ...]:
    with listening(lambda _, message, values: heard.append((message, values))):
        return labs.settings(JOURNAL, "Samedi, elle", 3, temperature=1.5, top_k=5, top_p=0.9, without=())


@pytest.fixture(scope="module")
def answered() -> tuple[Answer, ...]:
    return labs.answers(JOURNAL, CLAIM, 1, without=())


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny("llama", tmp_path_factory.mktemp("llama")))


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_a_word_of_the_corpus_is_whole_and_another_is_spelt() -> None:
    found = labs.cut(JOURNAL, SENTENCE)
    tokens = {word.text: word.tokens for word in found.words}
    assert list(tokens) == ["Camille", "a", "vu", "une", "antilope", "à", "la", "médiathèque", "de", "Fontbrune"]
    assert tokens.pop("antilope") == 6
    assert set(tokens.values()) == {1}
    assert len(found.tokens) == 16  # and the full stop


def test_how_often_the_corpus_has_a_word(shipped: Corpus) -> None:
    texts = [f" {entry.text} " for entry in shipped.entries]
    counted = {word.text: word.in_corpus for word in labs.cut(JOURNAL, f"{SENTENCE} médiathèque").words}
    assert counted["antilope"] == 0
    # Neither is ever part of another word, of this corpus.
    for word in ("médiathèque", "Fontbrune"):
        assert counted[word] == sum(text.count(word) for text in texts) > 500


def test_an_apostrophe_parts_words_and_a_hyphen_does_not() -> None:
    assert [word.text for word in labs.cut(JOURNAL, "l’arc-en-ciel, répète-t-elle").words] == [
        "l", "arc-en-ciel", "répète-t-elle",
    ]  # fmt: skip
    assert [(word.text, word.tokens) for word in labs.cut(JOURNAL, "l’été").words] == [("l", 1), ("été", 2)]
    assert labs.cut(JOURNAL, "… !").words == ()


def test_another_model_cuts_elsewhere_and_has_not_read_the_corpus(causal: str) -> None:
    ours, theirs = labs.cut(JOURNAL, "La médiathèque"), labs.cut(causal, "La médiathèque")
    assert [word.in_corpus for word in theirs.words] == [None, None]
    assert [word.tokens for word in ours.words] == [1, 1]
    assert theirs.words[1].tokens > 3


def test_a_model_that_fills_blanks_is_refused(tmp_path: Path) -> None:
    folder = str(tiny("bert", tmp_path / "bert"))
    refused = "fills blanks and does not continue a text. Choose a causal model"
    with pytest.raises(BadInput, match=refused) as error:
        labs.cut(folder, SENTENCE)
    assert error.value.values == {"name": folder}
    with pytest.raises(BadInput, match=refused):
        labs.following(folder, CLAIM, bets=(), without=())
    with pytest.raises(BadInput, match=refused):
        labs.answers(folder, CLAIM, 1, without=())
    with pytest.raises(BadInput, match=refused):
        labs.surprise(folder, CLAIM)


def test_a_model_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="neither a model of the kit nor a folder"):
        labs.cut("petit-canard", SENTENCE)


def test_a_model_is_read_once(causal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    labs.warm()
    monkeypatch.delattr(labs, "load")
    assert labs.cut(JOURNAL, "Une antilope").words[1].in_corpus == 0
    with pytest.raises(NameError):
        labs.cut(causal, "Une antilope")


# -- what follows ------------------------------------------------------------------------------------------------------


def test_ten_bars_a_bet_and_no_name_that_is_left_out() -> None:
    found = labs.following(JOURNAL, "Rencontre avec", bets=["Charlie"], without=["Charlie"])
    assert len(found.top) == TOP
    assert "Charlie" not in {each.text.strip() for each in found.top} < set(first_names())
    assert [(word, share > 0.01) for word, share in found.bets] == [("Charlie", True)]


def test_six_ways_to_choose_from_one_beginning(made: tuple[Setting, ...]) -> None:
    assert [setting.draw for setting in made] == [
        GREEDY, Draw(temperature=0.5), Draw(), Draw(temperature=1.5), Draw(top_k=5), Draw(top_p=0.9),
    ]  # fmt: skip
    for setting in made:
        assert setting.continuation.draw == setting.draw
        assert (setting.continuation.before, setting.continuation.seed) == ("Samedi, elle", 3)
        assert 0 < len(setting.continuation.tokens) <= 40
    assert len({setting.continuation.text for setting in made}) > 2


def test_each_first_choice_is_that_of_its_setting(made: tuple[Setting, ...]) -> None:
    """The same tokens under every setting; what was drawn had the probability that its bar shows."""
    assert {tuple(each.id for each in setting.first) for setting in made} == {tuple(each.id for each in made[0].first)}
    shares = [[each.probability for each in setting.first] for setting in made]
    assert [len(each) for each in shares] == [TOP] * 6
    assert shares[0] == [1] + [0] * (TOP - 1)
    assert sum(share > 0 for share in shares[4]) == 5
    assert sum(shares[4]) == pytest.approx(1)
    cold, plain, hot = (shares[place][0] for place in (1, 2, 3))
    assert cold > plain > hot
    shown = 0
    for setting in made:
        drawn = setting.continuation.tokens[0]
        bars = {each.id: each.probability for each in setting.first}
        assert (drawn.id in bars) == (drawn.rank <= TOP)
        if drawn.id in bars:
            assert bars[drawn.id] == pytest.approx(drawn.drawn, rel=1e-3)
            shown += 1
    assert shown >= 5


def test_the_six_texts_are_told_apart_in_the_progress(
    made: tuple[Setting, ...], heard: list[tuple[str, dict[str, Any]]]
) -> None:
    said = [values for message, values in heard if message == "Text {n} of {total}"]
    assert said == [{"n": number, "total": len(made)} for number in range(1, 7)]


def test_a_claim_is_completed_with_seeds_in_a_row(answered: tuple[Answer, ...]) -> None:
    assert [each.continuation.seed for each in answered] == [1, 2, 3, 4, 5, 6]
    assert len(answered) == TRIES
    for each in answered:
        assert each.continuation.before == CLAIM
        assert each.continuation.draw == Draw()
        assert each.continuation.text.endswith(".")
    assert len({each.continuation.text for each in answered}) > 2


def test_a_completion_is_counted_in_the_corpus(answered: tuple[Answer, ...]) -> None:
    counted = [labs.search(f"{CLAIM}{each.continuation.text}").items for each in answered]
    assert [each.in_corpus for each in answered] == counted
    assert 0 in counted
    assert any(counted)


def test_nothing_is_counted_for_a_model_that_has_not_read_the_corpus(causal: str) -> None:
    assert [each.in_corpus for each in labs.answers(causal, "Elle est juge.", 1, without=())] == [None] * TRIES


def test_a_text_that_is_too_long_is_refused_by_every_lab() -> None:
    text = "Elle est juge à Givrey. " * 60
    with pytest.raises(TooLong):
        labs.cut(JOURNAL, text)
    with pytest.raises(TooLong):
        labs.following(JOURNAL, text, bets=(), without=())
    with pytest.raises(TooLong):
        labs.settings(JOURNAL, text, 3, temperature=1.5, top_k=5, top_p=0.9, without=())
    with pytest.raises(TooLong):
        labs.answers(JOURNAL, text, 1, without=())
    with pytest.raises(TooLong):
        labs.surprise(JOURNAL, text)


# -- surprise ----------------------------------------------------------------------------------------------------------


def test_what_was_never_read_surprises_and_a_habit_does_not() -> None:
    text = "Lundi, on attend de la confiture à Brévaine. Prenez un manteau."
    found = labs.surprise(JOURNAL, text)
    assert "".join(each.token.text for each in found) == f" {text}"
    jam, coat = (
        sum(each.bits for each in found if at <= each.token.start < at + len(word))
        for word, at in ((word, text.index(word)) for word in (" confiture", " manteau"))
    )
    assert jam > 20
    assert coat < 1


@pytest.mark.parametrize("text", ["", "   ", "… !", "«\u202f»"])
def test_a_text_without_a_word_surprises_nobody(text: str) -> None:
    with pytest.raises(BadInput, match="at least one word"):
        labs.surprise(JOURNAL, text)


# -- the corpus --------------------------------------------------------------------------------------------------------


def test_the_items_that_hold_some_words(shipped: Corpus) -> None:
    found = labs.search(" FONTBRUNE ", most=3)
    holding = [entry.text for entry in shipped.entries if "fontbrune" in entry.text.casefold()]
    assert (found.items, found.of) == (len(holding), len(shipped.entries))
    assert found.texts == tuple(holding[:3])
    assert len(labs.search("Fontbrune").texts) == 8


@pytest.mark.parametrize("words", ["antilope", "", "  "])
def test_what_no_item_holds(words: str) -> None:
    found = labs.search(words)
    assert (found.items, found.texts) == (0, ())


@pytest.mark.parametrize("characters", [500, 5_000, micro.MOST])
def test_an_excerpt_is_the_first_items_that_fit(characters: int, shipped: Corpus) -> None:
    text = labs.excerpt(characters)
    lines = text.split("\n")
    assert lines == [entry.text for entry in shipped.entries[: len(lines)]]
    assert len(text) <= characters < len(text) + len(shipped.entries[len(lines)].text) + 2


def test_no_item_fits_in_nothing() -> None:
    assert labs.excerpt(3) == ""


def test_it_is_taught_ones_own_text_or_the_excerpt(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int, float]] = []
    monkeypatch.setattr(micro, "teach", lambda text, *, seed, share: asked.append((text, seed, share)))
    labs.teach("Le chat dort.", seed=3, share=1.0)
    labs.teach("", seed=4, share=0.1)
    assert asked == [("Le chat dort.", 3, 1.0), (labs.excerpt(micro.MOST), 4, 0.1)]
    assert micro.checked(asked[1][0]) == asked[1][0]


# -- between processes -------------------------------------------------------------------------------------------------


def test_every_result_crosses_between_processes(
    made: tuple[Setting, ...], answered: tuple[Answer, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(micro, "SECONDS", 1e-6)
    cut: CutText = labs.cut(JOURNAL, f"{SENTENCE} 🦊")
    for result in (
        cut,
        labs.following(JOURNAL, "Elle lit un po", bets=["ème"], without=["Lou"]),
        made,
        answered,
        labs.surprise(JOURNAL, SENTENCE),
        labs.search("Fontbrune"),
        labs.teach("", seed=3, share=1.0),
    ):
        back = decode(encode(result))
        assert back == result
        assert type(back) is type(result)
