"""Computations that somebody asks for, and that a reload finds again: which were asked for is in the saved run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeAlias

import streamlit as st

from kit.compute import Call, Compute
from kit.errors import KitError
from kit.walk import LabWalk
from pages.parts.scene import StepScene
from pages.parts.working import drop, work

Start: TypeAlias = Callable[[Compute], Call]
"""What submits a computation to the workers."""
Progress: TypeAlias = Callable[[dict[str, Any]], None]
"""Draws what a computation has reported so far."""
LabScene: TypeAlias = StepScene[Any, Any]
"""A scene whose run is a :class:`~kit.walk.LabWalk`."""


def asked(
    scene: LabScene,
    lab: str,
    what: str,
    start: Start,
    *,
    label: str,
    patience: float = 0.0,
    progress: Progress | None = None,
) -> Any | None:
    """The result of a computation that somebody asked for by the button ``label``; None before and meanwhile.

    That it was asked for is in the saved run, so that a reload finds it again. ``what`` tells one request from another:
    an answer to an earlier one is dropped, and has to be asked for anew. ``patience`` and ``progress``: see
    :func:`pages.parts.working.work`.
    """
    key, name, run = _key(scene.slug, lab), request(lab, what), _run(scene)
    if name not in run.asked:
        drop(key)
        st.button(
            label,
            type="primary",
            key=f"{scene.slug}.make.{lab}",
            on_click=scene.move(lambda: run.settled_in(lab).asking(name)),
        )
        return None
    forget = scene.move(lambda: run.settled_in(lab))
    try:
        return _worked(key, name, start, on_stop=forget, patience=patience, progress=progress)
    except KitError:
        forget()
        raise


def computed(scene: LabScene, lab: str, what: str, start: Start, *, patience: float = 1.5) -> Any | None:
    """The result of a short computation that needs no button; None while it runs. ``what`` as in :func:`asked`."""
    return _worked(
        _key(scene.slug, lab), request(lab, what), start, on_stop=lambda: None, patience=patience, progress=None
    )


def request(lab: str, what: str) -> str:
    """What a run's :attr:`~kit.walk.LabWalk.asked` calls the computation of ``what`` in a lab."""
    return f"{lab}:{hashlib.sha256(what.encode()).hexdigest()[:12]}"


def hand_over(slug: str, lab: str, other: str, what: str) -> None:
    """Keep what ``lab`` computed of ``what`` as the computation of ``other``, so that it is not made twice."""
    drop(_key(slug, other))
    call = st.session_state.pop(_key(slug, lab), None)
    if call is not None:
        st.session_state[_key(slug, other)] = call
        st.session_state[f"{_key(slug, other)}.mark"] = request(other, what)


def _worked(
    key: str, name: str, start: Start, *, on_stop: Callable[[], None], patience: float, progress: Progress | None
) -> Any | None:
    if st.session_state.get(f"{key}.mark") != name:
        drop(key)
        st.session_state[f"{key}.mark"] = name
    return work(key, start, on_stop=on_stop, patience=patience, progress=progress)


def _run(scene: LabScene) -> LabWalk:
    run: LabWalk = scene.run
    return run


def _key(slug: str, lab: str) -> str:
    return f"{slug}.call.{lab}"
