"""The first question of an activity: a bet, before anything is seen. Alone a choice; in a room, hands to count."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

import streamlit as st

from kit.wording import Brief
from pages.frame import _, show_among
from pages.parts.bars import votes
from pages.parts.furniture import bar, by_hand, heading
from pages.parts.prose import escape, paragraph
from pages.parts.scene import StepScene


class Betting(Protocol):
    """The run of an activity that begins with a bet."""

    @property
    def guess(self) -> StrEnum | None:
        """The learner's."""
        ...

    @property
    def counts(self) -> Mapping[Any, int]:
        """Hands of a room, by guess."""
        ...


def draw(scene: StepScene[Any, Any], guesses: type[StrEnum], *, caution: str) -> None:
    """The question, the bets, what our small machine is, and on."""
    heading(scene, lead="" if scene.projected else None)
    paragraph(scene.words.brief.question, "question")
    if scene.projected:
        _hands(scene, scene.words.brief, scene.run, guesses)
    else:
        _bet(scene, guesses)
    paragraph(caution, "caution")
    bar(scene, forward=scene.run.next_step())


def _bet(scene: StepScene[Any, Any], guesses: type[StrEnum]) -> None:
    words, key = scene.words.brief, f"{scene.slug}.guess"
    st.radio(
        words.question,
        list(guesses),
        index=show_among(key, list(guesses), scene.run.guess),
        format_func=lambda guess: words.guesses[guess].name,
        key=key,
        label_visibility="collapsed",
        on_change=scene.move(lambda: scene.run.having(guess=st.session_state[key])),
    )
    # Its place is kept from the start: nothing moves under the hand of whoever has just chosen.
    hidden = "" if scene.run.guess is not None else " waiting"
    st.html(f'<p class="note{hidden}" role="status">{escape(words.after)}</p>')


def _hands(scene: StepScene[Any, Any], words: Brief[Any], run: Betting, guesses: type[StrEnum]) -> None:
    """The room's bets: each with the hands that were raised, if somebody counts them; or as the devices give them."""
    bets = [
        (letter, words.guesses[guess].name, run.counts.get(guess, 0))
        for letter, guess in zip("ABCD", guesses, strict=True)
    ]
    if run.counts:  # in place of the bare list: both together do not fit a screen that nobody scrolls
        votes([(f"{letter} · {name}", hands) for letter, name, hands in bets])
        return
    lines = "".join(
        f'<li><span class="letter">{escape(letter)}</span> {escape(name)}</li>' for letter, name, _hands_raised in bets
    )
    st.html(f'<ol class="bets">{lines}</ol>')
    by_hand(scene, words.hands)


def count(scene: StepScene[Any, Any], guesses: type[StrEnum]) -> None:
    """For the facilitator: how many hands for each bet."""
    words, key = scene.words.brief, f"{scene.slug}.count"
    with st.form(key, border=False):
        hands = {
            guess: st.number_input(
                words.guesses[guess].name,
                min_value=0,
                max_value=999,
                value=scene.run.counts.get(guess, 0),
                key=f"{key}.{guess}",
            )
            for guess in guesses
        }
        if st.form_submit_button(_("Show these counts")):
            scene.keep(scene.run.having(counts=hands))


def recalled(scene: StepScene[Any, Any]) -> None:
    """At the end, for a learner alone: what they thought at first, and what to make of it."""
    if scene.run.guess is None or scene.projected:
        return
    guess = scene.words.brief.guesses[scene.run.guess]
    with st.container(border=True):
        paragraph(_("At the beginning you said: “{guess}”").format(guess=guess.name), "said")
        paragraph(guess.reply)
