"""A pair goes into a deck once, and nothing that was there is lost."""

from __future__ import annotations

import numpy as np
import pytest

from activities.noise_to_image.pairing import found, pair
from activities.noise_to_image.run import Box, PhotoId
from kit import settings
from kit.decks import render
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from kit.errors import NotAllowed

BOX = Box(x=0.2, y=0.4, width=0.2, height=0.4)
TITLE = "Du bruit à l’image"


def altered(item: str, deck: LoadedDeck | None = None, value: int = 9) -> np.ndarray:
    picture = render.picture(deck or decks.default(), item, Truth.REAL)
    picture[128:256, 96:192] = value
    return picture


def own() -> LoadedDeck:
    random = np.random.default_rng(0)
    photos = [
        decks.Photograph(title=title, real=random.integers(0, 255, (320, 480, 3), dtype=np.uint8))
        for title in ("Cour", "Porte")
    ]
    return decks.make(
        settings.load(), title="Mon école", photos=photos, credit="La classe", licence="CC0", approved=True
    )


def test_a_photograph_of_the_kit_gets_a_deck_that_waits_for_approval() -> None:
    photo, after = PhotoId(item="coffee"), altered("coffee")
    assert found(settings.load(), photo, after) is None
    there = pair(settings.load(), photo, after, BOX, title=TITLE, lang="fr")
    assert not there.approved
    source, item = decks.default().deck.item("coffee"), there.deck.deck.item(there.item)
    assert there.deck.deck.title == TITLE
    assert item.licence == source.licence
    assert item.credit == deck_words(source.credit, "fr")
    assert np.array_equal(render.picture(there.deck, item, Truth.ALTERED), after)
    assert np.array_equal(
        render.picture(there.deck, item, Truth.REAL), render.picture(decks.default(), "coffee", Truth.REAL)
    )
    (clue,) = item.version(Truth.ALTERED).clues
    assert (clue.x, clue.y) == pytest.approx((0.3, 0.6))


def test_twice_makes_one() -> None:
    photo, after = PhotoId(item="coffee"), altered("coffee")
    first = pair(settings.load(), photo, after, BOX, title=TITLE, lang="fr")
    again = pair(settings.load(), photo, after, BOX, title=TITLE, lang="en")
    assert (again.deck.id, again.item) == (first.deck.id, first.item)
    assert len(decks.installed(settings.load())) == 1
    assert len(again.deck.deck.items) == 1


def test_another_photograph_joins_the_deck_and_another_retouch_does_not_replace_the_first() -> None:
    def put(item: str, value: int) -> tuple[str, int]:
        there = pair(settings.load(), PhotoId(item=item), altered(item, value=value), BOX, title=TITLE, lang="fr")
        return there.deck.id, len(there.deck.deck.items)

    first = put("coffee", 9)
    assert put("motorcycle", 9) == (first[0], 2)
    other = put("coffee", 200)
    assert other == (f"{first[0]}-2", 1)
    assert put("coffee", 9) == (first[0], 2)


def test_a_photograph_of_ones_own_gets_its_double_where_it_is() -> None:
    deck = own()
    photo = PhotoId(deck=deck.id, item=deck.deck.items[0].id)
    after = altered(photo.item, deck)
    there = pair(settings.load(), photo, after, BOX, title=TITLE, lang="fr")
    assert (there.deck.id, there.item, there.approved) == (deck.id, photo.item, True)
    assert there.deck.deck.item(photo.item).version(Truth.ALTERED).clues[0].family == "functional"
    assert found(settings.load(), photo, after) == there

    # A second retouch of the same photograph leaves the first one where it is.
    other = pair(settings.load(), photo, altered(photo.item, deck, 200), BOX, title=TITLE, lang="fr")
    assert other.deck.id != deck.id
    assert np.array_equal(render.picture(decks.find(deck.id, settings.load()), photo.item, Truth.ALTERED), after)


def test_the_deck_of_the_kit_does_not_grow() -> None:
    photo = decks.Photograph(title="Cour", real=altered("coffee"))
    with pytest.raises(NotAllowed):
        decks.extend(decks.default(), photo, credit="La classe", licence="CC0")
