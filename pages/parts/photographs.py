"""Photographs of a class: a device takes and sends them, whoever leads looks at each, the room sees those approved."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from kit import compute, settings
from kit.classroom.classes import Class
from kit.classroom.photographs import MOST_EACH, Photograph
from kit.classroom.tables import LONGEST_CAPTION
from kit.decks import render
from kit.decks.making import Photograph as Item
from kit.errors import KitError
from kit.images import intake
from kit.images.admission import admit
from pages import frame
from pages.frame import _
from pages.parts.bring import note, notes, reminder, save
from pages.parts.furniture import heading
from pages.parts.picture import address, picture
from pages.parts.prose import escape, paragraph
from pages.parts.scene import StepScene, desk_of
from pages.parts.uploads import release
from serve import speaks_https

AnyScene: TypeAlias = StepScene[Any, Any]
PREFIX = "class.photographs"
"""What the keys of these widgets begin with."""
DRAFT = f"{PREFIX}.draft"
"""State key: the photograph that was chosen and not sent yet, as a PNG."""
TURN = f"{PREFIX}.turn"
"""State key: a part of the keys of what is emptied once a photograph was read."""
MINE = f"{PREFIX}.mine"
"""State key: the marks of what this device has sent, as they were drawn last."""
MAX_SIDE = 960
"""Pixels of the longer side at which a photograph is looked at, twice those of a picture that is played."""


# -- on a participant's device ---------------------------------------------------------------------------------------


def device(scene: AnyScene, lines: Sequence[str]) -> None:
    """Take or choose a photograph, look at it, send it; what became of those sent. ``lines``: what to respect."""
    led, work = scene.led, desk_of(type(scene.run)).work
    if led is None or work is None:
        return
    sent = frame.store().photographs.sent(led.id, work.number)
    chosen = DRAFT in st.session_state
    heading(scene, lead="" if chosen else None)
    if not chosen:
        paragraph(_("No face, no name. Whoever leads looks at each photograph before the room does."), "note")
    _tell_of_those_gone(sent)
    notes(PREFIX)
    if chosen:
        _look(scene, led)
    elif len(sent) < MOST_EACH:
        _choose()
    else:
        paragraph(_("You have sent {most} photographs. Take one back to send another.").format(most=MOST_EACH), "said")
    for photograph in sent:
        _sent(led, photograph)
    reminder(lines)


def _tell_of_those_gone(sent: Sequence[Photograph]) -> None:
    """Say, once, that whoever leads has taken a photograph out."""
    marks = {photograph.mark for photograph in sent}
    if st.session_state.get(MINE, marks) - marks:
        note(PREFIX, "error", _("A photograph was not kept. Choose an object or a place, then send another one."))
    st.session_state[MINE] = marks


def _choose() -> None:
    """The device's own camera or a file; over https its camera in the page too, for those that have no other way."""
    turn = st.session_state.setdefault(TURN, 0)
    came = st.file_uploader(
        _("Take a photograph, or choose one"),
        type=["image/*"],
        key=f"{PREFIX}.file.{turn}",
        max_upload_size=intake.MAX_BYTES // 2**20,
    )
    if speaks_https() and st.toggle(_("Use the camera of this device"), key=f"{PREFIX}.camera"):
        came = came or st.camera_input(_("Take a photograph"), resolution="720p", key=f"{PREFIX}.shoot.{turn}")
    if came is not None:
        with st.spinner(_("Looking at the photograph…")):
            _read(came)
        st.session_state[TURN] += 1
        st.rerun()


def _read(came: UploadedFile) -> None:
    """Make of what came the picture that the room would see; or say why it is refused."""
    try:
        taken = compute.connect(settings.load()).run(
            admit, came.getvalue(), came.name, max_side=MAX_SIDE, weight="light"
        )
    except KitError as error:
        note(PREFIX, "error", frame.say(error))
    else:
        out = io.BytesIO()
        Image.fromarray(render.fit(taken.pixels)).save(out, format="PNG")
        st.session_state[DRAFT] = out.getvalue()
    release(came)


def _look(scene: AnyScene, led: Class) -> None:
    """The photograph as the room would see it, with what it shows; then it is sent, or another one is taken."""
    picture(st.session_state[DRAFT], _("The photograph that you chose"))
    paragraph(_("This is what is kept: the middle of the photograph, without its place or date."), "source")
    caption = f"{PREFIX}.caption.{st.session_state[TURN]}"
    st.text_input(_("What does it show? (no names)"), max_chars=LONGEST_CAPTION, key=caption)

    def send() -> None:
        step, png = scene.run.steps[scene.run.index], st.session_state[DRAFT]
        frame.store().photographs.send(led.id, frame.device(), step, png, st.session_state[caption])
        st.session_state.pop(DRAFT, None)
        note(PREFIX, "done", _("Your photograph is saved. Whoever leads looks at it."))

    with st.container(horizontal=True):
        st.button(_("Send it"), key=f"{PREFIX}.send", type="primary", on_click=frame.guarded(send, repeatable=True))
        st.button(_("Choose another one"), key=f"{PREFIX}.again", on_click=lambda: st.session_state.pop(DRAFT, None))


