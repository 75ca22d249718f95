"""What every screen of « Le mot d'après » needs: the saved run, its words, what it computes or has recorded."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from activities.next_word import recorded
from activities.next_word.run import WordRun
from activities.next_word.words import Opening, Words
from kit.errors import KitError
from pages import frame
from pages.frame import _
from pages.parts import asking
from pages.parts.asking import Progress, Start
from pages.parts.prose import paragraph
from pages.parts.scene import StepScene

SLUG = "next_word"


class Key(StrEnum):
    """Widget and state keys of « Le mot d'après »."""

    GUESS = "next_word.guess"
    MODEL = "next_word.model"
    WITHOUT = "next_word.without"
    CUT = "next_word.cut"
    BET = "next_word.bet"
    SHOW = "next_word.show"
    PICK = "next_word.pick"
    AGAIN = "next_word.again"
    OWN_BEGINNING = "next_word.own_beginning"
    OPENING = "next_word.opening"
    SEED = "next_word.seed"
    TEMPERATURE = "next_word.temperature"
    TOP_K = "next_word.top_k"
    TOP_P = "next_word.top_p"
    CLAIM = "next_word.claim"
    CLAIM_SEED = "next_word.claim_seed"
    VERDICT = "next_word.verdict"
    CHECK = "next_word.check"
    SEARCH = "next_word.search"
    SURPRISING = "next_word.surprising"
    SOURCE = "next_word.source"
    OWN = "next_word.own"
    TRACE = "next_word.trace"
    CSV = "next_word.csv"


class Scene(StepScene[WordRun, Words]):
    """One screen to draw."""

    @property
    def places(self) -> int:
        """How many places the current step has."""
        counted = {
            "debrief": self.words.debrief.questions,
            "bets": self.words.openings,
            "facts": self.words.claims,
        }
        return len(counted.get(self.run.step, (None,)))

    @property
    def reveals(self) -> bool:
        """Whether the current step holds an answer back until somebody reveals it."""
        return self.run.step in ("bets", "facts")


def result(
    scene: Scene, lab: str, what: dict[str, Any], start: Start, *, label: str = "", progress: Progress | None = None
) -> Any | None:
    """What a lab computes of ``what``: here, after the button ``label`` if there is one; or what was recorded of it.

    None while there is nothing to show: then the button, the progress, or what is wrong is drawn.
    """
    if not scene.run.may_generate:
        return recorded.result(lab, what)
    said = json.dumps({**what, "model": scene.run.model, "without": scene.run.without}, ensure_ascii=False)
    try:
        if label:
            return asking.asked(scene, lab, said, start, label=label, patience=1.0, progress=progress)
        return asking.computed(scene, lab, said, start)
    except KitError as error:  # the text that caused it stays in its box, and the way on stays open
        frame.alert(frame.say(error))
        return None


def say_recorded(scene: Scene) -> None:
    """Where the level asks for it: why nothing is computed here, and that what follows is not live."""
    if not scene.run.may_generate:
        paragraph(_("Below 4e (13 years), only the facilitator generates: choose “With a group”."), "note")
        paragraph(_("What follows was recorded when this kit was made. It is not computed now."), "note")


def gloss(opening: Opening, text: str) -> None:
    """What a beginning of the kit says, for those who read no French."""
    if opening.gloss and text == opening.text:
        paragraph(opening.gloss, "source")
