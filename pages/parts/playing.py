"""The page of an activity: nothing begun yet, or the saved run drawn for whoever looks at this screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TypeVar
from unicodedata import normalize

import streamlit as st

from kit import compute, settings
from kit.classroom.classes import Class
from kit.levels import Role
from kit.steps import Mode
from kit.walk import Walk
from pages import frame
from pages.frame import _
from pages.parts import browser, together
from pages.parts.desk import desk
from pages.parts.furniture import bar, heading, steps_rail
from pages.parts.palette import enlarge
from pages.parts.prose import escape, paragraph, unseen_title
from pages.parts.scene import StepScene, Words, desk_of, leave, load, moved_on

R = TypeVar("R", bound=Walk)
S = TypeVar("S", bound=StepScene)
W = TypeVar("W", bound=Words)

WARMED = "frame.warmed"
"""State key of the call that imports what this session's computations need."""


def page(
    run_of: type[R],
    scene_of: type[S],
    words_of: Callable[[str], W],
    *,
    setup: Callable[[W], None],
    package: str,
    views: Mapping[str, tuple[str, str]],
    present: Callable[[R], R] = lambda run: run,
    here_only: Collection[str] = (),
    computes: Collection[str] = (),
    warm: Callable[[], object] | None = None,
    above: Callable[[S], None] = lambda scene: None,
    on_devices: Mapping[str, tuple[str, str]] = {},
) -> None:
    """The page of an activity: its saved run, drawn for whoever looks at this screen; or, with none, its ``setup``.

    ``run_of`` and ``scene_of`` are the activity's own; ``words_of`` loads its words in a language. ``views`` names, for
    each step, a module of ``package`` and the function of it that draws the step: by name, so that the first screen
    does not wait for what the last one needs. ``on_devices`` names likewise what a participant's device gets instead.
    ``present`` mends what a run names and is there no more. The rest as in :func:`play`.
    """
    words = words_of(frame.lang())

    def screen() -> None:
        run = load(run_of)
        if run is None:
            browser.arrive("setup")
            setup(words)
            return
        own = desk_of(run_of)
        given = {**views, **on_devices} if own.role is Role.PARTICIPANT else views
        module, function = given[run.step]
        view: Callable[[S], None] = getattr(import_module(f"{package}.{module}"), function)
        scene = scene_of(run=present(run), words=words, role=own.role or run.role, led=own.led)
        play(scene, view, here_only=here_only, computes=computes, warm=warm, above=above)

    slug = run_of.activity.slug
    if (place := desk(slug)).role is not Role.PARTICIPANT:
        screen()
        return
    # Many devices answer at once: of each, what has changed is drawn again, and nothing around it.
    frame.apart(screen, stays=lambda: desk(slug) == place)
    _foot(words, run_of, leaving=_("Your device leaves the class. What you answered stays with it."), in_class=True)


def play(
    scene: S,
    view: Callable[[S], None],
    *,
    here_only: Collection[str] = (),
    computes: Collection[str] = (),
    warm: Callable[[], object] | None = None,
    above: Callable[[S], None] = lambda scene: None,
) -> None:
    """Draw the current step of ``scene`` by ``view``, with what surrounds every step.

    ``here_only``: steps that take files or run models, for the machine that serves the kit and for those who lead or
    take part in a class. ``computes``: steps for which the workers start once the screen is drawn, so that nobody waits
    for them twice; they then run ``warm``, once a session, which imports what the first computation will need.
    ``above`` is drawn between the steps and the screen of each.
    """
    run, led = scene.run, scene.led
    if led is not None:
        _in_class(scene, led, view, computes=computes, above=above)
        return
    browser.arrive(f"{run.step}/{run.position}/{run.shown}")
    unseen_title(scene.words.title)
    if scene.projected:
        with st.container(key="frame-enlarge"):
            enlarge()
    steps_rail(scene)
    above(scene)
    with st.container(key=f"step-{run.role}"):
        if run.step in here_only and not frame.is_here():
            heading(scene, lead="")
            paragraph(_("This step happens on the facilitator’s machine."), "note")
            bar(scene, forward=run.next_step(), back=run.previous_step())
        else:
            _draw(scene, view)
    _foot(scene.words, type(run), leaving=scene.leaving, notes=_may_read_notes(scene))
    if run.step in computes and frame.is_here():
        workers = compute.connect(settings.load())
        workers.start()
        if warm is not None and WARMED not in st.session_state:
            st.session_state[WARMED] = workers.submit(warm, weight="heavy")
    if run.mode is Mode.PROJECTED:
        _follow(type(run))


