"""Which language model the labs of a run ask, and which first names it never writes."""

from __future__ import annotations

from typing import Protocol, Self, TypeVar

import streamlit as st

from kit import settings
from kit.errors import NotFound
from kit.journal.names import first_names
from kit.language.loading import EMBEDDED, find
from kit.levels import may_generate
from kit.models import store
from kit.models.catalogue import Task
from kit.walk import Walk
from pages.frame import _, show, show_among
from pages.parts.asking import LabScene


class ModelRun(Protocol):
    """The run of an activity whose labs ask a language model."""

    @property
    def model(self) -> str:
        """A model of the kit, or one of the catalogue that is installed."""
        ...

    def having(self, **changes: object) -> Self:
        """This run with some fields changed."""
        ...


M = TypeVar("M", bound=ModelRun)


def models(run: Walk, tasks: frozenset[Task]) -> list[str]:
    """The models that this run may ask: those of the kit, then those that are installed and whose level it is.

    ``tasks`` is what an installed one may do.
    """
    installed = [
        model.name
        for model in store.installed(settings.load())
        if model.entry.task in tasks
        and (run.level.at_least(model.entry.level) or not may_generate(run.level, run.role))
    ]
    return [*EMBEDDED, *installed]


def model_name(name: str) -> str:
    """What a model is called on screen."""
    named = {
        "declared": _("Petit Journal"),
        "balanced": _("Petit Journal, table balanced"),
        "reversed": _("Petit Journal, table reversed"),
    }
    return named[EMBEDDED[name]] if name in EMBEDDED else name


def choices(scene: LabScene, tasks: frozenset[Task]) -> None:
    """Which model (see :func:`models`), and which first names it never writes. Only for whoever may run one."""
    run, model, without = scene.run, f"{scene.slug}.model", f"{scene.slug}.without"
    if not run.may_generate:
        return
    with st.popover(_("Model: {name}").format(name=model_name(run.model)), key="language-choices"):
        offered = models(run, tasks)
        st.selectbox(
            _("Model"),
            offered,
            format_func=model_name,
            index=show_among(model, offered, run.model if run.model in offered else offered[0]),
            key=model,
            on_change=scene.move(lambda: scene.run.having(model=st.session_state[model])),
        )
        st.multiselect(
            _("First names it never writes"),
            first_names(),
            default=show(without, [name for name in run.without if name in first_names()]),
            key=without,
            placeholder=_("Those of the class, for instance"),
            help=_("The model has read them, but it will choose other ones. The list stays on this machine."),
            on_change=scene.move(lambda: scene.run.having(without=tuple(st.session_state[without]))),
        )


def present(run: M) -> M:
    """``run`` with the model of the kit if its own was removed meanwhile."""
    try:
        find(run.model)
    except NotFound:
        return run.having(model=next(iter(EMBEDDED)))
    return run
