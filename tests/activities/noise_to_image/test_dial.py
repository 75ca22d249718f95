"""One seed, many settings."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from activities.noise_to_image import recorded
from activities.noise_to_image.dial import FIDELITIES, FIDELITY, PATCH, SETTINGS, dial
from kit.compute import listening
from kit.compute.plain import decode, encode
from kit.errors import Cancelled
from kit.images.generate import PATCHES, generate


@pytest.fixture
def photo() -> np.ndarray:
    random = np.random.default_rng(0)
    rough = Image.fromarray(random.integers(0, 255, (8, 12, 3), dtype=np.uint8))
    return np.asarray(rough.resize((96, 64), Image.Resampling.BICUBIC))


def test_every_setting_is_made_once() -> None:
    assert len(set(SETTINGS)) == len(SETTINGS) == len(FIDELITIES) + len(PATCHES) - 1
    assert (FIDELITY, PATCH) in SETTINGS


@pytest.mark.slow
def test_both_strips_and_what_is_told_meanwhile(photo: np.ndarray) -> None:
    told: list[tuple[float, dict[str, Any]]] = []
    with listening(lambda fraction, message, payload: told.append((fraction, payload))):
        made = dial([photo], seed=5, schedule="cosine", size=64)
    assert [each.fidelity for each in made.by_fidelity] == list(FIDELITIES)
    assert [each.patch for each in made.by_patch] == list(PATCHES)
    assert made.by_fidelity[2] is made.by_patch[2]
    # Each picture is the one that the generator makes by itself with this seed.
    alone = generate([photo], seed=5, size=64, fidelity=0.25, patch=PATCH).image
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(made.at(0.25, PATCH).png))), alone)
    assert len({each.png for each in made.tries}) == len(SETTINGS)
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    assert told[0][1]["preview"] is None
    assert told[-1][1]["n"] == told[-1][1]["total"] == len(SETTINGS)
    assert told[-1][1]["preview"].shape == alone.shape
    assert decode(encode(made)) == made


def test_it_stops_when_nobody_waits(photo: np.ndarray) -> None:
    def leave(fraction: float, message: str, payload: dict[str, Any]) -> None:
        if payload.get("n") == 2:
            raise Cancelled("Nobody waits.")

    with listening(leave), pytest.raises(Cancelled):
        dial([photo], seed=5, schedule="cosine", size=64)


def test_the_recorded_ones_cover_every_setting() -> None:
    made = recorded.dial()
    assert [(each.fidelity, each.patch) for each in made.tries] == list(SETTINGS)
    assert all(0 <= each.copied <= 1 for each in made.tries)
