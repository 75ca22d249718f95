"""What one reads around a lab: what to try, how it works and, for a learner alone, what one should have noticed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from kit.wording import Lab
from pages.frame import _
from pages.parts.prose import escape, paragraph
from pages.parts.scene import StepScene


def around(scene: StepScene[Any, Any], lab: str, *, always: bool = False) -> None:
    """The missions for whoever may try them, the explanation, the answer in place of the room's talk.

    ``always``: of a lab that runs no model, and that everybody may try.
    """
    words: Lab = scene.words.labs[lab]
    tries = always or scene.run.may_generate
    if tries:
        title = _("To try")
        st.html(f'<section class="card missions"><h3>{escape(title)}</h3>{_listed("ul", words.missions)}</section>')
    with st.expander(_("How it works")):
        st.html(_listed("ol", words.how))
    if not scene.projected:
        with st.expander(_("What one may notice"), expanded=not tries):
            paragraph(words.alone)


def _listed(tag: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<{tag} class="how">{items}</{tag}>'
