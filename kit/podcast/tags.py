"""The ID3v2.3 tags of an episode's MP3: what it is, its cover, its chapters, and what machines made of it.

References: id3.org, « ID3v2 Chapter Frame Addendum » 1.0, for CHAP and CTOC. Version 2.3 because every player reads it.
"""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from kit.i18n import N_, translator
from kit.podcast.chapters import Chapter
from kit.podcast.episode import Episode
from kit.podcast.machines import SourceType
from kit.printable import line, lines

if TYPE_CHECKING:
    from mutagen.id3 import Frame

STATEMENT = "AI use"
SOURCE_TYPE = "Iptc4xmpExt:DigitalSourceType"
"""Descriptions of the TXXX frames that tell what machines made: in words, and as the term of IPTC."""
LANGUAGES = {"fr": "fra", "en": "eng"}
"""ISO 639-2, as ID3 writes them."""
NO_OFFSET = 0xFFFFFFFF
"""In a chapter: its place in bytes is not given, players go by its times."""
GENRE = "Podcast"

_UTF16 = 1
"""With a byte order mark: the one encoding of all letters that version 2.3 knows."""


def write(
    mp3: Path,
    episode: Episode,
    found: tuple[Chapter, ...],
    *,
    released: date,
    cover: bytes,
    statement: tuple[str, ...],
    source_type: SourceType | None,
) -> None:
    """Write the tags at the beginning of ``mp3``, in the place of those it has.

    ``cover``: a JPEG. ``statement``: see :func:`kit.podcast.machines.statement`. Raises ``OSError``.
    """
    from mutagen.id3 import ID3

    tags = ID3()
    about, contents = _about(episode, released, cover), _chapters(found, episode.language)
    for frame in [*about, *contents, *_machines(statement, source_type)]:
        tags.add(frame)
    tags.update_to_v23()
    tags.save(mp3, v1=0, v2_version=3)


def _about(episode: Episode, released: date, cover: bytes) -> list[Frame]:
    from mutagen import id3

    publication, lang = episode.publication, LANGUAGES[episode.language]
    texts = {
        id3.TIT2: line(episode.title),
        id3.TPE1: line(publication.author or episode.team),
        id3.TALB: line(publication.show),
        id3.TCON: GENRE,
        id3.TLAN: lang,
        id3.TCOP: line(publication.licence),
        id3.TDES: lines(publication.description),
    }
    frames: list[Frame] = [kind(encoding=_UTF16, text=text) for kind, text in texts.items() if text]
    frames.append(id3.TDRC(encoding=_UTF16, text=released.isoformat()))
    if description := lines(publication.description):
        frames.append(id3.COMM(encoding=_UTF16, lang=lang, desc="", text=description))
    frames.append(id3.APIC(encoding=_UTF16, mime="image/jpeg", type=id3.PictureType.COVER_FRONT, desc="", data=cover))
    return frames


def _chapters(found: tuple[Chapter, ...], language: str) -> list[Frame]:
    from mutagen import id3

    ids = _ids([chapter.title for chapter in found])
    frames: list[Frame] = [
        id3.CHAP(
            element_id=element_id,
            start_time=round(1000 * chapter.start),
            end_time=round(1000 * chapter.end),
            start_offset=NO_OFFSET,
            end_offset=NO_OFFSET,
            sub_frames=[id3.TIT2(encoding=_UTF16, text=chapter.title)],
        )
        for element_id, chapter in zip(ids, found, strict=True)
    ]
    if ids:
        contents = id3.CTOC(
            element_id="toc",
            flags=id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED,
            child_element_ids=ids,
            sub_frames=[id3.TIT2(encoding=_UTF16, text=translator(language)(N_("Chapters")))],
        )
        frames.append(contents)
    return frames


def _ids(titles: list[str]) -> list[str]:
    """The ids of the chapters in the tag, unseen by listeners.

    mutagen writes frames of one kind by size, then by id, and some players show chapters in the order of the file. So
    no chapter may be smaller than the one before: its id is drawn out until it is not.
    """
    sizes = [len(title.encode("utf-16-le")) for title in titles]
    return [
        f"chp{n:03d}" + "-" * (largest - size)
        for n, (size, largest) in enumerate(zip(sizes, accumulate(sizes, max), strict=True))
    ]


def _machines(statement: tuple[str, ...], source_type: SourceType | None) -> list[Frame]:
    from mutagen import id3

    frames: list[Frame] = [id3.TXXX(encoding=_UTF16, desc=STATEMENT, text="\n".join(statement))]
    if source_type is not None:
        frames.append(id3.TXXX(encoding=_UTF16, desc=SOURCE_TYPE, text=source_type.uri))
    return frames
