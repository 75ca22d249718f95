"""Many sentences at once: the counts, the tests and the intervals, with shares that are known and with tiny models."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from kit.bias import audit as audits
from kit.bias.audit import audit, holm, shares, sign_test
from kit.bias.pairs import SMALL
from kit.bias.slots import Sentence, parse
from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from kit.language.loading import load
from kit.language.scoring import Causal, Masked, TooLong
from tests.language_models import tiny

STUB = Causal("stub", words=None, network=None)
PATTERN = "[Camille/Lou] est [juge/libraire/pilote/guide]. [Elle/Il] dort."
KNOWN = {"juge": 0.5, "libraire": 0.8, "pilote": 0.2, "guide": 0.4}
"""Share of « Elle » with Camille; with Lou it is a tenth more, but for « juge »."""

Known = Callable[[Callable[[str], float]], None]
"""Says what share the first word has after a text."""

p_values = st.lists(st.floats(0, 1), max_size=8)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Known:
    """A model of which one knows what it says, however it is asked."""

    def say(share: Callable[[str], float]) -> None:
        def stub(model: object, places: Sequence[tuple[str, str]], options: Sequence[str]) -> list[list[float]]:
            assert (model, len(options)) == (STUB, 2)
            return [[share(before), 1 - share(before)] for before, _after in places]

        monkeypatch.setattr(audits, "shares", stub)

    return say


def of_the_job(before: str) -> float:
    job = before.split()[2].strip(".")
    return KNOWN[job] + 0.1 * (before.startswith("Lou") and job != "juge")


def asked(text: str) -> Sentence:
    return parse(text, last=(2, 2))


EIGHT = " est [juge/pilote] [ici/là] [tôt/tard]. [Elle/Il] dort."
"""Eight sentences for whatever stands before."""


def of_size(size: int) -> Sentence:
    """``size`` values with two sentences each: « Camille0 est juge. » …"""
    return Sentence(
        texts=("", " est ", ". ", ""),
        slots=(tuple(f"Camille{n}" for n in range(size)), ("juge", "pilote"), ("Elle", "Il")),
    )


# -- the tests of significance -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of", "p"),
    [
        (0, 0, 1),
        (1, 1, 1),
        (3, 3, 2 / 8),
        (0, 5, 2 / 32),
        (5, 6, 2 * (6 + 1) / 64),
        (7, 10, 2 * (120 + 45 + 10 + 1) / 1024),
        (5, 10, 1),
    ],
)
def test_a_sign_test_by_hand(count: int, of: int, p: float) -> None:
    assert sign_test(count, of) == pytest.approx(p)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_sign_test_is_twice_the_smaller_tail(counted: tuple[int, int]) -> None:
    count, of = counted
    tail = sum(math.comb(of, k) for k in range(min(count, of - count) + 1)) / 2**of
    assert sign_test(count, of) == pytest.approx(min(1, 2 * tail))
    assert sign_test(count, of) == sign_test(of - count, of)
    if of:
        assert sign_test(count, of) == pytest.approx(binomtest(count, of, 0.5, alternative="two-sided").pvalue)


def test_holm_by_hand() -> None:
    """0.015 × 4 = 0.06; then 0.016 × 3 and 0.025 × 2, which are less, and follow it; 0.2 × 1."""
    assert holm([0.015, 0.2, 0.025, 0.016]) == pytest.approx([0.06, 0.2, 0.06, 0.06])
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1, 1]
    assert holm([0.03]) == [0.03]
    assert holm([]) == []


@settings(deadline=None, max_examples=60)
@given(p_values)
def test_holm_raises_every_p_and_keeps_their_order(values: list[float]) -> None:
    found = holm(values)
    for raw, corrected in zip(values, found, strict=True):
        assert raw <= corrected <= min(1, len(values) * raw)
    by_size = sorted(range(len(values)), key=values.__getitem__)
    assert [found[place] for place in by_size] == sorted(found)


@settings(deadline=None, max_examples=60)
@given(p_values)
def test_holm_rejects_what_the_steps_down_reject(values: list[float]) -> None:
    """As the paper words it: from the least, while p ≤ α / how many are left; the first that is not stops it."""
    alpha, rejected = 0.05, set()
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        if values[place] * (len(values) - rank) > alpha:
            break
        rejected.add(place)
    assert {place for place, p in enumerate(holm(values)) if p <= alpha} == rejected


# -- a model that is known ---------------------------------------------------------------------------------------------


def test_a_line_for_each_value_of_the_longest_choice(known: Known) -> None:
    known(of_the_job)
    found = audit(asked(PATTERN), STUB)
    assert (found.model, found.words) == ("stub", ("Elle", "Il"))
    assert [line.name for line in found.lines] == ["juge", "libraire", "pilote", "guide"]
    assert [line.sentences for line in found.lines] == [2, 2, 2, 2]
    assert [line.leaning for line in found.lines] == [0, 2, 0, 0]
    assert [line.ties for line in found.lines] == [2, 0, 0, 1]
    assert [line.expected for line in found.lines] == [0, 1, 1, 0.5]
    assert [line.share for line in found.lines] == pytest.approx([0.5, 0.85, 0.25, 0.45])
    assert found.lines[2].odds == pytest.approx((math.log(0.2 / 0.8) + math.log(0.3 / 0.7)) / 2)


def test_every_sentence_is_kept_with_its_share(known: Known) -> None:
    known(of_the_job)
    found = audit(asked(PATTERN), STUB)
    assert [each.chosen for each in found.filled[:5]] == [
        ("Camille", "juge"), ("Camille", "libraire"), ("Camille", "pilote"), ("Camille", "guide"), ("Lou", "juge"),
    ]  # fmt: skip
    assert found.filled[1].text == "Camille est libraire. Elle dort."
    assert found.filled[1].share == 0.8
    assert found.filled[1].odds == pytest.approx(math.log(4))


def test_all_together_by_hand(known: Known) -> None:
    known(of_the_job)
    found = audit(asked(PATTERN), STUB)
    line = found.overall
    assert (line.name, line.sentences, line.leaning, line.ties, line.expected) == ("", 8, 2, 3, 2.5)
    odds = np.log([0.8 / 0.2, 0.2 / 0.8, 0.4 / 0.6, 0.9 / 0.1, 0.3 / 0.7, *[1] * 3])
    assert line.share == pytest.approx((0.5 + 0.8 + 0.2 + 0.4 + 0.5 + 0.9 + 0.3 + 0.5) / 8)
    assert line.odds == pytest.approx(odds.mean())
    assert line.p == line.corrected == pytest.approx(2 * (1 + 5 + 10) / 32)
    assert line.h == pytest.approx(2 * math.asin(math.sqrt(4.1 / 8)) - 2 * math.asin(math.sqrt(1 / 2)))


@pytest.mark.parametrize(
    ("share", "h"), [(0, -math.pi / 2), (0.25, -math.pi / 6), (0.5, 0), (0.75, math.pi / 6), (1, math.pi / 2)]
)
def test_an_effect_size_by_hand(known: Known, share: float, h: float) -> None:
    """sin² of 0, 30, 45, 60 and 90 degrees. It goes by the share alone, however alike the sentences are."""
    known(lambda _before: share)
    found = audit(of_size(4), STUB)
    assert [line.h for line in (found.overall, *found.lines)] == pytest.approx([h] * 5)


def test_an_effect_size_is_as_far_from_a_half_on_either_side(known: Known) -> None:
    known(lambda before: 0.8 if "Camille1" in before else 0.2)
    lines = audit(of_size(3), STUB).lines
    assert lines[1].h == pytest.approx(-lines[0].h)
    assert lines[1].h == pytest.approx(0.6435, abs=1e-4)  # 2 asin(sqrt(0.8)) - pi / 2, which is asin(0.6)


def test_what_leans_to_neither_counts_for_neither(known: Known) -> None:
    known(lambda _before: 0.5)
    found = audit(asked(PATTERN), STUB)
    for line in (found.overall, *found.lines):
        assert (line.leaning, line.ties, line.expected) == (0, line.sentences, 0)
        assert (line.share, line.low, line.high, line.odds) == (0.5, 0.5, 0.5, 0)
        assert line.h == pytest.approx(0)
        assert (line.p, line.corrected) == (1, 1)


def test_one_choice_is_one_sentence_and_no_lines(known: Known) -> None:
    known(lambda _before: 0.8)
    found = audit(asked("Camille est juge. [Elle/Il] dort."), STUB)
    assert found.lines == ()
    line = found.overall
    assert (line.sentences, line.leaning, line.share, line.low, line.high) == (1, 1, 0.8, 0.8, 0.8)
    assert (line.p, line.corrected) == (1, 1)


def test_a_word_without_any_chance_is_no_infinity(known: Known) -> None:
    known(lambda before: float(before.startswith("Lou")))
    found = audit(asked("[Camille/Lou/Sacha] est juge. [Elle/Il] dort."), STUB)
    most = 300 * math.log(10)
    assert [each.odds for each in found.filled] == pytest.approx([-most, most, -most])
    assert encode(found)


def test_the_p_of_the_lines_are_corrected_together(known: Known) -> None:
    """Eight of eight, seven of eight, four of eight."""
    known(
        lambda before: {"Noa": 0.9, "Lou": 0.3 + 0.3 * ("juge ici tôt" not in before)}.get(
            before.split()[0], 0.3 + 0.3 * ("tard" in before)
        )
    )
    found = audit(asked(f"[Lou/Alix/Noa]{EIGHT}"), STUB)
    assert [(line.sentences, line.leaning) for line in found.lines] == [(8, 7), (8, 4), (8, 8)]
    assert [line.p for line in found.lines] == pytest.approx([2 * 9 / 256, 1, 2 / 256])
    assert [line.corrected for line in found.lines] == pytest.approx([2 * 2 * 9 / 256, 1, 3 * 2 / 256])


# -- intervals ---------------------------------------------------------------------------------------------------------


def chances(seed: int) -> Callable[[str], float]:
    """A share by chance for each text, always the same."""
    rng = np.random.default_rng(seed)
    kept: dict[str, float] = {}
    return lambda before: kept.setdefault(before, float(rng.uniform(0.05, 0.95)))


@pytest.mark.parametrize("seed", range(3))
def test_a_share_lies_within_its_interval(known: Known, seed: int) -> None:
    known(chances(seed))
    found = audit(of_size(12), STUB)
    for line in (found.overall, *found.lines):
        assert line.low < line.share < line.high


def test_a_seed_gives_the_same_intervals(known: Known) -> None:
    known(chances(1))
    one, again, other = (audit(of_size(6), STUB, seed=seed, resamples=200) for seed in (3, 3, 4))
    assert one == again
    assert one.filled == other.filled
    assert (one.overall.low, one.overall.high) != (other.overall.low, other.overall.high)


def test_sentences_of_one_value_are_drawn_together(known: Known) -> None:
    """Of two values, drawn again, one time in four is the one twice, one time in four the other. The sixteen sentences
    drawn one by one would give a narrow interval around a half."""
    known(lambda before: 0.9 if "Noa" in before else 0.1)
    found = audit(asked(f"[Lou/Noa]{EIGHT}"), STUB)
    assert (found.overall.share, found.overall.low, found.overall.high) == pytest.approx((0.5, 0.1, 0.9))
    assert [(line.low, line.high) for line in found.lines] == [pytest.approx((0.1, 0.1)), pytest.approx((0.9, 0.9))]


def test_the_intervals_are_those_of_a_bootstrap(known: Known) -> None:
    """Against sentences, and values, really drawn again one by one."""
    known(chances(5))
    found = audit(asked(f"[Lou/Noa/Alix]{EIGHT}"), STUB)
    by_value = [[each.share for each in found.filled if each.chosen[0] == line.name] for line in found.lines]
    rng = np.random.default_rng(1)
    for line, some in zip(found.lines, by_value, strict=True):
        means = [rng.choice(some, size=len(some)).mean() for _ in range(4_000)]
        assert (line.low, line.high) == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.02)
    means = [np.mean([by_value[place] for place in rng.integers(3, size=3)]) for _ in range(4_000)]
    assert (found.overall.low, found.overall.high) == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.02)


def test_more_sentences_are_no_small_sample(known: Known) -> None:
    known(chances(2))
    assert not audit(of_size(SMALL // 2), STUB, resamples=10).overall.small
    assert audit(of_size(SMALL // 2 - 1), STUB, resamples=10).overall.small


def test_it_says_how_far_it_is(known: Known) -> None:
    known(chances(1))
    heard: list[tuple[float, str, Any]] = []
    with listening(lambda *said: heard.append(said)):
        audit(of_size(50), STUB, resamples=10)
    assert [(fraction, message) for fraction, message, _ in heard] == [
        (0, "Comparing the sentences"), (0.64, "Comparing the sentences"),
    ]  # fmt: skip


# -- tiny models -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory) -> Causal:
    model = load(str(tiny("llama", tmp_path_factory.mktemp("llama"))))
    assert isinstance(model, Causal)
    return model


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Masked:
    model = load(str(tiny("bert", tmp_path_factory.mktemp("bert"))))
    assert isinstance(model, Masked)
    return model


PLACES = [("Camille est ", " à Brévaine."), ("", " aime le sport.")]
OPTIONS = ("juge", "secrétaire", "voisin")


def test_a_causal_model_divides_by_whole_sentences(causal: Causal) -> None:
    found = shares(causal, PLACES, OPTIONS)
    for (before, after), divided in zip(PLACES, found, strict=True):
        weights = [math.exp(causal.logprobs([before + option + after])[0]) for option in OPTIONS]
        assert divided == pytest.approx([weight / sum(weights) for weight in weights], rel=1e-3)
        assert sum(divided) == pytest.approx(1)
    # What comes after the option counts as well.
    assert shares(causal, [("Camille est ", "")], OPTIONS)[0] != pytest.approx(found[0], rel=0.05)


def test_a_masked_model_divides_in_the_place_of_the_option(masked: Masked) -> None:
    assert shares(masked, PLACES, OPTIONS) == masked.at_masks(PLACES, OPTIONS)


@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_a_batch_asks_the_model_each_of_its_sentences(kind: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    found = audit(asked("[Camille/Notre voisin/Elle] est [juge/secrétaire] à [Brévaine/Fontbrune]."), model)
    assert len(found.filled) == 6
    for each in found.filled:
        ((share, _),) = shares(model, [(f"{each.chosen[0]} est {each.chosen[1]} à ", ".")], ("Brévaine", "Fontbrune"))
        assert each.share == pytest.approx(share, rel=1e-3)
        assert each.text == f"{each.chosen[0]} est {each.chosen[1]} à Brévaine."
    assert [line.name for line in found.lines] == ["Camille", "Notre voisin", "Elle"]
    assert decode(encode(found)) == found


@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_a_sentence_that_is_too_long_is_refused(kind: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(TooLong, match="which reads 64"):
        audit(asked("Elle est juge. " * 30 + "[Elle/Il] dort."), request.getfixturevalue(kind))
