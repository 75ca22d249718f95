"""An episode out of its folder: the MP3 with its tags, and the files that are published beside it.

No consent, no publication: where the checklist finds something that forbids it, everything is made for the room to
listen to, but no feed is written, and one from before is taken away.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from kit import content
from kit.compute.progress import report
from kit.errors import BadInput, KitError, NotFound, SetupError
from kit.podcast import chapters, cover, disk, feed, machines, notes, originals, tags, transcript
from kit.podcast.assembling import assemble
from kit.podcast.checklist import checklist, may_publish
from kit.podcast.episode import FILE, WORK, Episode
from kit.podcast.mixdown import Sound, mix
from kit.podcast.remarks import Point, Remark
from kit.podcast.transcript import Heard
from kit.printable import line

NOTES = "notes.md"
FILES = (feed.SOUND, feed.CHAPTERS, *feed.TRANSCRIPTS, NOTES, feed.COVER, feed.FEED)
"""What an episode that may be published is made of, in the order of writing: the feed, which names the others, last."""

MIXES = "mixes"
"""The folder of the mixes that are kept, in the one for work."""
MOST_MIXES = 4
"""How many: those of before are erased."""
_SOUND = TypeAdapter(Sound)
_LEFT_OVER = 24 * 3600.0
"""Seconds after which what a killed process has left in the folder for work is swept away."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """An episode that has been made."""

    seconds: float
    integrated: float | None
    """LUFS of the MP3, decoded; None if that is too soft or too short to be measured."""
    true_peak: float
    """dBTP of the MP3, decoded."""
    wall: float
    """Seconds that making it took."""
    files: tuple[str, ...]
    """Names in the folder it was written to."""
    points: tuple[Point, ...]
    """The checklist, of this mix."""
    notes: tuple[KitError, ...]
    """What to know before publishing."""

    @property
    def publishable(self) -> bool:
        """Whether nothing forbids publication."""
        return may_publish(self.points)

    @property
    def missing(self) -> tuple[KitError, ...]:
        """What stands in the way of publication, and what to do about it, in sentences."""
        stops = [point for point in self.points if point.state == "stop"]
        return tuple(
            Remark("{what} {todo}", what=point.what, todo=point.todo) if point.todo else point.what for point in stops
        )

    def as_json(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """The report as plain types."""
        return {
            "duration": round(self.seconds, 3),
            "integrated_loudness": self.integrated,
            "true_peak": self.true_peak,
            "wall_time": round(self.wall, 3),
            "files": list(self.files),
            "publishable": self.publishable,
            "missing": [why.text(translate) for why in self.missing],
            "notes": [note.text(translate) for note in self.notes],
        }


def render(
    folder: str | Path,
    out: str | Path,
    *,
    sound: Sound | None = None,
    today: date | None = None,
    recognised: Mapping[str, Sequence[Heard]] | None = None,
) -> Rendered:
    """Make the episode of the project in ``folder``, in the folder ``out``, which is made if needed.

    ``sound``: its mix, if there is one already (:func:`mix_down`). ``today``: the day on which consents must hold, and
    that of publication where the episode names none. ``recognised``: what was recognised in segments, by id, for the
    transcript to use in place of their texts. Each file appears whole or not at all. The same project gives the same
    bytes, on one machine and the same day.

    Reports its progress. Raises :class:`NotFound` if there is no such project, or a sound of it is missing;
    :class:`kit.faults.Faults` with every fault of its ``episode.yaml``; :class:`BadInput` if there is nothing to hear,
    or ``out`` cannot be written without harm to an original; :class:`BadAudio`; :class:`SetupError` if the disk
    refuses; and what synthetic voices raise.
    """
    began = time.perf_counter()
    folder, out, today = Path(folder), Path(out), today or date.today()
    episode = _episode(folder)
    _spare_originals(folder, out, episode)
    assembled = assemble(folder, episode)
    with _told(out):
        out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()  # before anything long begins
    with _scratch(folder) as scratch:
        # 1. The sound.
        mp3 = scratch / feed.SOUND
        if sound is None:
            sound = mix(assembled, mp3, channels=episode.channels, scratch=scratch)
        else:
            with _told(scratch):
                shutil.copyfile(sound.path, mp3)
        report(0.95, "The files of the episode are written.")
        # 2. What stands in the way of publication.
        loudness = (float("nan") if sound.integrated is None else sound.integrated, sound.true_peak)
        points = checklist(episode, seconds=sound.seconds, loudness=loudness, today=today)
        # 3. The files around it.
        released = episode.publication.released or today
        files = _accompany(mp3, episode, sound, released, recognised)
        if may_publish(points):
            size = mp3.stat().st_size
            files[feed.FEED] = feed.feed(episode, seconds=sound.seconds, size=size, released=released)
        _write(out, mp3, files)
    return Rendered(
        seconds=sound.seconds,
        integrated=sound.integrated,
        true_peak=sound.true_peak,
        wall=time.perf_counter() - began,
        files=(feed.SOUND, *files),
        points=points,
        notes=tuple(_remarks(episode, files.get(feed.FEED))),
    )


def mix_down(folder: str | Path, key: str) -> Sound:
    """The sound of the project in ``folder`` alone, mixed once for each ``key`` and kept in its folder for work.

    ``key``: letters and digits that stand for everything that changes how the episode sounds. Raises what
    :func:`render` raises.
    """
    folder = Path(folder)
    episode = _episode(folder)
    mixes = folder / WORK / MIXES
    kept, facts = mixes / f"{key}.mp3", mixes / f"{key}.json"
    with suppress(OSError, ValueError):  # not made yet, or not whole
        if kept.is_file():
            return replace(_SOUND.validate_json(facts.read_bytes()), path=kept)
    with _scratch(folder) as scratch:
        sound = mix(assemble(folder, episode), scratch / feed.SOUND, channels=episode.channels, scratch=scratch)
        with _told(mixes):
            mixes.mkdir(exist_ok=True)
            os.replace(sound.path, kept)
            disk.write(facts, _SOUND.dump_json(sound))  # last: with it, the mix is whole
            for path in sorted(mixes.iterdir(), key=lambda path: path.stat().st_mtime)[: -2 * MOST_MIXES]:
                path.unlink(missing_ok=True)
    return replace(sound, path=kept)


def _accompany(
    mp3: Path, episode: Episode, sound: Sound, released: date, recognised: Mapping[str, Sequence[Heard]] | None
) -> dict[str, bytes]:
    """Write the tags of the MP3; the files that go with it, by name, but the feed."""
    starts = {name: start for name, (start, _) in sound.spans.items()}
    found = chapters.chapters(episode, starts, sound.seconds)
    said = transcript.passages(episode, sound.spans, sound.seconds, recognised)
    picture = cover.draw(episode.title, episode.publication.show, episode.publication.cover)
    with _told(mp3.parent):
        tags.write(
            mp3,
            episode,
            found,
            released=released,
            cover=cover.jpeg(picture),
            statement=machines.statement(episode, starts),
            source_type=machines.source_type(episode, starts),
        )
    texts = {
        feed.CHAPTERS: chapters.as_json(episode, found),
        "transcript.vtt": transcript.vtt(said),
        "transcript.srt": transcript.srt(said),
        "transcript.txt": transcript.text(episode, said),
        NOTES: notes.notes(episode, found, starts),
    }
    return {name: text.encode() for name, text in texts.items()} | {feed.COVER: cover.png(picture)}


def _remarks(episode: Episode, xml: bytes | None) -> Iterator[KitError]:
    """What to know before publishing."""
    if xml is not None:
        yield from feed.faults(xml)
    title = line(episode.title)
    if sum(map(str.isalnum, cover.drawable(title))) < sum(map(str.isalnum, title)):
        yield BadInput("The cover leaves out those letters of the title that its type does not have.")


# -- the folders ------------------------------------------------------------------------------------------------------


def _episode(folder: Path) -> Episode:
    if not folder.is_dir():
        raise NotFound("There is no folder “{name}”. Give the folder of a podcast project.", name=str(folder))
    if not (folder / FILE).is_file():
        raise NotFound(
            "There is no {file} in “{folder}”. Give the folder of a project, or begin one: contrechamp podcast new",
            file=FILE,
            folder=str(folder),
        )
    return content.load(folder / FILE, Episode)


def _spare_originals(folder: Path, out: Path, episode: Episode) -> None:
    """Refuse to write over what the episode is made from."""
    ours = {(folder / name).resolve() for name in (FILE, *originals.files(episode))}
    for name in FILES:
        if (out / name).resolve() in ours:
            raise BadInput(
                "“{file}” in “{out}” is one of the project’s own sounds and would be lost. Write to another folder.",
                file=name,
                out=str(out),
            )


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder for what is only needed meanwhile, on the disk of the project."""
    work = folder / WORK
    with _told(work):
        work.mkdir(exist_ok=True)
        for path in work.glob(f"{disk.INCOMING}*"):
            disk.sweep(path, time.time() - _LEFT_OVER)
        scratch = Path(tempfile.mkdtemp(prefix=disk.INCOMING, dir=work))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(out: Path, sound: Path, files: Mapping[str, bytes]) -> None:
    """Put the MP3 ``sound`` and ``files`` into ``out``, each whole; a feed of before that is not among them goes."""

    def copy(target: BinaryIO) -> Path:
        with sound.open("rb") as source:
            shutil.copyfileobj(source, target, 2**20)
        return out / feed.SOUND

    with _told(out):
        if feed.FEED not in files:
            (out / feed.FEED).unlink(missing_ok=True)
        disk.place(out, copy)
        for name, data in files.items():
            disk.write(out / name, data)
        for name in (feed.SOUND, *files):
            (out / name).chmod(0o644)  # for whoever publishes it, and not for its writer alone


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the disk refuses, in a sentence."""
    try:
        yield
    except OSError as error:
        raise SetupError(
            "“{path}” cannot be written ({reason}). Free some space, or choose another folder.",
            path=str(path),
            reason=error.strerror or str(error),
        ) from error
