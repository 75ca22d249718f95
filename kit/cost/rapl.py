"""The energy counters of the processor, where the system lets us read them (RAPL, through Linux's powercap tree).

Each processor package is a folder ``intel-rapl:N``, on AMD as well, with its ``name`` (``package-0``), its counter
``energy_uj`` in microjoules, and ``max_energy_range_uj``, the value after which the counter starts again from zero.
Left out, lest energy be counted twice:

* the parts of a package, ``intel-rapl:N:M`` (cores, graphics, memory);
* ``psys``, a top-level domain of some laptops that holds the packages and more;
* ``intel-rapl-mmio``, another way to the same counter.

Since 2020 most systems let only their administrator read ``energy_uj``; virtual machines, macOS and Windows have no
such tree. All that gives ``None``, never an error: a computation does not fail because it could not be measured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

POWERCAP = Path("/sys/class/powercap")
MOST_WATTS = 500.0
"""More than any one processor package draws for long. See :func:`joules_between`."""
_ZONE = re.compile(r"intel-rapl:\d+")


@dataclass(frozen=True, kw_only=True)
class Counter:
    """One package's counter at one moment, in microjoules."""

    energy: int
    range: int


def read_packages(powercap: Path = POWERCAP) -> dict[str, Counter] | None:
    """The counter of every package by the name of its folder; ``None`` unless all of them can be read."""
    counters = {}
    try:
        for zone in sorted(p for p in powercap.iterdir() if _ZONE.fullmatch(p.name)):
            if (zone / "name").read_text().startswith("package"):
                counters[zone.name] = Counter(
                    energy=int((zone / "energy_uj").read_text()), range=int((zone / "max_energy_range_uj").read_text())
                )
    except (OSError, ValueError):
        return None
    return counters or None


def joules_between(
    before: Mapping[str, Counter] | None, after: Mapping[str, Counter] | None, seconds: float
) -> float | None:
    """Energy of all packages between two readings ``seconds`` apart, in joules.

    ``None`` if there is no telling: one reading failed, a package came or went, a counter never moved (some virtual
    machines show one that is stuck), or :data:`MOST_WATTS` could have wound it round more than once in that time. A
    counter that went back has wound round once, unless that means an impossible power: then it was set back to zero,
    as happens when a laptop sleeps.
    """
    if before is None or after is None or before.keys() != after.keys():
        return None
    most = MOST_WATTS * seconds * 1e6
    total = 0
    for name, start in before.items():
        used = after[name].energy - start.energy
        if used < 0:
            used += start.range
        if not 0 < used <= most or most > start.range:
            return None
        total += used
    return total / 1e6
