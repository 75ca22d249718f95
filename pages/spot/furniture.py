"""What every screen of « Vrai ou IA ? » has: steps, title, the way back and on, the words of the picture's tools."""

from __future__ import annotations

from typing import Any

import streamlit as st

from activities.spot_the_fake.run import SortingRun
from pages.frame import _
from pages.parts.prose import escape
from pages.spot.scene import Key, Scene


def steps_rail(scene: Scene) -> None:
    """The steps of the plan, the current one marked. Alone, a step already reached can be visited again."""
    run = scene.run
    names = []
    for place, step in enumerate(run.steps):
        state = "now" if place == run.index else "done" if place < run.index else "next"
        current = ' aria-current="step"' if state == "now" else ""
        names.append(f'<li class="{state}"{current}>{escape(scene.words.steps[step.id].short)}</li>')
    label = _("Steps")
    st.html(f'<ol class="rail" aria-label="{escape(label)}">{"".join(names)}</ol>')


def heading(scene: Scene, *, lead: str | None = None) -> None:
    """The title of the step and its instruction, for alone or for a room."""
    words = scene.words.steps[scene.run.step]
    st.header(words.title, anchor=False)
    text = lead if lead is not None else words.room if scene.projected else words.learner
    if text:
        st.html(f'<p class="lead">{escape(text)}</p>')


def bar(
    scene: Scene,
    *,
    forward: SortingRun | None,
    back: SortingRun | None = None,
    forward_label: str | None = None,
    **options: Any,
) -> None:
    """The buttons at the foot of a screen: back, and on."""
    with st.container(horizontal=True, key="bar"):
        if back is not None:
            st.button(_("Back"), key=Key.BACK, on_click=scene.move(lambda: back))
        if forward is not None:
            st.button(
                forward_label or _("Continue"),
                key=Key.NEXT,
                type="primary",
                on_click=scene.move(lambda: forward),
                **options,
            )


def stage_labels() -> dict[str, str]:
    """The words of the picture's tools."""
    return {
        "magnifier": _("Magnifier"),
        "help": _("The picture. Arrows move the magnifier, Enter places your doubt, Escape closes."),
        "point": _("Touch the picture where you doubt."),
        "placed": _("Your doubt is marked."),
        "remove": _("Remove the mark"),
        "show": _("Show the picture"),
        "hidden": "",
    }


def hide_until_shown(scene: Scene) -> dict[str, str]:
    """The tools' words, with what is said once the display time is over."""
    return {**stage_labels(), "hidden": scene.words.sorting.hidden}
