"""What the ``config.json`` of a language model says: which task it is for, and whether it needs code of its own."""

from __future__ import annotations

import json
from typing import Any

from kit.errors import BadInput
from kit.models.catalogue import Task

CONFIG = "config.json"
ENDINGS: dict[Task, tuple[str, ...]] = {
    Task.FILL_MASK: ("ForMaskedLM",),
    Task.TEXT_GENERATION: ("ForCausalLM", "LMHeadModel"),
}
"""How the architectures of each language task end in transformers."""


def task_of(config: bytes, name: str) -> Task:
    """The language task of the model ``name``. Raises :class:`BadInput` if it has none, or brings its own code."""
    try:
        data: Any = json.loads(config)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name) from error
    if not isinstance(data, dict):
        raise _unreadable(name)
    if data.get("auto_map"):
        raise BadInput("“{name}” brings its own code, which the kit never runs.", name=name)
    said = data.get("architectures")
    architectures = [each for each in said if isinstance(each, str)] if isinstance(said, list) else []
    for task, endings in ENDINGS.items():
        if any(each.endswith(endings) for each in architectures):
            return task
    raise BadInput(
        "“{name}” is no model that completes text or fills a blank: its architecture is {architecture}.",
        name=name,
        architecture=", ".join(architectures)[:200] or "?",
    )


def _unreadable(name: str) -> BadInput:
    return BadInput("The config.json of “{name}” cannot be read.", name=name)
