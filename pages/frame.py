"""The frame every page is drawn in: who is looking, in which language and display, and where one can go.

What a device chose is stored on disk (see :class:`kit.classroom.store.Store`), so that it survives page changes and
reloads; within a session it is mirrored in ``st.session_state``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import RerunException

from activities.registry import ACTIVITIES, words
from kit import i18n, levels, settings
from kit.classroom.classes import Seat
from kit.classroom.store import Store, open_store
from kit.errors import KitError, SetupError
from kit.levels import Level, Role
from pages.parts import browser
from pages.parts.palette import Display, enlarge, palette
from pages.parts.prose import escape
from pages.parts.vocabulary import streamlits_words
from serve import DEVICE_COOKIE, DEVICE_PATTERN

HERE = Path(__file__).parent
T = TypeVar("T")


class Key(StrEnum):
    """Widget and state keys of the frame."""

    DEVICE = "frame.device"
    CHOICES = "frame.choices"
    LANGUAGE = "frame.language"
    DISPLAY = "frame.display"
    PROJECTION = "frame.projection"
    TOLD = "frame.told"
    SEATS = "frame.seats"
    SITE = "frame.site"


# -- who is looking --------------------------------------------------------------------------------------------------


def device() -> str:
    """The device this browser is: the number in its cookie, or one for this session where there is no cookie."""
    if Key.DEVICE not in st.session_state:
        cookie = st.context.cookies.get(DEVICE_COOKIE, "")
        known = isinstance(cookie, str) and DEVICE_PATTERN.match(cookie)
        st.session_state[Key.DEVICE] = cookie if known else uuid4().hex
    return st.session_state[Key.DEVICE]


def is_here() -> bool:
    """Whether the browser runs on the machine that serves the kit.

    Clients from the room get no guides, no erasing of others, no import and no generation by their own hand. Behind a
    proxy nobody is here: everybody would seem to be.
    """
    if st.context.headers.get("X-Forwarded-For") or st.context.headers.get("Forwarded"):
        return False
    return not os.environ.get("CONTRECHAMP_LAN") or st.context.ip_address is None


def seats() -> list[Seat]:
    """Where this device sits, the seat that was taken last first. Read once a run of the page."""
    if Key.SEATS not in st.session_state:
        read_seats()
    found: list[Seat] = st.session_state[Key.SEATS]
    return found


def read_seats() -> None:
    """Read again where this device sits: at the beginning of each run, and after it has sat down elsewhere."""
    try:
        st.session_state[Key.SEATS] = store().classes.seats(device())
    except SetupError:
        st.session_state[Key.SEATS] = []  # the frame stands without a disk


def may_open() -> bool:
    """Whether this device may open a class and read the guides: on the machine, or once it has typed the kit's key."""
    return is_here() or bool(_choices().get("opens"))


def leads() -> bool:
    """Whether this device leads a class."""
    return any(seat.role is Role.FACILITATOR for seat in seats())


def takes_part() -> bool:
    """Whether this device is a participant's in a class."""
    return any(seat.role is Role.PARTICIPANT and not seat.closed for seat in seats())


def store() -> Store:
    """The store of this kit."""
    return open_store(settings.load())


def _choices() -> dict[str, str | bool]:
    if Key.CHOICES not in st.session_state:
        try:
            st.session_state[Key.CHOICES] = store().preferences(device())
        except SetupError:
            # The frame stands without a disk; the page that needs one says what is wrong.
            return {}
    return st.session_state[Key.CHOICES]


def choose(**choices: str | bool) -> None:
    """Remember choices of this device, on disk first."""
    store().prefer(device(), **choices)
    _choices().update(choices)


def lang() -> str:
    """The language of this session."""
    chosen = _choices().get("language") or os.environ.get("CONTRECHAMP_LANG") or st.context.locale
    return i18n.language(str(chosen or ""))


def _(message: str) -> str:
    """A message of the code in the language of this session."""
    return i18n.translator(lang())(message)


