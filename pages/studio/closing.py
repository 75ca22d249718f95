"""The discussion that ends the activity."""

from __future__ import annotations

from pages.parts import closing
from pages.studio.scene import Scene


def debrief(scene: Scene) -> None:
    """One question at a time; at the first, what became of the bets."""
    closing.debrief(scene, caution=scene.words.caution)
