"""What a class answers, in every activity: seated without a word, counted rightly, and taken home in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import registry
from activities.next_word.answers import Guess as WordGuess
from activities.next_word.answers import Verdict as ClaimVerdict
from activities.noise_to_image.answers import Guess as NoiseGuess
from activities.podcast.answers import Guess as RadioGuess
from activities.probe_bias.answers import Guess as BiasGuess
from activities.probe_bias.answers import Side
from activities.probe_bias.bets import BET_ON
from activities.registry import ACTIVITIES
from activities.spot_the_fake import together as spot
from activities.spot_the_fake.answers import Confidence, ImageAnswer, Point, Verdict
from activities.spot_the_fake.run import SortingRun
from activities.spot_the_fake.sitting import Shown, Sitting
from kit.bias.sets import themes
from kit.classroom.tallies import Reply, Tally
from kit.decks.model import Truth
from kit.errors import NotFound
from kit.i18n import LANGUAGES
from kit.levels import Role
from kit.steps import Activity, Mode
from kit.walk import Plan, Walk

activities = pytest.mark.parametrize("activity", ACTIVITIES, ids=lambda activity: activity.slug)
languages = pytest.mark.parametrize("lang", LANGUAGES)


def image(opaque: str = "a1", verdict: Verdict | None = Verdict.GENERATED, **more: Any) -> ImageAnswer:
    return ImageAnswer(opaque=opaque, verdict=verdict, **more)


ANSWERS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "spot_the_fake": {
        "form_a": lambda run: run.answered("form_a", image("a1", confidence=Confidence.SURE, sentence="The hands.")),
        "form_b": lambda run: run.answered("form_b", image("b1", Verdict.REAL)),
        "trace": lambda run: run.wrote("An image proves nothing."),
        "dossiers": lambda run: run.decided("arrest", "wait"),
        "base_rate": lambda run: run.guessed(35),
    },
    "noise_to_image": {
        "brief": lambda run: run.having(guess=NoiseGuess.COLLAGE),
        "trace": lambda run: run.wrote("It removes noise."),
    },
    "next_word": {
        "brief": lambda run: run.having(guess=WordGuess.LIKELY),
        "bets": lambda run: run.betting("chat"),
        "facts": lambda run: run.having(verdicts={"1": ClaimVerdict.FALSE}),
        "trace": lambda run: run.wrote("It computes what is likely."),
    },
    "probe_bias": {
        "brief": lambda run: run.having(guess=BiasGuess.TEXTS),
        "pairs": lambda run: run.siding(Side.B),
        "corpus": lambda run: run.having(expected=60),
        "trace": lambda run: run.wrote("We wrote this bias."),
    },
    "podcast": {"brief": lambda run: run.having(guess=RadioGuess.ONE_FIFTY)},
}
"""For each step that collects answers, one answer to it."""
CASES = [(activity, step) for activity in ACTIVITIES for step in ANSWERS[activity.slug]]
cases = pytest.mark.parametrize(
    ("activity", "step"), CASES, ids=[f"{activity.slug}-{step}" for activity, step in CASES]
)


def standing(activity: Activity, step: str, **more: Any) -> Any:
    """A run at a step, of a plan that has it."""
    model = registry.run_of(activity.slug)
    plan = next(plan for plan in Plan if step in {each.id for each in model.planned(plan)})
    return model(seed=1, plan=plan, step=step, **more)


def everything(activity: Activity, **more: Any) -> Any:
    """A run with an answer to every step, whatever its plan."""
    run = standing(activity, activity.steps[0].id, **more)
    for answer in ANSWERS[activity.slug].values():
        run = answer(run)
    return run


def replies(run: Walk, lang: str = "en") -> list[Reply]:
    slug = run.activity.slug
    return list(registry.together(slug).replies(run, registry.words(slug, lang), str))


def tallies(step: str, room: list[Any], activity: Activity, lang: str = "en") -> tuple[Tally, ...]:
    return registry.together(activity.slug).tallies(step, room, registry.words(activity.slug, lang), str)


# -- the registry -----------------------------------------------------------------------------------------------------


@activities
def test_the_run_of_an_activity_is_its_own(activity: Activity) -> None:
    model = registry.run_of(activity.slug)
    assert model.activity is activity
    assert model.__module__ == f"activities.{activity.slug}.run"


def test_an_activity_that_is_not_there_has_neither_run_nor_answers() -> None:
    for ask in (registry.run_of, registry.together):
        with pytest.raises(NotFound):
            ask("os")


@activities
def test_every_step_that_collects_an_answer_is_tried_here(activity: Activity) -> None:
    assert {step.id for step in activity.steps if step.answer} <= set(ANSWERS[activity.slug])
    assert list(ANSWERS[activity.slug]) == [step.id for step in activity.steps if step.id in ANSWERS[activity.slug]]


# -- sitting down, and following the class ----------------------------------------------------------------------------


@activities
@pytest.mark.parametrize("mode", [Mode.CLASS, Mode.PROJECTED])
def test_a_participant_begins_where_the_class_stands_at_their_own_pace(activity: Activity, mode: Mode) -> None:
    for step in activity.steps:
        led = standing(activity, step.id, mode=mode).having(seed=2**62)
        seated = led.seated(3)
        assert (seated.step, seated.plan, seated.seed, seated.level) == (led.step, led.plan, led.seed, led.level)
        assert (seated.mode, seated.role) == (Mode.SELF_PACED, Role.LEARNER)


@cases
def test_nobody_sits_down_with_an_answer_of_whoever_leads(activity: Activity, step: str) -> None:
    """What was tried out on the projected screen is nobody's answer."""
    led = ANSWERS[activity.slug][step](standing(activity, step, mode=Mode.CLASS))
    for number in (1, 2):
        seated = led.seated(number).alongside(led)
        assert not seated.has_answered()
        assert replies(seated) == []


