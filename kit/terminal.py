"""What the commands share: the language of this machine, JSON on stdout, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from kit.doctor import system_language, translator

_ = translator(system_language())

AsJson = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


def gettext(message: str) -> str:
    """``message`` in the language of this machine (read each time: ``--lang`` changes it)."""
    return translator(system_language())(message)


def number(value: float, digits: int = 1) -> str:
    """``value`` with so many decimals, and the decimal mark of the language of this machine."""
    return f"{value:.{digits}f}".replace(".", "," if system_language() == "fr" else ".")


def print_json(report: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(report, ensure_ascii=False, indent=2))


def bar() -> Callable[..., None]:
    """What draws progress on stderr: one line that grows on a terminal, nothing elsewhere but the tenths.

    It is called with the fraction done; what a function reports beside it is left out.
    """
    shown = -1

    def draw(fraction: float, *_: Any) -> None:
        nonlocal shown
        step = int(fraction * (100 if sys.stderr.isatty() else 10))
        if step <= shown:
            return
        shown = step
        if sys.stderr.isatty():
            done = "█" * (step * 30 // 100)
            print(f"\r{done:░<30} {step:3d} %", end="\n" if fraction >= 1 else "", file=sys.stderr, flush=True)
        else:
            print(f"{step * 10} %", file=sys.stderr, flush=True)

    return draw
