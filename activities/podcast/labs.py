"""What the computations of « Défi podcast » are: plain functions that workers run on a project's folder.

Paths are given as text, since arguments and results cross between processes. Originals are named after their content:
equal calls share one computation. What is made lies in the project's folder for work, where it is found again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.audio import RATE
from kit.audio.levels import Levels
from kit.compute.limits import Limits
from kit.errors import KitError
from kit.podcast.episode import Episode, Jingle

COLUMNS = 600
"""Of a drawn waveform."""
BED = 16.0
"""Seconds of a bed that one listens to before one lays it."""
READING = Limits(seconds=400, memory_bytes=2**30)
"""For :func:`hear`: two hours of sound are read and listened to in some minutes."""

WRITING = Limits(seconds=3 * 3600, memory_bytes=None)
"""For :func:`write_down`: a model takes longer than the recording lasts."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What was found out about a sound that was brought."""

    file: str
    """An MP3, whatever was brought."""
    seconds: float
    levels: Levels
    notes: tuple[KitError, ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A sound as it is after its operations, to be looked at and listened to."""

    file: str
    """An MP3."""
    seconds: float
    levels: Levels
    wave: tuple[tuple[float, float], ...]
    """The lowest and the highest sample of each column, -1 to 1."""


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """An episode that can be listened to."""

    file: str
    """An MP3, without tags."""
    seconds: float
    loudness: float
    """LUFS of the file, decoded; not a number if there is too little to measure."""
    true_peak: float
    """dBTP of the file, decoded."""
    starts: dict[str, float]
    """Seconds at which each segment that is heard begins, by id."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """What leaves the room."""

    folder: str
    zip: str


def hear(folder: str, file: str, name: str) -> Heard:
    """Decode a sound of the project, once and for all, and measure it. Raises :class:`kit.errors.BadAudio`."""
    from kit.audio.levels import measure
    from kit.podcast.assembling import decoded
    from kit.podcast.listening import listening_copy

    samples, notes = decoded(Path(folder), file, name)
    copy = listening_copy(Path(folder), samples, _digest(file))
    return Heard(file=str(copy), seconds=len(samples) / RATE, levels=measure(samples), notes=notes)


def show(folder: str, source: dict[str, Any], language: str = "fr", kind: str = "column") -> Shown:
    """A source of a segment, as its fields, with its operations: its waveform, its levels, a file to listen to.

    ``kind``: of its segment. Raises what :func:`kit.podcast.assembling.samples_of` raises.
    """
    from kit.audio.levels import measure, waveform
    from kit.podcast.assembling import samples_of
    from kit.podcast.episode import SegmentKind
    from kit.podcast.listening import listening_copy

    samples = samples_of(Path(folder), source, language=language, kind=SegmentKind(kind))
    wave = tuple((float(low), float(high)) for low, high in waveform(samples, COLUMNS))
    file = listening_copy(Path(folder), samples, _digest([source, language, kind]))
    return Shown(file=str(file), seconds=len(samples) / RATE, levels=measure(samples), wave=wave)


def lay(folder: str, source: dict[str, Any]) -> str:
    """Some seconds of music as a bed, to listen to: an MP3. ``source``: the fields of a jingle."""
    from kit.podcast.assembling import bed_of
    from kit.podcast.listening import listening_copy

    samples = bed_of(Path(folder), Jingle.model_validate(source), BED)
    return str(listening_copy(Path(folder), samples, _digest(["bed", source])))


def write_down(folder: str, source: dict[str, Any], language: str, model: str) -> str:
    """What a model of speech recognition hears in a recording with its operations; empty if that is nothing.

    ``model``: the folder of its files. Raises what :func:`kit.audio.transcribing.transcribe` raises.
    """
    from kit.audio.transcribing import transcribe
    from kit.podcast.assembling import samples_of

    cues = transcribe(samples_of(Path(folder), source, language=language), model, language)
    return " ".join(cue.text for cue in cues)[:20_000]


def mix(folder: str, key: str) -> Mixed:
    """Mix the project as it is on disk, whose :func:`sound_key` is ``key``.

    Raises what :func:`kit.podcast.render.mix_down` raises.
    """
    from kit.podcast.render import mix_down

    sound = mix_down(Path(folder), key)
    return Mixed(
        file=str(sound.path),
        seconds=sound.seconds,
        loudness=float("nan") if sound.integrated is None else sound.integrated,
        true_peak=sound.true_peak,
        starts={name: start for name, (start, _) in sound.spans.items()},
    )


def publish(folder: str, key: str) -> Published:
    """The files of the episode around the mix of ``key``, and all in one zip that opens again as a project."""
    from kit.podcast.bundle import pack
    from kit.podcast.render import mix_down, render
    from kit.podcast.store import PUBLISHED

    root = Path(folder)
    out = root / PUBLISHED
    render(root, out, sound=mix_down(root, key))
    return Published(folder=str(out), zip=str(pack(root, root / "work" / "episode.zip")))


def save(folder: str) -> str:
    """The whole project in one zip, which opens again in the kit; its path."""
    from kit.podcast.bundle import pack

    root = Path(folder)
    return str(pack(root, root / "work" / "project.zip"))


def cover(title: str, show: str, seed: int) -> bytes:
    """The cover as a PNG for the screen, a sixth of its size."""
    import io

    from kit.podcast import cover as drawing

    made = drawing.draw(title, show, seed)
    made.thumbnail((500, 500))
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def sound_key(episode: Episode) -> str:
    """Of everything that changes how an episode sounds, and of nothing else."""
    untold = {"name", "marks", "title", "author", "licence", "address"}
    heard = [
        segment.model_dump(mode="json", include={"id", "kind", "voice", "volume", "crossfade"})
        | {"heard": segment.heard.model_dump(mode="json", exclude=untold)}
        for segment in episode.segments
        if segment.heard is not None
    ]
    beds = [bed.model_dump(mode="json") for bed in episode.beds]
    return _digest([heard, beds, episode.channels, episode.language])


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
