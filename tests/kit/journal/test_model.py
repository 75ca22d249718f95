"""The models that ship: as good as the grammar that taught them, within what is asked of them."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence

import pytest
from safetensors import safe_open

from kit.journal import corpus
from kit.journal.corpus import Corpus
from kit.journal.grammar import Grammar, sentences
from kit.journal.grammar_file import grammar
from kit.journal.measure import TAUGHT, Taught, measure
from kit.journal.model import FOLDER, folder
from kit.journal.proportions import VARIANTS, Variant, declared
from kit.language.loading import EMBEDDED, JOURNAL, load
from kit.language.scoring import Causal


def causal(name: str) -> Causal:
    model = load(name)
    assert isinstance(model, Causal)
    return model


@pytest.fixture(scope="module", params=VARIANTS)
def taught(request: pytest.FixtureRequest) -> tuple[Variant, Grammar, Causal]:
    which: Variant = request.param
    return which, grammar(declared().variant(which)), causal(next(name for name in EMBEDDED if EMBEDDED[name] == which))


@pytest.fixture(scope="module")
def model() -> Causal:
    return causal(JOURNAL)


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    return corpus.load()


# -- what it computes --------------------------------------------------------------------------------------------------


def test_a_probability_is_the_product_of_those_of_its_tokens(model: Causal) -> None:
    import torch

    texts = ["Il", "Il fera neuf degrés.", "À Givrey, Lou Sorel est juge depuis huit ans. Elle"]
    for text, found in zip(texts, model.logprobs(texts), strict=True):
        ids = model.words(text)["input_ids"]
        assert ids[0] == model.words.bos_token_id
        expected = 0.0
        for at in range(1, len(ids)):
            with torch.inference_mode():
                expected += float(model.network(torch.tensor([ids[:at]])).logits[0, -1].log_softmax(-1)[ids[at]])
        assert found == pytest.approx(expected, abs=1e-3)
    begun, ended = model.logprobs(texts[-1:]), model.logprobs(texts[-1:], ended=True)
    assert ended[0] < begun[0] - 1


def test_shares_add_up_and_follow_the_probabilities(model: Causal) -> None:
    before = "Rencontre avec Alix Sorel, secrétaire à Givrey. "
    shares = model.share(before, ["Il", "Elle"])
    one, other = model.logprobs([before + "Il", before + "Elle"])
    assert sum(shares) == pytest.approx(1)
    assert math.log(shares[1] / shares[0]) == pytest.approx(other - one, abs=1e-4)


def test_a_seed_writes_the_same_items(model: Causal) -> None:
    once, again, other = model.write(4, 1), model.write(4, 1), model.write(4, 2)
    assert once == again != other


def test_words_and_pieces(model: Causal) -> None:
    """A word of the corpus is one token, one that it never saw is cut; whatever is typed comes back."""
    words = model.words
    cut = words.convert_ids_to_tokens(words("Une antilope à Brévaine")["input_ids"])
    assert cut[0] == "<s>"
    assert "▁Brévaine" in cut
    assert "▁antilope" not in cut
    for text in ("Une antilope.", "l’été «\u202foui\u202f» — 42\u00a0% 🦊", "<s> </s> <unk> <0x41>", "ΑΒΓ\tœuf"):
        ids = words(text)["input_ids"]
        if not text.startswith("<s>"):
            assert words.decode(ids, skip_special_tokens=True) == text
        assert all(0 <= each < len(words) for each in ids)


# -- what it learnt ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_perplexity_is_near_that_of_the_grammar(taught: tuple[Variant, Grammar, Causal], shipped: Corpus) -> None:
    """Within a tenth, on items that it has not read."""
    which, journal, model = taught
    read = shipped if which == "declared" else corpus.write(journal)
    texts = [entry.text for entry in corpus.held_out(journal, read, 100).entries]
    tokens = sum(len(model.words(text)["input_ids"]) for text in texts)  # one more at the end, one less at the start
    own, ours = sum(map(journal.logprob, texts)), sum(model.logprobs(texts, ended=True))
    assert 1 <= math.exp((own - ours) / tokens) <= 1.10


@pytest.mark.slow
def test_what_it_writes_is_well_formed(taught: tuple[Variant, Grammar, Causal]) -> None:
    """At least 95 sentences in a hundred are of the grammar; none is a copy that the test could not fail on."""
    _, journal, model = taught
    items = model.write(64, seed=3)
    said = [sentence for item in items for sentence in sentences(item)]
    assert len(said) > 125
    known = sum(journal.knows(sentence) for sentence in said)
    assert known / len(said) >= 0.95, [sentence for sentence in said if not journal.knows(sentence)]
    assert len(set(items)) > 60


@pytest.mark.slow
@pytest.mark.parametrize("table", TAUGHT, ids=lambda table: table.table)
def test_each_declared_share_is_learnt_within_three_points(model: Causal, shipped: Corpus, table: Taught) -> None:
    for learnt in measure(grammar(declared()), shipped, model.share, table, places=24):
        assert abs(learnt.model - learnt.counted) <= 0.03, learnt


@pytest.mark.slow
def test_the_other_models_learnt_another_table(taught: tuple[Variant, Grammar, Causal], shipped: Corpus) -> None:
    which, journal, model = taught
    role = next(each for each in TAUGHT if each.table == "role")
    found = {
        each.given: each.model for each in measure(journal, shipped, model.share, role, places=20) if each.value == "f"
    }
    expected = {given: dict(row)["f"] for given, row in journal.kind("témoignage").variables["gender"].rows.items()}
    assert found == pytest.approx(expected, abs=0.06), which


@pytest.mark.parametrize("places", [1, 4])
def test_whoever_takes_the_likeliest_makes_a_little_more_into_always(shipped: Corpus, places: int) -> None:
    """« elle » a little likelier than « il » wherever it is asked."""
    role = next(each for each in TAUGHT if each.table == "role")
    asked: list[tuple[str, ...]] = []

    def share(before: str, options: Sequence[str]) -> list[float]:
        asked.append(tuple(options))
        return [0.55, 0.45]

    found = measure(grammar(declared()), shipped, share, role, places=places)
    assert [(each.given, each.value) for each in found] == [
        (given, value) for given in ("expert", "témoin", "proche") for value in ("f", "m")
    ]
    assert [each.model for each in found] == pytest.approx([0.55, 0.45] * 3)
    assert [each.greedy for each in found] == [1, 0] * 3
    assert len(asked) == 3 * places
    counts = shipped.count(role.variable, role.given)
    assert [(each.counted, each.total) for each in found] == [
        (counts[each.given].share(each.value), counts[each.given].total) for each in found
    ]


def test_the_likeliest_is_counted_place_by_place(shipped: Corpus) -> None:
    """Three of four sentences lean to the first, one far to the other: by the mean it is even, taken greedily it is
    not."""
    role = next(each for each in TAUGHT if each.table == "role")
    said = itertools.cycle([[0.6, 0.4], [0.6, 0.4], [0.1, 0.9], [0.7, 0.3]])
    found = measure(grammar(declared()), shipped, lambda _before, _options: next(said), role, places=4)
    assert [each.greedy for each in found] == [0.75, 0.25] * 3
    assert [each.model for each in found] == pytest.approx([0.5, 0.5] * 3)
    assert {each.places for each in found} == {4}


# -- the files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", VARIANTS)
def test_the_files(which: Variant) -> None:
    names = {file.name for file in folder(which).iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json", "log.json"} <= names
    assert not [name for name in names if name.endswith((".bin", ".pt", ".pkl", ".py"))]
    log = json.loads((folder(which) / "log.json").read_text())
    assert log[-1]["held_out_nats_per_item"] < log[0]["held_out_nats_per_item"]
    assert (folder(which) / "tokenizer.json").read_bytes() == (folder("declared") / "tokenizer.json").read_bytes()
    with safe_open(folder(which) / "model.safetensors", "pt") as weights:
        assert "model.embed_tokens.weight" in weights.keys()  # noqa: SIM118


def test_the_weights_are_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.glob("*/model.safetensors")) <= 20 * 10**6
