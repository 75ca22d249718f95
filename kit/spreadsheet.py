"""Tables as spreadsheets of a language read them, in which no text becomes a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from kit.i18n import language


def table(rows: Iterable[Sequence[object]], lang: str) -> bytes:
    """A CSV file, the head among its rows: UTF-8 with its mark, ``;`` between cells in French and ``,`` in English."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if language(lang) == "fr" else ",", lineterminator="\r\n")
    writer.writerows([cell(value, lang) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def cell(value: object, lang: str) -> str:
    """A value as a spreadsheet reads it: a text that begins like a formula is kept from being one."""
    if isinstance(value, float):
        said = f"{value:.6g}"
        return said.replace(".", ",") if language(lang) == "fr" else said
    text = str(value)
    # Spaces before it are no protection, and full-width signs count in some languages.
    begins = unicodedata.normalize("NFKC", text.lstrip()[:1])
    guarded = text[:1] in ("\t", "\r", "\n") or begins in ("=", "+", "-", "@")
    return f"'{text}" if guarded and not isinstance(value, int) else text
