"""Activities as ordered steps."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from kit import ROOT
from kit.levels import Level
from kit.steps import Activity, Step, StepKind

ACTIVITY = Activity(
    slug="toy",
    levels=(Level.ADULTS,),
    steps=(
        Step(id="brief", kind=StepKind.BRIEF, minutes=3),
        Step(id="lab", kind=StepKind.LAB, minutes=20, sitting=2),
        Step(id="debrief", kind=StepKind.DEBRIEF, minutes=8),
    ),
    short=(("brief", 2),),
)


def test_half_a_day_is_declared_or_there_is_none() -> None:
    assert ACTIVITY.half_day == ()
    longer = dataclasses.replace(ACTIVITY, half_day=(("lab", 60), ("debrief", 20)))
    assert longer.half_day == (("lab", 60), ("debrief", 20))
    assert longer.minutes == ACTIVITY.minutes, "it changes no other format"


def test_minutes_are_those_of_the_core_sitting() -> None:
    assert ACTIVITY.minutes == 11


def test_a_sitting_keeps_the_order() -> None:
    assert [step.id for step in ACTIVITY.sitting(1)] == ["brief", "debrief"]
    assert [step.id for step in ACTIVITY.sitting(2)] == ["lab"]
    assert ACTIVITY.sitting(3) == ()


def test_a_step_is_found_by_its_id() -> None:
    assert ACTIVITY.step("lab").minutes == 20
    with pytest.raises(KeyError, match="laboratory"):
        ACTIVITY.step("laboratory")


def test_specs_are_frozen_and_keyword_only() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ACTIVITY.steps[0].minutes = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        Step("brief", StepKind.BRIEF, 3)  # type: ignore[misc]


def test_describing_every_activity_imports_nothing_heavy() -> None:
    heavy = ("numpy", "PIL", "scipy", "torch", "sklearn", "skimage", "transformers", "diffusers", "streamlit", "dask")
    code = f"import sys, activities.registry; print([m for m in {heavy!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"
