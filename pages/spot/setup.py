"""Before the activity: alone or with a group, how long, for whom."""

from __future__ import annotations

import secrets

import streamlit as st

from activities.spot_the_fake import sitting
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.run import SortingRun
from activities.spot_the_fake.words import Words
from kit import settings
from kit.decks import store as decks
from kit.decks.model import words as deck_words
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan
from pages import frame
from pages.frame import _
from pages.parts.prose import paragraph
from pages.parts.starting import begin, gathering, levels, modes, plans
from pages.spot.scene import Key

SECONDS = {0: "free", 20: "20", 5: "5", 1: "1"}


def draw(words: Words) -> None:
    """The choices, then the button."""
    st.title(words.title, anchor=False)
    paragraph(words.tagline, "lead")
    left, right = st.columns([3, 2], gap="large")
    with right:
        paragraph(words.small_generator, "caution")
    with left:
        captions = {
            Plan.LESSON: _("Two rounds of eight images, with a lesson in between."),
            Plan.SHORT: _("One round of four images."),
            Plan.SECOND: _("True cases, forensic views, a detector to train, your own images."),
        }
        mode, plan, level = modes(SPOT_THE_FAKE.slug), plans(SPOT_THE_FAKE, captions), levels(SPOT_THE_FAKE)
        opening = gathering(SPOT_THE_FAKE.slug) if mode is Mode.CLASS else None
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
            run = made(mode, plan, level, seconds=seconds, cards=cards, views=views, scores=scores, deck=deck)
            begin(run, opening)


def _decks() -> str:
    mine = [deck for deck in decks.installed(settings.load()) if isinstance(deck, decks.LoadedDeck)]
    titles = {deck.id: deck_words(deck.deck.title, frame.lang()) for deck in [decks.default(), *mine]}
    return st.selectbox(_("Which images?"), list(titles), format_func=titles.__getitem__, key=Key.DECK)


def made(mode: Mode, plan: Plan, level: Level, **choices: object) -> SortingRun:
    """A run that begins. The seed, and the half of the room, come by chance."""
    chance = {"seed": secrets.randbits(63), "half": secrets.randbelow(2)}
    run = SortingRun.model_validate(
        {"mode": mode, "plan": plan, "level": level, "step": SortingRun.planned(plan)[0].id, **chance, **choices}
    )
    compose = sitting.short if plan is Plan.SHORT else sitting.compose
    forms = compose(decks.find(run.deck, settings.load()), seed=run.seed, half=run.half, with_cards=run.cards).forms
    return run.having(images=len(forms["A"]))
