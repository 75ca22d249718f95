"""The decks of this machine: the one that ships, those imported or made, and everything that is done with them.

The one module to import for decks; what is long has a module of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from kit import ROOT
from kit.decks.checking import CheckReport, check
from kit.decks.loaded import DECK_FILE, LoadedDeck, deck_files, load
from kit.decks.making import Photograph, extend, make, new
from kit.decks.model import Clue, Deck, Item, Truth, Version
from kit.decks.packing import clean, dump, export, import_zip, install_files, save_picture, write_whole
from kit.errors import BadInput, KitError, NotAllowed, NotFound
from kit.settings import Settings

__all__ = [
    "BrokenDeck",
    "CheckReport",
    "LoadedDeck",
    "Photograph",
    "add_version",
    "approve",
    "check",
    "clean",
    "default",
    "discard",
    "export",
    "extend",
    "find",
    "import_zip",
    "install_files",
    "installed",
    "load",
    "make",
    "new",
    "remove",
]


@dataclass(frozen=True, kw_only=True)
class BrokenDeck:
    """A folder among the installed decks that cannot be played, and why."""

    folder: Path
    error: KitError

    @property
    def id(self) -> str:
        """The name of its folder, by which it can be removed."""
        return self.folder.name


@cache
def default() -> LoadedDeck:
    """The deck that ships with the kit, read once."""
    return load(ROOT / "assets" / "decks" / "default", builtin=True)


def installed(settings: Settings) -> list[LoadedDeck | BrokenDeck]:
    """The decks imported or made on this machine, by folder name; a broken one comes with its fault."""
    found: list[LoadedDeck | BrokenDeck] = []
    if not settings.decks.is_dir():
        return found
    for folder in sorted(settings.decks.iterdir()):
        if not folder.is_dir() or folder.name.startswith("."):
            continue
        try:
            found.append(_read(folder, _stamp(folder)))
        except KitError as error:
            found.append(BrokenDeck(folder=folder, error=error))
    return found


def find(deck_id: str, settings: Settings) -> LoadedDeck:
    """The deck called ``deck_id``: the default one, or an installed one.

    Raises :class:`NotFound`, or what is wrong with it.
    """
    if deck_id == default().id:
        return default()
    folder = _folder(deck_id, settings)
    return _read(folder, _stamp(folder))


def approve(deck: LoadedDeck, item_id: str) -> LoadedDeck:
    """``deck`` with one more item that may be played, projected and exported; written to disk.

    Raises :class:`NotFound` if there is no such item, :class:`NotAllowed` for the default deck.
    """
    _wanted(deck, item_id)
    return _rewrite(
        deck, (item.model_copy(update={"approved": True}) if item.id == item_id else item for item in deck.deck.items)
    )


def add_version(
    deck: LoadedDeck, item_id: str, truth: Truth, picture: np.ndarray, *, clues: Sequence[Clue] = ()
) -> LoadedDeck:
    """``deck`` with one more version of an item, ``picture`` (uint8, (height, width, 3)); written to disk.

    It takes the words of the item's first version, and replaces a version of the same truth.
    Raises :class:`NotFound` if there is no such item, :class:`NotAllowed` for the default deck.
    """
    item = _wanted(deck, item_id)
    name = f"{item.id}-{truth}.png"
    save_picture(picture, deck.folder / name, truth)
    first = item.versions[0]
    version = Version(truth=truth, file=name, alt=first.alt, explanation=first.explanation, clues=tuple(clues))
    kept = tuple(other for other in item.versions if other.truth is not truth)
    changed = Item.model_validate({**dict(item), "versions": (*kept, version)})
    return _rewrite(deck, (changed if other.id == item_id else other for other in deck.deck.items))


def discard(deck: LoadedDeck, item_id: str) -> LoadedDeck:
    """``deck`` without one item; its pictures are erased from the disk.

    Raises :class:`NotFound` if there is no such item, :class:`BadInput` if it is the last one (remove the deck).
    """
    _wanted(deck, item_id)
    kept = [item for item in deck.deck.items if item.id != item_id]
    if not kept:
        raise BadInput("“{item}” is the only picture of this deck. Remove the deck instead.", item=item_id)
    smaller = _rewrite(deck, kept)
    still = {name for name, _ in deck_files(smaller.deck)}
    for name in {name for name, _ in deck_files(deck.deck)} - still:
        (deck.folder / name).unlink(missing_ok=True)
    return smaller


def remove(deck_id: str, settings: Settings) -> None:
    """Erase an installed deck, broken or not. Raises :class:`NotFound` if there is none of that name."""
    folder = _folder(deck_id, settings)
    # Renamed first: a removal cut short leaves no half of a deck behind.
    gone = folder.with_name(f".removed-{folder.name}")
    shutil.rmtree(gone, ignore_errors=True)
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _folder(deck_id: str, settings: Settings) -> Path:
    folder = settings.decks / deck_id
    plain = bool(deck_id) and not deck_id.startswith(".") and Path(deck_id).name == deck_id and "\\" not in deck_id
    if not plain or not folder.is_dir():
        raise NotFound("There is no deck called “{deck}” on this machine.", deck=deck_id)
    return folder


def _wanted(deck: LoadedDeck, item_id: str) -> Item:
    if deck.builtin:
        raise NotAllowed("The deck that comes with the kit cannot be changed. Make one of your own.")
    try:
        return deck.deck.item(item_id)
    except KeyError:
        raise NotFound("The deck “{deck}” has no picture called “{item}”.", deck=deck.id, item=item_id) from None


def _rewrite(deck: LoadedDeck, items: Iterable[Item]) -> LoadedDeck:
    changed = Deck.model_validate({**dict(deck.deck), "items": tuple(items)})
    write_whole(deck.folder / DECK_FILE, dump(changed))
    return load(deck.folder)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a file of the deck does."""
    stats = ((path.name, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


@lru_cache(maxsize=32)
def _read(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> LoadedDeck:
    """:func:`load`, skipped while no file of the folder has changed."""
    return load(folder)
