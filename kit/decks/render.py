"""The pictures of a deck as they are played, and as they are revealed."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image

from kit.decks import grain
from kit.decks.loaded import LoadedDeck
from kit.decks.model import PICTURE_SIZE, Item, Truth, Version
from kit.decks.packing import label_png
from kit.errors import NotFound


def picture(deck: LoadedDeck, item: Item | str, truth: Truth) -> np.ndarray:
    """One version of an item as it is: uint8, (320, 480, 3).

    Raises :class:`NotFound` if the deck has no such item or version.
    """
    item = _item(deck, item)
    version = _version(item, truth)
    if version.file:
        return fit(deck.version_pixels(version.file))
    whole = fit(deck.source_pixels(item))
    if version.overlay:
        piece = deck.version_pixels(version.overlay.file)
        x, y = version.overlay.x, version.overlay.y
        whole[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
    return whole


def fit(pixels: np.ndarray) -> np.ndarray:
    """A picture cut to 3:2 around its centre and resampled (Lanczos): uint8, (320, 480, 3), its own copy."""
    height, width = pixels.shape[:2]
    wide, high = PICTURE_SIZE
    kept_width, kept_height = min(width, height * wide / high), min(height, width * high / wide)
    # Crops are whole pixels, 3:2 to the nearest one: less than a pixel is not worth shifting everything.
    if width - kept_width < 1 and height - kept_height < 1:
        kept_width, kept_height = width, height
    left, top = (width - kept_width) / 2, (height - kept_height) / 2
    box = (left, top, left + kept_width, top + kept_height)
    resized = Image.fromarray(pixels).resize(PICTURE_SIZE, Image.Resampling.LANCZOS, box=box)
    return np.array(resized)


def served(deck: LoadedDeck, item: Item | str, truth: Truth, seed: int) -> bytes:
    """The copy used in play: a PNG that gives nothing away.

    Every one has the same dimensions, chunks and number of bytes (the pixels are stored, not compressed), no
    metadata, and the sharpness and grain common to the versions of its photograph (:mod:`kit.decks.grain`).
    ``seed``: of the grain.
    """
    item = _item(deck, item)
    _version(item, truth)
    alike = _alike(deck, item.id)
    pixels, sigma = alike[Truth.REAL if truth is Truth.MISCAPTIONED and Truth.REAL in alike else truth]
    return png(grain.add_grain(pixels, sigma, seed, grey=item.id in deck.grey))


def labelled(deck: LoadedDeck, item: Item | str, truth: Truth, lang: str) -> bytes:
    """The picture shown at the reveal, a PNG: with its label if a machine made some of it."""
    pixels = picture(deck, item, truth)
    return label_png(pixels, truth, lang) if truth.machine else png(pixels)


def png(pixels: np.ndarray) -> bytes:
    """``pixels`` as an uncompressed PNG without metadata: its length depends on the dimensions alone."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG", compress_level=0)
    return out.getvalue()


@lru_cache(maxsize=40)
def _alike(deck: LoadedDeck, item_id: str) -> dict[Truth, tuple[np.ndarray, float]]:
    """For each truth of an item, the picture of common sharpness (uint8) and the grain it needs."""
    item = deck.deck.item(item_id)
    truths = [version.truth for version in item.versions]
    if Truth.REAL in truths:
        # Same pixels: weighing them twice would change nothing.
        truths = [truth for truth in truths if truth is not Truth.MISCAPTIONED]
    matched = grain.match_sharpness([picture(deck, item, truth) for truth in truths])
    sigmas = grain.grain_for(matched)
    rounded = [np.clip(np.rint(pixels), 0, 255).astype(np.uint8) for pixels in matched]
    return {truth: (pixels, sigma) for truth, pixels, sigma in zip(truths, rounded, sigmas, strict=True)}


def _item(deck: LoadedDeck, item: Item | str) -> Item:
    if isinstance(item, Item):
        return item
    try:
        return deck.deck.item(item)
    except KeyError:
        raise NotFound("The deck “{deck}” has no picture called “{item}”.", deck=deck.id, item=item) from None


def _version(item: Item, truth: Truth) -> Version:
    try:
        return item.version(truth)
    except KeyError:
        raise NotFound(
            "“{item}” has no version of this kind ({truth}) in the deck.", item=item.id, truth=str(truth)
        ) from None
