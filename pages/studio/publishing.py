"""The publication: what listeners read, the cover, and everything in one zip."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from activities.podcast import labs
from activities.podcast.labs import Published, sound_key
from kit import compute, settings
from kit.podcast.checklist import may_publish
from kit.podcast.episode import Episode, Publication
from pages.frame import _, show
from pages.parts.asking import asked, computed
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.taking import take
from pages.studio.mixing import listed, mix, points
from pages.studio.scene import SLUG, Change, Key, Scene

COVER = 360
"""Pixels of the cover on screen; it is drawn at 3000."""


def draw(scene: Scene) -> None:
    """The words, the cover, the mix if there is none, the files."""
    heading(scene)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _words(scene)
    with right:
        _cover(scene)
    mixed = mix(scene)
    if mixed is not None:
        found = listed(scene, mixed)
        points(found)
        if may_publish(found):
            files(scene)
        else:
            paragraph(
                _("This episode stays in the room for now: you may listen to it together, not publish it."), "caution"
            )
    _save(scene)
    around(scene, "publish", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _words(scene: Scene) -> None:
    st.text_input(
        _("Title of the episode"),
        value=show(Key.TITLE, scene.episode.title),
        key=Key.TITLE,
        max_chars=120,
        on_change=scene.change(lambda e: e.having(title=st.session_state[Key.TITLE])),
    )
    labels: dict[str, tuple[str, int, int]] = {
        "show": (_("Name of the podcast"), 120, 0),
        "description": (_("What is it about? Two or three sentences"), 4000, 110),
        "ai_use": (_("Where did machines take part? If nowhere, say so"), 2000, 80),
        "credits": (_("Thanks and credits"), 2000, 80),
        "licence": (_("Licence of the episode, for example CC BY-SA 4.0"), 120, 0),
        "address": (_("Web address of the folder, if you publish it yourself (https://…)"), 400, 0),
    }
    for field, (label, most, height) in labels.items():
        key = f"{Key.PUBLISH}.{field}"
        change = scene.change(_written(field, key))
        if height:
            st.text_area(
                label,
                value=show(key, getattr(scene.episode.publication, field)),
                key=key,
                max_chars=most,
                height=height,
                on_change=change,
            )
        else:
            st.text_input(label, key=key, max_chars=most, on_change=change)


def _written(field: str, key: str) -> Change:
    def how(episode: Episode) -> Episode:
        changed = Publication.model_validate({**dict(episode.publication), field: st.session_state[key]})
        return episode.having(publication=changed)

    return how


def _cover(scene: Scene) -> None:
    """The cover, large and as small as in a player."""
    episode = scene.episode
    found: bytes | None = computed(
        scene,
        "cover",
        json.dumps([episode.title, episode.publication.show, episode.publication.cover]),
        lambda kit: kit.submit(
            labs.cover, episode.title, episode.publication.show, episode.publication.cover, weight="light"
        ),
    )
    if found is not None:
        st.image(found, width=COVER, alt=_("The cover of the episode"))
        paragraph(_("And as small as in a player:"), "source")
        st.image(found, width=55, alt="")
    key = f"{Key.PUBLISH}.cover"
    st.number_input(
        _("Number (another one, another cover)"),
        min_value=0,
        max_value=9999,
        step=1,
        value=show(key, episode.publication.cover),
        key=key,
        on_change=scene.change(_written("cover", key)),
    )


def files(scene: Scene) -> None:
    """The button that makes them; then each file, and all in one zip."""
    found: Published | None = asked(
        scene,
        "publish",
        json.dumps([scene.run.project, scene.opened.version]),
        lambda kit: kit.submit(
            labs.publish, str(scene.folder), sound_key(scene.episode), weight="heavy", revision=scene.opened.version
        ),
        label=_("Prepare the files"),
        patience=3.0,
    )
    if found is None:
        return
    names = {
        "episode.mp3": _("The episode (MP3, with chapters)"),
        "notes.md": _("The notes"),
        "transcript.vtt": _("The transcript (VTT)"),
        "transcript.srt": _("The transcript (SRT)"),
        "transcript.txt": _("The transcript (text)"),
        "chapters.json": _("The chapters (JSON)"),
        "cover.png": _("The cover (3000 × 3000)"),
        "feed.xml": _("The feed (RSS)"),
    }
    with st.container(horizontal=True, key=f"{SLUG}-files"):
        zipped = Path(found.zip)
        take(
            _("Everything in one zip"),
            zipped.read_bytes,
            name=zipped.name,
            mime="application/zip",
            key=f"{SLUG}.zip",
            main=True,
        )
        for name, label in names.items():
            path = Path(found.folder) / name
            if path.exists():
                take(label, path.read_bytes, name=name, mime="application/octet-stream", key=f"{SLUG}.file.{name}")
    with st.expander(_("The notes, as listeners read them")):
        notes = (Path(found.folder) / "notes.md").read_text(encoding="utf-8")
        st.html(f'<pre class="notes">{escape(notes)}</pre>')
    paragraph(_("The zip also opens again as a project of the kit."), "source")


def _save(scene: Scene) -> None:
    """The project itself, published or not, to go on with it elsewhere."""
    with st.expander(_("Go on later, or on another machine")):
        paragraph(_("This zip holds the project and its recordings: keep it as carefully as them."), "source")
        key = f"{SLUG}.project"
        if st.button(_("Prepare the zip of the project"), key=f"{key}.make"):
            made = compute.connect(settings.load()).run(
                labs.save, str(scene.folder), weight="light", revision=scene.opened.version
            )
            take(
                _("Download the project"),
                Path(made).read_bytes,
                name=f"{scene.run.project}.zip",
                mime="application/zip",
                key=key,
            )