@activities
def test_a_participant_follows_to_the_beginning_of_each_step_and_keeps_every_answer(activity: Activity) -> None:
    since = datetime.now(UTC) - timedelta(minutes=3)
    led = everything(activity).at(0)
    for step in led.steps[1:]:
        own = everything(activity).at(2).reveal()
        for answer in ANSWERS[activity.slug].values():
            own = answer(own)
        there = own.alongside(led.having(step=step.id, since=since, position=4, shown=True))
        assert (there.step, there.position, there.shown, there.since) == (step.id, 0, False, since)
        assert {reply.step for reply in replies(there)} == set(ANSWERS[activity.slug])


@activities
def test_within_a_step_everybody_is_where_they_are(activity: Activity) -> None:
    own = everything(activity).at(2).reveal()
    for answer in ANSWERS[activity.slug].values():
        own = answer(own)
    led = own.having(since=datetime.now(UTC), position=0, shown=False)
    assert own.alongside(led) == own.having(since=led.since)


@activities
def test_what_was_answered_to_a_question_is_still_about_it_when_the_class_has_moved_on(activity: Activity) -> None:
    """The table that is taken home is made at the end, when everybody stands at the last step."""
    for step, answer in ANSWERS[activity.slug].items():
        own = answer(standing(activity, step).at(3))
        last = own.steps[-1]
        assert replies(own.alongside(own.go(last.id))) == replies(own)


@pytest.mark.parametrize(("slug", "step"), [("next_word", "bets"), ("probe_bias", "pairs")])
def test_a_bet_on_the_fourth_is_none_on_the_first_that_the_class_comes_back_to(slug: str, step: str) -> None:
    led = standing(registry.find(slug), step)
    own = ANSWERS[slug][step](led.at(3)).alongside(led.go("debrief"))
    assert own.alongside(led).position == 0
    assert not own.alongside(led).has_answered()


# -- who has answered -------------------------------------------------------------------------------------------------


@cases
def test_whoever_has_answered_has_answered_that_step_alone(activity: Activity, step: str) -> None:
    own = ANSWERS[activity.slug][step](standing(activity, step))
    assert not standing(activity, step).has_answered()
    assert own.has_answered()
    for other in own.steps:
        assert own.having(step=other.id).has_answered() == (other.id == step)


@activities
def test_nobody_has_answered_what_is_not_asked(activity: Activity) -> None:
    run = everything(activity)
    for step in activity.steps:
        if step.id not in ANSWERS[activity.slug]:
            assert not run.having(plan=standing(activity, step.id).plan, step=step.id).has_answered()


