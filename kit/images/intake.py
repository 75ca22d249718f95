"""The one door for images from people.

A light compute worker runs :func:`read_image`: bytes in, plain arrays out. Nothing is decoded before its size is
known, formats are told by content and never by name, and no metadata comes through.
"""

from __future__ import annotations

import io
import struct
import unicodedata
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from kit.errors import BadImage
from kit.images import colours, salvage
from kit.images.refusals import damaged, refusal, too_large
from kit.images.sniff import SUFFIXES, Kind, Sniffed, size_in_header, sniff, suffix

MAX_BYTES = 25 * 2**20
MAX_PIXELS = 50_000_000
MAX_SIDE = 1600
LEAST_PERCENT = 10
"""A damaged picture of which less than this is there is refused."""

DECODER_FAULTS = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    SyntaxError,
    EOFError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow's plugins have been seen to raise on damaged files; a bad file must never look like a defect of ours."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → what turns the picture upright."""
_ORIENTATION = 0x0112
_DNG_VERSION = 0xC612


@dataclass(frozen=True)
class Note:
    """A sentence about what was converted or lost: an English template and what fills it, as in an error."""

    message: str
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of ``translate``."""
        return translate(self.message).format(**self.values)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """A picture that passed the door."""

    pixels: np.ndarray
    """uint8, height × width × 3, sRGB, upright, longest side at most ``max_side``."""
    notes: tuple[Note, ...]
    format: str
    """What the file really was: JPEG, PNG, WEBP, GIF, BMP, TIFF or AVIF."""
    size: tuple[int, int]
    """Width and height of the file's picture, before turning and reducing."""
    mode: str
    """Pillow's name of how the pixels were stored."""
    frames: int
    """Images in the file; 2 for any animated GIF, whose images are not counted."""
    orientation: int
    """EXIF orientation, 1 (upright) to 8."""
    fraction: float
    """How much of the picture could be decoded, 0–1."""


def read_image(
    data: bytes, name: str, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS, max_side: int = MAX_SIDE
) -> Intake:
    """Read one picture sent by a person.

    ``name`` is what the person called it, used in messages only. ``max_pixels`` bounds width × height of the file's
    header, before anything is decoded; ``max_side`` is the longest side of what comes out.

    Raises :class:`kit.errors.BadImage` with one sentence that says what to do; never anything else.
    """
    # 1. Weight, then what it is.
    kind = picture_kind(data, name, max_bytes=max_bytes)
    name = shown_name(name)
    notes: list[Note] = []
    announced = SUFFIXES.get(suffix(name))
    if announced and announced != kind.format:
        notes.append(Note("In spite of its name, the file is in the {format} format.", {"format": kind.format}))
    # 2. Decode. Pillow warns about bad metadata, which we drop anyway.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(data, name, kind.format, notes, max_pixels, max_side)
        except (salvage.Unsound, *DECODER_FAULTS) as error:
            raise damaged(kind.format, name) from error


