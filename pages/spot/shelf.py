"""One deck of this machine: its doubles made, each picture approved, the whole exported or removed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from kit.decks import render
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Item, Truth
from kit.decks.model import words as deck_words
from kit.images import generate
from pages import frame
from pages.frame import _
from pages.parts.bring import approval, removal
from pages.parts.prose import escape, paragraph
from pages.parts.taking import take
from pages.parts.working import drop, running, work
from pages.spot.scene import Scene

PREFIX = "spot_the_fake.own"
CALL = f"{PREFIX}.call"
FIDELITY = 0.65
"""Far enough from the photograph to go wrong, near enough to fool: chosen by eye on the default deck."""


def one(scene: Scene, deck: LoadedDeck) -> None:
    """A deck: what is missing, what waits for approval, what can be done with it."""
    waiting = [item for item in deck.deck.items if not item.approved]
    alone = [item for item in deck.deck.items if len(item.versions) == 1 and not item.portrait]
    with st.container(border=True):
        st.html(f'<h3 class="named">{escape(deck_words(deck.deck.title, frame.lang()))}</h3>')
        if alone:
            _doubles(scene, deck, alone)
        if waiting:
            paragraph(scene.words.own_deck.approve, "note")
            names = {truth: verdict.name for truth, verdict in scene.words.verdicts.items()}
            for item in waiting:
                approval(PREFIX, deck, item, names)
        with st.container(horizontal=True, vertical_alignment="center"):
            if not waiting:
                take(
                    _("Export"),
                    lambda: _zip(deck),
                    name=f"{deck.id}.zip",
                    mime="application/zip",
                    key=f"{PREFIX}.export.{deck.id}",
                )
            removal(PREFIX, deck.id)


def _doubles(scene: Scene, deck: LoadedDeck, alone: list[Item]) -> None:
    """The generator makes a double of each photograph that has none, one after the other."""
    if not scene.run.may_generate:
        paragraph(_("Below 4e (13 years), only the facilitator generates: choose “With a group”."), "note")
        return
    call, asked = f"{CALL}.{deck.id}", f"{CALL}.asked.{deck.id}"
    begin = st.session_state.pop(asked, False)
    if not begin and not running(call):
        st.button(
            _("Make the missing doubles ({n})").format(n=len(alone)),
            type="primary",
            key=f"{PREFIX}.make.{deck.id}",
            on_click=st.session_state.__setitem__,
            args=(asked, True),
        )
        return
    item = alone[0]
    paragraph(_("Making a double of “{title}”").format(title=deck_words(item.title, frame.lang())), "kicker")
    photo, seed = render.picture(deck, item, Truth.REAL), scene.run.seed % 2**31
    made = work(
        call,
        lambda kit: kit.submit(generate.generate, [photo], seed=seed, size=480, fidelity=FIDELITY, weight="heavy"),
    )
    if made is None:
        return
    drop(call)
    decks.add_version(deck, item.id, Truth.GENERATED, made.image)
    if len(alone) > 1:
        st.session_state[asked] = True
    st.rerun()


def _zip(deck: LoadedDeck) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return decks.export(deck, Path(folder) / f"{deck.id}.zip").read_bytes()
