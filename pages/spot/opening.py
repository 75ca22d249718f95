"""The brief and the five-minute lesson: one idea a screen."""

from __future__ import annotations

import streamlit as st

from pages.frame import _
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.spot.scene import Scene


def brief(scene: Scene) -> None:
    """What we do; then who publishes, when, where else, before any pixel."""
    words = scene.words
    if scene.run.position == 0:
        heading(scene, lead="")
        left, right = st.columns([3, 2], gap="large")
        with left:
            for text in words.brief.paragraphs:
                paragraph(text, "big")
        with right:
            _card(_("Rules of the game"), words.brief.rules)
            paragraph(words.small_generator, "caution")
        bar(scene, forward=scene.run.at(1))
        return
    questions = words.first_questions
    st.header(questions.title, anchor=False)
    paragraph(questions.lead, "lead")
    left, right = st.columns([3, 2], gap="large")
    with left:
        items = "".join(f"<li>{escape(question)}</li>" for question in questions.questions)
        st.html(f'<ul class="questions">{items}</ul>')
    with right:
        moves = "".join(f"<dt>{escape(m.name)}</dt><dd>{escape(m.meaning)}</dd>" for m in questions.sift)
        st.html(f'<section class="card"><h3>{escape(questions.sift_title)}</h3><dl>{moves}</dl></section>')
        paragraph(questions.credit, "source")
    bar(scene, forward=scene.run.next_step(), back=scene.run.at(0), forward_label=_("To the images"))


def lesson(scene: Scene) -> None:
    """The screens of the lesson, one at a time."""
    screens = scene.words.lesson.screens
    place = min(scene.run.position, len(screens) - 1)
    screen = screens[place]
    paragraph(_("{n} of {total}").format(n=place + 1, total=len(screens)), "kicker")
    st.header(screen.title, anchor=False)
    paragraph(screen.text, "big")
    left, right = st.columns([3, 2], gap="large")
    with left:
        _card(_("Where to look") if screen.family else _("For instance"), screen.examples)
    with right:
        title = escape(_("But beware"))
        st.html(f'<section class="card caution-card"><h3>{title}</h3><p>{escape(screen.caution)}</p></section>')
        if place == 0:
            paragraph(scene.words.small_generator, "caution")
    paragraph(scene.words.lesson.dated, "source")
    last = place + 1 == len(screens)
    bar(
        scene,
        forward=scene.run.next_step() if last else scene.run.at(place + 1),
        back=scene.run.at(place - 1) if place else scene.run.previous_step(),
        forward_label=_("To the second round") if last else None,
    )


def _card(title: str, lines: tuple[str, ...]) -> None:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    st.html(f'<section class="card"><h3>{escape(title)}</h3><ul>{items}</ul></section>')
