"""Decks in and out: a zip to share, and a zip from someone else, of which nothing is kept but words and pixels."""

from __future__ import annotations

import io
import itertools
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml
from PIL import Image

from kit import content
from kit.decks.loaded import DECK_FILE, IMAGE_SUFFIXES, LoadedDeck, deck_files, load, locate, pixels
from kit.decks.model import Deck, Truth
from kit.errors import BadArchive, NotAllowed, SetupError
from kit.settings import Settings

if TYPE_CHECKING:
    from kit.images.label import SourceType

MAX_MEMBERS = 1000
MAX_TOTAL = 300 * 2**20
"""Bytes of a whole deck, unpacked."""
MAX_RATIO = 100
MAX_SIDE = 1600
"""A photograph installed from a zip keeps at most this many pixels on its longer side."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
RESERVED = frozenset({"default", "con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))})
"""Ids no installed deck takes: the kit's own deck, and names Windows keeps for itself."""


def export(deck: LoadedDeck, out: Path) -> Path:
    """Write ``deck`` as a zip at ``out``, the same bytes every time. Returns ``out``.

    Every picture a machine made or altered carries its label. Photographs of installed packages stay references.
    Raises :class:`NotAllowed` if an item waits for approval, :class:`SetupError` if the file cannot be written.
    """
    waiting = [item.id for item in deck.deck.items if not item.approved]
    if waiting:
        raise NotAllowed(
            "{count} pictures of “{deck}” wait for approval: {items}. Approve or remove each before exporting.",
            count=len(waiting),
            deck=deck.id,
            items=", ".join(waiting),
        )
    members = {DECK_FILE: dump(deck.deck)}
    for name, truth in deck_files(deck.deck):
        data = locate(deck.folder, name).read_bytes()
        members[name] = _with_label(data, name, truth) if truth.machine else data
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name in sorted(members, key=lambda name: (name != DECK_FILE, name)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            info.compress_type = zipfile.ZIP_DEFLATED if name == DECK_FILE else zipfile.ZIP_STORED
            packed.writestr(info, members[name])
    write_whole(out, archive.getvalue())
    return out


def import_zip(data: bytes, name: str, settings: Settings) -> LoadedDeck:
    """Install the deck in the zip ``data`` (called ``name``), or nothing at all.

    Raises what :func:`clean` and :func:`install_files` raise.
    """
    return install_files(clean(data, name), settings)


def clean(data: bytes, name: str) -> dict[str, bytes]:
    """The files of the deck in the zip ``data``, each picture decoded and encoded again. For a light worker.

    Raises :class:`BadArchive`, :class:`BadContent` with every fault of the deck, or :class:`SetupError`.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="contrechamp-deck-") as temporary:
            raw, afresh = Path(temporary) / "raw", Path(temporary) / "afresh"
            unpack(data, name, raw)
            words = _reencode(load(raw), afresh)
            files = {
                path.relative_to(afresh).as_posix(): path.read_bytes() for path in afresh.rglob("*") if path.is_file()
            }
    except OSError as error:
        raise _disk(error) from error
    return {DECK_FILE: dump(words), **files}


def install_files(files: Mapping[str, bytes], settings: Settings) -> LoadedDeck:
    """Install a deck from its :func:`clean` files. An id already taken gets a number. Raises :class:`SetupError`."""

    def fill(folder: Path) -> Deck:
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return content.load(folder / DECK_FILE, Deck)

    return install(fill, settings)


def unpack(data: bytes, name: str, folder: Path) -> None:
    """Write the members of the zip ``data`` below ``folder``; a single top folder is stripped.

    Raises :class:`BadArchive`.
    """
    from kit.archives import read_zip

    members = read_zip(
        data,
        name,
        max_members=MAX_MEMBERS,
        max_total=MAX_TOTAL,
        max_ratio=MAX_RATIO,
        allowed_suffixes=(".yaml", *IMAGE_SUFFIXES),
    )
    found = [path for path in members if path.split("/")[-1] == DECK_FILE and path.count("/") <= 1]
    if len(found) != 1:
        raise BadArchive(
            "“{name}” holds {count} deck.yaml; a deck is a zip with exactly one, at its top or in its only folder.",
            name=name,
            count=len(found),
        )
    prefix = found[0].removesuffix(DECK_FILE)
    for path, member in members.items():
        if path.startswith(prefix):
            target = folder / path.removeprefix(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(member)


def install(fill: Callable[[Path], Deck], settings: Settings) -> LoadedDeck:
    """Install the deck that ``fill`` writes into an empty folder (its pictures; it returns the words).

    The folder appears in :attr:`Settings.decks` complete or not at all.
    """
    try:
        settings.decks.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".incoming-", dir=settings.decks))
    except OSError as error:
        raise _disk(error) from error
    try:
        deck = fill(temporary)
        for candidate in _free(deck.id, settings.decks):
            named = deck.model_copy(update={"id": candidate})
            (temporary / DECK_FILE).write_bytes(dump(named))
            load(temporary)
            try:
                temporary.rename(settings.decks / candidate)
            except OSError:
                # Taken in between by someone else: another number. Anything else is the disk.
                if not (settings.decks / candidate).exists():
                    raise
                continue
            return load(settings.decks / candidate)
        raise AssertionError("the candidates never end")
    except OSError as error:
        raise _disk(error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def dump(deck: Deck) -> bytes:
    """``deck`` as the bytes of a ``deck.yaml`` that reads back equal."""
    plain = deck.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110).encode()


class _Dumper(yaml.SafeDumper):
    """Without aliases, which no file of the kit may hold."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def write_whole(path: Path, data: bytes) -> None:
    """Write ``path`` completely or leave it as it was. Raises :class:`SetupError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            # mkstemp opens for the owner only; what a person exports is an ordinary file.
            Path(temporary).chmod(0o644)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _disk(error) from error


def save_picture(picture: np.ndarray, path: Path, truth: Truth) -> None:
    """Write ``picture`` (uint8, (height, width, 3)) as a PNG, with its label if a machine made some of it.

    The file is written completely or left as it was. Raises :class:`SetupError`.
    """
    write_whole(path, label_png(picture, truth) if truth.machine else _png(picture))


def _reencode(loaded: LoadedDeck, folder: Path) -> Deck:
    """Write the pictures of ``loaded`` afresh below ``folder``; the words with the new names."""
    items = []
    for item in loaded.deck.items:
        source = item.source
        if not source.package:
            source = source.model_copy(update={"file": f"{item.id}-real.png", "crop": None})
            save_picture(_shrunk(loaded.source_pixels(item)), folder / source.file, Truth.REAL)
        versions = []
        for version in item.versions:
            update: dict[str, object] = {}
            if version.file:
                update["file"] = f"{item.id}-{version.truth}.png"
                save_picture(_shrunk(loaded.version_pixels(version.file)), folder / str(update["file"]), version.truth)
            if version.overlay:
                piece = f"{item.id}-{version.truth}-overlay.png"
                save_picture(loaded.version_pixels(version.overlay.file), folder / piece, version.truth)
                update["overlay"] = version.overlay.model_copy(update={"file": piece})
            versions.append(version.model_copy(update=update))
        items.append(item.model_copy(update={"source": source, "versions": tuple(versions)}))
    return loaded.deck.model_copy(update={"items": tuple(items)})


def _free(wanted: str, decks: Path) -> Iterator[str]:
    """Ids from ``wanted`` on that no folder of ``decks`` has."""
    stem = wanted if wanted not in RESERVED else f"deck-{wanted}"
    for number in itertools.count(1):
        candidate = stem if number == 1 else f"{stem[:58]}-{number}"
        if not (decks / candidate).exists():
            yield candidate


def _shrunk(picture: np.ndarray) -> np.ndarray:
    """``picture``, or a smaller copy whose longer side is :data:`MAX_SIDE`."""
    height, width = picture.shape[:2]
    ratio = MAX_SIDE / max(height, width)
    if ratio >= 1:
        return picture
    size = (round(width * ratio), round(height * ratio))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def _png(picture: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, format="PNG", optimize=False, compress_level=6)
    return out.getvalue()


def _with_label(data: bytes, name: str, truth: Truth) -> bytes:
    from kit.images import label

    found = label.read_label(data)
    known = found is not None and found.source_type == label_type(truth) and found.box is not None
    return data if known else label_png(pixels(data, name), truth)


def label_type(truth: Truth) -> SourceType:
    """The IPTC digital source type of a machine's picture."""
    from kit.images.label import SourceType

    return SourceType.GENERATED if truth is Truth.GENERATED else SourceType.ALTERED


def label_png(picture: np.ndarray, truth: Truth, lang: str = "fr") -> bytes:
    """``picture`` (uint8, (height, width, 3)) as a PNG with its label, visible and in its metadata."""
    from kit.images import label

    return label.labelled_png(picture, label_type(truth), lang)


def _disk(error: OSError) -> SetupError:
    return SetupError(
        "The deck could not be written ({reason}). Free some disk space, or check that the folder may be written to.",
        reason=error.strerror or str(error),
    )
