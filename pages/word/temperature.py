"""The lab « temperature »: one beginning, one seed, six ways to choose, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from activities.next_word import labs
from activities.next_word.labs import Setting
from activities.next_word.run import LARGEST_SEED
from kit.language.tracing import GREEDY, Draw
from pages.frame import _, lang, show
from pages.parts import figures
from pages.parts.bars import Chance, probabilities
from pages.parts.figures import percent
from pages.parts.furniture import bar, heading
from pages.parts.language_models import choices
from pages.parts.prose import escape, paragraph, shown
from pages.parts.reading import around
from pages.parts.recording import gloss, result, say_recorded
from pages.word.scene import SLUG, TASKS, Key, Scene

MOST = 200
"""Characters of the beginning."""
FIRST = 5
"""Bars of each first choice."""


def draw(scene: Scene) -> None:
    """What one sets, then the six texts, then what became of the first choice."""
    heading(scene)
    say_recorded(scene)
    run = scene.run
    opening = run.opening or scene.words.openings[0].text
    if run.may_generate:
        _controls(scene, opening)
    else:
        st.html(f'<p class="sofar" lang="fr">{escape(opening)}</p>')
    gloss(scene.words.openings[0], opening)
    dice = run.dice.model_dump()
    made: tuple[Setting, ...] | None = result(
        scene,
        "temperature",
        {"before": opening, "seed": run.dice_seed, **dice},
        lambda kit: kit.submit(
            labs.settings, run.model, opening, run.dice_seed, **dice, without=list(run.without), weight="heavy"
        ),
        label=_("Continue it in six ways"),
    )
    if made is not None:
        _texts(made, opening)
        _firsts(made)
        _export(made)
    paragraph(scene.words.labs["temperature"].honest, "caution")
    around(scene, "temperature")
    bar(scene, forward=run.next_step(), back=run.previous_step())


def _controls(scene: Scene, opening: str) -> None:
    run = scene.run

    def turned(key: Key, name: str) -> Callable[[], None]:
        def change() -> object:
            return run.having(dice=run.dice.model_copy(update={name: st.session_state[key]}).model_dump())

        return scene.move(change)  # type: ignore[arg-type]

    st.text_input(
        _("The beginning"),
        value=show(Key.OPENING, opening),
        key=Key.OPENING,
        max_chars=MOST,
        on_change=scene.move(lambda: run.having(opening=st.session_state[Key.OPENING].strip())),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="word-dice"):
        st.number_input(
            _("Seed"),
            min_value=0,
            max_value=LARGEST_SEED,
            step=1,
            value=show(Key.SEED, run.dice_seed),
            key=Key.SEED,
            on_change=scene.move(lambda: run.having(dice_seed=st.session_state[Key.SEED])),
            width=150,
        )
        steps: tuple[tuple[Key, str, str, list[Any]], ...] = (
            (Key.TEMPERATURE, "temperature", _("Temperature"), [round(0.1 * tenth, 1) for tenth in range(1, 31)]),
            (Key.TOP_K, "top_k", _("Top-k"), list(range(1, 51))),
            (Key.TOP_P, "top_p", _("Top-p"), [round(0.05 * part, 2) for part in range(1, 21)]),
        )
        for key, name, label, values in steps:
            saved = show(key, getattr(run.dice, name))
            st.select_slider(label, values, saved, key=key, format_func=figure, on_change=turned(key, name))
        choices(scene, TASKS)


def figure(value: float) -> str:
    """A number in the language of the session."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=lang()))


def named(draw: Draw) -> str:
    """A way to choose, in words."""
    if draw == GREEDY:
        return _("Greedy: always the likeliest")
    if draw.top_k:
        return _("Top-k: the {k} likeliest").format(k=draw.top_k)
    if draw.top_p < 1:
        return _("Top-p: up to {p} of the chances").format(p=figure(draw.top_p))
    return _("Temperature {t}").format(t=figure(draw.temperature))


def _texts(made: tuple[Setting, ...], opening: str) -> None:
    cards = []
    for setting in made:
        written = "".join(
            f'<span title="{escape(percent(token.probability))}">{escape(shown(token.text))}</span>'
            for token in setting.continuation.tokens
        )
        kept = _("Mean confidence: {percent}").format(percent=percent(setting.continuation.assurance))
        cards.append(
            f'<section class="card written"><h3>{escape(named(setting.draw))}</h3>'
            f'<p lang="fr"><i>{escape(opening)}</i>{written}</p><p class="source">{escape(kept)}</p></section>'
        )
    st.html(f'<div class="six">{"".join(cards)}</div>')


def _firsts(made: tuple[Setting, ...]) -> None:
    """What each way leaves of the first choice."""
    with st.expander(_("The first choice under each setting"), expanded=True), st.container(key="word-firsts"):
        for setting in made:
            with st.container():
                st.html(f"<h4>{escape(named(setting.draw))}</h4>")
                bars = [
                    Chance(name=shown(each.text).strip(), share=each.probability, figure=percent(each.probability))
                    for each in setting.first[:FIRST]
                ]
                probabilities(bars, label=named(setting.draw))


def _export(made: tuple[Setting, ...]) -> None:
    rows = [
        (named(setting.draw), place, token.text, token.id, token.logit, token.probability, token.drawn, token.rank)
        for setting in made
        for place, token in enumerate(setting.continuation.tokens, 1)
    ]
    head = ("setting", "place", "token", "id", "logit", "probability", "probability_drawn_from", "rank")
    figures.download(SLUG, head, rows, name="temperature")
