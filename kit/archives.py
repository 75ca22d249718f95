"""The one door for zips from people.

Everything is checked before anything is inflated, and checked again while it is: names, kinds, sizes and places of
the members come from the file, so none of them is believed. The result is a plain mapping in memory; nothing is
written to disk here.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

from kit.errors import BadArchive

MAX_BYTES = 100 * 2**20
MAX_MEMBERS = 1000
MAX_TOTAL = 300 * 2**20
MAX_RATIO = 100
RATIO_FROM = 2**20
"""A member smaller than this, once inflated, may have any ratio: a short repetitive text is no bomb."""
MAX_DEPTH = 8
MAX_PART = 200
"""Longest name of a file or folder, in bytes of UTF-8: systems stop at 255, and copies get longer names."""

_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
)
"""What :mod:`zipfile` raises on damaged archives."""
_LOCAL, _END = b"PK\x03\x04", b"PK\x05\x06"
_INNER = (_LOCAL, _END, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_INNER_SUFFIXES = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".cab", ".jar", ".iso")
_CLUTTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
"""What systems leave in folders, and nobody meant to send."""
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners: invisible, but emoji and several scripts need them."""


def read_zip(
    source: bytes | Path,
    name: str,
    *,
    max_bytes: int = MAX_BYTES,
    max_members: int = MAX_MEMBERS,
    max_total: int = MAX_TOTAL,
    max_ratio: float = MAX_RATIO,
    allowed_suffixes: Collection[str] | None = None,
) -> dict[str, bytes]:
    """The files of a zip: name (NFC, ``/`` between folders) → content, in the order of the archive.

    ``max_bytes`` bounds the zip, ``max_total`` what it inflates to (bytes), ``max_ratio`` inflated ÷ stored size of
    any member; ``allowed_suffixes`` are endings in lower case with their dot, all when None. Folders and what systems
    leave behind (``__MACOSX/``, ``.DS_Store``, ``Thumbs.db``, ``desktop.ini``) are left out.

    Raises :class:`kit.errors.BadArchive` with one sentence; never anything else for what is in the file.
    """
    name = _shown(name)
    data = _bytes(source, name, max_bytes)
    # 1. A zip and nothing but a zip, with a count that is not absurd.
    if not data:
        raise BadArchive("“{name}” is empty. Choose the file again.", name=name)
    start, count = _end_record(data, name)
    if count != 0xFFFF and count > max_members:
        raise _too_many(name, count, max_members)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > max_members:
                raise _too_many(name, len(members), max_members)
            if count not in (0xFFFF, len(members)):
                raise zipfile.BadZipFile("wrong count")
            # 2. Every member, by what the archive claims.
            names = _names(members, name)
            for member in members:
                _check_kind(member, name)
            _check_places(data, members, min(start, archive.start_dir), name)
            _check_sizes(members, name, max_total, max_ratio)
            wanted = [(member, clean) for member, clean in zip(members, names, strict=True) if _wanted(member, clean)]
            for _, clean in wanted:
                _check_suffix(clean, name, allowed_suffixes)
            # 3. The content, by what it really is.
            files: dict[str, bytes] = {}
            left = max_total
            for member, clean in wanted:
                content = _content(archive, member, left, name, max_total)
                if content.startswith(_INNER):
                    raise _nested(name, clean)
                left -= len(content)
                files[clean] = content
            return files
    except _FAULTS as error:
        raise _damaged(name) from error


