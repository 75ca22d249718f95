"""Before the activity: alone or with a group, how long, for whom."""

from __future__ import annotations

import secrets

import streamlit as st

from activities.noise_to_image.activity import NOISE_TO_IMAGE
from activities.noise_to_image.run import NoiseRun
from activities.noise_to_image.words import Words
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan
from pages.frame import _
from pages.noise.scene import Key
from pages.parts.prose import paragraph
from pages.parts.scene import save
from pages.parts.starting import levels, modes, plans


def draw(words: Words) -> None:
    """The choices, then the button."""
    st.title(words.title, anchor=False)
    paragraph(words.tagline, "lead")
    left, right = st.columns([3, 2], gap="large")
    with right:
        paragraph(words.small_generator, "caution")
    with left:
        captions = {
            Plan.LESSON: _("Noise becomes a picture; each pixel says where it came from."),
            Plan.SHORT: _("The film, the map, one question."),
            Plan.SECOND: _("Your own photographs, an altered picture, a large model if there is one."),
        }
        mode, plan, level = modes(NOISE_TO_IMAGE.slug), plans(NOISE_TO_IMAGE, captions), levels(NOISE_TO_IMAGE)
        if st.button(_("Start"), type="primary", key=Key.START):
            start(mode, plan, level)
            st.rerun()


def start(mode: Mode, plan: Plan, level: Level) -> None:
    """Begin a run."""
    save(NoiseRun(mode=mode, plan=plan, level=level, step=NoiseRun.planned(plan)[0].id, seed=secrets.randbits(63)))
