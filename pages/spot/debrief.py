"""The discussion, and the sentences one keeps."""

from __future__ import annotations

from pages.frame import _
from pages.parts import closing
from pages.parts.closing import onward, question
from pages.parts.prose import paragraph
from pages.spot.scene import Scene


def draw(scene: Scene) -> None:
    """One question at a time."""
    words = scene.words.debrief
    asked = question(scene, words.questions, lead=words.lead, alone=words.alone)
    if scene.run.position == 0:
        paragraph(scene.words.small_generator, "caution")
    onward(scene, asked)


def trace(scene: Scene) -> None:
    """What everyone writes at the end, from a beginning of sentence."""
    ahead = _("This is the end of the first sitting. A second one awaits: true cases, a detector, your own images.")
    closing.trace(scene, file_name="vrai-ou-ia.txt", ahead=ahead)
