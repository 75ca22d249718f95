"""The rundown: the parts of the episode in order, what is said in each, and how long it lasts."""

from __future__ import annotations

import streamlit as st

from kit.podcast import templates, timing
from kit.podcast.episode import Episode, Segment, SegmentKind
from kit.podcast.standing import MUSICAL
from pages.frame import _, lang, show, show_among
from pages.parts.figures import table
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.studio.minutes import choose, said
from pages.studio.scene import SLUG, Key, Scene, state
from pages.studio.setup import voiced


def draw(scene: Scene) -> None:
    """The table and its total; then the part one writes."""
    heading(scene)
    _settings(scene)
    _table(scene)
    left, right = st.columns([3, 2], gap="large")
    with left:
        segment = choose(scene)
        if segment is not None:
            _part(scene, segment)
    with right:
        if segment is not None:
            _order(scene, segment)
        _add(scene)
        _templates(scene)
        _advice(scene)
    around(scene, "rundown", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _settings(scene: Scene) -> None:
    episode = scene.episode
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            _("Target length, in seconds"),
            min_value=10,
            max_value=7200,
            step=10,
            value=show(Key.TARGET, int(episode.target)),
            key=Key.TARGET,
            width=230,
            on_change=scene.change(lambda e: e.having(target=st.session_state[Key.TARGET])),
        )
        st.number_input(
            _("Words read in a minute"),
            min_value=60,
            max_value=240,
            step=5,
            value=show(Key.WPM, episode.words_per_minute),
            key=Key.WPM,
            width=230,
            on_change=scene.change(lambda e: e.having(words_per_minute=st.session_state[Key.WPM])),
        )


def _table(scene: Scene) -> None:
    episode = scene.episode
    rows, expected, actual = [], 0.0, 0.0
    for place, segment in enumerate(episode.segments, 1):
        foreseen, real = timing.expected(segment, episode.words_per_minute, episode.language), timing.actual(segment)
        expected, actual = expected + foreseen, actual + (foreseen if real is None else real)
        kind = scene.words.kinds[segment.kind].name
        rows.append(
            (
                str(place),
                kind,
                segment.title or "—",
                segment.voice or "—",
                said(foreseen),
                "—" if real is None else said(real),
            )
        )
    head = ("", _("Part"), _("Title"), _("Voice"), _("Expected"), _("Recorded"))
    with st.container(key=f"{SLUG}-rundown"):
        table(head, rows, label=_("Rundown"))
    text = _("Total: {expected} expected, {target} wanted.").format(
        expected=said(expected), target=said(episode.target)
    )
    if any(segment.heard is not None for segment in episode.segments):
        text = _("Total: {expected} expected, {actual} with what is recorded, {target} wanted.").format(
            expected=said(expected), actual=said(actual), target=said(episode.target)
        )
    off = abs(actual - episode.target) > 0.1 * episode.target
    paragraph(text, "caution" if off else "note")


