"""The lab « alter »: a part of a photograph made anew, seen before and after, labelled, sent to a deck."""

from __future__ import annotations

import io
from enum import StrEnum

import numpy as np
import streamlit as st
from PIL import Image

from activities import registry
from activities.noise_to_image.altering import Altered, alter
from activities.noise_to_image.pairing import Pair, found, pair
from activities.noise_to_image.run import Box
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from kit import settings
from kit.compute import Call, Compute
from kit.decks import render
from kit.decks import store as decks
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from kit.errors import KitError
from kit.images.label import SourceType, caption
from pages import frame
from pages.frame import _, lang, show_among
from pages.noise import kitchen
from pages.noise.beforeafter import before_after
from pages.noise.costline import cost_line
from pages.noise.export import download_png
from pages.noise.rectangle import rectangle
from pages.noise.scene import SLUG, Photo, Scene, photos, pixels, png
from pages.parts import asking
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.recording import say_recorded

EXAMPLE = "motorcycle"
"""A pair of the default deck, for those who may only look: our generator made it when the kit was made."""


class Key(StrEnum):
    """Widget keys of this lab."""

    PHOTO = "noise_to_image.alter.photo"
    SEED = "noise_to_image.alter.seed"
    BOX = "noise_to_image.alter.box"
    PAIR = "noise_to_image.alter.pair"


def draw(scene: Scene) -> None:
    """Choose, mark, refill, compare, keep."""
    heading(scene)
    if scene.run.may_generate:
        _workbench(scene)
    else:
        paragraph(scene.words.someone, "caution")
        _recorded(scene)
    paragraph(scene.words.labs["alter"].honest, "caution")
    around(scene, "alter")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _recorded(scene: Scene) -> None:
    say_recorded(scene)
    deck = decks.default()
    item = deck.deck.item(EXAMPLE)
    before, after = (render.png(render.picture(deck, item, truth)) for truth in (Truth.REAL, Truth.ALTERED))
    _compared(before, after, deck_words(item.version(Truth.REAL).alt, lang()), key=f"{SLUG}.alter.example")


def _workbench(scene: Scene) -> None:
    choice = scene.run.alteration
    photo = next((photo for photo in photos() if photo.id == choice.photo), photos()[0])
    choose, beware = st.columns(2, gap="large", vertical_alignment="center")
    with choose:
        _controls(scene, photo)
    with beware:
        paragraph(scene.words.someone, "caution")
    left, right = st.columns(2, gap="large")
    with left:
        _part(_("1. Draw the rectangle"))
        rectangle(
            png(photo.id),
            choice.box,
            alt=photo.alt,
            key=f"{Key.BOX}.{photo.id.deck}.{photo.id.item}",
            on_change=lambda box: scene.move(lambda: scene.run.altering(box=box))(),
        )
    with right:
        _part(_("2. Let the machine refill it"))
        altered = _altered(scene)
        if altered is not None:
            _compared(altered.before, altered.after, photo.alt, key=f"{SLUG}.alter.compared")
            cost_line(altered.cost)
            _keep(scene, photo, altered)


def _part(text: str) -> None:
    st.html(f'<h3 class="part">{escape(text)}</h3>')


def _controls(scene: Scene, photo: Photo) -> None:
    offered = {photo.id: photo for photo in photos()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Photograph"),
            list(offered),
            index=show_among(Key.PHOTO, offered, photo.id),
            format_func=lambda known: offered[known].title,
            key=Key.PHOTO,
            on_change=scene.move(lambda: scene.run.altering(photo=st.session_state[Key.PHOTO])),
            width=360,
        )
        reseed = scene.move(lambda: scene.run.altering(seed=st.session_state[Key.SEED]))
        kitchen.seed_field(Key.SEED, scene.run.alteration.seed, reseed)


def _altered(scene: Scene) -> Altered | None:
    choice = scene.run.alteration

    def start(kit: Compute) -> Call:
        return kit.submit(alter, pixels(choice.photo), **choice.box.model_dump(), seed=choice.seed, weight="heavy")

    try:
        return asking.asked(scene, "alter", choice.model_dump_json(), start, label=_("Refill the rectangle"))
    except KitError as error:  # a rectangle that leaves too little: one sees why, beside it, and draws another
        frame.alert(frame.say(error))
        return None


def _compared(before: bytes, after: bytes, alt: str, *, key: str) -> None:
    before_after(before, after, alt=alt, band=caption(SourceType.ALTERED, lang()), key=key)


# -- what is kept of it ----------------------------------------------------------------------------------------------


def _keep(scene: Scene, photo: Photo, altered: Altered) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="alter-keep"):
        download_png(
            altered.after,
            file_name=f"contrechamp-{photo.id.item}-{scene.run.alteration.seed}.png",
            key=f"{SLUG}.download.alter",
            truth=Truth.ALTERED,
        )
        after = decoded(altered.after)
        there = found(settings.load(), photo.id, after)
        activity = registry.words(SPOT_THE_FAKE.slug, lang()).title
        if there is None:
            st.button(
                _("Put the pair in a deck of “{activity}”").format(activity=activity),
                key=Key.PAIR,
                on_click=frame.guarded(lambda: _paired(scene, photo, after, scene.run.alteration.box)),
            )
    if there is not None:
        st.html(f'<p class="note" role="status">{escape(_where(scene, there, activity))}</p>')


def _paired(scene: Scene, photo: Photo, after: np.ndarray, box: Box) -> None:
    pair(settings.load(), photo.id, after, box, title=scene.words.title, lang=lang())


def _where(scene: Scene, there: Pair, activity: str) -> str:
    said = _("The pair is in the deck “{deck}”. To play it, open “{activity}” and choose that deck.")
    sentence = said.format(deck=deck_words(there.deck.deck.title, lang()), activity=activity)
    if there.approved:
        return sentence
    first = _("Before that, somebody has to approve it, in the step “{step}”.")
    return f"{sentence} {first.format(step=scene.words.steps['feed'].title)}"


def decoded(data: bytes) -> np.ndarray:
    """The pixels of a PNG that a worker of this kit made a moment ago: uint8, (height, width, 3)."""
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        return np.array(image.convert("RGB"))
