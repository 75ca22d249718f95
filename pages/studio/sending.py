"""What a phone of the room sees: the letterbox of one project, to record a part of it or to send one."""

from __future__ import annotations

import streamlit as st

from activities.podcast.run import PodcastRun
from activities.podcast.words import Words
from kit import settings
from kit.levels import Role
from kit.podcast.episode import Segment, Take
from kit.podcast.letterbox import Letterbox, letterbox
from kit.podcast.standing import MUSICAL
from pages import frame
from pages.frame import _
from pages.parts import browser
from pages.parts.prose import paragraph
from pages.parts.uploads import release
from pages.studio import recording
from pages.studio.clock import hour
from pages.studio.minutes import name
from pages.studio.scene import SLUG, Key, Scene
from serve import ROOM_MEGABYTES, speaks_https

EVERY = 3.0
"""Seconds between two looks at a letterbox that is closed."""
SENT = f"{SLUG}.sent"
"""State key of the last sound that this phone has sent: its part and its file."""


def draw(words: Words) -> None:
    """The way into the letterbox that is open; or how to have it opened."""
    opened = letterbox(settings.load())
    browser.arrive(f"sending/{opened.project if opened else ''}")
    st.title(_("Send a sound"), anchor=False)
    _letterbox(words, opened)


def step(scene: Scene) -> None:
    """The same, as a step of a class."""
    st.header(_("Send a sound"), anchor=False)
    _letterbox(scene.words, letterbox(settings.load()))


def _letterbox(words: Words, opened: Letterbox | None) -> None:
    if opened is None:
        paragraph(
            _(
                "Nothing can be sent for now. Ask the facilitator to open the letterbox, in the step that records: this"
                " page then shows what to do."
            ),
            "lead",
        )
        _wait()
    else:
        # A run that is never saved: it names the project for what draws on the facilitator's machine as well.
        run = PodcastRun(seed=0, step="record", project=opened.project)
        _open(Scene(run=run, words=words, role=Role.LEARNER), opened)


@st.fragment(run_every=EVERY)
def _wait() -> None:
    if letterbox(settings.load()) is not None:
        st.rerun(scope="app")


def _open(scene: Scene, opened: Letterbox) -> None:
    """For which project, which part, what to say, then the microphone or the file."""
    title = scene.episode.title or _("Without a title")
    paragraph(f"{title} · {scene.episode.team}" if scene.episode.team else title, "lead")
    paragraph(_("The letterbox is open until {hour}.").format(hour=hour(opened.until)), "source")
    segment = _part(scene)
    if segment is None:
        paragraph(_("The rundown has no part to record yet."), "note")
        return
    recording.prompter(segment)
    if recording.may_record(scene, segment):
        _sent(scene, segment)
        _send(scene, segment)


def _part(scene: Scene) -> Segment | None:
    """The part that is recorded: this phone's own choice."""
    parts = {segment.id: segment for segment in scene.episode.segments if segment.kind not in MUSICAL}
    if not parts:
        return None
    key = f"{Key.SEGMENT}.sending"
    if st.session_state.get(key) not in parts:
        st.session_state.pop(key, None)
    chosen = st.selectbox(
        _("Which part of the episode?"),
        list(parts),
        format_func=lambda part: name(scene, parts[part]),
        key=key,
    )
    return parts[chosen]


def _send(scene: Scene, segment: Segment) -> None:
    """The microphone, over https; a file, always. What comes is on disk before it is said to be saved."""
    turn = st.session_state.setdefault(f"{Key.FILE}.turn", 0)
    # With the project: what was recorded for one never goes to the next one that is opened.
    place = f"{scene.run.project}.{segment.id}.{turn}"
    recorded = None
    if speaks_https():
        recorded = st.audio_input(
            _("Record with this phone’s microphone"), sample_rate=48000, key=f"{Key.MICROPHONE}.{place}"
        )
    brought = st.file_uploader(
        _("Record with your phone’s own recorder, then send the file here"),
        type=recording.TYPES,
        key=f"{Key.FILE}.{place}",
        max_upload_size=ROOM_MEGABYTES,
    )
    if not speaks_https():
        with st.expander(_("Why does the microphone of this phone stay closed?")):
            for line in scene.words.microphone:
                paragraph(line, "source")
    came = brought or recorded
    if came is None:
        return
    called = came.name if brought else _("Take {n}").format(n=len(segment.sources) + 1)
    # Which take is heard is chosen where the kit runs.
    take = recording.keep(scene, segment, came.getvalue(), came.name, called, heard=False)
    if take is not None:
        release(came)
        st.session_state[SENT] = (segment.id, take.file)
        st.session_state[f"{Key.FILE}.turn"] += 1
        st.rerun()


def _sent(scene: Scene, segment: Segment) -> None:
    """That the last sound has arrived, and what the level meter says of it."""
    part, file = st.session_state.get(SENT, ("", ""))
    take = next((each for each in segment.sources if isinstance(each, Take) and each.file == file), None)
    if part != segment.id or take is None:
        return
    frame.alert(_("“{take}” is saved.").format(take=take.name), "done")
    recording.levels(scene, take)
