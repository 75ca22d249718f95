"""The galleries of this machine, each a folder of the data folder: ``gallery.json`` and its labelled pictures.

Everything is written whole or not at all, and as soon as it is known: a picture when it is made, what a class noted
when it is typed. A folder whose ``gallery.json`` does not hold is no gallery.
"""

from __future__ import annotations

import io
import itertools
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from activities.noise_to_image.gallery import Gallery, Reference, Shot, table
from activities.noise_to_image.words import CodeId
from kit import content
from kit.decks.making import slug
from kit.decks.packing import RESERVED, write_whole
from kit.errors import BadArchive, NotFound, SetupError
from kit.settings import Settings

FILE = "gallery.json"
CODES = "codes.csv"
MAX_TOTAL = 150 * 2**20
"""Bytes of a whole gallery, unpacked."""
MAX_SIDE = 1024
"""Pixels of a side of a picture that comes from elsewhere; larger ones are reduced."""
_HIDDEN = (".incoming-", ".removed-")

_writing = threading.Lock()
"""Two windows that note at once: each reads what the other wrote."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A gallery on the disk."""

    id: str
    gallery: Gallery
    folder: Path

    def png(self, file: str) -> bytes:
        """The labelled PNG of a picture that was made. Raises :class:`NotFound`."""
        try:
            return (self.folder / self.gallery.picture(file).file).read_bytes()
        except (OSError, KeyError) as error:
            raise NotFound("The picture “{file}” of this gallery is not there any more.", file=file) from error


def installed(settings: Settings) -> list[Kept]:
    """The galleries that hold, by the name of their folder."""
    if not settings.galleries.is_dir():
        return []
    found = (_read(folder) for folder in sorted(settings.galleries.iterdir()) if not folder.name.startswith("."))
    return [kept for kept in found if kept is not None]


def find(gallery_id: str, settings: Settings) -> Kept:
    """The gallery of that name. Raises :class:`NotFound`."""
    kept = _read(settings.galleries / gallery_id) if _plain(gallery_id) else None
    if kept is None:
        raise NotFound("There is no gallery called “{gallery}” on this machine.", gallery=gallery_id)
    return kept


