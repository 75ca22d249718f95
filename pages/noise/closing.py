"""The discussion, and the sentences one keeps."""

from __future__ import annotations

from pages.frame import _
from pages.noise.scene import Scene
from pages.parts import closing


def debrief(scene: Scene) -> None:
    """One question at a time; at the first, what became of the bets, and where the pixels came from."""
    closing.debrief(scene, caution=scene.words.labs["origin"].honest)


def trace(scene: Scene) -> None:
    """What everyone writes at the end, from a beginning of sentence."""
    ahead = _("This is the end of the first sitting. A second one awaits: your own photographs, an altered picture.")
    closing.trace(scene, file_name="du-bruit-a-l-image.txt", ahead=ahead)
