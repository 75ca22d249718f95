"""The mix: one button; then how it sounds, and what is still missing before anyone else may hear it."""

from __future__ import annotations

import json

import streamlit as st

from activities.podcast import labs
from activities.podcast.labs import Mixed, sound_key
from kit.podcast.checklist import Point, checklist
from pages.frame import _, say, show_among
from pages.parts.asking import asked
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.studio.minutes import said
from pages.studio.scene import Key, Scene


def draw(scene: Scene) -> None:
    """The button, the progress, the player, the list."""
    heading(scene)
    if not any(segment.heard for segment in scene.episode.segments):
        paragraph(_("Nothing to mix yet: record a part, or put a jingle in one."), "note")
        bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())
        return
    _channels(scene)
    mixed = mix(scene)
    if mixed is not None:
        st.audio(mixed.file, format="audio/mpeg")
        loud = _("{length} · loudness {loudness} LUFS · loudest peak {peak} dBTP")
        paragraph(
            loud.format(length=said(mixed.seconds), loudness=_figure(mixed.loudness), peak=_figure(mixed.true_peak)),
            "said",
        )
        points(listed(scene, mixed))
    around(scene, "mix", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def mix(scene: Scene) -> Mixed | None:
    """The mix of the project as it is now, once somebody has asked for it."""
    key = sound_key(scene.episode)
    found: Mixed | None = asked(
        scene,
        "mix",
        json.dumps([scene.run.project, key]),
        lambda kit: kit.submit(labs.mix, str(scene.folder), key, weight="heavy"),
        label=_("Mix the episode"),
        patience=1.0,
    )
    return found


def listed(scene: Scene, mixed: Mixed | None) -> tuple[Point, ...]:
    """What to look at before the episode leaves the room."""
    return checklist(
        scene.episode,
        seconds=mixed.seconds if mixed else None,
        loudness=(mixed.loudness, mixed.true_peak) if mixed else None,
    )


def points(found: tuple[Point, ...]) -> None:
    """The checklist: what is good, what could be better, what forbids to publish."""
    names = {"ok": _("good"), "warn": _("to look at"), "stop": _("to settle first")}
    lines = "".join(
        f'<li class="{escape(point.state)}"><b>{escape(names[point.state])}</b> {escape(say(point.what))}'
        f"{f' <i>{escape(say(point.todo))}</i>' if point.todo else ''}</li>"
        for point in found
    )
    label = _("Before publishing")
    st.html(f'<section class="card"><h3>{escape(label)}</h3><ul class="points">{lines}</ul></section>')


def _channels(scene: Scene) -> None:
    names = {2: _("Stereo: voices in the middle, music on both sides"), 1: _("Mono: a smaller file, for voices")}
    st.radio(
        _("How is it mixed?"),
        list(names),
        format_func=names.__getitem__,
        index=show_among(Key.CHANNELS, list(names), scene.episode.channels),
        key=Key.CHANNELS,
        horizontal=True,
        on_change=scene.change(lambda e: e.having(channels=st.session_state[Key.CHANNELS])),
    )


def _figure(value: float) -> str:
    from babel.numbers import format_decimal

    from pages.frame import lang

    return str(format_decimal(round(value, 1), format="0.0", locale=lang()))
