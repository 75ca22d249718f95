"""What every screen of « Du bruit à l'image » needs: the saved run, its words, the photographs one may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import streamlit as st

from activities.noise_to_image.run import NoiseRun, PhotoId
from activities.noise_to_image.words import Words
from kit import settings
from kit.decks import render
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from kit.errors import NotFound
from pages import frame
from pages.parts.scene import StepScene

SLUG = "noise_to_image"


class Key(StrEnum):
    """Widget and state keys of « Du bruit à l'image »."""

    GUESS = "noise_to_image.guess"
    COUNT = "noise_to_image.count"
    PHOTOS = "noise_to_image.photos"
    SEED = "noise_to_image.seed"
    SCHEDULE = "noise_to_image.schedule"
    FIDELITY = "noise_to_image.fidelity"
    PATCH = "noise_to_image.patch"
    MAKE = "noise_to_image.make"
    ALIKE = "noise_to_image.alike"


class Scene(StepScene[NoiseRun, Words]):
    """One screen to draw."""

    @property
    def places(self) -> int:
        """How many places the current step has."""
        return len(self.words.debrief.questions) if self.run.step == "debrief" else 1


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photograph that may go into the generator: approved, and taken by a camera."""

    id: PhotoId
    title: str
    alt: str
    own: bool
    """Brought by the people of this machine, not shipped with the kit."""


def photos() -> list[Photo]:
    """The photographs one may use: one's own first."""
    mine = [deck for deck in decks.installed(settings.load()) if isinstance(deck, decks.LoadedDeck)]
    return [photo for deck in [*mine, decks.default()] for photo in _of(deck)]


def _of(deck: LoadedDeck) -> list[Photo]:
    lang = frame.lang()
    return [
        Photo(
            id=PhotoId(deck=deck.id, item=item.id),
            title=deck_words(item.title, lang),
            alt=deck_words(item.version(Truth.REAL).alt, lang),
            own=not deck.builtin,
        )
        for item in deck.deck.items
        # A portrait never goes in: the generator makes nobody's face.
        if item.approved and not item.portrait and any(version.truth is Truth.REAL for version in item.versions)
    ]


def pixels(photo: PhotoId) -> np.ndarray:
    """A photograph as the generator takes it: uint8, (320, 480, 3).

    Raises :class:`kit.errors.NotFound` if it was removed meanwhile.
    """
    deck = decks.find(photo.deck, settings.load())
    return render.picture(deck, photo.item, Truth.REAL)


def present(run: NoiseRun) -> NoiseRun:
    """``run`` without the photographs that were removed meanwhile."""
    known = {photo.id for photo in photos()}
    left = tuple(photo for photo in run.recipe.photos if photo in known)
    first = NoiseRun(seed=0)
    changed = run.cooking(photos=left or first.recipe.photos)
    if run.alteration.photo not in known:
        changed = changed.altering(photo=first.alteration.photo)
    return changed if run.other in known else changed.having(other=first.other)


@st.cache_data(show_spinner=False, max_entries=64)
def _png(deck_digest: str, deck_id: str, item: str) -> bytes:
    return render.png(pixels(PhotoId(deck=deck_id, item=item)))


def png(photo: PhotoId) -> bytes:
    """A photograph as a PNG, for the browser."""
    deck = decks.find(photo.deck, settings.load())
    if not any(item.id == photo.item for item in deck.deck.items):
        raise NotFound("The deck “{deck}” has no picture called “{item}”.", deck=photo.deck, item=photo.item)
    return _png(deck.digest, photo.deck, photo.item)


def ours(run: NoiseRun, *chosen: PhotoId) -> bool:
    """Whether all the photographs ``chosen`` ship with the kit: then a result may be kept for everybody."""
    return all(photo.deck == decks.default().id for photo in chosen or run.recipe.photos)
