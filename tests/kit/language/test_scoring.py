"""Log-probabilities, against one sentence at a time through transformers, for each family of models."""

from __future__ import annotations

import difflib
import math

import pytest

from kit.errors import BadInput
from kit.language.loading import load
from kit.language.scoring import Causal, Masked, TooLong, normalised, shared
from tests.language_models import CAUSAL, MASKED, tiny

PAIRS = [
    ("Elle est juge à Brévaine.", "Il est juge à Brévaine."),
    (
        "Les personnes âgées aiment la musique.",
        "Les personnes jeunes aiment la musique, le sport et les mathématiques.",
    ),
    ("Elle est juge.", "Elle est juge."),
    ("Notre voisin répare une voiture, dit-elle.", "Notre voisine répare une voiture, dit-elle."),
]


@pytest.fixture(scope="module", params=CAUSAL)
def causal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Causal:
    model = load(str(tiny(request.param, tmp_path_factory.mktemp(request.param))))
    assert isinstance(model, Causal)
    return model


@pytest.fixture(scope="module", params=MASKED)
def masked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Masked:
    model = load(str(tiny(request.param, tmp_path_factory.mktemp(request.param))))
    assert isinstance(model, Masked)
    return model


def by_hand(model: Causal, text: str) -> float:
    """The sum of log p of each token given those before it, one call a token."""
    import torch

    ids = model.words(text, add_special_tokens=False)["input_ids"]
    first = model.words.bos_token_id if model.words.bos_token_id is not None else model.words.eos_token_id
    total, before = 0.0, [first]
    for token in ids:
        with torch.inference_mode():
            total += float(model.network(torch.tensor([before])).logits[0, -1].log_softmax(-1)[token])
        before.append(token)
    return total


def reference(model: Masked, one: str, other: str) -> tuple[float, float]:
    """The metric of CrowS-Pairs as its paper describes it: one masked sentence at a time."""
    import torch

    both = [model.words(text)["input_ids"] for text in (one, other)]
    places: tuple[list[int], list[int]] = ([], [])
    for name, a, b, c, d in difflib.SequenceMatcher(None, *[[str(i) for i in ids] for ids in both]).get_opcodes():
        if name == "equal":
            places[0].extend(range(a, b))
            places[1].extend(range(c, d))
    found = []
    for ids, some in zip(both, places, strict=True):
        total = 0.0
        for place in some[1:-1]:
            hidden = torch.tensor([ids])
            hidden[0, place] = model.words.mask_token_id
            with torch.inference_mode():
                total += float(model.network(hidden).logits[0, place].log_softmax(-1)[ids[place]])
        found.append(total)
    return found[0], found[1]


def test_causal_as_one_token_at_a_time(causal: Causal) -> None:
    texts = [text for pair in PAIRS for text in pair]
    assert causal.logprobs(texts) == pytest.approx([by_hand(causal, text) for text in texts], abs=1e-3)
    assert len(set(causal.logprobs(texts))) > 4


def test_masked_as_one_sentence_at_a_time(masked: Masked) -> None:
    found = masked.pairs(PAIRS)
    for (one, other), scores in zip(PAIRS, found, strict=True):
        assert scores == pytest.approx(reference(masked, one, other), abs=1e-3)
    assert found[2][0] == pytest.approx(found[2][1], abs=1e-4)
    assert found[0][0] != pytest.approx(found[0][1], abs=1e-2)


def test_an_order_of_pairs_changes_nothing(masked: Masked) -> None:
    turned = masked.pairs([(other, one) for one, other in reversed(PAIRS)])
    for scores, back in zip(masked.pairs(PAIRS), reversed(turned), strict=True):
        assert scores == pytest.approx(back[::-1], abs=1e-3)


def test_a_blank_that_is_filled(masked: Masked) -> None:
    import torch

    (shares,) = masked.at_masks([("", " est juge.")], ["Elle", "Il", "Camille Marchand"])
    assert sum(shares) == pytest.approx(1)
    # Two candidates of one token: the ratio of their probabilities at the mask.
    words = ("juge", "tablette", "école", "sport", "ville", "est", "la", "une", "et")
    cut = {word: masked.ids(f"Il est {word} ici.") for word in words}
    (one, ids), (other, others), *_ = [
        (word, cut[word]) for word in words if len(cut[word]) == min(map(len, cut.values()))
    ]
    (place,) = [at for at, (token, another) in enumerate(zip(ids, others, strict=True)) if token != another]
    hidden = torch.tensor([ids])
    hidden[0, place] = masked.words.mask_token_id
    with torch.inference_mode():
        logits = masked.network(hidden).logits[0, place]
    expected = logits[[ids[place], others[place]]].softmax(-1).tolist()
    both = masked.at_masks([("Il est ", " ici."), ("", " est là.")], [one, other])
    assert both[0] == pytest.approx(expected, abs=1e-4)
    assert both[1] == pytest.approx(masked.at_masks([("", " est là.")], [one, other])[0], abs=1e-4)
    with pytest.raises(BadInput, match="nothing that the model"):
        masked.at_masks([("", " est juge.")], ["Elle", ""])


def test_the_next_token(causal: Causal) -> None:
    found = causal.next_tokens("Elle est", 5)
    shares = [share for _, _, share in found]
    assert shares == sorted(shares, reverse=True)
    assert sum(share for _, _, share in causal.next_tokens("Elle est", 10_000)) == pytest.approx(1, abs=1e-4)
    # The first whose text with what is before it is cut in the same place: then its share is a ratio of likelihoods.
    before = causal.ids("Elle est")
    ids, share = next(
        (ids, share)
        for token, _, share in causal.next_tokens("Elle est", 10_000)
        if causal.ids(causal.words.decode((ids := [*before, token])[1:])) == ids
    )
    longer, shorter = causal.logprobs([causal.words.decode(ids[1:]), "Elle est"])
    assert longer - shorter == pytest.approx(math.log(share), abs=1e-3)


def test_too_long_a_text(causal: Causal, masked: Masked) -> None:
    for model in (causal, masked):
        with pytest.raises(TooLong, match="which reads 64"):
            model.ids("Elle est juge. " * 60)


def test_what_two_sentences_share() -> None:
    assert shared([2, 5, 6, 7, 3], [2, 8, 6, 7, 3]) == ([2, 3], [2, 3])
    assert shared([2, 5, 3], [2, 6, 3]) == ([], [])
    assert shared([2, 5, 6, 3], [2, 5, 9, 6, 3]) == ([1, 2], [1, 3])


def test_shares_of_very_small_probabilities() -> None:
    assert normalised([-2_000.0, -2_000.0]) == [0.5, 0.5]
    assert normalised([0.0, -2_000.0]) == [1.0, 0.0]


def test_one_place_only_goes_through_the_last_layer(masked: Masked) -> None:
    """And nothing of that stays with the network afterwards."""
    import torch

    ids = torch.tensor([masked.ids("Elle est juge.")])
    with torch.inference_mode():
        before = masked.network(ids).logits
        masked.pairs(PAIRS[:1])
        after = masked.network(ids).logits
    assert before.shape == after.shape == (1, ids.shape[1], before.shape[2])
    assert torch.equal(before, after)
