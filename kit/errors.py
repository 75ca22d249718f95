"""The errors a person may read.

Every message says what was received, what is accepted and what to do next. Message and arguments travel apart, so
that the page translates the sentence (see :mod:`kit.i18n`) and then fills it in::

    KitError
    ├── BadInput        a file, text or value from a person that the kit cannot use
    │   ├── BadImage    … an image
    │   ├── BadArchive  … a zip
    │   ├── BadAudio    … a sound
    │   └── BadContent  … a YAML file written by hand: every fault of it, with its line
    ├── NotAllowed      the level or the role forbids it
    ├── NotFound        a name, a code or a file that does not exist
    ├── ComputeError    a computation that failed
    │   ├── Cancelled   … because nobody waits for it any more
    │   └── WorkerLost  … because its worker died, twice
    └── SetupError      the machine: disk, port, missing package

Anything that is not a ``KitError`` is a defect of the kit and surfaces as such.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class KitError(Exception):
    """A sentence that is safe and useful to show.

    ``message`` is an English template in :meth:`str.format` style and the key of its translation; ``values`` fills it.
    An argument that is itself a ``KitError`` is translated in turn.
    """

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.values)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of ``translate`` (a gettext function; English by default)."""
        values = {k: v.text(translate) if isinstance(v, KitError) else v for k, v in self.values.items()}
        return translate(self.message).format(**values)

    def __str__(self) -> str:
        return self.text()


def _rebuild(kind: type[KitError], message: str, values: dict[str, Any]) -> KitError:
    return kind(message, **values)


class BadInput(KitError):
    """A file, text or value from a person that the kit cannot use."""


class BadImage(BadInput):
    """An image that the kit cannot use."""


class BadArchive(BadInput):
    """A zip that the kit cannot use."""


class BadAudio(BadInput):
    """A sound that the kit cannot use."""


class BadContent(BadInput):
    """A content file that the kit cannot use; :class:`kit.faults.Faults` lists all its faults, each with its line."""


class NotAllowed(KitError):
    """The level or the role forbids it."""


class NotFound(KitError):
    """A name, a code or a file that does not exist."""


class ComputeError(KitError):
    """A computation that failed."""


class Cancelled(ComputeError):
    """A computation stopped because nobody waits for it any more."""


class WorkerLost(ComputeError):
    """A computation whose worker died, was restarted, and died again."""


class SetupError(KitError):
    """The machine is not ready: disk, port, missing package."""
