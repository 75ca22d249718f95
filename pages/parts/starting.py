"""Before an activity: alone or with a group, how long, for whom."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import streamlit as st

from kit.classroom.classes import MOST_DAYS
from kit.classroom.lead import Lead, Names
from kit.classroom.store import RETENTION_DAYS
from kit.errors import NotAllowed
from kit.levels import Level
from kit.steps import Activity, Mode
from kit.walk import Plan, Walk
from pages import frame
from pages.frame import _
from pages.parts.prose import paragraph
from pages.parts.scene import save
from serve import room_addresses

PIN = "class.pin"
"""State key of the PIN of a class that this session has opened: it is told once."""


class Card(Protocol):
    """What the words of every activity say first."""

    @property
    def title(self) -> str: ...
    @property
    def tagline(self) -> str: ...


def page(model: type[Walk], words: Card, *, caution: str, captions: Mapping[Plan, str]) -> None:
    """The whole page: how, how long, for whom, then the button that begins a run of ``model``."""
    activity = model.activity
    st.title(words.title, anchor=False)
    paragraph(words.tagline, "lead")
    left, right = st.columns([3, 2], gap="large")
    with right:
        paragraph(caution, "caution")
    with left:
        mode, plan, level = modes(activity.slug), plans(activity, captions), levels(activity)
        opening = gathering(activity.slug) if mode is Mode.CLASS else None
        if st.button(_("Start"), type="primary", key=f"{activity.slug}.start"):
            first = model.planned(plan)[0].id
            begin(model(mode=mode, plan=plan, level=level, step=first, seed=secrets.randbits(63)), opening)


MINUTES = (0, 1, 2, 3, 5, 10, 15)
"""What a timer can be set to."""


def timed_for(minutes: int) -> str:
    """What one of :data:`MINUTES` is called."""
    return _("{n} minutes").format(n=minutes) if minutes else _("No timer")


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """What a facilitator chooses before a class is opened."""

    names: Names = Names.PSEUDONYMS
    minutes: int = 0
    days: int = RETENTION_DAYS


def begin(run: Walk, opening: Gathering | None) -> None:
    """Save a run that begins; with ``opening``, open a class on it. Then draw it."""
    if run.mode is Mode.CLASS:
        if not frame.may_open():
            raise NotAllowed("A class is opened on the machine that runs Contrechamp.")
        chosen = opening or Gathering()
        _class, pin = frame.store().classes.open(
            run.activity.slug,
            run.model_dump_json(),
            step=run.step,
            device=frame.device(),
            lang=frame.lang(),
            lead=Lead(names=chosen.names, minutes=chosen.minutes),
            days=chosen.days,
        )
        st.session_state[PIN] = pin
    else:
        save(run)
    st.rerun()


def gathering(slug: str) -> Gathering:
    """How participants are called, how long a step lasts, how long what they answer is kept."""
    named = {Names.PSEUDONYMS: _("Pseudonyms drawn by the kit"), Names.TEAMS: _("Teams, by number")}
    with st.container(border=True):
        names = st.radio(
            _("What are participants called?"), list(named), format_func=named.__getitem__, key=f"{slug}.names"
        )
        minutes = st.selectbox(
            _("Timer of each step"), MINUTES, format_func=timed_for, key=f"{slug}.minutes", width=220
        )
        days = st.number_input(
            _("Days until the class is erased"), 1, MOST_DAYS, RETENTION_DAYS, key=f"{slug}.days", width=220
        )
        if not room_addresses():
            paragraph(
                _("Only this machine can join: start Contrechamp with --lan to let the devices of the room in."), "note"
            )
    return Gathering(names=names, minutes=minutes, days=int(days))


def modes(slug: str) -> Mode:
    """Who moves on."""
    names = {
        Mode.SELF_PACED: _("Alone, at my own pace"),
        Mode.PROJECTED: _("With a group: I project this screen"),
        Mode.CLASS: _("With a class: devices join by a code"),
    }
    captions = [
        _("You move on when you like."),
        _("The room answers with slates or hands; you type the counts."),
        _("Tablets, computers or phones answer; you lead from here or from your own phone."),
    ]
    if not frame.may_open():
        del names[Mode.CLASS], captions[-1]
    return st.radio(
        _("How do you work?"), list(names), format_func=names.__getitem__, captions=captions, key=f"{slug}.mode"
    )


def plans(activity: Activity, captions: Mapping[Plan, str]) -> Plan:
    """Which steps; ``captions`` says what each plan holds."""
    short = sum(minutes for _step, minutes in activity.short)
    second = sum(step.minutes for step in activity.sitting(2))
    hours = round(sum(minutes for _step, minutes in activity.half_day) / 60)
    names = {
        Plan.LESSON: _("One lesson, {minutes} minutes").format(minutes=activity.minutes),
        Plan.SHORT: _("{minutes} minutes").format(minutes=short),
        Plan.HALF_DAY: _("Half a day, {hours} hours").format(hours=hours),
        Plan.SECOND: _("Second sitting, {minutes} minutes").format(minutes=second),
    }
    if not activity.half_day:
        del names[Plan.HALF_DAY]
    said = [captions[plan] for plan in names]
    return st.radio(
        _("How long?"), list(names), format_func=names.__getitem__, captions=said, key=f"{activity.slug}.plan"
    )


def levels(activity: Activity) -> Level:
    """For whom."""
    return st.selectbox(
        _("For whom?"),
        list(activity.levels),
        index=len(activity.levels) - 1,
        format_func=frame.level_name,
        key=f"{activity.slug}.level",
    )
