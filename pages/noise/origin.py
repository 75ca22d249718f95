"""Where does this pixel come from? The picture, its photographs, a map, and how much of it is a copy."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from activities.noise_to_image import recorded
from activities.noise_to_image.origin import ALIKE, Origins
from pages.frame import _
from pages.noise.costline import cost_line
from pages.noise.kitchen import choose_photos, ingredients, made, seed
from pages.noise.scene import Key, Photo, Scene
from pages.noise.sources import COLOURS, sources
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around

STRICTEST, LOOSEST = 2, 24
"""Grey levels, of 256, between which one may draw the line between a copy and a blend."""


def draw(scene: Scene) -> None:
    """Point and see; then guess, and read how much was copied."""
    words = scene.words.labs["origin"]
    heading(scene)
    chooser = st.container()
    picture = made(scene)
    if picture is None:
        with chooser:
            _choose(scene, open_=True)
        paragraph(words.honest, "caution")
    else:
        st.session_state.setdefault(Key.ALIKE, ALIKE)
        photos = ingredients(scene.run.recipe if scene.run.may_generate else recorded.RECIPE)
        sources(picture, photos, key="noise_to_image.origin", alike=st.session_state[Key.ALIKE])
        paragraph(words.honest, "caution")
        with st.expander(_("How much of it is a copy? Guess, then look")):
            how_much(picture.origins, photos)
        if scene.run.may_generate:
            cost_line(picture.cost)
        _choose(scene, open_=False)
    around(scene, "origin")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _choose(scene: Scene, *, open_: bool) -> None:
    """What goes in. Once there is a picture, it leaves the room to it."""
    if scene.run.may_generate:
        with st.expander(_("Choose the photographs and the seed"), expanded=open_):
            choose_photos(scene)
            seed(scene)


# -- the figures -----------------------------------------------------------------------------------------------------


def how_much(origins: Origins, photos: Sequence[Photo]) -> None:
    """The shares that were copied, blended and kept, for a threshold one sets; then by photograph."""
    alike = st.slider(
        _("A pixel counts as copied up to this difference (grey levels, of 256)"), STRICTEST, LOOSEST, key=Key.ALIKE
    )
    close = _("What surrounds each of these pixels differs by {alike} grey levels, of 256, or less, from its source.")
    rows = [
        share(_("Copied nearly as it is"), origins.copied[alike], close.format(alike=alike), "#14696B"),
        share(
            _("Blended"), origins.blended(alike), _("Farther from every source: several patches were mixed."), "#F2B134"
        ),
    ]
    if origins.kept:
        rows.append(share(_("Kept"), origins.kept, _("The photograph’s own pixels, which the machine did not touch.")))
    _list(rows)
    paragraph(_("Where a copy ends is our own definition, not the law’s."), "source")
    if len(photos) > 1:
        by_photo(origins, photos)


def by_photo(origins: Origins, photos: Sequence[Photo]) -> None:
    """The share of the picture that came from each photograph."""
    paragraph(_("Share of the pixels whose nearest patch lies in each photograph:"), "said")
    rows = zip(photos, origins.by_photo, COLOURS, strict=False)
    _list([share(f"{n} · {photo.title}", part, "", colour) for n, (photo, part, colour) in enumerate(rows, 1)])


def share(label: str, part: float, sentence: str = "", colour: str = "var(--quiet)") -> str:
    """HTML of one share: its name, its figure, a bar, and what it counts."""
    note = f"<small>{escape(sentence)}</small>" if sentence else ""
    return (
        f'<div class="share"><dt>{escape(label)}</dt><dd><b>{escape(percent(part))}</b><span class="track">'
        f'<span class="fill" style="width:{100 * part:.1f}%;background:{colour}"></span></span>{note}</dd></div>'
    )


def percent(part: float) -> str:
    """A share in words: whole per cents, and no zero for what is there."""
    if 0 < part < 0.005:
        return _("under 1%")
    return _("{percent}%").format(percent=round(100 * part))


def _list(rows: Sequence[str]) -> None:
    st.html(f'<dl class="shares">{"".join(rows)}</dl>')
