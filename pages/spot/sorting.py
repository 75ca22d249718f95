"""A sorting round: one image at a time, a verdict, how sure, and on."""

from __future__ import annotations

import streamlit as st

from activities.spot_the_fake.answers import ClueFamily, Confidence, ImageAnswer, SlateCount, Verdict
from activities.spot_the_fake.run import SortingRun
from activities.spot_the_fake.sitting import Shown
from kit.decks.model import Version
from kit.decks.model import words as deck_words
from pages import frame
from pages.frame import _
from pages.parts.furniture import bar, heading, numbered
from pages.parts.prose import escape, paragraph
from pages.parts.stage import pointed, stage
from pages.spot.dossiers import FIELDS, publication
from pages.spot.furniture import hide_until_shown
from pages.spot.scene import Key, Scene


def draw(scene: Scene) -> None:
    """The current image of the round."""
    round_id = scene.run.step
    if scene.on_devices:
        _on_the_devices(scene)
        return
    images = scene.images(round_id)
    place = min(scene.run.position, len(images))
    if place == len(images):
        _end(scene, round_id, len(images))
        return
    shown = images[place]
    numbered(scene, _("Image {n} of {total}").format(n=place + 1, total=len(images)))
    if scene.projected:
        _room(scene, round_id, shown, place)
    else:
        _alone(scene, round_id, shown, place)


def _on_the_devices(scene: Scene) -> None:
    """The projected screen while each device of a class plays the round."""
    heading(scene, lead="")
    paragraph(_("Look at the images on your device, one by one. Say what you see, and how sure you are."), "big")
    paragraph(_("Half of the room sees the two series the other way round, so that they can be compared."), "note")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _end(scene: Scene, round_id: str, total: int) -> None:
    heading(scene, lead="")
    done = scene.run.counts if scene.projected else scene.run.answers
    seen = len(done.get(round_id, {}))
    paragraph(_("The round is over: {seen} of {total} images answered.").format(seen=seen, total=total), "big")
    bar(scene, forward=scene.run.next_step(), back=scene.run.at(total - 1))


def _alone(scene: Scene, round_id: str, shown: Shown, place: int) -> None:
    words, run = scene.words.sorting, scene.run
    scene.look_ahead()
    _item, version = scene.item(shown)
    before = run.answers.get(round_id, {}).get(shown.opaque)
    left, right = st.columns([8, 5], gap="large")
    with left:
        _card(scene, version)
        stage(
            scene.served(shown),
            alt=deck_words(version.alt, frame.lang()),
            key=_stage(shown),
            labels=hide_until_shown(scene),
            pick=True,
            point=before.point if before else None,
            seconds=run.seconds,
        )
        if run.views:
            _views(scene, shown)
    with right, st.form(f"spot_the_fake.form.{shown.opaque}", border=False, enter_to_submit=False):
        st.radio(
            words.verdict_question,
            list(Verdict),
            key=f"{Key.VERDICT}.{shown.opaque}",
            index=list(Verdict).index(before.verdict) if before and before.verdict else None,
            format_func=lambda v: scene.words.verdicts[v].button,
        )
        st.radio(
            words.confidence_question,
            list(Confidence),
            key=f"{Key.CONFIDENCE}.{shown.opaque}",
            index=list(Confidence).index(before.confidence) if before and before.confidence else None,
            format_func=lambda c: scene.words.confidences[str(int(c))],  # type: ignore[index]
            horizontal=True,
        )
        with st.expander(_("Say why (optional)")):
            st.radio(
                words.family_question,
                list(ClueFamily),
                key=f"{Key.FAMILY}.{shown.opaque}",
                index=list(ClueFamily).index(before.family) if before and before.family else None,
                format_func=lambda f: scene.words.families[f].question,
            )
            st.text_input(
                words.sentence_question,
                value=before.sentence if before else "",
                max_chars=280,
                key=f"{Key.SENTENCE}.{shown.opaque}",
            )
        with st.container(horizontal=True):

            def answer(*, passed: bool) -> SortingRun | None:
                said = _said(shown, before, passed=passed)
                return run.answered(round_id, said).at(place + 1) if said else None

            confirm, skip = scene.move(lambda: answer(passed=False)), scene.move(lambda: answer(passed=True))
            st.form_submit_button(_("Confirm"), type="primary", key=Key.SUBMIT, on_click=confirm)
            st.form_submit_button(words.pass_button, key=Key.PASS, on_click=skip)
            if place:
                st.form_submit_button(_("Back"), key=Key.BACK, on_click=scene.move(lambda: run.at(place - 1)))
    if st.session_state.pop(Key.UNSAID, "") == shown.opaque:
        with right:
            frame.alert(_("Choose an answer and how sure you are, or pass."))


