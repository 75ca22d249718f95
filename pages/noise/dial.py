"""The lab « dial »: one seed, from free dream to near copy, from small patches to large; two of them compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import streamlit as st

from activities.noise_to_image import recorded
from activities.noise_to_image.dial import FIDELITIES, FIDELITY, PATCH, SETTINGS, Dial, Try, dial
from activities.noise_to_image.origin import ALIKE
from activities.noise_to_image.run import Recipe
from kit.compute import Call, Compute
from kit.images.label import SourceType, caption
from pages.frame import _, lang
from pages.noise import kitchen
from pages.noise.costline import cost_line
from pages.noise.origin import percent
from pages.noise.scene import Scene, pixels
from pages.parts import asking
from pages.parts.furniture import bar, heading
from pages.parts.picture import address
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.recording import say_recorded

Setting = tuple[float, int]


class Key(StrEnum):
    """Widget keys of this lab."""

    LEFT = "noise_to_image.dial.left"
    RIGHT = "noise_to_image.dial.right"


def draw(scene: Scene) -> None:
    """What goes in, both strips, two pictures large."""
    heading(scene)
    made = _made(scene)
    if made is not None:
        _strip(_("Fidelity: from free dream to near copy"), made.by_fidelity, lambda each: percent(each.fidelity))
        _strip(_("Side of a patch, in pixels: from small to large"), made.by_patch, lambda each: str(each.patch))
        counted = _(
            "Under each picture: the share that differs from its source by {alike} grey levels, of 256, or less."
        )
        paragraph(counted.format(alike=ALIKE), "source")
        if scene.run.may_generate:
            cost_line(made.cost)
        _compare(made)
    paragraph(scene.words.labs["dial"].honest, "caution")
    around(scene, "dial")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _made(scene: Scene) -> Dial | None:
    """The pictures: computed here, or recorded where the level asks for it."""
    if not scene.run.may_generate:
        say_recorded(scene)
        _ingredients(recorded.RECIPE)
        return recorded.dial()
    recipe = scene.run.recipe
    with st.container(horizontal=True, vertical_alignment="bottom", key="dial-controls"):
        with st.container(width="content"):
            kitchen.seed(scene)
        with st.popover(_("Photos ({n})").format(n=len(recipe.photos))):
            kitchen.choose_photos(scene)
        _ingredients(recipe)

    def start(kit: Compute) -> Call:
        photos = [pixels(photo) for photo in recipe.photos]
        return kit.submit(dial, photos, seed=recipe.seed, schedule=recipe.schedule, weight="heavy")

    # The dial turns fidelity and patch itself: another choice of them elsewhere changes nothing here.
    what = recipe.model_copy(update={"fidelity": FIDELITY, "patch": PATCH}).model_dump_json()
    label = _("Make the {n} pictures").format(n=len(SETTINGS))
    return asking.asked(scene, "dial", what, start, label=label)


def _ingredients(recipe: Recipe) -> None:
    with st.container(horizontal=True, key="dial-photos"):
        for photo in kitchen.ingredients(recipe):
            with st.container(width=120):
                kitchen.thumbnail(photo)


def _strip(title: str, tries: Sequence[Try], name: Callable[[Try], str]) -> None:
    """Pictures side by side, each with its setting and the share that was copied."""
    cells = []
    for each in tries:
        alt = _named((each.fidelity, each.patch))
        copied = _("copied: {percent}").format(percent=percent(each.copied))
        fill = f'<span class="fill" style="width:{100 * each.copied:.1f}%"></span>'
        cells.append(
            f'<figure><img src="{escape(address(each.png))}" alt="{escape(alt)}">'
            f"<figcaption><b>{escape(name(each))}</b><span>{escape(copied)}</span></figcaption>"
            f'<span class="track" aria-hidden="true">{fill}</span></figure>'
        )
    st.html(f'<section class="dial"><h3>{escape(title)}</h3><div class="dial-strip">{"".join(cells)}</div></section>')


def _compare(made: Dial) -> None:
    """Two pictures of the strips, large."""
    st.subheader(_("Compare two of them"), anchor=False)
    sides = ((Key.LEFT, (FIDELITIES[0], PATCH)), (Key.RIGHT, (FIDELITIES[-1], PATCH)))
    labels = {Key.LEFT: _("On the left"), Key.RIGHT: _("On the right")}
    for column, (key, first) in zip(st.columns(2), sides, strict=True):
        with column:
            st.session_state.setdefault(key, first)
            chosen: Setting = st.selectbox(labels[key], SETTINGS, format_func=_named, key=key)
            each = made.at(*chosen)
            st.html(
                f'<figure class="dial-large"><img class="picture" src="{escape(address(each.png))}" '
                f'alt="{escape(_named(chosen))}"><figcaption>{escape(caption(SourceType.GENERATED, lang()))}'
                f"</figcaption></figure>"
            )
            paragraph(_("copied: {percent}").format(percent=percent(each.copied)), "said")


def _named(setting: Setting) -> str:
    """A setting in words."""
    fidelity, patch = setting
    return _("fidelity {fidelity}, patches of {patch} pixels").format(fidelity=percent(fidelity), patch=patch)
