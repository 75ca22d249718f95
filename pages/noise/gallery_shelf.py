"""The galleries of this machine: open one, bring one, begin one; and what to do where there is none."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from activities.noise_to_image import galleries, gallery
from activities.noise_to_image.galleries import Kept
from activities.noise_to_image.gallery import MOST_PROMPT, MOST_SEEDS, SLOT, Shot
from kit import archives, compute, settings
from kit.errors import BadInput, KitError
from kit.models.store import Installed
from pages import frame
from pages.frame import _
from pages.noise.gallery_making import asked_for
from pages.noise.hub_models import installed, may_drive, offer, refusal
from pages.noise.scene import Scene
from pages.parts.prose import escape, paragraph
from pages.parts.scene import save
from pages.parts.taking import take

PREFIX = "noise_to_image.shelf"
USUAL = 6
"""Professions chosen to begin with: with two seeds each, a dozen pictures."""


def draw(scene: Scene) -> None:
    """The shelf, then what can be added to it."""
    kept = galleries.installed(settings.load())
    models = installed()
    if not kept and not models:
        paragraph(
            _(
                "There is no gallery here yet. Import one that a colleague has exported: it is looked at and noted "
                "without any model. Or install a model, and make one."
            ),
            "big",
        )
    for one in kept:
        _row(scene, one)
    _bring(scene)
    if not models:
        offer()
        return
    drivable = [model for model in models if may_drive(scene, model)]
    if drivable:
        _new(scene, drivable)
    else:
        refusal(scene)


def _row(scene: Scene, one: Kept) -> None:
    now = one.gallery
    made = now.of(Shot.MADE)
    noted = sum(now.noted(picture) for picture in made)
    with st.container(border=True, key=f"gallery-{one.id}"):
        st.html(f'<h3 class="named">{escape(now.title)}</h3>')
        text = _("{professions} professions, {made} pictures of {total}, {noted} noted · {model}")
        paragraph(
            text.format(
                professions=len(now.professions),
                made=len(made),
                total=len(now.pictures),
                noted=noted,
                model=now.model,
            ),
            "source",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Open"),
                type="primary",
                key=f"{PREFIX}.open.{one.id}",
                on_click=scene.move(lambda: scene.run.having(gallery=one.id, gallery_view="grid", gallery_picture="")),
            )
            lang = frame.lang()
            take(
                _("Export"),
                lambda: galleries.export(one, lang),
                name=f"{one.id}.zip",
                mime="application/zip",
                key=f"{PREFIX}.export.{one.id}",
            )
            with st.popover(_("Remove")):
                st.button(
                    _("Yes, erase this gallery"),
                    key=f"{PREFIX}.remove.{one.id}",
                    on_click=frame.guarded(_remove),
                    args=(one.id,),
                )


def _remove(gallery_id: str) -> None:
    galleries.remove(gallery_id, settings.load())


def _bring(scene: Scene) -> None:
    with st.form(f"{PREFIX}.import", border=False, clear_on_submit=True):
        packed = st.file_uploader(
            _("Import a gallery (zip)"),
            type=["zip"],
            key=f"{PREFIX}.file",
            max_upload_size=archives.MAX_BYTES // 2**20,
        )
        if st.form_submit_button(_("Import"), key=f"{PREFIX}.import.button") and packed is not None:
            try:
                with st.spinner(_("Reading the pictures…")):
                    files = compute.connect(settings.load()).run(
                        galleries.clean, packed.getvalue(), packed.name, weight="light"
                    )
                one = galleries.install(files, settings.load())
            except KitError as error:
                frame.alert(frame.say(error))
                return
            scene.keep(scene.run.having(gallery=one.id, gallery_view="grid", gallery_picture=""))


def _new(scene: Scene, models: list[Installed]) -> None:
    words, lang = scene.words.professions, frame.lang()
    with st.expander(_("Begin a gallery"), expanded=not galleries.installed(settings.load())):
        with st.form(f"{PREFIX}.new", border=False):
            st.text_input(_("Title"), value=_("Our gallery"), max_chars=60, key=f"{PREFIX}.title")
            st.text_input(
                _("The sentence, in English, with {slot} once").format(slot=SLOT),
                value=words.template,
                max_chars=MOST_PROMPT - 100,
                key=f"{PREFIX}.template",
            )
            st.html(f'<p class="said" id="gallery-professions">{escape(_("Professions"))}</p>')
            with st.container(key="gallery-professions"):
                for place, name in enumerate(words.professions):
                    st.checkbox(name, value=place < USUAL, key=f"{PREFIX}.profession.{place}")
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.number_input(
                    _("Pictures for each"),
                    min_value=1,
                    max_value=MOST_SEEDS,
                    value=2,
                    key=f"{PREFIX}.seeds",
                    help=_("One seed each, the same seeds for every profession. A single picture says nothing."),
                    width=200,
                )
                if len(models) > 1:
                    st.selectbox(_("Model"), [model.name for model in models], key=f"{PREFIX}.model", width=260)
            st.form_submit_button(
                _("Make the gallery"),
                type="primary",
                key=f"{PREFIX}.begin",
                on_click=frame.guarded(_begin),
                args=(scene, models, lang),
            )
        paragraph(_("Each picture takes as long as one of the previous lab. Best made before the lesson."), "source")


def _begin(scene: Scene, models: list[Installed], lang: Literal["fr", "en"]) -> None:
    """Put an empty gallery on the shelf, open it, and ask for its pictures. Raises :class:`BadInput`."""
    state = st.session_state
    title, template = str(state[f"{PREFIX}.title"]).strip(), str(state[f"{PREFIX}.template"]).strip()
    chosen = tuple(
        place for place in range(len(scene.words.professions.professions)) if state[f"{PREFIX}.profession.{place}"]
    )
    if not title:
        raise BadInput("A gallery needs a title. Write one, then begin again.")
    if template.count(SLOT) != 1:
        raise BadInput(
            "The sentence is “{template}”; it must hold {slot} exactly once, where the profession goes.",
            template=template,
            slot=SLOT,
        )
    if not chosen:
        raise BadInput("No profession is chosen. Tick one at least, then begin again.")
    model = next((each for each in models if each.name == state.get(f"{PREFIX}.model")), models[0])
    one = galleries.add(
        gallery.begin(
            title=title,
            lang=lang,
            model=model.name,
            revision=model.revision,
            steps=model.entry.image_defaults.steps,
            guidance=model.entry.image_defaults.guidance,
            template=template,
            professions=chosen,
            seeds=int(state[f"{PREFIX}.seeds"]),
        ),
        settings.load(),
    )
    opened = scene.run.having(gallery=one.id, gallery_view="grid", gallery_picture="")
    # Without a safety checker, somebody reads that first.
    save(opened.asking(asked_for(one)) if model.safety_checker else opened)
