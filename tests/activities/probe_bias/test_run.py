"""A run of « Sonder les biais », and what was recorded for whoever may not run a model."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from activities.probe_bias import labs, words
from activities.probe_bias.activity import PROBE_BIAS
from activities.probe_bias.answers import Guess, Side
from activities.probe_bias.run import CATEGORY, CONTINUATIONS, LARGEST_SEED, PAIR, BiasRun, Coding
from activities.probe_bias.words import TableId
from kit import recorded
from kit.bias import sets
from kit.bias.slots import LONGEST
from kit.compute.plain import decode
from kit.journal import making
from kit.journal.making import ASKED, Repair
from kit.journal.measure import TAUGHT
from kit.language.loading import JOURNAL
from kit.language.tracing import MAX_TEXT
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan

SLUG = PROBE_BIAS.slug


def asked(lang: str) -> list[tuple[str, dict[str, Any]]]:
    """What the screens ask for, in that language, before anybody has changed anything."""
    said, run = words.load(lang), BiasRun(seed=0)
    return [
        ("pairs", {"theme": run.theme, "lang": "fr"}),
        ("corpus", {"table": run.table}),
        ("making", {"sliders": dict(run.sliders), "repair": "none"}),
        ("repair", {"sliders": dict(run.sliders), "repair": run.repair.value}),
        ("blank", {"text": labs.BLANK, "models": list(run.models)}),
        ("audit", {"text": labs.BATCH}),
        ("coding", {"before": said.coded[0].text, "seed": run.seed_of}),
        ("vectors", {"test": run.test, "lists": {}}),
    ]


def kept_of(lab: str) -> Any:
    """What was recorded of a lab."""
    return recorded.result(SLUG, lab, dict(asked("fr"))[lab])


# -- the run -----------------------------------------------------------------------------------------------------------


def test_the_sittings_fit_their_lessons() -> None:
    assert sum(step.minutes for step in PROBE_BIAS.sitting(1)) == 50
    assert sum(step.minutes for step in PROBE_BIAS.sitting(2)) == 50
    assert sum(minutes for _step, minutes in PROBE_BIAS.short) == 20


def test_a_run_begins_with_what_the_kit_proposes() -> None:
    run = BiasRun(seed=1)
    assert run.step == "brief"
    assert run.sliders == ASKED
    assert run.theme in {theme.id for theme in sets.themes()}
    assert run.table in get_args(TableId)
    assert run.coding == Coding()


def test_each_table_is_one_that_can_be_measured() -> None:
    assert set(get_args(TableId)) == {each.table for each in TAUGHT}


def test_a_run_comes_back_from_the_disk_as_it_was() -> None:
    run = (
        BiasRun(seed=1, mode=Mode.PROJECTED, level=Level.LYCEE)
        .go("pairs")
        .having(
            guess="texts",
            counts={"texts": 12, "none": 0},
            model="petit-journal-balanced",
            without=("Lou", "Élise"),
            theme="ages",
            side="b",
            own_one="Elle répare la moto.",
            own_other="Il répare la moto.",
            tongue="en",
            table="ease",
            value="difficilement",
            row="âgé",
            expected=35,
            repair="counter",
            blank="Camille est [juge/libraire]. [Il/Elle] dort.",
            batch="[Il/Elle] dort.",
            models=("petit-journal-reversed",),
            beginning=2,
            seed_of=LARGEST_SEED,
            categories=("elle", "il", "on ne sait pas"),
            test="own",
            lists={"x": "juge, pilote", "y": "fleuriste, interprète"},
        )
        .moved("garagiste", 99)
        .coded(0, first="il", second="elle")
        .coded(CONTINUATIONS - 1, first="on ne sait pas", second=None)
        .asking("pairs:1")
    )
    assert run.guess is Guess.TEXTS
    assert run.repair is Repair.COUNTER
    back = BiasRun.model_validate_json(run.model_dump_json())
    assert back == run
    assert back.coding.first == {0: "il", CONTINUATIONS - 1: "on ne sait pas"}, "places are numbers again"
    assert back.sliders["garagiste"] == 99


def test_another_pair_has_no_bet_and_shows_nothing() -> None:
    run = BiasRun(seed=1).go("pairs").at(1).having(side="a").reveal()
    assert (run.side, run.shown, run.position) == (Side.A, True, 1)
    moved = run.at(2)
    assert (moved.side, moved.shown, moved.position) == (None, False, 2)


def test_another_theme_begins_at_its_first_pair() -> None:
    run = BiasRun(seed=1).go("pairs").having(own_one="Oui.").at(2).having(side="b").reveal().about("voices")
    assert (run.theme, run.position, run.side, run.shown, run.own_one) == ("voices", 0, None, False, "Oui.")


def test_whoever_comes_back_to_the_pairs_has_bet_on_none() -> None:
    """They come back to the first one; the bet was on another."""
    run = BiasRun(seed=1).go("pairs").at(2).having(side="b").next_step().previous_step()
    assert (run.step, run.position, run.side) == ("pairs", 0, None)


def test_another_table_has_no_bet_and_shows_nothing() -> None:
    run = BiasRun(seed=1).go("corpus").having(expected=40, value="m", row="juge", theme="ages").reveal()
    other = run.counting("ease")
    assert (other.table, other.expected, other.shown, other.value, other.row) == ("ease", None, False, "", "")
    assert other.theme == "ages"


def test_one_slider_moves_alone() -> None:
    run = BiasRun(seed=1).moved("garagiste", 0).moved("secrétaire", 100)
    assert run.sliders == {**ASKED, "garagiste": 0, "secrétaire": 100}
    assert list(run.sliders) == list(ASKED)
    assert BiasRun(seed=2).sliders == ASKED


def test_two_people_code_one_continuation_after_the_other() -> None:
    run = BiasRun(seed=1).coded(0, first="il", second="il").coded(3, first="elle", second=None)
    assert run.coding == Coding(first={0: "il", 3: "elle"}, second={0: "il"})
    again = run.coded(3, first="elle", second="il").coded(0, first=None, second="elle")
    assert again.coding == Coding(first={3: "elle"}, second={0: "elle", 3: "il"})
    assert again.coded(0, first=None, second=None).coded(3, first=None, second=None).coding == Coding()


def test_other_continuations_and_other_categories_are_not_coded_yet() -> None:
    run = BiasRun(seed=1).coded(0, first="il", second="elle")
    other = run.having(seed_of=7)
    assert (other.seed_of, other.coding) == (7, Coding())
    other = run.having(categories=("calme", "vif"))
    assert (other.categories, other.coding, other.seed_of) == (("calme", "vif"), Coding(), 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"guess": "magic"},
        {"counts": {"texts": -1}},
        {"counts": {"texts": 1000}},
        {"counts": {"magic": 1}},
        {"model": "m" * 65},
        {"without": ("L" * 31,)},
        {"theme": "t" * 21},
        {"tongue": "de"},
        {"side": "c"},
        {"own_one": "a" * (PAIR + 1)},
        {"own_other": "a" * (PAIR + 1)},
        {"table": "football"},
        {"value": "v" * 21},
        {"row": "r" * 41},
        {"expected": -1},
        {"expected": 101},
        {"expected": 1.5},
        {"sliders": {**ASKED, "garagiste": 101}},
        {"sliders": {**ASKED, "garagiste": -1}},
        {"sliders": {**ASKED, "plombier": 50}},
        {"sliders": {"garagiste": 50}},
        {"sliders": {}},
        {"repair": "magic"},
        {"blank": "a" * (MAX_TEXT + 1)},
        {"batch": "a" * (MAX_TEXT + 1)},
        {"models": ("petit-journal",) * 4},
        {"models": ("m" * 65,)},
        {"beginning": -1},
        {"beginning": 21},
        {"seed_of": -1},
        {"seed_of": LARGEST_SEED + 1},
        {"categories": ("c" * (CATEGORY + 1),)},
        {"coding": {"first": {CONTINUATIONS: "il"}}},
        {"coding": {"first": {-1: "il"}}},
        {"coding": {"first": {0: "c" * (CATEGORY + 1)}}},
        {"coding": {"third": {}}},
        {"test": "t" * 21},
        {"lists": {"x": "a" * (MAX_TEXT + 1)}},
        {"step": "blank"},
        {"position": -1},
        {"prompt": "Le chat"},
    ],
    ids=lambda changes: repr(changes)[:40],
)
def test_what_no_screen_offers_is_never_saved(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BiasRun(seed=1).having(**changes)


def test_what_no_slider_says_is_never_saved() -> None:
    for job, women in (("plombier", 50), ("garagiste", 101)):
        with pytest.raises(ValidationError):
            BiasRun(seed=1).moved(job, women)


def test_more_continuations_than_there_are_cannot_be_coded() -> None:
    with pytest.raises(ValidationError):
        BiasRun(seed=1).coded(CONTINUATIONS, first="il", second="il")


def test_what_is_longest_fits() -> None:
    run = BiasRun(seed=1).having(
        own_one="a" * PAIR,
        batch="a" * MAX_TEXT,
        categories=("c" * CATEGORY,),
        expected=100,
        lists={"x": "a" * MAX_TEXT},
    )
    assert len(run.batch) == MAX_TEXT >= LONGEST


def test_the_second_sitting_is_about_other_models() -> None:
    run = BiasRun(seed=1, plan=Plan.SECOND, step="blank")
    assert [step.id for step in run.steps] == ["blank", "audit", "coding", "vectors"]


# -- what was recorded -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_whatever_a_screen_asks_for_first_was_recorded(lang: str) -> None:
    missing = [(lab, what) for lab, what in asked(lang) if recorded.result(SLUG, lab, what) is None]
    assert missing == []


def test_nothing_else_was_recorded() -> None:
    names = {recorded.name(lab, what) for lang in ("fr", "en") for lab, what in asked(lang)}
    assert set(decode(recorded.file(SLUG).read_bytes())) == names


@pytest.mark.parametrize(
    ("lab", "changes"),
    [
        ("pairs", {"theme": "ages"}),
        ("corpus", {"table": "ease"}),
        ("making", {"sliders": {**ASKED, "garagiste": 11}}),
        ("blank", {"text": "[Il/Elle] dort."}),
        ("coding", {"seed": 2}),
        ("vectors", {"test": "own"}),
        ("poem", {}),
    ],
)
def test_nothing_was_recorded_of_anything_else(lab: str, changes: dict[str, Any]) -> None:
    what = dict(asked("fr")).get(lab, {})
    assert recorded.result(SLUG, lab, {**what, **changes}) is None


def test_the_recorded_shares_are_those_of_now() -> None:
    kept, now = kept_of("audit"), labs.audit(JOURNAL, labs.BATCH)
    assert [each.text for each in kept.filled] == [each.text for each in now.filled]
    assert [each.share for each in kept.filled] == pytest.approx([each.share for each in now.filled], abs=1e-3)
    assert [(line.name, line.leaning) for line in kept.lines] == [(line.name, line.leaning) for line in now.lines]
    for old, new in zip(kept_of("blank"), labs.blank(BiasRun(seed=0).models, labs.BLANK), strict=True):
        assert (old.model, old.words, [row.text for row in old.rows]) == (
            new.model, new.words, [row.text for row in new.rows],
        )  # fmt: skip
        for one, other in zip(old.rows, new.rows, strict=True):
            assert one.shares == pytest.approx(other.shares, abs=1e-3)
    assert kept_of("vectors").result.d == pytest.approx(labs.associated(JOURNAL, "journal", {}).result.d, abs=1e-3)


def test_the_recorded_pairs_are_those_of_now() -> None:
    kept, now = kept_of("pairs"), labs.pairs(JOURNAL, "jobs", "fr")
    assert (kept.count, kept.read, kept.p) == (now.count, now.read, pytest.approx(now.p))
    assert [each.more for each in kept.result.scored] == pytest.approx(
        [each.more for each in now.result.scored], abs=1e-2
    )


def test_the_recorded_models_show_what_the_screen_says() -> None:
    """What was made leans as it was asked to; what was balanced then leans less."""
    made, repaired = kept_of("making"), kept_of("repair")
    assert [(share.job, share.asked) for share in made.shares] == list(ASKED.items())
    apart = [
        lines["secrétaire"] - lines["garagiste"]
        for lines in ({line.name: line.share for line in each.pronoun.lines} for each in (made, repaired))
    ]
    assert apart[0] > 0.5
    assert abs(apart[1]) < 0.2


def test_the_recorded_models_took_every_step() -> None:
    """However busy the machine was that recorded them."""
    assert [kept_of(lab).taught.steps for lab in ("making", "repair")] == [making.STEPS] * 2


@pytest.mark.parametrize("change", [{"model": "petit-journal-balanced"}, {"without": ("Camille",)}, {"beginning": 1}])
def test_codes_belong_to_the_texts_of_one_model(change: dict[str, object]) -> None:
    run = BiasRun(seed=1).coded(0, first="il", second="elle")
    assert run.having(**change).coding == Coding()
    same = {name: getattr(run, name) for name in change}
    assert run.having(**same, text="autre").coding == run.coding


def test_the_themes_are_those_of_the_kit() -> None:
    assert get_args(BiasRun.model_fields["theme"].annotation) == tuple(theme.id for theme in sets.themes())
