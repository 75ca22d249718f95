"""A run of « Le mot d'après », and what was recorded for whoever may not run a model."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from activities.next_word import labs, words
from activities.next_word.activity import NEXT_WORD
from activities.next_word.answers import LONGEST_BET, Guess, Verdict
from activities.next_word.labs import Answer, Setting
from activities.next_word.run import LARGEST_SEED, Dice, WordRun
from kit import recorded
from kit.compute.plain import decode
from kit.language import micro
from kit.language.loading import JOURNAL
from kit.language.micro import MOST, Taught
from kit.language.tracing import GREEDY, MAX_TEXT, Draw
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan

SLUG = NEXT_WORD.slug
LANGUAGES = ("fr", "en")


def asked(lang: str) -> list[tuple[str, dict[str, Any]]]:
    """What the screens ask for, in that language, before anybody has changed anything."""
    said, run = words.load(lang), WordRun(seed=0)
    return [
        ("tokens", {"text": said.cut.text}),
        *(("bets", {"before": opening.text, "bet": run.bet}) for opening in said.openings),
        ("temperature", {"before": said.openings[0].text, "seed": run.dice_seed, **run.dice.model_dump()}),
        *(("facts", {"before": claim.text, "seed": run.claim_seed}) for claim in said.claims),
        ("surprise", {"text": said.surprising.text}),
        ("train", {"own": run.own, "share": 1.0}),
        ("less", {"own": run.own, "share": 0.1}),
    ]


# -- the run -----------------------------------------------------------------------------------------------------------


def test_the_sittings_fit_their_lessons() -> None:
    assert sum(step.minutes for step in NEXT_WORD.sitting(1)) == 50
    assert sum(step.minutes for step in NEXT_WORD.sitting(2)) == 35
    assert sum(minutes for _step, minutes in NEXT_WORD.short) == 20


def test_a_run_comes_back_from_the_disk_as_it_was() -> None:
    run = (
        WordRun(seed=1, mode=Mode.PROJECTED, level=Level.LYCEE)
        .go("temperature")
        .having(
            guess="likely",
            counts={"likely": 12},
            model="petit-journal-balanced",
            without=("Lou", "Élise"),
            cut="Une antilope",
            opening="Le chat",
            dice={"temperature": 0.3, "top_k": 7, "top_p": 0.25},
            dice_seed=LARGEST_SEED,
            verdicts={"2": "unknowable"},
            surprising="Prenez un manteau.",
            source="own",
            own="a" * 2 * MOST,
        )
        .asking("temperature:1")
    )
    assert run.counts == {Guess.LIKELY: 12}
    assert run.verdicts == {"2": Verdict.UNKNOWABLE}
    assert run.dice == Dice(temperature=0.3, top_k=7, top_p=0.25)
    assert WordRun.model_validate_json(run.model_dump_json()) == run


def test_another_text_has_no_bet_and_shows_nothing() -> None:
    run = WordRun(seed=1).go("bets").at(1).betting("  pluie ").reveal()
    assert (run.bet, run.shown, run.position) == ("pluie", True, 1)
    written = run.writing("Lundi, on attend de la grêle")
    assert (written.before, written.bet, written.shown, written.position) == (
        "Lundi, on attend de la grêle", "", False, 1,
    )  # fmt: skip


def test_another_place_leaves_what_was_written_at_this_one() -> None:
    run = WordRun(seed=1).go("facts").having(claim="Le maire de Brest est", cut="Une antilope", verdicts={"0": "true"})
    moved = run.writing("Lundi,").betting("pluie").reveal().at(2)
    assert (moved.position, moved.before, moved.bet, moved.claim, moved.shown) == (2, "", "", "", False)
    assert (moved.cut, moved.verdicts) == ("Une antilope", {"0": Verdict.TRUE})


@pytest.mark.parametrize(
    "changes",
    [
        {"guess": "magic"},
        {"counts": {"likely": -1}},
        {"counts": {"likely": 1000}},
        {"counts": {"magic": 1}},
        {"model": "m" * 65},
        {"without": ("L" * 31,)},
        {"cut": "a" * (MAX_TEXT + 1)},
        {"before": "a" * (MAX_TEXT + 1)},
        {"opening": "a" * (MAX_TEXT + 1)},
        {"claim": "a" * (MAX_TEXT + 1)},
        {"surprising": "a" * (MAX_TEXT + 1)},
        {"own": "a" * (2 * MOST + 1)},
        {"bet": "a" * (LONGEST_BET + 1)},
        {"dice": {"temperature": 0}},
        {"dice": {"temperature": 3.1}},
        {"dice": {"temperature": math.nan}},
        {"dice": {"top_k": 0}},
        {"dice": {"top_k": 101}},
        {"dice": {"top_p": 0}},
        {"dice": {"top_p": 1.01}},
        {"dice": {"beams": 4}},
        {"dice_seed": -1},
        {"dice_seed": LARGEST_SEED + 1},
        {"claim_seed": 1.5},
        {"verdicts": {"0": "maybe"}},
        {"source": "https://example.org"},
        {"step": "surprise"},
        {"position": -1},
        {"prompt": "Le chat"},
    ],
    ids=lambda changes: repr(changes)[:40],
)
def test_what_no_screen_offers_is_never_saved(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WordRun(seed=1).having(**changes)


def test_every_setting_of_the_dice_is_a_way_to_choose() -> None:
    for dice in (Dice(temperature=0.1, top_k=1, top_p=0.05), Dice(temperature=3, top_k=100, top_p=1)):
        assert Draw(**dice.model_dump()) != GREEDY


def test_the_second_sitting_is_the_surprise_and_the_training() -> None:
    assert [step.id for step in WordRun(seed=1, plan=Plan.SECOND, step="surprise").steps] == ["surprise", "train"]


def test_what_must_be_said_before_anyone_leaves_cannot_be_left_out() -> None:
    said = words.load("fr").model_dump()
    with pytest.raises(ValidationError, match=r"debrief\.mandate is missing"):
        words.Words.model_validate({**said, "debrief": {**said["debrief"], "mandate": " "}})


# -- what was recorded -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_a_screen_asks_for_first_was_recorded(lang: str) -> None:
    missing = [(lab, what) for lab, what in asked(lang) if recorded.result(SLUG, lab, what) is None]
    assert missing == []


def test_nothing_else_was_recorded() -> None:
    names = {recorded.name(lab, what) for lang in LANGUAGES for lab, what in asked(lang)}
    assert set(decode(recorded.file(SLUG).read_bytes())) == names


def test_a_run_from_the_disk_asks_for_what_was_recorded() -> None:
    dice = WordRun.model_validate_json(WordRun(seed=0).model_dump_json()).dice
    (what,) = [what for lab, what in asked("fr") if lab == "temperature"]
    assert recorded.result(SLUG, "temperature", {**dict(reversed(what.items())), **dice.model_dump()}) is not None


@pytest.mark.parametrize(
    ("lab", "changes"),
    [
        ("tokens", {"text": "Une antilope"}),
        ("bets", {"bet": "pluie"}),
        ("bets", {"before": "Le chat dort"}),
        ("temperature", {"seed": 4}),
        ("temperature", {"temperature": 1.4}),
        ("facts", {"seed": 2}),
        ("surprise", {"text": ""}),
        ("train", {"own": "Le chat dort."}),
        ("train", {"share": 0.1}),
        ("poem", {}),
    ],
)
def test_nothing_was_recorded_of_anything_else(lab: str, changes: dict[str, Any]) -> None:
    what = dict(asked("fr")).get(lab, {})
    assert recorded.result(SLUG, lab, {**what, **changes}) is None


def test_the_recorded_pieces_are_those_of_now() -> None:
    text = words.load("fr").cut.text
    assert recorded.result(SLUG, "tokens", {"text": text}) == labs.cut(JOURNAL, text)


def test_the_recorded_probabilities_are_those_of_now() -> None:
    for opening in words.load("fr").openings:
        kept = recorded.result(SLUG, "bets", {"before": opening.text, "bet": ""})
        now = labs.following(JOURNAL, opening.text, bets=(), without=())
        assert (kept.before, kept.vocabulary, kept.bets) == (now.before, now.vocabulary, now.bets)
        assert {each.text: each.probability for each in kept.top} == pytest.approx(
            {each.text: each.probability for each in now.top}, abs=1e-3
        )
        assert [each.rest for each in kept.top] == [each.rest for each in now.top]


def test_the_recorded_surprises_are_those_of_now() -> None:
    text = words.load("fr").surprising.text
    kept, now = recorded.result(SLUG, "surprise", {"text": text}), labs.surprise(JOURNAL, text)
    assert [each.token for each in kept] == [each.token for each in now]
    assert [each.bits for each in kept] == pytest.approx([each.bits for each in now], abs=1e-2)


def test_the_recorded_texts_continue_what_they_are_said_to() -> None:
    lab, what = next(each for each in asked("fr") if each[0] == "temperature")
    made: tuple[Setting, ...] = recorded.result(SLUG, lab, what) or ()
    assert [setting.draw for setting in made] == [
        GREEDY, Draw(temperature=0.5), Draw(), Draw(temperature=1.5), Draw(top_k=5), Draw(top_p=0.9),
    ]  # fmt: skip
    assert {setting.continuation.before for setting in made} == {words.load("fr").openings[0].text}
    for claim in words.load("fr").claims:
        answers: tuple[Answer, ...] = recorded.result(SLUG, "facts", {"before": claim.text, "seed": 1}) or ()
        assert [each.continuation.seed for each in answers] == list(range(1, 1 + labs.TRIES))
        assert {each.continuation.before for each in answers} == {claim.text}


def test_with_ten_times_less_it_learns_by_heart_as_the_screen_says() -> None:
    whole: Taught = recorded.result(SLUG, "train", {"own": "", "share": 1.0})  # type: ignore[assignment]
    less: Taught = recorded.result(SLUG, "less", {"own": "", "share": 0.1})  # type: ignore[assignment]
    assert whole.steps == less.steps == micro.STEPS
    assert less.characters == pytest.approx(whole.characters / 10, abs=1)
    apart, together = (taught.points[-1].kept - taught.points[-1].learnt for taught in (less, whole))
    assert apart > 1 > 0.2 > together
    assert whole.points[-1].kept < less.points[-1].kept
