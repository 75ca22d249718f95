"""Before the activity: alone or with a group, how long, for whom."""

from __future__ import annotations

from activities.noise_to_image.run import NoiseRun
from activities.noise_to_image.words import Words
from kit.walk import Plan
from pages.frame import _
from pages.parts import starting


def draw(words: Words) -> None:
    """The choices, then the button."""
    captions = {
        Plan.LESSON: _("Noise becomes a picture; each pixel says where it came from."),
        Plan.SHORT: _("The film, the map, one question."),
        Plan.SECOND: _("Your own photographs, an altered picture, a large model if there is one."),
    }
    starting.page(NoiseRun, words, caution=words.small_generator, captions=captions)
