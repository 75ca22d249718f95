"""What a causal model computes on the way, against the same thing computed one token at a time, by hand."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pytest

from kit.compute.progress import listening
from kit.errors import BadInput
from kit.journal.names import first_names
from kit.journal.proportions import declared
from kit.language.loading import JOURNAL, load
from kit.language.scoring import Causal, TooLong
from kit.language.tracing import (
    GREEDY,
    LONGEST,
    MAX_TEXT,
    WORD,
    Continuation,
    Draw,
    Read,
    Token,
    Written,
    continued,
    cut,
    following,
    odds,
    read,
)
from tests.language_models import CAUSAL, tiny

if TYPE_CHECKING:
    from torch import Tensor

ALL = 10_000
"""More tokens than any of these models has."""
MEETING = "Rencontre avec"
"""What Petit Journal follows with a first name, whatever the seed."""
DRAWS = (
    Draw(),
    Draw(temperature=0.5),
    Draw(temperature=2.5),
    Draw(top_k=5),
    Draw(top_p=0.6),
    Draw(temperature=1.5, top_k=20, top_p=0.7),
)


@pytest.fixture(scope="module", params=CAUSAL)
def causal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Causal:
    return _causal(str(tiny(request.param, tmp_path_factory.mktemp(request.param))))


@pytest.fixture(scope="module", params=[*CAUSAL, JOURNAL])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Causal:
    """One of each family, and the model of the kit."""
    return _causal(
        JOURNAL if request.param == JOURNAL else str(tiny(request.param, tmp_path_factory.mktemp(request.param)))
    )


@pytest.fixture(scope="module")
def journal() -> Causal:
    return _causal(JOURNAL)


@pytest.fixture(scope="module")
def unbegun(tmp_path_factory: pytest.TempPathFactory) -> Causal:
    """A model that has a token neither of beginning nor of end."""
    model = _causal(str(tiny("qwen2", tmp_path_factory.mktemp("unbegun"))))
    model.words.bos_token = model.words.eos_token = None
    return model


def _causal(name: str) -> Causal:
    model = load(name)
    assert isinstance(model, Causal)
    return model


def logits_after(model: Causal, ids: list[int]) -> Tensor:
    """The logits of the next token, from the whole text at once: nothing is kept from one token to the next."""
    import torch

    with torch.inference_mode():
        return model.network(input_ids=torch.tensor([ids])).logits[0, -1].double()


def kept_by_hand(logits: Tensor, draw: Draw) -> dict[int, float]:
    """The probability of each token that temperature, then k, then p leave."""
    shares = (logits / draw.temperature).softmax(-1).tolist()
    order = sorted(range(len(shares)), key=lambda place: -shares[place])
    order = order[: draw.top_k or len(order)]
    total, reached, kept = sum(shares[place] for place in order), 0.0, []
    for place in order:
        if reached >= draw.top_p:
            break
        kept.append(place)
        reached += shares[place] / total
    left = sum(shares[place] for place in kept)
    return {place: shares[place] / left for place in kept}


def names_in(text: str) -> set[str]:
    return set(first_names()) & set(re.findall(r"\w+", text))


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_the_tokens_of_a_text_are_where_they_stand(model: Causal) -> None:
    text = "Elle voit Camille, juge à Brévaine."
    tokens = cut(model, text)
    assert [token.id for token in tokens] == model.ids(text)[1:]
    assert [token.start for token in tokens] == [0, *(token.stop for token in tokens[:-1])]
    assert tokens[-1].stop == len(text)
    whole = [token for token in tokens if "�" not in token.text]
    assert [text[token.start : token.stop].strip() for token in whole] == [token.text.strip() for token in whole]
    assert len(whole) > 5


def test_a_word_that_was_read_is_whole_and_another_is_in_pieces(journal: Causal) -> None:
    assert [token.text for token in cut(journal, "Une antilope à la médiathèque")][1:] == [
        " a", "n", "t", "il", "o", "pe", " à", " la", " médiathèque",
    ]  # fmt: skip
    assert cut(journal, "la médiathèque")[1] == Token(
        id=journal.words.convert_tokens_to_ids("▁médiathèque"), text=" médiathèque", start=2, stop=14
    )
    assert cut(journal, "") == ()


@pytest.mark.parametrize("count", [MAX_TEXT + 1, 5 * MAX_TEXT])
def test_more_text_than_anybody_writes_is_refused(journal: Causal, count: int) -> None:
    text = "a" * count
    refused = rf"has {count} characters; at most {MAX_TEXT} are read"
    with pytest.raises(BadInput, match=refused):
        cut(journal, text)
    with pytest.raises(BadInput, match=refused):
        following(journal, text, 3)
    with pytest.raises(BadInput, match=refused):
        continued(journal, text, GREEDY, 0)
    with pytest.raises(BadInput, match=refused):
        read(journal, text)


def test_more_tokens_than_the_model_reads_are_refused(causal: Causal) -> None:
    text = "Elle est juge. " * 40
    with pytest.raises(TooLong, match="which reads 64"):
        cut(causal, text)
    with pytest.raises(TooLong):
        following(causal, text, 3)
    with pytest.raises(TooLong):
        odds(causal, text, GREEDY, 3)
    with pytest.raises(TooLong):
        continued(causal, text, GREEDY, 0)
    with pytest.raises(TooLong):
        read(causal, text)


def test_nothing_follows_nothing_where_there_is_no_beginning(unbegun: Causal) -> None:
    with pytest.raises(BadInput, match="at least one word"):
        following(unbegun, "", 3)
    with pytest.raises(BadInput, match="at least one word"):
        odds(unbegun, "", Draw(), 3)
    with pytest.raises(BadInput, match="at least one word"):
        continued(unbegun, "", Draw(), 0)


def test_nothing_is_a_beginning_where_there_is_a_token_for_it(model: Causal) -> None:
    (first, *_) = following(model, "", 1).top
    assert first.id == int(logits_after(model, model.ids("")).argmax())
    (token,) = continued(model, "", GREEDY, 0, longest=1).tokens
    assert token.id == first.id


# -- what could follow -------------------------------------------------------------------------------------------------


def test_what_follows_is_the_whole_distribution(model: Causal) -> None:
    found = following(model, "Elle est", ALL)
    logits = logits_after(model, model.ids("Elle est"))
    assert found.vocabulary == len(found.top) == len(logits)
    assert math.fsum(each.probability for each in found.top) == pytest.approx(1, abs=1e-5)
    assert [each.probability for each in found.top] == sorted((each.probability for each in found.top), reverse=True)
    assert {each.id: each.logit for each in found.top} == pytest.approx(
        dict(enumerate(logits.tolist())), abs=1e-4, rel=1e-4
    )
    most, *_, least = found.top
    assert math.log(most.probability / least.probability) == pytest.approx(most.logit - least.logit, abs=1e-3)


def test_the_head_is_that_of_the_model(causal: Causal) -> None:
    found = following(causal, "Elle est", 7)
    assert [(each.id, each.text) for each in found.top] == [
        (token, text) for token, text, _ in causal.next_tokens("Elle est", 7)
    ]
    assert [each.probability for each in found.top] == pytest.approx(
        [share for _, _, share in causal.next_tokens("Elle est", 7)]
    )


@pytest.mark.parametrize(
    ("before", "word", "text"),
    [
        ("Elle est", "juge", "Elle est juge"),
        ("Elle est ", "juge", "Elle est juge"),
        ("Une antilope de l’", "école", "Une antilope de l’école"),
        ("Il fera 9\u00a0", "degrés", "Il fera 9\u00a0degrés"),
        ("", "Elle", "Elle"),
    ],
)
def test_a_bet_is_the_product_of_its_tokens(model: Causal, before: str, word: str, text: str) -> None:
    ((said, share),) = following(model, before, 3, bets=[word]).bets
    given, ids = model.ids(before), model.ids(text)
    expected = _logprob(model, ids) - _logprob(model, given)
    assert said == word
    assert math.log(share) == pytest.approx(min(0.0, expected), abs=1e-2)


def _logprob(model: Causal, ids: list[int]) -> float:
    return sum(float(logits_after(model, ids[:place]).log_softmax(-1)[ids[place]]) for place in range(1, len(ids)))


def test_a_bet_of_one_token_has_the_probability_of_that_token(journal: Causal) -> None:
    job = following(journal, "Camille est", 1).top[0].text.strip()
    assert job in declared()["profession"].rows
    found = following(journal, "Camille est", 5, bets=[job, "antilope"])
    assert dict(found.bets)[job] == pytest.approx(found.top[0].probability, rel=1e-3)
    assert 0 < dict(found.bets)["antilope"] < 1e-12


def test_a_token_that_begins_a_word_is_finished_as_the_model_would(model: Causal) -> None:
    before = "Elle lit un po"
    found = following(model, before, 20)
    for each in found.top:
        rest, ids = "", [*model.ids(before), each.id]
        while each.text[-1:].isalpha() and len(ids) < len(model.ids(before)) + 1 + WORD:
            ids.append(int(logits_after(model, ids).argmax()))
            if not model.text(ids[-1]).isalpha():
                break
            rest += model.text(ids[-1])
        assert each.rest == rest, each
    assert any(each.rest for each in found.top)


def test_a_word_of_the_corpus_is_finished(journal: Causal) -> None:
    begun = [each for each in following(journal, "Lundi, l’équipe de", 5).top if each.rest]
    assert {"hockey", "volley"} <= {(each.text + each.rest).strip() for each in begun}


def test_a_word_is_finished_no_further_than_the_model_reads(causal: Causal) -> None:
    full = "GK" * 32
    text = causal.words.decode(causal.words(full, add_special_tokens=False)["input_ids"][:63])
    assert len(causal.ids(text)) == causal.longest
    assert {each.rest for each in following(causal, text, ALL).top} == {""}


# -- choosing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -0.1},
        {"temperature": 5.1},
        {"temperature": math.nan},
        {"top_k": -1},
        {"top_p": 0},
        {"top_p": 1.1},
        {"top_p": math.nan},
    ],
)
def test_a_way_to_choose_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="temperature 0 to 5"):
        Draw(**wrong)


@pytest.mark.parametrize("draw", DRAWS, ids=str)
def test_the_odds_are_those_that_temperature_k_and_p_leave(model: Causal, draw: Draw) -> None:
    found = odds(model, "Samedi, elle", draw, ALL)
    logits = logits_after(model, model.ids("Samedi, elle"))
    kept = kept_by_hand(logits, draw)
    assert {each.id: each.probability for each in found} == pytest.approx(
        {place: kept.get(place, 0.0) for place in range(len(logits))}, rel=1e-3, abs=1e-9
    )
    assert [each.logit for each in found] == sorted((each.logit for each in found), reverse=True)


def test_the_odds_of_greedy_are_those_of_one_token(causal: Causal) -> None:
    assert [each.probability for each in odds(causal, "Elle est", GREEDY, 3)] == [1, 0, 0]


def test_greedy_takes_the_likeliest_one_token_at_a_time(model: Causal) -> None:
    found = continued(model, "Samedi, elle", GREEDY, 5, longest=12)
    ids = model.ids("Samedi, elle")
    for token in found.tokens:
        logits = logits_after(model, ids)
        assert token.id == int(logits.argmax())
        assert token.text == model.text(token.id)
        assert token.logit == pytest.approx(float(logits.max()), abs=1e-3)
        assert token.probability == pytest.approx(float(logits.softmax(-1).max()), abs=1e-4)
        assert (token.drawn, token.rank) == (1, 1)
        ids.append(token.id)
    assert len(found.tokens) == 12
    assert continued(model, "Samedi, elle", GREEDY, 6, longest=12).tokens == found.tokens


@pytest.mark.parametrize("draw", DRAWS, ids=str)
def test_a_token_is_drawn_from_what_is_left(model: Causal, draw: Draw) -> None:
    found = continued(model, "Samedi, elle", draw, 4, longest=6)
    ids = model.ids("Samedi, elle")
    for token in found.tokens:
        logits = logits_after(model, ids)
        assert token.drawn == pytest.approx(kept_by_hand(logits, draw)[token.id], abs=1e-4)
        assert token.probability == pytest.approx(float(logits.softmax(-1)[token.id]), abs=1e-4)
        assert token.rank == sorted(logits.tolist(), reverse=True).index(float(logits[token.id])) + 1
        ids.append(token.id)
    assert len(found.tokens) == 6


def test_a_seed_gives_one_text_and_another_seed_another(model: Causal) -> None:
    assert continued(model, "Elle", Draw(), 1) == continued(model, "Elle", Draw(), 1)
    assert len({continued(model, "Elle", Draw(), seed, longest=20).text for seed in range(4)}) == 4


def test_the_chances_of_the_caller_are_left_alone(causal: Causal) -> None:
    import torch

    before = torch.get_rng_state()
    continued(causal, "Elle", Draw(), 1, longest=3)
    assert torch.equal(torch.get_rng_state(), before)


def test_one_out_of_one_is_greedy_and_all_out_of_all_is_free(model: Causal) -> None:
    greedy = continued(model, "Elle est", GREEDY, 3, longest=20)
    assert continued(model, "Elle est", Draw(top_k=1), 3, longest=20).tokens == greedy.tokens
    free = continued(model, "Elle est", Draw(), 3, longest=20)
    assert continued(model, "Elle est", Draw(top_k=ALL), 3, longest=20).tokens == free.tokens
    assert free.tokens != greedy.tokens


def test_it_writes_no_further_than_it_reads(causal: Causal) -> None:
    before = "Elle est juge. " * 8
    found = continued(causal, before, GREEDY, 0)
    assert len(causal.ids(before)) == 41
    assert len(found.tokens) == causal.longest - 41
    assert len(continued(causal, before, GREEDY, 0, longest=4).tokens) == 4


def test_a_full_text_is_not_continued(causal: Causal) -> None:
    text = "G" * (causal.longest - 1)
    assert len(causal.ids(text)) == causal.longest
    found = continued(causal, text, Draw(), 0)
    assert (found.tokens, found.text, found.assurance) == ((), "", 1)


def test_how_far_it_has_got_is_reported(causal: Causal) -> None:
    heard: list[float] = []
    with listening(lambda fraction, *_: heard.append(fraction)):
        continued(causal, "Elle est", GREEDY, 0, longest=5)
    assert heard == [0, 0.2, 0.4, 0.6, 0.8]


def test_assurance_is_a_geometric_mean() -> None:
    tokens = [
        Written(id=1, text=text, logit=0, probability=share, drawn=1, rank=1)
        for text, share in ((" un", 0.5), (" chat", 0.25), (".", 1.0))
    ]
    found = Continuation(before="Voici", draw=GREEDY, seed=0, tokens=tuple(tokens))
    assert found.text == " un chat."
    assert found.assurance == pytest.approx(0.125 ** (1 / 3))


# -- where it ends -----------------------------------------------------------------------------------------------------


def test_a_sentence_ends_where_it_ends(journal: Causal) -> None:
    for before in ("Rochemeure a élu", MEETING, "Rencontre avec Lou Sorel, juge à Givrey."):
        whole, first = continued(journal, before, Draw(), 1), continued(journal, before, Draw(), 1, sentence=True)
        assert whole.tokens[: len(first.tokens)] == first.tokens
        assert len(first.tokens) < len(whole.tokens)
        assert first.text.index(".") == len(first.text) - 1


def test_a_text_ends_where_the_model_ends_it(journal: Causal) -> None:
    found = continued(journal, "Rochemeure a élu", GREEDY, 0)
    ids = [*journal.ids("Rochemeure a élu"), *(token.id for token in found.tokens)]
    assert 5 < len(found.tokens) < LONGEST
    assert int(logits_after(journal, ids).argmax()) == journal.words.eos_token_id
    assert "</s>" not in found.text


# -- names that are never written --------------------------------------------------------------------------------------


def test_a_name_that_is_left_out_is_neither_shown_nor_written(journal: Causal) -> None:
    everyone = first_names()
    assert len(names_in("".join(each.text for each in following(journal, MEETING, 10).top))) == 10
    assert names_in(" ".join(each.text for each in following(journal, MEETING, 40, without=everyone).top)) == set()
    assert names_in(" ".join(each.text for each in odds(journal, MEETING, Draw(), 40, without=everyone))) == set()
    for seed in range(6):
        free, held = (continued(journal, MEETING, Draw(), seed, longest=8, without=names) for names in ((), everyone))
        assert len(names_in(free.text)) == 1
        assert names_in(held.text) == set()
        assert len(held.tokens) == 8


def test_a_name_stuck_to_what_comes_before_is_left_out_too(journal: Causal) -> None:
    """It has tokens of its own there: without a space before it."""
    names = first_names()
    stuck = [journal.words.convert_tokens_to_ids(name) for name in names]
    known = [place for place in stuck if place != journal.words.unk_token_id]
    assert known
    assert {each.id for each in odds(journal, MEETING, Draw(), ALL)} >= set(known)
    assert {each.id for each in odds(journal, MEETING, Draw(), ALL, without=names)}.isdisjoint(known)


def test_the_other_names_stay_with_their_probabilities(journal: Causal) -> None:
    hidden = (" Charlie", " Lou")
    free, held = following(journal, MEETING, 30), following(journal, MEETING, 28, without=["Charlie", "Lou"])
    assert held.top == tuple(each for each in free.top if each.text not in hidden)
    assert held.vocabulary == free.vocabulary
    # Of what is drawn, the others share what those had.
    before = {each.id: each.probability for each in odds(journal, MEETING, Draw(), ALL)}
    drawn = odds(journal, MEETING, Draw(), ALL, without=["Charlie", "Lou"])
    lost = sum(each.probability for each in free.top if each.text in hidden)
    assert lost > 0.05
    assert len(drawn) == len(before) - 2
    assert {each.id: each.probability for each in drawn} == pytest.approx(
        {each.id: before[each.id] / (1 - lost) for each in drawn}, rel=1e-3
    )


def test_what_is_written_instead_keeps_the_probability_that_the_model_gave_it(journal: Causal) -> None:
    before = {each.id: each.probability for each in odds(journal, MEETING, Draw(), ALL)}
    (first, *_) = continued(journal, MEETING, Draw(), 0, longest=1, without=first_names()).tokens
    assert first.probability == pytest.approx(before[first.id], rel=1e-3)
    assert first.drawn > 3 * first.probability
    assert first.rank > 1


def test_a_name_of_several_tokens_is_never_finished(causal: Causal) -> None:
    *_, last = causal.words("Camille", add_special_tokens=False)["input_ids"]
    before = "Elle voit Camill"
    for text, hidden in ((before, {last}), ("Elle voit", set())):
        free, held = (
            {each.id for each in following(causal, text, ALL, without=names).top} for names in ((), ("Camille",))
        )
        assert free - held == hidden
    shown = {each.id for each in odds(causal, before, Draw(), ALL, without=["Camille"])}
    assert last not in shown
    assert len(shown) == causal.network.config.vocab_size - 1


def test_a_name_that_is_left_out_is_not_finished_in_grey(causal: Causal) -> None:
    (name, *_) = [(each.text + each.rest).strip() for each in following(causal, "Elle est", 10).top if each.rest]
    held = following(causal, "Elle est", 10, without=[name])
    assert name not in [(each.text + each.rest).strip() for each in held.top]
    assert len(held.top) == 10


# -- surprise ----------------------------------------------------------------------------------------------------------

READ = ("Elle est juge à Brévaine.", "Prenez un manteau.", "Une antilope 🦊", "Elle")


def test_surprises_add_up_to_that_of_the_text(model: Causal) -> None:
    _add_up(model)


def test_surprises_add_up_without_that_of_a_first_token_of_all(unbegun: Causal) -> None:
    _add_up(unbegun)


def _add_up(model: Causal) -> None:
    bits = [sum(each.bits for each in read(model, text)) for text in READ]
    assert bits == pytest.approx([-each / math.log(2) for each in model.logprobs(READ)], abs=1e-2)
    assert len(set(bits)) == len(READ)


def test_each_token_is_read_given_those_before_it(causal: Causal) -> None:
    text = "Elle voit Camille."
    found, ids = read(causal, text), causal.ids(text)
    assert [each.token for each in found] == list(cut(causal, text))
    for place, each in enumerate(found, 1):
        logits = logits_after(causal, ids[:place])
        assert each.logit == pytest.approx(float(logits[ids[place]]), abs=1e-3)
        assert each.probability == pytest.approx(float(logits.softmax(-1)[ids[place]]), abs=1e-4)
    assert read(causal, "") == ()


def test_the_first_token_of_all_surprises_nobody(unbegun: Causal) -> None:
    assert [each.token for each in read(unbegun, "Elle est juge.")] == list(cut(unbegun, "Elle est juge."))[1:]


def test_nothing_can_be_read_where_there_is_no_beginning(unbegun: Causal) -> None:
    assert read(unbegun, "") == ()


@pytest.mark.parametrize(("probability", "bits"), [(1.0, 0), (0.5, 1), (0.125, 3), (1 + 1e-9, 0), (0.0, math.inf)])
def test_a_bit_for_each_half(probability: float, bits: float) -> None:
    token = Token(id=1, text="a", start=0, stop=1)
    assert Read(token=token, logit=0, probability=probability).bits == bits
