"""The facilitator guides."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from kit import guides
from kit.guides import FrontMatter, Guide
from pages import frame
from pages.frame import _
from pages.parts import browser
from pages.parts.prose import escape, paragraph
from pages.parts.taking import take


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
    general = {name: guides.general(name, frame.lang()).partition("\n") for name in guides.GENERAL}
    titles = {name: title.removeprefix("# ") for name, (title, _line, _text) in general.items()}
    titles |= {slug: guide.front.title for slug, guide in known.items()}
    asked = st.query_params.get("guide", "")
    first = list(titles).index(asked) if asked in titles else 0
    slug = st.selectbox(_("Guide"), list(titles), index=first, format_func=titles.__getitem__, key=Key.GUIDE)
    if slug in general:
        _page(slug, titles[slug], general[slug][2])
    else:
        _guide(slug, known[slug])


def _page(name: str, title: str, text: str) -> None:
    """What belongs to no activity: short, so all of it at once."""
    browser.arrive(f"library/{name}")
    st.title(title, anchor=False)
    st.markdown(text)
    _download(name, frame.lang())


def _guide(slug: str, guide: Guide) -> None:
    """One section of the guide of an activity, with its contents beside it."""
    left, right = st.columns([2, 5], gap="large")
    with left, st.container(key="contents"):
        titles = {section.id: section.title for section in guide.sections}
        chosen = st.radio(_("In this guide"), list(titles), format_func=titles.__getitem__, key=Key.SECTION)
        _download(slug, guide.lang)
    browser.arrive(f"library/{slug}/{chosen}")
    with right:
        st.title(guide.front.title, anchor=False)
        _summary(guide.front)
        section = guide.section(chosen)
        st.header(section.title, anchor=False)
        st.markdown(section.markdown)


def _download(name: str, lang: str) -> None:
    source = guides.FOLDER / lang / f"{name}.md"
    take(
        _("Download this guide"), source.read_bytes, name=f"{name}.{lang}.md", mime="text/markdown", key="library.file"
    )


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
