"""A deck whose files have been read: every picture exists, opens, and is large enough.

Every picture of a deck's folder passes :func:`kit.images.intake.read_image`, wherever it comes from.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from kit import content
from kit.decks import faults
from kit.decks.model import PICTURE_SIZE, Deck, Item, Source, Truth
from kit.errors import BadContent, BadImage, KitError, NotFound

DECK_FILE = "deck.yaml"
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
UNREDUCED = 10_000
"""Longest side of a photograph that is read for its crop; its pixels stay bounded by intake."""
MIN_SIZE = (240, 160)
"""Width and height below which a picture would be enlarged more than twice."""
_PLAIN = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]+(/[^\\/:*?\"<>|\x00-\x1f]+)*\Z")


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadedDeck:
    """A deck and the folder of its files. Equal when the words and every byte of the pictures are."""

    deck: Deck
    folder: Path
    digest: str
    """Hash of ``deck.yaml`` and of every picture: the key under which anything computed from it may be kept."""
    grey: frozenset[str]
    """Ids of the items whose photograph has no colour."""
    builtin: bool = False
    """Shipped with the kit: cannot be changed or removed."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoadedDeck) and (self.digest, self.folder) == (other.digest, other.folder)

    def __hash__(self) -> int:
        return hash((self.digest, self.folder))

    @property
    def id(self) -> str:
        """The deck's id."""
        return self.deck.id

    @cached_property
    def playable(self) -> tuple[Item, ...]:
        """The items a facilitator has approved, in the deck's order."""
        return tuple(item for item in self.deck.items if item.approved)

    def version_pixels(self, name: str) -> np.ndarray:
        """The picture in the deck's file ``name``, without its label band: uint8, (height, width, 3)."""
        return pixels(locate(self.folder, name).read_bytes(), name)

    def source_pixels(self, item: Item) -> np.ndarray:
        """The photograph of ``item``, cropped as the deck says: uint8, (height, width, 3)."""
        return crop(photograph(self.folder, item.source), item.source)


def load(folder: Path, *, builtin: bool = False) -> LoadedDeck:
    """Read the deck in ``folder`` and check every file of it.

    Raises :class:`NotFound` if there is no ``deck.yaml``, :class:`BadContent` with every fault and its line.
    """
    path = folder / DECK_FILE
    if not path.is_file():
        raise NotFound(
            "There is no deck.yaml in “{name}”. A deck is a folder with a deck.yaml and its pictures.", name=folder.name
        )
    raw = path.read_bytes()
    deck = content.parse(raw, Deck, DECK_FILE)
    found: list[tuple[faults.Path, KitError]] = []
    grey: set[str] = set()
    digest = hashlib.blake2b(raw, digest_size=16)
    for index, item in enumerate(deck.items):
        here: faults.Path = ("items", index)
        photo = None
        try:
            digest.update(_source_path(folder, item.source).read_bytes())
            whole = photograph(folder, item.source)
            _in_bounds(item.source, whole)
            photo = crop(whole, item.source)
            _large_enough(photo, item.source.file)
        except KitError as error:
            found.append(((*here, "source"), error))
        if photo is not None and is_grey(photo):
            grey.add(item.id)
        for number, version in enumerate(item.versions):
            there: faults.Path = (*here, "versions", number)
            for key, name in _files(version.file, version.overlay.file if version.overlay else None):
                try:
                    data = locate(folder, name).read_bytes()
                    digest.update(data)
                    picture = pixels(data, name)
                    if key == "file":
                        _large_enough(picture, name)
                    elif version.overlay:
                        _fits(picture, version.overlay.x, version.overlay.y, name)
                except KitError as error:
                    found.append(((*there, key), error))
    faults.raise_all(DECK_FILE, faults.Lines(raw).faults(found))
    return LoadedDeck(deck=deck, folder=folder, digest=digest.hexdigest(), grey=frozenset(grey), builtin=builtin)


def _files(file: str | None, overlay: str | None) -> Iterator[tuple[str, str]]:
    if file:
        yield "file", file
    if overlay:
        yield "overlay", overlay


def deck_files(deck: Deck) -> Iterator[tuple[str, Truth]]:
    """Every file that lies in the deck's own folder, with the truth of what it shows; a file may come twice."""
    for item in deck.items:
        if not item.source.package:
            yield item.source.file, Truth.REAL
        for version in item.versions:
            for _, name in _files(version.file, version.overlay.file if version.overlay else None):
                yield name, version.truth


