"""The letterbox, where the kit runs: the switch that opens it, and what the phones of the room type."""

from __future__ import annotations

import os

import streamlit as st

from kit import settings
from kit.errors import NotFound
from kit.podcast.letterbox import Letterbox, close_letterbox, letterbox, open_letterbox
from pages import frame
from pages.frame import _
from pages.parts.prose import escape, paragraph
from pages.studio.clock import hour
from pages.studio.scene import SLUG, Key, Scene, projects
from serve import room_addresses, speaks_https

EVERY = 3.0
"""Seconds between two looks at what has come."""


def draw(scene: Scene) -> None:
    """The switch; while it is on, the address, and the takes as they come."""
    if not os.environ.get("CONTRECHAMP_LAN"):
        paragraph(
            _(
                "Phones of the room can send sounds here once the kit is open to the room: start it with --lan, or with"
                " --lan --https for the phones’ own microphones."
            ),
            "source",
        )
        return
    opened = letterbox(settings.load())
    mine = opened is not None and opened.project == scene.run.project
    with st.container(border=True, key=f"{SLUG}-letterbox"):
        st.toggle(
            _("Let the phones of the room send sounds to this project"),
            value=frame.show(Key.LETTERBOX, mine),
            key=Key.LETTERBOX,
            on_change=frame.guarded(_switch),
            args=(scene.run.project,),
        )
        if opened is not None and mine:
            _invite(opened)
            _follow(scene, opened)
        elif opened is not None:
            text = _("Until {hour}, the phones send to another project: what you open here closes there.")
            paragraph(text.format(hour=hour(opened.until)), "note")


def _switch(project: str) -> None:
    if st.session_state[Key.LETTERBOX]:
        open_letterbox(settings.load(), project)
    else:
        close_letterbox(settings.load())


def _invite(opened: Letterbox) -> None:
    """The address to type, to be read from the back of the room."""
    addresses = room_addresses()
    if not addresses:
        paragraph(_("This machine is on no network: join the one of the phones, then reload this page."), "caution")
        return
    first, *others = (f"{address}/{SLUG}" for address in addresses)
    paragraph(_("On the phones, until {hour}, type:").format(hour=hour(opened.until)), "kicker")
    st.html(f'<p class="address">{escape(first)}</p>')
    if others:
        paragraph(_("If nothing answers there: {addresses}").format(addresses=", ".join(others)), "source")
    if speaks_https():
        text = _("The browser of each phone warns once, of a certificate it does not know: Advanced, then Continue.")
    else:
        text = _("At this address a phone sends a file. For its microphone, start the kit with --lan --https.")
    paragraph(text, "source")


@st.fragment(run_every=EVERY)
def _follow(scene: Scene, opened: Letterbox) -> None:
    """Draw the page again once a sound has come, or the letterbox has changed."""
    try:
        version = projects().open(scene.run.project).version
    except NotFound:
        version = ""
    if version != scene.opened.version or letterbox(settings.load()) != opened:
        st.rerun(scope="app")
