"""What was recorded when the kit was made, for those who may not run a model themselves (see :mod:`kit.levels`)."""

from __future__ import annotations

from functools import cache

from activities.noise_to_image.dial import Dial
from activities.noise_to_image.making import Picture
from activities.noise_to_image.run import NoiseRun, Recipe
from kit import ROOT

FILE = ROOT / "assets" / "recorded" / "noise_to_image.bin"
RECIPE = Recipe.model_validate({**dict(NoiseRun(seed=0).recipe), "seed": 7})
"""What was recorded; ``training/recorded_picture.py`` made the file."""
DIAL_FILE = FILE.with_name("noise_to_image_dial.bin")
"""The pictures of the dial, of the same recipe; ``training/recorded_dial.py`` made the file."""


@cache
def picture() -> Picture:
    """The recorded picture. It went through the same code as one made now; the page says that it was recorded."""
    from kit.compute.plain import decode

    loaded: Picture = decode(FILE.read_bytes())
    return loaded


@cache
def dial() -> Dial:
    """The recorded pictures of the dial, as :func:`picture`."""
    from kit.compute.plain import decode

    loaded: Dial = decode(DIAL_FILE.read_bytes())
    return loaded
