"""The way into a class: by its code, by two words that bring one back, by a facilitator's link or PIN."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from kit import settings
from kit.classroom.classes import Seat
from kit.classroom.codes import CODE_LENGTH, read_code
from kit.errors import KitError
from kit.levels import Role
from pages import frame
from pages.frame import _
from pages.parts import browser
from pages.parts.prose import paragraph

T = TypeVar("T")


class Key(StrEnum):
    """Widget keys of the page."""

    CODE = "join.code"
    JOIN = "join.join"
    NAMES = "join.names"
    NAMED = "join.named"
    NAME = "join.name"
    WORDS = "join.words"
    BACK = "join.back"
    PIN = "join.pin"
    LEAD = "join.lead"
    KEY = "join.key"
    UNLOCK = "join.unlock"


def main() -> None:
    """Draw the page; whoever has joined goes on to the class."""
    browser.arrive("join")
    st.title(_("Join a class"), anchor=False)
    link = st.query_params.get("link", "")
    if link:
        _go(frame.store().classes.follow_link(link[:64], frame.device()))
    asked = read_code(st.query_params.get("code", ""))[:CODE_LENGTH]
    seat = next((seat for seat in frame.seats() if not seat.closed and seat.role is Role.PARTICIPANT), None)
    if seat is not None and not asked:
        paragraph(_("This device is in a class."), "lead")
        if st.button(_("Go back to the class"), type="primary", key=Key.JOIN):
            _go(seat)
    with st.container(key="join"):
        if Key.CODE not in st.session_state:
            st.session_state[Key.CODE] = asked
        with st.form("join.form", border=False):
            typed = st.text_input(
                _("Code of the class, on the big screen"),
                value=asked,
                key=Key.CODE,
                max_chars=12,
                autocomplete="off",
            )
            if st.form_submit_button(_("Join"), type="primary", key=f"{Key.JOIN}.code", width="stretch"):
                _try(lambda: frame.store().classes.join(typed, frame.device()))
        _come_back(typed)
        _lead(typed)


def _come_back(typed: str) -> None:
    with st.expander(_("I was already here, on another device")):
        if len(read_code(typed)) < CODE_LENGTH:
            paragraph(_("Type the code of the class first, then choose your name."), "note")
            return
        if st.button(_("Show the names of the class"), key=Key.NAMES):
            _tell(lambda: st.session_state.update({Key.NAMED: frame.store().classes.names(typed, frame.device())}))
        names = st.session_state.get(Key.NAMED)
        if not names:
            return
        name = st.selectbox(_("Your name in the class"), names, key=Key.NAME)
        words = st.text_input(_("Your two words"), key=Key.WORDS, max_chars=60, autocomplete="off")
        if st.button(_("Come back"), key=Key.BACK):
            _try(lambda: frame.store().classes.come_back(typed, name, words, frame.device()))


def _lead(typed: str) -> None:
    with st.expander(_("I lead this class")):
        paragraph(_("The PIN is in the remote control, on the machine that opened the class."), "source")
        pin = st.text_input(_("PIN, eight digits"), key=Key.PIN, max_chars=12, type="password", autocomplete="off")
        if st.button(_("Lead from this device"), key=Key.LEAD):
            _try(lambda: frame.store().classes.enter(typed, pin, frame.device()))
    if settings.load().key and not frame.may_open():
        with st.expander(_("I open classes here")):
            st.text_input(_("Key of this kit"), key=Key.KEY, max_chars=200, type="password", autocomplete="off")
            st.button(_("Open classes from this browser"), key=Key.UNLOCK, on_click=frame.guarded(_unlock))


def _unlock() -> None:
    frame.store().classes.unlock(st.session_state[Key.KEY], settings.load().key, frame.device())
    frame.choose(opens=True)


def _try(sit: Callable[[], Seat]) -> None:
    """Sit down, and go there; or say why not."""
    if (seat := _tell(sit)) is not None:
        _go(seat)


def _tell(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except KitError as error:
        frame.alert(frame.say(error))
        return None


def _go(seat: Seat) -> None:
    frame.read_seats()
    if seat.role is Role.FACILITATOR:
        st.switch_page(frame.page_at("conduct"))
    st.switch_page(frame.activity_page(seat.activity))


main()