def _bytes(source: bytes | Path, name: str, max_bytes: int) -> bytes:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > max_bytes:
            raise BadArchive(
                "“{name}” weighs {size} MB; at most {limit} MB are accepted. Split it or reduce its pictures.",
                name=name,
                size=-(-size // 2**20),
                limit=max_bytes // 2**20,
            )
        return source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise BadArchive(
            "“{name}” cannot be read ({reason}). Check where it is, then choose it again.",
            name=name,
            reason=error.strerror or str(error),
        ) from error


def _end_record(data: bytes, name: str) -> tuple[int, int]:
    """Where the end record starts, and how many members it announces.

    A zip is read from its end: data may stand before or after it, so that one file is a photo for one program and an
    archive for another. We take neither.
    """
    at = data.rfind(_END, max(0, len(data) - 22 - 0xFFFF))
    if at < 0 or at + 22 > len(data):
        if data.startswith(_LOCAL):
            raise BadArchive("“{name}” is a zip cut short. Copy or download it again.", name=name)
        raise BadArchive("“{name}” is not a zip. Send a .zip file.", name=name)
    disk, first_disk, _, count, _, _, comment = struct.unpack_from("<HHHHIIH", data, at + 4)
    if not data.startswith((_LOCAL, _END)) or at + 22 + comment != len(data):
        raise BadArchive("“{name}” holds other data around its zip. Make the zip again, with nothing else.", name=name)
    if (disk, first_disk) not in ((0, 0), (0xFFFF, 0xFFFF)):
        raise BadArchive("“{name}” is one part of a zip in several parts. Make it in one part.", name=name)
    return at, count


def _names(members: list[zipfile.ZipInfo], name: str) -> list[str]:
    """The clean names, in order. Refuses what could land elsewhere, hide, or overwrite."""
    names: list[str] = []
    files: set[str] = set()
    folders: set[str] = set()
    for member in members:
        clean = _clean(_decoded(member), name)
        key = clean.casefold()
        # A trailing slash means a folder, which may be announced more than once.
        if not _is_folder(member):
            if key in files:
                raise BadArchive(
                    "“{name}” holds “{member}” twice (perhaps in capitals). Rename one of them, then zip again.",
                    name=name,
                    member=_shown(clean),
                )
            files.add(key)
        else:
            folders.add(key)
        parts = key.split("/")
        folders.update("/".join(parts[:i]) for i in range(1, len(parts)))
        names.append(clean)
    if clash := files & folders:
        raise BadArchive(
            "In “{name}”, “{member}” is both a file and a folder. Rename one of them, then zip again.",
            name=name,
            member=_shown(sorted(clash)[0]),
        )
    return names


def _decoded(member: zipfile.ZipInfo) -> str:
    """The name as its author meant it: macOS writes UTF-8 without saying so."""
    raw = member.orig_filename
    if member.flag_bits & 0x800:
        return raw
    try:
        return raw.encode("cp437").decode("utf-8")
    except UnicodeError:
        return raw


def _clean(raw: str, name: str) -> str:
    """NFC, ``/`` as separator. Raises :class:`BadArchive` for a name that is not safe everywhere."""
    # Windows programs of old write backslashes: they separate folders, and must not smuggle any.
    text = unicodedata.normalize("NFC", raw.replace("\\", "/"))
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in _JOINERS for c in text):
        raise BadArchive(
            "“{name}” holds a file whose name contains invisible characters (“{member}”). Rename it, then zip again.",
            name=name,
            member=_shown(text),
        )
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if text.startswith("/") or re.match(r"[A-Za-z]:", text) or ".." in parts or not parts:
        raise BadArchive(
            "“{name}” holds a file that would land outside its folder (“{member}”). Make the zip again.",
            name=name,
            member=_shown(text),
        )
    for part in parts:
        if re.search(r'[<>:"|?*]', part) or part[-1] in ". " or _RESERVED.match(part):
            raise BadArchive(
                "“{name}” holds a file whose name some computers refuse (“{member}”). Rename it, then zip again.",
                name=name,
                member=_shown(text),
            )
    if len(parts) > MAX_DEPTH or any(len(part.encode()) > MAX_PART for part in parts):
        raise BadArchive(
            "“{name}” holds a name that is too long or too deep (“{member}”). Shorten it, then zip again.",
            name=name,
            member=_shown(text),
        )
    return "/".join(parts)


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.orig_filename.endswith(("/", "\\"))