def test_a_blank_text_is_no_answer() -> None:
    for activity in ACTIVITIES:
        if "trace" in ANSWERS[activity.slug]:
            assert not standing(activity, "trace").wrote(" \n\u00a0").has_answered()


def test_a_round_is_answered_with_its_last_image_passes_included() -> None:
    run = standing(registry.find("spot_the_fake"), "form_a", images=3)
    for n, said in enumerate([image("a0"), image("a1", None), image("a1"), image("a2", None)]):
        run = run.answered("form_a", said)
        assert run.has_answered() == (n == 3)
    assert not run.go("form_b").has_answered()


# -- counting ---------------------------------------------------------------------------------------------------------


@activities
@languages
def test_every_step_of_every_activity_can_be_asked_for_its_counts(activity: Activity, lang: str) -> None:
    room = [everything(activity), standing(activity, activity.steps[0].id)]
    for step in activity.steps:
        for tally in tallies(step.id, room, activity, lang):
            assert tally.title.strip()
            assert all(name.strip() for name, _count in tally.rows)
            assert len({name for name, _count in tally.rows}) == len(tally.rows), "two rows of one name"
            assert tally.of == sum(count for _name, count in tally.rows)


@activities
@languages
def test_a_vote_is_counted_and_a_step_that_asks_nothing_is_not(activity: Activity, lang: str) -> None:
    own_results = {"form_a", "form_b", "trace"}
    for step in activity.steps:
        found = tallies(step.id, [everything(activity)], activity, lang)
        asked = step.id in ANSWERS[activity.slug] and step.id not in own_results
        assert bool(found) == asked, step.id
        if asked and step.id != "dossiers":
            assert sum(tally.of for tally in found) == 1, "one answer, counted once"


@activities
def test_an_empty_room_has_counts_of_nothing(activity: Activity) -> None:
    for step in activity.steps:
        for tally in tallies(step.id, [standing(activity, step.id)] * 3, activity):
            assert (tally.of, sum(count for _name, count in tally.rows)) == (0, 0)


GUESSES = {
    "noise_to_image": NoiseGuess,
    "next_word": WordGuess,
    "probe_bias": BiasGuess,
    "podcast": RadioGuess,
}


@pytest.mark.parametrize("slug", GUESSES)
@given(data=st.data())
def test_first_guesses_are_counted_by_their_names_in_their_order(slug: str, data: st.DataObject) -> None:
    kinds = GUESSES[slug]
    said = data.draw(st.lists(st.none() | st.sampled_from(list(kinds)), max_size=12))
    activity = registry.find(slug)
    words: Any = registry.words(slug, "fr")
    (tally,) = tallies("brief", [standing(activity, "brief").having(guess=one) for one in said], activity, "fr")
    counted = Counter(said)
    assert tally.title == words.brief.question
    assert tally.rows == tuple((words.brief.guesses[kind].name, counted[kind]) for kind in kinds)
    assert tally.of == len(said) - counted[None]


@given(st.lists(st.sampled_from(["", "chat", "Chat", "chien", " CHIEN "]), max_size=12))
def test_bets_on_a_word_are_counted_whatever_their_capitals(said: list[str]) -> None:
    activity = registry.find("next_word")
    found = tallies("bets", [standing(activity, "bets").betting(word) for word in said], activity)
    counted = Counter(word.strip().lower() for word in said if word)
    assert [dict(tally.rows) for tally in found] == [counted]
    assert sum(tally.of for tally in found) == counted.total()


def test_bets_are_counted_by_the_beginning_they_were_on() -> None:
    activity = registry.find("next_word")
    start = standing(activity, "bets")
    room = [start.betting("chat").at(1).betting("chien"), start.at(1).betting("chien")]
    found = tallies("bets", room, activity, "fr")
    openings = registry.words("next_word", "fr").openings  # type: ignore[attr-defined]
    assert [(tally.title, tally.rows) for tally in found] == [
        (openings[0].text, (("chat", 1),)),
        (openings[1].text, (("chien", 2),)),
    ]


