"""What a class noted, counted by profession, beside the column that the facilitator fills."""

from __future__ import annotations

from typing import cast

import streamlit as st

from activities.noise_to_image import galleries
from activities.noise_to_image.galleries import Kept
from activities.noise_to_image.gallery import Count, Reference, count
from activities.noise_to_image.words import CodeId
from kit import settings
from pages import frame
from pages.frame import _, show
from pages.noise.gallery_grid import gone
from pages.noise.scene import Scene
from pages.parts.prose import escape, paragraph

PREFIX = "noise_to_image.counts"
ENOUGH = 10
"""Below so many pictures a percentage would say more than is known: the count stands alone."""


def draw(scene: Scene, kept: Kept) -> None:
    """What to count, the bars, and the facilitator's column."""
    code, value = _what(kept)
    gallery, lang = kept.gallery, frame.lang()
    reference = gallery.reference(code, value)
    rows = "".join(
        _line(
            gallery.professions[line.profession].name.text(lang), line, value, reference.percents.get(line.profession)
        )
        for line in count(gallery, code)
    )
    with st.container(key="gallery-counts"):
        st.html(f'<dl class="shares">{rows}</dl>')
    if reference.percents:
        text = reference.source or _("not given")
        paragraph(_("Reference (the mark on the bar): {source}").format(source=text), "source")
    gone(gallery)
    with st.expander(_("The facilitator’s column")):
        _column(scene, kept, reference)


def _what(kept: Kept) -> tuple[CodeId, int]:
    """Which thing noted, and which word of it."""
    gallery, lang = kept.gallery, frame.lang()
    names = {code: coding.name.text(lang) for code, coding in gallery.codings.items()}
    with st.container(horizontal=True):
        code = cast(
            CodeId,
            st.selectbox(
                _("What to count"),
                list(names),
                format_func=lambda code: names.get(code, code),
                key=f"{PREFIX}.{kept.id}.code",
                width=400,
            ),
        )
        values = [value.text(lang) for value in gallery.codings[code].values]
        value = st.selectbox(
            _("Word"),
            list(range(len(values))),
            format_func=lambda place: values[place],
            key=f"{PREFIX}.{kept.id}.value.{code}",
            width=400,
        )
    return code, int(value or 0)


def _line(name: str, line: Count, value: int, percent: float | None) -> str:
    """One profession: “3 of 4”, its bar, and the reference as a mark on the same bar, with its figure."""
    if not line.coded:
        nothing = _("nothing noted yet")
        return f'<div class="share"><dt>{escape(name)}</dt><dd>{escape(nothing)}</dd></div>'
    found = line.by_value[value]
    figure = _("{k} of {n}").format(k=found, n=line.coded)
    if line.coded >= ENOUGH:
        figure = _("{k} of {n} ({percent}%)").format(k=found, n=line.coded, percent=round(100 * found / line.coded))
    mark = note = ""
    if percent is not None:
        said = _("reference: {percent}%").format(percent=written(percent))
        mark = f'<span class="reference" style="left:{percent:.1f}%"></span>'
        note = f"<small>{escape(said)}</small>"
    return (
        f'<div class="share teal"><dt>{escape(name)}</dt><dd><b>{escape(figure)}</b><span class="track">'
        f'<span class="fill" style="width:{100 * found / line.coded:.1f}%"></span>{mark}</span>{note}</dd></div>'
    )


def _column(scene: Scene, kept: Kept, reference: Reference) -> None:
    """Numbers and their source, on disk as soon as they are typed."""
    paragraph(scene.words.professions.reference)
    place = f"{PREFIX}.{kept.id}.{reference.code}.{reference.value}"
    word = kept.gallery.codings[reference.code].values[reference.value].text(frame.lang())
    paragraph(_("Share of “{word}” in each profession, in %").format(word=word), "said")
    with st.container(key="gallery-column"):
        for row, profession in enumerate(kept.gallery.professions):
            key = f"{place}.{row}"
            st.number_input(
                profession.name.text(frame.lang()),
                min_value=0.0,
                max_value=100.0,
                step=1.0,
                format="%.1f",
                placeholder=_("empty"),
                value=show(key, reference.percents.get(row)),
                key=key,
                on_change=frame.guarded(_refer, repeatable=True),
                args=(kept, reference, row, key),
            )
    st.text_input(
        _("Source and date of these figures"),
        max_chars=300,
        value=show(f"{place}.source", reference.source),
        key=f"{place}.source",
        on_change=frame.guarded(_source, repeatable=True),
        args=(kept, reference, f"{place}.source"),
    )


def _refer(kept: Kept, reference: Reference, row: int, key: str) -> None:
    # Read again: another field may have been typed since this one was drawn.
    now = galleries.find(kept.id, settings.load()).gallery.reference(reference.code, reference.value)
    typed = st.session_state[key]
    percents = {place: percent for place, percent in now.percents.items() if place != row}
    if typed is not None:
        percents[row] = float(typed)
    galleries.refer(kept.id, settings.load(), now.model_copy(update={"percents": percents}))


def _source(kept: Kept, reference: Reference, key: str) -> None:
    now = galleries.find(kept.id, settings.load()).gallery.reference(reference.code, reference.value)
    source = str(st.session_state[key] or "").strip()
    galleries.refer(kept.id, settings.load(), now.model_copy(update={"source": source}))


def written(percent: float) -> str:
    """A percentage as it was typed, in the language of this session."""
    text = f"{percent:.1f}".removesuffix(".0")
    return text.replace(".", ",") if frame.lang() == "fr" else text
