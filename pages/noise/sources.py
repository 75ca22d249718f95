"""A generated picture beside its photographs: point at a pixel, and the patch it came from lights up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime import get_instance

from activities.noise_to_image.making import Picture
from activities.noise_to_image.origin import ALIKE
from kit.decks.model import PICTURE_SIZE
from kit.images.label import SourceType, caption
from pages.frame import _, lang
from pages.noise.scene import Photo, png
from pages.parts.picture import address

HERE = Path(__file__).parent
COLOURS = (
    "#005DD1", "#B9A200", "#FF5D74", "#8BE8FF", "#460074", "#B9FF8B",
    "#8B5D00", "#A2A2FF", "#5D1700", "#FFE8D1", "#172E46", "#D15DA2",
)  # fmt: skip
"""One a photograph. Chosen by search, to stay apart for every kind of colour vision; each also carries its number."""

_component = st.components.v2.component(
    "contrechamp_sources",
    html="<div class='sources'></div>",
    css=(HERE / "sources.css").read_text("utf-8"),
    js=(HERE / "sources.js").read_text("utf-8"),
)


def sources(picture: Picture, photos: Sequence[Photo], *, key: str, alike: int = ALIKE) -> None:
    """Draw ``picture`` and the photographs that went in, in their order.

    ``alike``: the difference, in grey levels of 256, up to which a pixel counts as copied. By mouse, by touch, by the
    arrow keys; the map colours the picture by photograph, or by place where there is only one.
    """
    width, height = PICTURE_SIZE
    source = address(picture.png)
    data = {
        "scene": f"{key}/{hashlib.sha256(picture.png).hexdigest()[:16]}",
        "picture": source,
        "alt": _("The picture that the machine made"),
        "band": caption(SourceType.GENERATED, lang()),
        "origins": _bytes(picture.origins.packed),
        "width": picture.origins.width,
        "height": picture.origins.height,
        "patch": picture.film.patch,
        "keeps": picture.origins.kept > 0,
        "photos": [
            {"src": address(png(photo.id)), "title": photo.title, "alt": photo.alt, "width": width, "height": height}
            for photo in photos
        ],
        "colours": COLOURS[: len(photos)],
        "alike": alike,
        "lang": lang(),
        "labels": _labels(),
    }
    # As text: Streamlit looks for data frames in anything nested, and imports pandas to do so.
    _component(data={"json": json.dumps(data)}, key=key)


def _bytes(data: bytes) -> str:
    """An address for bytes that are no picture; the browser fetches them once."""
    place = hashlib.sha256(data).hexdigest()[:16]
    return get_instance().media_file_mgr.add(data, "application/octet-stream", f"contrechamp-{place}")


def _labels() -> dict[str, str]:
    return {
        "help": _(
            "The picture that the machine made. The arrow keys move one pixel, with the Shift key ten. "
            "The place each pixel came from is said."
        ),
        "maps": _("Map"),
        "none": _("No map"),
        "photo": _("By photograph"),
        "place": _("By place in the photograph"),
        "closeness": _("Copied or blended"),
        "only": _("Show only what came from one photograph"),
        "name": _("Photograph {number}: {title}"),
        "near": _("In the machine’s picture"),
        "far": _("In photograph {number}"),
        "kept": _("The photograph itself, untouched"),
        "copied": _("Almost identical"),
        "close": _("Similar, but blended"),
        "blended": _("A blend"),
        "copiedKey": _("Copied nearly as it is: {alike} grey levels apart at most"),
        "blendedKey": _("Blended: farther apart than that"),
        "difference": _("{levels} grey levels apart, of 256"),
        "said": _(
            "Column {column}, row {row}. It comes from photograph {number}, {title}, {across}% from the left, "
            "{down}% from the top. {verdict}. {difference}"
        ),
        "failed": _("The map did not arrive. Reload the page."),
    }
