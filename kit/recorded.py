"""What was recorded when the kit was made, for those who may not run a model themselves (see :mod:`kit.levels`).

One file an activity: the results of its labs, each under the name of what was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kit import ROOT


def name(lab: str, what: Mapping[str, Any]) -> str:
    """What the result of a lab is called in the file."""
    return f"{lab}:{json.dumps(dict(what), ensure_ascii=False, sort_keys=True)}"


def file(slug: str) -> Path:
    """Where the results of an activity are; ``training/recorded_<slug>.py`` made the file."""
    return ROOT / "assets" / "recorded" / f"{slug}.bin"


def result(slug: str, lab: str, what: Mapping[str, Any]) -> Any | None:
    """What the model of the kit made of ``what``, if that was recorded.

    It went through the same code as what is computed now; the page says that it was recorded.
    """
    return _all(slug).get(name(lab, what))


@cache
def _all(slug: str) -> dict[str, Any]:
    from kit.compute.plain import decode

    loaded: dict[str, Any] = decode(file(slug).read_bytes())
    return loaded
