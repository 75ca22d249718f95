"""Small charts in HTML: one line a value, its figure in words, readable without colour and by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from activities.spot_the_fake.signal_detection import Proportion
from pages.frame import _
from pages.parts.prose import escape


def votes(rows: Sequence[tuple[str, int]]) -> None:
    """Counts of answers, one bar a kind."""
    total = sum(number for _, number in rows) or 1
    lines = "".join(_line(label, str(number), number / total) for label, number in rows)
    st.html(f'<dl class="bars">{lines}</dl>')


@dataclass(frozen=True, kw_only=True)
class Chance:
    """One possibility: its name, what would follow of it, its share (0 to 1), that share in words, its tone."""

    name: str
    share: float
    figure: str
    rest: str = ""
    tone: str = "teal"


def probabilities(chances: Sequence[Chance], *, label: str) -> None:
    """One bar a possibility."""
    lines = "".join(
        f'<div class="share {escape(each.tone)}"><dt>{escape(each.name)}<i>{escape(each.rest)}</i></dt>'
        f'<dd><b>{escape(each.figure)}</b><span class="track"><span class="fill" '
        f'style="width:{100 * each.share:.1f}%"></span></span></dd></div>'
        for each in chances
    )
    st.html(f'<dl class="shares chances" aria-label="{escape(label)}">{lines}</dl>')


def proportion(label: str, value: Proportion, tone: str = "teal", *, interval: bool = True) -> str:
    """HTML of one share: bar, figure as “5 of 8”, and the interval it is known to, unless ``interval`` is off."""
    if value.rate is None:
        nothing = escape(_("no answer"))
        return f'<div class="share"><dt>{escape(label)}</dt><dd>{nothing}</dd></div>'
    figure = _("{k} of {n}").format(k=value.count, n=value.n)
    low, high = 100 * (value.low or 0), 100 * (value.high or 0)
    known = _("the true share is probably between {low} and {high}%").format(low=round(low), high=round(high))
    note = f"<small>{escape(known)}</small>" if interval else ""
    return (
        f'<div class="share {tone}"><dt>{escape(label)}</dt><dd><b>{escape(figure)}</b><span class="track">'
        f'<span class="fill" style="width:{100 * value.rate:.1f}%"></span>'
        f'<span class="span" style="left:{low:.1f}%;width:{high - low:.1f}%"></span>'
        f"</span>{note}</dd></div>"
    )


def points(value: float) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return f"{round(100 * value):+d}".replace("-", "−")


def shares(html: Sequence[str]) -> None:
    """Several shares, one below the other."""
    st.html(f'<dl class="shares">{"".join(html)}</dl>')


def _line(label: str, figure: str, share: float) -> str:
    return (
        f'<div class="share teal"><dt>{escape(label)}</dt><dd><b>{escape(figure)}</b>'
        f'<span class="track"><span class="fill" style="width:{100 * share:.1f}%"></span></span></dd></div>'
    )
