"""Photographs of one's own, for any activity: by file or by camera, faces refused, each one approved before it is used.

``prefix`` begins every widget key and note: an activity's own, so that two of them never mix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from kit import compute, settings
from kit.decks import render
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.making import Photograph
from kit.decks.model import Item, Truth
from kit.decks.model import words as deck_words
from kit.errors import BadInput, KitError
from kit.images import intake
from kit.images.admission import admit
from pages import frame
from pages.frame import _
from pages.parts.prose import escape

MOST = 12
LICENCE = "CC BY-SA 4.0"
TYPES = ["jpg", "jpeg", "png", "webp", "heic", "heif", "bmp", "gif", "tif", "tiff", "avif", "svg"]
"""What the chooser shows. The door tells in a sentence why it refuses some of them."""


def reminder(lines: Sequence[str]) -> None:
    """What to respect before one photographs."""
    st.html(f'<section class="card"><ul>{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul></section>')


# -- in ----------------------------------------------------------------------------------------------------------


def bring(prefix: str, *, title: str = "") -> None:
    """Photographs become a deck of this machine, called ``title`` unless another name is given."""
    # Part of the keys of what is emptied once a deck is saved; after a refusal, everything is still there.
    turn = st.session_state.setdefault(f"{prefix}.round", 0)
    if st.toggle(_("Use the camera of this machine"), key=f"{prefix}.camera"):
        _take(prefix, turn)
    with st.form(f"{prefix}.bring.{turn}", border=False):
        files = st.file_uploader(
            _("Photographs of objects or places"),
            type=TYPES,
            accept_multiple_files=True,
            max_upload_size=intake.MAX_BYTES // 2**20,
        )
        name = st.text_input(_("Title of the deck"), value=title, max_chars=60)
        credit = st.text_input(_("Who took the photographs (no names of pupils)"), max_chars=80)
        if st.form_submit_button(_("Add these photographs"), type="primary", key=f"{prefix}.add"):
            shot = _("Photograph {n}")
            shots = st.session_state.get(f"{prefix}.shots", [])
            sent = [(shot.format(n=n) + ".jpg", data) for n, data in enumerate(shots, 1)]
            if _admit(prefix, [*sent, *((file.name, file.getvalue()) for file in files)], name, credit):
                st.session_state.pop(f"{prefix}.shots", None)
                st.session_state[f"{prefix}.round"] += 1
            st.rerun()


def _take(prefix: str, turn: int) -> None:
    """The camera. What it takes waits in this session for its deck, one photograph after the other."""
    taken = st.camera_input(_("Take photographs"), resolution="720p", key=f"{prefix}.shoot.{turn}")
    shots: list[bytes] = st.session_state.setdefault(f"{prefix}.shots", [])
    # The widget answers with the same photograph at every run until another is taken: its number tells.
    if taken is not None and taken.file_id != st.session_state.get(f"{prefix}.last"):
        st.session_state[f"{prefix}.last"] = taken.file_id
        shots.append(taken.getvalue())
    if shots:
        text = _("Photographs taken and not saved yet: {n}. Give the deck a title, then add them.")
        st.html(f'<p class="note" role="status">{escape(text.format(n=len(shots)))}</p>')


def _admit(prefix: str, sent: list[tuple[str, bytes]], title: str, credit: str) -> bool:
    """Read each photograph in a worker, refuse faces, and write what is left to disk at once.

    False if something else is missing: then the photographs still wait, and nobody has to choose or take them again.
    """
    photos = []
    for name, data in sent[:MOST]:
        try:
            photos.append(Photograph(title=Path(name).stem[:60], real=_read(prefix, name, data)))
        except KitError as error:
            note(prefix, "error", frame.say(error))
    if len(sent) > MOST:
        note(prefix, "error", _("{most} photographs at most: the others were left out.").format(most=MOST))
    return save(prefix, photos, title, credit) or not photos


def save(prefix: str, photos: Sequence[Photograph], title: str, credit: str, *, approved: bool = False) -> bool:
    """Write a deck of these photographs to disk, and say so, or what is missing; whether it was written."""
    try:
        if not credit.strip():
            raise BadInput("Say who took the photographs, for example “the class of 6e B”. Then add them again.")
        made = decks.make(
            settings.load(), title=title, photos=photos, credit=credit, licence=LICENCE, approved=approved
        )
    except KitError as error:
        note(prefix, "error", frame.say(error))
        return False
    saved = _("“{title}” is saved on this machine.")
    note(prefix, "done", saved.format(title=deck_words(made.deck.title, frame.lang())))
    return True


def _read(prefix: str, name: str, data: bytes) -> np.ndarray:
    taken = compute.connect(settings.load()).run(admit, data, name, weight="light")
    for remark in taken.notes:
        note(prefix, "done", remark.text(_))
    return taken.pixels


# -- what is said ------------------------------------------------------------------------------------------------


def note(prefix: str, kind: str, sentence: str) -> None:
    """Keep a sentence for the next drawing, ``kind`` error or done. What is true of several files is said once."""
    kept = st.session_state.setdefault(f"{prefix}.notes", [])
    if (kind, sentence) not in kept:
        kept.append((kind, sentence))


def notes(prefix: str) -> None:
    """Say what was kept, once."""
    for kind, sentence in st.session_state.pop(f"{prefix}.notes", []):
        frame.alert(sentence, kind)


# -- approved, or out ----------------------------------------------------------------------------------------------


def approval(prefix: str, deck: LoadedDeck, item: Item, names: Mapping[Truth, str]) -> None:
    """A picture and its doubles, each under its name, with the buttons that let it in or throw it out."""
    columns = st.columns([2, 2, 1], vertical_alignment="center")
    for column, version in zip(columns, item.versions, strict=False):
        with column:
            st.image(
                render.png(render.picture(deck, item, version.truth)),
                width="stretch",
                alt=deck_words(version.alt, frame.lang()),
            )
            st.caption(names[version.truth])
    with columns[2]:
        verdict(prefix, deck, item)


def verdict(prefix: str, deck: LoadedDeck, item: Item) -> None:
    """The two buttons: approve, reject."""
    place = f"{deck.id}.{item.id}"
    st.button(_("Approve"), on_click=frame.guarded(decks.approve), args=(deck, item.id), key=f"{prefix}.yes.{place}")
    st.button(_("Reject"), on_click=frame.guarded(_reject), args=(deck, item.id), key=f"{prefix}.no.{place}")


def _reject(deck: LoadedDeck, item_id: str) -> None:
    if len(deck.deck.items) == 1:
        decks.remove(deck.id, settings.load())
    else:
        decks.discard(deck, item_id)


def removal(prefix: str, deck_id: str) -> None:
    """The way to erase a deck, broken or not, in two gestures."""
    with st.popover(_("Remove")):
        st.button(
            _("Yes, erase this deck"),
            on_click=frame.guarded(decks.remove),
            args=(deck_id, settings.load()),
            key=f"{prefix}.remove.{deck_id}",
        )