def say(error: KitError) -> str:
    """The sentence of an error in the language of this session."""
    return error.text(_)


def alert(sentence: str, kind: str = "error") -> None:
    """Say a sentence in a box, ``kind`` error or done. Never Markdown: errors repeat the names of people’s files."""
    role = "alert" if kind == "error" else "status"
    st.html(f'<p class="alert {escape(kind)}" role="{role}">{escape(sentence)}</p>')


def show(key: str, value: T) -> T:
    """Make the widget of this key show what is saved, unless it does; returns it, for the widget to begin with.

    A value that is set goes to the browser, and comes over what somebody chose there meanwhile: so none is set that is
    there already. And it goes there once: a browser that misses it, when two drawings follow each other at once, shows
    what the widget begins with, and sends that with the next click as if somebody had chosen it.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return value


def show_among(key: str, options: Iterable[T], value: T | None) -> int | None:
    """:func:`show` for a choice among ``options``; returns where ``value`` stands there, to begin with."""
    places = list(options)
    if value is None or value not in places:  # never chosen, or no longer offered
        show(key, None)
        return None
    return places.index(show(key, value))


def guarded(callback: Callable[..., object], *, repeatable: bool = False) -> Callable[..., None]:
    """``callback`` for a widget. An error meant for people is said at the top of the page that is drawn next.

    Streamlit runs callbacks before the page: what they raise would else reach nobody but its log. And it breaks a
    callback off, at its first use of the session's state, when the next click has arrived, and never calls it again:
    one that is ``repeatable`` is done before it gives way, so that no answer is lost.
    """

    def run(*arguments: object) -> None:
        try:
            try:
                callback(*arguments)
            except RerunException:
                if repeatable:
                    callback(*arguments)
                raise
        except KitError as error:
            st.session_state[Key.TOLD] = say(error)

    return run


def display() -> Display:
    """The display this device chose."""
    return Display(str(_choices().get("display", Display.SYSTEM)))


def projecting() -> bool:
    """Whether this screen is read from the back of a room."""
    return bool(_choices().get("projection", False))


def level_name(level: Level) -> str:
    """What a level is called in a French school, in the language of this session."""
    return levels.level_name(level, _)


# -- one after the other ---------------------------------------------------------------------------------------------

_DRAWING = threading.Lock()
TURN = 0.25
"""Seconds that a screen waits for its turn, at most."""


@contextmanager
def turn() -> Iterator[None]:
    """Draw this screen when the one before it is done, or after :data:`TURN` seconds.

    A screen takes a few hundredths of a second of Python, which one thread at a time can run: when a class answers at
    once, thirty threads that run a little each, in turn, take several times as long as one after the other.
    """
    mine = _DRAWING.acquire(timeout=TURN)
    try:
        yield
    finally:
        if mine:
            _DRAWING.release()


# -- the site --------------------------------------------------------------------------------------------------------


def configure() -> None:
    """The browser tab; and where this device sits."""
    st.set_page_config(page_title="Contrechamp", layout="wide")
    read_seats()


def activity_page(slug: str) -> StreamlitPage:
    """The page of an activity."""
    return page_at(slug)


def site() -> list[StreamlitPage]:
    """Every page, built from the registry. The guides exist on the serving machine only.

    Built once a session: for each page Streamlit walks along the path of its file.
    """
    built: dict[tuple[str, bool], list[StreamlitPage]] = st.session_state.setdefault(Key.SITE, {})
    if (wanted := (lang(), may_open())) not in built:
        built[wanted] = _site()
    return built[wanted]


def _site() -> list[StreamlitPage]:
    pages = [st.Page(str(HERE / "home.py"), title=_("Workshops"), url_path="", default=True)]
    for activity in ACTIVITIES:
        title = words(activity.slug, lang()).title
        pages.append(st.Page(str(HERE / f"{activity.slug}.py"), title=title, url_path=activity.slug))
    pages.append(st.Page(str(HERE / "join.py"), title=_("Join a class"), url_path="join"))
    # For everybody: whoever becomes a facilitator goes there at once. The page itself lets nobody else in.
    pages.append(st.Page(str(HERE / "conduct.py"), title=_("Remote control"), url_path="conduct"))
    if may_open():
        pages.append(st.Page(str(HERE / "library.py"), title=_("Guides"), url_path="library"))
    pages.append(st.Page(str(HERE / "privacy.py"), title=_("Privacy"), url_path="privacy"))
    return pages


def page_at(path: str) -> StreamlitPage:
    """The page with this url path, for links."""
    return next(page for page in site() if page.url_path == path)


def draw(page: StreamlitPage) -> None:
    """Draw the frame, then the page; an error meant for people is shown in its place, in one sentence."""
    with st.container(key="frame-browser"):
        st.html(HERE / "parts" / "frame.css")
        st.html(f"<style>{palette(display())}</style>")
        if projecting():
            enlarge()
        browser.adopt(lang=lang(), display=display(), words=streamlits_words(_))
    _header()
    _answering(page.run)
    _footer()


def apart(draw: Callable[[], None], stays: Callable[[], bool]) -> None:
    """Draw a part of the page that is drawn again alone, without the frame, when something in it is pressed.

    Where ``stays`` says then that the part is not this device's any more, the whole page is drawn again.
    """
    whole = True

    @st.fragment
    def part() -> None:
        nonlocal whole
        if whole:  # which has read who sits where, has its turn, and says what a callback had to say
            whole = False
            _answering(draw)
            return
        with turn():
            read_seats()
            if not stays():
                st.rerun()
            _answering(draw)

    part()


def _answering(draw: Callable[[], None]) -> None:
    """What a callback had to say, then what is drawn; an error meant for people in its place, in one sentence."""
    if told := st.session_state.pop(Key.TOLD, ""):
        alert(told)
    try:
        draw()
    except KitError as error:
        alert(say(error))


def _header() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="frame-header"):
        st.page_link(page_at(""), label="**Contrechamp**", width="content")
        with st.container(horizontal=True, key="frame-nav", width="content"):
            for target in site():
                if target.url_path in ("", "library", "privacy"):
                    st.page_link(target, label=target.title, width="content")
        with st.popover(_("Display"), width="content"):
            _switches()


def _switches() -> None:
    def keep(key: Key, name: str) -> Callable[[], None]:
        return guarded(lambda: choose(**{name: st.session_state[key]}), repeatable=True)

    st.radio(
        _("Language"),
        list(i18n.LANGUAGES),
        index=show_among(Key.LANGUAGE, i18n.LANGUAGES, lang()),
        format_func=i18n.LANGUAGES.__getitem__,
        key=Key.LANGUAGE,
        on_change=keep(Key.LANGUAGE, "language"),
        horizontal=True,
    )
    labels = {
        Display.SYSTEM: _("As this device"),
        Display.LIGHT: _("Light"),
        Display.DARK: _("Dark"),
        Display.CONTRAST: _("High contrast"),
    }
    st.radio(
        _("Colours"),
        list(Display),
        index=show_among(Key.DISPLAY, Display, display()),
        format_func=labels.__getitem__,
        key=Key.DISPLAY,
        on_change=keep(Key.DISPLAY, "display"),
    )
    st.toggle(
        _("Large type, to be read from the back of the room"),
        value=show(Key.PROJECTION, projecting()),
        key=Key.PROJECTION,
        on_change=keep(Key.PROJECTION, "projection"),
    )


def _footer() -> None:
    with st.container(key="frame-footer"):
        here = _("Contrechamp works without the Internet. Nothing you do here leaves this machine.")
        there = _("Contrechamp works without the Internet. What you do goes to the machine that serves it, no further.")
        st.caption(here if is_here() else there)
