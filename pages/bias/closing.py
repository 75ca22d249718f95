"""The discussion, and the sentences one keeps."""

from __future__ import annotations

from pages.bias.scene import Scene
from pages.frame import _
from pages.parts import closing


def debrief(scene: Scene) -> None:
    """One question at a time; at the first, what became of the bets, and what nobody should leave without."""
    closing.debrief(scene, caution=scene.words.debrief.mandate)


def trace(scene: Scene) -> None:
    """What everyone writes at the end, from a beginning of sentence."""
    ahead = _("This is the end of the first sitting. A second one awaits: an audit, sorting by hand, word vectors.")
    closing.trace(scene, file_name="sonder-les-biais.txt", ahead=ahead)
