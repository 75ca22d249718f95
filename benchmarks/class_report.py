"""What class_load.py says: percentiles, who took how much of the machine, lines for people, figures for ``--json``."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psutil
from class_servers import Server

Figures = dict[str, Any]

ALL_CORES = "   cores: server, devices, others"


class Machine:
    """Who takes how much of the machine from now on. In cores."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._began = self._now()

    def _now(self) -> tuple[float, float, float, float]:
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        return time.perf_counter(), self._server.processor(), time.process_time(), idle

    def cores(self) -> Figures:
        """The server, this process, which plays the devices, and all others."""
        passed, server, devices, idle = (now - then for now, then in zip(self._now(), self._began, strict=True))
        others = (psutil.cpu_count() or 1) - (idle + server + devices) / passed
        return {"server": server / passed, "devices": devices / passed, "others": max(0.0, others)}

    def used(self) -> float:
        """Seconds of processor that the server has taken."""
        return self._now()[1] - self._began[1]


def all_cores(cores: Figures) -> str:
    """Below :data:`ALL_CORES`."""
    return f"{cores['server']:16.2f}{cores['devices']:9.2f}{cores['others']:8.2f}"


@dataclass
class Sheet:
    """What is found out."""

    figures: Figures = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    quiet: bool = False

    def say(self, line: str) -> None:
        """A line of the report."""
        print(line, file=sys.stderr if self.quiet else sys.stdout, flush=True)

    def wrong(self, found: Sequence[str]) -> None:
        """Something that must not be."""
        self.faults += found
        for fault in found[:5]:
            self.say(f"  WRONG: {fault}")
        if len(found) > 5:
            self.say(f"  WRONG: and {len(found) - 5} more")


def percentile(seconds: Sequence[float], percent: float) -> float:
    """The smallest of ``seconds`` that ``percent`` of them do not pass (nearest rank); endless where there are none."""
    return sorted(seconds)[max(0, math.ceil(len(seconds) * percent / 100) - 1)] if seconds else math.inf


def spread(seconds: Sequence[float]) -> Figures:
    """Median, 95th percentile, highest, and of how many."""
    return {
        "p50": percentile(seconds, 50),
        "p95": percentile(seconds, 95),
        "max": percentile(seconds, 100),
        "n": len(seconds),
    }


SPREAD = f"{'p50':>9}{'p95':>9}{'max':>9}"


def milliseconds(figures: Figures) -> str:
    """Below :data:`SPREAD`."""
    return "".join(f"{1000 * figures[name]:9.0f}" for name in ("p50", "p95", "max"))


def finite(value: Any) -> Any:
    """As JSON can say it: nothing in the place of what never ended."""
    if isinstance(value, dict):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, list):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
