"""Before the activity: alone or with a group, how long, for whom."""

from __future__ import annotations

from activities.next_word.run import WordRun
from activities.next_word.words import Words
from kit.walk import Plan
from pages.frame import _
from pages.parts import starting


def draw(words: Words) -> None:
    """The choices, then the button."""
    captions = {
        Plan.LESSON: _("Cut, bet, draw, check: how a model continues a text."),
        Plan.SHORT: _("The bets, the inventions, one question."),
        Plan.SECOND: _("The surprise of each word; a tiny model that learns before our eyes."),
    }
    starting.page(WordRun, words, caution=words.small_model, captions=captions)
