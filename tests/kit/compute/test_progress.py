"""What a function reports, where there is no cluster."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from kit.compute import listening, report
from kit.errors import Cancelled


def test_nothing_happens_where_nobody_listens() -> None:
    report(0.5, "Half", text="abc")


def test_whoever_listens_is_told_and_may_stop_it() -> None:
    heard: list[Any] = []

    def listener(fraction: float, message: str, payload: dict[str, Any]) -> None:
        heard.append((fraction, message, payload))
        if fraction == 1:
            raise Cancelled("Enough.")

    with listening(listener):
        report(-1)
        report(0.5, "Half", text="abc")
        thread = threading.Thread(target=report, args=(0.7,))
        thread.start()
        thread.join()
        with pytest.raises(Cancelled):
            report(7)
    report(0.9)
    assert heard == [(0.0, "", {}), (0.5, "Half", {"text": "abc"}), (1.0, "", {})]
