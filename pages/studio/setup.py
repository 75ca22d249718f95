"""Before the activity: a new project or one of those on this machine; alone or with a group, how long, for whom."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta

import streamlit as st

from activities.podcast.run import PodcastRun
from activities.podcast.words import Words
from kit.classroom.pseudonyms import pseudonym
from kit.levels import Level
from kit.podcast import bundle, templates, timing
from kit.podcast.episode import Member, Rights, Segment, SegmentKind
from kit.podcast.standing import MUSICAL
from kit.podcast.store import Summary
from kit.steps import Mode
from kit.walk import Plan
from pages import frame
from pages.frame import _, lang
from pages.parts import starting
from pages.parts.prose import paragraph
from pages.parts.starting import Gathering, begin
from pages.studio.scene import SLUG, Key, projects

KEPT = timedelta(days=30)
"""When a project is erased, unless another day is chosen."""
MOST_BYTES = 600
"""Megabytes of a project that is brought back."""


def draw(words: Words) -> None:
    """The choices, then the button."""
    projects().purge()
    st.title(words.title, anchor=False)
    paragraph(words.tagline, "lead")
    left, right = st.columns([3, 2], gap="large")
    with right:
        paragraph(words.caution, "caution")
        _kept()
    with left:
        captions = {
            Plan.LESSON: _("One column of 60 seconds, from the angle to the file."),
            Plan.SHORT: _("A rundown, a recording, a mix."),
            Plan.HALF_DAY: _("The whole afternoon, around the interview of a guest."),
            Plan.SECOND: _("The guest’s interview, the voices game, the collective audition."),
        }
        mode = starting.modes(SLUG)
        plan = starting.plans(PodcastRun.activity, captions)
        level = starting.levels(PodcastRun.activity)
        opening = starting.gathering(SLUG) if mode is Mode.CLASS else None
        known = _projects()
        chosen = st.selectbox(
            _("Which project?"),
            ["", *known],
            format_func=lambda name: known[name] if name else _("A new one"),
            key=Key.PROJECT,
        )
        if st.button(_("Start"), type="primary", key=f"{SLUG}.start"):
            _start(mode, plan, level, chosen, opening)


def _start(mode: Mode, plan: Plan, level: Level, project: str, opening: Gathering | None) -> None:
    seed = secrets.randbelow(10_000)
    began = datetime.now(UTC) if plan is Plan.HALF_DAY else None
    first = PodcastRun.planned(plan)[0].id
    begin(
        PodcastRun(
            mode=mode,
            plan=plan,
            level=level,
            step=first,
            seed=seed,
            project=project or new(plan, level, seed),
            began=began,
        ),
        opening,
    )


def new(plan: Plan, level: Level, seed: int) -> str:
    """A project with a rundown to begin from and somebody to speak."""
    template = "column" if plan in (Plan.LESSON, Plan.SHORT) else "interview"
    made = templates.episode(template, language=lang(), translate=_)
    someone = Member(name=pseudonym(seed, lang(), ()))
    return projects().create(
        made.having(
            level=level,
            words_per_minute=timing.wpm(level),
            members=(someone,),
            segments=voiced(made.segments, (someone,)),
            rights=Rights(erase_on=date.today() + KEPT),
        )
    )


def voiced(segments: tuple[Segment, ...], members: tuple[Member, ...]) -> tuple[Segment, ...]:
    """A rundown that says who speaks: the guest where there is one, and the one member who may be heard, if but one."""
    heard = [member.name for member in members if member.voice]
    reads = heard[0] if len(heard) == 1 else ""
    voices = {SegmentKind.INTERVIEW: _("The guest"), SegmentKind.VOX_POP: "", **dict.fromkeys(MUSICAL, "")}
    return tuple(segment.having(voice=voices.get(segment.kind, reads)) for segment in segments)


def _projects() -> dict[str, str]:
    """What the projects of this machine are called, the last changed first."""
    return {summary.id: _called(summary) for summary in projects().list()}


def _called(summary: Summary) -> str:
    title = summary.title or _("Without a title")
    name = f"{title} · {summary.team}" if summary.team else title
    return f"{name} ({summary.id})"


def _kept() -> None:
    """A project that comes back from a zip, and those that are erased."""
    with st.expander(_("Bring back or erase a project")):
        zipped = st.file_uploader(_("The zip of a project"), type=["zip"], key=Key.BRING, max_upload_size=MOST_BYTES)
        if zipped is not None and st.button(_("Bring it back"), key=f"{Key.BRING}.go"):
            bundle.unpack(zipped.getvalue(), zipped.name, projects())
            frame.alert(_("It is back: choose it in the list."), "done")
        known = _projects()
        gone = st.selectbox(
            _("Erase a project"), ["", *known], format_func=lambda name: known.get(name, "—"), key=Key.REOPEN
        )
        if gone:
            st.button(
                _("Erase it, with its recordings"),
                key=f"{Key.REOPEN}.erase",
                on_click=frame.guarded(lambda: projects().erase(gone)),
            )
