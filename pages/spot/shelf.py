"""One deck of this machine: its doubles made, each picture approved, the whole exported or removed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from kit import settings
from kit.decks import render
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Item, Truth
from kit.decks.model import words as deck_words
from kit.images import generate
from kit.levels import Role, may_generate
from pages import frame
from pages.frame import _
from pages.parts.prose import escape, paragraph
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
        st.html(f"<h3>{escape(deck_words(deck.deck.title, frame.lang()))}</h3>")
        if alone:
            _doubles(scene, deck, alone)
        if waiting:
            paragraph(scene.words.own_deck.approve, "note")
            for item in waiting:
                _approval(scene, deck, item)
        with st.container(horizontal=True):
            if not waiting:
                st.download_button(
                    _("Export"),
                    data=lambda: _zip(deck),
                    file_name=f"{deck.id}.zip",
                    mime="application/zip",
                    key=f"{PREFIX}.export.{deck.id}",
                )
            removal(deck.id)


def _doubles(scene: Scene, deck: LoadedDeck, alone: list[Item]) -> None:
    """The generator makes a double of each photograph that has none, one after the other."""
    if not may_generate(scene.run.level, Role.FACILITATOR if scene.projected else Role.LEARNER):
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


def _approval(scene: Scene, deck: LoadedDeck, item: Item) -> None:
    columns = st.columns([2, 2, 1], vertical_alignment="center")
    for column, version in zip(columns, item.versions, strict=False):
        with column:
            st.image(
                render.png(render.picture(deck, item, version.truth)),
                width="stretch",
                alt=deck_words(version.alt, frame.lang()),
            )
            st.caption(scene.words.verdicts[version.truth].name)
    with columns[2]:
        place = f"{deck.id}.{item.id}"
        st.button(_("Approve"), on_click=decks.approve, args=(deck, item.id), key=f"{PREFIX}.yes.{place}")
        st.button(_("Reject"), on_click=_reject, args=(deck, item.id), key=f"{PREFIX}.no.{place}")


def _reject(deck: LoadedDeck, item_id: str) -> None:
    if len(deck.deck.items) == 1:
        decks.remove(deck.id, settings.load())
    else:
        decks.discard(deck, item_id)


def removal(deck_id: str) -> None:
    """The way to erase a deck, broken or not, in two gestures."""
    with st.popover(_("Remove")):
        st.button(
            _("Yes, erase this deck"),
            on_click=decks.remove,
            args=(deck_id, settings.load()),
            key=f"{PREFIX}.remove.{deck_id}",
        )


def _zip(deck: LoadedDeck) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return decks.export(deck, Path(folder) / f"{deck.id}.zip").read_bytes()
