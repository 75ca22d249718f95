"""Calls on a real cluster: sharing, queue, progress, cancellation, accidents, limits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kit.compute import Call, Compute, Limits, State
from kit.compute.plain import NotPlain
from kit.errors import BadImage, Cancelled, ComputeError, WorkerLost
from kit.settings import Settings
from tests.kit.compute import jobs

SHORT = Limits(seconds=1.5, memory_bytes=2**30)


def until(condition: Callable[[], Any], seconds: float = 60.0) -> float:
    """Wait for a condition; returns how long it took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it never happened"
        time.sleep(0.02)
    return time.monotonic() - begun


def running(call: Call) -> bool:
    return call.status().state is State.RUNNING and call.status().fraction > 0


def test_submitting_never_waits_for_the_cluster(compute: Compute) -> None:
    """First of the file: the cluster has hardly begun to start."""
    begun = time.monotonic()
    call = compute.submit(jobs.add, 2, weight="light")
    compute.ready()
    call.status()
    assert time.monotonic() - begun < 0.5
    assert call.result(120) == 3
    assert compute.ready()
    assert call.status().state is State.DONE
    assert call.status().fraction == 1


@pytest.mark.parametrize("weight", ["light", "heavy"])
def test_plain_values_go_and_come_back(compute: Compute, weight: Any) -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    back = compute.run(jobs.mirror, {"pixels": pixels, "raw": b"\0", "size": (2, 2)}, weight=weight)
    np.testing.assert_array_equal(back.pop("pixels"), pixels)
    assert back == {"raw": b"\0", "size": (2, 2)}


def test_large_arguments_go_without_a_warning(compute: Compute) -> None:
    pixels = np.zeros((3000, 4000, 3), np.uint8)
    assert compute.run(jobs.mirror, pixels, weight="light").shape == pixels.shape


