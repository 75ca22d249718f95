"""The guest's interview: its questions on screen, a clock, a key for the good moments; one recording for every team."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from kit.podcast.episode import Episode, Segment, SegmentKind, Take
from kit.podcast.templates import add
from pages import frame
from pages.frame import _
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.studio import writing_down
from pages.studio.minutes import said
from pages.studio.recording import MOST_BYTES, TYPES, keep
from pages.studio.rights import agreed
from pages.studio.scene import SLUG, Key, Scene, projects


def draw(scene: Scene) -> None:
    """The questions and the key while the guest speaks; then the recording, for this team and the others."""
    heading(scene)
    segment = _interview(scene)
    if segment is None:
        paragraph(_("This rundown holds no interview yet."), "note")
        st.button(
            _("Add one"),
            key=f"{SLUG}.witness.add",
            on_click=scene.change(
                lambda e: add(e, SegmentKind.INTERVIEW, after=e.segments[-1].id if e.segments else None)
            ),
        )
    else:
        left, right = st.columns([3, 2], gap="large")
        with left:
            _questions(scene)
        with right:
            _key(scene)
        _recording(scene, segment)
    around(scene, "witness", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _interview(scene: Scene) -> Segment | None:
    return next((each for each in scene.episode.segments if each.kind is SegmentKind.INTERVIEW), None)


def _questions(scene: Scene) -> None:
    paragraph(_("Your questions"), "kicker")
    if not scene.episode.questions:
        paragraph(_("No question yet: write some in the step of the angle."), "note")
    items = []
    for question in scene.episode.questions:
        after = "".join(f"<li>{escape(line)}</li>" for line in question.follow_ups)
        items.append(f"<li><b>{escape(question.text)}</b>{f'<ul>{after}</ul>' if after else ''}</li>")
    st.html(f'<ol class="asked">{"".join(items)}</ol>')


def _key(scene: Scene) -> None:
    """The clock of the interview, and the key that notes a good moment."""
    run = scene.run
    if run.talking_since is None:
        st.button(
            _("The interview begins"),
            type="primary",
            key=f"{SLUG}.talk",
            on_click=scene.move(lambda: run.having(talking_since=datetime.now(UTC), marks=())),
        )
        paragraph(_("Start your recorder at the same moment: the good moments then fall where they belong."), "source")
    else:
        began = run.talking_since

        def now() -> float:
            return round((datetime.now(UTC) - began).total_seconds(), 1)

        st.button(
            _("Good moment!"),
            type="primary",
            key=f"{SLUG}.mark",
            shortcut="m",
            on_click=scene.move(lambda: run.having(marks=(*run.marks, now())[:500])),
        )
        _clock(scene)
        st.button(
            _("The interview is over"),
            key=f"{SLUG}.hush",
            on_click=scene.move(lambda: run.having(talking_since=None)),
        )
    if run.marks:
        paragraph(_("Good moments: {marks}").format(marks=", ".join(said(mark) for mark in run.marks)), "note")


@st.fragment(run_every=1.0)
def _clock(scene: Scene) -> None:
    if scene.run.talking_since is not None:
        spoken = (datetime.now(UTC) - scene.run.talking_since).total_seconds()
        paragraph(said(spoken), "clock")


def _recording(scene: Scene, segment: Segment) -> None:
    """The file of the interview: brought once, taken up by every project of this machine."""
    st.subheader(_("The recording of the interview"), anchor=False)
    take = segment.heard
    if isinstance(take, Take):
        paragraph(f"{take.name} · {said(take.seconds)}", "said")
        st.audio(str(scene.folder / take.file))
        writing_down.draw(scene, segment)
        if take.marks:
            paragraph(_("Good moments: {marks}").format(marks=", ".join(said(mark) for mark in take.marks)), "note")
        return
    if not segment.voice:
        paragraph(
            _("Say in the rundown how to call the guest: their agreement comes first, as for everyone."), "caution"
        )
        return
    if not agreed(scene, segment.voice):
        return
    shared = _shared(scene)
    if shared:
        names = {f"{project}/{taken.file}": f"{taken.name} · {team}" for project, team, taken in shared}
        chosen = st.selectbox(
            _("An interview that another team brought"),
            ["", *names],
            format_func=lambda each: names.get(each, "—"),
            key=f"{SLUG}.witness.shared",
        )
        if chosen and st.button(_("Take the same recording"), key=f"{SLUG}.witness.take"):
            project, _team, taken = next(each for each in shared if f"{each[0]}/{each[2].file}" == chosen)
            raw = (projects().open(project).folder / taken.file).read_bytes()
            file = projects().keep_sound(scene.run.project, raw, taken.file)
            copy = taken.model_copy(update={"file": file, "operations": ()})
            scene.save_project(lambda e: _with(e, segment.id, copy))
            st.rerun()
    brought = st.file_uploader(
        _("The file of the recorder or of the phone"), type=TYPES, key=f"{Key.FILE}.witness", max_upload_size=MOST_BYTES
    )
    if brought is not None and keep(scene, segment, brought.getvalue(), brought.name, brought.name):
        frame.alert(_("The interview is saved."), "done")
        st.rerun()


def _with(episode: Episode, segment: str, take: Take) -> Episode:
    now = episode.segment(segment)
    return episode.with_segment(now.having(sources=(*now.sources, take), best=len(now.sources)))


def _shared(scene: Scene) -> list[tuple[str, str, Take]]:
    """The interviews of the other projects of this machine: project, team, recording."""
    found = []
    for summary in projects().list():
        if summary.id == scene.run.project or summary.fault is not None:
            continue
        for segment in projects().open(summary.id).episode.segments:
            if segment.kind is SegmentKind.INTERVIEW and isinstance(segment.heard, Take):
                found.append((summary.id, summary.team or summary.title or summary.id, segment.heard))
    return found
