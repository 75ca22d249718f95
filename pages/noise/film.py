"""The film of a denoising, to be played, stopped and stepped; and beside it, what the denoiser saw at one place."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.runtime import get_instance

from activities.noise_to_image.film import COLUMNS, PLACES, ROWS, Film
from pages.frame import _, lang
from pages.parts.picture import address

HERE = Path(__file__).parent
FAINTEST, LOUDEST = 0.05, 20.0
"""The two ends of the noise meter, as standard deviations against an image whose values span 2. Beyond the second, an
image is drowned to the eye; the schedules start from 7 to more than 100, and the figure is written beside the meter."""

_component = st.components.v2.component(
    "contrechamp_noise_film",
    html="<div class='film'></div>",
    css=(HERE / "film.css").read_text("utf-8"),
    js=(HERE / "film.js").read_text("utf-8"),
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A photograph that went in; its number is its place among them, from 1."""

    png: bytes
    title: str


def show(film: Film, *, sources: Sequence[Source], band: str, key: str) -> None:
    """Draw the film. ``sources``: in the order of the recipe. ``band``: what the answer's caption says of its making.

    Where the film stands, its pace and the place looked at stay in the browser, from one run of the page to the next;
    a new film begins at its beginning.
    """
    looks = packed(film)
    scene = {
        "film": hashlib.sha256(looks).hexdigest()[:16],
        "patch": film.patch,
        "rows": ROWS,
        "columns": COLUMNS,
        "strips": strips(film),
        "looks": _file(looks),
        "sources": [{"src": address(source.png), "title": source.title} for source in sources],
        "band": band,
        "lang": lang(),
        "words": _words(),
        "scene": key,
    }
    # As text: Streamlit looks for data frames in anything nested, and imports pandas to do so.
    _component(data={"json": json.dumps(scene)}, key=key)


def strips(film: Film) -> list[dict[str, object]]:
    """What the browser needs of each level, ``looks`` being where its records begin in :func:`packed`."""
    found, start = [], 0
    for strip in film.strips:
        found.append(
            {
                "width": strip.width,
                "height": strip.height,
                "patches": strip.patches,
                "noise": [round(noise, 4) for noise in strip.noise],
                "meter": [round(meter(noise), 4) for noise in strip.noise],
                "noisy": address(strip.noisy),
                "denoised": address(strip.denoised),
                "seen": address(strip.seen),
                "found": strip.weight.shape[2],
                "looks": start,
            }
        )
        start += strip.weight.size
    return found


def packed(film: Film) -> bytes:
    """All that was found, step after step, place after place: records of four float32, little-endian.

    The share in the answer, the photograph, and the centre there as fractions, y then x.
    """
    records = []
    for strip in film.strips:
        steps, places, found = strip.weight.shape
        assert places == len(PLACES)
        record = np.empty((steps, places, found, 4), "<f4")
        record[..., 0], record[..., 1], record[..., 2:] = strip.weight, strip.photo, strip.place
        records.append(record.tobytes())
    return b"".join(records)


def meter(noise: float) -> float:
    """How far the noise meter is filled, 0 to 1, on a logarithmic scale from :data:`FAINTEST` to :data:`LOUDEST`."""
    if noise <= FAINTEST:
        return 0.0
    return min(1.0, math.log(noise / FAINTEST) / math.log(LOUDEST / FAINTEST))


def _file(data: bytes) -> str:
    """An address for these bytes in this session; its name is made of the content alone."""
    place = hashlib.sha256(data).hexdigest()[:16]
    return str(get_instance().media_file_mgr.add(data, "application/octet-stream", f"contrechamp-{place}"))


def _words() -> dict[str, str]:
    return {
        "film": _("The film of the noise"),
        "received": _("What it receives"),
        "answered": _("What it answers"),
        "which": _("Picture shown"),
        "play": _("Play"),
        "pause": _("Pause"),
        "again": _("Play again"),
        "previousStep": _("Previous denoising step"),
        "nextStep": _("Next denoising step"),
        "previousLevel": _("Previous level"),
        "nextLevel": _("Next level"),
        "position": _("Place in the film"),
        "pace": _("Speed"),
        "slow": _("Slow speed"),
        "normal": _("Normal speed"),
        "fast": _("High speed"),
        "level": _("Level {n} of {total}"),
        "pixels": _("{width} × {height} pixels"),
        "step": _("Denoising step {n} of {total}"),
        "noise": _("Noise"),
        "scale": _("logarithmic scale"),
        "least": _("almost none left"),
        "most": _("nothing but noise"),
        "deviation": _("Standard deviation {value}; the picture goes from −1 to 1"),
        "sources": _("Where the pieces came from"),
        "searched": _("{n} pieces of photo searched. Those it found were here:"),
        "looks": _("What it looks at"),
        "choose": _("Choose one of the points of the picture."),
        "place": _("Place: row {row}, column {column}"),
        "saw": _("The noisy piece"),
        "found": _("The pieces found, and their share of the answer"),
        "mean": _("Their mean: the answer"),
        "share": _("{percent} of the answer, from photo {photo}"),
        "nearest": _("The nearest piece makes {percent} of the answer."),
        "photo": _("Photo {n}: {title}"),
        "missing": _("What the machine saw could not be loaded. Reload this page."),
    }