def picture_kind(data: bytes, name: str, *, max_bytes: int = MAX_BYTES) -> Sniffed:
    """What picture ``data`` is, by its first bytes; nothing is decoded.

    Raises :class:`kit.errors.BadImage` for what is empty, too heavy, or no picture the kit reads.
    """
    name = shown_name(name)
    if not data:
        raise BadImage("“{name}” is empty. Choose the file again, or another picture.", name=name)
    if len(data) > max_bytes:
        raise BadImage(
            "“{name}” weighs {size} MB; at most {limit} MB are accepted. Send a smaller picture.",
            name=name,
            size=-(-len(data) // 2**20),
            limit=max_bytes // 2**20,
        )
    kind = sniff(data, name)
    if kind.kind is not Kind.PICTURE:
        raise refusal(kind, name)
    return kind


def shown_name(name: str) -> str:
    """A file name fit for a sentence: without folder, invisible or direction-changing characters, at most 80 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    return clean if len(clean) <= 80 else clean[:50] + "…" + clean[-25:]


def _read(data: bytes, name: str, fmt: str, notes: list[Note], max_pixels: int, max_side: int) -> Intake:
    # 3. Size by header, before any decoder sees the pixels.
    png = None
    if fmt == "PNG":
        header = salvage.png_header(data)
        _bounded((header.width, header.height), name, max_pixels)
        png = salvage.clean_png(data)
        _enough(png.fraction, fmt, name)
        data = png.data
    elif header_size := size_in_header(data, fmt):
        _bounded(header_size, name, max_pixels)
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=[fmt])
    except Image.DecompressionBombError:
        raise too_large(name, "> 178 000 000", max_pixels) from None
    size, mode = image.size, image.mode
    _bounded(size, name, max_pixels)
    if fmt == "TIFF" and _DNG_VERSION in image.tag_v2:  # type: ignore[attr-defined]
        raise refusal(Sniffed(Kind.NAMED, "RAW"), name)
    depth = png.header.depth if png else colours.depth(image)
    frames = png.frames if png else _frames(image)
    told = png.told if png else bool({"exif", "xmp", "photoshop", "comment"} & image.info.keys())
    orientation = _orientation(image)
    if fmt == "JPEG":
        _draft(image, max_side)

    # 4. Decode; a JPEG that stops early gets an end, and its decoder fills what is missing with grey.
    image, fraction, cut = _decode(image, data, fmt, max_side, png)
    _enough(fraction, fmt, name)
    percent = max(1, min(99, round(100 * fraction)))
    if fraction < 1:
        notes.append(
            Note(
                "The file is damaged: about {percent}% of the picture is there, the rest is grey.",
                {"percent": percent},
            )
        )
    elif cut:
        notes.append(Note("The end of the file is missing; the picture may have lost some detail."))
    if frames > 1 and fmt in ("GIF", "WEBP", "PNG", "AVIF"):
        notes.append(Note("The file is an animation; only its first image was kept."))
    elif frames > 1:
        notes.append(Note("The file holds {frames} images; only the first was kept.", {"frames": frames}))

    # 5. Upright, smaller, in sRGB, opaque.
    turn = _orientation(image)  # Pillow turns TIFF while it decodes, and knows a PNG's orientation only afterwards
    orientation = orientation or turn or 1
    profile = None if png and png.bad_profile else image.info.get("icc_profile")
    image, seen = colours.simple(image)
    missing = round(image.height * (1 - fraction))
    if missing:
        image.paste(colours.grey(image.mode), (0, image.height - missing, image.width, image.height))
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
    if orientation != 1:
        notes.append(Note("The picture was turned upright, as the camera recorded it."))
    if max(image.size) > max_side:
        scale = max_side / max(image.size)
        target = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if max(size) > max_side:
        notes.append(
            Note(
                "The picture was reduced from {width} × {height} to {new_width} × {new_height} pixels.",
                {"width": size[0], "height": size[1], "new_width": image.width, "new_height": image.height},
            )
        )
    pixels, changes = colours.to_srgb(image, profile, png.gamma if png else None)
    notes += [_colour_note(change) for change in (*seen, *changes)]
    if png and png.bad_profile:
        notes.append(_colour_note(colours.Change("bad-profile")))
    if depth > 8:
        notes.append(Note("The {bits} bits of each colour were reduced to 8.", {"bits": depth}))
    if told:
        notes.append(Note("What the file said of itself (date, camera, place…) was left out."))
    return Intake(
        pixels=pixels,
        notes=tuple(notes),
        format=fmt,
        size=size,
        mode=mode,
        frames=frames,
        orientation=orientation,
        fraction=fraction,
    )


def _decode(
    image: Image.Image, data: bytes, fmt: str, max_side: int, png: salvage.CleanPng | None
) -> tuple[Image.Image, float, bool]:
    """The decoded image, how much of it is there (0–1), and whether the file stops before its end."""
    cut = False
    try:
        image.load()
    except OSError:
        if fmt != "JPEG":
            raise
        cut = True
        image = Image.open(io.BytesIO(data + b"\xff\xd9"), formats=["JPEG"])
        _draft(image, max_side)
        image.load()
    if png:
        return image, png.fraction, png.cut
    if fmt != "JPEG":
        return image, 1.0, False
    fraction = 1 - salvage.grey_rows(image) / image.height
    # A file that was cut, then given an end, decodes without a word. One row of blocks is no evidence.
    patched = (1 - fraction) * image.height > 16 and 100 * fraction >= LEAST_PERCENT and salvage.stops_abruptly(data)
    return image, fraction if cut or patched else 1.0, cut


def _draft(image: Image.Image, max_side: int) -> None:
    """Let a huge JPEG be decoded at ½, ¼ or ⅛ of its size, still twice what is needed: less memory and time."""
    scale = 2 * max_side / max(image.size)
    if scale < 1:
        image.draft(None, (int(image.width * scale), int(image.height * scale)))


def _bounded(size: tuple[int, int], name: str, max_pixels: int) -> None:
    if min(size) < 1:
        raise ValueError("no pixels")
    if size[0] * size[1] > max_pixels:
        raise too_large(name, f"{size[0]} × {size[1]}", max_pixels)


def _enough(fraction: float, fmt: str, name: str) -> None:
    if 100 * fraction < LEAST_PERCENT:
        raise BadImage(
            "“{name}” is damaged ({format}): less than {percent}% of the picture is there. Copy or download it again.",
            name=name,
            format=fmt,
            percent=LEAST_PERCENT,
        )


def _frames(image: Image.Image) -> int:
    """How many images the file holds, as far as it can be told cheaply."""
    try:
        if image.format == "GIF":  # counting them all may mean walking a million: two are enough to say so
            return 2 if image.is_animated else 1  # type: ignore[attr-defined]
        return max(1, int(getattr(image, "n_frames", 1)))
    except DECODER_FAULTS:
        return 1


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 0 if the file says none or nonsense."""
    try:
        value = image.getexif().get(_ORIENTATION)
    except DECODER_FAULTS:
        return 0
    return value if isinstance(value, int) and 1 <= value <= 8 else 0


def _colour_note(change: colours.Change) -> Note:
    match change.what:
        case "transparent":
            return Note("The transparent parts now show white.")
        case "invisible":
            return Note("The picture is wholly transparent: only white is left of it.")
        case "profile":
            return Note(
                "The colours were converted to those of a screen (from “{profile}”).", {"profile": change.detail}
            )
        case "bad-profile":
            return Note("The colour profile is damaged and was left out: the colours may differ a little.")
        case "cmyk":
            return Note("The print colours (CMYK) have no profile: the colours on screen are approximate.")
        case "gamma":
            return Note("The brightness was adjusted to the gamma that the file declares.")
        case "stretched":
            return Note("The values of the file were stretched between black and white.")
    raise KeyError(change.what)
