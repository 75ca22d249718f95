"""The plans of a walk: which steps are played, in which order, and for how long."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from kit.levels import Level
from kit.steps import Activity, Step, StepKind
from kit.walk import Plan, Walk

ACTIVITY = Activity(
    slug="toy",
    levels=(Level.ADULTS,),
    steps=(
        Step(id="brief", kind=StepKind.BRIEF, minutes=3),
        Step(id="making", kind=StepKind.LAB, minutes=9),
        Step(id="debrief", kind=StepKind.DEBRIEF, minutes=8),
        Step(id="guest", kind=StepKind.LAB, minutes=20, sitting=2),
    ),
    short=(("brief", 2), ("debrief", 5)),
    half_day=(("brief", 5), ("guest", 25), ("making", 50), ("debrief", 10)),
)
PLANS = {
    Plan.LESSON: {"brief": 3, "making": 9, "debrief": 8},
    Plan.SHORT: {"brief": 2, "debrief": 5},
    Plan.SECOND: {"guest": 20},
    Plan.HALF_DAY: {"brief": 5, "guest": 25, "making": 50, "debrief": 10},
}


class ToyWalk(Walk):
    activity = ACTIVITY


@pytest.mark.parametrize("plan", Plan)
def test_a_plan_has_its_steps_in_order_each_with_its_minutes(plan: Plan) -> None:
    run = ToyWalk(seed=1, plan=plan, step=next(iter(PLANS[plan])))
    walked = []
    for _ in PLANS[plan]:
        walked.append((run.step, run.minutes))
        run = run.next_step()
    assert walked == list(PLANS[plan].items())
    assert run == run.next_step(), "the last step has none after it"


def test_half_a_day_goes_back_by_its_own_order() -> None:
    run = ToyWalk(seed=1, plan=Plan.HALF_DAY, step="making")
    assert (run.previous_step().step, run.next_step().step) == ("guest", "debrief")


def test_a_step_outside_the_plan_is_refused() -> None:
    with pytest.raises(ValidationError, match="half_day"):
        ToyWalk(seed=1, plan=Plan.HALF_DAY, step="elsewhere")
    with pytest.raises(KeyError):
        ToyWalk(seed=1, plan=Plan.SHORT, step="brief").go("guest")


def test_an_activity_without_a_half_day_has_no_step_in_it() -> None:
    class Plain(Walk):
        activity = Activity(slug="plain", levels=ACTIVITY.levels, steps=ACTIVITY.steps, short=ACTIVITY.short)

    assert Plain.planned(Plan.HALF_DAY) == ()
    with pytest.raises(ValidationError, match="not in the plan"):
        Plain(seed=1, plan=Plan.HALF_DAY, step="brief")
