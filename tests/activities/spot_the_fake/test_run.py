"""A run: every change is a new one, valid, and the same after a trip to the disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.answers import ClueFamily, Confidence, ImageAnswer, Point, SlateCount, Verdict
from activities.spot_the_fake.run import ROUNDS, SortingRun
from kit.classroom.store import MAX_STATE_BYTES
from kit.levels import Level, Role
from kit.steps import Mode, StepKind
from kit.walk import Plan

PLANS = {
    Plan.LESSON: ["brief", "form_a", "lesson", "form_b", "reveals", "results", "debrief", "trace"],
    Plan.SHORT: ["brief", "form_a", "reveals", "debrief"],
    Plan.SECOND: ["dossiers", "forensics", "detector", "base_rate", "human_scores", "own_deck"],
}


def begin(plan: Plan = Plan.LESSON, **more: object) -> SortingRun:
    return SortingRun(seed=7, plan=plan, step=PLANS[plan][0], **more)  # type: ignore[arg-type]


def answer(opaque: str = "a1", **more: object) -> ImageAnswer:
    return ImageAnswer(opaque=opaque, verdict=Verdict.GENERATED, confidence=Confidence.SURE, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("plan", PLANS)
def test_walking_through_a_plan_and_back(plan: Plan) -> None:
    run = begin(plan)
    forth = [run.step]
    while run.index + 1 < len(run.steps):
        run = run.next_step()
        forth.append(run.step)
    assert forth == PLANS[plan]
    assert run.next_step() == run, "the last step has no next one"
    back = [run.step]
    while run.index:
        run = run.previous_step()
        back.append(run.step)
    assert back == forth[::-1]
    assert run.previous_step() == run


def test_minutes_are_those_of_the_plan() -> None:
    assert [begin(Plan.SHORT).go(step).minutes for step in PLANS[Plan.SHORT]] == [2, 5, 6, 7]
    assert sum(begin().go(step).minutes for step in PLANS[Plan.LESSON]) == 45
    assert sum(begin(Plan.SECOND).go(step).minutes for step in PLANS[Plan.SECOND]) == 71


def test_rounds_are_the_steps_that_sort_images() -> None:
    assert list(ROUNDS) == [s.id for s in SPOT_THE_FAKE.sitting(1) if s.kind is StepKind.VOTE]


def test_a_step_begins_at_its_start() -> None:
    run = begin().go("form_a").at(5).reveal()
    assert (run.position, run.shown) == (5, True)
    before = datetime.now(UTC)
    run = run.go("lesson")
    assert (run.step, run.position, run.shown) == ("lesson", 0, False)
    assert before <= run.since <= datetime.now(UTC)


def test_moving_within_a_step_hides_the_answer_again_and_keeps_the_clock() -> None:
    run = begin().go("form_a")
    moved = run.reveal().at(3)
    assert (moved.position, moved.shown, moved.since) == (3, False, run.since)
    assert run.at(-4).position == 0


def test_a_step_of_another_plan_is_refused() -> None:
    with pytest.raises(KeyError, match="detector"):
        begin().go("detector")
    with pytest.raises(KeyError):
        begin(Plan.SHORT).go("form_b")
    with pytest.raises(ValidationError, match="not in the plan"):
        SortingRun(seed=1, plan=Plan.SECOND, step="brief")
    with pytest.raises(ValidationError, match="not in the plan"):
        SortingRun.model_validate_json('{"seed": 1, "step": "gone_since"}')


def test_answers_are_kept_by_round_and_may_change() -> None:
    start = begin()
    run = start.answered("form_a", answer("a1")).answered("form_a", answer("a2")).answered("form_b", answer("a1"))
    changed = run.answered("form_a", ImageAnswer(opaque="a1", verdict=Verdict.REAL))
    assert changed.answers["form_a"]["a1"].verdict is Verdict.REAL
    assert changed.answers["form_a"]["a2"] == answer("a2")
    assert changed.answers["form_b"]["a1"] == answer("a1")
    assert run.answers["form_a"]["a1"].verdict is Verdict.GENERATED, "the run before the change is as it was"
    assert start.answers == {}


def test_counts_decisions_guess_and_text() -> None:
    run = begin(Plan.SECOND).counted("form_a", SlateCount(opaque="a1", real=3, generated=20))
    run = (
        run.counted("form_a", SlateCount(opaque="a1", real=4, generated=19))
        .decided("d1", "wait")
        .decided("d1", "share")
    )
    run = run.guessed(80).wrote("Une image ne prouve rien.")
    assert run.counts == {"form_a": {"a1": SlateCount(opaque="a1", real=4, generated=19)}}
    assert run.decisions == {"d1": "share"}
    assert (run.guess, run.text) == (80, "Une image ne prouve rien.")


def test_runs_share_no_state() -> None:
    one, two = begin(), begin()
    assert one.answered("form_a", answer()).answers
    assert two.answers == {}
    with pytest.raises(ValidationError):
        one.step = "form_a"  # type: ignore[misc]


@pytest.mark.parametrize(
    "change",
    [
        {"half": 2},
        {"position": -1},
        {"seconds": -5},
        {"guess": 101},
        {"level": "cm2"},
        {"mode": "alone"},
        {"since": "2026-01-01T10:00:00"},
        {"colour": "red"},
        {"answers": {"form_a": {"a1": {"opaque": "a1", "verdict": "fake"}}}},
    ],
)
def test_what_makes_no_sense_is_refused(change: dict) -> None:
    with pytest.raises(ValidationError):
        SortingRun.model_validate({"seed": 1, **change})


def test_a_change_passes_the_same_checks_as_a_run_from_disk() -> None:
    with pytest.raises(ValidationError):
        begin(Plan.SECOND).guessed(250)


@pytest.mark.parametrize("mode", Mode)
def test_who_looks(mode: Mode) -> None:
    assert begin(mode=mode).role is (Role.LEARNER if mode is Mode.SELF_PACED else Role.PROJECTOR)


ANSWERS = st.builds(
    ImageAnswer,
    opaque=st.text(min_size=1, max_size=12),
    verdict=st.none() | st.sampled_from(Verdict),
    confidence=st.none() | st.sampled_from(Confidence),
    family=st.none() | st.sampled_from(ClueFamily),
    point=st.none() | st.builds(Point, x=st.floats(0, 1), y=st.floats(0, 1)),
    sentence=st.text(max_size=280),
)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**63 - 1),
    half=st.integers(0, 1),
    level=st.sampled_from(Level),
    mode=st.sampled_from(Mode),
    answers=st.lists(st.tuples(st.sampled_from(ROUNDS), ANSWERS), max_size=6),
    text=st.text(max_size=200),
    ago=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40)),
)
def test_a_trip_to_the_disk_changes_nothing(
    seed: int,
    half: int,
    level: Level,
    mode: Mode,
    answers: list[tuple[str, ImageAnswer]],
    text: str,
    ago: timedelta,
) -> None:
    run = SortingRun(seed=seed, half=half, level=level, mode=mode, since=datetime.now(UTC) - ago).wrote(text)
    for round_id, given_answer in answers:
        run = run.answered(round_id, given_answer)
    again = SortingRun.model_validate_json(run.model_dump_json())
    assert again == run
    assert again.since == run.since


def test_the_fullest_run_fits_in_the_store() -> None:
    """Two rounds of eight images with the longest sentences, in the widest letters, and the longest text."""
    run = begin().wrote("😀" * 2000)
    for round_id in ROUNDS:
        for n in range(8):
            run = run.answered(round_id, answer(f"{n:032x}", sentence="😀" * 280, point=Point(x=1 / 3, y=2 / 3)))
    assert len(run.model_dump_json().encode()) < MAX_STATE_BYTES / 10