def _draw(scene: S, view: Callable[[S], None]) -> None:
    """Draw a step, its buttons in a place of their own.

    The browser knows what it shows by its place. When something new comes above the buttons, they would be taken away
    and put back, and whoever presses one at that moment would press nothing.
    """
    screen, foot = st.container(key="screen"), st.container(horizontal=True, key="bar")
    with screen:
        view(replace(scene, foot=foot))


def _in_class(
    scene: S,
    led: Class,
    view: Callable[[S], None],
    *,
    computes: Collection[str],
    above: Callable[[S], None],
) -> None:
    """As :func:`play`, for a screen of a class: a participant's, or the projected one."""
    run, lead = scene.run, led.lead
    together.follow(led)
    asked = f"{lead.quiz}/{lead.quiz_shown}"
    place = f"{run.step}/{run.position}/{run.shown}/{asked}" if not lead.lobby else "lobby"
    if scene.role is Role.PARTICIPANT:
        browser.arrive(f"{led.id}/{place}/{lead.paused}/{lead.locked}")
        unseen_title(scene.words.title)
        with st.container(key="step-participant"):
            together.participant(scene, led, lambda: _draw(scene, view))
        return
    browser.arrive(place)
    with st.container(key="frame-enlarge"):
        enlarge()
    if lead.lobby:
        together.lobby(scene, led)
        return
    unseen_title(scene.words.title)
    steps_rail(scene)
    if st.session_state.get(together.CODE):
        together.way_in(led)
    above(scene)
    with st.container(key=f"step-{run.role}"):
        if (instead := together.instead(led)) is not None:
            instead()
        else:
            _draw(scene, view)
            if scene.shows_answers:
                together.tallies(scene)
    together.strip(scene, led)
    _foot(scene.words, type(run), leaving=scene.leaving, notes=_may_read_notes(scene), in_class=True)
    if run.step in computes:
        compute.connect(settings.load()).start()


def _may_read_notes(scene: StepScene) -> bool:
    return scene.role is Role.PROJECTOR and (frame.is_here() or frame.leads())


def _foot(words: Words, model: type[Walk], *, leaving: str, notes: bool = False, in_class: bool = False) -> None:
    with st.container(horizontal=True, key="foot"):
        if notes:
            st.page_link(frame.page_at("conduct"), label=_("Facilitator’s notes (open in another window)"))
        with st.popover(_("Glossary")):
            _glossary(words)
        with st.popover(_("Leave")), st.container():
            st.write(leaving)
            st.button(
                _("Leave the class") if in_class else _("Erase and start again"),
                key=f"{model.activity.slug}.leave",
                on_click=frame.guarded(leave),
                args=(model,),
            )


def _glossary(words: Words) -> None:
    """The words of the activity, in the order of the alphabet, accents or not."""
    terms = sorted(words.glossary, key=lambda term: normalize("NFKD", term.term.casefold()))
    lines = "".join(
        f"<dt>{escape(term.term)}</dt><dd>{escape(term.meaning)} <i>{escape(term.analogy)}</i></dd>" for term in terms
    )
    st.html(f'<dl class="glossary">{lines}</dl>')


@st.fragment(run_every=1.0)
def _follow(model: type[Walk]) -> None:
    """The room's screen follows the facilitator's window: it compares one number a second."""
    if moved_on(model):
        st.rerun(scope="app")
