"""Before the activity: alone or with a group, how long, for whom."""

from __future__ import annotations

import secrets

import streamlit as st

from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.run import Plan, SortingRun
from activities.spot_the_fake.words import Words
from kit import settings
from kit.decks import store as decks
from kit.decks.model import words as deck_words
from kit.levels import Level
from kit.steps import Mode
from pages import frame
from pages.frame import _
from pages.parts.prose import paragraph
from pages.spot.scene import Key, save

SECONDS = {0: "free", 20: "20", 5: "5", 1: "1"}


def draw(words: Words) -> None:
    """The choices, then the button."""
    st.title(words.title, anchor=False)
    paragraph(words.tagline, "lead")
    left, right = st.columns([3, 2], gap="large")
    with right:
        paragraph(words.small_generator, "caution")
    with left:
        mode = _modes()
        plan = _plans()
        level = st.selectbox(
            _("For whom?"),
            list(SPOT_THE_FAKE.levels),
            index=len(SPOT_THE_FAKE.levels) - 1,
            format_func=frame.level_name,
            key=Key.LEVEL,
        )
        with st.expander(_("More choices")):
            seconds = st.radio(
                _("How long each image is shown"),
                list(SECONDS),
                key=Key.SECONDS,
                horizontal=True,
                format_func=lambda s: words.sorting.display_time[SECONDS[s]],
            )
            scores = st.toggle(_("Count the results at the end"), value=True, key=Key.SCORES)
            cards = st.toggle(_("Some photographs come with a post that may be false"), key=Key.CARDS)
            views = frame.is_here() and st.toggle(_("Offer the forensic views during the rounds"), key=Key.VIEWS)
            deck = _decks()
        if st.button(_("Start"), type="primary", key=Key.START):
            start(mode, plan, level, seconds=seconds, cards=cards, views=views, scores=scores, deck=deck)
            st.rerun()


def _modes() -> Mode:
    names = {Mode.SELF_PACED: _("Alone, at my own pace"), Mode.PROJECTED: _("With a group: I project this screen")}
    captions = [_("You move on when you like."), _("The room answers with slates or hands; you type the counts.")]
    return st.radio(_("How do you work?"), list(names), format_func=names.__getitem__, captions=captions, key=Key.MODE)


def _plans() -> Plan:
    short = sum(minutes for _step, minutes in SPOT_THE_FAKE.short)
    second = sum(step.minutes for step in SPOT_THE_FAKE.sitting(2))
    names = {
        Plan.LESSON: _("One lesson, {minutes} minutes").format(minutes=SPOT_THE_FAKE.minutes),
        Plan.SHORT: _("{minutes} minutes").format(minutes=short),
        Plan.SECOND: _("Second sitting, {minutes} minutes").format(minutes=second),
    }
    captions = [
        _("Two rounds of eight images, with a lesson in between."),
        _("One round of four images."),
        _("True cases, forensic views, a detector to train, your own images."),
    ]
    return st.radio(_("How long?"), list(names), format_func=names.__getitem__, captions=captions, key=Key.PLAN)


def _decks() -> str:
    mine = [deck for deck in decks.installed(settings.load()) if isinstance(deck, decks.LoadedDeck)]
    titles = {deck.id: deck_words(deck.deck.title, frame.lang()) for deck in [decks.default(), *mine]}
    return st.selectbox(_("Which images?"), list(titles), format_func=titles.__getitem__, key=Key.DECK)


def start(mode: Mode, plan: Plan, level: Level, **choices: object) -> None:
    """Begin a run. The seed, and the half of the room, come by chance."""
    first = SPOT_THE_FAKE.sitting(2)[0] if plan is Plan.SECOND else SPOT_THE_FAKE.steps[0]
    chance = {"seed": secrets.randbits(63), "half": secrets.randbelow(2)}
    save(SortingRun.model_validate({"mode": mode, "plan": plan, "level": level, "step": first.id, **chance, **choices}))
