"""What is stored, where, until when; and the button that erases it."""

from __future__ import annotations

import json
import shutil
from enum import StrEnum

import streamlit as st

from kit import settings
from kit.classroom.store import RETENTION_DAYS
from kit.on_demand import offers
from pages import frame
from pages.frame import _
from pages.parts import browser
from pages.parts.prose import paragraph
from pages.parts.taking import take


class Key(StrEnum):
    """Widget keys of the privacy page."""

    ERASE = "privacy.erase"
    SURE = "privacy.sure"
    EVERYTHING = "privacy.everything"


def main() -> None:
    """Draw the page."""
    browser.arrive("privacy")
    st.title(_("Privacy"), anchor=False)
    paragraph(
        _("No account, no name, no address. Nothing is sent anywhere: the kit works with the network off."), "lead"
    )
    store = frame.store()
    held = store.holdings(frame.device())
    left, right = st.columns(2, gap="large")
    with left:
        st.header(_("What is stored"), anchor=False)
        st.markdown(
            "\n".join(
                f"- {line}"
                for line in (
                    _("A random number, in a cookie of this browser, so that a reload finds your work."),
                    _("Your choices of language and display."),
                    _("Your answers, the counts you typed and your texts, for each workshop."),
                    _("Classes: the pseudonyms that the kit drew and what they answered, until their date."),
                    _("The photographs that devices sent to their class, without place or date, until its date."),
                    _("The decks you made or imported, with their pictures."),
                    _("The galleries you made or imported, with their pictures and what the class noted."),
                    _("The podcast projects, with the voices that were recorded, until the day that each one names."),
                    _("Results already computed from the kit’s own images, to save time."),
                    _("A log of computations that failed, without anyone’s texts."),
                )
            )
        )
        paragraph(_("Answers and choices are erased {days} days after their last change.").format(days=RETENTION_DAYS))
        if frame.is_here():
            st.write(_("All of it lies in this folder:"))
            st.code(str(settings.load().home), language=None, wrap_lines=True)
        paragraph(_("Photographs you send lose their metadata (place, date, device) as they come in."))
    with right:
        st.header(_("What we hold of this browser"), anchor=False)
        if any(held.values()):
            take(
                _("Download it"),
                json.dumps(held, ensure_ascii=False, indent=1),
                name="contrechamp.json",
                mime="application/json",
                key="privacy.held",
            )
        else:
            paragraph(_("Nothing yet."))
        if not frame.is_here():
            return
        st.header(_("Erase"), anchor=False)
        sure = st.checkbox(_("Yes, erase for good"), key=Key.SURE)
        st.button(
            _("Erase what this browser did"),
            key=Key.ERASE,
            disabled=not sure,
            on_click=frame.guarded(_erase),
            args=(False,),
        )
        st.button(
            _("Erase everything on this machine: answers, decks, galleries, podcasts, results"),
            key=Key.EVERYTHING,
            disabled=not sure,
            on_click=frame.guarded(_erase),
            args=(True,),
        )


def _erase(everything: bool) -> None:
    if everything:
        # The files first: on a full disk the store needs the room they leave.
        here = settings.load()
        for folder in (here.decks, here.galleries, here.podcasts, here.cache):
            shutil.rmtree(folder, ignore_errors=True)
        (here.home / "compute.log").unlink(missing_ok=True)
    whose = None if everything else frame.device()
    frame.store().erase(whose)
    offers.forget(whose)
    for key in list(st.session_state):
        del st.session_state[key]
    st.toast(_("Erased."))


main()
