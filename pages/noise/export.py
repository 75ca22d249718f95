"""What one may take away: a generated picture, which says that it is one, visibly and in its metadata."""

from __future__ import annotations

import io
from collections.abc import Callable

from activities.noise_to_image.making import Picture
from kit.decks.model import Truth
from pages.frame import _, lang
from pages.noise.scene import SLUG, Scene
from pages.parts.taking import take


def download(scene: Scene, picture: Picture) -> None:
    """The button that takes away the picture of the run's recipe."""
    download_png(
        picture.png, file_name=f"contrechamp-{scene.run.recipe.seed}.png", key=f"{SLUG}.download.{scene.run.step}"
    )


def download_png(png: bytes, *, file_name: str, key: str, truth: Truth = Truth.GENERATED) -> None:
    """A button that takes away ``png`` with the label of ``truth``: generated, or altered."""
    take(
        _("Download the labelled picture"),
        labelled(png, truth, lang()),
        name=file_name,
        mime="image/png",
        key=key,
        tip=_("A band below it and its metadata say that a machine made it. The label goes wherever the file goes."),
    )


def labelled(png: bytes, truth: Truth, language: str) -> Callable[[], bytes]:
    """What makes the labelled PNG, once somebody asks for it: until then nothing is decoded."""

    def make() -> bytes:
        import numpy as np
        from PIL import Image

        from kit.decks.packing import label_png

        # One of ours: made by a worker of this kit a moment ago, or shipped with it.
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            pixels = np.asarray(image.convert("RGB"))
        return label_png(pixels, truth, language)

    return make
