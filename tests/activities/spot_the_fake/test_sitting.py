"""Sittings: each photograph once, the halves crosswise, classes balanced, names that say nothing."""

from __future__ import annotations

import itertools
import pickle
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.spot_the_fake.sitting import LEAST, Shown, Sitting, compose, short
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Deck, Truth
from kit.errors import BadInput

REAL, GENERATED, ALTERED, MISCAPTIONED = Truth.REAL, Truth.GENERATED, Truth.ALTERED, Truth.MISCAPTIONED
FULL = (REAL, GENERATED, ALTERED)
SETS = ((REAL,), (REAL, GENERATED), (REAL, ALTERED), FULL, (GENERATED,), (*FULL, MISCAPTIONED))


def deck(kinds: list[tuple[Truth, ...]], grey: int = 0, waiting: int = 0) -> LoadedDeck:
    """A deck without files: ``kinds`` gives the versions of each item; the first ``grey`` ones have no colour."""
    card = dict.fromkeys(("who", "when", "words", "elsewhere"), "…")
    extra = {GENERATED: {"file": "g.png"}, ALTERED: {"file": "a.png"}, MISCAPTIONED: {"card": card}}
    items = [
        {
            "id": f"i{number}",
            "source": {"file": "r.png"},
            "credit": "c",
            "licence": "l",
            "title": "t",
            "alt": "a",
            "approved": number >= waiting,
            "versions": [{"truth": truth, "explanation": "e", **extra.get(truth, {})} for truth in truths],
        }
        for number, truths in enumerate(kinds)
    ]
    words = Deck.model_validate({"format": 1, "id": "toy", "title": "t", "items": items})
    return LoadedDeck(deck=words, folder=Path(), digest="", grey=frozenset(f"i{n}" for n in range(grey)))


decks = st.lists(st.sampled_from(SETS), min_size=LEAST, max_size=24).flatmap(
    lambda kinds: st.builds(deck, st.just(kinds), st.integers(0, len(kinds)))
)
seeds = st.integers(0, 2**63 - 1)


def all_shown(sitting: Sitting) -> list[Shown]:
    return [shown for form in sitting.forms.values() for shown in form]


@given(decks, seeds, st.booleans())
def test_a_photograph_appears_once_in_a_version_it_has(deck: LoadedDeck, seed: int, cards: bool) -> None:
    for half in (0, 1):
        sitting = compose(deck, seed=seed, half=half, with_cards=cards)
        ids = [shown.item_id for shown in all_shown(sitting)]
        assert len(set(ids)) == len(ids)
        assert len(sitting.forms["A"]) == len(sitting.forms["B"]) <= 8
        for shown in all_shown(sitting):
            assert shown.truth in {version.truth for version in deck.deck.item(shown.item_id).versions}
            assert cards or shown.truth is not MISCAPTIONED


@given(decks, seeds)
def test_the_halves_are_exactly_crosswise(deck: LoadedDeck, seed: int) -> None:
    one, other = (compose(deck, seed=seed, half=half) for half in (0, 1))
    for mine, yours in (("A", "B"), ("B", "A")):
        ours = {shown.item_id: shown.truth for shown in one.forms[mine]}
        theirs = {shown.item_id: shown.truth for shown in other.forms[yours]}
        assert ours.keys() == theirs.keys()
        for item_id, truth in ours.items():
            truths = {version.truth for version in deck.deck.item(item_id).versions}
            both = REAL in truths and truths & {GENERATED, ALTERED}
            assert (truth.machine != theirs[item_id].machine) == bool(both)


@given(decks, seeds)
def test_the_same_seed_gives_the_same_sitting(deck: LoadedDeck, seed: int) -> None:
    sitting = compose(deck, seed=seed)
    assert compose(deck, seed=seed) == sitting
    assert pickle.loads(pickle.dumps(sitting)) == sitting


@given(seeds)
def test_names_are_unique_and_never_come_back(seed: int) -> None:
    whole = deck([FULL] * 16)
    names = [
        shown.opaque
        for sitting in (*(compose(whole, seed=s, half=h) for s in (seed, seed + 1) for h in (0, 1)),)
        for shown in all_shown(sitting)
    ]
    assert len(set(names)) == len(names) == 64
    assert all(len(name) == 10 and set(name) <= set("0123456789abcdef") for name in names)
    sitting = compose(whole, seed=seed)
    assert sitting.find(names[0]) == sitting.forms["A"][0]
    assert sitting.find("") is None


@given(seeds, st.sampled_from((0, 1)))
def test_a_full_deck_gives_four_photographs_three_generated_and_one_altered(seed: int, half: int) -> None:
    sitting = compose(deck([FULL] * 16), seed=seed, half=half)
    for form in sitting.forms.values():
        assert Counter(shown.truth for shown in form) == {REAL: 4, GENERATED: 3, ALTERED: 1}


@given(seeds, st.sampled_from((0, 1)))
def test_two_portraits_leave_seven_machine_pictures_of_sixteen(seed: int, half: int) -> None:
    sitting = compose(deck([FULL] * 14 + [(REAL,)] * 2), seed=seed, half=half)
    counts = [sum(shown.truth.machine for shown in form) for form in sitting.forms.values()]
    assert sorted(counts) == [3, 4]


