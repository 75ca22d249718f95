"""A model that learns while one watches: its curves, what it writes on the way, and whether there was time enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from kit.language.micro import Point, Sample, Taught
from pages.frame import _, lang
from pages.parts.figures import percent
from pages.parts.prose import escape, paragraph, shown


def so_far(payload: dict[str, Any]) -> None:
    """What it has learnt by now, of what :func:`kit.language.micro.learn` reports."""
    if "points" in payload:
        curve(payload["points"])
        sample(payload["sample"])


def cut_short(model: Taught, steps: int) -> None:
    """Say it where the machine had no time for all the steps."""
    if model.steps < steps:
        slow = _("This machine is busy or slow: it stopped after {seconds} s, at step {step} of {steps}.")
        paragraph(slow.format(seconds=round(model.seconds), step=model.steps, steps=steps), "note")


def sample(written: Sample) -> None:
    """What it wrote at one step."""
    kept = _("step {step}").format(step=written.step)
    if written.copied:
        kept += " · " + _("copied: {percent}").format(percent=percent(written.copied))
    st.html(
        f'<figure class="sample"><figcaption>{escape(kept)}</figcaption>'
        f'<p lang="fr">{escape(shown(written.text))}</p></figure>'
    )


def curve(points: Sequence[Point]) -> None:
    """Both losses against the steps, drawn, and said in words for whoever does not see them."""
    last = points[-1]
    top, steps = max(max(point.learnt, point.kept) for point in points), max(last.step, 1)

    def _line(values: Sequence[float], kind: str) -> str:
        """A line as the outline of a band: what is drawn inside it takes the colours of the display."""
        corners = [
            (100 * point.step / steps, 100 * (1 - value / top)) for point, value in zip(points, values, strict=True)
        ]
        there = [f"{x:.1f}% {y:.1f}%" for x, y in corners]
        back = [f"{x:.1f}% calc({y:.1f}% + 3px)" for x, y in reversed(corners)]
        return f'<i class="{escape(kind)}" style="clip-path: polygon({", ".join(there + back)})"></i>'

    learnt, kept = [point.learnt for point in points], [point.kept for point in points]
    said = _("Loss at step {step}: {learnt} on the text it reads, {kept} on the text kept from it.").format(
        step=last.step, learnt=_figure(last.learnt), kept=_figure(last.kept)
    )
    names = {"learnt": _("the text it reads"), "kept": _("the text kept from it")}
    legend = "".join(f'<span class="key {escape(kind)}">{escape(name)}</span>' for kind, name in names.items())
    st.html(
        f'<figure class="curve"><div role="img" aria-label="{escape(said)}">'
        f"{_line(kept, 'kept')}{_line(learnt, 'learnt')}</div><figcaption>{legend}</figcaption></figure>"
    )
    paragraph(said, "source")


def _figure(value: float) -> str:
    """A loss in nats a character, with two decimals."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, format="0.00", locale=lang()))
