"""What one computation took on this machine, and the sum that turns it into watt-hours."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TypeVar

from kit.cost.rapl import POWERCAP, joules_between, read_packages

LOW_WATTS = 15.0
HIGH_WATTS = 45.0
"""The power stated for a laptop that works, as a whole: from the least to the most. An order of magnitude for the
class of machine the kit is made for, not a measurement of this one."""

_SECONDS_PER_HOUR = 3600.0

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a computation took. The energy of making the machine is in none of these figures."""

    seconds: float
    """By the clock on the wall."""
    processor_seconds: float
    """Processor time, all threads and child processes together: two cores busy for 3 s make 6 s."""
    cores: int
    """Cores of the machine, as its system counts them (two per physical core where it has hyper-threading)."""
    measured_wh: float | None
    """Energy of the processor package(s) in that time, in Wh; ``None`` where the system does not let us read it.

    It counts whatever else the processor did meanwhile: at most this for our computation. It leaves out the screen,
    the disk and, mostly, the memory: less than the laptop as a whole drew.
    """

    @property
    def machine_seconds(self) -> float:
        """How long the work would have kept every core busy: processor time ÷ cores. Never above :attr:`seconds`."""
        return min(self.processor_seconds / self.cores, self.seconds)

    @property
    def bound_low_wh(self) -> float:
        """At least about this, in Wh: see :func:`formula`."""
        return formula(self).low.wh

    @property
    def bound_high_wh(self) -> float:
        """At most about this, in Wh: see :func:`formula`."""
        return formula(self).high.wh


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One line to write out: ``watts`` W × ``seconds`` s ÷ 3600 = ``wh`` Wh."""

    watts: float
    seconds: float
    wh: float


@dataclass(frozen=True, kw_only=True)
class Formula:
    """The sums behind the energy of one :class:`Cost`; see :func:`formula`."""

    low: Sum
    high: Sum
    measured: Sum | None
    """Where the energy was read from the machine. Its ``watts`` are then the mean power it implies."""


def formula(cost: Cost) -> Formula:
    """The numbers with which a page writes out how the energy of ``cost`` was found. Wh = W × s ÷ 3600.

    * *low*: the least power of a laptop (:data:`LOW_WATTS`), for the time the work would have taken had it kept every
      core busy (processor seconds ÷ cores). What else the laptop did meanwhile is not put down to this computation,
      nor is the time it waited.
    * *high*: the greatest power of a laptop (:data:`HIGH_WATTS`), for the whole time by the clock: as if the laptop had
      been on for nothing else.

    When the work keeps every core busy, both count the same seconds and the high bound is three times the low one.
    """
    measured = None
    if cost.measured_wh is not None and cost.seconds > 0:
        watts = cost.measured_wh * _SECONDS_PER_HOUR / cost.seconds
        measured = Sum(watts=watts, seconds=cost.seconds, wh=cost.measured_wh)
    return Formula(low=_sum(LOW_WATTS, cost.machine_seconds), high=_sum(HIGH_WATTS, cost.seconds), measured=measured)


def _sum(watts: float, seconds: float) -> Sum:
    return Sum(watts=watts, seconds=seconds, wh=watts * seconds / _SECONDS_PER_HOUR)


class Meter:
    """Measures the computation inside its ``with`` block; then :attr:`cost` says what it took.

    It belongs in the compute worker, which runs one computation at a time: processor time is that of the whole process
    and of the child processes it started. (On Windows a child that ended meanwhile is not counted.) A result that comes
    back from a cache carries the cost of the day it was computed, and the page says so.
    """

    def __init__(self, *, powercap: Path = POWERCAP) -> None:
        self._powercap = powercap
        self._cost: Cost | None = None

    def __enter__(self) -> Meter:
        # Whatever takes time to read is read outside the two clocks.
        self._children = _children_seconds()
        self._counters = read_packages(self._powercap)
        self._processor = time.process_time()
        self._clock = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        seconds = time.perf_counter() - self._clock
        processor = time.process_time() - self._processor
        joules = joules_between(self._counters, read_packages(self._powercap), seconds)
        # A child that was ended without being waited for takes its count with it: the difference may fall below zero.
        children = max(_children_seconds() - self._children, 0.0)
        self._cost = Cost(
            seconds=seconds,
            processor_seconds=processor + children,
            cores=os.cpu_count() or 1,
            measured_wh=None if joules is None else joules / _SECONDS_PER_HOUR,
        )

    @property
    def cost(self) -> Cost:
        """What the block took, whether it ended well or not. Raises ``RuntimeError`` before it has ended."""
        if self._cost is None:
            raise RuntimeError("the computation has not ended yet")
        return self._cost


def measured(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, Cost]:
    """What ``function`` returns, and what it took. Raises whatever it raises."""
    with Meter() as meter:
        result = function(*args, **kwargs)
    return result, meter.cost


def _children_seconds() -> float:
    """Processor time so far of every child process, ended or not, in seconds (to about 10 ms)."""
    import psutil

    ended = os.times()
    total = ended.children_user + ended.children_system
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            total += times.user + times.system
            # Its own children that have ended: they are in no list any more.
            total += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return total
