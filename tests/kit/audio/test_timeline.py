"""Samples on disk, and threads that work on them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from kit.audio.timeline import Stored, ahead, in_order, spans, writing
from kit.compute.progress import report
from kit.errors import Cancelled, SetupError


def test_samples_are_read_as_they_were_written_and_not_beyond(tmp_path: Path) -> None:
    samples = np.arange(20, dtype=np.int16).reshape(-1, 2)
    with writing(tmp_path / "some", 2, "int16") as out:
        out.write(4, samples[4:])
        out.write(0, samples[:4])
        out.add(2, samples[2:3])
        out.add(3, samples[3:4], keep=0.5)
    stored = Stored(path=tmp_path / "some", frames=10, channels=2, kind="int16")
    expected = samples.copy()
    expected[2] *= 2
    expected[3] = 1.5 * expected[3]
    assert np.array_equal(stored.read(0, 10), expected)
    assert np.array_equal(stored.read(-3, 2), expected[:2])
    assert np.array_equal(stored.read(8, 99), expected[8:])
    assert stored.read(30, 40).shape == (0, 2)


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="could not be written"), writing(tmp_path / "none" / "some", 1, "int16"):
        pass


def test_work_in_threads_comes_out_in_order_and_few_results_wait() -> None:
    begun: list[int] = []
    told: list[float] = []

    def work(start: int, stop: int) -> int:
        begun.append(start)
        return start

    done = []
    for result in in_order(work, spans(1000, 10), told.append):
        done.append(result)
        assert len(begun) <= len(done) + 5
    assert done == list(range(0, 1000, 10))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert list(in_order(work, [], told.append)) == []


def test_work_in_threads_stops_at_the_first_fault() -> None:
    begun: list[int] = []

    def work(start: int, stop: int) -> int:
        begun.append(start)
        if start == 50:
            raise SetupError("enough")
        return start

    with pytest.raises(SetupError, match="enough"):
        list(in_order(work, spans(1000, 10), lambda share: None))
    assert len(begun) < 20


def test_the_next_is_made_while_the_one_before_is_used() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for item in range(5):
            made.append(item)
            yield item

    used = []
    for item in ahead(items(), lambda: None):
        used.append(item)
        time.sleep(0.02)
        assert len(made) == min(len(used) + 1, 5)
    assert used == [0, 1, 2, 3, 4]


def test_what_is_made_for_nobody_stops_at_its_next_report() -> None:
    """And whoever waits is asked now and then whether to go on."""
    stopped: list[bool] = []

    def endless() -> Iterator[int]:
        yield 1
        try:
            while True:
                time.sleep(0.01)
                report(0.5)
        except Cancelled:
            stopped.append(True)
            raise

    def give_up() -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled, match="stopped"), closing(ahead(endless(), give_up)) as items:
        for _ in items:
            pass
    assert stopped == [True]


def test_a_fault_in_the_other_thread_is_raised_in_this_one() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise SetupError("enough")

    with pytest.raises(SetupError, match="enough"):
        list(ahead(items(), lambda: None))
