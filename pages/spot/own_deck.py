"""A deck of one's own: photographs in, faces refused, doubles made, each picture approved before it is played."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from kit import compute, settings
from kit.decks import store as decks
from kit.decks.making import Photograph
from kit.decks.model import words as deck_words
from kit.errors import BadImage, BadInput, KitError
from kit.images import faces, intake
from pages import frame
from pages.frame import _
from pages.parts.prose import escape
from pages.spot.furniture import bar, heading
from pages.spot.scene import Scene
from pages.spot.shelf import PREFIX, one, removal

NOTES = f"{PREFIX}.notes"
MOST = 12
LICENCE = "CC BY-SA 4.0"
TYPES = ["jpg", "jpeg", "png", "webp", "heic", "heif", "bmp", "gif", "tif", "tiff", "avif", "svg"]
"""What the chooser shows. The door tells in a sentence why it refuses some of them."""


def draw(scene: Scene) -> None:
    """Bring, make, approve, share."""
    words = scene.words.own_deck
    heading(scene, lead=words.lead)
    left, right = st.columns([3, 2], gap="large")
    with right:
        reminder = "".join(f"<li>{escape(line)}</li>" for line in words.reminder)
        st.html(f'<section class="card"><ul>{reminder}</ul></section>')
    with left:
        _bring()
    for kind, sentence in st.session_state.pop(NOTES, []):
        frame.alert(sentence, kind)
    mine = decks.installed(settings.load())
    if mine:
        st.subheader(_("Decks on this machine"), anchor=False)
    for deck in mine:
        if isinstance(deck, decks.BrokenDeck):
            frame.alert(frame.say(deck.error))
            removal(deck.id)
        else:
            one(scene, deck)
    bar(scene, forward=None, back=scene.run.previous_step())


# -- in ----------------------------------------------------------------------------------------------------------


def _bring() -> None:
    """Photographs, or a deck somebody shared. Both enter by the one door."""
    camera = st.toggle(_("Use the camera of this machine"), key=f"{PREFIX}.camera")
    with st.form(f"{PREFIX}.bring", border=False, clear_on_submit=True):
        files = st.file_uploader(_("Photographs of objects or places"), type=TYPES, accept_multiple_files=True)
        shot = st.camera_input(_("Or take one")) if camera else None
        title = st.text_input(_("Title of the deck"), max_chars=60)
        credit = st.text_input(_("Who took the photographs (no names of pupils)"), max_chars=80)
        if st.form_submit_button(_("Add these photographs"), type="primary", key=f"{PREFIX}.add"):
            sent = [(file.name, file.getvalue()) for file in [*files, *([shot] if shot else [])]]
            _admit(sent, title, credit)
            st.rerun()
    with st.form(f"{PREFIX}.import", border=False, clear_on_submit=True):
        packed = st.file_uploader(_("Or import a deck (zip)"), type=["zip"])
        if st.form_submit_button(_("Import"), key=f"{PREFIX}.import.button") and packed is not None:
            _import(packed.name, packed.getvalue())
            st.rerun()


def _note(kind: str, sentence: str) -> None:
    st.session_state.setdefault(NOTES, []).append((kind, sentence))


def _admit(sent: list[tuple[str, bytes]], title: str, credit: str) -> None:
    """Read each photograph in a worker, refuse faces, and write what is left to disk at once."""
    photos = []
    for name, data in sent[:MOST]:
        try:
            photos.append(Photograph(title=Path(name).stem[:60], real=_read(name, data)))
        except KitError as error:
            _note("error", frame.say(error))
    if len(sent) > MOST:
        _note("error", _("{most} photographs at most: the others were left out.").format(most=MOST))
    try:
        if not credit.strip():
            raise BadInput("Say who took the photographs, for example “the class of 6e B”. Then add them again.")
        made = decks.make(settings.load(), title=title, photos=photos, credit=credit, licence=LICENCE)
    except KitError as error:
        _note("error", frame.say(error))
        return
    _note("done", _("“{title}” is saved on this machine.").format(title=deck_words(made.deck.title, frame.lang())))


def _read(name: str, data: bytes) -> np.ndarray:
    kit = compute.connect(settings.load())
    taken = kit.run(intake.read_image, data, name, weight="light")
    for note in taken.notes:
        _note("done", note.text(_))
    if kit.run(faces.find_faces, taken.pixels, weight="light"):
        raise BadImage("“{name}” seems to show a face. Choose an object or a place: no face is generated.", name=name)
    return taken.pixels


def _import(name: str, data: bytes) -> None:
    try:
        files = compute.connect(settings.load()).run(decks.clean, data, name, weight="light")
        new = decks.install_files(files, settings.load())
    except KitError as error:
        _note("error", frame.say(error))
    else:
        _note("done", _("“{title}” is ready.").format(title=deck_words(new.deck.title, frame.lang())))
