"""What the facilitator alone sees of « Le mot d'après », beside the notes and the remote control."""

from __future__ import annotations

from activities.next_word import words as activity_words
from activities.next_word.run import WordRun
from kit.levels import Role
from kit.steps import Mode, StepKind
from pages import frame
from pages.parts.prose import paragraph
from pages.parts.scene import load
from pages.word import opening
from pages.word.scene import Scene


def projected() -> Scene | None:
    """The run that this machine projects, if there is one."""
    run = load(WordRun)
    if run is None or run.mode is not Mode.PROJECTED:
        return None
    return Scene(run=run, words=activity_words.load(frame.lang()), role=Role.FACILITATOR)


def panel(scene: Scene) -> None:
    """The hands to count, what to look for in a lab, why a question is asked."""
    run, words = scene.run, scene.words
    step = run.steps[run.index]
    if run.step == "brief":
        opening.count(scene)
    elif step.kind is StepKind.LAB:
        lab = words.labs[run.step]  # type: ignore[index]  # every lab has its words: checked when they are loaded
        paragraph(lab.alone)
        paragraph(lab.honest, "note")
    elif step.kind is StepKind.DEBRIEF:
        question = words.debrief.questions[min(run.position, len(words.debrief.questions) - 1)]
        paragraph(question.why)
        paragraph(question.model_answer, "note")
