"""The lab « tokens »: a text in the pieces that the model reads, each with its number."""

from __future__ import annotations

import streamlit as st

from activities.next_word import labs
from activities.next_word.labs import CutText
from pages.frame import _, show
from pages.parts import figures
from pages.parts.figures import grouped
from pages.parts.furniture import bar, heading
from pages.parts.language_models import choices
from pages.parts.prose import paragraph
from pages.parts.reading import around
from pages.parts.recording import gloss, result, say_recorded
from pages.word import furnishing
from pages.word.scene import SLUG, TASKS, Key, Scene

MOST = 300
"""Characters: what is read at a glance from the back of a room."""


def draw(scene: Scene) -> None:
    """The text, its pieces, its words."""
    heading(scene)
    say_recorded(scene)
    text = scene.run.cut or scene.words.cut.text
    if scene.run.may_generate:
        _text(scene, text)
    gloss(scene.words.cut, text)
    model = scene.run.model
    cut: CutText | None = result(
        scene, "tokens", {"text": text}, lambda kit: kit.submit(labs.cut, model, text, weight="heavy")
    )
    if cut is not None:
        _pieces(cut)
    paragraph(scene.words.labs["tokens"].honest, "caution")
    around(scene, "tokens")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _text(scene: Scene, text: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="word-text"):
        st.text_input(
            _("Your sentence"),
            value=show(Key.CUT, text),
            key=Key.CUT,
            max_chars=MOST,
            on_change=scene.move(lambda: scene.run.having(cut=st.session_state[Key.CUT].strip())),
        )
        choices(scene, TASKS)


def _pieces(cut: CutText) -> None:
    """Each token in its colour with its number, then each word."""
    furnishing.pieces(
        (furnishing.piece(token.text, tone=place % 4, below=str(token.id)) for place, token in enumerate(cut.tokens)),
        label=_("The pieces, each with its number"),
    )
    total = _("Pieces: {pieces}. Words: {words}.").format(pieces=len(cut.tokens), words=len(cut.words))
    paragraph(total, "said")
    unread = _("it has not read the corpus")
    figures.table(
        (_("Word"), _("Pieces"), _("Times in the corpus")),
        (
            (word.text, str(word.tokens), unread if word.in_corpus is None else grouped(word.in_corpus))
            for word in cut.words
        ),
        label=_("The words of the sentence"),
    )
    figures.download(
        SLUG,
        ("token", "id", "start", "stop"),
        [(token.text, token.id, token.start, token.stop) for token in cut.tokens],
        name="tokens",
    )
