"""All that is wrong with a podcast project, and what could be better, in one go: for whoever writes it by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import yaml
from pydantic import TypeAdapter, ValidationError, model_validator

from kit import content, faults
from kit.errors import BadAudio, BadContent, BadInput, KitError, NotFound
from kit.faults import Fault, Faults, find
from kit.podcast import originals
from kit.podcast.checklist import checklist
from kit.podcast.episode import FILE, WORK, Episode, Music, Source, Take
from kit.podcast.episode import Path as Inside
from kit.podcast.remarks import Remark

_Found = tuple[faults.Path, KitError]


@dataclass(frozen=True, kw_only=True)
class Report(faults.Report):
    """Everything found in a project. ``episode`` is None when there are faults."""

    episode: Episode | None


class _Loose(Episode):
    """An episode whose ids are not compared: :func:`_ids` does so, with their lines, even where other fields fail."""

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        return self


def check(folder: Path, *, today: date | None = None) -> Report:
    """Check the project in ``folder``: its fields, its ids, its sounds, each decoded. Writes nothing there.

    Raises :class:`NotFound` if there is no such folder, :class:`SetupError` if there is no room to decode sounds;
    whatever else is wrong is in the report. What the team must still do before it publishes is among the warnings.
    """
    if not folder.is_dir():
        raise NotFound("There is no folder “{name}”. Give the folder of a podcast project.", name=str(folder))
    # 1. The fields.
    found: list[Fault] = []
    try:
        raw = (folder / FILE).read_bytes()
        loose = content.parse(raw, _Loose, FILE)
    except OSError as error:
        return _refused(folder, Fault(what=content.cannot_be_read(FILE, error)))
    except Faults as error:
        loose = None
        found += error.values["faults"]
    # 2. What they name: each other, and sounds.
    root = _composed(raw)
    sounds, unheard, notes = _heard(folder, root)
    at = [*_ids(root), *unheard, *(_operations(loose, sounds) if loose else ())]
    found += [Fault(what=what, line=find(root, path)[0]) for path, what in at]
    if loose is None or found:
        return _refused(folder, *sorted(found, key=lambda fault: fault.line or 0))
    # 3. What could be better.
    episode = Episode.model_validate(dict(loose))
    warnings = [*notes, *_unused(folder, episode), *_to_do(episode, today)]
    return Report(name=folder.name, episode=episode, faults=(), warnings=tuple(warnings))


def _refused(folder: Path, *found: Fault) -> Report:
    return Report(name=folder.name, episode=None, faults=found, warnings=())


# -- in the text ------------------------------------------------------------------------------------------------------


def _composed(raw: bytes) -> yaml.Node | None:
    """The nodes of a text, nothing built from them; None if it is no YAML, which has been said then."""
    try:
        return yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return None


def _entries(root: yaml.Node | None, *path: str | int) -> list[faults.Path]:
    """The ways to the entries of the list at ``path``."""
    node = find(root, path)[1]
    return [(*path, place) for place in range(len(node.value))] if isinstance(node, yaml.SequenceNode) else []


def _word(root: yaml.Node | None, *path: str | int) -> str | None:
    """The text at ``path``."""
    node = find(root, path)[1]
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else None


def _ids(root: yaml.Node | None) -> Iterator[_Found]:
    """Ids that stand for two things, or for none."""
    first: dict[str, int] = {}
    places: dict[str, int] = {}
    for path in (*_entries(root, "segments"), *_entries(root, "claims")):
        name = _word(root, *path, "id")
        if name is None:
            continue
        if name in first:
            what = BadContent("the id “{id}” is taken, on line {line}", id=faults.shown(name), line=first[name])
            yield (*path, "id"), what
            continue
        first[name] = find(root, (*path, "id"))[0]
        if path[0] == "segments":
            places[name] = len(places)
    for path in (entry for segment in _entries(root, "segments") for entry in _entries(root, *segment, "claims")):
        name = _word(root, *path)
        if name is not None and (name in places or name not in first):
            yield path, BadContent("“{id}” is the id of no claim", id=faults.shown(name))
    for path in _entries(root, "beds"):
        first_name, last_name = (_word(root, *path, end) or "" for end in ("first", "last"))
        for end, name in (("first", first_name), ("last", last_name)):
            if name and name not in places:
                yield (*path, end), BadContent("“{id}” is the id of no segment", id=faults.shown(name))
        if places.get(first_name, 0) > places.get(last_name, len(places)):
            ids = f"{first_name}, {last_name}"
            yield path, BadContent("a bed goes from one segment to the same or a later one: {ids}", ids=ids)


# -- on the disk ------------------------------------------------------------------------------------------------------


def _heard(folder: Path, root: yaml.Node | None) -> tuple[dict[str, float], list[_Found], list[Fault]]:
    """The seconds of each sound that is named and can be heard; those that cannot; what was said of the others."""
    from kit.audio.reading import read_sound

    blocks = [source for segment in _entries(root, "segments") for source in _entries(root, *segment, "sources")]
    blocks += [(*bed, "source") for bed in _entries(root, "beds")]
    named: dict[str, faults.Path] = {}
    for path in blocks:
        name = _word(root, *path, "file")
        if name is not None and _inside(name):
            named.setdefault(name, (*path, "file"))
    seconds: dict[str, float] = {}
    missing: list[_Found] = []
    notes: list[Fault] = []
    with tempfile.TemporaryDirectory(prefix="contrechamp-podcast-") as temporary:
        for name, path in named.items():
            file = folder / name
            if not file.resolve().is_relative_to(folder.resolve()):
                missing.append(
                    (path, BadContent("“{file}” leads out of the folder; copy the sound into it", file=name))
                )
            elif not file.is_file():
                missing.append((path, BadContent("there is no file “{file}” in the folder", file=name)))
            else:
                try:
                    facts = read_sound(file, name, Path(temporary) / "sound.wav")
                except BadAudio as error:
                    missing.append((path, error))
                    continue
                seconds[name] = facts.seconds
                notes += [Fault(what=note, line=find(root, path)[0]) for note in facts.notes]
    return seconds, missing, notes


def _inside(name: str) -> bool:
    """Whether ``name`` may be that of a sound; if not, the fault of the field says so."""
    try:
        TypeAdapter(Inside).validate_python(name)
    except ValidationError:
        return False
    return True


def _operations(episode: Episode, seconds: dict[str, float]) -> Iterator[_Found]:
    """Operations that their sound is too short for."""
    from kit.audio.editing import length

    paths: list[tuple[faults.Path, Source]] = [
        (("segments", place, "sources", which), source)
        for place, segment in enumerate(episode.segments)
        for which, source in enumerate(segment.sources)
    ]
    paths += [(("beds", place, "source"), bed.source) for place, bed in enumerate(episode.beds)]
    for path, source in paths:
        if isinstance(source, Take | Music) and source.file in seconds:
            try:
                length(seconds[source.file], source.operations)
            except BadInput as error:
                yield (*path, "operations"), error


def _unused(folder: Path, episode: Episode) -> Iterator[Fault]:
    used = set(originals.files(episode))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (
            path.is_file()
            and path.suffix.lower() in originals.SUFFIXES
            and name not in used
            and not name.startswith((f"{WORK}/", "."))
        ):
            yield Fault(what=BadInput("the file “{name}” is not used.", name=name))


def _to_do(episode: Episode, today: date | None) -> Iterator[Fault]:
    """What the checklist says, but of the mix: there is none yet."""
    for point in checklist(episode, seconds=None, loudness=None, today=today):
        if point.state != "ok" and point.id != "loudness":
            yield Fault(what=Remark("{what} {todo}", what=point.what, todo=point.todo) if point.todo else point.what)
