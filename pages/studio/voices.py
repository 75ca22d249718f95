"""The listening game: a human voice, or a synthetic one? From the team's own takes."""

from __future__ import annotations

import json
import random

import streamlit as st

from activities.podcast import labs
from activities.podcast.labs import Shown
from kit.podcast.episode import Segment, Take
from pages.frame import _, show_among
from pages.parts.asking import computed
from pages.parts.furniture import bar, heading
from pages.parts.prose import paragraph
from pages.parts.reading import around
from pages.studio.scene import SLUG, Key, Scene

ROUNDS = 6
LONGEST = 12.0
"""Seconds of a voice in the game."""


def draw(scene: Scene) -> None:
    """Voices one after the other; for each a bet, then what it was."""
    heading(scene)
    sources = _sources(scene)
    if not any(isinstance(source, Take) for _segment, source in sources):
        paragraph(_("The game is made of your own takes: record a part that is written first."), "note")
    elif not scene.run.may_generate:
        paragraph(_("Below 4e (13 years), only the facilitator generates: choose “With a group”."), "note")
    else:
        for place, source in enumerate(_order(scene)):
            _round(scene, place, source)
        _score(scene)
        st.button(
            _("Another order"),
            key=f"{SLUG}.again",
            on_click=scene.move(lambda: scene.run.having(heard=(scene.run.heard + 1) % 10_000, ears={})),
        )
    paragraph(scene.words.labs["voices"].honest, "caution")
    around(scene, "voices")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _sources(scene: Scene) -> list[tuple[Segment, Take | None]]:
    return [
        (segment, segment.heard)
        for segment in scene.episode.segments
        if isinstance(segment.heard, Take) and segment.text.strip()
    ]


def _order(scene: Scene) -> list[dict[str, object]]:
    """The voices of the game: each take, and the same words read by a machine, in an order drawn by chance."""
    voices: list[dict[str, object]] = []
    for segment, take in _sources(scene)[: ROUNDS // 2]:
        assert take is not None
        voices.append(take.model_dump(mode="json", include={"kind", "file", "operations"}))
        words = " ".join(segment.text.split()[:30])
        voices.append({"kind": "synthetic", "text": words, "announced": False})
    random.Random(scene.run.heard).shuffle(voices)
    return voices


def _round(scene: Scene, place: int, source: dict[str, object]) -> None:
    fields = json.loads(json.dumps(source))
    found: Shown | None = computed(
        scene,
        f"ear{place}",
        json.dumps([scene.run.project, fields]),
        lambda kit: kit.submit(labs.show, str(scene.folder), fields, scene.episode.language, weight="heavy"),
    )
    if found is None:
        return
    human = source["kind"] == "take"
    key, answers = f"{Key.EAR}.{scene.run.heard}.{place}", {True: _("A human voice"), False: _("A synthetic voice")}
    with st.container(border=True, key=f"{SLUG}-ear-{place}"):
        paragraph(_("Voice {n}").format(n=place + 1), "said")
        st.audio(found.file, format="audio/mpeg", end_time=min(LONGEST, found.seconds))
        st.radio(
            _("Human, or synthetic?"),
            list(answers),
            index=show_among(key, list(answers), scene.run.ears.get(place)),
            format_func=answers.__getitem__,
            key=key,
            horizontal=True,
            on_change=scene.move(lambda: scene.run.having(ears={**scene.run.ears, place: st.session_state[key]})),
        )
        if place in scene.run.ears:
            right = scene.run.ears[place] == human
            text = _("Yes: {what}.") if right else _("No: {what}.")
            paragraph(text.format(what=answers[human].lower()), "note" if right else "caution")


def _score(scene: Scene) -> None:
    order, ears = _order(scene), scene.run.ears
    if order and len(ears) >= len(order):
        right = sum(ears.get(place) == (source["kind"] == "take") for place, source in enumerate(order))
        paragraph(_("{right} of {n}. By chance, one would get about half.").format(right=right, n=len(order)), "big")
