"""A chart of shares: one line a row, three marks on it, read without colour and by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.frame import _
from pages.parts.figures import percent
from pages.parts.prose import escape

LONG = 12
"""Rows above which a wide screen shows them in two columns."""


@dataclass(frozen=True, kw_only=True)
class Shares:
    """One row: what is counted in the corpus, what the model gives, what always taking the likeliest makes. 0 to 1."""

    name: str
    counted: float
    model: float
    likeliest: float


def chart(rows: Sequence[Shares], *, label: str) -> None:
    """One line a row; ``label`` says a share of what."""
    names = {
        "counted": _("counted in the corpus"),
        "model": _("given by the model"),
        "likeliest": _("always the likeliest"),
    }
    legend = "".join(f'<span class="mark {kind}">{escape(name)}</span>' for kind, name in names.items())
    lines = []
    for row in rows:
        marks = {kind: float(getattr(row, kind)) for kind in names}
        said = ", ".join(f"{names[kind]} {percent(share)}" for kind, share in marks.items())
        dots = "".join(f'<i class="mark {kind}" style="left:{100 * share:.1f}%"></i>' for kind, share in marks.items())
        lines.append(
            f'<div><dt>{escape(row.name)}</dt><dd><span class="axis" role="img" aria-label="{escape(said)}">{dots}'
            f"</span><b>{escape(percent(row.model))}</b></dd></div>"
        )
    st.html(
        f'<figure class="marks"><figcaption><b>{escape(label)}</b> {legend}</figcaption>'
        f'<dl class="{"long" if len(rows) > LONG else ""}">{"".join(lines)}</dl></figure>'
    )
