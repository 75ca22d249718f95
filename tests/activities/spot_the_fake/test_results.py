"""Hits and false alarms apart, before and after, and what is refused on purpose."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Mapping

import pytest

from activities.spot_the_fake.answers import ImageAnswer, SlateCount, Verdict
from activities.spot_the_fake.results import (
    BeforeAfter,
    ImageReading,
    ImageRow,
    NoGain,
    Outcome,
    RoundResult,
    before_after,
    from_answers,
    from_slates,
    pooled_sdt,
    readings,
)
from activities.spot_the_fake.signal_detection import Counts, proportion, signal_detection
from kit.decks.model import Truth
from kit.levels import Level

TRUTHS = {"a": Truth.REAL, "b": Truth.GENERATED, "c": Truth.ALTERED, "d": Truth.MISCAPTIONED, "e": Truth.GENERATED}
R, G, A = Verdict.REAL, Verdict.GENERATED, Verdict.ALTERED


def answers(said: Mapping[str, Verdict | None]) -> list[ImageAnswer]:
    return [ImageAnswer(opaque=opaque, verdict=verdict) for opaque, verdict in said.items()]


def room(hits: int, misses: int, false_alarms: int, correct: int, *, slates: bool = False) -> RoundResult:
    rows = (
        ImageRow(opaque="m", truth=Truth.GENERATED, generated=hits, real=misses),
        ImageRow(opaque="r", truth=Truth.REAL, generated=false_alarms, real=correct),
    )
    return RoundResult(rows=rows, persons=hits + misses, slates=slates)


def test_one_person() -> None:
    # a: false alarm; b: hit under the wrong name; c: hit, exact; d: rightly left; e: passed
    result = from_answers(answers({"a": G, "b": A, "c": A, "d": R, "e": None}), TRUTHS)
    assert result.counts == Counts(hits=2, misses=0, false_alarms=1, correct_rejections=1)
    assert (result.n, result.passed, result.persons, result.slates) == (4, 1, 1, False)
    assert result.hits == proportion(2, 2)
    assert result.false_alarms == proportion(1, 2)
    assert result.kind == proportion(1, 2)
    assert [row.opaque for row in result.rows] == list(TRUTHS)
    assert [row.right.count for row in result.rows] == [0, 1, 1, 1, 0]
    assert result.rows[4].right.rate is None


def test_a_false_caption_leaves_the_photograph_real() -> None:
    result = from_answers(answers({"d": G}), TRUTHS)
    assert result.counts == Counts(false_alarms=1)


def test_images_nobody_came_to_weigh_nothing() -> None:
    result = from_answers([], TRUTHS)
    assert result.hits.rate is None
    assert result.false_alarms.rate is None
    assert len(result.rows) == 5


def test_a_room_of_three() -> None:
    said = [{"a": R, "b": G}, {"a": A, "b": G}, {"a": R, "b": R}]
    result = from_answers([answer for one in said for answer in answers(one)], TRUTHS, persons=3)
    assert result.counts == Counts(hits=2, misses=1, false_alarms=1, correct_rejections=2)
    assert result.rows[0].right.rate == pytest.approx(2 / 3)


def test_an_answer_never_weighs_twice() -> None:
    with pytest.raises(ValueError, match="2 answers from 1"):
        from_answers(answers({"a": R}) + answers({"a": G}), TRUTHS)


def test_unknown_images_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        from_answers(answers({"z": R}), TRUTHS)
    with pytest.raises(ValueError, match="unknown"):
        from_slates([SlateCount(opaque="z", real=1)], TRUTHS)
    with pytest.raises(ValueError, match="twice"):
        from_slates([SlateCount(opaque="a", real=1), SlateCount(opaque="a", real=2)], TRUTHS)


def test_slates_give_the_same_results() -> None:
    counts = [
        SlateCount(opaque="a", real=20, generated=3, altered=2),
        SlateCount(opaque="b", real=10, generated=12, altered=3),
        SlateCount(opaque="c", real=18, generated=2, altered=4),
    ]
    result = from_slates(counts, TRUTHS)
    assert result.counts == Counts(hits=21, misses=28, false_alarms=5, correct_rejections=20)
    assert (result.persons, result.slates, result.passed) == (25, True, 0)
    assert result.kind == proportion(12 + 4, 21)


def test_before_and_after() -> None:
    change = before_after(room(31, 69, 20, 80), room(51, 49, 21, 79))
    assert change.comparable
    assert change.reason is None
    assert change.gain is not None
    assert change.gain.hits.value == pytest.approx(0.20)
    assert change.gain.hits.clear
    assert change.gain.false_alarms.value == pytest.approx(0.01)
    assert not change.gain.false_alarms.clear
    assert [p.n for p in (change.hits_before, change.hits_after)] == [100, 100]
    assert (change.false_alarms_before.count, change.false_alarms_after.count) == (20, 21)


@pytest.mark.parametrize("slates", [(True, True), (True, False), (False, True)])
def test_slates_show_no_gain(slates: tuple[bool, bool]) -> None:
    before, after = (room(31, 69, 20, 80, slates=one) for one in slates)
    change = before_after(before, after)
    assert (change.gain, change.comparable, change.reason) == (None, False, NoGain.SLATES)
    assert change.hits_before.rate == 0.31


def test_other_reasons_for_no_gain() -> None:
    fixed = before_after(room(1, 1, 1, 1), room(1, 1, 1, 1), counterbalanced=False)
    assert (fixed.gain, fixed.reason) == (None, NoGain.FIXED_ORDER)
    empty = before_after(room(1, 1, 0, 0), room(1, 1, 1, 1))
    assert (empty.gain, empty.reason) == (None, NoGain.TOO_FEW)


def test_d_prime_of_a_room_of_adults_only() -> None:
    result = room(20, 5, 10, 15)
    assert pooled_sdt(result, Level.ADULTS) == signal_detection(result.counts)
    for level in Level:
        if level is not Level.ADULTS:
            assert pooled_sdt(result, level) is None


def test_never_d_prime_for_a_person() -> None:
    alone = from_answers(answers({"a": R, "b": G, "c": A, "d": R}), TRUTHS)
    assert pooled_sdt(alone, Level.ADULTS) is None
    one_slate = from_slates([SlateCount(opaque="a", real=1), SlateCount(opaque="b", generated=1)], TRUTHS)
    assert pooled_sdt(one_slate, Level.ADULTS) is None


def test_no_d_prime_without_both_kinds() -> None:
    assert pooled_sdt(room(5, 5, 0, 0), Level.ADULTS) is None


def test_slates_of_adults_have_a_d_prime() -> None:
    assert pooled_sdt(room(20, 5, 10, 15, slates=True), Level.ADULTS) is not None


@pytest.mark.parametrize(
    ("row", "outcome", "said"),
    [
        (ImageRow(opaque="x", truth=Truth.GENERATED, altered=1), Outcome.HIT, A),
        (ImageRow(opaque="x", truth=Truth.ALTERED, real=1), Outcome.MISS, R),
        (ImageRow(opaque="x", truth=Truth.MISCAPTIONED, generated=1), Outcome.FALSE_ALARM, G),
        (ImageRow(opaque="x", truth=Truth.REAL, real=9, generated=1), Outcome.CORRECT_REJECTION, None),
        (ImageRow(opaque="x", truth=Truth.REAL, real=2, generated=1, altered=1), Outcome.DIVIDED, None),
        (ImageRow(opaque="x", truth=Truth.REAL, real=4, generated=3, altered=3), Outcome.FALSE_ALARM, None),
        (ImageRow(opaque="x", truth=Truth.REAL, passed=3), Outcome.UNANSWERED, None),
    ],
)
def test_readings(row: ImageRow, outcome: Outcome, said: Verdict | None) -> None:
    (reading,) = readings([row])
    assert (reading.outcome, reading.said) == (outcome, said)


def test_the_mode_without_scores_holds_no_number() -> None:
    for field in dataclasses.fields(ImageReading):
        assert field.type in ("str", "Truth", "Outcome", "Verdict | None")


def test_rounds_of_machine_and_real_stay_apart() -> None:
    # Neither a result nor a comparison has a single overall score.
    names = {name for kind in (RoundResult, BeforeAfter) for name in dir(kind)}
    assert not names & {"score", "accuracy", "right", "points"}


def test_light_modules_stay_light() -> None:
    code = (
        "import sys, activities.spot_the_fake.results, activities.spot_the_fake.calibration, "
        "activities.spot_the_fake.base_rate, activities.spot_the_fake.published; "
        "print(sorted(sys.modules.keys() & {'numpy', 'sklearn', 'scipy', 'streamlit', 'torch', 'PIL'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
