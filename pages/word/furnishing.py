"""Tokens, as they can be seen: what no letter stands for is replaced, and each is a coloured piece."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from pages.parts.prose import escape, shown


def piece(text: str, *, tone: int, title: str = "", below: str = "") -> str:
    """HTML of one token, coloured by ``tone`` (0 to 5), with a small text below it."""
    small = f"<small>{escape(below)}</small>" if below else ""
    about = f' title="{escape(title)}"' if title else ""
    return f'<span class="piece tone-{int(tone)}"{about}><span>{escape(shown(text))}</span>{small}</span>'


def pieces(html: Iterable[str], *, label: str, kind: str = "") -> None:
    """Tokens in a row, as the text they make; ``kind`` is what their tones stand for, in ``word.css``."""
    st.html(f'<p class="pieces {escape(kind)}" role="group" aria-label="{escape(label)}">{"".join(html)}</p>')
