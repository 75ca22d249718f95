"""The lab « proportion »: ten photographs of two subjects go in; how much of each comes out."""

from __future__ import annotations

import io
from enum import StrEnum

import numpy as np
import streamlit as st
from PIL import Image

from activities.noise_to_image.proportion import FED, PICTURES, Proportion, feed, proportion
from activities.noise_to_image.run import PhotoId
from kit.compute import Call, Compute
from kit.images.label import SourceType, caption
from pages.frame import _, lang, show, show_among
from pages.noise import kitchen
from pages.noise.costline import cost_line
from pages.noise.origin import percent, share
from pages.noise.scene import Scene, photos, pixels
from pages.parts import asking
from pages.parts.furniture import bar, heading
from pages.parts.picture import address
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around

EVEN = FED // 2
SMALL = (120, 80)
"""Width and height of the photographs that go in, as they are shown."""


class Key(StrEnum):
    """Widget keys of this lab."""

    SHARES = "noise_to_image.proportion.shares"
    SUBJECT = "noise_to_image.proportion.subject"
    OTHER = "noise_to_image.proportion.other"
    EVEN = "noise_to_image.proportion.even"


def draw(scene: Scene) -> None:
    """What goes in, what comes out, and the same with as many of each."""
    heading(scene)
    paragraph(scene.words.labs["proportion"].honest, "caution")
    if not scene.run.may_generate:
        paragraph(_("Below 4e (13 years), only the facilitator generates: choose “With a group”."), "note")
    else:
        _experiment(scene)
    around(scene, "proportion")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _experiment(scene: Scene) -> None:
    titles = {photo.id: photo.title for photo in photos()}
    subject, other = scene.run.recipe.photos[0], scene.run.other
    _controls(scene, titles)
    if subject == other:
        paragraph(_("Both subjects are the same photograph. Choose another one for the second."), "note")
        return
    _fed(scene, titles)
    mixed = _made(scene, scene.run.shares, _("Make {n} pictures and measure"))
    if mixed is None:
        return
    _came_out(mixed, titles[subject])
    cost_line(mixed.cost)
    if scene.run.shares != EVEN:
        st.subheader(_("And with as many of each?"), anchor=False)
        even = _made(scene, EVEN, _("Measure with {n} of each").format(n=EVEN))
        if even is not None:
            _came_out(even, titles[subject])
            cost_line(even.cost)


def _controls(scene: Scene, titles: dict[PhotoId, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("First subject"),
            list(titles),
            index=show_among(Key.SUBJECT, titles, scene.run.recipe.photos[0]),
            format_func=titles.__getitem__,
            key=Key.SUBJECT,
            on_change=scene.move(lambda: scene.run.cooking(photos=(st.session_state[Key.SUBJECT],))),
            width=300,
        )
        st.selectbox(
            _("Second subject"),
            list(titles),
            format_func=titles.__getitem__,
            index=show_among(Key.OTHER, list(titles), scene.run.other),
            key=Key.OTHER,
            on_change=scene.move(lambda: scene.run.having(other=st.session_state[Key.OTHER])),
            width=300,
        )
        kitchen.seed(scene)
    st.slider(
        _("Photographs of the first subject, of ten"),
        1,
        FED - 1,
        value=show(Key.SHARES, scene.run.shares),
        key=Key.SHARES,
        on_change=scene.move(lambda: scene.run.having(shares=st.session_state[Key.SHARES])),
        width=640,
    )


def _fed(scene: Scene, titles: dict[PhotoId, str]) -> None:
    """The ten photographs as they go in: two, each framed in several ways."""
    subject, other = scene.run.recipe.photos[0], scene.run.other
    fed, of_first = feed(pixels(subject), pixels(other), scene.run.shares)
    cells = []
    for photo, first in zip(fed, of_first, strict=True):
        tone = "first" if first else "other"
        title = titles[subject if first else other]
        cells.append(f'<img class="{tone}" src="{escape(address(_small(photo)))}" alt="{escape(title)}">')
    st.html(f'<div class="ten">{"".join(cells)}</div>')
    paragraph(
        _(
            "Each photograph is framed in several ways, as if somebody had turned round the same subject. For each "
            "picture, the one that gives the layout is drawn among the ten. The machine then looks for the eight "
            "nearest patches: a subject that comes often takes more of the eight places."
        ),
        "source",
    )


def _small(photo: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(photo).resize(SMALL, Image.Resampling.BILINEAR).save(out, format="PNG", compress_level=1)
    return out.getvalue()


def _made(scene: Scene, count: int, label: str) -> Proportion | None:
    subject, other, seed = scene.run.recipe.photos[0], scene.run.other, scene.run.recipe.seed

    def start(kit: Compute) -> Call:
        return kit.submit(proportion, pixels(subject), pixels(other), count=count, seed=seed, weight="heavy")

    what = f"{subject.model_dump_json()}{other.model_dump_json()}{count}/{seed}"
    lab = "proportion" if count == scene.run.shares else "even"
    return asking.asked(scene, lab, what, start, label=label.format(n=PICTURES))


def _came_out(made: Proportion, title: str) -> None:
    """The pictures, and the two shares: what went in, what came out."""
    cells = []
    for number, drawn in enumerate(made.pictures, 1):
        alt = _("Picture {n}").format(n=number)
        fill = f'<span class="fill" style="width:{100 * drawn.share:.1f}%"></span>'
        cells.append(
            f'<figure><img src="{escape(address(drawn.png))}" alt="{escape(alt)}">'
            f'<span class="track" aria-hidden="true">{fill}</span>'
            f"<figcaption>{escape(percent(drawn.share))}</figcaption></figure>"
        )
    st.html(f'<div class="drawn">{"".join(cells)}</div>')
    paragraph(caption(SourceType.GENERATED, lang()), "source")
    rows = [
        share(_("Went in: “{title}”").format(title=title), made.fed, _fed_sentence(made)),
        share(_("Came out: “{title}”").format(title=title), made.came_out, _out_sentence(made), "var(--teal)"),
    ]
    st.html(f'<dl class="shares">{"".join(rows)}</dl>')
    paragraph(_drift(round(100 * made.came_out) - round(100 * made.fed)), "said")


def _drift(points: int) -> str:
    """What the measurement says: never written beforehand."""
    if points > 0:
        return _("{points} points more came out than went in.").format(points=points)
    if points < 0:
        return _("{points} points less came out than went in.").format(points=-points)
    return _("As much came out as went in.")


def _fed_sentence(made: Proportion) -> str:
    return _("{n} photographs of {total}").format(n=made.count, total=FED)


def _out_sentence(made: Proportion) -> str:
    text = _("of the area of {total} pictures. Mostly made of it: {mostly}. Layout drawn from it: {layouts}.")
    layouts = sum(drawn.layout for drawn in made.pictures)
    return text.format(total=len(made.pictures), mostly=made.mostly, layouts=layouts)
