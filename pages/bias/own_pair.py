"""A pair of one's own, in the lab « pairs »."""

from __future__ import annotations

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias.run import PAIR
from kit.bias.pairs import Result
from pages.bias.saying import times
from pages.bias.scene import Key, Scene
from pages.frame import _
from pages.parts.prose import paragraph
from pages.parts.recording import result


def draw(scene: Scene) -> None:
    """A pair of one's own, folded away until somebody opens it."""
    run = scene.run
    with st.expander(_("Your own pair"), expanded=bool(run.own_one or run.own_other)):
        paragraph(_("Two sentences about nobody in this room, with one difference only."), "source")
        with st.form("bias-own", border=False):
            one = st.text_input(_("The first sentence"), value=run.own_one, key=Key.OWN_ONE, max_chars=PAIR)
            other = st.text_input(_("The other sentence"), value=run.own_other, key=Key.OWN_OTHER, max_chars=PAIR)
            asked = st.form_submit_button(_("Compare them"), key=Key.OWN)
        if asked and (one.strip(), other.strip()) != (run.own_one, run.own_other):
            scene.keep(run.having(own_one=one.strip(), own_other=other.strip()))
        if not (run.own_one or run.own_other or asked):
            return
        found: Result | None = result(
            scene,
            "own",
            {"one": run.own_one, "other": run.own_other},
            lambda kit: kit.submit(labs.own_pair, run.model, run.own_one, run.own_other, weight="heavy"),
        )
        if found is not None and found.scored:
            (each,) = found.scored
            if each.more == each.less:
                paragraph(_("The model finds neither likelier."), "said")
                return
            which = _("first") if each.prefers_more else _("second")
            said = _("The model finds the {which} sentence {times}.")
            paragraph(said.format(which=which, times=times(each.more - each.less)), "said")
