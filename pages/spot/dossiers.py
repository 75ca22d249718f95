"""Six true cases, in words: what one decides before any pixel, then what happened."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.frame import _
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.spot.scene import Key, Scene

FIELDS = ("who", "when", "words", "elsewhere")


def publication(scene: Scene, card: Mapping[str, str]) -> None:
    """A publication card: who posts, when, with which words, where else."""
    labels = scene.words.dossier_play.labels
    rows = "".join(f"<dt>{escape(labels[field])}</dt><dd>{escape(card[field])}</dd>" for field in FIELDS)  # type: ignore[index]
    st.html(f'<section class="card"><dl>{rows}</dl></section>')


def draw(scene: Scene) -> None:
    """The current dossier."""
    play, dossiers = scene.words.dossier_play, scene.words.dossiers
    place = min(scene.run.position, len(dossiers) - 1)
    dossier = dossiers[place]
    heading(scene, lead=play.lead if place == 0 else "")
    paragraph(_("Dossier {n} of {total}").format(n=place + 1, total=len(dossiers)), "kicker")
    decision = scene.run.decisions.get(dossier.id)
    open_ = scene.run.shown or (decision is not None and not scene.projected)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(dossier.title, anchor=False)
        publication(scene, {field: getattr(dossier.card, field) for field in FIELDS})
        paragraph(play.note, "source")
    with right:
        if not open_:
            looks = "".join(f"<li>{escape(line)}</li>" for line in dossier.look_for)
            st.html(f'<ul class="questions">{looks}</ul>')
        if scene.projected:
            paragraph(play.question, "big")
        elif decision is None:
            choice = st.radio(
                play.question,
                list(play.decisions),
                index=None,
                format_func=lambda d: play.decisions[d],
                key=f"{Key.DECISION}.{dossier.id}",
            )
            st.button(
                _("Confirm"),
                type="primary",
                key=Key.SUBMIT,
                disabled=choice is None,
                on_click=scene.move(lambda: scene.run.decided(dossier.id, str(choice))),
            )
        else:
            paragraph(play.replies[decision], "said")  # type: ignore[index]
        if open_:
            verdict = scene.words.verdicts[dossier.truth]
            st.html(f'<p class="verdict {dossier.truth}">{escape(verdict.name)}</p>')
            paragraph(dossier.what_happened)
            paragraph(dossier.lesson, "note")
            paragraph(dossier.source_note, "source")
    last = place + 1 == len(dossiers)
    back = scene.run.at(place - 1) if place else None
    if not open_ and scene.projected:
        bar(scene, forward=scene.run.reveal(), back=back, forward_label=_("Reveal"))
    else:
        forward = scene.run.next_step() if last else scene.run.at(place + 1)
        bar(scene, forward=forward, back=back, forward_label=None if open_ else scene.words.sorting.pass_button)
