"""The lab « bets »: a word is bet on before the model shows; then one chooses, and goes on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from activities.next_word import labs
from activities.next_word.answers import LONGEST_BET
from activities.next_word.run import WordRun
from kit.language.tracing import MAX_TEXT, Candidate, Next
from kit.wording import Opening
from pages.frame import _
from pages.parts import figures
from pages.parts.bars import Chance, probabilities
from pages.parts.figures import percent
from pages.parts.furniture import bar, by_hand, heading
from pages.parts.language_models import choices
from pages.parts.prose import escape, paragraph, plain, shown
from pages.parts.reading import around
from pages.parts.recording import gloss, result, say_recorded
from pages.word.corpus import search
from pages.word.scene import SLUG, TASKS, Key, Scene

MOST = 200
"""Characters of one's own beginning."""


def draw(scene: Scene) -> None:
    """The text so far, the bet, what the model gives."""
    heading(scene, lead="" if scene.run.position or scene.run.before else None)
    say_recorded(scene)
    run = scene.run
    opening = _opening(scene)
    before = run.before or opening.text
    what = escape(_("the next word"))
    blank = f'<span class="blank" role="img" aria-label="{what}">?</span>'
    st.html(f'<p class="sofar" lang="fr">{escape(shown(before))}{blank}</p>')
    gloss(opening, before)
    if run.shown:
        found: Next | None = result(
            scene,
            "bets",
            {"before": before, "bet": run.bet},
            lambda kit: kit.submit(
                labs.following,
                run.model,
                before,
                bets=[run.bet] if run.bet else [],
                without=list(run.without),
                weight="heavy",
            ),
        )
        if found is not None:
            _shown(scene, found)
    else:
        _bet(scene)
    _elsewhere(scene, opening)
    paragraph(scene.words.labs["bets"].honest, "caution")
    search(scene)
    around(scene, "bets")
    bar(scene, forward=_forward(run, scene.places), back=_back(run))


def _opening(scene: Scene) -> Opening:
    return scene.words.openings[min(scene.run.position, scene.places - 1)]


def _forward(run: WordRun, places: int) -> WordRun:
    return run.at(run.position + 1) if run.position + 1 < places else run.next_step()


def _back(run: WordRun) -> WordRun:
    return run.at(run.position - 1) if run.position else run.previous_step()


def _bet(scene: Scene) -> None:
    """The word that one expects: typed alone, on slates in a room; then what the model expects is shown."""
    if scene.projected:
        by_hand(scene, _("Write the next word on your slate. Nobody shows anything before the signal."))
    label = _("The word that you expect") if not scene.projected else _("A word from the room, if you like")
    with st.form("word-bet", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        bet = st.text_input(label, key=Key.BET, max_chars=LONGEST_BET) if scene.run.may_generate else ""
        if st.form_submit_button(_("Show what the model expects"), type="primary", key=Key.SHOW):
            scene.keep(scene.run.betting(bet).reveal())


def _shown(scene: Scene, found: Next) -> None:
    """The distribution; the bet beside it; the tokens to go on with."""
    bars = [
        Chance(
            name=shown(each.text).strip() or _("(a space)"),
            rest=each.rest,
            share=each.probability,
            figure=percent(each.probability),
        )
        for each in found.top
    ]
    bars += [
        Chance(name=_("Your word: {word}").format(word=shown(word)), share=share, figure=percent(share), tone="bet")
        for word, share in found.bets
    ]
    probabilities(bars, label=_("What the model expects"))
    if any(each.rest for each in found.top):
        paragraph(_("In grey: how the model would finish a word that the piece only begins."), "source")
    rest = 1 - sum(each.probability for each in found.top)
    said = _("The {n} other pieces share {percent}.")
    paragraph(said.format(n=found.vocabulary - len(found.top), percent=percent(max(0.0, rest))), "source")
    if scene.run.may_generate and len(found.before) < MAX_TEXT - 50:
        _go_on(scene, found)
    figures.download(
        SLUG,
        ("token", "id", "logit", "probability"),
        [(each.text, each.id, each.logit, each.probability) for each in found.top],
        name="next",
    )


def _go_on(scene: Scene, found: Next) -> None:
    paragraph(_("Choose one, and go on:"), "said")
    with st.container(horizontal=True, key="word-picks"):
        for each in found.top:
            if _can_be_chosen(each):
                st.button(
                    plain(shown(each.text).strip()) + ("…" if each.rest else ""),
                    key=f"{Key.PICK}.{each.id}",
                    on_click=scene.move(partial(scene.run.writing, found.before + each.text)),
                )


def _can_be_chosen(candidate: Candidate) -> bool:
    """Whether a token has letters or a mark: not the end of a text, not part of a character."""
    return bool(candidate.text.strip()) and "�" not in candidate.text and not candidate.text.startswith("<")


def _elsewhere(scene: Scene, opening: Opening) -> None:
    """Back to the beginning, or another one of one's own."""
    if not scene.run.may_generate:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="word-elsewhere"):
        if scene.run.before:
            st.button(_("Start this text again"), key=Key.AGAIN, on_click=scene.move(lambda: scene.run.writing("")))
        with st.popover(_("Your own beginning")):
            st.text_input(
                _("Your own beginning"),
                key=Key.OWN_BEGINNING,
                max_chars=MOST,
                placeholder=opening.text,
                on_change=scene.move(lambda: scene.run.writing(st.session_state[Key.OWN_BEGINNING].strip())),
            )
        choices(scene, TASKS)
