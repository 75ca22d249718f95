"""A whole project in one zip: to publish, to keep, and to open again with the kit.

What a zip brings in is its words and the sounds that they name, nothing else: decoded copies and renders are made anew.
"""

from __future__ import annotations

import shutil
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from kit import content
from kit.archives import read_zip
from kit.errors import BadArchive, BadInput, NotAllowed
from kit.podcast import disk, originals
from kit.podcast.episode import FILE, Episode
from kit.podcast.store import PUBLISHED, Projects

MAX_TOTAL = 600 * 2**20
"""Bytes of a whole project, unpacked, and of its zip."""
MAX_MEMBERS = 2_000
SUFFIXES = (
    *originals.SUFFIXES,
    originals.UNKNOWN,
    *(".yaml", ".json", ".vtt", ".srt", ".txt", ".xml", ".md", ".png", ".jpg", ".html", ".pdf"),
)
"""What a project's zip may hold: sounds, and what publishing makes."""
_STORED = frozenset({*originals.SUFFIXES, originals.UNKNOWN, ".png", ".jpg"})
"""Not compressed again: it would take long and gain little."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(folder: Path, out: Path) -> Path:
    """Write the project in ``folder`` as a zip at ``out``: the same bytes for the same content. Returns ``out``.

    At its top lie ``episode.yaml`` and the files of the finished episode (those in ``work/published``), and the sounds
    that the episode names where it says.

    Raises :class:`BadInput` if a sound is missing or the whole is too large to be opened again,
    :class:`kit.faults.Faults` if ``episode.yaml`` cannot be read, :class:`FullDisk`, :class:`SetupError`.
    """
    episode = content.load(folder / FILE, Episode)
    members = _members(folder, episode)
    total = sum(path.stat().st_size for path in members.values())
    if total > MAX_TOTAL or len(members) > MAX_MEMBERS:
        raise BadInput(
            "This project weighs {size} MB in {count} files; a zip that opens again takes {limit} MB in {most}. Remove "
            "takes that are not heard.",
            size=-(-total // 2**20),
            count=len(members),
            limit=MAX_TOTAL // 2**20,
            most=MAX_MEMBERS,
        )

    def fill(zipped: BinaryIO) -> Path:
        with zipfile.ZipFile(zipped, "w") as archive:
            for name, path in members.items():
                _add(archive, name, path)
        return out

    with disk.told():
        out.parent.mkdir(parents=True, exist_ok=True)
        disk.place(out.parent, fill)
    return out


def unpack(raw: bytes | Path, name: str, projects: Projects, *, today: date | None = None) -> str:
    """Open the project in the zip ``raw``, called ``name``, as a new one, or nothing at all; its id.

    Raises :class:`BadArchive`; :class:`kit.faults.Faults` with every fault of its ``episode.yaml``;
    :class:`NotAllowed` if its recordings were to be erased by ``today``; :class:`FullDisk`, :class:`SetupError`.
    """
    members = read_zip(
        raw, name, max_bytes=MAX_TOTAL, max_members=MAX_MEMBERS, max_total=MAX_TOTAL, allowed_suffixes=SUFFIXES
    )
    found = [path for path in members if path.split("/")[-1] == FILE and path.count("/") <= 1]
    if len(found) != 1:
        raise BadArchive(
            "“{name}” holds {count} episode.yaml; a podcast project is a zip with exactly one, at its top or in its "
            "only folder.",
            name=name,
            count=len(found),
        )
    episode = content.parse(members[found[0]], Episode, FILE)
    day = episode.rights.erase_on
    if day is not None and day <= (today or date.today()):
        raise NotAllowed(
            "The recordings in “{name}” were to be erased by {day}, as was agreed. Erase the zip too; or, if everyone "
            "agrees to a later day, write it after “erase_on” in its episode.yaml.",
            name=name,
            day=day.isoformat(),
        )
    prefix = found[0].removesuffix(FILE)
    sounds = {}
    for file in originals.files(episode):
        member = members.get(prefix + unicodedata.normalize("NFC", file))
        if member is None:
            raise BadArchive(
                "“{name}” lacks the sound “{file}”, which its episode.yaml names. Add it where it was, or make the zip "
                "again in the kit.",
                name=name,
                file=file,
            )
        sounds[file] = member
    return projects.create(episode, sounds)


def _members(folder: Path, episode: Episode) -> dict[str, Path]:
    """What goes into the zip, by its name there."""
    members = {FILE: folder / FILE}
    for file in originals.files(episode):
        if not (folder / file).is_file():
            raise BadInput(
                "The sound “{file}” is not in the project any more. Remove its take from the episode, then try again.",
                file=file,
            )
        members[file] = folder / file
    taken = {name.casefold() for name in members}
    published = {path.name: path for path in _finished(folder) if path.name.casefold() not in taken}
    return members | published


def _finished(folder: Path) -> Iterator[Path]:
    """The files of the finished episode."""
    where = folder / PUBLISHED
    if where.is_dir():
        yield from (path for path in sorted(where.iterdir()) if path.is_file() and path.suffix.lower() in SUFFIXES)


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = 0o644 << 16
    info.create_system = 3
    info.compress_type = zipfile.ZIP_STORED if path.suffix.lower() in _STORED else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, 2**20)
