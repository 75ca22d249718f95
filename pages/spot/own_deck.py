"""A deck of one's own: photographs in, faces refused, doubles made, each picture approved before it is played."""

from __future__ import annotations

import tempfile
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
from kit.errors import BadImage, BadInput, KitError
from kit.images import faces, generate, intake
from kit.levels import Role, may_generate
from pages import frame
from pages.frame import _
from pages.parts.prose import escape, paragraph
from pages.parts.working import drop, running, work
from pages.spot.scene import Scene, bar, heading

PREFIX = "spot_the_fake.own"
NOTES = f"{PREFIX}.notes"
CALL = f"{PREFIX}.call"
MOST = 12
FIDELITY = 0.65
"""Far enough from the photograph to go wrong, near enough to fool: chosen by eye on the default deck."""
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
            _removal(deck.id)
        else:
            _one(scene, deck)
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


# -- one deck ------------------------------------------------------------------------------------------------------


def _one(scene: Scene, deck: LoadedDeck) -> None:
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
            _removal(deck.id)


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


def _removal(deck_id: str) -> None:
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
