"""The afternoon's clock: which step it is, until when, and what it does to the end of the afternoon."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from kit.errors import BadInput
from kit.podcast.timetable import Planned, Slot, booking, plan
from kit.walk import Plan
from pages.frame import _, lang, say
from pages.parts.figures import table
from pages.parts.prose import escape, paragraph
from pages.studio.scene import Scene, projects

EVERY = 10.0
"""Seconds between two looks at the clock."""


def draw(scene: Scene) -> None:
    """One line: the time left for this step and when the afternoon ends; nothing in the other formats."""
    if scene.run.plan is Plan.HALF_DAY and scene.run.began is not None:
        _line(scene)


def planned(scene: Scene) -> tuple[Planned, ...]:
    """The steps of the afternoon with their hours, stretched as the facilitator has."""
    slots = tuple(Slot(id=step, minutes=minutes) for step, minutes in scene.run.activity.half_day)
    began = scene.run.began or datetime.now(UTC)
    return plan(began.astimezone(), slots, scene.run.stretches)


def microphone(scene: Scene) -> None:
    """In the afternoon, whose turn it is at the microphone: equal slots for every project of this machine."""
    if scene.run.plan is not Plan.HALF_DAY:
        return
    teams = [summary.team or summary.title or summary.id for summary in projects().list()]
    slot = next(slot for slot in planned(scene) if slot.id == "record")
    with st.expander(_("Whose turn at the microphone?")):
        try:
            turns = booking(teams, slot.begins, slot.ends)
        except BadInput as error:
            paragraph(say(error), "caution")
            return
        rows = [(turn.team, hour(turn.begins), hour(turn.ends)) for turn in turns]
        table((_("Team"), _("From"), _("To")), rows, label=_("Whose turn at the microphone?"))


@st.fragment(run_every=EVERY)
def _line(scene: Scene) -> None:
    slots = planned(scene)
    here = next(slot for slot in slots if slot.id == scene.run.step)
    left = round((here.ends - datetime.now(UTC)).total_seconds() / 60)
    text = (
        _("{minutes} min left for this step").format(minutes=left)
        if left >= 0
        else _("{minutes} min late").format(minutes=-left)
    )
    late = "late" if left < 0 else ""
    ends = _("until {hour}, end at {end}").format(hour=hour(here.ends), end=hour(slots[-1].ends))
    st.html(f'<p class="afternoon {late}" role="timer"><b>{escape(text)}</b> {escape(ends)}</p>')


def hour(moment: datetime) -> str:
    """The hour and minute of a moment, where this machine is."""
    from babel.dates import format_time

    return str(format_time(moment.astimezone(), format="short", locale=lang()))
