"""A photograph and its altered double, put in a deck of « Vrai ou IA ? ». Nothing that was in a deck is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activities.noise_to_image.run import Box, PhotoId
from kit.decks import render
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Clue, Item, Truth
from kit.decks.model import words as deck_words
from kit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Where a pair stands."""

    deck: LoadedDeck
    item: str

    @property
    def approved(self) -> bool:
        """Whether somebody approved it: it is not played before."""
        return self.deck.deck.item(self.item).approved


def found(settings: Settings, photo: PhotoId, after: NDArray[np.uint8]) -> Pair | None:
    """The pair of ``photo`` and exactly this picture, if a deck of this machine holds it.

    Raises :class:`kit.errors.NotFound` if the photograph was removed meanwhile.
    """
    source = decks.find(photo.deck, settings).deck.item(photo.item)
    for deck in _own(settings):
        for item in deck.deck.items:
            same = deck.id == photo.deck and item.id == photo.item
            if not (same or _is(item, source)) or not _altered(item):
                continue
            if np.array_equal(render.picture(deck, item, Truth.ALTERED), after):
                return Pair(deck=deck, item=item.id)
    return None


def pair(settings: Settings, photo: PhotoId, after: NDArray[np.uint8], box: Box, *, title: str, lang: str) -> Pair:
    """Put ``after``, uint8 (320, 480, 3), beside the ``photo`` it was made from, with a clue where ``box`` is.

    It goes into the photograph's own deck where that has no altered version yet. Else, and for a photograph of the
    kit, into the deck called ``title``, which is made if need be (or another one of that title, where the photograph is
    already in it): the pair is copied there with credit and licence, and waits for approval. Equal pairs are put once.
    ``lang``: of the words that are copied. Raises :class:`kit.errors.NotFound` if the photograph was removed
    meanwhile, :class:`kit.errors.SetupError` if the disk refuses.
    """
    there = found(settings, photo, after)
    if there is not None:
        return there
    deck = decks.find(photo.deck, settings)
    source = deck.deck.item(photo.item)
    clue = Clue(
        family="functional",
        x=min(1.0, box.x + box.width / 2),
        y=min(1.0, box.y + box.height / 2),
        words={
            "fr": "Cette partie a été refaite avec des morceaux du reste de la photo.",
            "en": "This part was remade with pieces of the rest of the photograph.",
        },
    )
    if not deck.builtin and not _altered(source):
        changed = decks.add_version(deck, source.id, Truth.ALTERED, after, clues=(clue,))
        return Pair(deck=changed, item=source.id)
    double = decks.Photograph(
        title=deck_words(source.title, lang),
        real=render.picture(deck, source, Truth.REAL),
        counterparts={Truth.ALTERED: after},
        alt=deck_words(source.version(Truth.REAL).alt, lang),
        clues=(clue,),
    )
    credit = deck_words(source.credit, lang)
    for own in _own(settings):
        named = own.deck.title == title
        if named and own.id != photo.deck and not any(_is(item, source) for item in own.deck.items):
            grown, item_id = decks.extend(own, double, credit=credit, licence=source.licence)
            return Pair(deck=grown, item=item_id)
    made = decks.make(settings, title=title, photos=[double], credit=credit, licence=source.licence)
    return Pair(deck=made, item=made.deck.items[0].id)


def _own(settings: Settings) -> Iterator[LoadedDeck]:
    return (deck for deck in decks.installed(settings) if isinstance(deck, LoadedDeck))


def _altered(item: Item) -> bool:
    return any(version.truth is Truth.ALTERED for version in item.versions)


def _is(item: Item, source: Item) -> bool:
    """Whether ``item`` was copied from ``source``: the same title, in one of its languages, and the same licence."""
    titles = {deck_words(source.title, lang) for lang in ("fr", "en")}
    return deck_words(item.title, "fr") in titles and item.licence == source.licence
