"""The detector: trained on the deck before everybody's eyes, then led astray."""

from __future__ import annotations

import streamlit as st

from activities.spot_the_fake.detector import Challenge, DeckDetector, train_on_deck
from activities.spot_the_fake.signal_detection import Counts
from kit.decks import render
from kit.decks.model import words as deck_words
from pages.frame import _, lang
from pages.parts.bars import proportion, shares
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.working import running, work
from pages.spot.scene import Key, Scene

RESULT = "spot_the_fake.detector"
ASKED = "spot_the_fake.detector.asked"


def draw(scene: Scene) -> None:
    """How it works, the training, how it did, where it fails."""
    words = scene.words.detector
    heading(scene, lead=words.lead)
    paragraph(words.caution, "caution")
    steps = "".join(f"<li>{escape(line)}</li>" for line in words.how)
    st.html(f'<section class="card"><ol>{steps}</ol></section>')
    begin = st.session_state.pop(ASKED, False)
    if not begin and not running(RESULT):
        ask = st.session_state.__setitem__
        st.button(_("Train the detector now"), type="primary", key=Key.SUBMIT, on_click=ask, args=(ASKED, True))
        bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())
        return
    folder = None if scene.deck.builtin else str(scene.deck.folder)
    found: DeckDetector | None = work(
        RESULT,
        lambda compute: compute.submit(
            train_on_deck, folder, scene.run.seed % 2**31, weight="heavy", revision=scene.deck.digest
        ),
    )
    if found is not None:
        _matrix(scene, found)
        _challenges(scene, found)
        _examples(scene, found)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _matrix(scene: Scene, found: DeckDetector) -> None:
    words = scene.words.detector.reading
    counts = found.trained.confusion
    st.subheader(_("On images of this deck that it had not learnt"), anchor=False)
    paragraph(words.lead)
    cells = (
        ("hit", counts.hits, words.caught),
        ("miss", counts.misses, words.missed),
        ("false_alarm", counts.false_alarms, words.false_alarm),
        ("correct_rejection", counts.correct_rejections, words.cleared),
    )
    html = "".join(
        f'<div class="{name}"><b>{number}</b><span>{escape(label)}</span></div>' for name, number, label in cells
    )
    st.html(f'<div class="matrix">{html}</div>')


def _challenges(scene: Scene, found: DeckDetector) -> None:
    st.subheader(_("On kinds of images it has never seen"), anchor=False)
    paragraph(scene.words.detector.unseen)
    for challenge in found.challenges:
        with st.container(border=True):
            paragraph(scene.words.detector.kinds[challenge.kind], "said")
            _rates(scene, challenge)


def _rates(scene: Scene, challenge: Challenge) -> None:
    words = scene.words.results
    rows = []
    if challenge.after.machine:
        rows.append(proportion(words.hits.name, challenge.hits, "teal", interval=False))
    if challenge.after.real:
        rows.append(proportion(words.false_alarms.name, challenge.false_alarms, "coral", interval=False))
    shares(rows)
    if challenge.before is not None:
        before = _("Before the change: {hits} of {fakes} caught, {alarms} of {real} accused.")
        paragraph(before.format(**_figures(challenge.before)), "source")


def _figures(counts: Counts) -> dict[str, int]:
    return {"hits": counts.hits, "fakes": counts.machine, "alarms": counts.false_alarms, "real": counts.real}


def _examples(scene: Scene, found: DeckDetector) -> None:
    """Its worst mistakes, to look at."""
    wrong = [s for s in found.trained.scores if (s.score >= 0.5) != s.machine]
    wrong = sorted(wrong, key=lambda s: abs(s.score - 0.5), reverse=True)[:3]
    if not wrong:
        return
    st.subheader(_("Its most confident mistakes"), anchor=False)
    for column, score in zip(st.columns(3), wrong, strict=False):
        image = found.images[score.index]
        item = scene.deck.deck.item(image.item)
        with column:
            st.image(
                render.png(render.picture(scene.deck, item, image.truth)),
                width="stretch",
                alt=deck_words(item.title, lang()),
            )
            said = _("It says “machine” at {percent}%. In truth: {truth}.")
            paragraph(
                said.format(percent=round(100 * score.score), truth=scene.words.verdicts[image.truth].name), "source"
            )
