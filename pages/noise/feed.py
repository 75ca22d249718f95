"""Feed the machine one's own photographs, see where the picture comes from, and what changes without one of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from enum import StrEnum
from functools import partial

import numpy as np
import streamlit as st
from PIL import Image

from activities import registry
from activities.noise_to_image.making import Picture
from activities.noise_to_image.run import NoiseRun, PhotoId, Recipe
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from kit import settings
from kit.decks import store as decks
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from kit.images.generate import MOST_PHOTOS
from kit.images.label import SourceType, caption
from pages import frame
from pages.frame import _, show_among
from pages.noise import kitchen, own_photos
from pages.noise.costline import cost_line
from pages.noise.export import download
from pages.noise.origin import by_photo
from pages.noise.scene import SLUG, Photo, Scene, photos, png
from pages.noise.sources import sources
from pages.parts import asking, photographs
from pages.parts.bring import note, notes
from pages.parts.furniture import bar, heading
from pages.parts.picture import address
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around

GIVEN = f"{SLUG}.given"
"""What is said of a picture that went into a deck: beside the button, where one is looking."""
BEFORE = "before"
"""The computation of the picture that one compares with."""


class Key(StrEnum):
    """Widget keys of this lab."""

    OWN = "noise_to_image.feed.own"
    KIT = "noise_to_image.feed.kit"
    FIRST = "noise_to_image.feed.first"
    WITHOUT = "noise_to_image.feed.without"
    FORGET = "noise_to_image.feed.forget"
    GIVE = "noise_to_image.feed.give"


def draw(scene: Scene) -> None:
    """Bring, choose, make, compare, give."""
    words = scene.words.labs["feed"]
    heading(scene)
    paragraph(words.honest, "caution")
    photographs.room(scene, own_photos.PREFIX, scene.words.reminder)
    if scene.run.may_generate:
        if scene.handles:
            own_photos.draw(scene)
        _choose(scene)
        _result(scene)
    else:
        paragraph(
            _("Below 4e (13 years), only the facilitator feeds the machine, on the projected screen."),
            "note",
        )
    around(scene, "feed")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def device(scene: Scene) -> None:
    """The same step on a device of a class: it sends photographs."""
    photographs.device(scene, scene.words.reminder)


# -- what goes in ------------------------------------------------------------------------------------------------------


def _choose(scene: Scene) -> None:
    """Up to twelve photographs, one's own first; the first one chosen gives the layout."""
    offered = photos()
    mine = tuple(photo.id for photo in offered if photo.own)[:MOST_PHOTOS]
    st.subheader(_("What goes into the machine"), anchor=False)
    if not mine:
        paragraph(_("None of your own yet: bring some, then approve them. The kit’s photographs wait below."), "note")
    elif set(mine) != set(scene.run.recipe.photos):
        st.button(
            _("Only our photographs ({n})").format(n=len(mine)),
            key=Key.OWN,
            on_click=scene.move(lambda: scene.run.cooking(photos=mine)),
        )
    if mine and not st.toggle(_("Offer the kit’s photographs too"), key=Key.KIT):
        offered = [photo for photo in offered if photo.own or photo.id in scene.run.recipe.photos]
    kitchen.choose_photos(scene, offered=offered, most=MOST_PHOTOS)
    chosen = kitchen.ingredients(scene.run.recipe)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(chosen) > 1:
            titles = {photo.id: photo.title for photo in chosen}
            st.selectbox(
                _("This one gives the layout"),
                list(titles),
                index=show_among(Key.FIRST, titles, chosen[0].id),
                format_func=titles.__getitem__,
                key=Key.FIRST,
                on_change=scene.move(lambda: _led(scene.run, st.session_state[Key.FIRST])),
                width=340,
            )
        kitchen.seed(scene)


def _led(run: NoiseRun, first: PhotoId) -> NoiseRun:
    """``run`` with another photograph in front."""
    return run.cooking(photos=(first, *(photo for photo in run.recipe.photos if photo != first)))


# -- what comes out ----------------------------------------------------------------------------------------------------


def _result(scene: Scene) -> None:
    """The picture beside the former one; its sources; a photograph taken away; the way into a deck."""
    before = _before(scene)
    picture = kitchen.made(scene)
    former = _former(scene, before)
    if picture is None:
        return
    chosen = kitchen.ingredients(scene.run.recipe)
    if before is not None and former is not None:
        _compare(scene, before, former, picture)
    sources(picture, chosen, key=f"{SLUG}.feed")
    if len(chosen) > 1:
        by_photo(picture.origins, chosen)
        _take_away(scene, chosen)
    cost_line(picture.cost)
    notes(GIVEN)  # above the button that caused it, which may stand at the very foot of a small screen
    with st.container(horizontal=True, vertical_alignment="center"):
        download(scene, picture)
        _give(picture, chosen[0])


