"""What others have measured on other models, never mixed with what is measured here."""

from __future__ import annotations

import streamlit as st

from pages.bias.scene import Scene
from pages.frame import _
from pages.parts.prose import escape


def literature(scene: Scene) -> None:
    """Each result with what it stands on and where it was read."""
    with st.expander(_("What others have measured, on other models")), st.container(key="bias-literature"):
        cards = "".join(
            f'<div class="card"><p>{escape(each.what)}</p><p class="said">{escape(each.figure)}</p>'
            f'<p class="source">{escape(each.source)}</p></div>'
            for each in scene.words.published
        )
        st.html(f'<div class="six">{cards}</div>')
