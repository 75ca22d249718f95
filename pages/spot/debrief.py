"""The discussion, and the sentences one keeps."""

from __future__ import annotations

import streamlit as st

from pages.frame import _
from pages.parts.prose import paragraph
from pages.spot.furniture import bar, heading
from pages.spot.scene import Key, Scene, save


def draw(scene: Scene) -> None:
    """One question at a time; alone, a possible answer stands in for the room."""
    words = scene.words.debrief
    place = min(scene.run.position, len(words.questions) - 1)
    question = words.questions[place]
    heading(scene, lead=words.lead if place == 0 else "")
    paragraph(_("Question {n} of {total}").format(n=place + 1, total=len(words.questions)), "kicker")
    paragraph(question.question, "question")
    if not scene.projected:
        paragraph(words.alone, "source")
        with st.expander(_("A possible answer")):
            paragraph(question.model_answer)
    if place == 0:
        paragraph(scene.words.small_generator, "caution")
    last = place + 1 == len(words.questions)
    forward = scene.run.next_step() if last else scene.run.at(place + 1)
    bar(
        scene,
        forward=forward if forward.step != scene.run.step or not last else None,
        back=scene.run.at(place - 1) if place else scene.run.previous_step(),
    )
    if last and forward.step == scene.run.step:
        paragraph(_("This is the end of the short format. Thank you!"), "big")


def trace(scene: Scene) -> None:
    """What everyone writes at the end, from a beginning of sentence."""
    words = scene.words.trace
    heading(scene, lead=words.lead)
    if scene.projected:
        for starter in words.starters:
            paragraph(starter, "starter")
    else:
        if Key.TRACE not in st.session_state:
            st.session_state[Key.TRACE] = scene.run.text or "\n".join(words.starters)
        st.text_area(words.title, key=Key.TRACE, height=260, max_chars=2000, on_change=_write, args=(scene,))
        st.caption(_("Saved on this machine as soon as you leave the box."))
        with st.container(horizontal=True):
            st.download_button(
                _("Download my text"), data=st.session_state[Key.TRACE], file_name="vrai-ou-ia.txt", mime="text/plain"
            )
        with st.expander(_("An example")):
            for line in words.model:
                paragraph(line)
    bar(scene, forward=None, back=scene.run.previous_step())
    paragraph(
        _("This is the end of the first sitting. A second one awaits: true cases, a detector, your own images."), "note"
    )


def _write(scene: Scene) -> None:
    save(scene.run.wrote(st.session_state[Key.TRACE]))