def _part(scene: Scene, segment: Segment) -> None:
    """Its kind, title, voice, text, the cards it rests on."""
    prefix = f"{Key.PART}.{segment.id}"
    kind, title, voice, text, claims, planned = (
        f"{prefix}.{field}" for field in ("kind", "title", "voice", "text", "claims", "planned")
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("What is it?"),
            list(SegmentKind),
            format_func=lambda each: scene.words.kinds[each].name,
            index=show_among(kind, list(SegmentKind), segment.kind),
            key=kind,
            on_change=scene.change_segment(segment, kind=state(kind)),
        )
        st.text_input(
            _("Title of the chapter, if it begins one"),
            value=show(title, segment.title),
            key=title,
            max_chars=120,
            on_change=scene.change_segment(segment, title=state(title)),
        )
    paragraph(scene.words.kinds[segment.kind].what, "source")
    if segment.kind in MUSICAL:
        st.number_input(
            _("Length, in seconds"),
            min_value=0.0,
            max_value=max(60.0, segment.planned),  # that of a project from elsewhere
            step=1.0,
            value=show(planned, segment.planned),
            key=planned,
            on_change=scene.change_segment(segment, planned=state(planned)),
        )
        return
    names = ["", *(member.name for member in scene.episode.members)]
    if segment.voice and segment.voice not in names:
        names.append(segment.voice)
    st.selectbox(
        _("Who speaks? For a guest, write how to call them"),
        names,
        format_func=lambda each: each or "—",
        index=show_among(voice, names, segment.voice),
        key=voice,
        accept_new_options=True,
        on_change=scene.change_segment(segment, voice=lambda: (st.session_state[voice] or "")[:60]),
    )
    st.text_area(
        _("What is said"),
        value=show(text, segment.text),
        key=text,
        height=240,
        max_chars=20000,
        placeholder=scene.words.kinds[segment.kind].example,
        on_change=scene.change_segment(segment, text=state(text)),
    )
    count = timing.words(segment.text, scene.episode.language)
    paragraph(
        _("{n} words, about {length} aloud.").format(
            n=count, length=said(timing.expected(segment, scene.episode.words_per_minute, scene.episode.language))
        ),
        "source",
    )
    if segment.kind in (SegmentKind.INTERVIEW, SegmentKind.VOX_POP):
        st.number_input(
            _("Length foreseen if nothing is written, in seconds"),
            min_value=0.0,
            max_value=7200.0,
            step=10.0,
            value=show(planned, segment.planned),
            key=planned,
            on_change=scene.change_segment(segment, planned=state(planned)),
        )
    cards = {claim.id: claim for claim in scene.episode.claims}
    if cards:
        st.multiselect(
            _("Which source cards does it rest on?"),
            list(cards),
            format_func=lambda each: cards[each].text,
            default=show(claims, [claim for claim in segment.claims if claim in cards]),
            key=claims,
            placeholder=_("Choose the cards it uses"),
            on_change=scene.change_segment(segment, claims=lambda: tuple(st.session_state[claims])),
        )
    unsourced = [cards[claim].text for claim in segment.claims if claim in cards and not cards[claim].sourced]
    for claim in unsourced:
        paragraph(_("No source yet for: “{claim}”. Find one, or do not say it.").format(claim=claim), "caution")


def _order(scene: Scene, segment: Segment) -> None:
    place = [other.id for other in scene.episode.segments].index(segment.id)
    with st.container(horizontal=True):
        st.button(
            _("Move up"),
            key=f"{Key.PART}.up",
            disabled=place == 0,
            on_click=scene.change(lambda e: templates.move(e, segment.id, -1)),
        )
        st.button(
            _("Move down"),
            key=f"{Key.PART}.down",
            disabled=place + 1 == len(scene.episode.segments),
            on_click=scene.change(lambda e: templates.move(e, segment.id, 1)),
        )
        st.button(
            _("Remove this part"),
            key=f"{Key.PART}.gone",
            on_click=scene.change(lambda e: templates.remove(e, segment.id)),
        )


def _add(scene: Scene) -> None:
    key = f"{Key.PART}.new"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("A new part"),
            list(SegmentKind),
            format_func=lambda each: scene.words.kinds[each].name,
            key=key,
            index=list(SegmentKind).index(SegmentKind.COLUMN),
        )
        after = scene.segment.id if scene.segment else None
        st.button(
            _("Add it below"),
            key=f"{key}.add",
            on_click=scene.change(lambda e: templates.add(e, st.session_state[key], after=after)),
        )


def _templates(scene: Scene) -> None:
    """Another rundown to begin from, while nothing is recorded yet."""
    with st.expander(_("Begin from a model")):
        names = scene.words.templates
        st.radio(
            _("Which model?"),
            list(names),
            format_func=lambda each: names[each].name,
            captions=[names[each].what for each in names],
            key=Key.TEMPLATE,
        )
        written = any(segment.text or segment.sources for segment in scene.episode.segments)
        if written:
            paragraph(
                _("This rundown holds texts or sounds already: empty it part by part to begin from a model."), "note"
            )

        def how(episode: Episode) -> Episode:
            segments = templates.rundown(st.session_state[Key.TEMPLATE], _)
            return episode.having(segments=voiced(segments, episode.members), beds=())

        st.button(_("Take this model"), key=f"{Key.TEMPLATE}.take", on_click=scene.change(how), disabled=written)


def _advice(scene: Scene) -> None:
    with st.expander(_("Writing for the ear")):
        lines = "".join(f"<li>{escape(line)}</li>" for line in scene.words.writing)
        st.html(f'<ul class="how" lang="{escape(lang())}">{lines}</ul>')