def test_a_trace_comes_back_as_its_own_class(compute: Compute) -> None:
    trace = compute.run(jobs.trace, weight="light")
    assert trace.state is State.DONE
    assert trace.payload["pixels"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_thirty_equal_calls_cost_one_run(compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "runs"
    results: list[list[int]] = []

    def device() -> None:
        call = compute.submit(jobs.count, str(path), 0.5, number=7, weight="light")
        results.append([call.result(60)])

    threads = [threading.Thread(target=device) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[7]] * 30
    assert path.read_text() == "7\n"


def test_different_calls_queue_and_each_sees_its_place(compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "runs"
    calls = [compute.submit(jobs.count, str(path), 0.1, number=n, weight="heavy") for n in range(30)]
    until(lambda: calls[0].status().state is State.RUNNING)
    places = [call.status().place_in_queue for call in calls[20:]]
    assert places == list(range(places[0], places[0] + 10))
    assert places[0] > 1
    calls[25].leave()
    assert [call.result(60) for call in calls if call is not calls[25]] == [n for n in range(30) if n != 25]
    assert path.read_text().split() == [str(n) for n in range(30) if n != 25], "in order, and none twice"
    later = [compute.submit(jobs.count, str(path), 0.1, number=n, weight="heavy") for n in range(40, 43)]
    left = [call.status().seconds_left_estimate for call in later]
    assert None not in left
    assert left == sorted(left)
    for call in later:
        call.leave()


def test_progress_arrives(compute: Compute) -> None:
    call = compute.submit(jobs.pause, 2.0, weight="heavy")
    seen = []
    while not (status := call.status()).finished:
        if status.state is State.RUNNING and status.fraction > 0:
            seen.append(status)
        time.sleep(0.05)
    assert len({s.fraction for s in seen}) >= 5
    assert [s.fraction for s in seen] == sorted(s.fraction for s in seen)
    for status in seen:
        assert status.message == "At {seconds} s"
        assert status.payload["seconds"] == pytest.approx(status.fraction * 2.0)
        assert status.payload["preview"].tolist() == [7, 7, 7]
        if status.fraction > 0.3:
            assert status.seconds_left_estimate == pytest.approx(2.0 - status.payload["seconds"], abs=0.75)


def test_it_stops_when_the_last_who_waits_leaves_and_not_before(compute: Compute, tmp_path: Path) -> None:
    note = tmp_path / "note"
    first, second = (compute.submit(jobs.pause, 30.0, str(note), weight="heavy") for _ in range(2))
    until(lambda: running(first))
    first.leave()
    first.leave()
    with pytest.raises(Cancelled):
        first.result()
    assert first.status().state is State.CANCELLED
    time.sleep(0.7)
    assert not note.exists()
    assert running(second)
    second.leave()
    assert until(note.exists) < 2
    until(note.read_text)
    assert note.read_text() == "stopped"
    assert compute.run(jobs.add, 1, weight="heavy") == 2, "the worker serves again"


def test_dropping_a_call_is_leaving(compute: Compute, tmp_path: Path) -> None:
    note = tmp_path / "note"
    calls = [compute.submit(jobs.pause, 30.0, str(note), weight="heavy")]
    until(lambda: running(calls[0]))
    calls.clear()
    assert until(note.exists) < 2


def test_asking_again_just_after_leaving_gives_a_result(compute: Compute, tmp_path: Path) -> None:
    for wait in (0.0, 0.03, 0.06):
        call = compute.submit(jobs.pause, 0.6, weight="heavy")
        until(lambda call=call: running(call))  # type: ignore[misc]
        call.leave()
        time.sleep(wait)
        assert compute.run(jobs.pause, 0.6, weight="heavy") == "finished"


def test_waiting_may_be_bounded(compute: Compute) -> None:
    call = compute.submit(jobs.pause, 30.0, weight="heavy")
    with pytest.raises(TimeoutError):
        call.result(timeout=0.05)
    call.leave()


def test_kit_errors_cross_with_their_values(compute: Compute) -> None:
    with pytest.raises(BadImage) as caught:
        compute.run(jobs.refuse_image, "x.png", weight="light")
    assert caught.value.message == "“{name}” is {size} pixels wide."
    assert caught.value.values["size"] == 7
    assert type(caught.value.values["inner"]) is BadImage
    assert caught.value.text(lambda s: s.replace("wide", "de large")) == "“x.png” is 7 pixels de large."


def test_other_errors_are_told_safely_and_logged(compute: Compute, settings: Settings) -> None:
    with pytest.raises(ComputeError) as caught:
        compute.run(jobs.defect, weight="light")
    assert "a detail" not in str(caught.value)
    assert caught.value.__cause__ is None
    until(lambda: "ZeroDivisionError: a detail that nobody should read" in (settings.home / "compute.log").read_text())


@pytest.mark.slow
def test_results_that_are_not_plain_are_refused(compute: Compute) -> None:
    with pytest.raises(ComputeError, match=r"tests\.kit\.compute\.jobs:tensor.*torch\.Tensor"):
        compute.run(jobs.tensor, weight="heavy")
    with pytest.raises(NotPlain):
        compute.submit(jobs.mirror, object(), weight="light")


def test_a_worker_that_dies_once_is_forgiven(compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "runs"
    waiting = compute.submit(jobs.exit_until, str(path), 2, weight="light")
    innocent = [compute.submit(jobs.mirror, n, weight="light") for n in range(5)]
    assert waiting.result(60) == 2
    assert [call.result(60) for call in innocent] == list(range(5))


def test_a_worker_that_dies_twice_is_an_error(compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "runs"
    with pytest.raises(WorkerLost):
        compute.run(jobs.exit_until, str(path), 9, weight="light")
    assert path.read_text() == "xx"
    assert compute.run(jobs.add, 1, weight="light") == 2


def test_the_limit_of_time_ends_a_loop_that_holds_the_interpreter(compute: Compute) -> None:
    compute.run(jobs.add, 1, weight="light")
    begun = time.monotonic()
    with pytest.raises(ComputeError, match="more than 2 seconds") as caught:
        compute.run(jobs.loop_in_c, weight="light", limits=SHORT)
    assert type(caught.value) is ComputeError
    assert 1.5 <= time.monotonic() - begun < 5
    assert compute.run(jobs.add, 1, weight="light") == 2


def test_the_limit_of_memory_fails_one_call_only(compute: Compute) -> None:
    limits = Limits(seconds=20, memory_bytes=64 * 2**20)
    assert compute.run(jobs.allocate, 16, weight="light", limits=limits) == 16 * 256
    with pytest.raises(ComputeError) as caught:
        compute.run(jobs.allocate, 400, weight="light", limits=limits)
    assert caught.value.values == {"megabytes": 64} or isinstance(caught.value, WorkerLost), "WorkerLost: not on Linux"
    assert compute.run(jobs.allocate, 17, weight="light", limits=limits) == 17 * 256


@pytest.mark.slow
def test_the_nanny_ends_a_worker_that_outgrows_its_memory(compute: Compute) -> None:
    with pytest.raises(WorkerLost):
        compute.run(jobs.allocate_slowly, 1200, weight="light", limits=Limits(seconds=40, memory_bytes=None))
    assert compute.run(jobs.add, 1, weight="light") == 2


def test_results_on_the_kits_own_assets_are_kept(compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "runs"

    def runs(**options: Any) -> int:
        assert compute.run(jobs.count, str(path), weight="light", **options) == 0
        return len(path.read_text().split())

    assert runs(cache="shared") == 1
    assert runs(cache="shared") == 1
    hit = compute.submit(jobs.count, str(path), weight="light", cache="shared")
    assert hit.status().state is State.DONE
    assert runs() == 2, "without a cache it runs again"
    assert runs(cache="shared", revision="2") == 3
    assert runs(cache="shared", tag="class A") == 4, "what is kept for all is not kept for a class"
    assert runs(cache="shared", tag="class A") == 4
    compute.erase("class A")
    assert runs(cache="shared", tag="class A") == 5
    assert runs(cache="shared") == 5


def test_a_damaged_entry_is_computed_again(compute: Compute, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "runs"
    call = compute.submit(jobs.count, str(path), weight="light", cache="shared", tag="damage")
    call.result(60)
    entry = next(settings.cache.rglob(f"{call.key}.*"))
    entry.write_bytes(entry.read_bytes()[:-1])
    assert compute.run(jobs.count, str(path), weight="light", cache="shared", tag="damage") == 0
    assert path.read_text() == "0\n0\n"


def test_what_is_erased_while_it_runs_is_not_kept(compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "runs"
    call = compute.submit(jobs.count, str(path), 0.5, weight="heavy", cache="shared", tag="device 1")
    until(lambda: running(call))
    compute.erase("device 1")
    assert call.result(60) == 0
    assert compute.run(jobs.count, str(path), 0.5, weight="heavy", cache="shared", tag="device 1") == 0
    assert path.read_text() == "0\n0\n"


def test_the_environment_of_a_heavy_worker(compute: Compute) -> None:
    found = compute.run(jobs.environment, weight="heavy")
    assert found["threads"] == "2"
    assert found["stdin"] == ""
    assert compute.run(jobs.environment, weight="light")["pid"] != found["pid"]


def test_a_function_that_prints_disturbs_nothing(compute: Compute, settings: Settings) -> None:
    compute.run(jobs.chatter, weight="light")
    until(lambda: "a word on standard output" in (settings.home / "compute.log").read_text())
