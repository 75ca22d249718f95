"""What is wrong with a deck, and what could be better, each with its line."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kit.decks import faults
from kit.decks.faults import Lines
from kit.decks.loaded import DECK_FILE, IMAGE_SUFFIXES, LoadedDeck, deck_files, load
from kit.decks.model import Deck, Item, Truth, Words
from kit.errors import BadContent, BadInput, KitError, NotFound
from kit.faults import Fault, Faults, Report

TO_FILL = "…"
"""What :func:`kit.decks.making.new` writes where a person must."""
COMFORTABLE = 8
"""Items below which forms A and B have fewer than four pictures each."""
_TELLS = re.compile(
    r"\b(ia|ai|deep ?fakes?|fakes?|faux|fausse|truqu\w*|g[ée]n[ée]r[ée]e?s?|generated|artifici\w*|synth[ée]ti\w*|"
    r"synthetic|retouch\w*|photoshop\w*|alt[ée]r[ée]e?s?|altered|modifi[ée]\w*|edited|montage|authenti\w*|"
    r"vraie? photo\w*|real photo\w*|genuine)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(portrait|visages?|face|homme|femme|fille|garçon|enfants?|personnes?|man|woman|girl|boy|child|children|person|"
    r"people)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class CheckReport(Report):
    """Everything found in a deck. ``deck`` is None when there are faults."""

    deck: Deck | None


def check(path: Path) -> CheckReport:
    """Check the deck in ``path``, a folder or a zip. Writes nothing there.

    Raises :class:`NotFound` if there is nothing at ``path``; whatever else is wrong is in the report.
    """
    if path.is_dir():
        return _check_folder(path, path.name)
    if not path.is_file():
        raise NotFound("There is no file or folder “{name}”. Give a deck's folder, or its zip.", name=str(path))
    from kit.decks.packing import unpack

    with tempfile.TemporaryDirectory(prefix="contrechamp-deck-") as temporary:
        folder = Path(temporary)
        try:
            unpack(path.read_bytes(), path.name, folder)
        except KitError as error:
            return CheckReport(name=path.name, deck=None, faults=(Fault(what=error),), warnings=())
        return _check_folder(folder, path.name)


def _check_folder(folder: Path, name: str) -> CheckReport:
    try:
        loaded = load(folder)
    except Faults as error:
        found = tuple(error.values["faults"])
    except (NotFound, BadContent) as error:
        found = (Fault(what=error),)
    else:
        return CheckReport(name=name, deck=loaded.deck, faults=(), warnings=_warnings(loaded))
    return CheckReport(name=name, deck=None, faults=found, warnings=())


def _warnings(loaded: LoadedDeck) -> tuple[Fault, ...]:
    deck = loaded.deck
    found: list[tuple[faults.Path, KitError]] = []
    for index, item in enumerate(deck.items):
        found += [((*("items", index), *path), what) for path, what in _item_warnings(item)]
    found += [(("title",), what) for what in _languages(deck.title)]
    found += [(("items",), what) for what in _balance(deck)]
    used = {name for name, _ in deck_files(deck)}
    for path in sorted(loaded.folder.rglob("*")):
        name = path.relative_to(loaded.folder).as_posix()
        if path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES and name not in used:
            found.append(((), BadInput("the file “{name}” is not used.", name=name)))
    return tuple(Lines((loaded.folder / DECK_FILE).read_bytes()).faults(found))


def _item_warnings(item: Item) -> Iterator[tuple[faults.Path, KitError]]:
    for field, text in (("title", item.title), ("credit", item.credit), ("licence", item.licence)):
        yield from (((field,), what) for what in _filled(text))
    yield from ((("title",), what) for what in _languages(item.title))
    if len({str(version.alt) for version in item.versions}) > 1:
        yield (
            ("versions",),
            BadInput("the versions of “{item}” have different alt texts: the difference may betray.", item=item.id),
        )
    machine = any(version.truth.machine for version in item.versions)
    for number, version in enumerate(item.versions):
        here: faults.Path = ("versions", number)
        for field, text in (("alt", version.alt), ("explanation", version.explanation)):
            yield from (((*here, field), what) for what in (*_filled(text), *_languages(text)))
        for text in _texts(version.alt):
            if tell := _TELLS.search(text):
                yield (
                    (*here, "alt"),
                    BadInput("the alt text says “{word}”: it should describe, and betray nothing.", word=tell.group()),
                )
            if machine and (person := _PEOPLE.search(text)):
                yield (
                    (*here, "alt"),
                    BadInput(
                        "the alt text says “{word}”: if someone can be recognised, keep real versions only and write "
                        "“portrait: true”.",
                        word=person.group(),
                    ),
                )
        if version.truth.machine and not version.clues:
            yield here, BadInput("no clue says where to look in this {truth} version.", truth=str(version.truth))
    if not item.approved:
        yield (), BadInput("“{item}” waits for approval: it is neither played nor exported.", item=item.id)


def _balance(deck: Deck) -> Iterator[KitError]:
    playable = [item for item in deck.items if item.approved]
    if len(playable) < COMFORTABLE:
        yield BadInput(
            "{count} pictures can be played; with fewer than {least}, the two forms are very short.",
            count=len(playable),
            least=COMFORTABLE,
        )
    with_machine = sum(any(version.truth.machine for version in item.versions) for item in playable)
    with_real = sum(any(version.truth is Truth.REAL for version in item.versions) for item in playable)
    if with_machine * 2 < len(playable) or with_real * 2 < len(playable):
        yield BadInput(
            "unbalanced: of {count} pictures, {real} have a real version and {machine} one made or altered by a "
            "machine; aim at both for most.",
            count=len(playable),
            real=with_real,
            machine=with_machine,
        )


def _texts(text: Words) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def _filled(text: Words) -> Iterator[KitError]:
    if any(part.strip() == TO_FILL for part in _texts(text)):
        yield BadInput("to be written: “…” stands where a text is missing.")


def _languages(text: Words) -> Iterator[KitError]:
    if isinstance(text, dict) and (missing := {"fr", "en"} - text.keys()):
        yield BadInput("no text in “{lang}”: the other language will be shown.", lang=min(missing))
