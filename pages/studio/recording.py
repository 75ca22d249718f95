"""The recording: a microphone that opens once the agreements are there, files that phones made, several takes."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from activities.podcast import labs
from activities.podcast.labs import Heard
from kit import compute, settings
from kit.audio.levels import Levels
from kit.errors import BadAudio, BadInput, KitError, NotFound
from kit.podcast import originals
from kit.podcast.episode import Episode, Segment, Take
from kit.podcast.standing import MUSICAL
from pages import frame
from pages.frame import _
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.uploads import release
from pages.studio import clock, receiving, writing_down
from pages.studio.minutes import choose, said
from pages.studio.rights import agreed
from pages.studio.scene import SLUG, Change, Key, Scene, projects

TYPES = ["wav", "mp3", "m4a", "aac", "ogg", "oga", "opus", "webm", "flac", "aif", "aiff", "3gp", "amr", "mp4", "wma"]
"""What the chooser shows. The door says in a sentence why it refuses some of them."""
MOST_BYTES = 400
"""Megabytes of one file."""
MOST_TAKES = 20


def draw(scene: Scene) -> None:
    """What is to be said, the microphone or a file, the takes so far."""
    heading(scene)
    segment = choose(scene, lambda each: each.kind not in MUSICAL)
    if segment is None:
        paragraph(_("The rundown has no part to record yet: write one first."), "note")
    else:
        left, right = st.columns([3, 2], gap="large")
        with left:
            prompter(segment)
        with right:
            if may_record(scene, segment):
                _bring(scene, segment)
        clock.microphone(scene)
        receiving.draw(scene)
        _takes(scene, segment)
        writing_down.draw(scene, segment)
    around(scene, "record", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def prompter(segment: Segment) -> None:
    """What is to be said."""
    if segment.text:
        paragraph(_("To read aloud"), "kicker")
        st.html(f'<div class="prompter">{escape(segment.text)}</div>')
    else:
        paragraph(_("Nothing is written for this part: speak freely."), "note")


def may_record(scene: Scene, segment: Segment) -> bool:
    """Whether the microphone opens for a part; if not, why is said."""
    if scene.episode.members and not segment.voice:
        paragraph(_("Say in the rundown who speaks in this part: then the microphone opens."), "caution")
        return False
    return agreed(scene, segment.voice)


def _bring(scene: Scene, segment: Segment) -> None:
    """The microphone and the file. What comes is on disk before it is said to be saved."""
    # Part of the keys of what is emptied once a take is saved; after a refusal, everything is still there.
    turn = st.session_state.setdefault(f"{Key.FILE}.turn", 0)
    recorded = st.audio_input(
        _("Record with this machine’s microphone"), sample_rate=48000, key=f"{Key.MICROPHONE}.{segment.id}.{turn}"
    )
    with st.expander(_("Bring a file, from a phone for example"), expanded=False):
        brought = st.file_uploader(
            _("A sound file"), type=TYPES, key=f"{Key.FILE}.{segment.id}.{turn}", max_upload_size=MOST_BYTES
        )
        for line in scene.words.microphone:
            paragraph(line, "source")
    came = brought or recorded
    if came is None:
        return
    name = came.name if brought else _("Take {n}").format(n=len(segment.sources) + 1)
    if keep(scene, segment, came.getvalue(), came.name, name):
        release(came)
        st.session_state[f"{Key.FILE}.turn"] += 1
        st.rerun()


def keep(scene: Scene, segment: Segment, raw: bytes, file_name: str, name: str, *, heard: bool = True) -> Take | None:
    """Write a sound to disk, have it read, and add it to the takes; ``heard``: it becomes the one that is heard.

    None if it cannot be read or added, which is said.
    """
    try:
        _with_room(scene.episode, segment.id)
        file = projects().keep_sound(scene.run.project, raw, file_name)
        with st.spinner(_("Listening to it…")):
            seconds = _heard(scene, file, file_name).seconds
        marks = scene.run.marks if scene.run.step == "witness" else ()
        take = Take(file=file, name=name[:200], seconds=round(seconds, 3), marks=marks)
        scene.add(lambda episode: _with_take(episode, segment.id, take, heard=heard))
    except KitError as error:
        frame.alert(frame.say(error))
        return None
    return take


def _heard(scene: Scene, file: str, name: str) -> Heard:
    """What a worker found out about a sound of the project. One that is none does not stay on the disk."""
    key = f"{SLUG}.levels.{file}"
    known: Heard | None = st.session_state.get(key)
    # The copy to listen to can be swept away with a take that is removed, here or on another device.
    if known is None or not Path(known.file).is_file():
        try:
            st.session_state[key] = compute.connect(settings.load()).run(
                labs.hear, str(scene.folder), file, name, weight="light", limits=labs.READING
            )
        except BadAudio:
            if file not in originals.files(scene.episode):
                (scene.folder / file).unlink(missing_ok=True)
            raise
    return st.session_state[key]


def _with_room(episode: Episode, segment: str) -> Segment:
    """A part that takes one more sound. Raises :class:`NotFound`, :class:`BadInput`."""
    found = next((each for each in episode.segments if each.id == segment), None)
    if found is None:
        raise NotFound("This part is no longer in the rundown: choose another one, then send the sound again.")
    if len(found.sources) >= MOST_TAKES:
        raise BadInput("{n} takes at most: remove one first.", n=MOST_TAKES)
    return found


def _with_take(episode: Episode, segment: str, take: Take, *, heard: bool) -> Episode:
    """The episode with one more take of a part; the same sound sent twice is one take."""
    now = _with_room(episode, segment)
    if take.file in {getattr(source, "file", None) for source in now.sources}:
        return episode
    best = len(now.sources) if heard or not now.sources else now.best
    return episode.with_segment(now.having(sources=(*now.sources, take), best=best))


def _takes(scene: Scene, segment: Segment) -> None:
    """Every take: what the level says of it, to listen to, to keep, to remove."""
    takes = [(place, source) for place, source in enumerate(segment.sources) if isinstance(source, Take)]
    if not takes:
        return
    st.subheader(_("Takes"), anchor=False)
    for place, take in takes:
        best = place == segment.best
        with st.container(border=True, key=f"{SLUG}-take-{segment.id}-{place}"):
            left, right = st.columns([3, 1], vertical_alignment="center")
            with left:
                mark = f" · {_('the one that is heard')}" if best else ""
                paragraph(f"{take.name} · {said(take.seconds)}{mark}", "said")
                levels(scene, take)
            with right:
                st.button(
                    _("Keep this one"),
                    key=f"{Key.BEST}.{segment.id}.{place}",
                    disabled=best,
                    on_click=scene.change(_best(segment.id, take.file)),
                )
                st.button(
                    _("Remove"),
                    key=f"{Key.BEST}.{segment.id}.{place}.gone",
                    on_click=frame.guarded(lambda take=take: _remove(scene, segment.id, take.file)),
                )


def _best(segment: str, file: str) -> Change:
    def how(episode: Episode) -> Episode:
        now = episode.segment(segment)
        place = next((at for at, source in enumerate(now.sources) if getattr(source, "file", None) == file), now.best)
        return episode.with_segment(now.having(best=place))

    return how


def _remove(scene: Scene, segment: str, file: str) -> None:
    """Take a take away, and its file with it if nothing else is made of it: whoever withdraws is heard no more."""
    scene.save_project(_without(segment, file))
    originals.forget(scene.folder, file, projects().open(scene.run.project).episode)


def _without(segment: str, file: str) -> Change:
    """The episode without a take; the one that is heard stays so, or becomes the last one."""

    def how(episode: Episode) -> Episode:
        now = episode.segment(segment)
        left = tuple(source for source in now.sources if getattr(source, "file", None) != file)
        best = left.index(now.heard) if now.heard in left else max(0, len(left) - 1)
        return episode.with_segment(now.having(sources=left, best=best))

    return how


def levels(scene: Scene, take: Take) -> None:
    """What the level meter heard, in words, with what to do about it."""
    try:
        heard = _heard(scene, take.file, take.name)
    except KitError as error:  # of one take; the others stay
        frame.alert(frame.say(error))
        return
    st.audio(heard.file, format="audio/mpeg")
    meter(heard.levels)
    for note in heard.notes:
        paragraph(frame.say(note), "source")
    for verdict in heard.levels.verdicts:
        words = scene.words.verdicts[verdict]
        kind = "note" if verdict == "good" else "caution"
        st.html(f'<p class="{kind}"><b>{escape(words.what)}</b> {escape(words.todo)}</p>')


def meter(levels: Levels) -> None:
    """The loudest moment on a bar, from -60 to 0 decibels."""
    share = max(0.0, min(1.0, (levels.peak + 60) / 60))
    label = _("Loudest moment: {peak} dB under the maximum").format(peak=round(-levels.peak))
    st.html(
        f'<div class="meter" role="img" aria-label="{escape(label)}"><i style="width:{share * 100:.0f}%"></i></div>'
    )
