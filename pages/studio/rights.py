"""The agreements, before any microphone opens: who, what, where, until when; and the sheets to print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from activities.podcast import sheets
from kit.levels import Level
from kit.podcast import rights
from kit.podcast.episode import Consent, Episode
from kit.podcast.remarks import Point
from pages.frame import _, lang, say, show, show_among
from pages.parts.furniture import bar, heading
from pages.parts.prose import paragraph
from pages.parts.reading import around
from pages.parts.taking import take
from pages.studio.scene import SLUG, Change, Key, Scene, state
from pages.studio.setup import KEPT

AHEAD = timedelta(weeks=2)
"""How long before the day the sheets go out."""


def draw(scene: Scene) -> None:
    """The sheets, the agreements of every voice, the day on which all is erased."""
    heading(scene)
    _sheets(scene)
    st.subheader(_("Who agreed to what"), anchor=False)
    heard = sheets.voices(scene.episode)
    if not heard:
        paragraph(_("No voice is foreseen yet. Name the team first, or say in the rundown who speaks."), "note")
    for place, name in enumerate(heard):
        _consent(scene, place, name)
    _dates(scene)
    around(scene, "rights", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def agreed(scene: Scene, name: str) -> bool:
    """Whether everything is there for the voice of ``name`` to be recorded; if not, what is missing is said."""
    faults = missing(scene.episode, name)
    say_missing(faults)
    return not faults


def missing(episode: Episode, name: str) -> tuple[Point, ...]:
    """What forbids the microphone to open for the voice of ``name``; several names stand between commas."""
    today = date.today()
    return tuple(
        point
        for each in rights.names(episode, name)
        for point in rights.voice(episode, each, today)
        if point.state == "stop"
    )


def say_missing(faults: tuple[Point, ...]) -> None:
    """What is missing, and what to do about it."""
    for fault in faults:
        paragraph(f"{say(fault.what)} {say(fault.todo) if fault.todo else ''}", "caution")


def _sheets(scene: Scene) -> None:
    day = scene.episode.rights.recorded_on or date.today()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.date_input(
            _("The day on which you record"),
            value=show(Key.RECORDED_ON, day),
            key=Key.RECORDED_ON,
            format="DD/MM/YYYY" if lang() == "fr" else "YYYY-MM-DD",
            width=240,
            on_change=scene.change(_right(recorded_on=state(Key.RECORDED_ON))),
        )
        for name, label, made in (
            ("consent", _("Print the authorisations"), sheets.consent(scene.words, scene.episode, lang())),
            ("letter", _("Print the letter to families"), sheets.letter(scene.words, scene.episode, day, lang())),
        ):
            take(label, made, name=f"{name}.html", mime="text/html", key=f"{SLUG}.{name}")
    if (leave := day - AHEAD) >= date.today():
        paragraph(
            _("The sheets go out two weeks before, by {day}: open the file, then print it.").format(day=_day(leave)),
            "note",
        )
    else:
        paragraph(_("The sheets go out two weeks before the recording: is each of them back, and signed?"), "caution")


def _day(day: date) -> str:
    from babel.dates import format_date

    return str(format_date(day, format="long", locale=lang()))


def _right(**fields: Callable[[], object]) -> Change:
    """A change of some fields of the rights."""

    def how(episode: Episode) -> Episode:
        values = {name: value() for name, value in fields.items()}
        return episode.having(rights=episode.rights.model_copy(update=values))

    return how


def _consent(scene: Scene, place: int, name: str) -> None:
    """What the sheet of one voice says."""
    consent = scene.episode.rights.of(name) or blank(scene.episode, name)
    prefix = f"{Key.CONSENT}.{place}"
    with st.container(border=True, key=f"{SLUG}-consent-{place}"):
        paragraph(name, "said")
        left, right = st.columns(2, gap="large")
        with left:
            for field, label in (
                ("agrees", _("This person agrees to be recorded, and signed")),
                ("adult", _("This person is of age")),
            ):
                key = f"{prefix}.{field}"
                st.checkbox(
                    label,
                    value=show(key, getattr(consent, field)),
                    key=key,
                    on_change=scene.change(_agreed(name, field, key)),
                )
            if not consent.adult:
                key = f"{prefix}.guardians"
                st.radio(
                    _("Signatures of parents or guardians"),
                    [0, 1, 2],
                    index=show_among(key, [0, 1, 2], consent.guardians),
                    key=key,
                    horizontal=True,
                    on_change=scene.change(_agreed(name, "guardians", key)),
                )
        with right:
            key = f"{prefix}.where"
            st.text_input(
                _("Where may it be published?"),
                value=show(key, consent.where),
                key=key,
                max_chars=200,
                placeholder=_("in the room only; on the school’s site …"),
                on_change=scene.change(_agreed(name, "where", key)),
            )
            key = f"{prefix}.until"
            st.date_input(
                _("Until when?"),
                value=show(key, consent.until),
                key=key,
                format="DD/MM/YYYY" if lang() == "fr" else "YYYY-MM-DD",
                on_change=scene.change(_agreed(name, "until", key)),
            )
        faults = missing(scene.episode, name)
        say_missing(faults)
        if not faults:
            paragraph(_("The microphone may open for this voice."), "note")


def blank(episode: Episode, name: str) -> Consent:
    """The sheet of somebody of whom nothing is known yet; among adults, of an adult."""
    return Consent(who=name, adult=episode.level is Level.ADULTS)


def _agreed(name: str, field: str, key: str) -> Change:
    def how(episode: Episode) -> Episode:
        before = episode.rights.of(name) or blank(episode, name)
        changed = Consent.model_validate({**dict(before), field: st.session_state[key]})
        others = tuple(consent for consent in episode.rights.consents if consent.who != name)
        return episode.having(rights=episode.rights.model_copy(update={"consents": (*others, changed)}))

    return how


def _dates(scene: Scene) -> None:
    st.date_input(
        _("Everything is erased from this machine on"),
        value=show(Key.ERASE_ON, scene.episode.rights.erase_on or date.today() + KEPT),
        key=Key.ERASE_ON,
        format="DD/MM/YYYY" if lang() == "fr" else "YYYY-MM-DD",
        width=320,
        on_change=scene.change(_right(erase_on=state(Key.ERASE_ON))),
    )
    paragraph(_("A refusal is respected: in the step “Team”, whoever refuses takes a role without a voice."), "source")
