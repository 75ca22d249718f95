"""Waiting for a computation: progress, the place in the queue, the time left, and a way to stop."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import streamlit as st

from kit import compute, settings
from kit.compute import Call, State, Status
from kit.errors import KitError
from pages import frame
from pages.frame import _


def work(
    key: str,
    start: Callable[[compute.Compute], Call] | None = None,
    *,
    on_stop: Callable[[], None] = lambda: None,
    patience: float = 0.0,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> Any | None:
    """The result of the computation kept under ``key`` in this session; None while it runs, with its progress shown.

    ``start`` submits it if none is kept. ``on_stop`` is called when somebody stops it. A new one is waited for during
    ``patience`` seconds before its progress is drawn, so that a short one does not flash. ``progress`` draws what it
    has reported so far. Raises what the computation raised, once: the next call starts afresh.
    """
    call: Call | None = st.session_state.get(key)
    if call is None:
        if start is None:
            return None
        call = st.session_state[key] = start(compute.connect(settings.load()))
        if patience:
            with contextlib.suppress(TimeoutError, KitError):  # either is seen below
                call.result(patience)
    status = call.status()
    if status.state is State.DONE:
        return call.result()
    if status.finished:
        del st.session_state[key]
        return call.result()
    _progress(key, on_stop, progress)
    return None


def running(key: str) -> bool:
    """Whether a computation is kept under ``key``."""
    return key in st.session_state


def drop(key: str) -> None:
    """Leave the computation kept under ``key``, if there is one."""
    call: Call | None = st.session_state.pop(key, None)
    if call is not None:
        call.leave()


@st.fragment(run_every=0.4)
def _progress(key: str, on_stop: Callable[[], None], progress: Callable[[dict[str, Any]], None] | None) -> None:
    call: Call | None = st.session_state.get(key)
    if call is None:
        st.rerun(scope="app")
    status = call.status()
    if status.finished:
        st.rerun(scope="app")
    preview = status.payload.get("preview")
    if preview is not None:
        st.image(preview, width=360, alt=_("The picture so far"))
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}.working"):
        st.progress(status.fraction, text=_sentence(status))
        if st.button(frame._("Stop"), key=f"{key}.stop"):
            drop(key)
            on_stop()
            st.rerun(scope="app")
    if progress is not None and status.payload:
        progress(status.payload)


def _sentence(status: Status) -> str:
    if status.state is State.QUEUED:
        if status.place_in_queue > 1:
            return _("Waiting: {place} in the queue").format(place=status.place_in_queue)
        return _("Getting ready…")
    step = _(status.message).format(**status.payload) if status.message else _("Working…")
    if status.seconds_left_estimate is None:
        return step
    left = _("about {seconds} s left").format(seconds=max(1, round(status.seconds_left_estimate)))
    return f"{step} · {left}"
