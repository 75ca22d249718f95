"""The lab « watch »: the denoising as a film, what the machine looks at, and the same seed once more."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from activities.noise_to_image import recorded
from activities.noise_to_image.making import Picture
from activities.noise_to_image.run import LARGEST_SEED, Recipe
from kit.cost import Cost
from kit.images.label import SourceType, caption
from pages.frame import _, lang
from pages.noise import film, kitchen
from pages.noise.costline import cost_line
from pages.noise.export import download
from pages.noise.scene import SLUG, Scene, png
from pages.parts.furniture import bar, heading
from pages.parts.picture import address
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around

MADE = f"{SLUG}.watch.made"
NEXT_SEED = f"{SLUG}.watch.next_seed"
MOST_MADE = 4


@dataclass(frozen=True, kw_only=True)
class Made:
    """A picture that this session made."""

    recipe: Recipe
    png: bytes
    cost: Cost
    """Of the last time: another one means that it was computed again."""
    times: int = 1
    same: bool = True
    """Whether every time gave the same pixels."""


def draw(scene: Scene) -> None:
    """The recipe, the film, what it took, and the pictures made so far."""
    words = scene.words.labs["watch"]
    heading(scene)
    above = st.container()
    picture = kitchen.made(scene)
    if picture is not None:
        _film(scene, picture)
    if scene.run.may_generate:
        # A room sees the film first, once there is one; alone, one meets the recipe before what it makes.
        with st.container() if scene.projected and picture is not None else above:
            _controls(scene)
        _compare(picture, scene.run.recipe)
    paragraph(words.honest, "caution")
    around(scene, "watch")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _controls(scene: Scene) -> None:
    """What goes in: photographs, seed, schedule. A change asks for the picture anew."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="watch-controls"):
        with st.container(width="content"):
            kitchen.seed(scene)
        following = (scene.run.recipe.seed + 1) % (LARGEST_SEED + 1)
        ask = scene.move(lambda: kitchen.ask(scene.run.cooking(seed=following)))
        st.button(_("Next seed"), key=NEXT_SEED, on_click=ask)
        with st.popover(_("Photos ({n})").format(n=len(scene.run.recipe.photos))):
            kitchen.choose_photos(scene)
        with st.popover(_("Noise schedule")):
            kitchen.schedule(scene)


def _film(scene: Scene, picture: Picture) -> None:
    recipe = scene.run.recipe if scene.run.may_generate else recorded.RECIPE
    sources = [film.Source(png=png(photo.id), title=photo.title) for photo in kitchen.ingredients(recipe)]
    film.show(picture.film, sources=sources, band=caption(SourceType.GENERATED, lang()), key=f"{SLUG}.film")
    with st.container(horizontal=True, vertical_alignment="center", key="watch-taken"):
        if scene.run.may_generate:
            cost_line(picture.cost)
        download(scene, picture)


# -- the same seed, the same picture ---------------------------------------------------------------------------------


def remembered(made: tuple[Made, ...], recipe: Recipe, picture: Picture) -> tuple[Made, ...]:
    """``made`` with ``picture`` in it: newest last, one of a recipe, at most :data:`MOST_MADE`.

    The same picture drawn again (same cost, to the last digit) changes nothing; one computed again is compared.
    """
    before = next((one for one in made if one.recipe == recipe), None)
    if before is None:
        return (*made, Made(recipe=recipe, png=picture.png, cost=picture.cost))[-MOST_MADE:]
    if before.cost == picture.cost:
        return made
    again = replace(
        before,
        times=before.times + 1,
        same=before.same and before.png == picture.png,
        png=picture.png,
        cost=picture.cost,
    )
    return tuple(again if one is before else one for one in made)


def _compare(picture: Picture | None, recipe: Recipe) -> None:
    """The last pictures of this session, side by side with their seeds."""
    made: tuple[Made, ...] = st.session_state.get(MADE, ())
    if picture is not None:
        made = st.session_state[MADE] = remembered(made, recipe, picture)
    if not made or (len(made) == 1 and made[0].times == 1 and picture is not None):
        return  # nothing to compare: the only picture is the one of the film
    figures = "".join(_one(one, now=one.recipe == recipe) for one in made)
    title, lead = _("The last pictures"), _("The same recipe gives the same picture. Another seed gives another one.")
    st.html(
        f'<section class="made"><h3>{escape(title)}</h3><p class="source">{escape(lead)}</p>'
        f'<div class="made-row">{figures}</div></section>'
    )


def _one(one: Made, *, now: bool) -> str:
    seed = _("Seed {seed}").format(seed=one.recipe.seed)
    schedule = {"cosine": _("cosine"), "linear": _("linear")}[one.recipe.schedule]
    about = " · ".join((schedule, _("photos: {n}").format(n=len(one.recipe.photos))))
    if one.times > 1:
        twice = _("made {times} times: identical") if one.same else _("made {times} times: not identical")
        about += f" · {twice.format(times=one.times)}"
    mark = ' aria-current="true"' if now else ""
    return (
        f'<figure{mark}><img src="{escape(address(one.png))}" alt="{escape(f"{seed}, {about}")}">'
        f"<figcaption><b>{escape(seed)}</b><br>{escape(about)}</figcaption></figure>"
    )
