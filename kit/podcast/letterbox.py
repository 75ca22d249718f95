"""The letterbox: for a while, the phones of the room drop sounds into one project, and get nothing out of it.

Whoever leads opens it. What is open stands in a small file of the data folder: the door of the server and every page
read the same one, and a server that was killed comes back with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from kit.podcast import disk
from kit.podcast.store import Projects
from kit.settings import Settings

OPEN_FOR = timedelta(minutes=90)
"""The 35 minutes in which an afternoon records, with the rundown before them and what runs late. Whoever comes into the
room for the next lesson finds it closed."""
_FILE = "podcasts/letterbox.json"
"""In the data folder, beside the projects."""
_MOST_BYTES = 1_000


@dataclass(frozen=True, kw_only=True)
class Letterbox:
    """A project that takes sounds from the room, ``until`` a moment."""

    project: str
    until: AwareDatetime


_CHECKED = TypeAdapter(Letterbox)


def letterbox(settings: Settings, now: datetime | None = None) -> Letterbox | None:
    """What is open at the moment ``now``; None if nothing is, if its project is gone, or if the file is damaged."""
    try:
        with (settings.home / _FILE).open("rb") as file:
            written = _CHECKED.validate_json(file.read(_MOST_BYTES))
    except (OSError, ValidationError):
        return None
    left = written.until - (now or datetime.now(UTC))
    # More is left than it is ever opened for where the clock of the machine was put back meanwhile.
    if not timedelta() < left <= OPEN_FOR or written.project not in Projects(settings).ids():
        return None
    return written


def open_letterbox(settings: Settings, project: str, now: datetime | None = None) -> Letterbox:
    """Let the room send sounds to ``project`` for :data:`OPEN_FOR`, and to no other from now on.

    Raises :class:`kit.errors.NotFound` if there is no such project, :class:`FullDisk`, :class:`SetupError`.
    """
    Projects(settings).open(project)
    opened = Letterbox(project=project, until=(now or datetime.now(UTC)) + OPEN_FOR)
    with disk.told():
        disk.write(settings.home / _FILE, _CHECKED.dump_json(opened))
    return opened


def close_letterbox(settings: Settings) -> None:
    """Take no more sounds from the room. Raises :class:`SetupError`."""
    with disk.told():
        (settings.home / _FILE).unlink(missing_ok=True)
