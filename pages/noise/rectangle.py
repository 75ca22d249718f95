"""A rectangle on a photograph: by mouse, by touch, by keyboard, or typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from activities.noise_to_image.run import Box
from pages.frame import _
from pages.parts.picture import address

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "contrechamp_rectangle",
    html="<div class='rectangle'></div>",
    css=(HERE / "rectangle.css").read_text("utf-8"),
    js=(HERE / "rectangle.js").read_text("utf-8"),
)


def rectangle(data: bytes, box: Box, *, alt: str, key: str, on_change: Callable[[Box], None]) -> None:
    """Draw the photograph ``data``, a PNG, with ``box`` on it. ``on_change`` hears where it was left.

    ``key``: of this photograph. Two photographs never share one, or the box of the first would come back for both.
    """
    scene = {"src": address(data), "alt": alt, "box": box.model_dump(), "scene": key, "words": _words()}

    def moved() -> None:
        on_change(changed(box, st.session_state[key].get("box")))

    # As text: Streamlit looks for data frames in anything nested, and imports pandas to do so.
    _component(data={"json": json.dumps(scene)}, key=key, on_box_change=moved)


def changed(box: Box, sent: object) -> Box:
    """What the browser ``sent`` as a box; ``box`` if it sent none, or nothing that is one."""
    if not isinstance(sent, Mapping):
        return box
    try:
        return Box.model_validate(dict(sent))
    except ValidationError:
        return box


def _words() -> dict[str, str]:
    return {
        "rectangle": _("rectangle"),
        "help": _(
            "Draw on the photograph, or move the rectangle: arrows move it, shift and arrows size it, alt makes "
            "greater steps."
        ),
        "fields": _("Rectangle, in per cent of the photograph"),
        "x": _("From the left, %"),
        "y": _("From the top, %"),
        "width": _("Width, %"),
        "height": _("Height, %"),
        "at": _("Rectangle: {x}% from the left, {y}% from the top, {width}% wide, {height}% high"),
    }
