"""« Défi podcast »: the saved run and its project, drawn for whoever looks at this screen; to the room, a letterbox."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from activities.podcast import words as activity_words
from activities.podcast.run import PodcastRun
from pages import frame
from pages.parts import playing
from pages.studio import clock, setup
from pages.studio.scene import Scene, present

CSS = Path(__file__).parent / "studio" / "studio.css"

VIEWS: dict[str, tuple[str, str]] = {
    "brief": ("opening", "draw"),
    "team": ("team", "draw"),
    "angle": ("angle", "draw"),
    "rundown": ("rundown", "draw"),
    "rights": ("rights", "draw"),
    "record": ("recording", "draw"),
    "edit": ("editing", "draw"),
    "dress": ("dressing", "draw"),
    "mix": ("mixing", "draw"),
    "publish": ("publishing", "draw"),
    "debrief": ("closing", "debrief"),
    "witness": ("witness", "draw"),
    "voices": ("voices", "draw"),
    "audition": ("audition", "draw"),
}
"""For each step, the module of :mod:`pages.studio` and the function that draws it."""

SOUND = frozenset({"rights", "record", "edit", "dress", "mix", "publish", "witness", "voices", "audition"})
"""Steps before which the workers start."""


st.html(CSS)
if frame.is_here() or frame.takes_part() or frame.leads():
    # On a participant's device: the bet, then the letterbox while the class records. The project is the facilitator's.
    playing.page(
        PodcastRun,
        Scene,
        activity_words.load,
        setup=setup.draw,
        package="pages.studio",
        views=VIEWS,
        present=present,
        computes=SOUND,
        above=clock.draw,
        on_devices={"record": ("sending", "step")},
    )
else:
    # Projects belong to this machine: of them, the room sees the letterbox alone, until there are classes.
    from pages.studio import sending

    sending.draw(activity_words.load(frame.lang()))
