"""The functions that the tests run in workers."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from kit.compute import State, Status, report
from kit.errors import BadImage


def add(a: float, b: float = 1) -> float:
    return a + b


def count(path: str, seconds: float = 0.0, number: int = 0) -> int:
    """Leave a line in a file each time it really runs."""
    with Path(path).open("a") as file:
        file.write(f"{number}\n")
    pause(seconds)
    return number


def pause(seconds: float, note: str = "") -> str:
    """Work that reports every 50 ms; ``note`` is a file that says how it ended."""
    begun = time.monotonic()
    end = "stopped"
    try:
        while (elapsed := time.monotonic() - begun) < seconds:
            report(elapsed / seconds, "At {seconds} s", seconds=elapsed, preview=np.full(3, 7, np.uint8))
            time.sleep(0.05)
        end = "finished"
    finally:
        if note:
            Path(note).write_text(end)
    return end


def mirror(value: Any) -> Any:
    return value


def trace() -> Status:
    return Status(state=State.DONE, fraction=0.5, payload={"pixels": np.arange(6, dtype=np.int16).reshape(2, 3)})


def refuse_image(name: str) -> None:
    raise BadImage("“{name}” is {size} pixels wide.", name=name, size=np.int64(7), inner=BadImage("Why not."))


def defect() -> None:
    raise ZeroDivisionError("a detail that nobody should read")


def tensor() -> Any:
    import torch

    return {"result": [torch.zeros(2)]}


def exit_until(path: str, runs: int) -> int:
    """Kill its own process, except from the ``runs``-th time on. Returns the number of the run."""
    with Path(path).open("a") as file:
        file.write("x")
    number = len(Path(path).read_text())
    if number < runs:
        os._exit(3)
    return number


def loop_in_c() -> None:
    """A regular expression that backtracks for ever, in C, without giving the interpreter back."""
    re.match(r"(a+)+$", "a" * 64 + "b")


def allocate(megabytes: int) -> int:
    return int(np.ones(megabytes * 2**20, np.uint8)[::4096].sum())


def allocate_slowly(megabytes: int) -> int:
    kept = []
    for _ in range(megabytes // 16):
        kept.append(np.ones(16 * 2**20, np.uint8))
        time.sleep(0.05)
    return len(kept)


def environment() -> dict[str, Any]:
    return {
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "arguments": sys.orig_argv,
        "pid": os.getpid(),
        "stdin": sys.stdin.read() if sys.stdin else "",
    }


def chatter() -> None:
    print("a word on standard output")


def imports(names: tuple[str, ...]) -> dict[str, int]:
    """Megabytes of address space that importing each module takes."""
    import importlib

    import psutil

    taken = {}
    for name in names:
        before = psutil.Process().memory_info().vms
        importlib.import_module(name)
        taken[name] = (psutil.Process().memory_info().vms - before) // 2**20
    return taken
