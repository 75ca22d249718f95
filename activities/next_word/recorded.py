"""What was recorded when the kit was made, for those who may not run a model themselves (see :mod:`kit.levels`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from kit import ROOT

FILE = ROOT / "assets" / "recorded" / "next_word.bin"
"""``training/recorded_next_word.py`` made it."""


def name(lab: str, what: Mapping[str, Any]) -> str:
    """What the result of a lab is called in the file."""
    return f"{lab}:{json.dumps(dict(what), ensure_ascii=False, sort_keys=True)}"


def result(lab: str, what: Mapping[str, Any]) -> Any | None:
    """What the model of the kit made of ``what``, if that was recorded.

    It went through the same code as what is computed now; the page says that it was recorded.
    """
    return _all().get(name(lab, what))


@cache
def _all() -> dict[str, Any]:
    from kit.compute.plain import decode

    loaded: dict[str, Any] = decode(FILE.read_bytes())
    return loaded
