"""The discussion, and the sentences one keeps."""

from __future__ import annotations

from pages.frame import _
from pages.parts import closing
from pages.word.scene import Scene


def debrief(scene: Scene) -> None:
    """One question at a time; at the first, what became of the bets, and what nobody should leave without."""
    closing.debrief(scene, caution=scene.words.debrief.mandate)


def trace(scene: Scene) -> None:
    """What everyone writes at the end, from a beginning of sentence."""
    ahead = _("This is the end of the first sitting. A second one awaits: words that surprise, a model that learns.")
    closing.trace(scene, file_name="le-mot-d-apres.txt", ahead=ahead)
