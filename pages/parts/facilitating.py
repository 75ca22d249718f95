"""What the facilitator alone sees of an activity, beside the notes and the remote control."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from kit.levels import Role
from kit.steps import Mode, StepKind
from kit.walk import Walk
from pages import frame
from pages.parts import opening
from pages.parts.prose import paragraph
from pages.parts.scene import StepScene, Words, desk_of, load

S = TypeVar("S", bound=StepScene)


def projected(run_of: type[Walk], scene_of: type[S], words_of: Callable[[str], Words]) -> S | None:
    """The run that this machine projects, if there is one, as its facilitator looks at it.

    ``run_of`` and ``scene_of`` are the activity's own; ``words_of`` loads its words in a language.
    """
    run, desk = load(run_of), desk_of(run_of)
    if run is None or run.mode is Mode.SELF_PACED:
        return None
    return scene_of(run=run, words=words_of(frame.lang()), role=Role.FACILITATOR, led=desk.led)


def panel(scene: StepScene[Any, Any], guesses: type[StrEnum]) -> None:
    """Of an activity that begins with a bet and has labs: hands to count, what to look for, why a question is asked."""
    run, words = scene.run, scene.words
    kind = run.steps[run.index].kind
    if run.step == "brief":
        opening.count(scene, guesses)
    elif kind is StepKind.LAB:
        lab = words.labs[run.step]
        paragraph(lab.alone)
        paragraph(lab.honest, "note")
    elif kind is StepKind.DEBRIEF:
        question(scene)


def question(scene: StepScene[Any, Any]) -> None:
    """Why the question where the run stands is asked, and a possible answer."""
    questions = scene.words.debrief.questions
    asked = questions[min(scene.run.position, len(questions) - 1)]
    paragraph(asked.why)
    paragraph(asked.model_answer, "note")
