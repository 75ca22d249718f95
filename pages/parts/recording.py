"""What a lab shows: computed here, or recorded when the kit was made, and then it says so."""

from __future__ import annotations

import json
from typing import Any, Protocol

from kit import recorded
from kit.errors import KitError
from pages import frame
from pages.frame import _
from pages.parts import asking
from pages.parts.asking import LabScene, Progress, Start
from pages.parts.prose import paragraph


class Glossed(Protocol):
    """A text of the kit in French, and what it says."""

    @property
    def text(self) -> str: ...
    @property
    def gloss(self) -> str: ...


def result(
    scene: LabScene, lab: str, what: dict[str, Any], start: Start, *, label: str = "", progress: Progress | None = None
) -> Any | None:
    """What a lab computes of ``what``: here, after the button ``label`` if there is one; or what was recorded of it.

    For a run whose ``model`` and ``without`` say which language model is asked, and which names it never writes.
    None while there is nothing to show: then the button, the progress, or what is wrong is drawn.
    """
    if not scene.run.may_generate:
        return recorded.result(scene.slug, lab, what)
    said = json.dumps({**what, "model": scene.run.model, "without": scene.run.without}, ensure_ascii=False)
    try:
        if label:
            return asking.asked(scene, lab, said, start, label=label, patience=1.0, progress=progress)
        return asking.computed(scene, lab, said, start)
    except KitError as error:  # the text that caused it stays in its box, and the way on stays open
        frame.alert(frame.say(error))
        return None


def say_recorded(scene: LabScene) -> None:
    """Where the level asks for it: why nothing is computed here, and that what follows is not live."""
    if not scene.run.may_generate:
        paragraph(_("Below 4e (13 years), only the facilitator generates: choose “With a group”."), "note")
        paragraph(_("What follows was recorded when this kit was made. It is not computed now."), "note")


def gloss(opening: Glossed, text: str) -> None:
    """What a beginning of the kit says, for those who read no French."""
    if opening.gloss and text == opening.text:
        paragraph(opening.gloss, "source")
