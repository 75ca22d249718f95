"""The montage: a drawn sound, a selection, and gestures that can all be undone."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from activities.podcast import labs
from activities.podcast.labs import Shown
from kit.audio.editing import split
from kit.audio.operations import Cut, Denoise, Even, Fade, Keep, Louder, Operation, Pauses
from kit.podcast.episode import Episode, Music, Segment, Take
from kit.podcast.templates import fresh
from pages.frame import _, guarded, show
from pages.parts.asking import computed
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.studio.minutes import choose, said
from pages.studio.recording import meter
from pages.studio.scene import SLUG, Change, Key, Scene
from pages.studio.waveform import Span, waveform

FADE = 0.5
"""Seconds of a fade, in the simple view."""
STEP = 3.0
"""Decibels of « louder » and « softer »."""


def draw(scene: Scene) -> None:
    """The sound that is heard in one part, and what one may do to it."""
    heading(scene)
    segment = choose(scene, lambda each: isinstance(each.heard, Take | Music))
    if segment is None:
        paragraph(_("No recording yet: go back one step, and record or bring a file."), "note")
    else:
        source = segment.heard
        assert isinstance(source, Take | Music)
        shown = sound(scene, source)
        if shown is not None:
            _edit(scene, segment, source, shown)
    around(scene, "edit", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def sound(scene: Scene, source: Take | Music) -> Shown | None:
    """The sound as its operations leave it; None while they are being done."""
    fields = source.model_dump(mode="json", include={"kind", "file", "operations"})
    found: Shown | None = computed(
        scene,
        "sound",
        json.dumps([scene.run.project, fields]),
        lambda kit: kit.submit(labs.show, str(scene.folder), fields, weight="heavy"),
    )
    return found


def _edit(scene: Scene, segment: Segment, source: Take | Music, shown: Shown) -> None:
    selected = _selected(source, shown)
    marks = source.marks if isinstance(source, Take) and not source.operations else ()
    place = f"{segment.id}.{segment.best}.{len(source.operations)}"
    waveform(
        shown.wave,
        shown.seconds,
        selected,
        marks=marks,
        key=f"{Key.WAVE}.{place}",
        on_change=guarded(_keep_selection(source)),
    )
    _fields(source, shown, selected)
    left, right = st.columns(2, gap="large")
    with left:
        paragraph(_("The whole part: {length}").format(length=said(shown.seconds)), "kicker")
        st.audio(shown.file, format="audio/mpeg")
    with right:
        paragraph(_("The selection: {length}").format(length=said(selected[1] - selected[0])), "kicker")
        st.audio(shown.file, format="audio/mpeg", start_time=selected[0], end_time=selected[1])
    meter(shown.levels)
    _gestures(scene, segment, source, shown, selected)


def _mark(source: Take | Music) -> str:
    """Tells the selections of one state of a sound from those of another."""
    return f"{SLUG}.selected.{source.file}.{len(source.operations)}"


def _selected(source: Take | Music, shown: Shown) -> Span:
    start, end = st.session_state.get(_mark(source), (0.0, shown.seconds))
    return (start, min(end, shown.seconds)) if start < shown.seconds else (0.0, shown.seconds)


def _keep_selection(source: Take | Music) -> Callable[[Span], None]:
    def keep(span: Span) -> None:
        st.session_state[_mark(source)] = span

    return keep


def _fields(source: Take | Music, shown: Shown, selected: Span) -> None:
    """The same selection, typed."""
    keep = _keep_selection(source)

    def typed() -> None:
        start, end = st.session_state[Key.FROM], st.session_state[Key.TO]
        if start < end:
            keep((float(start), float(end)))

    with st.container(horizontal=True):
        for key, label, value in (
            (Key.FROM, _("From, in seconds"), selected[0]),
            (Key.TO, _("To, in seconds"), selected[1]),
        ):
            st.number_input(
                label,
                min_value=0.0,
                max_value=round(shown.seconds, 2),
                step=0.1,
                format="%.2f",
                value=show(key, round(value, 2)),
                key=key,
                width=200,
                on_change=typed,
            )


def _gestures(scene: Scene, segment: Segment, source: Take | Music, shown: Shown, selected: Span) -> None:
    start, end = selected
    whole = start <= 0 and end >= shown.seconds
    on_selection: list[tuple[str, str, Operation]] = [
        ("keep", _("Keep only the selection"), Keep(start=start, end=end)),
        ("cut", _("Cut the selection out"), Cut(start=start, end=end)),
    ]
    on_all: list[tuple[str, str, Operation]] = [
        ("in", _("Rise softly at the beginning"), Fade(start=FADE)),
        ("out", _("Fall softly at the end"), Fade(end=FADE)),
        ("pauses", _("Shorten the long pauses"), Pauses()),
        ("denoise", _("Lower the background noise"), Denoise()),
        ("even", _("Even out the voices"), Even()),
        ("louder", _("Louder"), Louder(decibels=STEP)),
        ("softer", _("Softer"), Louder(decibels=-STEP)),
    ]
    with st.container(horizontal=True, key=f"{SLUG}-selection"):
        for name, label, operation in on_selection:
            st.button(label, key=f"{SLUG}.do.{name}", disabled=whole, on_click=_doing(scene, segment, operation))
        st.button(
            _("Split in two here"),
            key=f"{SLUG}.do.split",
            help=_("At the beginning of the selection"),
            disabled=start <= 0 or isinstance(source, Music),
            on_click=scene.change(_split(segment.id, shown.seconds, start)),
        )
    with st.container(horizontal=True, key=f"{SLUG}-all"):
        for name, label, operation in on_all:
            st.button(label, key=f"{SLUG}.do.{name}", on_click=_doing(scene, segment, operation))
    with st.container(horizontal=True, key=f"{SLUG}-undo"):
        st.button(
            _("Undo the last gesture"),
            key=f"{SLUG}.undo",
            disabled=not source.operations,
            on_click=scene.change(_operations(segment.id, lambda done: done[:-1])),
        )
        st.button(
            _("Start over from the recording"),
            key=f"{SLUG}.over",
            disabled=not source.operations,
            on_click=scene.change(_operations(segment.id, lambda done: ())),
        )
    _history(source)


def _doing(scene: Scene, segment: Segment, operation: Operation) -> Callable[[], None]:
    return scene.change(_operations(segment.id, lambda done: (*done, operation)))


def _operations(segment: str, how: Callable[[tuple[Operation, ...]], tuple[Operation, ...]]) -> Change:
    """A change of the operations of the source that is heard in a segment."""

    def changed(episode: Episode) -> Episode:
        now = episode.segment(segment)
        source = now.heard
        if not isinstance(source, Take | Music):
            return episode
        other = source.model_copy(update={"operations": how(source.operations)})
        sources = (*now.sources[: now.best], other, *now.sources[now.best + 1 :])
        return episode.with_segment(now.having(sources=sources))

    return changed


def _split(segment: str, seconds: float, at: float) -> Change:
    """Two segments of one take: what comes before, then what comes after."""

    def changed(episode: Episode) -> Episode:
        now = episode.segment(segment)
        take = now.heard
        if not isinstance(take, Take):
            return episode
        before, after = split(take.operations, seconds, at)
        first = now.having(sources=(take.model_copy(update={"operations": before}),), best=0)
        second = now.having(
            id=fresh(now.id[:24], [other.id for other in episode.segments]),
            title="",
            text="",
            claims=(),
            crossfade=0.0,
            sources=(take.model_copy(update={"operations": after}),),
            best=0,
        )
        place = [other.id for other in episode.segments].index(segment)
        return episode.having(segments=(*episode.segments[:place], first, second, *episode.segments[place + 1 :]))

    return changed


def _history(source: Take | Music) -> None:
    """What was done, in words, the last first."""
    if not source.operations:
        paragraph(_("Your recording is never changed: every gesture can be undone."), "source")
        return
    names = {
        "keep": _("kept from {start} to {end}"),
        "cut": _("cut from {start} to {end}"),
        "fade": _("softened at its ends"),
        "pauses": _("pauses shortened"),
        "denoise": _("noise lowered"),
        "even": _("voices evened out"),
        "louder": _("volume changed"),
    }
    lines = []
    for done in reversed(source.operations):
        span = {"start": said(done.start), "end": said(done.end)} if isinstance(done, Keep | Cut) else {}
        lines.append(f"<li>{escape(names[done.do].format(**span))}</li>")
    title = _("What you did, the last first")
    st.html(f'<section class="card"><h3>{escape(title)}</h3><ol class="how" reversed>{"".join(lines)}</ol></section>')