def add(gallery: Gallery, settings: Settings, files: Mapping[str, bytes] | None = None) -> Kept:
    """Install a gallery, with the PNG ``files`` of its pictures. Its folder appears complete or not at all.

    Raises :class:`SetupError`.
    """
    try:
        settings.galleries.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=_HIDDEN[0], dir=settings.galleries))
    except OSError as error:
        raise _disk(error) from error
    try:
        for name, data in (files or {}).items():
            (temporary / name).write_bytes(data)
        (temporary / FILE).write_bytes(dump(gallery))
        for candidate in _free(slug(gallery.title), settings.galleries):
            try:
                temporary.rename(settings.galleries / candidate)
            except OSError:
                if not (settings.galleries / candidate).exists():
                    raise
                continue
            return find(candidate, settings)
        raise AssertionError("the candidates never end")
    except OSError as error:
        raise _disk(error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def keep_picture(gallery_id: str, settings: Settings, file: str, png: bytes | None) -> Kept:
    """Write a picture, a labelled PNG, and that it was made; ``None``: the safety checker blackened it.

    Raises :class:`NotFound`, :class:`SetupError`.
    """
    if png is not None:
        kept = find(gallery_id, settings)
        _write(kept.folder / kept.gallery.picture(file).file, png)
    return _change(gallery_id, settings, lambda now: now.marked(file, Shot.BLOCKED if png is None else Shot.MADE))


def put_aside(gallery_id: str, settings: Settings, file: str) -> Kept:
    """Take a picture out of a gallery and erase it. Raises :class:`NotFound`, :class:`SetupError`."""
    kept = _change(gallery_id, settings, lambda now: now.marked(file, Shot.ASIDE))
    try:
        (kept.folder / file).unlink(missing_ok=True)
    except OSError as error:
        raise _disk(error) from error
    return kept


def note(gallery_id: str, settings: Settings, file: str, code: CodeId, value: int | None) -> Kept:
    """Write what was perceived in one picture. Raises :class:`NotFound`, :class:`SetupError`."""
    return _change(gallery_id, settings, lambda now: now.coded(file, code, value))


def refer(gallery_id: str, settings: Settings, reference: Reference) -> Kept:
    """Write the facilitator's column for one word. Raises :class:`NotFound`, :class:`SetupError`."""
    return _change(gallery_id, settings, lambda now: now.referred(reference))


def remove(gallery_id: str, settings: Settings) -> None:
    """Erase a gallery. Raises :class:`NotFound`, :class:`SetupError`."""
    folder = find(gallery_id, settings).folder
    # Renamed first: a removal cut short leaves no half of a gallery behind.
    gone = folder.with_name(f"{_HIDDEN[1]}{folder.name}")
    try:
        shutil.rmtree(gone, ignore_errors=True)
        folder.rename(gone)
    except OSError as error:
        raise _disk(error) from error
    shutil.rmtree(gone, ignore_errors=True)


# -- in and out ------------------------------------------------------------------------------------------------------


def export(kept: Kept, lang: str) -> bytes:
    """A zip of a gallery, the same bytes every time: its words, its labelled pictures, what was noted as a CSV."""
    members = {FILE: dump(kept.gallery), CODES: table(kept.gallery, lang)}
    members |= {picture.file: kept.png(picture.file) for picture in kept.gallery.of(Shot.MADE)}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.create_system = 3
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            packed.writestr(info, data)
    return archive.getvalue()


def clean(data: bytes, name: str) -> dict[str, bytes]:
    """The files of the gallery in the zip ``data``, each picture decoded and labelled anew. For a light worker.

    Raises :class:`BadArchive`, :class:`kit.errors.BadImage`, or :class:`kit.errors.BadContent` with every fault.
    """
    from kit.archives import read_zip
    from kit.compute import report
    from kit.decks.loaded import pixels
    from kit.decks.model import Truth
    from kit.decks.packing import label_png

    members = read_zip(data, name, max_members=200, max_total=MAX_TOTAL, allowed_suffixes=(".json", ".csv", ".png"))
    found = [path for path in members if path.split("/")[-1] == FILE and path.count("/") <= 1]
    if len(found) != 1:
        raise BadArchive(
            "“{name}” holds {count} gallery.json; a gallery is a zip with exactly one, as this kit exports it.",
            name=name,
            count=len(found),
        )
    prefix = found[0].removesuffix(FILE)
    # JSON is YAML: what is wrong is said with its line, as in a deck.
    gallery = content.parse(members[found[0]], Gallery, FILE)
    files = {FILE: dump(gallery)}
    made = gallery.of(Shot.MADE)
    for number, picture in enumerate(made):
        report(number / len(made))
        if prefix + picture.file not in members:
            raise BadArchive(
                "“{name}” lacks the picture {file}, which its gallery.json names. Export the gallery again.",
                name=name,
                file=picture.file,
            )
        seen = pixels(members[prefix + picture.file], picture.file, max_side=MAX_SIDE)
        files[picture.file] = label_png(seen, Truth.GENERATED, gallery.lang)
    return files


def install(files: Mapping[str, bytes], settings: Settings) -> Kept:
    """Install a gallery from its :func:`clean` files. A name already taken gets a number.

    Raises :class:`SetupError`.
    """
    gallery = Gallery.model_validate_json(files[FILE])
    return add(gallery, settings, {name: data for name, data in files.items() if name != FILE})


def dump(gallery: Gallery) -> bytes:
    """``gallery`` as the bytes of a ``gallery.json`` that reads back equal."""
    return (gallery.model_dump_json(indent=1, exclude_defaults=True) + "\n").encode()


def _change(gallery_id: str, settings: Settings, change: Callable[[Gallery], Gallery]) -> Kept:
    with _writing:
        kept = find(gallery_id, settings)
        _write(kept.folder / FILE, dump(change(kept.gallery)))
    return find(gallery_id, settings)


def _read(folder: Path) -> Kept | None:
    try:
        gallery = Gallery.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None
    # A picture that was lost since is to be made again: what is counted is what can be looked at.
    for picture in gallery.of(Shot.MADE):
        if not (folder / picture.file).is_file():
            gallery = gallery.marked(picture.file, Shot.WAITING)
    return Kept(id=folder.name, gallery=gallery, folder=folder)


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except SetupError as error:
        raise _disk(OSError(str(error.values["reason"]))) from error


def _free(wanted: str, folder: Path) -> Iterator[str]:
    """Names from ``wanted`` on that no folder has."""
    stem = wanted if wanted not in RESERVED else f"gallery-{wanted}"
    for number in itertools.count(1):
        candidate = stem if number == 1 else f"{stem}-{number}"
        if not (folder / candidate).exists():
            yield candidate


def _plain(gallery_id: str) -> bool:
    return (
        bool(gallery_id)
        and not gallery_id.startswith(".")
        and Path(gallery_id).name == gallery_id
        and "\\" not in gallery_id
    )


def _disk(error: OSError) -> SetupError:
    return SetupError(
        "The gallery could not be written ({reason}). Free some disk space, or check that the folder may be written "
        "to.",
        reason=error.strerror or str(error),
    )
