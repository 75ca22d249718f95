"""The stage: one picture, a magnifier, a point of doubt, or numbered clues. By mouse, by touch, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from activities.spot_the_fake.answers import Point
from pages.parts.picture import address

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "contrechamp_stage",
    html="<div class='stage'></div>",
    css=(HERE / "stage.css").read_text("utf-8"),
    js=(HERE / "stage.js").read_text("utf-8"),
)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A numbered place on the picture; ``x``, ``y`` in 0–1."""

    x: float
    y: float
    label: str


def stage(
    data: bytes,
    *,
    alt: str,
    key: str,
    labels: dict[str, str],
    pick: bool = False,
    point: Point | None = None,
    marks: Sequence[Mark] = (),
    doubts: Sequence[Point] = (),
    seconds: int = 0,
    band: str = "",
) -> Point | None:
    """Draw a picture; return the point of doubt, if ``pick`` allows one and it was placed (in a callback: see
    :func:`pointed`).

    ``doubts``: where a class put its doubt, drawn as warm spots, warmer where several fall together.
    ``seconds`` covers the picture after that time (0: never). ``band`` is its label, written below it. ``labels`` are
    the words of the tools: ``magnifier``, ``help``, ``point``, ``placed``, ``remove``, ``show``, ``hidden``.
    """
    scene = {
        "src": address(data),
        "alt": alt,
        "pick": pick,
        "point": point.model_dump() if point else None,
        "marks": [{"x": mark.x, "y": mark.y, "label": mark.label} for mark in marks],
        "doubts": [doubt.model_dump() for doubt in doubts],
        "seconds": seconds,
        "labels": labels,
        "band": band,
        "scene": key,
    }
    # As text: Streamlit looks for data frames in anything nested, and imports pandas to do so.
    result = _component(data={"json": json.dumps(scene)}, key=key, on_point_change=lambda: None)
    return _placed(result, point) if pick else point


def pointed(key: str, before: Point | None) -> Point | None:
    """The point of doubt on the picture with this key, as it is now; ``before`` where nobody has moved it."""
    return _placed(st.session_state.get(key) or {}, before)


def _placed(result: Mapping[str, Any], before: Point | None) -> Point | None:
    placed = result.get("point", None)
    if placed is None:
        return before
    return Point(x=min(1, max(0, placed["x"])), y=min(1, max(0, placed["y"]))) if "x" in placed else None
