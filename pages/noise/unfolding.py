"""How an image came out of its noise: the picture after each step under one slider, and the whole one at its end."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from activities.noise_to_image.painting import Painting
from kit.images.label import SourceType, caption
from pages.frame import _, lang
from pages.parts.picture import address

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "contrechamp_unfolding",
    html="<div class='unfolding'></div>",
    css=(HERE / "unfolding.css").read_text("utf-8"),
    js=(HERE / "unfolding.js").read_text("utf-8"),
)


def unfolding(made: Painting, *, alt: str, key: str) -> None:
    """Draw the film of ``made``; its last picture is the image itself. ``key`` tells one image from another."""
    scene = {
        "frames": [address(frame) for frame in made.frames] + [address(made.png)],
        "alt": alt,
        "scene": key,
        "band": caption(SourceType.GENERATED, lang()),
        "labels": {
            "play": _("Play"),
            "pause": _("Pause"),
            "slider": _("Step of the denoising"),
            "step": _("After step {step} of {steps}, in small"),
            "last": _("The finished picture"),
        },
    }
    # As text: Streamlit looks for data frames in anything nested, and imports pandas to do so.
    _component(data={"json": json.dumps(scene)}, key=key)
