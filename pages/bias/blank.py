"""The lab « blank »: a sentence with choices in brackets, and how several models fill the last."""

from __future__ import annotations

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias.labs import Filled
from kit.language.loading import EMBEDDED
from pages.bias.scene import SLUG, TASKS, Key, Scene
from pages.frame import _, show
from pages.parts import figures
from pages.parts.bars import Chance, probabilities
from pages.parts.figures import percent
from pages.parts.furniture import bar, heading
from pages.parts.language_models import model_name, models
from pages.parts.prose import escape, paragraph, shown
from pages.parts.reading import around
from pages.parts.recording import result, say_recorded

MOST = 400
"""Characters of the sentence."""


def draw(scene: Scene) -> None:
    """The sentence and the models; then each with its bars."""
    heading(scene)
    say_recorded(scene)
    run = scene.run
    text = run.blank or labs.BLANK
    asked = list(run.models) or list(EMBEDDED)
    if run.may_generate:
        _controls(scene, text, asked)
    else:
        st.html(f'<p class="sofar" lang="fr">{escape(text)}</p>')
    found: tuple[Filled, ...] | None = result(
        scene,
        "blank",
        {"text": text, "models": asked},
        lambda kit: kit.submit(labs.blank, asked, text, weight="heavy"),
    )
    if found is not None:
        _filled(found)
    paragraph(scene.words.labs["blank"].honest, "caution")
    with st.expander(_("“Il”, for a man or for anybody?")):
        paragraph(scene.words.generic)
    around(scene, "blank")
    bar(scene, forward=run.next_step(), back=run.previous_step())


def _controls(scene: Scene, text: str, asked: list[str]) -> None:
    run = scene.run
    st.text_area(
        _("The sentence: what the model chooses between is in the last brackets"),
        value=show(Key.BLANK, text),
        key=Key.BLANK,
        max_chars=MOST,
        height=90,
        on_change=scene.move(lambda: run.having(blank=st.session_state[Key.BLANK].strip())),
    )
    offered = models(run, TASKS)
    st.multiselect(
        _("Models, side by side (three at most)"),
        offered,
        format_func=model_name,
        default=show(Key.MODELS, [name for name in asked if name in offered]),
        key=Key.MODELS,
        max_selections=3,
        on_change=scene.move(lambda: run.having(models=tuple(st.session_state[Key.MODELS]))),
    )


def _filled(found: tuple[Filled, ...]) -> None:
    with st.container(key="bias-blank"):
        for model in found:
            with st.container():
                st.html(f"<h3>{escape(model_name(model.model))}</h3>")
                for row in model.rows:
                    st.html(f'<p class="blank-row" lang="fr">{escape(shown(row.text))}</p>')
                    bars = [
                        Chance(name=word, share=share, figure=percent(share))
                        for word, share in zip(model.words, row.shares, strict=True)
                    ]
                    probabilities(bars, label=row.text)
    cut = [
        _("“{word}” is {n} pieces for {model}").format(word=word, n=n, model=model_name(model.model))
        for model in found
        for word, n in zip(model.words, model.pieces, strict=True)
        if n > 1
    ]
    if cut:
        several = _("A word of several pieces is asked for piece by piece, and its probabilities are multiplied.")
        paragraph(f"{several} {'; '.join(cut)}.", "source")
    paragraph(_("The choices of each line add up to 100%: what else could stand there is left aside."), "source")
    figures.download(
        SLUG,
        ("model", "sentence", "word", "share", "pieces"),
        [
            (model.model, row.text, word, share, n)
            for model in found
            for row in model.rows
            for word, share, n in zip(model.words, row.shares, model.pieces, strict=True)
        ],
        name="blank",
    )