def _said(shown: Shown, before: ImageAnswer | None, *, passed: bool) -> ImageAnswer | None:
    """What the form says of an image; none while something is missing."""
    point = pointed(_stage(shown), before.point if before else None)
    if passed:
        return ImageAnswer(opaque=shown.opaque, point=point)
    verdict, confidence, family, sentence = (
        st.session_state.get(f"{key}.{shown.opaque}") for key in (Key.VERDICT, Key.CONFIDENCE, Key.FAMILY, Key.SENTENCE)
    )
    if verdict is None or confidence is None:
        st.session_state[Key.UNSAID] = shown.opaque
        return None
    return ImageAnswer(
        opaque=shown.opaque,
        verdict=verdict,
        confidence=confidence,
        family=family,
        point=point,
        sentence=sentence or "",
    )


def _stage(shown: Shown) -> str:
    """The key of the picture that one points at."""
    return f"spot_the_fake.stage.{shown.opaque}"


def _room(scene: Scene, round_id: str, shown: Shown, place: int) -> None:
    _item, version = scene.item(shown)
    left, right = st.columns([5, 2], gap="medium")
    with left:
        _card(scene, version)
        stage(
            scene.served(shown),
            alt=deck_words(version.alt, frame.lang()),
            key=_stage(shown),
            labels=hide_until_shown(scene),
            seconds=scene.run.seconds,
        )
        if scene.run.views:
            _views(scene, shown)
    with right:
        names = "".join(f"<li>{escape(scene.words.verdicts[v].button)}</li>" for v in Verdict)  # type: ignore[index]
        st.html(f'<ul class="questions">{names}</ul>')
        paragraph(scene.words.steps[round_id].room)
        bar(
            scene,
            forward=scene.run.at(place + 1),
            back=scene.run.at(place - 1) if place else None,
            forward_label=_("Next image"),
        )
    with st.expander(_("Type the counts")):
        slates(scene, round_id, shown)


def _card(scene: Scene, version: Version) -> None:
    """Who publishes, when, where else: asked before any pixel."""
    if version.card is not None:
        card = version.card
        publication(scene, {field: deck_words(getattr(card, field), frame.lang()) for field in FIELDS})


def _views(scene: Scene, shown: Shown) -> None:
    # Imported here: most rounds do without, and start sooner.
    from pages.spot.forensics import beside

    beside(scene, shown)


def slates(scene: Scene, round_id: str, shown: Shown) -> None:
    """The counts of one image, typed by the facilitator; saved as they are typed."""
    before = scene.run.counts.get(round_id, {}).get(shown.opaque, SlateCount(opaque=shown.opaque))

    def typed() -> None:
        values = {v: int(st.session_state[f"{Key.COUNT}.{shown.opaque}.{v}"] or 0) for v in Verdict}
        count = SlateCount(opaque=shown.opaque, **{str(v): n for v, n in values.items()})
        scene.move(lambda: scene.run.counted(round_id, count))()

    with st.container(horizontal=True, key="slates"):
        for verdict in Verdict:
            st.number_input(
                scene.words.verdicts[verdict].button,  # type: ignore[index]
                min_value=0,
                max_value=999,
                step=1,
                value=getattr(before, verdict),
                key=f"{Key.COUNT}.{shown.opaque}.{verdict}",
                on_change=typed,
            )
