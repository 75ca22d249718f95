"""What the facilitator of a class has beside the notes: the remote control, who is there, texts, other devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

import streamlit as st

from activities import registry, reporting
from kit.classroom import report, texts
from kit.classroom.classes import LINK_MINUTES, Class, Seat, Work
from kit.classroom.tallies import Translate
from kit.i18n import translator
from kit.levels import Role
from pages import frame
from pages.frame import _
from pages.parts import photographs, quiz, together
from pages.parts.prose import escape, paragraph
from pages.parts.scene import StepScene
from pages.parts.starting import MINUTES, PIN, timed_for
from pages.parts.taking import take
from serve import room_addresses

AnyScene: TypeAlias = StepScene[Any, Any]
EVERY = 1.5
"""Seconds between two looks at what arrives."""


def _lead(led: Class, **changes: object) -> Callable[[], None]:
    """A callback that changes how the class is led."""
    return frame.guarded(lambda: frame.store().classes.lead(led.id, frame.device(), **changes), repeatable=True)


def remote(scene: AnyScene, led: Class) -> None:
    """Pause, answers open or closed, the step on the devices or not, the timer, the questionnaire."""
    lead, step = led.lead, scene.run.steps[scene.run.index]
    together.follow(led)
    if lead.lobby:
        st.button(_("Begin"), key="class.begin", type="primary", on_click=_lead(led, lobby=False))
    with st.container(horizontal=True):
        st.button(
            _("Go on") if lead.paused else _("Pause"), key="class.pause", on_click=_lead(led, paused=not lead.paused)
        )
        st.button(
            _("Open the answers") if lead.locked else _("Close the answers"),
            key="class.lock",
            on_click=_lead(led, locked=not lead.locked),
        )
    gives = lead.gives(step)
    if step.big_screen:
        paragraph(_("This step stays on the big screen: it works at what is on the machine."), "source")
    else:
        st.button(
            _("Keep this step on the big screen") if gives else _("Give this step to the devices"),
            key="class.give",
            on_click=_lead(led, given={**lead.given, step.id: not gives}),
        )

    def timed() -> None:
        minutes = int(st.session_state["class.minutes"])
        until = datetime.now(UTC) + timedelta(minutes=minutes) if minutes else None
        frame.store().classes.lead(led.id, frame.device(), until=until)

    st.selectbox(
        _("Timer"),
        MINUTES,
        key="class.minutes",
        format_func=timed_for,
        on_change=frame.guarded(timed),
    )
    quiz.panel(led, partial(_lead, led))


def arriving(scene: AnyScene, led: Class) -> None:
    """How many have answered; what they answered, counted, before the room sees it."""
    with st.container(border=True, key="class-arriving"):
        _arriving(scene, led, frame.store().classes.pulse(led.id))


@st.fragment(run_every=EVERY)
def _arriving(scene: AnyScene, led: Class, drawn: tuple[int, int, int]) -> None:
    pulse = frame.store().classes.pulse(led.id)
    # Who came, what was written or photographed stand elsewhere on the page; any other answer is counted here alone.
    elsewhere = led.lead.quiz or scene.run.step == "trace" or scene.run.steps[scene.run.index].pictures == "kept"
    if pulse[:2] != drawn[:2] or (pulse != drawn and elsewhere):
        st.rerun(scope="app")
    st.html(f'<p class="big" role="status">{escape(together.counted(type(scene.run), led))}</p>')
    together.tallies(replace(scene))  # another one, which has not read yet what the room has made


def photographed(scene: AnyScene, led: Class) -> None:
    """What the devices photographed, in a step that keeps it."""
    if scene.run.steps[scene.run.index].pictures == "kept":
        photographs.desk(scene, led)


def desk(scene: AnyScene, led: Class) -> None:
    """Below the notes: texts to read before the room does, who is there, other devices, the end."""
    left, right = st.columns(2, gap="large")
    with left:
        _texts(scene, led)
        with st.expander(_("Who is there")):
            _people(led)
    with right:
        with st.expander(_("The code of the class")):
            together.way_in(led)
        with st.expander(_("Lead, or project, from another device")):
            _other_devices(led)
        taking_home(led)
        _end(led)


def _texts(scene: AnyScene, led: Class) -> None:
    classes, model = frame.store().classes, registry.run_of(scene.slug)
    written = texts.written(classes.works(led.id), model)
    with st.expander(_("Texts ({n})").format(n=len(written)), expanded=bool(written) and scene.run.step == "trace"):
        paragraph(_("The room sees a text once you have shown it, and never who wrote it."), "source")
        for text in written:
            shown = text.mark in led.lead.shown
            with st.container(border=True, key=f"class-text-{text.mark}"):
                paragraph(text.text)
                marks = (
                    tuple(mark for mark in led.lead.shown if mark != text.mark)
                    if shown
                    else (*led.lead.shown, text.mark)
                )
                with st.container(horizontal=True):
                    st.button(
                        _("Hide it") if shown else _("Show it on the big screen"),
                        key=f"class.text.{text.mark}",
                        on_click=_lead(led, shown=marks),
                    )
                    with st.popover(_("Remove it")):
                        st.button(
                            _("Yes, for good: it also goes from the device that wrote it"),
                            key=f"class.remove.text.{text.mark}",
                            on_click=frame.guarded(
                                partial(texts.remove, classes, led.id, frame.device(), model, text.mark)
                            ),
                        )


def _people(led: Class) -> None:
    works = frame.store().classes.works(led.id)
    if not works:
        paragraph(_("Nobody has joined yet."), "note")
        return
    paragraph(_("The two words let somebody come back on another device: say them to that person alone."), "source")
    rows = "".join(f"<li>{escape(work.name)} · {escape(work.words)}</li>" for work in works)
    st.html(f'<ul class="class-people">{rows}</ul>')
    names = {work.number: work.name for work in works}
    gone = st.selectbox(
        _("Take somebody out"), [0, *names], format_func=lambda number: names.get(number, "—"), key="class.remove"
    )
    if gone:
        st.button(
            _("Take “{name}” out, with all they answered").format(name=names[gone]),
            key="class.remove.sure",
            on_click=frame.guarded(lambda: frame.store().classes.remove(led.id, frame.device(), gone)),
        )


def _other_devices(led: Class) -> None:
    pin = st.session_state.get(PIN)
    if pin:
        paragraph(_("PIN of this class, for “I lead this class” on the page that joins it:"), "kicker")
        st.html(f'<p class="class-words">{escape(pin[:4])} {escape(pin[4:])}</p>')

    def anew() -> None:
        st.session_state[PIN] = frame.store().classes.new_pin(led.id, frame.device())

    st.button(_("Draw a new PIN"), key="class.new_pin", on_click=frame.guarded(anew))

    def linked(role: Role) -> Callable[[], None]:
        def make() -> None:
            st.session_state["class.link"] = frame.store().classes.link(led.id, frame.device(), role)

        return frame.guarded(make)

    st.button(_("A link to lead from a phone"), key="class.link.facilitator", on_click=linked(Role.FACILITATOR))
    st.button(_("A link for another projector"), key="class.link.projector", on_click=linked(Role.PROJECTOR))
    token = st.session_state.get("class.link")
    addresses = room_addresses() or [""]
    if token:
        address = f"{addresses[0]}/join?link={token}"
        paragraph(_("It works once, for {n} minutes. Show it to nobody else.").format(n=LINK_MINUTES), "source")
        if addresses[0]:
            together.qr(address, _("A one-time link, as a QR code"))
        st.code(address, language=None, wrap_lines=True)


def _end(led: Class) -> None:
    with st.expander(_("Erase the class") if led.closed else _("End the class")):
        date = reporting.day(led.expires, frame.lang())
        paragraph(_("Its results stay on this machine until {date}, then they are erased.").format(date=date), "source")
        classes = frame.store().classes
        if not led.closed:
            st.button(
                _("End the class"),
                key=f"class.close.{led.code}",
                on_click=frame.guarded(lambda: classes.close(led.id, frame.device())),
            )
        sure = st.checkbox(_("Yes, erase for good"), key=f"class.sure.{led.code}")
        st.button(
            _("Erase the class now"),
            key=f"class.erase.{led.code}",
            disabled=not sure,
            on_click=frame.guarded(lambda: classes.erase(led.id, frame.device())),
        )


def taking_home(led: Class) -> None:
    """The report of the session and its answers one by one, as they stand when a button is pressed."""
    # The files are made in a thread that knows nothing of this session.
    lang, classes, activity = frame.lang(), frame.store().classes, led.activity.replace("_", "-")
    translate = translator(lang)

    def now() -> tuple[Class, list[Work], str, Translate]:
        return classes.get(led.id) or led, classes.works(led.id), lang, translate

    files: tuple[tuple[str, str, str, Callable[[], str | bytes]], ...] = (
        (_("The report, to print (PDF)"), "pdf", "application/pdf", lambda: report.pdf(reporting.report(*now()), lang)),
        (_("The report, as a page (HTML)"), "html", "text/html", lambda: report.html(reporting.report(*now()), lang)),
        (_("Every answer, as a table (CSV)"), "csv", "text/csv", lambda: report.table(reporting.lines(*now()), lang)),
    )
    with st.expander(_("Take the report home")):
        paragraph(_("The report holds no name and, of the texts, those alone that you have shown."), "source")
        for label, ending, mime, make in files:
            name = f"contrechamp-{activity}-{led.code}.{ending}"
            take(label, make, name=name, mime=mime, key=f"class-report-{ending}-{led.code}")
        paragraph(_("The table has every text, shown or not: read it before you pass it on."), "source")


def over(seats: Sequence[Seat]) -> None:
    """The classes that this device has led and that are over: their results, until their date."""
    for seat in seats:
        led = frame.store().classes.get(seat.class_id)
        if led is None:
            continue
        with st.container(border=True, key=f"class-over-{led.code}"):
            title = registry.words(led.activity, frame.lang()).title
            paragraph(_("A class that is over: {title} ({code})").format(title=title, code=led.code), "kicker")
            taking_home(led)
            _end(led)
