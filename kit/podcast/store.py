"""The podcast projects of this machine: a folder each, whatever browser or device opens it.

::

    <data folder>/podcasts/<id>/
        episode.yaml                  everything but sounds; a person can read it
        sounds/<sha256[:16]>.<ext>    what was recorded or brought, as it came; never changed
        work/                         decoded copies, renders: erasing it loses nothing

Every write appears whole or not at all, and is on the disk before the call returns. Who saves says which version they
started from: whoever comes second is told, and overwrites nothing.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from kit import content
from kit.classroom.store import RETENTION_DAYS, Stale
from kit.errors import BadInput, KitError, NotFound, SetupError
from kit.podcast import disk, originals
from kit.podcast.episode import FILE, SOUNDS, WORK, Episode
from kit.podcast.writing import dump, settled
from kit.settings import Settings, data_folder

PUBLISHED = f"{WORK}/published"
"""Where the files of the finished episode lie."""

_ALPHABET = "cdfhjkmnprtvwxy34679"
"""Of ids: nothing one takes for another when reading aloud or copying, and no vowel, so no word."""
_ID = re.compile(f"[{_ALPHABET}]{{8}}")
_CREATED = ".created"
_REMOVED = ".removed-"
_LEFT_OVER = 24 * 3600.0
"""Seconds after which what a killed process has left half written is swept away."""
_PATIENCE = 10.0
"""Seconds that one waits for others who write the same project."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One project in a list. ``fault`` says why it cannot be opened; title and team are empty then."""

    id: str
    title: str
    team: str
    changed: datetime
    """When it was last saved, UTC."""
    erase_on: date
    """The day from which :meth:`Projects.purge` erases it."""
    fault: KitError | None = None


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A project as it was on the disk. ``version`` is what :meth:`Projects.save` wants back."""

    episode: Episode
    version: str
    folder: Path


class Projects:
    """The projects below the data folder of ``settings``. Holds nothing open; make one whenever it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._root = settings.podcasts

    # -- looking ------------------------------------------------------------------------------------------------------

    def ids(self) -> tuple[str, ...]:
        """The projects there are, in no particular order."""
        if not self._root.is_dir():
            return ()
        return tuple(path.name for path in self._root.iterdir() if _ID.fullmatch(path.name) and path.is_dir())

    def list(self) -> tuple[Summary, ...]:
        """All projects, the last changed first; one that cannot be opened comes with its fault."""
        found = []
        for project in self.ids():
            with suppress(NotFound):  # erased meanwhile
                found.append(self._summary(project))
        return tuple(sorted(found, key=lambda summary: (-summary.changed.timestamp(), summary.id)))

    def open(self, project: str) -> Opened:
        """The project as it is on the disk now.

        Raises :class:`NotFound`; :class:`kit.faults.Faults` with every fault of an ``episode.yaml`` changed by hand.
        """
        folder = self._folder(project)
        try:
            raw = (folder / FILE).read_bytes()
        except FileNotFoundError:
            raise _gone(project) from None
        except OSError as error:
            raise content.cannot_be_read(FILE, error) from error
        version = _version(raw)
        return Opened(episode=_read(raw, version), version=version, folder=folder)

    def sound(self, project: str, relative: str) -> Path:
        """The full path of a file of the project. Raises :class:`NotFound`, also for what is outside of it."""
        folder = self._folder(project).resolve()
        path = (folder / relative).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise NotFound("The recording “{file}” is not in this project any more. Record it again.", file=relative)
        return path

    # -- writing ------------------------------------------------------------------------------------------------------

    def create(self, episode: Episode, sounds: Mapping[str, bytes] | None = None) -> str:
        """A new project, complete or not at all; its id.

        ``sounds``: the content of files that ``episode`` names; they get names of the store's, and the episode follows.
        Raises what :meth:`save` raises, but :class:`Stale`.
        """
        with disk.told():
            data_folder(self._settings)
            self._root.mkdir(exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=disk.INCOMING, dir=self._root))
            try:
                (temporary / SOUNDS).mkdir()
                names = {path: originals.keep(temporary, io.BytesIO(raw), path) for path, raw in (sounds or {}).items()}
                disk.write(temporary / FILE, _dumped(settled(originals.renamed(episode, names))))
                disk.write(temporary / _CREATED, date.today().isoformat().encode())
                project = "".join(secrets.choice(_ALPHABET) for _ in range(8))
                temporary.rename(self._root / project)
                disk.sync(self._root)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
        return project

    def save(self, project: str, episode: Episode, *, replaces: str) -> str:
        """Write ``episode`` to the disk; the new version. ``replaces`` is the version that it was made from.

        Raises :class:`Stale` if somebody else has saved meanwhile, :class:`NotFound` if the project was erased,
        :class:`BadInput` if it could not be read again, :class:`FullDisk`, :class:`SetupError`. Nothing has changed
        then.
        """
        episode = settled(episode)
        raw = _dumped(episode)
        version = _version(raw)
        file = self._folder(project) / FILE
        with self._alone(project), disk.told():
            if not file.is_file():
                raise _gone(project)
            now = _version(file.read_bytes())
            if now not in (replaces, version):
                raise Stale(
                    "Somebody else has saved this project after you opened it. Theirs is kept; yours is not written."
                    " Copy what you have just typed, open the project again, then add it."
                )
            if now != version:
                disk.write(file, raw)
        _remember(version, episode)
        return version

    def keep_sound(self, project: str, raw: bytes | Path, name: str) -> str:
        """Keep an original, given as bytes or as a file; how an episode names it: ``sounds/….mp3``.

        ``name`` is what it was called, for its suffix. The same content is kept once. Nothing is decoded.
        Raises :class:`NotFound`, :class:`BadInput` if ``raw`` is a file that cannot be read, :class:`FullDisk`,
        :class:`SetupError`.
        """
        folder = self._folder(project)
        try:
            source: BinaryIO = io.BytesIO(raw) if isinstance(raw, bytes) else raw.open("rb")
        except OSError as error:
            raise BadInput(
                "“{name}” cannot be read ({reason}). Choose the file again.",
                name=name,
                reason=error.strerror or str(error),
            ) from error
        with source, disk.told():
            return originals.keep(folder, source, name)

    # -- erasing ------------------------------------------------------------------------------------------------------

    def erase(self, project: str) -> None:
        """Erase a project with its recordings. Raises :class:`NotFound`, :class:`SetupError`."""
        folder = self._folder(project)
        with self._alone(project), disk.told():
            # Renamed first: an erasure cut short leaves no half of a project behind.
            gone = self._root / f"{_REMOVED}{project}"
            shutil.rmtree(gone, ignore_errors=True)
            with suppress(FileNotFoundError):  # somebody else was quicker
                folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)
        with suppress(OSError):
            self._lock_file(project).unlink()

    def purge(self, today: date | None = None) -> tuple[str, ...]:
        """Erase the projects whose day has come, and what killed processes have left; the ids of the former.

        The day is ``rights.erase_on``; where none is set, :data:`RETENTION_DAYS` after the project was made; of one
        that cannot be read, as many after it was last changed. Raises :class:`SetupError`.
        """
        day = today or date.today()
        due = tuple(summary.id for summary in self.list() if summary.erase_on <= day)
        for project in due:
            with suppress(NotFound):
                self.erase(project)
        before = time.time() - _LEFT_OVER
        half = f"{disk.INCOMING}*"
        for pattern in (half, f"{_REMOVED}*", f"*/{half}", f"*/*/{half}"):
            for path in self._root.glob(pattern):
                disk.sweep(path, before)
        return due

    # -- inside -------------------------------------------------------------------------------------------------------

    def _folder(self, project: str) -> Path:
        folder = self._root / project
        if not _ID.fullmatch(project) or not folder.is_dir():
            raise _gone(project)
        return folder

    def _summary(self, project: str) -> Summary:
        folder = self._folder(project)
        try:
            changed = datetime.fromtimestamp((folder / FILE).stat().st_mtime, UTC)
        except FileNotFoundError:
            raise _gone(project) from None
        try:
            episode = self.open(project).episode
        except NotFound:
            raise
        except KitError as fault:
            day = changed.date() + timedelta(days=RETENTION_DAYS)
            return Summary(id=project, title="", team="", changed=changed, erase_on=day, fault=fault)
        day = episode.rights.erase_on or _created(folder, changed) + timedelta(days=RETENTION_DAYS)
        return Summary(id=project, title=episode.title, team=episode.team, changed=changed, erase_on=day)

    def _lock_file(self, project: str) -> Path:
        # Outside of the project: Windows would not let a folder go with an open file in it.
        return self._root / ".locks" / f"{project}.lock"

    @contextmanager
    def _alone(self, project: str) -> Iterator[None]:
        """One writer at a time, among threads and processes."""
        file = self._lock_file(project)
        lock = FileLock(file, timeout=_PATIENCE, poll_interval=0.02)
        with disk.told():
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire()
            except Timeout:
                raise SetupError(
                    "Another window is still writing this project. Wait a moment, then try again."
                ) from None
        try:
            yield
        finally:
            lock.release()


