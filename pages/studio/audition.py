"""The collective audition: the episode, its chapters and its text; then a grid, filled by those who listened."""

from __future__ import annotations

import streamlit as st

from activities.podcast import sheets
from kit.podcast.chapters import chapters
from kit.podcast.episode import Episode, Review
from pages.frame import _, lang
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.taking import take
from pages.studio.minutes import said
from pages.studio.mixing import mix
from pages.studio.scene import SLUG, Key, Scene

MARKS = 4
"""0 to 3."""


def draw(scene: Scene) -> None:
    """Listen together, then say what one heard."""
    heading(scene)
    mixed = mix(scene) if any(segment.heard for segment in scene.episode.segments) else None
    if mixed is None:
        paragraph(_("This episode is not mixed yet."), "note")
    else:
        paragraph(scene.episode.title or _("Without a title"), "question")
        st.audio(mixed.file, format="audio/mpeg")
        found = chapters(scene.episode, mixed.starts, mixed.seconds)
        lines = "".join(f"<li><b>{escape(said(each.start))}</b> {escape(each.title)}</li>" for each in found)
        st.html(f'<ol class="how chapters">{lines}</ol>')
        with st.expander(_("The text of the episode")):
            for segment in scene.episode.segments:
                if segment.text:
                    paragraph(f"{segment.voice} — {segment.text}" if segment.voice else segment.text)
    _grid(scene)
    _reviews(scene)
    around(scene, "audition", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _grid(scene: Scene) -> None:
    """One form: a team, a mark by criterion, what one liked, one piece of advice."""
    names = {0: _("not yet"), 1: _("a little"), 2: _("well"), 3: _("fully")}
    turn = len(scene.episode.reviews)
    with st.form(f"{Key.REVIEW}.{turn}", border=True):
        paragraph(_("Those who listened fill in the grid"), "kicker")
        by = st.text_input(_("Which team?"), max_chars=80, key=f"{Key.REVIEW}.{turn}.by")
        marks = {
            name: st.radio(
                criterion.question,
                list(names),
                format_func=names.__getitem__,
                index=None,
                horizontal=True,
                key=f"{Key.REVIEW}.{turn}.{name}",
            )
            for name, criterion in scene.words.criteria.items()
        }
        liked = st.text_area(
            _("What we liked, with an example"), max_chars=1000, height=80, key=f"{Key.REVIEW}.{turn}.liked"
        )
        advice = st.text_area(_("One piece of advice"), max_chars=1000, height=80, key=f"{Key.REVIEW}.{turn}.advice")
        if st.form_submit_button(_("Keep this grid"), key=f"{Key.REVIEW}.{turn}.keep"):
            given = {name: mark for name, mark in marks.items() if mark is not None}
            review = Review(by=by, marks=given, liked=liked, advice=advice)
            scene.save_project(lambda e: _with(e, review))
            st.rerun()
    grid = sheets.grid(scene.words, lang())
    take(_("Print the grid"), grid, name="grid.html", mime="text/html", key=f"{SLUG}.grid")


def _with(episode: Episode, review: Review) -> Episode:
    return episode.having(reviews=(*episode.reviews, review)[:60])


def _reviews(scene: Scene) -> None:
    for review in scene.episode.reviews:
        marks = ", ".join(
            f"{criterion.name} {review.marks[name]}/3"
            for name, criterion in scene.words.criteria.items()
            if name in review.marks
        )
        with st.container(border=True):
            paragraph(review.by or _("A team"), "said")
            for line in (marks, review.liked, review.advice):
                if line:
                    paragraph(line)
