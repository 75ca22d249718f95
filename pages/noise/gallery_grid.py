"""The whole gallery at once: a row a profession, each picture with what has been noted of it."""

from __future__ import annotations

import streamlit as st

from activities.noise_to_image.galleries import Kept
from activities.noise_to_image.gallery import Gallery, Picture, Shot
from pages import frame
from pages.frame import _
from pages.noise.scene import Scene
from pages.parts.picture import address
from pages.parts.prose import escape, paragraph

PREFIX = "noise_to_image.grid"


def draw(scene: Scene, kept: Kept) -> None:
    """The rows, then what is missing from them and why."""
    gallery, lang = kept.gallery, frame.lang()
    for row, profession in enumerate(gallery.professions):
        pictures = gallery.row(row)
        with st.container(key=f"gallery-row-{row}"):
            st.html(f'<h3 class="named">{escape(profession.name.text(lang))}</h3>')
            _row(kept, pictures)
            made = [picture for picture in pictures if picture.shot is Shot.MADE]
            if made:
                _to_note(scene, gallery, row, made)
    gone(gallery)


def gone(gallery: Gallery) -> None:
    """Which pictures are in no count, and why: leaving some out changes what is counted."""
    blocked, aside = len(gallery.of(Shot.BLOCKED)), len(gallery.of(Shot.ASIDE))
    if blocked:
        paragraph(_("Blackened by the safety checker, and in no count: {n}.").format(n=blocked), "note")
    if aside:
        paragraph(_("Put aside by the facilitator, and in no count: {n}.").format(n=aside), "note")


def _to_note(scene: Scene, gallery: Gallery, row: int, made: list[Picture]) -> None:
    first = next((picture for picture in made if not gallery.noted(picture)), made[0])
    name = gallery.professions[row].name.text(frame.lang())
    st.button(
        _("Note this row: {profession}").format(profession=name),
        key=f"{PREFIX}.note.{row}",
        on_click=scene.move(lambda: scene.run.having(gallery_view="note", gallery_picture=first.file)),
    )


def _row(kept: Kept, pictures: tuple[Picture, ...]) -> None:
    """The pictures of a profession; in place of one that is not there, why."""
    gallery, lang = kept.gallery, frame.lang()
    names = {
        Shot.WAITING: _("Not made yet"),
        Shot.BLOCKED: _("Blackened by the safety checker"),
        Shot.ASIDE: _("Put aside"),
    }
    cells = []
    for picture in pictures:
        if picture.shot is not Shot.MADE:
            cells.append(f'<div class="gone">{escape(names[picture.shot])}</div>')
            continue
        said = [
            coding.values[picture.codes[code]].text(lang)
            for code, coding in gallery.codings.items()
            if code in picture.codes
        ]
        notes = "".join(f"<li>{escape(text)}</li>" for text in said)
        cells.append(
            f'<figure><img loading="lazy" src="{escape(address(kept.png(picture.file)))}" '
            f'alt="{escape(alt(gallery, picture))}"><figcaption><ul>{notes}</ul></figcaption></figure>'
        )
    st.html(f'<div class="gallery-row">{"".join(cells)}</div>')


def alt(gallery: Gallery, picture: Picture) -> str:
    """What can be said of a picture that nobody has described: where it comes from."""
    text = _("Generated picture: {prompt}, seed {seed}")
    return text.format(prompt=gallery.prompt(picture), seed=picture.seed)