@given(st.lists(st.dictionaries(st.integers(0, 3), st.sampled_from(ClaimVerdict)), max_size=8))
def test_verdicts_are_counted_claim_by_claim(said: list[dict[int, ClaimVerdict]]) -> None:
    activity = registry.find("next_word")
    words: Any = registry.words("next_word", "fr")
    room = [standing(activity, "facts").having(verdicts={str(n): v for n, v in one.items()}) for one in said]
    found = tallies("facts", room, activity, "fr")
    assert [tally.title for tally in found] == [claim.text for claim in words.claims]
    for place, tally in enumerate(found):
        counted = Counter(one[place] for one in said if place in one)
        names = ("true", "false", "impossible to know")
        assert tally.rows == tuple((name, counted[v]) for name, v in zip(names, ClaimVerdict, strict=True))
        assert tally.of == counted.total()


@given(st.lists(st.none() | st.integers(0, 100), max_size=12))
def test_percentages_are_counted_by_fifths(said: list[int | None]) -> None:
    spot_the_fake, probe_bias = registry.find("spot_the_fake"), registry.find("probe_bias")
    rooms = {
        "base_rate": (spot_the_fake, [standing(spot_the_fake, "base_rate").having(guess=one) for one in said]),
        "corpus": (probe_bias, [standing(probe_bias, "corpus").having(expected=one) for one in said]),
    }
    counted = Counter(min(one // 20, 4) for one in said if one is not None)
    for step, (activity, room) in rooms.items():
        (tally,) = tallies(step, room, activity)
        assert [count for _name, count in tally.rows] == [counted[fifth] for fifth in range(5)]
        assert tally.of == counted.total()


def test_bets_on_another_table_are_not_counted_with_those_on_the_first() -> None:
    activity = registry.find("probe_bias")
    room = [standing(activity, "corpus").having(expected=50), standing(activity, "corpus").counting("role")]
    room.append(room[1].having(expected=10))
    (tally,) = tallies("corpus", room, activity)
    assert tally.of == 1


@given(st.lists(st.sampled_from(Side), max_size=10))
def test_sides_are_counted(said: list[Side]) -> None:
    activity = registry.find("probe_bias")
    found = tallies("pairs", [standing(activity, "pairs").siding(one) for one in said], activity)
    assert [tally.rows for tally in found] == [(("A", said.count(Side.A)), ("B", said.count(Side.B)))]


@languages
def test_decisions_are_counted_dossier_by_dossier(lang: str) -> None:
    activity = registry.find("spot_the_fake")
    words: Any = registry.words("spot_the_fake", lang)
    first, second = (dossier.id for dossier in words.dossiers[:2])
    start = standing(activity, "dossiers")
    room = [start.decided(first, "share"), start.decided(first, "wait").decided(second, "wait"), start]
    room.append(start.decided(first, "share").decided(first, "verify"))
    found = tallies("dossiers", room, activity, lang)
    assert [tally.title for tally in found] == [dossier.title for dossier in words.dossiers]
    names = dict(words.dossier_play.decisions)
    assert dict(found[0].rows) == {names["share"]: 1, names["wait"]: 1, names["verify"]: 1}
    assert dict(found[1].rows) == {names["share"]: 0, names["wait"]: 1, names["verify"]: 0}
    assert [tally.of for tally in found] == [3, 1] + [0] * (len(found) - 2)


# -- what is taken home -----------------------------------------------------------------------------------------------


def asked(activity: Activity, plan: Plan) -> list[str]:
    """The steps of a plan that ask for an answer, in order."""
    steps = [step.id for step in registry.run_of(activity.slug).planned(plan)]
    return [step for step in steps if step in ANSWERS[activity.slug]]


PLANS = [(activity, plan) for activity in ACTIVITIES for plan in Plan if asked(activity, plan)]


@languages
@pytest.mark.parametrize(("activity", "plan"), PLANS, ids=[f"{activity.slug}-{plan}" for activity, plan in PLANS])
def test_every_answer_is_taken_home_in_the_order_of_the_steps(activity: Activity, lang: str, plan: Plan) -> None:
    steps = asked(activity, plan)
    run: Any = registry.run_of(activity.slug)(seed=1, plan=plan, step=steps[0])
    for step in reversed(steps):
        run = ANSWERS[activity.slug][step](run)
    found = replies(run, lang)
    assert [reply.step for reply in found] == steps
    assert all(reply.answer.strip() for reply in found)


@activities
def test_whoever_answered_nothing_has_no_line(activity: Activity) -> None:
    for step in activity.steps:
        assert replies(standing(activity, step.id)) == []


@languages
def test_the_lines_say_what_the_screens_said(lang: str) -> None:
    """Words of the screen, not names of the code."""
    found = {}
    for activity in ACTIVITIES:
        for reply in replies(everything(activity), lang):
            found[activity.slug, reply.step] = reply
    words: Any = {activity.slug: registry.words(activity.slug, lang) for activity in ACTIVITIES}
    played = words["spot_the_fake"]
    assert found["spot_the_fake", "form_a"] == Reply(
        step="form_a",
        item="a1",
        answer=played.verdicts["generated"].button,
        more=f"{played.confidences['80']}; The hands.",
    )
    assert found["spot_the_fake", "dossiers"].answer == played.dossier_play.decisions["wait"]
    assert found["spot_the_fake", "base_rate"].answer.startswith("35")
    for slug, guess in (("noise_to_image", "collage"), ("next_word", "likely"), ("podcast", "one_fifty")):
        assert found[slug, "brief"].answer == words[slug].brief.guesses[guess].name
    said = words["next_word"]
    assert found["next_word", "bets"] == Reply(step="bets", item=said.openings[0].text, answer="chat")
    assert found["next_word", "facts"] == Reply(step="facts", item=said.claims[1].text, answer="false")
    first = BET_ON[0] - 1
    pair = found["probe_bias", "pairs"]
    assert pair.answer == "B"
    assert set(pair.item.removeprefix("A. ").split(" / B. ")) == set(themes()[0].pairs[first].fr)
    assert found["probe_bias", "corpus"].item == "profession"
    assert found["next_word", "trace"].answer == "It computes what is likely."


def test_a_pass_is_a_line_too() -> None:
    run = standing(registry.find("spot_the_fake"), "form_a").answered("form_a", image("a1", None, sentence="Dark."))
    assert replies(run) == [Reply(step="form_a", item="a1", answer="", more="Dark.")]


# -- « Vrai ou IA ? »: both halves of the room -------------------------------------------------------------------------

R, G, A = Verdict.REAL, Verdict.GENERATED, Verdict.ALTERED
TRUTHS = (
    {
        "A": {"left-1": Truth.REAL, "left-2": Truth.GENERATED},
        "B": {"left-3": Truth.ALTERED, "left-4": Truth.REAL},
    },
    {
        "A": {"right-4": Truth.GENERATED, "right-3": Truth.REAL},
        "B": {"right-2": Truth.REAL, "right-1": Truth.ALTERED},
    },
)
"""For each half, by form, what each picture is: each photograph, a number, once in either version."""
HALVES = tuple(
    Sitting(
        deck_id="toy",
        seed=1,
        half=half,
        forms={
            name: tuple(
                Shown(opaque=opaque, item_id=opaque[-1], truth=truth, served_seed=0) for opaque, truth in shown.items()
            )
            for name, shown in forms.items()
        },
    )
    for half, forms in enumerate(TRUTHS)
)


def sorted_by(half: int, form_a: dict[str, Verdict | None], form_b: dict[str, Verdict | None]) -> SortingRun:
    run = SortingRun(seed=1, half=half, step="results")
    for round_id, said in (("form_a", form_a), ("form_b", form_b)):
        for opaque, verdict in said.items():
            run = run.answered(round_id, image(opaque, verdict))
    return run


ROOM = [
    sorted_by(0, {"left-1": R, "left-2": R}, {"left-3": G, "left-4": R}),
    sorted_by(0, {"left-1": G, "left-2": G}, {"left-3": A}),
    sorted_by(1, {"right-4": A, "right-3": None}, {"right-2": A, "right-1": A}),
    sorted_by(1, {}, {"right-2": R, "right-1": None}),
    sorted_by(1, {"another deck": G}, {}),
]


def test_both_halves_make_one_round_each_version_in_a_row_of_its_own() -> None:
    # By hand. Form A: machine pictures are left-2 (said real, generated) and right-4 (altered): 2 of 3 hits;
    # photographs are left-1 (real, generated) and right-3 (passed): 1 false alarm of 2. Three persons answered.
    form_a = spot.pooled("form_a", ROOM, HALVES)
    assert [row.opaque for row in form_a.rows] == ["left-1", "left-2", "right-4", "right-3"]
    assert [(row.real, row.generated, row.altered, row.passed) for row in form_a.rows] == [
        (1, 1, 0, 0),
        (1, 1, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 0, 1),
    ]
    assert (form_a.hits.count, form_a.hits.n) == (2, 3)
    assert (form_a.false_alarms.count, form_a.false_alarms.n) == (1, 2)
    assert (form_a.persons, form_a.n, form_a.passed, form_a.slates) == (3, 5, 1, False)
    # Form B: left-3 (generated, altered) and right-1 (altered, passed): 3 of 3; left-4 (real), right-2 (altered, real):
    # 1 of 3. Four persons.
    form_b = spot.pooled("form_b", ROOM, HALVES)
    assert (form_b.hits.count, form_b.hits.n) == (3, 3)
    assert (form_b.kind.count, form_b.kind.n) == (2, 3)
    assert (form_b.false_alarms.count, form_b.false_alarms.n) == (1, 3)
    assert (form_b.persons, form_b.n, form_b.passed) == (4, 6, 1)


def test_the_order_of_the_halves_is_that_of_the_rows_and_changes_no_count() -> None:
    there, back = spot.pooled("form_a", ROOM, HALVES), spot.pooled("form_a", ROOM, HALVES[::-1])
    assert [row.opaque for row in back.rows] == ["right-4", "right-3", "left-1", "left-2"]
    assert set(there.rows) == set(back.rows)
    assert (there.hits, there.false_alarms, there.persons) == (back.hits, back.false_alarms, back.persons)


def test_an_empty_room_has_a_row_of_zeros_an_image() -> None:
    empty = spot.pooled("form_b", [], HALVES)
    assert ([row.n for row in empty.rows], empty.persons, empty.hits.rate) == ([0] * 4, 0, None)


def test_the_short_format_has_no_second_form() -> None:
    (short,) = [Sitting(deck_id="toy", seed=1, half=0, forms={"A": HALVES[0].forms["A"]})]
    assert spot.form(short, "form_b") == ()
    assert spot.pooled("form_b", ROOM, [short]).rows == ()
    assert spot.form(short, "form_a") == HALVES[0].forms["A"]


def verdicts() -> Iterator[Any]:
    for half in TRUTHS:
        yield st.fixed_dictionaries({}, optional={name: st.none() | st.sampled_from(Verdict) for name in half["A"]})


@given(st.lists(st.one_of(*(st.tuples(st.just(half), said) for half, said in enumerate(verdicts()))), max_size=8))
def test_every_answer_of_either_half_weighs_once(room: list[tuple[int, dict[str, Verdict | None]]]) -> None:
    result = spot.pooled("form_a", [sorted_by(half, said, {}) for half, said in room], HALVES)
    for row in result.rows:
        heard = Counter(said[row.opaque] for _half, said in room if row.opaque in said)
        assert (row.real, row.generated, row.altered, row.passed) == (heard[R], heard[G], heard[A], heard[None])
    assert result.persons == sum(bool(said) for _half, said in room)


def test_neighbours_are_of_different_halves() -> None:
    for first in (0, 1):
        led = SortingRun(seed=1, step="form_a", half=first)
        assert [led.seated(number).half for number in (1, 2, 3, 4)] == [first, 1 - first, first, 1 - first]


def test_doubts_are_those_on_one_picture_in_either_round() -> None:
    here, there = Point(x=0.25, y=0.5), Point(x=1, y=0)
    room = [
        SortingRun(seed=1).answered("form_a", image("x", point=here)),
        SortingRun(seed=1).answered("form_b", image("x", None, point=there)),
        SortingRun(seed=1).answered("form_a", image("x")),
        SortingRun(seed=1).answered("form_a", image("y", point=here)),
    ]
    assert spot.doubts(room, "x") == (here, there)
    assert spot.doubts(room, "z") == ()
