"""Before an activity: alone or with a group, how long, for whom."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Protocol

import streamlit as st

from kit.levels import Level
from kit.steps import Activity, Mode
from kit.walk import Plan, Walk
from pages import frame
from pages.frame import _
from pages.parts.prose import paragraph
from pages.parts.scene import save


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
        if st.button(_("Start"), type="primary", key=f"{activity.slug}.start"):
            first = model.planned(plan)[0].id
            save(model(mode=mode, plan=plan, level=level, step=first, seed=secrets.randbits(63)))
            st.rerun()


def modes(slug: str) -> Mode:
    """Who moves on."""
    names = {Mode.SELF_PACED: _("Alone, at my own pace"), Mode.PROJECTED: _("With a group: I project this screen")}
    captions = [_("You move on when you like."), _("The room answers with slates or hands; you type the counts.")]
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