def _sent(led: Class, photograph: Photograph) -> None:
    png = frame.store().photographs.picture(led.id, photograph.mark)
    if png is None:  # gone at this very moment
        return

    def take_back() -> None:
        frame.store().photographs.take_back(led.id, frame.device(), photograph.mark)
        st.session_state[MINE] = st.session_state.get(MINE, set()) - {photograph.mark}

    with st.container(border=True, key=f"class-photograph-{photograph.mark}"):
        picture(png, photograph.caption or _("A photograph that you sent"))
        if photograph.caption:
            st.text(photograph.caption)
        with st.container(horizontal=True, vertical_alignment="center"):
            paragraph(_("The room sees it.") if photograph.approved else _("Saved. Not approved yet."), "source")
            st.button(_("Take it back"), key=f"{PREFIX}.back.{photograph.mark}", on_click=frame.guarded(take_back))


# -- for whoever leads -----------------------------------------------------------------------------------------------


def desk(scene: AnyScene, led: Class) -> None:
    """The photographs that wait, one by one; those approved, to be taken out again."""
    photographs = frame.store().photographs
    sent = photographs.sent(led.id)
    waiting = [photograph for photograph in sent if not photograph.approved]
    approved = [photograph for photograph in sent if photograph.approved]
    with st.container(border=True, key="class-photographs"):
        paragraph(_("Photographs to look at: {n}").format(n=len(waiting)), "kicker")
        if not scene.on_devices:
            paragraph(_("Give this step to the devices: each can then send photographs."), "note")
        for photograph in waiting[:1]:
            _waiting(led, photograph)
        with st.expander(_("Photographs approved ({n})").format(n=len(approved))):
            paragraph(_("The room sees them. They are erased with the class."), "source")
            for photograph in approved:
                with st.container(horizontal=True, vertical_alignment="center"):
                    _small(led, photograph)
                    with st.popover(_("Remove it")):
                        st.button(
                            _("Yes, for good: it also goes from the device that sent it"),
                            key=f"{PREFIX}.remove.{photograph.mark}",
                            on_click=frame.guarded(
                                partial(photographs.remove, led.id, frame.device(), photograph.mark)
                            ),
                        )


def _waiting(led: Class, photograph: Photograph) -> None:
    photographs, mark = frame.store().photographs, photograph.mark
    png = photographs.picture(led.id, mark)
    if png is None:
        return
    picture(png, photograph.caption or _("The photograph to look at"))
    if photograph.caption:
        paragraph(photograph.caption)
    with st.container(horizontal=True):
        st.button(
            _("Approve"),
            key=f"{PREFIX}.yes.{mark}",
            type="primary",
            on_click=frame.guarded(partial(photographs.approve, led.id, frame.device(), mark)),
        )
        st.button(
            _("Reject"),
            key=f"{PREFIX}.no.{mark}",
            on_click=frame.guarded(partial(photographs.remove, led.id, frame.device(), mark)),
        )


def _small(led: Class, photograph: Photograph) -> None:
    png = frame.store().photographs.picture(led.id, photograph.mark)
    if png is None:
        return
    alt = photograph.caption or _("A photograph of the class")
    st.html(f'<img class="class-small" src="{escape(address(png))}" alt="{escape(alt)}">')


# -- on the projected screen -----------------------------------------------------------------------------------------


def room(scene: AnyScene, prefix: str, lines: Sequence[str]) -> None:
    """What was approved, large; for whoever leads, the way from there into a deck.

    Until something was, what to respect (``lines``). ``prefix`` as in :mod:`pages.parts.bring`.
    """
    led = scene.led
    if led is None:
        return
    notes(prefix)
    photographs = frame.store().photographs
    approved = [
        (photograph, png)
        for photograph in photographs.sent(led.id)
        if photograph.approved and (png := photographs.picture(led.id, photograph.mark)) is not None
    ]
    if not approved:
        if scene.on_devices:
            paragraph(_("Photograph an object or a place with your device, then send it."), "said")
            reminder(lines)
        return
    figures = "".join(
        f'<li><figure><img src="{escape(address(png))}" alt="{escape(each.caption or _("A photograph of the class"))}">'
        f"<figcaption>{escape(each.caption)}</figcaption></figure></li>"
        for each, png in approved
    )
    st.html(f'<ul class="class-gallery">{figures}</ul>')
    if scene.handles:
        with st.expander(_("Make a deck of these photographs ({n})").format(n=len(approved))):
            _deck(prefix, approved)


def _deck(prefix: str, approved: Sequence[tuple[Photograph, bytes]]) -> None:
    with st.form(f"{prefix}.class", border=False):
        title = st.text_input(_("Title of the deck"), value=_("Our photographs"), max_chars=60)
        credit = st.text_input(_("Who took the photographs (no names of pupils)"), value=_("The class"), max_chars=80)
        if not st.form_submit_button(_("Make the deck"), type="primary", key=f"{prefix}.class.make"):
            return
    photos = [
        Item(title=each.caption or _("Photograph {n}").format(n=n), real=_pixels(png))
        for n, (each, png) in enumerate(approved, 1)
    ]
    save(prefix, photos, title, credit, approved=True)
    st.rerun()


def _pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))
