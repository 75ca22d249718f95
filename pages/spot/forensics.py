"""Four other ways to look at a file, each with what it cannot show."""

from __future__ import annotations

import io

import numpy as np
import streamlit as st
from PIL import Image

from activities.spot_the_fake.sitting import Shown
from kit import compute, settings
from kit.decks import render
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from kit.errors import KitError
from kit.images import intake, metadata
from kit.images.forensics import error_level, noise_residual, spectrum
from kit.images.metadata import Meaning
from pages import frame
from pages.frame import _
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.spot.scene import Key, Scene

VIEWS = ("error_level", "noise", "spectrum", "metadata")


def draw(scene: Scene) -> None:
    """One view at a time, on an image that is not part of the game."""
    words = scene.words.forensics
    view = VIEWS[min(scene.run.position, len(VIEWS) - 1)]
    place = VIEWS.index(view)
    heading(scene, lead=words.lead if place == 0 else "")
    paragraph(_("{n} of {total}").format(n=place + 1, total=len(VIEWS)), "kicker")
    st.subheader(words.views[view].name, anchor=False)  # type: ignore[index]
    paragraph(words.views[view].how)  # type: ignore[index]
    left, right = st.columns([3, 2], gap="large")
    with left:
        if view == "metadata":
            _metadata()
        else:
            _picture(scene, view)
    with right:
        for title, text in (
            (_("What it can show"), words.views[view].shows),  # type: ignore[index]
            (_("What it cannot show"), words.views[view].cannot),  # type: ignore[index]
        ):
            st.html(f'<section class="card"><h3>{escape(title)}</h3><p>{escape(text)}</p></section>')
        paragraph(words.caution, "caution")
    last = place + 1 == len(VIEWS)
    bar(
        scene,
        forward=scene.run.next_step() if last else scene.run.at(place + 1),
        back=scene.run.at(place - 1) if place else scene.run.previous_step(),
    )


def _picture(scene: Scene, view: str) -> None:
    items = {item.id: item for item in scene.deck.playable}
    chosen = st.selectbox(
        _("Image"),
        list(items),
        key=f"{Key.DECK}.forensics",
        format_func=lambda i: deck_words(items[i].title, frame.lang()),
    )
    item = items[chosen]
    truths = [version.truth for version in item.versions if version.truth is not Truth.MISCAPTIONED]
    name = scene.words.forensics.views[view].name  # type: ignore[index]
    tabs = st.columns(len(truths))
    for column, truth in zip(tabs, truths, strict=True):
        with column:
            paragraph(scene.words.verdicts[truth].name, "kicker")
            alt = deck_words(item.version(truth).alt, frame.lang())
            st.image(render.png(render.picture(scene.deck, item, truth)), width="stretch", alt=alt)
            st.image(_view(scene.deck, chosen, truth, view), width="stretch", alt=name)


def beside(scene: Scene, shown: Shown) -> None:
    """During a round, where it was asked for: the same views of the picture as it is played."""
    words = scene.words.forensics.views
    view = st.radio(
        _("Look at it otherwise"),
        [None, *VIEWS],
        horizontal=True,
        key=f"{Key.VIEW}.{shown.opaque}",
        format_func=lambda v: words[v].name if v else _("The picture alone"),
    )
    if view is None:
        return
    if view == "metadata":
        paragraph(_("The copy that is played was stripped of what it said, so that nothing betrays it."), "source")
        _findings(scene.served(shown), "")
    else:
        st.image(_view_of(scene.served(shown), view), width="stretch", alt=words[view].name)  # type: ignore[index]
    paragraph(words[view].shows)  # type: ignore[index]
    paragraph(words[view].cannot, "caution")  # type: ignore[index]


def _view(deck: LoadedDeck, item_id: str, truth: Truth, view: str) -> bytes:
    return _view_of(render.png(render.picture(deck, item_id, truth)), view)


@st.cache_data(show_spinner=False, max_entries=64)
def _view_of(png: bytes, view: str) -> bytes:
    """A view of a picture of the kit, computed by a worker."""
    functions = {"error_level": error_level, "noise": noise_residual, "spectrum": spectrum}
    with Image.open(io.BytesIO(png)) as picture:
        pixels = np.asarray(picture)
    trace = compute.connect(settings.load()).run(functions[view], pixels, weight="light")
    return render.png(trace.view)


def _metadata() -> None:
    examples = metadata.examples()
    names = {
        "phone": _("A photograph from a phone"),
        "generated": _("A generated image with its label"),
        "altered": _("An altered photograph with its label"),
        "recipe": _("An image with its generator’s settings"),
        "stripped": _("A generated image, sent through a messaging service"),
    }
    chosen = st.selectbox(
        _("File"),
        range(len(examples)),
        key=f"{Key.DECK}.metadata",
        format_func=lambda i: names.get(examples[i].id, examples[i].file_name),
    )
    data, name = examples[chosen].data, examples[chosen].file_name
    sent = st.file_uploader(
        _("Or read a file of yours; it is not kept"),
        type=["jpg", "jpeg", "png", "webp"],
        key=f"{Key.DECK}.file",
        max_upload_size=intake.MAX_BYTES // 2**20,
    )
    if sent is not None:
        data, name = sent.getvalue(), sent.name
    _findings(data, name)


def _findings(data: bytes, name: str) -> None:
    """What a file says of itself, and what that means."""
    try:
        findings = compute.connect(settings.load()).run(metadata.read_metadata, data, name, weight="light")
    except KitError as error:
        frame.alert(frame.say(error))
        return
    meanings = _meanings()
    rows = "".join(
        f"<dt>{escape(finding.key)}</dt><dd><code>{escape(finding.value)}</code><br>{escape(meanings[finding.meaning])}</dd>"
        for finding in findings
    )
    st.html(f'<section class="card"><h3>{escape(name)}</h3><dl>{rows}</dl></section>')


def _meanings() -> dict[Meaning, str]:
    """What each kind of finding tells, and what it does not."""
    return {
        Meaning.CAMERA: _("What a camera writes. Anyone can copy it."),
        Meaning.DATE: _("The date of the device’s clock, which may be wrong."),
        Meaning.PLACE: _("A place. It is personal data: look before you publish."),
        Meaning.SOFTWARE: _("A program that saved the file. Retouching is not faking."),
        Meaning.AUTHOR: _("An author or rights, as declared."),
        Meaning.ORIENTATION: _("How the device was held."),
        Meaning.SOURCE_CAPTURE: _("The file declares a photograph. It is a declaration, not a proof."),
        Meaning.SOURCE_AI: _("The file declares a generated image. It is a declaration, not a proof."),
        Meaning.SOURCE_PARTLY_AI: _("The file declares a photograph altered with a model."),
        Meaning.SOURCE_OTHER: _("The file declares another origin: a drawing, a montage, a screenshot."),
        Meaning.C2PA: _("The file carries Content Credentials (C2PA). This kit does not check their signature."),
        Meaning.GENERATOR: _("Settings left by an image generator. A copy may have lost them."),
        Meaning.TEXT: _("A text left in the file."),
        Meaning.NOTHING: _("This file says nothing of itself. That proves nothing, one way or the other."),
    }
