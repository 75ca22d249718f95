"""Pictures as played: the right pixels, and nothing in the file that tells."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kit.decks import grain, render, store
from kit.decks.model import Truth
from kit.errors import NotFound
from kit.images.label import read_label

Make = Callable[..., Path]


def read(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def chunks(data: bytes) -> list[tuple[bytes, int]]:
    """Type and length of each chunk of a PNG, read by hand; CRCs checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = [], 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 4 : at + 8 + length]
        assert zlib.crc32(body) == struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0]
        found.append((kind, length))
        at += 12 + length
    return found


def test_fit_cuts_around_the_centre() -> None:
    wide = np.zeros((320, 960, 3), np.uint8)
    wide[:, 240:720] = 200
    assert (render.fit(wide) == 200).mean() > 0.98
    tall = np.zeros((960, 480, 3), np.uint8)
    tall[320:640] = 90
    assert (render.fit(tall) == 90).mean() > 0.98
    exact = np.random.default_rng(0).integers(0, 256, (320, 480, 3), dtype=np.uint8)
    assert (render.fit(exact) == exact).all()


def test_an_overlay_changes_its_place_and_nothing_else(make_deck: Make) -> None:
    deck = store.load(make_deck(4))
    real = render.picture(deck, "item0", Truth.REAL)
    altered = render.picture(deck, "item0", Truth.ALTERED)
    changed = (real != altered).any(axis=2)
    assert real.shape == altered.shape == (320, 480, 3)
    assert changed[100:160, 100:180].mean() > 0.5
    changed[100:160, 100:180] = False
    assert not changed.any()
    assert (altered[100:160, 100:180] == deck.version_pixels("item0-a.png")).all()


def test_what_a_deck_has_not_is_not_found(make_deck: Make) -> None:
    deck = store.load(make_deck(4))
    with pytest.raises(NotFound, match="no version of this kind"):
        render.picture(deck, "item1", Truth.ALTERED)
    with pytest.raises(NotFound, match="no version of this kind"):
        render.served(deck, "item1", Truth.ALTERED, 1)
    with pytest.raises(NotFound, match="no picture called"):
        render.served(deck, "item9", Truth.REAL, 1)


def test_files_served_have_the_same_facts(make_deck: Make) -> None:
    deck = store.load(make_deck(6, portraits=1, cards=True))
    facts = set()
    for item in deck.deck.items:
        for version in item.versions:
            data = render.served(deck, item, version.truth, seed=7)
            image = Image.open(io.BytesIO(data))
            facts.add((len(data), tuple(chunks(data)), data[:48], image.size, image.mode, str(image.info)))
    assert len(facts) == 1
    ((length, parts, _, size, mode, info),) = facts
    assert (size, mode, info) == ((480, 320), "RGB", "{}")
    assert {kind for kind, _ in parts} == {b"IHDR", b"IDAT", b"IEND"}
    assert length > 480 * 320 * 3


def test_the_seed_decides_the_grain_and_nothing_else(make_deck: Make) -> None:
    deck = store.load(make_deck(4))
    one, same, other = (read(render.served(deck, "item1", Truth.REAL, seed)) for seed in (1, 1, 2))
    assert (one == same).all()
    difference = one.astype(float) - other
    assert abs(difference.mean()) < 0.1
    assert difference.std() == pytest.approx(np.sqrt(2) * grain.GRAIN, rel=0.1)


def test_a_false_caption_leaves_the_pixels_of_the_photograph(make_deck: Make) -> None:
    deck = store.load(make_deck(4, cards=True))
    assert render.served(deck, "item1", Truth.MISCAPTIONED, 3) == render.served(deck, "item1", Truth.REAL, 3)


def test_grey_photographs_stay_grey_in_every_version(make_deck: Make) -> None:
    deck = store.load(make_deck(6))
    for item_id in deck.grey:
        for truth in (Truth.REAL, Truth.GENERATED):
            pixels = read(render.served(deck, item_id, truth, 1))
            assert (pixels == pixels[..., :1]).all()


def test_noise_and_sharpness_of_the_versions_meet(make_deck: Make) -> None:
    deck = store.load(make_deck(6))
    for item in deck.deck.items:
        raw = [grain.noise_level(render.picture(deck, item, truth)) for truth in (Truth.REAL, Truth.GENERATED)]
        played = [
            grain.noise_level(read(render.served(deck, item, truth, 5))) for truth in (Truth.REAL, Truth.GENERATED)
        ]
        assert raw[0] > 4 * raw[1]
        assert played[0] == pytest.approx(played[1], rel=0.12)


def test_the_reveal_is_labelled_when_a_machine_took_part(make_deck: Make) -> None:
    deck = store.load(make_deck(4))
    said = {
        truth: read_label(render.labelled(deck, "item0", truth, "en"))
        for truth in (Truth.REAL, Truth.GENERATED, Truth.ALTERED)
    }
    assert said[Truth.REAL] is None
    assert said[Truth.GENERATED].source_type == "trainedAlgorithmicMedia"
    assert said[Truth.ALTERED].source_type == "compositeWithTrainedAlgorithmicMedia"
    shown = read(render.labelled(deck, "item0", Truth.GENERATED, "fr"))
    assert (shown[:320] == render.picture(deck, "item0", Truth.GENERATED)).all()
    assert shown.shape[0] > 320
