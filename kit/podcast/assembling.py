"""From the rundown to what is mixed: each source decoded, cut, composed or spoken, when its turn comes.

What is decoded stays in the project's folder for work, under the name of its content: a sound is decoded once, whatever
is cut out of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import assert_never

import numpy as np
from pydantic import TypeAdapter

from kit import settings
from kit.audio import editing, synth, voice
from kit.audio.mixing import Piece, Under
from kit.audio.operations import Operation
from kit.audio.reading import open_wav, read_sound
from kit.errors import BadAudio, BadInput, KitError, NotFound
from kit.podcast.episode import WORK, Episode, Jingle, Music, Segment, SegmentKind, Source, Synthetic, Take
from kit.podcast.machines import aloud
from kit.podcast.standing import MUSICAL

DECODED = f"{WORK}/decoded"
"""Where decoded copies lie, in the project's folder."""
_SEED = 1
"""Of the intonation of a voice that draws it."""

_SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """What is mixed."""

    segments: tuple[Segment, ...]
    """Those that have a sound, in order; ``pieces`` are theirs."""
    pieces: tuple[Piece, ...]
    beds: tuple[Under, ...]


def assemble(folder: Path, episode: Episode) -> Assembled:
    """The pieces of an episode, and the beds under them, read when the mix asks for them.

    A bed under segments of which none has a sound is left out. Raises :class:`BadInput` if no segment has one,
    :class:`NotFound` if a file that is heard is not in the project; what each piece raises is said in
    :func:`samples_of`.
    """
    segments = tuple(segment for segment in episode.segments if segment.heard is not None)
    if not segments:
        raise BadInput(
            "There is nothing to hear in “{name}” yet. Give at least one part of its rundown a sound.", name=str(folder)
        )
    heard = [segment.heard for segment in segments if segment.heard is not None]
    for source in [*heard, *(bed.source for bed in episode.beds)]:
        if isinstance(source, Take | Music):
            original(folder, source.file)
    pieces = [
        Piece(
            read=partial(samples_of, folder, source, language=episode.language, kind=segment.kind),
            voice=_spoken(segment, source),
            volume=segment.volume,
            crossfade=segment.crossfade,
        )
        for segment, source in zip(segments, heard, strict=True)
    ]
    order = [segment.id for segment in episode.segments]
    places = [order.index(segment.id) for segment in segments]
    beds = []
    for bed in episode.beds:
        first, last = order.index(bed.first), order.index(bed.last)
        under = [index for index, place in enumerate(places) if first <= place <= last]
        if under:
            read = partial(bed_of, folder, bed.source)
            beds.append(Under(first=under[0], last=under[-1], read=read, volume=bed.volume, duck=bed.duck))
    return Assembled(segments=segments, pieces=tuple(pieces), beds=tuple(beds))


def samples_of(
    folder: Path,
    source: Source | Mapping[str, object],
    *,
    language: str = "fr",
    kind: SegmentKind = SegmentKind.COLUMN,
) -> np.ndarray:
    """What is heard of a source: int16, (frames, 1 or 2), at :data:`kit.audio.RATE`, read-only or not.

    ``source``: itself, or its fields. ``kind``: of its segment; a jingle between two parts is a sting. Raises
    :class:`NotFound` for a file or a model that is not there, :class:`BadAudio`, :class:`BadInput` for operations that
    do not fit, and what a synthetic voice raises.
    """
    source = _SOURCE.validate_python(source)
    match source:
        case Take(name=name):
            return _edited(folder, source.file, name, source.operations)
        case Music(title=title):
            return _edited(folder, source.file, title, source.operations)
        case Jingle():
            compose = synth.sting if kind is SegmentKind.STING else synth.jingle
            return compose(source.mood, source.seed, source.seconds)
        case Synthetic():
            return _voice(source, language)
        case _:
            assert_never(source)


def decoded(folder: Path, file: str, name: str = "") -> tuple[np.ndarray, tuple[KitError, ...]]:
    """A sound of the project in ``folder``, decoded, and what was said about it if that was done just now.

    ``name``: what people call it, in sentences. Returns int16, (frames, 1 or 2), mapped from the disk, read-only.
    Raises :class:`NotFound`, :class:`BadAudio`, :class:`SetupError`.
    """
    path = original(folder, file)
    try:
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()[:16]
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadAudio(
            "“{name}” cannot be read ({reason}). Choose the file again.", name=file, reason=reason
        ) from error
    copy = folder / DECODED / f"{digest}.wav"
    if copy.is_file():
        try:
            return open_wav(copy), ()
        except BadAudio:  # changed by somebody else: made again, as after it is erased
            copy.unlink()
    facts = read_sound(path, name or file, copy)
    return open_wav(copy), facts.notes


def original(folder: Path, file: str) -> Path:
    """The path of a file of the project. Raises :class:`NotFound` if it is not there, or leads out of the folder."""
    path = folder / file
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise NotFound("The sound “{file}” is not in the folder “{folder}”.", file=file, folder=str(folder))
    return path


def _edited(folder: Path, file: str, name: str, operations: tuple[Operation, ...]) -> np.ndarray:
    samples, _ = decoded(folder, file, name)
    return editing.apply(samples, operations)


def _spoken(segment: Segment, source: Source) -> bool:
    """Whether somebody speaks: a take of an opening or a sting is music, unless it says whose voice it is."""
    if isinstance(source, Take):
        return bool(segment.voice) or segment.kind not in MUSICAL
    return isinstance(source, Synthetic)


def _voice(source: Synthetic, language: str) -> np.ndarray:
    said = aloud(source, language)
    if source.engine == "espeak":
        return voice.speak(said, language, speed=source.speed)
    from kit.audio import voice_mms
    from kit.models import store
    from kit.models.catalogue import Task

    models = [
        model
        for model in store.installed(settings.load())
        if model.entry.task is Task.TEXT_TO_SPEECH and language in model.entry.languages
    ]
    if not models:
        raise NotFound(
            "The synthetic voice “mms” is not installed for this language. Choose the engine “espeak”, or install a "
            "model with a network: contrechamp models get mms-tts-fra"
        )
    return voice_mms.speak(str(models[0].files), said, seed=_SEED)


def bed_of(folder: Path, source: Jingle | Music, seconds: float) -> np.ndarray:
    """``source`` as a bed of so many ``seconds``, or all that there is of it."""
    if isinstance(source, Jingle):
        return synth.bed(source.mood, source.seed, max(seconds, synth.SHORTEST))
    return samples_of(folder, source)