def locate(folder: Path, name: str) -> Path:
    """The file ``name`` of the deck in ``folder``: a plain relative path to a picture that stays inside.

    Raises :class:`BadContent` if the name leads elsewhere or is no picture's, :class:`NotFound` if there is no file.
    """
    if not _PLAIN.match(name) or any(part in (".", "..") for part in name.split("/")):
        raise BadContent("“{name}” is not a plain file name inside the deck's folder.", name=name)
    if not name.lower().endswith(IMAGE_SUFFIXES):
        raise BadContent("“{name}” is not a JPEG, PNG or WebP file.", name=name)
    path = folder / name
    if not path.is_file():
        raise NotFound("the file “{name}” is missing.", name=name)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BadContent("“{name}” is not a plain file name inside the deck's folder.", name=name)
    return path


def _source_path(folder: Path, source: Source) -> Path:
    if source.package is None:
        return locate(folder, source.file)
    # Found, not imported: scikit-image and scikit-learn stay out of the interface process.
    spec = importlib.util.find_spec(source.package)
    if spec is None or spec.origin is None:
        raise NotFound("the package “{name}” is not installed.", name=source.package)
    return locate(Path(spec.origin).parent, source.file)


def photograph(folder: Path, source: Source) -> np.ndarray:
    """The whole photograph of a source: uint8, (height, width, 3)."""
    path = _source_path(folder, source)
    if source.package:
        # Not from a person, and the values that scikit-image's own users work with: no colour profile is applied.
        with Image.open(path) as image:
            return np.array(image.convert("RGB"))
    data = path.read_bytes()
    # A crop counts the pixels of the file: such a photograph is read whole, not reduced.
    return pixels(data, source.file, max_side=UNREDUCED if source.crop else None)


def pixels(data: bytes, name: str, *, max_side: int | None = None) -> np.ndarray:
    """The picture in ``data``, read through the one door and without its label band if it has one.

    uint8, (height, width, 3). Raises :class:`BadImage`; a picture of which a part is missing is refused too.
    """
    from kit.images import intake, label

    read = intake.read_image(data, name, max_side=max_side or intake.MAX_SIDE)
    if read.fraction < 1:
        raise BadImage("“{name}” is damaged: a part of the picture is missing. Copy it again.", name=name)
    found = label.read_label(data)
    height, width = read.pixels.shape[:2]
    # The band is below the picture and as wide: a label that says otherwise is not believed.
    if found and found.box and found.box[:3] == (0, 0, width) and found.box[3] < height:
        return read.pixels[: found.box[3]]
    return read.pixels


def crop(photo: np.ndarray, source: Source) -> np.ndarray:
    """The part of the photograph that the deck uses."""
    if source.crop is None:
        return photo
    left, top, right, bottom = source.crop
    return photo[top:bottom, left:right]


def is_grey(photo: np.ndarray) -> bool:
    """Whether a picture has no colour: its three channels never differ by more than 2 of 255."""
    r, g, b = (photo[..., channel] for channel in range(3))
    spread = np.maximum(np.maximum(r, g), b) - np.minimum(np.minimum(r, g), b)
    return int(spread.max()) <= 2


def _in_bounds(source: Source, photo: np.ndarray) -> None:
    height, width = photo.shape[:2]
    if source.crop and (source.crop[2] > width or source.crop[3] > height):
        raise BadContent(
            "the crop {crop} goes beyond the picture, which is {width} × {height}.",
            crop=list(source.crop),
            width=width,
            height=height,
        )


def _large_enough(picture: np.ndarray, name: str) -> None:
    height, width = picture.shape[:2]
    if width < MIN_SIZE[0] or height < MIN_SIZE[1]:
        raise BadImage(
            "“{name}” is {width} × {height} here; at least {least_width} × {least_height} pixels are needed.",
            name=name,
            width=width,
            height=height,
            least_width=MIN_SIZE[0],
            least_height=MIN_SIZE[1],
        )


def _fits(piece: np.ndarray, x: int, y: int, name: str) -> None:
    height, width = piece.shape[:2]
    if x + width > PICTURE_SIZE[0] or y + height > PICTURE_SIZE[1]:
        raise BadContent(
            "“{name}” ({width} × {height}) laid at {x}, {y} goes beyond the picture, which is 480 × 320.",
            name=name,
            width=width,
            height=height,
            x=x,
            y=y,
        )
