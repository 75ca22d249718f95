"""Who waits for what, without any cluster."""

from __future__ import annotations

import pytest

from kit.compute.keys import request
from kit.compute.limits import LIGHT
from kit.compute.sharing import Board, Computation, State
from kit.errors import Cancelled, ComputeError
from tests.kit.compute.jobs import mirror


def join(board: Board, value: object) -> Computation:
    return board.join(request(mirror, (value,), {}), weight="light", limits=LIGHT, keep_in=None)


def test_equal_requests_share_and_others_queue_in_order() -> None:
    board = Board()
    first, again, second = join(board, 1), join(board, 1), join(board, 2)
    assert first is again
    assert first is not second
    assert [board.status(c).place_in_queue for c in (first, second)] == [1, 2]
    assert board.take("light") is first
    assert board.take("light") is None, "one slot, one computation"
    assert board.take("heavy") is None
    assert [board.status(c).place_in_queue for c in (first, second)] == [0, 1]
    assert board.finish(first, b"")
    assert board.take("light") is second
    assert join(board, 1) is not first, "what has ended is not joined"


def test_the_last_who_leaves_stops_it() -> None:
    board = Board()
    first, second = join(board, 1), join(board, 2)
    join(board, 1)
    board.take("light")
    assert not board.leave(first)
    assert first.state is State.RUNNING
    assert board.leave(first)
    assert first.state is State.CANCELLED
    assert isinstance(first.error, Cancelled)
    assert not board.finish(first, b"late")
    assert not board.leave(second), "it had not started: there is nothing to stop"
    assert board.take("light") is None


def test_put_back_goes_first_and_forgets_its_progress() -> None:
    board = Board()
    first, second = join(board, 1), join(board, 2)
    board.take("light")
    first.task = "t"
    board.heard(first.request.key, "t", 0.5, "Half", b"")
    board.heard(first.request.key, "an earlier attempt", 0.9, "", b"")
    assert board.status(first).fraction == 0.5
    board.put_back(first)
    assert board.status(first).fraction == 0
    assert [board.status(c).place_in_queue for c in (first, second)] == [1, 2]
    board.put_back(second)
    assert board.take("light") is first
    assert first.attempts == 2


def test_the_time_left_is_judged_from_progress_then_from_earlier_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("kit.compute.sharing.time.monotonic", lambda: clock[0])
    board = Board()
    first, second, third = (join(board, n) for n in range(3))
    board.take("light")
    first.task = "t"
    assert board.status(first).seconds_left_estimate is None
    board.heard(first.request.key, "t", 0.0, "", b"")
    clock[0] += 3
    board.heard(first.request.key, "t", 0.25, "", b"")
    assert board.status(first).seconds_left_estimate == pytest.approx(9)
    assert board.status(second).seconds_left_estimate is None
    clock[0] += 5
    board.finish(first, b"")  # 8 s in all
    assert board.take("light") is second
    clock[0] += 2
    assert board.status(second).seconds_left_estimate == pytest.approx(6)
    assert board.status(third).seconds_left_estimate == pytest.approx(6 + 8)
    board.slots = {"light": 2, "heavy": 1}
    assert board.status(third).seconds_left_estimate == pytest.approx(6 / 2 + 8)


def test_errors_reach_those_who_wait() -> None:
    board = Board()
    first = join(board, 1)
    error = ComputeError("No.")
    assert board.finish(first, error)
    assert first.finished.is_set()
    assert first.error is error
    assert board.status(first).state is State.FAILED
    assert board.unfinished() == []
