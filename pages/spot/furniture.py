"""The words of the picture's tools in « Vrai ou IA ? »."""

from __future__ import annotations

from pages.frame import _
from pages.spot.scene import Scene


def stage_labels() -> dict[str, str]:
    """The words of the picture's tools."""
    return {
        "magnifier": _("Magnifier"),
        "help": _("The picture. Arrows move the magnifier, Enter places your doubt, Escape closes."),
        "point": _("Touch the picture where you doubt."),
        "placed": _("Your doubt is marked."),
        "remove": _("Remove the mark"),
        "show": _("Show the picture"),
        "hidden": "",
    }


def hide_until_shown(scene: Scene) -> dict[str, str]:
    """The tools' words, with what is said once the display time is over."""
    return {**stage_labels(), "hidden": scene.words.sorting.hidden}
