"""The lab « origin »: the figures it shows are those of the picture, and its colours can be told apart."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from activities.noise_to_image import recorded
from activities.noise_to_image import words as activity_words
from activities.noise_to_image.run import NoiseRun
from kit.levels import Level
from kit.steps import Mode
from pages.noise.origin import percent, share
from pages.noise.scene import SLUG, Key
from pages.noise.sources import COLOURS
from tests.pages.conftest import Opener
from tests.pages.test_pages import resume, said


def alone(level: Level) -> NoiseRun:
    return NoiseRun(seed=1, mode=Mode.SELF_PACED, level=level, step="origin")


def map_of(app: AppTest, step: str) -> dict[str, Any] | None:
    """What the component of a lab received; None if it is not on screen."""
    for component in app.get("bidi_component"):
        if component.key == f"{SLUG}.{step}":
            return json.loads(json.loads(component.proto.json)["json"])
    return None


def drawn(app: AppTest) -> dict[str, Any]:
    """What the component received."""
    data = map_of(app, "origin")
    assert data is not None
    return data


def test_before_4e_the_recorded_picture_is_explored(open_app: Opener) -> None:
    app = resume(open_app, alone(Level.CYCLE_3))
    origins = recorded.picture().origins
    data = drawn(app)
    assert (data["width"], data["height"]) == (origins.width, origins.height)
    assert data["alike"] == 8
    assert len(data["photos"]) == 1
    assert not [button for button in app.button if str(button.key).startswith(Key.MAKE)]
    words = activity_words.load("fr").labs["origin"]
    assert words.honest in said(app).replace("&#x27;", "'").replace("&quot;", '"')
    assert percent(origins.copied[8]) in said(app)


def test_another_threshold_counts_another_share(open_app: Opener) -> None:
    app = resume(open_app, alone(Level.CYCLE_3))
    origins = recorded.picture().origins
    app.slider(key=Key.ALIKE).set_value(16).run()
    assert drawn(app)["alike"] == 16
    assert origins.copied[16] > origins.copied[8] + 0.05
    for part in (origins.copied[16], origins.blended(16)):
        assert f"<b>{percent(part)}</b>" in said(app)


def test_nothing_is_computed_before_somebody_asks(open_app: Opener) -> None:
    app = resume(open_app, alone(Level.ADULTS))
    assert map_of(app, "origin") is None
    assert len([button for button in app.button if str(button.key).startswith(Key.MAKE)]) == 1


def test_a_share_is_written_as_one_reads_it(open_app: Opener) -> None:
    resume(open_app, alone(Level.CYCLE_3))
    assert [percent(part).rstrip(" %\u202f\u00a0").removeprefix("moins de ") for part in (0, 0.004, 0.436, 1)] == [
        "0",
        "1",
        "44",
        "100",
    ]
    html = share("<b>Cup</b>", 0.25, "So & so")
    assert "&lt;b&gt;Cup" in html
    assert "So &amp; so" in html
    assert "width:25.0%" in html


# -- colours -----------------------------------------------------------------------------------------------------------

VISIONS = {
    "usual": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""Machado, Oliveira & Fernandes 2009, severity 1: what a colour becomes, in linear RGB."""
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1, 1.08883])


def lab(colours: tuple[str, ...], vision: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of sRGB colours, as that vision has them."""
    rgb = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = np.clip(linear @ vision.T, 0, 1) @ XYZ.T / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("vision", VISIONS)
def test_twelve_colours_stay_apart(vision: str) -> None:
    """Two colours a colour difference (ΔE*ab) of 20 apart are told apart at a glance; 2.3 is just noticeable."""
    assert len(set(COLOURS)) == 12
    colours = lab(COLOURS, VISIONS[vision])
    apart = np.linalg.norm(colours[:, None] - colours[None], axis=2)
    assert apart[np.triu_indices(12, 1)].min() > 20
