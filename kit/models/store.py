"""The models that lie in the data folder, whole.

A model is a folder of ``models/`` with the files of the hub under ``files/`` and, beside them, ``manifest.json``: which
repository and revision they are from, and the size and SHA-256 of each. It is made under another name and takes its own
in one step, once everything in it has been verified and written down; a folder whose manifest does not hold, or that
misses a file of it, is no model.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from kit.content import Content
from kit.errors import KitError, NotFound, SetupError
from kit.faults import Unfit, shown
from kit.models import catalogue
from kit.models.catalogue import Entry, Revision, Slug
from kit.settings import Settings

FOLDER = "models"
MANIFEST = "manifest.json"
FILES = "files"
PART = ".part-"
"""Begins the name of a model that is being fetched; a cut leaves it there, for the next try."""
GONE = ".gone-"
"""Begins the name of a model that is being removed."""
_CHUNK = 2**20


class FileRecord(Content):
    """One file of an installed model."""

    path: Annotated[str, Field(min_length=1, max_length=240)]
    """Below ``files/``, with ``/`` between folders."""
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if not is_safe(self.path):
            raise Unfit("“{path}” leads out of the folder", path=shown(self.path))
        return self


class Manifest(Content):
    """What was verified when a model was installed."""

    format: Literal[1] = 1
    name: Slug
    hub_id: str
    revision: Revision
    pinned_by: Literal["catalogue", "user"]
    """Who chose the revision: the catalogue, or the person who gave ``--revision``."""
    variant: Literal["fp16"] | None = None
    """The variant of the weights that diffusers is to look for."""
    safety_checker: bool
    """Whether the repository has a safety checker, whatever the catalogue says."""
    entry: Entry
    files: Annotated[tuple[FileRecord, ...], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A model that can be used."""

    name: str
    revision: str
    entry: Entry
    """What the catalogue says of it now; what it said at install if it has forgotten it."""
    safety_checker: bool
    bytes: int
    folder: Path
    """Where its manifest lies."""
    manifest: Manifest

    @property
    def files(self) -> Path:
        """The folder to load it from."""
        return self.folder / FILES


def is_safe(path: str) -> bool:
    """Whether the path of a repository stays inside the folder it is written in, on every system."""
    parts = PurePosixPath(path).parts
    return (
        0 < len(path) <= 240
        and path == "/".join(parts)
        and not any(character in '\\:*?"<>|' or ord(character) < 32 for character in path)
        and all(part not in ("", ".", "..", "/") and part[-1] not in ". " for part in parts)
    )


def models_folder(settings: Settings) -> Path:
    """Where models lie. Not created."""
    return settings.home / FOLDER


def installed(settings: Settings) -> list[Installed]:
    """Every model that is whole, by name: its manifest holds and each file is there with its size.

    Hashes are not computed again; :func:`check` does that. Raises :class:`BadContent` if the catalogue has faults.
    """
    try:
        names = sorted(path.name for path in models_folder(settings).iterdir() if not path.name.startswith("."))
    except OSError:
        return []
    known = {entry.name: entry for entry in catalogue.load(settings).models} if names else {}
    found = (_whole(models_folder(settings) / name, known) for name in names)
    return [model for model in found if model is not None]


def find(name: str, settings: Settings) -> Installed:
    """The installed model of that name. Raises :class:`NotFound` if there is none that is whole."""
    for model in installed(settings):
        if model.name == name:
            return model
    raise NotFound(
        "The model “{name}” is not installed. With a network, install it with: contrechamp models get {name}", name=name
    )