# -- versions and what was read ---------------------------------------------------------------------------------------

_MOST_READ = 64
_recent: OrderedDict[str, Episode] = OrderedDict()
_recent_lock = threading.Lock()


def _read(raw: bytes, version: str) -> Episode:
    """The episode in ``raw``, read once: YAML takes up to 18 ms a kilobyte, and every screen asks for it."""
    with _recent_lock:
        if version in _recent:
            _recent.move_to_end(version)
            return _recent[version]
    episode = content.parse(raw, Episode, FILE)
    _remember(version, episode)
    return episode


def _remember(version: str, episode: Episode) -> None:
    with _recent_lock:
        _recent[version] = episode
        _recent.move_to_end(version)
        while len(_recent) > _MOST_READ:
            _recent.popitem(last=False)


def _version(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


def _dumped(episode: Episode) -> bytes:
    raw = dump(episode)
    if len(raw) > content.MAX_BYTES:
        raise BadInput(
            "The texts of this project have grown beyond {limit} kB, and were not saved. Shorten the longest, then save"
            " again.",
            limit=content.MAX_BYTES // 1024,
        )
    return raw


def _created(folder: Path, changed: datetime) -> date:
    """The day on which a project was made; of a folder put there by hand, the day of its last change."""
    try:
        return date.fromisoformat((folder / _CREATED).read_text("utf-8"))
    except (OSError, ValueError):
        return changed.date()


def _gone(project: str) -> NotFound:
    return NotFound("There is no podcast project “{project}” on this machine. Choose one in the list.", project=project)
