"""Words as the kit's own markup: the one place where text becomes HTML."""

from __future__ import annotations

import html
import re

import streamlit as st


def escape(text: str) -> str:
    """Text as HTML text: the only way words enter the kit's own markup. Nothing in it turns the line around."""
    return html.escape(_TURNS.sub("", text), quote=True)


def shown(token: str) -> str:
    """A piece of text as it can be seen: line breaks and what no letter stands for are replaced."""
    return "".join("⏎" if char == "\n" else char if char.isprintable() or char.isspace() else "�" for char in token)


def plain(text: str) -> str:
    """Text for a label of Streamlit, which reads Markdown: nothing in it is a link, a picture or a colour."""
    return _MARKDOWN.sub(r"\\\g<0>", _TURNS.sub("", text))


_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""The marks that impose a direction on what follows; Arabic and Hebrew are read from right to left without them."""
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+\-.!|~:$<>&]")


def unseen_title(text: str) -> None:
    """The first title of a page whose own place is taken by what is being done: for screen readers."""
    st.html(f'<h1 class="unseen">{escape(text)}</h1>')


def paragraph(text: str, kind: str = "") -> None:
    """A paragraph; ``kind`` is its class in ``frame.css``."""
    st.html(f'<p class="{kind}">{escape(text)}</p>')
