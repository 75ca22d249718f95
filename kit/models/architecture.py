"""What the ``config.json`` of a model says: which task it is for, and whether it needs code of its own."""

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
SPEECH: dict[Task, str] = {
    Task.TEXT_TO_SPEECH: "VitsModel",
    Task.SPEECH_RECOGNITION: "WhisperForConditionalGeneration",
}
"""The one architecture of each task of speech that the kit runs."""


def task_of(config: bytes, name: str) -> Task:
    """The language task of the model ``name``. Raises :class:`BadInput` if it has none, or brings its own code."""
    architectures = _architectures(config, name)
    for task, endings in ENDINGS.items():
        if any(each.endswith(endings) for each in architectures):
            return task
    raise BadInput(
        "“{name}” is no model that completes text or fills a blank: its architecture is {architecture}.",
        name=name,
        architecture=_listed(architectures),
    )


def speech_task_of(config: bytes, name: str) -> Task:
    """The task of speech of the model ``name``. Raises :class:`BadInput` if it has none, or brings its own code."""
    architectures = _architectures(config, name)
    for task, architecture in SPEECH.items():
        if architecture in architectures:
            return task
    raise BadInput(
        "“{name}” is no model that the kit can make speak or write down speech: its architecture is {architecture}.",
        name=name,
        architecture=_listed(architectures),
    )


def _architectures(config: bytes, name: str) -> list[str]:
    try:
        data: Any = json.loads(config)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name) from error
    if not isinstance(data, dict):
        raise _unreadable(name)
    if data.get("auto_map"):
        raise BadInput("“{name}” brings its own code, which the kit never runs.", name=name)
    said = data.get("architectures")
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []


def _listed(architectures: list[str]) -> str:
    return ", ".join(architectures)[:200] or "?"


def _unreadable(name: str) -> BadInput:
    return BadInput("The config.json of “{name}” cannot be read.", name=name)
