"""The discussion, and the sentences one keeps."""

from __future__ import annotations

from pages.frame import _
from pages.noise.scene import Key, Scene
from pages.parts.closing import question, written
from pages.parts.furniture import bar
from pages.parts.opening import recalled
from pages.parts.prose import paragraph


def debrief(scene: Scene) -> None:
    """One question at a time; at the first, what became of the bets."""
    words, place = scene.words.debrief, scene.run.position
    asked = question(scene, words.questions, lead=words.lead, alone=words.alone)
    if place == 0:
        recalled(scene)
        paragraph(scene.words.labs["origin"].honest, "caution")
    bar(scene, forward=asked.forward, back=asked.back)
    if asked.last and asked.forward == scene.run:
        paragraph(_("This is the end of the short format. Thank you!"), "big")


def trace(scene: Scene) -> None:
    """What everyone writes at the end, from a beginning of sentence."""
    written(scene, scene.words.trace, key=Key.TRACE, file_name="du-bruit-a-l-image.txt")
    bar(scene, forward=None, back=scene.run.previous_step())
    paragraph(
        _("This is the end of the first sitting. A second one awaits: your own photographs, an altered picture."),
        "note",
    )
