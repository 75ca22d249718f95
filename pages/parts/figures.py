"""What was computed, in figures: a table on screen, a file to take away, numbers as they are said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from kit import spreadsheet
from pages.frame import _, lang
from pages.parts.prose import escape
from pages.parts.taking import take


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, label: str) -> None:
    """A table whose figures are words already."""
    titles = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{escape(cell)}</th>' if place == 0 else f"<td>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="table-frame"><table class="figures" aria-label="{escape(label)}"><thead><tr>{titles}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def download(slug: str, head: Sequence[str], rows: Sequence[Sequence[object]], *, name: str) -> None:
    """A button that takes a trace that an activity computed away as CSV, for a spreadsheet of this language."""
    language = lang()
    take(
        _("Download the figures (CSV)"),
        lambda: spreadsheet.table([head, *rows], language),
        name=f"contrechamp-{name}.csv",
        mime="text/csv",
        key=f"{slug}.csv.{name}",
    )


def percent(share: float) -> str:
    """A probability as a percentage, in the language of the session; what is tiny is said to be."""
    from babel.numbers import format_decimal

    if 0 < share < 0.0005:
        return _("< {percent}%").format(percent=format_decimal(0.1, locale=lang()))
    digits = "0.0" if 0 < share < 0.0995 else "0"
    return _("{percent}%").format(percent=format_decimal(100 * share, format=digits, locale=lang()))


def grouped(value: int) -> str:
    """A large number as it is written in the language of the session."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=lang()))
