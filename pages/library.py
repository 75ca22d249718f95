"""The facilitator guides."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from activities.registry import ACTIVITIES
from kit import ROOT, guides
from kit.guides import FrontMatter
from pages import frame
from pages.frame import _
from pages.parts import browser
from pages.parts.prose import escape, paragraph


class Key(StrEnum):
    """Widget keys of the library."""

    GUIDE = "library.guide"
    SECTION = "library.section"


def main() -> None:
    """Draw the guide that was asked for, with its contents beside it."""
    if not frame.is_here():
        paragraph(_("The guides open on the machine that runs the kit."), "note")
        return
    known = {slug: guides.load(slug, frame.lang()) for slug in guides.available(frame.lang())}
    asked = st.query_params.get("guide", "")
    slug = asked if asked in known else ACTIVITIES[0].slug
    if len(known) > 1:
        slug = st.selectbox(_("Guide"), list(known), index=list(known).index(slug), key=Key.GUIDE)
    guide = known[slug]
    left, right = st.columns([2, 5], gap="large")
    with left, st.container(key="contents"):
        titles = {section.id: section.title for section in guide.sections}
        chosen = st.radio(_("In this guide"), list(titles), format_func=titles.__getitem__, key=Key.SECTION)
        source = (ROOT / "facilitator_guides" / guide.lang / f"{slug}.md").read_bytes()
        st.download_button(
            _("Download this guide"), data=source, file_name=f"{slug}.{guide.lang}.md", mime="text/markdown"
        )
    browser.arrive(f"library/{slug}/{chosen}")
    with right:
        st.title(guide.front.title, anchor=False)
        _summary(guide.front)
        section = guide.section(chosen)
        st.header(section.title, anchor=False)
        st.markdown(section.markdown)


def _summary(front: FrontMatter) -> None:
    levels = ", ".join(frame.level_name(level) for level in front.levels)
    rows = (
        (_("Levels"), levels),
        (_("Group"), front.group_size),
        (_("Time"), _("{short}, {lesson} or {half_day} minutes").format(**front.minutes.model_dump())),
        (_("Materials"), "; ".join(front.materials)),
    )
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    with st.expander(_("At a glance")):
        st.html(f"<section class='card'><dl>{facts}</dl></section>")
        for name, lines in (
            (_("Media and information literacy"), front.competences.emi),
            ("CRCN", front.competences.crcn),
            ("AILit", front.competences.ailit),
            ("UNESCO", front.competences.unesco),
        ):
            items = "".join(f"<li>{escape(line)}</li>" for line in lines)
            st.html(f"<section class='card'><h2>{escape(name)}</h2><ul>{items}</ul></section>")


main()
