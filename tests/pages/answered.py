"""What pages are given in place of a computation, so that they are drawn at once."""

from __future__ import annotations

from typing import Any

from kit.compute import State, Status
from kit.errors import KitError


class Answered:
    """A call that is there at once, or has failed."""

    def __init__(self, value: object) -> None:
        self.value = value

    def status(self) -> Status:
        """Finished."""
        return Status(state=State.FAILED if isinstance(self.value, KitError) else State.DONE, fraction=1.0)

    def result(self, timeout: float | None = None) -> Any:
        """What it is, unless it failed."""
        if isinstance(self.value, KitError):
            raise self.value
        return self.value

    def leave(self) -> None:
        """Nothing to stop."""
