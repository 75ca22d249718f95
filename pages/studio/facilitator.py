"""What the facilitator alone sees of « Défi podcast »: where the teams stand, the time, what to look for."""

from __future__ import annotations

from functools import partial

import streamlit as st

from activities.podcast import sheets
from activities.podcast import words as activity_words
from activities.podcast.answers import Guess
from activities.podcast.run import MOST_STRETCH, PodcastRun
from kit.podcast.standing import standing
from kit.walk import Plan
from pages.frame import _, lang
from pages.parts import facilitating
from pages.parts.figures import table
from pages.parts.prose import paragraph
from pages.parts.taking import take
from pages.studio import clock
from pages.studio.scene import SLUG, Scene, projects

STRETCH = 5
"""Minutes that one press of a button adds or takes."""


def projected() -> Scene | None:
    """The run that this machine projects, if there is one."""
    return facilitating.projected(PodcastRun, Scene, activity_words.load)


def panel(scene: Scene) -> None:
    """The hands to count, what to look for in a step, why a question is asked; then the teams and the time."""
    facilitating.panel(scene, Guess)
    if scene.run.plan is Plan.HALF_DAY:
        _stretch(scene)
    board()


def board() -> None:
    """Where every project of this machine stands."""
    paragraph(_("Where the teams stand"), "kicker")
    rows = []
    for summary in projects().list():
        name = summary.team or summary.title or summary.id
        if summary.fault is not None:
            rows.append((name, "—", "—", "—"))
            continue
        stands = standing(projects().open(summary.id).episode)
        said = (stands.sourced, stands.written, stands.recorded)
        rows.append((name, *(_("{done} of {n}").format(done=done, n=n) for done, n in said)))
    if rows:
        head = (_("Team"), _("Sources"), _("Written"), _("Sounds"))
        table(head, rows, label=_("Where the teams stand"))
    else:
        paragraph(_("No project yet."), "note")


def _stretch(scene: Scene) -> None:
    run = scene.run
    paragraph(_("The time of this step"), "kicker")
    slots = [(scene.words.steps[slot.id].title, slot.begins, slot.ends) for slot in clock.planned(scene)]
    sheet = sheets.timetable(scene.words, slots, lang())
    take(_("Print the timetable"), sheet, name="timetable.html", mime="text/html", key=f"{SLUG}.timetable")
    with st.container(horizontal=True):
        for name, label, minutes in (
            ("more", _("{minutes} minutes more"), STRETCH),
            ("less", _("{minutes} minutes less"), -STRETCH),
        ):
            now = run.stretches.get(run.step, 0)
            wanted = max(-MOST_STRETCH, min(MOST_STRETCH, now + minutes))
            st.button(
                label.format(minutes=STRETCH),
                key=f"{SLUG}.stretch.{name}",
                on_click=scene.move(partial(run.having, stretches={**run.stretches, run.step: wanted})),
                disabled=wanted == now or run.minutes + wanted < 1,
            )
