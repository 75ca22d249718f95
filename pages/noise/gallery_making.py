"""The pictures of a gallery, one computation each: it stops at any time, and each picture is on disk at once."""

from __future__ import annotations

import io

import streamlit as st

from activities.noise_to_image import galleries
from activities.noise_to_image.galleries import Kept
from activities.noise_to_image.gallery import Gallery, Shot
from activities.noise_to_image.painting import Painting, painting
from kit import settings
from kit.compute import Call, Compute
from kit.cost import Cost
from kit.decks.model import Truth
from kit.decks.packing import label_png
from kit.errors import KitError
from kit.models.store import Installed
from pages import frame
from pages.frame import _
from pages.noise.costline import cost_line
from pages.noise.hub_models import installed, may_drive, refusal
from pages.noise.scene import Scene
from pages.parts.prose import paragraph
from pages.parts.working import drop, work

PREFIX = "noise_to_image.gallery"


def making(scene: Scene, kept: Kept) -> None:
    """What is left to make of a gallery: the button, or the picture in progress and how far the whole grid has got."""
    gallery = kept.gallery
    model = next((each for each in installed() if each.name == gallery.model), None)
    left = len(gallery.of(Shot.WAITING))
    if model is None or model.revision != gallery.revision:
        text = _("{n} pictures are not made, and the model {model} of this gallery is not installed here.")
        paragraph(text.format(n=left, model=gallery.model), "note")
        return
    if not may_drive(scene, model):
        refusal(scene)
        return
    name = asked_for(kept)
    if name not in scene.run.asked:
        label = _("Make the pictures ({n})") if not gallery.of(Shot.MADE) else _("Make the missing pictures ({n})")
        st.button(
            label.format(n=left),
            type="primary",
            key=f"{PREFIX}.make",
            on_click=scene.move(lambda: scene.run.asking(name)),
        )
        if not model.safety_checker:
            paragraph(
                _("This model has no safety checker. Make the gallery before the lesson, and look at each picture."),
                "caution",
            )
        return
    _one(scene, kept, model, name)


def asked_for(kept: Kept) -> str:
    """How the saved run says that a gallery is being made."""
    return f"gallery:{kept.id}"


def _one(scene: Scene, kept: Kept, model: Installed, name: str) -> None:
    """The next picture. Once it is on disk, the page is drawn again, and comes to the one after."""
    gallery = kept.gallery
    picture = gallery.of(Shot.WAITING)[0]
    call = f"{PREFIX}.call.{kept.id}.{picture.file}"
    forget = scene.move(lambda: scene.run.settled(name))

    def start(kit: Compute) -> Call:
        return kit.submit(
            painting,
            gallery.model,
            gallery.prompt(picture),
            seed=picture.seed,
            steps=gallery.steps,
            guidance=gallery.guidance,
            weight="heavy",
            revision=model.revision,
        )

    _progress(gallery)
    profession = gallery.professions[picture.profession].name.text(frame.lang())
    said = _("{profession}, seed {seed}").format(profession=profession, seed=picture.seed)
    paragraph(said, "kicker")
    try:
        made: Painting | None = work(call, start, on_stop=forget)
        if made is None:
            return
        png = None if made.blocked else _labelled(made.png, gallery)
        galleries.keep_picture(kept.id, settings.load(), picture.file, png)
    except KitError as error:
        drop(call)
        forget()
        frame.alert(frame.say(error))
        return
    drop(call)
    st.session_state[_taken(kept)] = made.cost
    if len(gallery.of(Shot.WAITING)) == 1:
        forget()
    st.rerun()


def what_it_took(kept: Kept) -> None:
    """What the last picture took, in the session that made it."""
    cost: Cost | None = st.session_state.get(_taken(kept))
    if cost is not None:
        paragraph(_("The last picture:"), "source")
        cost_line(cost)


def _taken(kept: Kept) -> str:
    return f"{PREFIX}.cost.{kept.id}"


def _progress(gallery: Gallery) -> None:
    total = len(gallery.pictures)
    done = total - len(gallery.of(Shot.WAITING))
    text = _("{done} of {total} pictures made. Stop when you like: those that are made stay.")
    st.progress(done / total, text=text.format(done=done, total=total))


def _labelled(png: bytes, gallery: Gallery) -> bytes:
    import numpy as np
    from PIL import Image

    # One of ours, made by a worker of this kit a moment ago.
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        pixels = np.asarray(image.convert("RGB"))
    return label_png(pixels, Truth.GENERATED, gallery.lang)
