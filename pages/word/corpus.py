"""The corpus that Petit Journal has read, searched: how many items hold some words, and the first of them."""

from __future__ import annotations

import streamlit as st

from activities.next_word import labs
from activities.next_word.labs import Found
from pages.frame import _
from pages.parts import asking
from pages.parts.figures import percent
from pages.parts.prose import escape, paragraph
from pages.word.scene import Key, Scene

MOST = 80
"""Characters to search for."""


def search(scene: Scene) -> None:
    """A box to search in, folded away until somebody opens it."""
    if not scene.run.may_generate:
        return
    with st.expander(_("Search what Petit Journal has read")):
        wanted = st.text_input(_("Words to search for"), key=Key.SEARCH, max_chars=MOST).strip()
        if not wanted:
            return
        found: Found | None = asking.computed(
            scene, "search", wanted, lambda kit: kit.submit(labs.search, wanted, weight="heavy")
        )
        if found is None:
            return
        said = _("In {items} of {of} items ({percent}).")
        share = percent(found.items / found.of) if found.items else percent(0)
        paragraph(said.format(items=found.items, of=found.of, percent=share), "said")
        if found.texts:
            lines = "".join(f"<li>{escape(text)}</li>" for text in found.texts)
            st.html(f'<ol class="items" lang="fr">{lines}</ol>')
        if found.items > len(found.texts):
            paragraph(_("The first {n} are shown.").format(n=len(found.texts)), "source")
