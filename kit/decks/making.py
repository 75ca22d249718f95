"""New decks: from two folders of pictures, or from one's own photographs."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kit.decks.checking import TO_FILL
from kit.decks.loaded import DECK_FILE, IMAGE_SUFFIXES, LoadedDeck, load, pixels
from kit.decks.model import Clue, Deck, Item, Source, Truth, Version, Words
from kit.decks.packing import dump, install, save_picture, write_whole
from kit.errors import BadInput, NotAllowed, NotFound
from kit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Photograph:
    """One photograph of a deck made by hand, with what a machine made from it."""

    title: str
    real: np.ndarray
    """uint8, (height, width, 3)."""
    counterparts: Mapping[Truth, np.ndarray] = field(default_factory=dict)
    """Pictures by truth, ``generated`` or ``altered``: uint8, (height, width, 3)."""
    alt: str = ""
    """What the picture shows, the same for all versions; the title if empty."""
    explanation: str = ""
    clues: tuple[Clue, ...] = ()


def make(
    settings: Settings,
    *,
    title: str,
    photos: Sequence[Photograph],
    credit: str,
    licence: str,
    approved: bool = False,
    explanation: Words | None = None,
) -> LoadedDeck:
    """Install a deck made of ``photos``. Pictures by pupils start unapproved, so they are not yet played.

    ``explanation`` is shown at the reveal for a photograph that brings none.
    Raises :class:`BadInput` if there is no photograph or no title.
    """
    if not photos:
        raise BadInput("A deck needs at least one photograph. Add one, then save again.")
    if not title.strip():
        raise BadInput("A deck needs a title. Write one, then save again.")

    def fill(folder: Path) -> Deck:
        items = tuple(
            _written(
                photo,
                folder,
                f"{number:02d}-{slug(photo.title)}"[:64],
                credit=credit,
                licence=licence,
                approved=approved,
                explanation=explanation,
            )
            for number, photo in enumerate(photos, 1)
        )
        return Deck(format=1, id=slug(title), title=title, items=items)

    return install(fill, settings)


def extend(
    deck: LoadedDeck, photo: Photograph, *, credit: str, licence: str, approved: bool = False
) -> tuple[LoadedDeck, str]:
    """``deck``, an installed one, with one more photograph; and the id of its item. Written to disk.

    Raises :class:`NotAllowed` for the default deck, and what writing raises.
    """
    if deck.builtin:
        raise NotAllowed("The deck that comes with the kit cannot be changed. Make one of your own.")
    taken = {item.id for item in deck.deck.items}
    names = (f"{number:02d}-{slug(photo.title)}"[:64] for number in itertools.count(len(taken) + 1))
    item_id = next(name for name in names if name not in taken)
    item = _written(photo, deck.folder, item_id, credit=credit, licence=licence, approved=approved)
    changed = Deck.model_validate({**dict(deck.deck), "items": (*deck.deck.items, item)})
    write_whole(deck.folder / DECK_FILE, dump(changed))
    return load(deck.folder), item_id


def _written(
    photo: Photograph,
    folder: Path,
    item_id: str,
    *,
    credit: str,
    licence: str,
    approved: bool,
    explanation: Words | None = None,
) -> Item:
    """The item of one photograph, its pictures written in ``folder``."""
    default = explanation or {
        "fr": "Comparez les deux versions\u00a0: qu’est-ce que la machine a changé\u202f?",
        "en": "Compare the versions: what did the machine change?",
    }
    save_picture(photo.real, folder / f"{item_id}-real.png", Truth.REAL)
    words: dict[str, object] = {
        "alt": photo.alt.strip() or photo.title,
        "explanation": photo.explanation.strip() or default,
    }
    versions = [Version.model_validate({"truth": Truth.REAL, **words})]
    for truth, picture in sorted(photo.counterparts.items()):
        name = f"{item_id}-{truth}.png"
        save_picture(picture, folder / name, truth)
        versions.append(Version.model_validate({"truth": truth, "file": name, "clues": photo.clues, **words}))
    return Item(
        id=item_id,
        source=Source(file=f"{item_id}-real.png"),
        credit=credit,
        licence=licence,
        title=photo.title,
        approved=approved,
        versions=tuple(versions),
    )


def new(real: Path, generated: Path | None, out: Path) -> LoadedDeck:
    """Write a deck in ``out`` from the photographs of ``real`` and, paired by name, the images of ``generated``.

    ``bakery.jpg`` goes with ``bakery.png``; a photograph may stay alone. Words to write are marked ``…``.
    Raises :class:`NotFound` if a folder does not exist, :class:`BadInput` if ``out`` is not empty, if a generated
    image has no photograph, or if two files share a name.
    """
    photos = _pictures(real)
    machine = _pictures(generated) if generated else {}
    if alone := sorted(set(machine) - set(photos)):
        raise BadInput(
            "These generated images have no photograph of the same name in “{folder}”: {names}. Rename them, or add "
            "the photographs.",
            folder=real.name,
            names=", ".join(alone),
        )
    if not photos:
        raise BadInput("“{folder}” holds no JPEG, PNG or WebP picture.", folder=real.name)
    if out.exists() and any(out.iterdir()):
        raise BadInput("The folder “{folder}” is not empty. Give a new one.", folder=out.name)
    items = []
    # Everything is decoded before anything is written.
    opened = {stem: pixels(path.read_bytes(), path.name) for stem, path in photos.items()}
    paired = {stem: pixels(path.read_bytes(), path.name) for stem, path in machine.items()}
    for number, (stem, picture) in enumerate(sorted(opened.items()), 1):
        item_id = f"{number:02d}-{slug(stem)}"[:64]
        save_picture(picture, out / f"{item_id}-real.png", Truth.REAL)
        versions = [Version(truth=Truth.REAL, alt=TO_FILL, explanation=TO_FILL)]
        if stem in paired:
            name = f"{item_id}-generated.png"
            save_picture(paired[stem], out / name, Truth.GENERATED)
            versions.append(Version(truth=Truth.GENERATED, file=name, alt=TO_FILL, explanation=TO_FILL))
        items.append(
            Item(
                id=item_id,
                source=Source(file=f"{item_id}-real.png"),
                credit=TO_FILL,
                licence=TO_FILL,
                title=stem,
                versions=tuple(versions),
            )
        )
    deck = Deck(format=1, id=slug(out.name), title=out.name, items=tuple(items))
    write_whole(out / DECK_FILE, dump(deck))
    return load(out)


def slug(text: str) -> str:
    """``text`` in lower-case ASCII letters, digits and hyphens, 1 to 40 of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "deck"


def _pictures(folder: Path) -> dict[str, Path]:
    """The pictures of a folder by stem."""
    if not folder.is_dir():
        raise NotFound("There is no folder “{folder}”.", folder=str(folder))
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith("."):
            if path.stem in found:
                raise BadInput(
                    "“{first}” and “{second}” have the same name. Rename one of them.",
                    first=found[path.stem].name,
                    second=path.name,
                )
            found[path.stem] = path
    return found
