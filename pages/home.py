"""The workshops, one card each, filtered by level and time."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import streamlit as st

from activities import registry
from activities.next_word import words as next_word
from activities.podcast import words as podcast
from activities.probe_bias import words as probe_bias
from activities.registry import ACTIVITIES
from kit import ROOT
from kit.levels import Level
from kit.steps import Activity
from pages import frame
from pages.frame import _
from pages.parts import browser
from pages.parts.picture import picture
from pages.parts.prose import escape, paragraph

COVER = "coffee-generated.png"


class Key(StrEnum):
    """Widget keys of the home page."""

    LEVEL = "home.level"
    TIME = "home.time"


def main() -> None:
    """Draw the page."""
    browser.arrive("home")
    st.title(_("See the other side of the image"), anchor=False)
    paragraph(
        _("Workshops on generative AI, in class or alone. Everything runs on this machine, without the Internet."),
        "lead",
    )
    if frame.takes_part():
        st.page_link(frame.page_at("join"), label=_("Go back to the class"), width="content")
    elif not frame.is_here():
        st.page_link(frame.page_at("join"), label=_("Join a class with its code"), width="content")
    with st.container(horizontal=True, key="filters"):
        level = st.selectbox(
            _("Level"),
            [None, *Level],
            key=Key.LEVEL,
            format_func=lambda x: frame.level_name(x) if x else _("All levels"),
        )
        minutes = st.selectbox(
            _("Time available"),
            [None, 20, 55, 180],
            key=Key.TIME,
            format_func=lambda x: {None: _("Any"), 20: _("20 minutes"), 55: _("One lesson"), 180: _("Half a day")}[x],
        )
    fitting = [activity for activity in ACTIVITIES if _fits(activity, level, minutes)]
    if not fitting:
        paragraph(_("No workshop fits both choices yet. Try another level, or more time."), "note")
    for activity in fitting:
        _card(activity, minutes)


def _fits(activity: Activity, level: Level | None, minutes: int | None) -> bool:
    shortest = sum(m for _step, m in activity.short)
    return (level is None or level in activity.levels) and (minutes is None or shortest <= minutes)


def _card(activity: Activity, minutes: int | None) -> None:
    words = registry.words(activity.slug, frame.lang())
    youngest = frame.level_name(activity.levels[0])
    short = sum(m for _step, m in activity.short)
    with st.container(key=f"card-{activity.slug}", border=True):
        left, right = st.columns([2, 3], gap="large", vertical_alignment="center")
        with left:
            COVERS.get(activity.slug, _picture)()
        with right:
            st.header(words.title, anchor=False)
            paragraph(words.tagline, "lead")
            paragraph(words.aim)
            facts = (
                _("{short} or {long} minutes").format(short=short, long=activity.minutes),
                _("From {level}").format(level=youngest),
                _("Alone, projected, or with a class"),
            )
            st.html('<ul class="facts">' + "".join(f"<li>{escape(fact)}</li>" for fact in facts) + "</ul>")
            with st.container(horizontal=True):
                with st.container(key=f"open-{activity.slug}", width="content"):
                    st.page_link(frame.page_at(activity.slug), label=_("Open the workshop"), width="content")
                if frame.is_here():
                    st.page_link(
                        frame.page_at("library"),
                        label=_("Facilitator’s guide"),
                        width="content",
                        query_params={"guide": activity.slug},
                    )


def _picture() -> None:
    """A generated picture of the kit's own deck, with the label that it carries."""
    file = ROOT / "assets" / "decks" / "default" / COVER
    picture(file.read_bytes(), _("A coffee cup on a saucer, in a generated image: its rim has melted."))


def _sentence() -> None:
    """The beginning of a sentence whose next word is missing."""
    text = next_word.load(frame.lang()).openings[0].text
    st.html(f'<p class="cover-sentence" lang="fr">{escape(text)} <b>?</b></p>')


def _count() -> None:
    """What one bets on before the corpus is opened."""
    text = probe_bias.load(frame.lang()).tables["profession"].question
    st.html(f'<p class="cover-sentence">{escape(text)}</p>')


def _minute() -> None:
    """What one bets on before anything is written."""
    st.html(f'<p class="cover-sentence">{escape(podcast.load(frame.lang()).brief.question)}</p>')


COVERS: dict[str, Callable[[], None]] = {"next_word": _sentence, "probe_bias": _count, "podcast": _minute}
"""What stands on the card of an activity, where it is not the generated picture."""

main()