def read_manifest(folder: Path) -> Manifest | None:
    """What a folder says of itself, or ``None`` if that is no manifest."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return None


def _whole(folder: Path, known: dict[str, Entry]) -> Installed | None:
    manifest = read_manifest(folder)
    if manifest is None or manifest.name != folder.name:
        return None
    for record in manifest.files:
        try:
            if (folder / FILES / record.path).stat().st_size != record.size:
                return None
        except OSError:
            return None
    entry = known.get(manifest.name)
    return Installed(
        name=manifest.name,
        revision=manifest.revision,
        entry=entry if entry and entry.hub_id == manifest.hub_id else manifest.entry,
        safety_checker=manifest.safety_checker,
        bytes=sum(record.size for record in manifest.files),
        folder=folder,
        manifest=manifest,
    )


def check(name: str, settings: Settings, progress: Callable[[int, int], None] | None = None) -> list[KitError]:
    """Read every file of an installed model again; what differs from its manifest, empty when all is whole.

    ``progress`` receives bytes read and bytes in all. Raises :class:`NotFound` if there is no such model.
    """
    folder = models_folder(settings) / name
    manifest = read_manifest(folder) if _is_name(name) else None
    if manifest is None:
        raise NotFound("The model “{name}” is not installed.", name=name)
    faults: list[KitError] = []
    total, before = sum(record.size for record in manifest.files), 0

    def read(count: int) -> None:
        if progress:
            progress(before + count, total)

    for record in manifest.files:
        path = folder / FILES / record.path
        if not path.is_file():
            faults.append(SetupError("The file {file} of “{name}” is missing.", file=record.path, name=name))
        elif path.stat().st_size != record.size or sha256(path, read) != record.sha256:
            faults.append(SetupError("The file {file} of “{name}” has changed.", file=record.path, name=name))
        before += record.size
        read(0)
    listed = {record.path for record in manifest.files}
    present = {path.relative_to(folder / FILES).as_posix() for path in (folder / FILES).rglob("*") if path.is_file()}
    for extra in sorted(present - listed):
        faults.append(SetupError("The file {file} of “{name}” was not installed with it.", file=extra, name=name))
    return faults


def remove(name: str, settings: Settings) -> None:
    """Erase a model and whatever a cut download of it left. Raises :class:`NotFound`, :class:`SetupError`."""
    folder, gone = models_folder(settings) / name, models_folder(settings) / f"{GONE}{name}"
    part = models_folder(settings) / f"{PART}{name}"
    if not _is_name(name) or not (folder.exists() or part.exists() or gone.exists()):
        raise NotFound("The model “{name}” is not installed.", name=name)
    try:
        if gone.exists():
            shutil.rmtree(gone)
        if folder.exists():
            folder.rename(gone)  # from here on it is no model, even if erasing stops half-way
            shutil.rmtree(gone)
        if part.exists():
            shutil.rmtree(part)
    except OSError as error:
        raise SetupError(
            "The model “{name}” cannot be erased ({reason}). Close what uses it and try again.",
            name=name,
            reason=error.strerror or str(error),
        ) from error


def _is_name(name: str) -> bool:
    return is_safe(name) and "/" not in name and not name.startswith(".")


def finish(part: Path, manifest: Manifest, settings: Settings) -> None:
    """Make a model of the verified files in ``part``: write the manifest, see it on the disk, give the folder its name.

    Raises :class:`OSError`.
    """
    for record in manifest.files:
        _sync(part / FILES / record.path)
    written = part / MANIFEST
    written.write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
    _sync(written)
    for folder in {path.parent for path in part.rglob("*")}:
        _sync(folder)
    part.rename(models_folder(settings) / manifest.name)
    _sync(models_folder(settings))


def _sync(path: Path) -> None:
    """See a file or a folder written to the disk (Windows has no such thing for folders)."""
    if path.is_dir():
        if os.name != "posix":
            return
        descriptor = os.open(path, os.O_RDONLY)
    else:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        with contextlib.suppress(OSError) if path.is_dir() else contextlib.nullcontext():
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file in hexadecimal; ``progress`` receives the bytes read so far."""
    return _digest(hashlib.sha256(), path, progress)


def git_blob(path: Path) -> str:
    """The name git gives the content of a file: SHA-1 of ``blob <size>\\0`` and the content, in hexadecimal."""
    header = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    return _digest(header, path, None)


def _digest(digest: hashlib._Hash, path: Path, progress: Callable[[int], None] | None) -> str:
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if progress:
                progress(done)
    return digest.hexdigest()
