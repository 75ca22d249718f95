"""A deck of one's own: photographs in, faces refused, doubles made, each picture approved before it is played."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kit import archives, compute, settings
from kit.decks import store as decks
from kit.decks.model import words as deck_words
from kit.errors import KitError
from pages import frame
from pages.frame import _
from pages.parts import photographs
from pages.parts.bring import bring, note, notes, reminder, removal
from pages.parts.furniture import bar, heading
from pages.spot.scene import Scene
from pages.spot.shelf import PREFIX, one


def draw(scene: Scene) -> None:
    """Bring, make, approve, share."""
    words = scene.words.own_deck
    if scene.led is None:
        heading(scene, lead=words.lead)
        _bring(words.reminder)
        notes(PREFIX)
    else:
        heading(scene)
        photographs.room(scene, PREFIX, words.reminder)
        if scene.handles:
            with st.expander(_("Photographs or a deck from this machine")):
                _bring(words.reminder)
    if scene.handles:
        _shelf(scene)
    bar(scene, forward=None, back=scene.run.previous_step())


def device(scene: Scene) -> None:
    """The same step on a device of a class: it sends photographs."""
    photographs.device(scene, scene.words.own_deck.reminder)


def _bring(lines: Sequence[str]) -> None:
    left, right = st.columns([3, 2], gap="large")
    with right:
        reminder(lines)
    with left:
        bring(PREFIX)
        _bring_deck()


def _shelf(scene: Scene) -> None:
    mine = decks.installed(settings.load())
    if mine:
        st.subheader(_("Decks on this machine"), anchor=False)
    for deck in mine:
        if isinstance(deck, decks.BrokenDeck):
            frame.alert(frame.say(deck.error))
            removal(PREFIX, deck.id)
        else:
            one(scene, deck)


def _bring_deck() -> None:
    """A deck somebody shared. It enters by the same door."""
    with st.form(f"{PREFIX}.import", border=False, clear_on_submit=True):
        packed = st.file_uploader(
            _("Or import a deck (zip)"), type=["zip"], max_upload_size=archives.MAX_BYTES // 2**20
        )
        if st.form_submit_button(_("Import"), key=f"{PREFIX}.import.button") and packed is not None:
            _import(packed.name, packed.getvalue())
            st.rerun()


def _import(name: str, data: bytes) -> None:
    try:
        files = compute.connect(settings.load()).run(decks.clean, data, name, weight="light")
        new = decks.install_files(files, settings.load())
    except KitError as error:
        note(PREFIX, "error", frame.say(error))
    else:
        note(PREFIX, "done", _("“{title}” is ready.").format(title=deck_words(new.deck.title, frame.lang())))
