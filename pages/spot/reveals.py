"""The reveal, image by image: what it is, where to look, where it comes from."""

from __future__ import annotations

import streamlit as st

from activities.spot_the_fake import results, together
from activities.spot_the_fake.answers import Verdict
from activities.spot_the_fake.results import Outcome
from activities.spot_the_fake.reveal import most_telling
from activities.spot_the_fake.run import ROUNDS
from activities.spot_the_fake.sitting import Shown
from kit.decks import render
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from kit.images import label
from pages import frame
from pages.frame import _
from pages.parts.bars import votes
from pages.parts.furniture import bar, heading, numbered
from pages.parts.prose import escape, paragraph
from pages.parts.stage import Mark, stage
from pages.spot.furniture import stage_labels
from pages.spot.scene import Key, Scene
from pages.spot.tally import round_result

CHOSEN = 4
"""How many images are explained in the time of a lesson; the others remain a click away."""


def draw(scene: Scene) -> None:
    """The current image, its truth, its clues."""
    order = chosen(scene)
    place = min(scene.run.position, len(order) - 1)
    round_id, shown = order[place]
    where = _("Image {n} of {total}").format(n=place + 1, total=len(order))
    if scene.projected:
        numbered(scene, where)
    else:
        heading(scene, lead=scene.words.reveal.intro if place == 0 else "")
        paragraph(where, "kicker")
    item, version = scene.item(shown)
    marks = [Mark(x=clue.x, y=clue.y, label=deck_words(clue.words, frame.lang())) for clue in version.clues]
    left, right = st.columns([8, 5], gap="large")
    open_ = scene.run.shown or not scene.projected
    warm = together.doubts(scene.room, shown.opaque)
    with left:
        stage(
            scene.served(shown),
            alt=deck_words(version.alt, frame.lang()),
            key=f"spot_the_fake.reveal.{shown.opaque}",
            labels=stage_labels(),
            marks=marks if open_ else (),
            band=_label(shown) if open_ else "",
            doubts=warm if open_ else (),
        )
        if open_ and warm:
            paragraph(_("Warm spots: where the class had a doubt ({n}).").format(n=len(warm)), "source")
        if open_ and shown.truth.machine:
            paragraph(scene.words.reveal.labelled, "source")
    with right:
        if not open_:
            _question(scene, round_id, shown)
        else:
            _truth(scene, round_id, shown)
            if shown.truth is Truth.MISCAPTIONED:
                paragraph(scene.words.reveal.miscaptioned, "note")
            _clues(scene, shown)
            paragraph(deck_words(version.explanation, frame.lang()))
            credit = _("Photograph: {credit}. Licence: {licence}.")
            paragraph(credit.format(credit=deck_words(item.credit, frame.lang()), licence=item.licence), "source")
            _origin(scene, shown)
    _foot(scene, order, place, open_)


def _label(shown: Shown) -> str:
    """The label that the picture carries wherever it is kept or exported."""
    if not shown.truth.machine:
        return ""
    source_type = label.SourceType.GENERATED if shown.truth is Truth.GENERATED else label.SourceType.ALTERED
    return label.caption(source_type, frame.lang())


def chosen(scene: Scene) -> list[tuple[str, Shown]]:
    """The images to explain: in a lesson, those that divided the answers most; after them, all the others."""
    played = [(r, shown) for r in ROUNDS if r in {s.id for s in scene.run.steps} for shown in scene.images(r)]
    rows = {row.opaque: row for r in ROUNDS if (result := round_result(scene, r)) for row in result.rows}
    telling = most_telling([rows[shown.opaque] for _, shown in played], CHOSEN)
    first = [(r, shown) for r, shown in played if shown.opaque in telling]
    if len(first) < CHOSEN:
        first += [pair for pair in played if pair not in first][: CHOSEN - len(first)]
    return first + [pair for pair in played if pair not in first]


def _question(scene: Scene, round_id: str, shown: Shown) -> None:
    row = next(row for row in round_result(scene, round_id).rows if row.opaque == shown.opaque)
    if row.n:
        votes([(scene.words.verdicts[v].button, getattr(row, v)) for v in Verdict])
    paragraph(scene.words.sorting.verdict_question, "big")


def _truth(scene: Scene, round_id: str, shown: Shown) -> None:
    words = scene.words
    st.html(
        f'<p class="verdict {shown.truth}">{escape(words.verdicts[shown.truth].name)}</p>'
        f"<p>{escape(words.verdicts[shown.truth].long)}</p>"
    )
    if scene.projected:
        return
    answer = scene.run.answers.get(round_id, {}).get(shown.opaque)
    result = round_result(scene, round_id)
    reading = next(r for r in results.readings(result.rows) if r.opaque == shown.opaque)
    said = words.reveal.passed
    if reading.outcome is Outcome.HIT:
        exact = answer is not None and answer.verdict == shown.truth.value
        said = words.reveal.right if exact else words.reveal.half
    elif reading.outcome is Outcome.CORRECT_REJECTION:
        said = words.reveal.right
    elif reading.outcome is Outcome.MISS:
        said = words.reveal.missed
    elif reading.outcome is Outcome.FALSE_ALARM:
        said = words.reveal.false_alarm
    paragraph(said, "said")


def _clues(scene: Scene, shown: Shown) -> None:
    _item, version = scene.item(shown)
    if not version.clues:
        if shown.truth.machine:
            paragraph(scene.words.reveal.nothing_to_see)
        return
    rows = "".join(
        f"<li><strong>{escape(scene.words.families[clue.family].name)}</strong> "
        f"{escape(deck_words(clue.words, frame.lang()))}</li>"
        for clue in version.clues
    )
    st.html(f'<ol class="clues">{rows}</ol>')


def _origin(scene: Scene, shown: Shown) -> None:
    if not shown.truth.machine:
        return
    with st.expander(_("See the photograph it was made from")):
        paragraph(scene.words.reveal.origin)
        item, _version = scene.item(shown)
        pixels = render.picture(scene.deck, item, Truth.REAL)
        st.image(render.png(pixels), width="stretch", alt=deck_words(item.title, frame.lang()))
        paragraph(deck_words(item.title, frame.lang()), "source")


def _foot(scene: Scene, order: list[tuple[str, Shown]], place: int, open_: bool) -> None:
    run = scene.run
    back = run.at(place - 1) if place else None
    if not open_:
        bar(scene, forward=run.reveal(), back=back, forward_label=_("Reveal"))
        return
    if place + 1 == min(CHOSEN, len(order)) and len(order) > CHOSEN:
        bar(scene, forward=run.next_step(), back=back)
        with scene.foot or st.container():
            st.button(
                _("See the {n} other images first").format(n=len(order) - CHOSEN),
                key=Key.REVEAL,
                type="tertiary",
                on_click=scene.move(lambda: run.at(place + 1)),
            )
        return
    last = place + 1 == len(order)
    bar(scene, forward=run.next_step() if last else run.at(place + 1), back=back)
