"""The gallery by profession: the shelf of galleries; then one of them as a grid, picture by picture, and in counts."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from activities.noise_to_image import galleries
from activities.noise_to_image.galleries import Kept
from activities.noise_to_image.gallery import Shot
from kit import settings
from kit.errors import NotFound
from pages.frame import _, show_among
from pages.noise import gallery_counts, gallery_grid, gallery_noting, gallery_shelf
from pages.noise.gallery_making import making, what_it_took
from pages.noise.scene import Scene
from pages.parts.furniture import bar, heading, numbered
from pages.parts.prose import paragraph
from pages.parts.reading import around
from pages.parts.scene import save

LAB: Final = "professions"
PREFIX = f"noise_to_image.{LAB}"
VIEW = f"{PREFIX}.view"


def draw(scene: Scene) -> None:
    """The shelf, or the gallery that is open. What notes are, and are not, is always said."""
    kept = _open(scene)
    if kept is None:
        heading(scene)
        paragraph(scene.words.professions.perceived, "note")
        gallery_shelf.draw(scene)
    else:
        numbered(scene, f"{scene.words.steps[LAB].title} · {kept.gallery.title}")
        _gallery(scene, kept)
    paragraph(scene.words.labs[LAB].honest, "caution")
    around(scene, LAB)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _open(scene: Scene) -> Kept | None:
    """The gallery of the run, unless it was erased meanwhile: then the shelf is drawn."""
    if not scene.run.gallery:
        return None
    try:
        return galleries.find(scene.run.gallery, settings.load())
    except NotFound:
        return None


def _gallery(scene: Scene, kept: Kept) -> None:
    gallery = kept.gallery
    made = gallery.of(Shot.MADE)
    with st.container(horizontal=True, vertical_alignment="center", key="gallery-head"):
        if made:
            names = {"grid": _("The grid"), "note": _("Note the pictures"), "count": _("Count")}
            st.radio(
                _("View"),
                list(names),
                format_func=names.__getitem__,
                index=show_among(VIEW, list(names), scene.run.gallery_view),
                key=VIEW,
                horizontal=True,
                label_visibility="collapsed",
                on_change=_turn,
                args=(scene,),
            )
        st.button(
            _("All the galleries"),
            key=f"{PREFIX}.shelf",
            on_click=scene.move(lambda: scene.run.having(gallery="", gallery_picture="")),
        )
    paragraph(scene.words.professions.perceived, "note")
    if scene.run.gallery_view == "grid" or not made:
        paragraph(f"{gallery.template} · {gallery.model} · {gallery.revision[:7]}", "source")
        if gallery.of(Shot.WAITING):
            making(scene, kept)
        what_it_took(kept)
    if made:
        views: dict[str, Any] = {"grid": gallery_grid.draw, "note": gallery_noting.draw, "count": gallery_counts.draw}
        views[scene.run.gallery_view](scene, kept)


def _turn(scene: Scene) -> None:
    save(scene.run.having(gallery_view=st.session_state[VIEW]))
