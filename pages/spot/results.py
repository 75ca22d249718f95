"""The results: hits and false alarms apart, before and after; how sure against how right."""

from __future__ import annotations

import streamlit as st
from babel.numbers import format_decimal

from activities.spot_the_fake import results, together
from activities.spot_the_fake.calibration import Reading, calibrate
from activities.spot_the_fake.results import BeforeAfter, RoundResult
from activities.spot_the_fake.run import ROUNDS
from kit.levels import Level
from pages.frame import _, lang
from pages.parts.bars import points, proportion, shares
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.spot.scene import Scene
from pages.spot.tally import round_result


def draw(scene: Scene) -> None:
    """The results of both rounds."""
    words = scene.words.results
    heading(scene, lead=words.intro)
    if not scene.run.scores:
        paragraph(words.noscore, "big")
    else:
        first, second = round_result(scene, "form_a"), round_result(scene, "form_b")
        fair = scene.led is None or together.crosswise(scene.room, *ROUNDS)
        both = results.before_after(first, second, counterbalanced=fair)
        _apart(scene, both)
        _what_changed(scene, both)
        if scene.projected:
            _pooled(scene, first, second)
        else:
            _calibration(scene)
    paragraph(scene.words.small_generator, "caution")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _apart(scene: Scene, both: BeforeAfter) -> None:
    words = scene.words.results
    left, right = st.columns(2, gap="large")
    for column, named, before, after, tone in (
        (left, words.hits, both.hits_before, both.hits_after, "teal"),
        (right, words.false_alarms, both.false_alarms_before, both.false_alarms_after, "coral"),
    ):
        with column:
            st.subheader(named.name, anchor=False)
            paragraph(named.meaning)
            shares([proportion(words.before, before, tone), proportion(words.after, after, tone)])


def _what_changed(scene: Scene, both: BeforeAfter) -> None:
    words = scene.words.results
    if scene.led is not None:
        paragraph(_change(both), "note")
    elif both.reason is results.NoGain.SLATES:
        paragraph(words.no_gain, "note")
    elif not scene.projected:
        paragraph(words.alone, "note")


def _change(both: BeforeAfter) -> str:
    """What the class may say of before and after: in points, with how well that is known."""
    if both.reason is results.NoGain.FIXED_ORDER:
        return _("Only one half of the room has answered: before and after cannot be compared.")
    if both.gain is None:
        return _("Too few answers to compare before and after.")
    said = []
    for what, gain in (
        (_("Machine-made images spotted"), both.gain.hits),
        (_("Photographs wrongly suspected"), both.gain.false_alarms),
    ):
        said.append(
            _("{what}: {points} points, probably between {low} and {high}.").format(
                what=what, points=points(gain.value), low=points(gain.low), high=points(gain.high)
            )
        )
    return " ".join(said)


def _calibration(scene: Scene) -> None:
    words = scene.words.results.calibration
    answers = [a for r in ("form_a", "form_b") for a in scene.run.answers.get(r, {}).values()]
    truths = {shown.opaque: shown.truth for r in ("form_a", "form_b") for shown in scene.images(r)}
    view = calibrate([a for a in answers if a.opaque in truths], truths)
    st.subheader(words.title, anchor=False)
    paragraph(words.explanation)
    shares(
        [
            proportion(scene.words.confidences[str(int(confidence))], bin_.accuracy)
            for confidence, bin_ in view.bins
            if bin_.n
        ]
    )
    said = {
        Reading.TOO_FEW: words.too_few,
        Reading.OVERCONFIDENT: words.over,
        Reading.UNDERCONFIDENT: words.under,
        Reading.NO_CLEAR_GAP: words.well,
    }
    paragraph(said[view.overall.reading], "note")


def _pooled(scene: Scene, first: RoundResult, second: RoundResult) -> None:
    """d′ and c, for adults."""
    if scene.run.level is not Level.ADULTS:
        return
    words = scene.words.results
    rows = []
    for name, result in ((words.before, first), (words.after, second)):
        sdt = results.pooled_sdt(result, scene.run.level)
        if sdt is None:
            continue
        leaning = words.sdt.liberal if sdt.criterion < 0 else words.sdt.conservative
        figures = f"d′ = {_decimal(sdt.d_prime)} · c = {_decimal(sdt.criterion)}."
        rows.append(f"<dt>{escape(name)}</dt><dd>{escape(figures)} {escape(leaning)}</dd>")
    if not rows:
        return
    with st.expander(words.sdt.title):
        paragraph(words.sdt.dprime)
        paragraph(words.sdt.criterion)
        st.html(f'<dl class="sdt">{"".join(rows)}</dl>')
        paragraph(_("Computed from all answers together, never for one person."), "source")
        paragraph(words.sdt.pooled, "source")


def _decimal(value: float) -> str:
    return format_decimal(round(value, 2), locale=lang())
