"""The colours of the kit, and the size of its letters."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent


class Display(StrEnum):
    """How the screen is coloured."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


_PALETTES = {
    "light": "--ink:#1B1F3B;--paper:#FBF7F0;--sheet:#FFFFFF;--soft:#F1EADD;--quiet:#565A75;--coral:#B8371F;"
    "--teal:#14696B;--sun:#F2B134;--line:#8C8A94;--on-teal:#FFFFFF;--on-coral:#FFFFFF",
    "dark": "--ink:#F4EFE6;--paper:#14172C;--sheet:#1D2140;--soft:#20243F;--quiet:#B9BBD0;--coral:#FF9B85;"
    "--teal:#5CC2C0;--sun:#F2B134;--line:#7C81A3;--on-teal:#14172C;--on-coral:#14172C",
    "contrast": "--ink:#000000;--paper:#FFFFFF;--sheet:#FFFFFF;--soft:#FFFFFF;--quiet:#000000;--coral:#8A1F0B;"
    "--teal:#00474A;--sun:#FFD54A;--line:#000000;--on-teal:#FFFFFF;--on-coral:#FFFFFF",
}


def palette(chosen: Display) -> str:
    """The colours of a display, as CSS."""
    if chosen is Display.SYSTEM:
        dark = f"@media (prefers-color-scheme:dark){{:root{{{_PALETTES['dark']};color-scheme:dark}}}}"
        return f":root{{{_PALETTES['light']}}}{dark}"
    css = f":root{{{_PALETTES[chosen]};color-scheme:{'dark' if chosen is Display.DARK else 'light'}}}"
    if chosen is Display.CONTRAST:
        css += (HERE / "contrast.css").read_text("utf-8")
    return css


def enlarge() -> None:
    """Make this screen readable from eight metres: Streamlit sizes everything in rem, so that one line does it."""
    st.html(
        "<style>html{font-size:clamp(20px,1.5vw,34px)!important}"
        '[data-testid="stMainBlockContainer"]{max-width:100rem!important}</style>'
    )
