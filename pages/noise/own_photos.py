"""One's own photographs: the way in, with what image rights ask for, and the approval of each."""

from __future__ import annotations

import streamlit as st

from activities.noise_to_image.run import PhotoId
from kit import settings
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from pages import frame
from pages.frame import _
from pages.noise import kitchen
from pages.noise.scene import SLUG, Photo, Scene
from pages.parts.bring import approval, bring, notes, reminder, removal, verdict
from pages.parts.prose import paragraph

PREFIX = f"{SLUG}.own"


def draw(scene: Scene) -> None:
    """The way in, with what image rights ask for; then what waits for somebody to look at it."""
    mine = decks.installed(settings.load())
    with st.expander(_("Bring photographs"), expanded=not mine and not scene.on_devices):
        left, right = st.columns([3, 2], gap="large")
        with right:
            reminder(scene.words.reminder)
        with left:
            bring(PREFIX, title=_("Our photographs"))
    notes(PREFIX)
    for deck in mine:
        if isinstance(deck, decks.BrokenDeck):
            frame.alert(frame.say(deck.error))
            removal(PREFIX, deck.id)
        else:
            _approvals(deck)
    whole = [deck for deck in mine if isinstance(deck, LoadedDeck)]
    if whole:
        with st.expander(_("Photographs on this machine: erase")):
            for deck in whole:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.text(deck_words(deck.deck.title, frame.lang()))
                    removal(PREFIX, deck.id)


def _approvals(deck: LoadedDeck) -> None:
    """Each picture that nobody has approved yet, with its two buttons."""
    waiting = [item for item in deck.deck.items if not item.approved]
    if not waiting:
        return
    paragraph(_("Look at each photograph. Only those that you approve go into the machine."), "note")
    with st.container(horizontal=True):
        for item in waiting:
            if len(item.versions) > 1:
                continue
            with st.container(width=190, border=True):
                kitchen.thumbnail(
                    Photo(
                        id=PhotoId(deck=deck.id, item=item.id),
                        title=deck_words(item.title, frame.lang()),
                        alt=deck_words(item.versions[0].alt, frame.lang()),
                        own=True,
                    )
                )
                st.text(deck_words(item.title, frame.lang()))
                verdict(PREFIX, deck, item)
    names = {
        Truth.REAL: _("The photograph"),
        Truth.GENERATED: _("Made by a machine"),
        Truth.ALTERED: _("Altered by a machine"),
        Truth.MISCAPTIONED: _("Under a false caption"),
    }
    for item in waiting:
        if len(item.versions) > 1:
            approval(PREFIX, deck, item, names)
