"""What the embedded cluster is made of: decided by the parent, carried out by :mod:`kit.compute.server`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from kit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the parent asks for."""

    folder: str
    """Scratch space: Dask's spilled data."""
    light: int
    """How many light workers."""
    heavy: int
    light_bytes: int
    """Memory beyond which a light worker is ended by its nanny."""
    heavy_bytes: int
    spill_bytes: int
    """Disk space that one worker may fill with results nobody has fetched yet."""
    threads: int
    """Threads that numeric libraries may use in one call of a heavy worker."""

    def line(self) -> bytes:
        """What crosses to the child."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Plan:
        """The inverse of :meth:`line`."""
        return cls(**json.loads(line))


def embedded_plan(settings: Settings) -> Plan:
    """What this machine can give: two light workers, and one heavy one with most of the memory."""
    import psutil

    total = psutil.virtual_memory().total
    return Plan(
        folder=str(settings.compute),
        light=2,
        heavy=1,
        light_bytes=min(3 * 2**29, total // 4),
        heavy_bytes=total * 7 // 10,
        spill_bytes=settings.cache_bytes,
        threads=psutil.cpu_count(logical=False) or os.cpu_count() or 1,
    )
