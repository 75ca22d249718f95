"""What participants wrote, for a facilitator to read before the room does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pydantic import ValidationError

from kit.classroom.classes import Classes, Work
from kit.walk import Walk


@dataclass(frozen=True, kw_only=True)
class Written:
    """One text."""

    mark: str
    """Names this text of this participant: a text that is changed is another one, to be read anew."""
    text: str


def mark(number: int, text: str) -> str:
    """The name of a text of participant ``number``; says nothing of either."""
    return hashlib.sha256(f"{number}/{text}".encode()).hexdigest()[:16]


def written(works: Sequence[Work], model: type[Walk]) -> list[Written]:
    """The texts of a class, in an order that does not say who wrote them."""
    found = [
        Written(mark=mark(work.number, text), text=text) for work, run in _runs(works, model) if (text := _own(run))
    ]
    return sorted(found, key=lambda each: each.mark)


def remove(classes: Classes, class_id: str, device: str, model: type[Walk], removed: str) -> None:
    """Take the text with the mark ``removed`` out for good, on the device that wrote it too.

    Raises as :meth:`~kit.classroom.classes.Classes.strike`. A text that is no more is removed already.
    """
    for work, run in _runs(classes.works(class_id), model):
        if mark(work.number, _own(run)) == removed:
            state = run.wrote("").model_dump_json()
            classes.strike(class_id, device, work.number, state, replaces=work.version)


def _own(run: Walk) -> str:
    return run.text.strip()


def _runs(works: Sequence[Work], model: type[Walk]) -> Iterator[tuple[Work, Walk]]:
    for work in works:
        with suppress(ValidationError):  # by another version of the kit
            if work.state:
                yield work, model.model_validate_json(work.state)
