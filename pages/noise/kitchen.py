"""The generator at work, for every lab that shows its picture: what goes in, the wait, what comes out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from activities.noise_to_image import recorded
from activities.noise_to_image.making import Picture, picture
from activities.noise_to_image.run import LARGEST_SEED, NoiseRun, Recipe
from kit.compute import Call, Compute
from pages.frame import _, show, show_among
from pages.noise.scene import Key, Photo, Scene, photos, pixels, png
from pages.parts.asking import asked, request
from pages.parts.picture import address
from pages.parts.prose import escape
from pages.parts.recording import say_recorded

PICTURE = "picture"
"""The computation that the labs « watch », « origin », « cost » and « feed » share."""


def made(scene: Scene) -> Picture | None:
    """The picture of the run's recipe: computed here, or recorded where the level asks for it.

    None while there is nothing to show: then the button or the progress is drawn.
    """
    if not scene.run.may_generate:
        say_recorded(scene)
        return recorded.picture()
    recipe = scene.run.recipe
    return asked(scene, PICTURE, recipe.model_dump_json(), making(recipe), label=_("Make the picture"))


def ask(run: NoiseRun) -> NoiseRun:
    """``run`` with the picture of its recipe asked for."""
    return run.settled_in(PICTURE).asking(request(PICTURE, run.recipe.model_dump_json()))


def making(recipe: Recipe) -> Callable[[Compute], Call]:
    """What submits the picture of a recipe to the workers."""

    def start(kit: Compute) -> Call:
        return kit.submit(
            picture,
            [pixels(photo) for photo in recipe.photos],
            seed=recipe.seed,
            fidelity=recipe.fidelity,
            patch=recipe.patch,
            schedule=recipe.schedule,
            weight="heavy",
        )

    return start


# -- what goes in ----------------------------------------------------------------------------------------------------


def seed(scene: Scene) -> None:
    """The seed of the picture."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed_field(Key.SEED, scene.run.recipe.seed, _cook(scene, Key.SEED, "seed"))


def seed_field(key: str, now: int, on_change: Callable[[], None]) -> None:
    """The number that noise is drawn from."""
    st.number_input(
        _("Seed"),
        min_value=0,
        max_value=LARGEST_SEED,
        step=1,
        value=show(key, now),
        key=key,
        on_change=on_change,
        help=_("The number that the noise is drawn from. The same one gives the same picture."),
        width=160,
    )


def schedule(scene: Scene) -> None:
    """How the noise shrinks."""
    names = {"cosine": _("Cosine"), "linear": _("Linear")}
    st.radio(
        _("Noise schedule"),
        list(names),
        format_func=names.__getitem__,
        index=show_among(Key.SCHEDULE, list(names), scene.run.recipe.schedule),
        key=Key.SCHEDULE,
        horizontal=True,
        on_change=_cook(scene, Key.SCHEDULE, "schedule"),
    )


def _cook(scene: Scene, key: Key, field: str) -> Callable[[], None]:
    return scene.move(lambda: scene.run.cooking(**{field: st.session_state[key]}))


def choose_photos(scene: Scene, *, offered: list[Photo] | None = None, most: int = 3) -> None:
    """Which photographs go in: their pictures, each with a box to tick."""
    offered = photos() if offered is None else offered
    chosen = list(scene.run.recipe.photos)
    with st.container(key="photo-grid", horizontal=True):
        for photo in offered:
            key = f"{Key.PHOTOS}.{photo.id.deck}.{photo.id.item}"
            full = len(chosen) >= most and photo.id not in chosen
            last = chosen == [photo.id]
            with st.container(width=132, gap=None):
                thumbnail(photo)
                st.checkbox(
                    photo.title,
                    value=show(key, photo.id in chosen),
                    key=key,
                    disabled=full or last,
                    on_change=scene.move(partial(_ticked, scene, photo, key)),
                )


def _ticked(scene: Scene, photo: Photo, key: str) -> NoiseRun:
    """The run with one photograph more or less."""
    chosen = [other for other in scene.run.recipe.photos if other != photo.id]
    if st.session_state[key]:
        chosen.append(photo.id)
    return scene.run.cooking(photos=tuple(chosen))


def thumbnail(photo: Photo, number: int | None = None) -> None:
    """A photograph, small; ``number`` is its own among those that went in."""
    badge = "" if number is None else f'<span class="badge">{int(number)}</span>'
    st.html(
        f'<figure class="thumb"><img src="{escape(address(png(photo.id)))}" alt="{escape(photo.alt)}">{badge}</figure>'
    )


def ingredients(recipe: Recipe) -> list[Photo]:
    """The photographs of a recipe, in order."""
    known = {photo.id: photo for photo in photos()}
    return [known[photo] for photo in recipe.photos if photo in known]
