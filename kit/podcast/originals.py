"""The sounds of a project: which ones its episode names, what they are called, how they come into its folder."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from kit.podcast import disk
from kit.podcast.episode import SOUNDS, WORK, Episode, Music, Source, Take

SUFFIXES = (
    *(".wav", ".mp3", ".m4a", ".mp4", ".aac", ".ogg", ".oga", ".opus", ".webm", ".flac", ".aif", ".aiff", ".aifc"),
    *(".3gp", ".3gpp", ".3g2", ".amr", ".awb", ".caf", ".mka", ".mkv", ".mov", ".wma", ".au"),
)
"""How the files that people bring end. What they are is told by their content."""
UNKNOWN = ".sound"
"""The suffix of an original whose own is none of these."""


def sources(episode: Episode) -> Iterator[Source]:
    """Every take, jingle, voice and piece of music, heard or not; those of beds last."""
    for segment in episode.segments:
        yield from segment.sources
    for bed in episode.beds:
        yield bed.source


def files(episode: Episode) -> tuple[str, ...]:
    """The files that ``episode`` names, once each, in order."""
    return tuple(dict.fromkeys(source.file for source in sources(episode) if isinstance(source, Take | Music)))


def renamed(episode: Episode, names: Mapping[str, str]) -> Episode:
    """``episode`` with other names for its files."""

    def one(source: Source) -> Source:
        if not isinstance(source, Take | Music):
            return source
        return source.model_copy(update={"file": names.get(source.file, source.file)})

    segments = tuple(s.model_copy(update={"sources": tuple(map(one, s.sources))}) for s in episode.segments)
    beds = tuple(bed.model_copy(update={"source": one(bed.source)}) for bed in episode.beds)
    return episode.having(segments=segments, beds=beds)


def keep(folder: Path, source: BinaryIO, name: str) -> str:
    """Copy ``source``, called ``name``, into the sounds of the project in ``folder``; how an episode names it.

    The name is made of the content: the same sound is kept once. Raises :class:`OSError`.
    """
    sounds = folder / SOUNDS
    sounds.mkdir(exist_ok=True)

    def fill(out: BinaryIO) -> Path:
        digest = hashlib.sha256()
        while piece := source.read(2**20):
            digest.update(piece)
            out.write(piece)
        return sounds / f"{digest.hexdigest()[:16]}{_suffix(name)}"

    return f"{SOUNDS}/{disk.place(sounds, fill).name}"


def forget(folder: Path, file: str, episode: Episode) -> None:
    """Erase a sound of the project in ``folder``, and all that was made of it, unless ``episode`` still names it.

    What was mixed holds it too: that goes as well, and is made again.
    """
    if file in files(episode):
        return
    (folder / file).unlink(missing_ok=True)
    shutil.rmtree(folder / WORK, ignore_errors=True)


def _suffix(name: str) -> str:
    ending = os.path.splitext(name)[1].lower()
    return ending if ending in SUFFIXES else UNKNOWN
