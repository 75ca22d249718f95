"""The drawing of a sound, with a selection one moves: by mouse, by touch, by keyboard."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from pages.frame import _

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "contrechamp_waveform",
    html="<div class='wave'></div>",
    css=(HERE / "waveform.css").read_text("utf-8"),
    js=(HERE / "waveform.js").read_text("utf-8"),
)

Span = tuple[float, float]
"""Seconds: from, to."""


def waveform(
    wave: Sequence[Span],
    seconds: float,
    selected: Span,
    *,
    marks: Sequence[float],
    key: str,
    on_change: Callable[[Span], None],
) -> None:
    """Draw ``wave`` (the lowest and highest sample of each column, -1 to 1) with what is ``selected``.

    ``on_change`` hears where the selection was left. ``key``: of this sound; two sounds never share one.
    """
    columns = [[round(low * 100), round(high * 100)] for low, high in wave]
    scene = {"wave": columns, "seconds": seconds, "marks": list(marks), "selected": list(selected), "words": _words()}

    def moved() -> None:
        on_change(changed(selected, st.session_state[key].get("selected"), seconds))

    # As text: Streamlit looks for data frames in anything nested, and imports pandas to do so.
    _component(data={"json": json.dumps(scene)}, key=key, on_selected_change=moved)


def changed(selected: Span, sent: object, seconds: float) -> Span:
    """What the browser ``sent`` as a selection; ``selected`` if it sent none, or nothing that is one."""
    if not isinstance(sent, Mapping):
        return selected
    start, end = sent.get("start"), sent.get("end")
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in (start, end)):
        return selected
    start, end = max(0.0, min(seconds, float(start))), max(0.0, min(seconds, float(end)))
    return (start, end) if start < end else selected


def _words() -> dict[str, str]:
    return {
        "label": _("The sound, from left to right"),
        "start": _("Beginning of the selection"),
        "end": _("End of the selection"),
        "at": _("{seconds} s"),
        "mark": _("Good moment, at {seconds} s"),
        "help": _(
            "Draw on the sound to select, or move the two handles: arrows by a tenth of a second, with shift by one."
        ),
    }
