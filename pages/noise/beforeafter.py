"""Two pictures of one size, and a line to draw between them."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from pages.frame import _
from pages.parts.picture import address

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "contrechamp_beforeafter",
    html="<div class='beforeafter'></div>",
    css=(HERE / "beforeafter.css").read_text("utf-8"),
    js=(HERE / "beforeafter.js").read_text("utf-8"),
)


def before_after(before: bytes, after: bytes, *, alt: str, band: str, key: str) -> None:
    """Draw two PNGs; right of the line one sees the altered one. ``alt``: of both. ``band``: the label below them."""
    altered = _("altered")
    scene = {
        "before": address(before),
        "after": address(after),
        "beforeAlt": alt,
        "afterAlt": f"{alt} ({altered})",
        "band": band,
        "scene": key,
        "words": {
            "before": _("photograph"),
            "after": altered,
            "line": _("Line between the photograph and the altered picture"),
            "value": _("{percent}% of the altered picture to be seen"),
        },
    }
    _component(data={"json": json.dumps(scene)}, key=key)
