"""One picture of a gallery at a time, large, with what is to be noted of it. On disk as soon as it is chosen."""

from __future__ import annotations

import streamlit as st

from activities.noise_to_image import galleries
from activities.noise_to_image.galleries import Kept
from activities.noise_to_image.gallery import Picture, Shot
from activities.noise_to_image.words import CodeId
from kit import settings
from pages import frame
from pages.frame import _, show_among
from pages.noise.gallery_grid import alt
from pages.noise.scene import Scene
from pages.parts.picture import picture as draw_picture
from pages.parts.prose import escape, paragraph
from pages.parts.scene import save

PREFIX = "noise_to_image.noting"


def draw(scene: Scene, kept: Kept) -> None:
    """The picture, the words to choose from, the way to the others."""
    gallery, lang = kept.gallery, frame.lang()
    made = gallery.of(Shot.MADE)
    at = _place(scene, kept, made)
    picture = made[at]
    noted = sum(gallery.noted(each) for each in made)
    left, right = st.columns(2, gap="medium")
    with left:
        profession = gallery.professions[picture.profession].name.text(lang)
        st.html(f'<h3 class="named">{escape(profession)}</h3>')
        with st.container(key="gallery-picture"):
            draw_picture(kept.png(picture.file), alt(gallery, picture))
        text = _("Picture {n} of {total} · {noted} noted")
        paragraph(text.format(n=at + 1, total=len(made), noted=noted), "source")
        _ways(scene, kept, made, at)
    with right, st.container(key="gallery-words"):
        for code, coding in gallery.codings.items():
            key = f"{PREFIX}.{kept.id}.{picture.file}.{code}"
            values = [value.text(lang) for value in coding.values]
            st.radio(
                coding.name.text(lang),
                list(range(len(values))),
                index=show_among(key, range(len(values)), picture.codes.get(code)),
                format_func=values.__getitem__,
                key=key,
                on_change=frame.guarded(_note, repeatable=True),
                args=(scene, kept.id, picture.file, code, key),
            )


def _place(scene: Scene, kept: Kept, made: tuple[Picture, ...]) -> int:
    """Where one is: at the picture of the run, else at the first of which something is left to note."""
    files = [picture.file for picture in made]
    if scene.run.gallery_picture in files:
        return files.index(scene.run.gallery_picture)
    return next((at for at, picture in enumerate(made) if not kept.gallery.noted(picture)), 0)


def _note(scene: Scene, gallery_id: str, file: str, code: CodeId, key: str) -> None:
    galleries.note(gallery_id, settings.load(), file, code, st.session_state[key])
    # One stays at this picture, the last thing noted too: it is the button that goes on.
    save(scene.run.having(gallery_picture=file))


def _ways(scene: Scene, kept: Kept, made: tuple[Picture, ...], at: int) -> None:
    with st.container(horizontal=True, key="gallery-ways"):
        st.button(
            _("Previous picture"),
            key=f"{PREFIX}.previous",
            disabled=at == 0,
            on_click=scene.move(lambda: scene.run.having(gallery_picture=made[max(0, at - 1)].file)),
        )
        st.button(
            _("Next picture"),
            key=f"{PREFIX}.next",
            type="primary",
            disabled=at + 1 == len(made),
            on_click=scene.move(lambda: scene.run.having(gallery_picture=made[min(len(made) - 1, at + 1)].file)),
        )
    with st.popover(_("Put this picture aside")):
        paragraph(_("It is erased, leaves every count, and the gallery says so."))
        st.button(
            _("Yes, put it aside"),
            key=f"{PREFIX}.aside",
            on_click=frame.guarded(_aside),
            args=(kept.id, made[at].file),
        )


def _aside(gallery_id: str, file: str) -> None:
    galleries.put_aside(gallery_id, settings.load(), file)
