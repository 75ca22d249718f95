"""The team: its name, who looks after what, under pseudonyms; and whose voice is heard."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import streamlit as st

from kit.classroom.pseudonyms import pseudonym
from kit.podcast.episode import Episode, Job, Member
from pages.frame import _, lang, show
from pages.parts.furniture import bar, heading
from pages.parts.prose import paragraph, plain
from pages.parts.reading import around
from pages.studio.scene import SLUG, Change, Key, Scene, state

MOST = 12


def draw(scene: Scene) -> None:
    """The name of the team, its members, one more."""
    heading(scene)
    episode = scene.episode
    with st.container(horizontal=True):
        st.text_input(
            _("Name of the team"),
            value=show(Key.TEAM, episode.team),
            key=Key.TEAM,
            max_chars=80,
            on_change=scene.change(lambda e: e.having(team=st.session_state[Key.TEAM])),
        )
        st.text_input(
            _("Title of the episode, if you have one already"),
            value=show(Key.TITLE, episode.title),
            key=Key.TITLE,
            max_chars=120,
            on_change=scene.change(lambda e: e.having(title=st.session_state[Key.TITLE])),
        )
    for place, member in enumerate(episode.members):
        _member(scene, place, member)
    with st.container(horizontal=True):
        st.button(
            _("One more person"),
            key=f"{Key.MEMBER}.add",
            on_click=scene.change(_one_more),
            disabled=len(episode.members) >= MOST,
        )
    _left(scene)
    around(scene, "team", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _member(scene: Scene, place: int, member: Member) -> None:
    """A pseudonym, the jobs, the voice."""
    key = f"{Key.MEMBER}.{place}"
    jobs, voice = f"{key}.jobs", f"{key}.voice"
    with st.container(border=True, key=f"{SLUG}-member-{place}"):
        left, middle, right = st.columns([2, 4, 2], vertical_alignment="center")
        with left:
            paragraph(member.name, "said")
        with middle:
            st.multiselect(
                _("What this person looks after"),
                list(Job),
                format_func=lambda job: scene.words.jobs[job].name,
                default=show(jobs, list(member.jobs)),
                key=jobs,
                placeholder=_("Choose one or several roles"),
                on_change=scene.change(_changing(place, jobs=state(jobs))),
            )
        with right:
            st.toggle(
                _("Their voice is heard"),
                value=show(voice, member.voice),
                key=voice,
                on_change=scene.change(_changing(place, voice=state(voice))),
            )
            with st.container(horizontal=True):
                st.button(_("Another name"), key=f"{key}.name", on_click=scene.change(_renamed(place)))
                st.button(
                    _("Remove"),
                    key=f"{key}.gone",
                    on_click=scene.change(_without(place)),
                    disabled=len(scene.episode.members) == 1,
                )


def _changing(place: int, **fields: Callable[[], object]) -> Change:
    def how(episode: Episode) -> Episode:
        changed = Member.model_validate(
            {**dict(episode.members[place]), **{name: value() for name, value in fields.items()}}
        )
        return episode.having(members=(*episode.members[:place], changed, *episode.members[place + 1 :]))

    return how


def _one_more(episode: Episode) -> Episode:
    taken = [member.name for member in episode.members]
    return episode.having(members=(*episode.members, Member(name=pseudonym(secrets.randbelow(10_000), lang(), taken))))


def _without(place: int) -> Change:
    return lambda episode: episode.having(members=(*episode.members[:place], *episode.members[place + 1 :]))


def _renamed(place: int) -> Change:
    """Another pseudonym; the segments and the agreement of the old one follow."""

    def how(episode: Episode) -> Episode:
        old = episode.members[place].name
        new = pseudonym(secrets.randbelow(10_000), lang(), [member.name for member in episode.members])
        members = tuple(m.model_copy(update={"name": new}) if m.name == old else m for m in episode.members)
        segments = tuple(s.having(voice=new) if s.voice == old else s for s in episode.segments)
        consents = tuple(c.model_copy(update={"who": new}) if c.who == old else c for c in episode.rights.consents)
        rights = episode.rights.model_copy(update={"consents": consents})
        return episode.having(members=members, segments=segments, rights=rights)

    return how


def _left(scene: Scene) -> None:
    """Which jobs nobody has yet; in a small team one person has several."""
    taken = {job for member in scene.episode.members for job in member.jobs}
    left = [scene.words.jobs[job] for job in Job if job not in taken]
    if left:
        names = ", ".join(job.name for job in left)
        paragraph(_("Nobody looks after this yet: {jobs}.").format(jobs=names), "note")
    with st.expander(_("What each role does")):
        for job in Job:
            st.markdown(f"**{plain(scene.words.jobs[job].name)}** — {plain(scene.words.jobs[job].does)}")
