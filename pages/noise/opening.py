"""The first question: where does the machine's picture come from? A bet, before anything is seen."""

from __future__ import annotations

import streamlit as st

from activities.noise_to_image.answers import Guess
from pages.frame import _
from pages.noise.scene import Key, Scene
from pages.parts.bars import votes
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph


def draw(scene: Scene) -> None:
    """The question, the bets, and on."""
    words = scene.words.brief
    heading(scene, lead="" if scene.projected else None)
    paragraph(words.question, "question")
    if scene.projected:
        _hands(scene)
    else:
        _bet(scene)
    paragraph(scene.words.small_generator, "caution")
    bar(scene, forward=scene.run.next_step())


def _bet(scene: Scene) -> None:
    words = scene.words.brief
    st.session_state[Key.GUESS] = scene.run.guess
    st.radio(
        words.question,
        list(Guess),
        format_func=lambda guess: words.guesses[guess].name,
        key=Key.GUESS,
        label_visibility="collapsed",
        on_change=scene.move(lambda: scene.run.guessed(st.session_state[Key.GUESS])),
    )
    if scene.run.guess is not None:
        st.html(f'<p class="note" role="status">{escape(words.after)}</p>')


def _hands(scene: Scene) -> None:
    """The room's bets: each with the hands that were raised, if somebody counts them."""
    words, run = scene.words.brief, scene.run
    bets = [
        (letter, words.guesses[guess].name, run.counts.get(guess, 0))
        for letter, guess in zip("ABCD", Guess, strict=True)
    ]
    if run.counts:  # in place of the bare list: both together do not fit a screen that nobody scrolls
        votes([(f"{letter} · {name}", hands) for letter, name, hands in bets])
        return
    lines = "".join(
        f'<li><span class="letter">{escape(letter)}</span> {escape(name)}</li>' for letter, name, _hands_raised in bets
    )
    st.html(f'<ol class="bets">{lines}</ol>')
    paragraph(words.hands, "note")


def count(scene: Scene) -> None:
    """For the facilitator: how many hands for each bet."""
    words = scene.words.brief
    with st.form(Key.COUNT, border=False):
        hands = {
            guess: st.number_input(
                words.guesses[guess].name,
                min_value=0,
                max_value=999,
                value=scene.run.counts.get(guess, 0),
                key=f"{Key.COUNT}.{guess}",
            )
            for guess in Guess
        }
        if st.form_submit_button(_("Show these counts")):
            scene.keep(scene.run.having(counts=hands))
