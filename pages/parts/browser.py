"""What only the browser can set: the document's language, Streamlit's theme and own words, where a screen begins."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_adopt = st.components.v2.component(
    "contrechamp_adopt", js=(HERE / "adopt.js").read_text("utf-8"), isolate_styles=False
)
_arrive = st.components.v2.component(
    "contrechamp_arrive", js=(HERE / "arrive.js").read_text("utf-8"), isolate_styles=False
)


def adopt(*, lang: str, display: str, words: dict[str, str]) -> None:
    """Give the document this language, and Streamlit the theme that goes with ``display``; draw the page again when the
    server is back.

    ``words``: what Streamlit's own widgets say in English, and what they shall say. A key that begins or ends with
    ``…`` stands for the part of a longer text.
    """
    # The words as text: Streamlit looks for data frames in anything nested, and imports pandas to do so.
    data = {"lang": lang, "display": display, "words": json.dumps(words)}
    _adopt(data=data, key="frame-adopt", on_back_change=lambda: None)


def arrive(place: str) -> None:
    """Say which screen this is: when it changes, the view goes back to its top and the focus to its title."""
    with st.container(key="frame-arrival"):
        _arrive(data={"place": place}, key="frame-arrive")
