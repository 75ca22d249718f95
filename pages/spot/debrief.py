"""The discussion, and the sentences one keeps."""

from __future__ import annotations

from pages.frame import _
from pages.parts.closing import question, written
from pages.parts.furniture import bar
from pages.parts.prose import paragraph
from pages.spot.scene import Key, Scene


def draw(scene: Scene) -> None:
    """One question at a time."""
    words = scene.words.debrief
    asked = question(scene, words.questions, lead=words.lead, alone=words.alone)
    if scene.run.position == 0:
        paragraph(scene.words.small_generator, "caution")
    bar(scene, forward=asked.forward, back=asked.back)
    if asked.last and asked.forward == scene.run:
        paragraph(_("This is the end of the short format. Thank you!"), "big")


def trace(scene: Scene) -> None:
    """What everyone writes at the end, from a beginning of sentence."""
    written(scene, scene.words.trace, key=Key.TRACE, file_name="vrai-ou-ia.txt")
    bar(scene, forward=None, back=scene.run.previous_step())
    paragraph(
        _("This is the end of the first sitting. A second one awaits: true cases, a detector, your own images."), "note"
    )
