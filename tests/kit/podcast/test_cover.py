"""The cover: always one, legible as small as players show it."""

from __future__ import annotations

import io
import random
import time

import numpy as np
import pytest
from PIL import Image, ImageColor

from kit.podcast import cover

TITLES = [
    "L’IA ment-elle ?",
    "Écouter, douter, vérifier : une après-midi pour comprendre comment les machines parlent à notre place " * 2,
    "anticonstitutionnellement",
    "x" * 200,
    "I",
    "À quoi bon ?",
    "« Deepfake » : qui parle ?",
    "? ! …",
    "a " * 100,
    "Un mot-composé-beaucoup-trop-long-pour-une-seule-ligne ici",
]
UNDRAWN = ["", "   ", "مرحبا بالعالم", "✋🏽", "\u202e\x00", "你好"]


def ratio(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = np.array(ImageColor.getrgb(colour)) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ground", "ink"), [scheme[:2] for scheme in cover.SCHEMES])
def test_letters_stand_out(ground: str, ink: str) -> None:
    assert ratio(ground, ink) >= 4.5


def ink(image: Image.Image, seed: int) -> np.ndarray:
    """Where the letters' colour is: bool, (height, width)."""
    colour = random.Random(seed).choice(cover.SCHEMES)[1]
    return (np.asarray(image) == ImageColor.getrgb(colour)).all(2)


@pytest.mark.parametrize(
    "title",
    [
        "Histoire",
        "Intelligence",
        "Hippopotomonstrosesquippedaliophobie",
        "Hier",
        "le Hasard",
        "Hé ! Pourquoi donc Internet",
    ],
)
def test_the_largest_word_is_7_pixels_high_where_players_show_55(title: str) -> None:
    """The stem of an « H » or an « I » is as high as the capitals: the longest upright run of ink is at least that."""
    seed = 1
    image = cover.draw(title, "", seed, 1100)
    letters = ink(image, seed)
    longest = 0
    for column in letters[:, : 1100 // 2].T:
        edges = np.flatnonzero(np.diff(np.concatenate([[0], column, [0]])))
        longest = max([longest, *(edges[1::2] - edges[::2])])
    assert longest / 1100 * 55 >= 7


@pytest.mark.parametrize("title", TITLES + UNDRAWN)
@pytest.mark.parametrize("seed", [0, 3])
def test_there_is_always_a_cover(title: str, seed: int) -> None:
    image = cover.draw(title, "Émission", seed, 300)
    assert (image.mode, image.size) == ("RGB", (300, 300))
    assert len(image.getcolors(300 * 300) or ()) > 3
    assert ink(image, seed)[-200:].any()


@pytest.mark.parametrize("title", TITLES)
def test_no_letter_leaves_the_cover(title: str) -> None:
    seed = 4
    image = cover.draw(title, "Une émission au nom interminable, plus long que la place qu’il y a", seed, 600)
    letters = ink(image, seed)[300:]
    assert not letters[:, : round(600 * cover.MARGIN) - 1].any()
    assert not letters[:, round(600 * (1 - cover.MARGIN)) + 2 :].any()


def test_accents_are_drawn() -> None:
    assert cover.drawable("«\u00a0éèçœÉÀÙâêîôûëïüÿæŒÇ\u00a0» — … ’") == "«\u00a0éèçœÉÀÙâêîôûëïüÿæŒÇ\u00a0» — … ’"
    assert cover.drawable("A\u0301 e\u0301") == "Á é"
    assert cover.drawable("Oui ✋🏽 مرحبا !") == "Oui !"
    with_, without = (np.asarray(cover.draw(title, "", 0, 200)) for title in ("Élève", "Eleve"))
    assert (with_ != without).any()


def test_without_the_type_there_is_still_a_cover(monkeypatch: pytest.MonkeyPatch) -> None:
    cover._font.cache_clear()
    monkeypatch.setattr(cover, "_type", lambda: None)
    try:
        assert cover.drawable("Été") == "Ete"
        assert cover.draw("Été", "Émission", 1, 300).size == (300, 300)
    finally:
        cover._font.cache_clear()


def test_same_arguments_same_pixels() -> None:
    one, again, other = (cover.draw("Un titre", "Émission", seed, 300).tobytes() for seed in (4, 4, 5))
    assert one == again != other


def test_the_file_to_publish() -> None:
    began = time.perf_counter()
    made = cover.png(cover.draw("L’IA ment-elle ?", "Questions d’élèves", 2))
    assert time.perf_counter() - began < 10  # 1 s on a quiet machine
    assert 20_000 < len(made) < 1_000_000
    with Image.open(io.BytesIO(made)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (3000, 3000))
        assert [round(dots) for dots in image.info["dpi"]] == [72, 72]
        small = cover.jpeg(image.convert("RGB"))
    assert len(small) < 200_000
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (600, 600))
