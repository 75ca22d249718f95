"""The lab « surprise »: how much each word of a text surprises the model that reads it."""

from __future__ import annotations

import math

import streamlit as st

from activities.next_word import labs
from kit.language.tracing import Read
from pages.frame import _, lang, show
from pages.parts import figures
from pages.parts.furniture import bar, heading
from pages.parts.language_models import choices
from pages.parts.prose import paragraph
from pages.parts.reading import around
from pages.parts.recording import gloss, result, say_recorded
from pages.word import furnishing
from pages.word.scene import SLUG, TASKS, Key, Scene

MOST = 600
"""Characters."""
STEPS = (1, 3, 6, 10, 15)
"""Bits from which the colour grows stronger."""


def draw(scene: Scene) -> None:
    """The text, then its words by surprise."""
    heading(scene)
    say_recorded(scene)
    run = scene.run
    text = run.surprising or scene.words.surprising.text
    if run.may_generate:
        st.text_area(
            _("The text"),
            value=show(Key.SURPRISING, text),
            key=Key.SURPRISING,
            max_chars=MOST,
            height=110,
            on_change=scene.move(lambda: run.having(surprising=st.session_state[Key.SURPRISING].strip())),
        )
        choices(scene, TASKS)
    gloss(scene.words.surprising, text)
    found: tuple[Read, ...] | None = result(
        scene,
        "surprise",
        {"text": text},
        lambda kit: kit.submit(labs.surprise, run.model, text, weight="heavy"),
        label=_("Measure the surprise"),
    )
    if found is not None:
        _words(found)
    paragraph(scene.words.labs["surprise"].honest, "caution")
    around(scene, "surprise")
    bar(scene, forward=run.next_step(), back=run.previous_step())


def by_word(found: tuple[Read, ...]) -> list[tuple[str, float]]:
    """The words of a text, each with the bits of all its tokens together: a word begins after a space."""
    words: list[tuple[str, float]] = []
    for each in found:
        if words and not each.token.text[:1].isspace():
            text, bits = words[-1]
            words[-1] = (text + each.token.text, bits + each.bits)
        else:
            words.append((each.token.text, each.bits))
    return words


def tone(bits: float) -> int:
    """How strong the colour is: 0 to 5."""
    return sum(bits >= step for step in STEPS)


def _words(found: tuple[Read, ...]) -> None:
    words = by_word(found)
    furnishing.pieces(
        (
            furnishing.piece(text, tone=tone(bits), below=_bits(bits), title=_("Surprise in bits"))
            for text, bits in words
        ),
        label=_("Each word with its surprise, in bits"),
        kind="surprise",
    )
    total = sum(bits for _text, bits in words)
    said = _("{total} bits for {n} words: {mean} bits a word on average.")
    mean = total / len(words) if words else 0.0
    paragraph(said.format(total=_bits(total), n=len(words), mean=_bits(mean)), "said")
    figures.download(
        SLUG,
        ("token", "id", "logit", "probability", "surprise_bits"),
        [(each.token.text, each.token.id, each.logit, each.probability, each.bits) for each in found],
        name="surprise",
    )


def _bits(value: float) -> str:
    from babel.numbers import format_decimal

    return "∞" if math.isinf(value) else str(format_decimal(value, format="0.0", locale=lang()))