def _before(scene: Scene) -> Recipe | None:
    """The recipe to compare with, if there is one, it is another, and its photographs are still there."""
    before = scene.run.before
    asked = before is not None and asking.request(BEFORE, before.model_dump_json()) in scene.run.asked
    if before is None or not asked or before == scene.run.recipe:
        return None
    return before if len(kitchen.ingredients(before)) == len(before.photos) else None


def _former(scene: Scene, before: Recipe | None) -> Picture | None:
    if before is None:
        return None
    what = before.model_dump_json()
    return asking.asked(scene, BEFORE, what, kitchen.making(before), label=_("Make the picture"))


def _take_away(scene: Scene, chosen: Sequence[Photo]) -> None:
    paragraph(_("Take one away and compare. The seed stays the same."), "said")
    with st.container(horizontal=True, key="feed-without"):
        for number, photo in enumerate(chosen, 1):
            st.button(
                _("Without photograph {n}").format(n=number),
                key=f"{Key.WITHOUT}.{number}",
                help=photo.title,
                on_click=scene.move(partial(without, scene.run, photo.id)),
            )


def without(run: NoiseRun, photo: PhotoId) -> NoiseRun:
    """``run`` without one photograph: the picture of before stays to compare with, the new one is asked for."""
    old = run.recipe.model_dump_json()
    left = tuple(other for other in run.recipe.photos if other != photo)
    new = run.having(before=run.recipe).cooking(photos=left)
    asking.hand_over(run.activity.slug, kitchen.PICTURE, BEFORE, old)
    others = (name for name in run.asked if name.startswith((f"{kitchen.PICTURE}:", f"{BEFORE}:")))
    asked = new.settled(*others).asking(asking.request(BEFORE, old))
    return asked.asking(asking.request(kitchen.PICTURE, new.recipe.model_dump_json()))


def _compare(scene: Scene, before: Recipe, former: Picture, picture: Picture) -> None:
    """Both pictures, side by side, each under what went in."""
    st.subheader(_("Before and after"), anchor=False)
    gone = [photo for photo in kitchen.ingredients(before) if photo.id not in scene.run.recipe.photos]
    if gone:
        paragraph(_("Taken away: {titles}").format(titles=", ".join(photo.title for photo in gone)), "said")
    pairs = ((_("Before"), before, former), (_("Now"), scene.run.recipe, picture))
    for column, (name, recipe, made) in zip(st.columns(2), pairs, strict=True):
        with column:
            alt = f"{name}. {_named(recipe)}"
            st.html(
                f'<figure class="fed"><img class="picture" src="{escape(address(made.png))}" alt="{escape(alt)}">'
                f'<p class="band">{escape(caption(SourceType.GENERATED, frame.lang()))}</p>'
                f"<figcaption><b>{escape(name)}</b> · {escape(_named(recipe))}</figcaption></figure>"
            )
            strip = "".join(
                f'<img src="{escape(address(png(photo.id)))}" alt="{escape(photo.alt)}">'
                for photo in kitchen.ingredients(recipe)
            )
            st.html(f'<div class="fed-strip">{strip}</div>')
    forget = scene.move(lambda: scene.run.having(before=None))
    st.button(_("Close the comparison"), key=Key.FORGET, on_click=forget)


def _named(recipe: Recipe) -> str:
    """A recipe in words."""
    titles = ", ".join(photo.title for photo in kitchen.ingredients(recipe))
    return _("{n} photographs: {titles} · seed {seed}").format(n=len(recipe.photos), titles=titles, seed=recipe.seed)


# -- into a deck -------------------------------------------------------------------------------------------------------


def _give(picture: Picture, first: Photo) -> None:
    """The picture becomes the machine's version of the photograph that gave the layout."""
    activity = registry.words(SPOT_THE_FAKE.slug, frame.lang()).title
    if not first.own:
        advice = _("To put it in a deck of “{activity}”, let a photograph of your own give the layout.")
        paragraph(advice.format(activity=activity), "source")
        return
    st.button(
        _("Put this picture in a deck of “{activity}”").format(activity=activity),
        key=Key.GIVE,
        on_click=frame.guarded(lambda: give(picture, first.id, activity)),
    )


def give(picture: Picture, first: PhotoId, activity: str) -> None:
    """Write ``picture`` beside the photograph ``first`` in its deck, and say where it is found."""
    deck = decks.find(first.deck, settings.load())
    # One of ours: made by a worker of this kit a moment ago.
    with Image.open(io.BytesIO(picture.png), formats=["PNG"]) as image:
        pixels = np.array(image.convert("RGB"))
    changed = decks.add_version(deck, first.item, Truth.GENERATED, pixels)
    said = _("Done. The picture stands beside “{photo}” in the deck “{deck}”. Choose that deck to play “{activity}”.")
    note(
        GIVEN,
        "done",
        said.format(
            photo=deck_words(changed.deck.item(first.item).title, frame.lang()),
            deck=deck_words(changed.deck.title, frame.lang()),
            activity=activity,
        ),
    )