def _wanted(member: zipfile.ZipInfo, clean: str) -> bool:
    parts = clean.casefold().split("/")
    return not (_is_folder(member) or "__macosx" in parts or parts[-1] in _CLUTTER)


def _check_kind(member: zipfile.ZipInfo, name: str) -> None:
    if member.flag_bits & 0x2041:  # encrypted, strongly encrypted, or with a masked directory
        raise BadArchive("“{name}” is protected by a password. Make the zip again without one.", name=name)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadArchive(
            "“{name}” holds a link instead of a file (“{member}”). Replace it with the file itself, then zip again.",
            name=name,
            member=_shown(member.filename),
        )
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchive(
            "“{name}” is compressed in an unusual way. Make it again with your computer's own “Compress” command.",
            name=name,
        )
    if member.filename.lower().endswith(_INNER_SUFFIXES):
        raise _nested(name, member.filename)


def _check_places(data: bytes, members: list[zipfile.ZipInfo], directory: int, name: str) -> None:
    """Each member has a place of its own before the directory: overlapping ones make bombs out of few bytes."""
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        at = member.header_offset
        if data[at : at + 4] != _LOCAL or at + 30 > len(data) or at < end:
            raise _damaged(name)
        name_length, extra_length = struct.unpack_from("<HH", data, at + 26)
        end = at + 30 + name_length + extra_length + member.compress_size
        if end > directory:
            raise _damaged(name)


def _check_sizes(members: list[zipfile.ZipInfo], name: str, max_total: int, max_ratio: float) -> None:
    total = sum(member.file_size for member in members)
    if total > max_total:
        raise _too_big(name, max_total)
    stored = sum(member.compress_size for member in members)
    pairs = [(member.file_size, member.compress_size) for member in members] + [(total, stored)]
    if any(size > max(RATIO_FROM, max_ratio * packed) for size, packed in pairs):
        raise BadArchive(
            "“{name}” inflates more than {ratio} times, as a zip bomb does; it was not opened. Zip the files again.",
            name=name,
            ratio=int(max_ratio),
        )


def _check_suffix(clean: str, name: str, allowed: Collection[str] | None) -> None:
    if allowed is not None and not clean.lower().endswith(tuple(allowed)):
        raise BadArchive(
            "“{name}” holds “{member}”, which does not belong there. Only these are accepted: {allowed}.",
            name=name,
            member=_shown(clean),
            allowed=" ".join(sorted(allowed)),
        )


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, name: str, max_total: int) -> bytes:
    """Inflate one member in small steps, never past ``left`` bytes."""
    pieces, size = [], 0
    with archive.open(member) as stream:
        while piece := stream.read(2**18):
            size += len(piece)
            if size > left:
                raise _too_big(name, max_total)
            pieces.append(piece)
    if size != member.file_size:
        raise zipfile.BadZipFile("wrong size")
    return b"".join(pieces)


def _shown(name: str) -> str:
    """A name fit for a sentence: nothing invisible or direction-changing, at most 80 characters."""
    clean = "".join(c if unicodedata.category(c)[0] != "C" else "�" for c in name).strip()
    return clean if len(clean) <= 80 else clean[:50] + "…" + clean[-25:]


def _damaged(name: str) -> BadArchive:
    return BadArchive("“{name}” is a damaged zip and cannot be opened. Copy or download it again.", name=name)


def _nested(name: str, member: str) -> BadArchive:
    return BadArchive(
        "“{name}” contains another zip or archive (“{member}”). Take its files out of it, then zip again.",
        name=name,
        member=_shown(member),
    )


def _too_many(name: str, count: int, limit: int) -> BadArchive:
    return BadArchive(
        "“{name}” holds {count} files; at most {limit} are accepted. Split it in several zips.",
        name=name,
        count=count,
        limit=limit,
    )


def _too_big(name: str, limit: int) -> BadArchive:
    return BadArchive(
        "“{name}” inflates to more than {limit} MB, the most that is accepted. Split it or reduce its pictures.",
        name=name,
        limit=limit // 2**20,
    )
