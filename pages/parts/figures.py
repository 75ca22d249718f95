"""What was computed, in figures: a table on screen, a file to take away, numbers as they are said."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import streamlit as st

from pages.frame import _, lang
from pages.parts.prose import escape


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
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if lang() == "fr" else ",", lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    st.download_button(
        _("Download the figures (CSV)"),
        data=out.getvalue().encode("utf-8-sig"),
        file_name=f"contrechamp-{name}.csv",
        mime="text/csv",
        key=f"{slug}.csv.{name}",
        on_click="ignore",
    )


def _cell(value: object) -> str:
    """A value as a spreadsheet reads it: a text that begins like a formula is kept from being one."""
    if isinstance(value, float):
        said = f"{value:.6g}"
        return said.replace(".", ",") if lang() == "fr" else said
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and not isinstance(value, int) else text


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
