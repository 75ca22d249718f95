"""The lab « facts »: a statement that the model completes several times. True, or only likely?"""

from __future__ import annotations

import streamlit as st

from activities.next_word import labs
from activities.next_word.answers import Verdict
from activities.next_word.labs import Answer
from activities.next_word.run import LARGEST_SEED, WordRun
from pages.frame import _, show, show_among
from pages.parts import figures
from pages.parts.figures import percent
from pages.parts.furniture import bar, heading
from pages.parts.language_models import choices
from pages.parts.prose import escape, paragraph, shown
from pages.parts.reading import around
from pages.parts.recording import gloss, result, say_recorded
from pages.word.corpus import search
from pages.word.scene import SLUG, TASKS, Key, Scene

MOST = 200


def draw(scene: Scene) -> None:
    """The statement, its completions, the verdict, then what one finds when one checks."""
    heading(scene, lead="" if scene.run.position else None)
    say_recorded(scene)
    run = scene.run
    place = min(run.position, scene.places - 1)
    claim = scene.words.claims[place]
    text = run.claim or claim.text
    st.html(f'<p class="sofar" lang="fr">{escape(shown(text))}…</p>')
    gloss(claim, text)
    made: tuple[Answer, ...] | None = result(
        scene,
        "facts",
        {"before": text, "seed": run.claim_seed},
        lambda kit: kit.submit(
            labs.answers, run.model, text, run.claim_seed, without=list(run.without), weight="heavy"
        ),
        label=_("Complete it {n} times").format(n=labs.TRIES),
    )
    if made is not None:
        _completed(scene, made, text, claim.check if text == claim.text else "")
    _elsewhere(scene)
    paragraph(scene.words.labs["facts"].honest, "caution")
    search(scene)
    around(scene, "facts")
    forward = run.at(place + 1) if place + 1 < scene.places else run.next_step()
    bar(scene, forward=forward, back=run.at(place - 1) if place else run.previous_step())


def _completed(scene: Scene, made: tuple[Answer, ...], text: str, check: str) -> None:
    run = scene.run
    if not run.shown:
        lines = "".join(f"<li><i>{escape(text)}</i>{escape(shown(each.continuation.text))}</li>" for each in made)
        st.html(f'<ol class="answers" lang="fr">{lines}</ol>')
        _verdict(scene)
        return
    never = _("it has not read the corpus")
    figures.table(
        (_("What it writes"), _("Its confidence"), _("Times in the corpus")),
        (
            (
                f"{text}{shown(each.continuation.text)}",
                percent(each.continuation.assurance),
                never if each.in_corpus is None else str(each.in_corpus),
            )
            for each in made
        ),
        label=_("What it writes"),
    )
    chosen = run.verdicts.get(str(run.position))
    if chosen is not None:
        paragraph(_("You said: {verdict}.").format(verdict=_verdicts()[chosen]), "source")
    if check:
        with st.container(border=True):
            paragraph(_("When one checks"), "kicker")
            paragraph(check)
    rows = [
        (number, each.continuation.seed, token.text, token.id, token.logit, token.probability, token.rank)
        for number, each in enumerate(made, 1)
        for token in each.continuation.tokens
    ]
    figures.download(SLUG, ("completion", "seed", "token", "id", "logit", "probability", "rank"), rows, name="facts")


def _verdicts() -> dict[Verdict, str]:
    return {
        Verdict.TRUE: _("true"),
        Verdict.FALSE: _("false"),
        Verdict.UNKNOWABLE: _("impossible to know"),
    }


def _verdict(scene: Scene) -> None:
    """What one thinks before anything is checked: alone by a choice, in a room by hands."""
    run, place = scene.run, str(scene.run.position)
    if scene.projected:
        paragraph(_("True, false, or impossible to know? Raise a hand for each."), "note")
    else:
        names = _verdicts()
        st.radio(
            _("What do you think of these sentences?"),
            list(names),
            index=show_among(Key.VERDICT, list(names), run.verdicts.get(place)),
            format_func=lambda verdict: names[verdict].capitalize(),
            key=Key.VERDICT,
            horizontal=True,
            on_change=scene.move(lambda: run.having(verdicts={**run.verdicts, place: st.session_state[Key.VERDICT]})),
        )
    st.button(_("Check"), type="primary", key=Key.CHECK, on_click=scene.move(run.reveal))


def _elsewhere(scene: Scene) -> None:
    run = scene.run
    if not run.may_generate:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="word-elsewhere"):
        with st.popover(_("Your own statement")):
            st.text_input(
                _("Your own statement"),
                value=show(Key.CLAIM, run.claim),
                key=Key.CLAIM,
                max_chars=MOST,
                placeholder=scene.words.claims[0].text,
                on_change=scene.move(lambda: _claiming(run, st.session_state[Key.CLAIM])),
            )
            st.caption(_("The beginning of a sentence, about nobody in this room."))
            st.number_input(
                _("Seed"),
                min_value=0,
                max_value=LARGEST_SEED - labs.TRIES,
                step=1,
                value=show(Key.CLAIM_SEED, run.claim_seed),
                key=Key.CLAIM_SEED,
                on_change=scene.move(lambda: run.having(claim_seed=st.session_state[Key.CLAIM_SEED], shown=False)),
            )
        choices(scene, TASKS)


def _claiming(run: WordRun, text: str) -> WordRun:
    return run.having(claim=text.strip(), shown=False)