@given(seeds, st.sampled_from((0, 1)), st.integers(0, 16))
def test_tone_is_balanced_between_forms_and_between_truths(seed: int, half: int, grey: int) -> None:
    toy = deck([FULL] * 16, grey=grey)
    sitting = compose(toy, seed=seed, half=half)
    counts = [sum(shown.item_id in toy.grey for shown in form) for form in sitting.forms.values()]
    assert abs(counts[0] - counts[1]) <= 1
    for form in sitting.forms.values():
        sides = Counter(shown.truth.machine for shown in form if shown.item_id in toy.grey)
        assert abs(sides[True] - sides[False]) <= 1


@given(decks, seeds)
def test_machine_pictures_are_as_near_half_as_the_deck_allows(deck: LoadedDeck, seed: int) -> None:
    """Over the two halves, each photograph with both sides shows both, and no form is off by more than one."""
    one, other = (compose(deck, seed=seed, half=half) for half in (0, 1))
    for mine, yours in (("A", "B"), ("B", "A")):
        a, b = (sum(shown.truth.machine for shown in form) for form in (one.forms[mine], other.forms[yours]))
        assert abs(a - b) <= 1


def test_order_has_no_long_run_and_depends_on_the_half() -> None:
    whole = deck([FULL] * 16, grey=7)
    longest = Counter()
    same = 0
    for seed in range(200):
        sides = [shown.truth.machine for shown in compose(whole, seed=seed).forms["A"]]
        runs = [len(list(run)) for _, run in itertools.groupby(sides)]
        longest[max(runs)] += 1
        orders = [
            [shown.item_id for shown in compose(whole, seed=seed, half=h).forms[f]] for h, f in ((0, "A"), (1, "B"))
        ]
        same += orders[0] == orders[1]
    assert max(longest) <= 3
    assert len(longest) > 1  # runs happen: the order cannot be counted on
    assert same == 0


def test_position_tells_nothing_of_the_truth() -> None:
    """Over many sittings every place of a form holds a machine's picture about half of the time."""
    whole = deck([FULL] * 16)
    count = 600
    places = [0] * 8
    for seed in range(count):
        for place, shown in enumerate(compose(whole, seed=seed, half=seed % 2).forms["B"]):
            places[place] += shown.truth.machine
    # Standard deviation of the share is 0.02; five of them.
    assert all(abs(share / count - 0.5) < 0.1 for share in places)


def test_every_photograph_is_drawn_in_turn_from_a_large_deck() -> None:
    large = deck([FULL] * 30 + [(REAL,)] * 10)
    drawn = Counter(shown.item_id for seed in range(300) for shown in all_shown(compose(large, seed=seed)))
    assert len(drawn) == 40
    assert max(drawn.values()) < 2.5 * min(drawn.values())


@given(st.lists(st.sampled_from(SETS), min_size=LEAST, max_size=15), seeds)
def test_small_decks_shorten_both_forms(kinds: list[tuple[Truth, ...]], seed: int) -> None:
    sitting = compose(deck(kinds), seed=seed)
    assert len(sitting.forms["A"]) == len(sitting.forms["B"]) == min(8, len(kinds) // 2)


def test_too_small_or_unapproved_decks_are_refused_with_the_count() -> None:
    with pytest.raises(BadInput, match="has 3 pictures to play; at least 4"):
        compose(deck([FULL] * 3), seed=1)
    with pytest.raises(BadInput, match="has 2 pictures"):
        compose(deck([FULL] * 10, waiting=8), seed=1)
    with pytest.raises(BadInput, match="has 0 pictures"):
        short(deck([(MISCAPTIONED,)] * 5), seed=1)


@given(seeds)
def test_unapproved_pictures_are_never_played(seed: int) -> None:
    ids = {shown.item_id for shown in all_shown(compose(deck([FULL] * 12, waiting=6), seed=seed))}
    assert ids == {f"i{number}" for number in range(6, 12)}


@given(seeds)
def test_cards_come_on_photographs_only_when_wanted(seed: int) -> None:
    whole = deck([(*FULL, MISCAPTIONED)] * 16)
    plain = compose(whole, seed=seed)
    cards = compose(whole, seed=seed, with_cards=True)
    assert not any(shown.truth is MISCAPTIONED for shown in all_shown(plain))
    for form in cards.forms.values():
        counts = Counter(shown.truth for shown in form)
        assert counts == {REAL: 2, MISCAPTIONED: 2, GENERATED: 3, ALTERED: 1}


@given(decks, seeds)
def test_the_short_format_has_one_form_and_opposite_halves(deck: LoadedDeck, seed: int) -> None:
    one, other = (short(deck, seed=seed, half=half) for half in (0, 1))
    assert list(one.forms) == ["A"]
    assert len(one.forms["A"]) == 4
    truths = {shown.item_id: shown.truth for shown in other.forms["A"]}
    for shown in one.forms["A"]:
        has = {version.truth for version in deck.deck.item(shown.item_id).versions}
        assert (shown.truth.machine != truths[shown.item_id].machine) == bool(
            REAL in has and has & {GENERATED, ALTERED}
        )


def test_grain_differs_from_one_sitting_to_the_next() -> None:
    whole = deck([FULL] * 16)
    served = {shown.served_seed for seed in range(20) for shown in all_shown(compose(whole, seed=seed))}
    assert len(served) == 320
