"""Two pages of figures: when an alert is wrong, and what people scored elsewhere."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import streamlit as st

from activities.spot_the_fake import base_rate as exercise
from activities.spot_the_fake import published
from activities.spot_the_fake.base_rate import Cell
from pages.frame import _
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.spot.scene import Key, Scene

IMAGES, FAKES, GOOD = 400, Fraction(5, 100), Fraction(95, 100)
"""400 images: the smallest number in which every count is whole."""


def base_rate(scene: Scene) -> None:
    """A guess first, then whole images that one can count."""
    words = scene.words.base_rate
    heading(scene, lead=words.lead)
    worked = exercise.exercise(IMAGES, FAKES, GOOD, GOOD)
    values = {"images": worked.population, "fakes": worked.fakes, "percent": int(100 * GOOD)}
    paragraph(words.question.format(**values), "question")
    open_ = scene.run.shown or (scene.run.guess is not None and not scene.projected)
    if not scene.projected and scene.run.guess is None:
        guess = st.slider(words.guess_label, 0, 100, 50, step=5, format=_percents(), key=Key.GUESS)
        st.button(_("Confirm"), type="primary", key=Key.SUBMIT, on_click=scene.move(lambda: scene.run.guessed(guess)))
    if not open_:
        bar(scene, forward=scene.run.reveal(), back=scene.run.previous_step(), forward_label=_("Count"))
        return
    if scene.run.guess is not None:
        paragraph(_("Your guess: {percent}%.").format(percent=scene.run.guess))
    wrong = worked.wrong_alerts
    reveal = words.reveal.format(
        **values, caught=worked.hits, alarms=worked.false_alarms, wrong=round(100 * wrong) if wrong is not None else 0
    )
    paragraph(reveal, "big")
    _array(worked)
    paragraph(words.generalise, "note")
    _dials(scene)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _array(worked: exercise.BaseRate) -> None:
    """One square an image."""
    names = _cells()
    rows = "".join(f'<i class="{cell}" title="{escape(names[cell])}"></i>' for row in worked.grid(40) for cell in row)
    counts = Counter(dict(worked.table))
    lines = {cell: _("{name}: {count}").format(name=names[cell], count=counts[cell]) for cell in Cell}
    legend = "".join(f'<li><i class="{cell}"></i>{escape(lines[cell])}</li>' for cell in Cell)
    summary = "; ".join(lines.values())
    st.html(
        f'<div class="icons" role="img" aria-label="{escape(summary)}">{rows}</div><ul class="legend">{legend}</ul>'
    )


def _cells() -> dict[Cell, str]:
    return {
        Cell.HIT: _("Fakes caught"),
        Cell.FALSE_ALARM: _("Real photos accused"),
        Cell.MISS: _("Fakes missed"),
        Cell.CORRECT_REJECTION: _("Real photos left in peace"),
    }


def _dials(scene: Scene) -> None:
    with st.expander(_("Change the numbers")):
        share = st.slider(_("Fakes among the images"), 1, 50, 5, format=_percents(), key=f"{Key.GUESS}.share")
        good = st.slider(_("Reliability of the detector"), 50, 99, 95, format=_percents(), key=f"{Key.GUESS}.good")
        worked = exercise.exercise(10_000, Fraction(share, 100), Fraction(good, 100), Fraction(good, 100))
        wrong = worked.exact_wrong
        text = _("In 10,000 images: {alerts} alerts, of which {wrong} accuse a real photo, that is {percent}%.")
        paragraph(
            text.format(
                alerts=worked.alerts, wrong=worked.false_alarms, percent=round(100 * wrong) if wrong is not None else 0
            ),
            "big",
        )


def human_scores(scene: Scene) -> None:
    """What studies measured, each with its source."""
    words = scene.words.human_scores
    heading(scene, lead=words.lead)
    paragraph(words.caution, "caution")
    for study in dict.fromkeys(score.study_id for score in published.PUBLISHED):
        rows = [score for score in published.PUBLISHED if score.study_id == study]
        with st.container(border=True):
            paragraph(words.studies[study], "said")  # type: ignore[index]
            lines = "".join(
                f'<div class="share teal"><dt>{escape(words.rows[row.id])}</dt><dd><b>{_percent(row.value)}</b>'  # type: ignore[index]
                f'<span class="track"><span class="fill" style="width:{row.value}%"></span></span></dd></div>'
                for row in rows
            )
            st.html(f'<dl class="shares">{lines}</dl>')
            for url in dict.fromkeys(row.source_url for row in rows):
                st.caption(f"[{escape(url)}]({url})")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _percent(value: float) -> str:
    from babel.numbers import format_decimal

    from pages.frame import lang

    return _("{percent}%").format(percent=format_decimal(value, locale=lang()))


def _percents() -> str:
    """How a slider writes a percentage, in the language of the session: a format of C."""
    return _("{percent}%").replace("%", "%%").format(percent="%d")
