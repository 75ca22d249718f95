"""Lengths as they are said, and the segment one works at."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kit.podcast.episode import Segment
from pages.frame import _, show_among
from pages.studio.scene import Key, Scene


def said(seconds: float) -> str:
    """Minutes and seconds: 1 min 05 s."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return _("{seconds} s").format(seconds=rest)
    return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=f"{rest:02d}")


def name(scene: Scene, segment: Segment) -> str:
    """What a segment is called: its place, its kind, its title."""
    place = [other.id for other in scene.episode.segments].index(segment.id) + 1
    kind = scene.words.kinds[segment.kind].name
    return f"{place}. {kind} · {segment.title}" if segment.title else f"{place}. {kind}"


def choose(scene: Scene, which: Callable[[Segment], bool] = lambda segment: True) -> Segment | None:
    """The segment one works at, among those that fit; a list to choose another."""
    fitting = {segment.id: segment for segment in scene.episode.segments if which(segment)}
    if not fitting:
        return None
    now = scene.run.segment if scene.run.segment in fitting else next(iter(fitting))
    key = f"{Key.SEGMENT}.{scene.run.step}"
    st.selectbox(
        _("Which part of the episode?"),
        list(fitting),
        format_func=lambda segment: name(scene, fitting[segment]),
        index=show_among(key, list(fitting), now),
        key=key,
        on_change=scene.move(lambda: scene.run.having(segment=st.session_state[key])),
    )
    return fitting[now]
