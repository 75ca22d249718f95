"""Before the activity: alone or with a group, how long, for whom."""

from __future__ import annotations

from activities.probe_bias.run import BiasRun
from activities.probe_bias.words import Words
from kit.walk import Plan
from pages.frame import _
from pages.parts import starting


def draw(words: Words) -> None:
    """The choices, then the button."""
    captions = {
        Plan.LESSON: _("Measure, trace it to the corpus, make a bias, repair it."),
        Plan.SHORT: _("Two sentences, the corpus, one question."),
        Plan.SECOND: _("The sentence with a blank, a whole audit, sorting by hand, word vectors."),
    }
    starting.page(BiasRun, words, caution=words.small_model, captions=captions)
