"""What an image file says of itself, and what that does and does not prove.

Every finding carries a :class:`Meaning`, whose words live with the activity that shows it. Nothing is validated:
anyone can write or remove these fields. Absence proves nothing.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import unicodedata
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PIL import ExifTags, Image

from kit.images import intake
from kit.images.chunks import PNG_SIGNATURE, jpeg_segments, png_chunks, png_text, xmp_packet
from kit.images.label import EXT, XMP, SourceType, xmp_properties
from kit.images.metadata_examples import Example, examples

__all__ = ["Example", "Finding", "Meaning", "examples", "read_metadata"]

MAX_VALUE = 600
"""Longest value given back, in characters; a longer one ends with “…”."""
MAX_FINDINGS = 60


class Meaning(StrEnum):
    """What a finding does and does not tell; the key of its explanation."""

    CAMERA = "camera"
    """Make, model, lens, exposure: what a camera writes, and anyone can copy."""
    DATE = "date"
    """A date, as the device's clock had it."""
    PLACE = "place"
    """Coordinates: also personal data. Only a rough place is given back."""
    SOFTWARE = "software"
    """A program that wrote the file; retouching is not faking."""
    AUTHOR = "author"
    """Names and rights, as declared."""
    ORIENTATION = "orientation"
    """How the device was held."""
    SOURCE_CAPTURE = "source-capture"
    """An IPTC digital source type that declares a capture, or a photograph."""
    SOURCE_AI = "source-ai"
    """An IPTC digital source type that declares a generated image."""
    SOURCE_PARTLY_AI = "source-partly-ai"
    """An IPTC digital source type that declares an image altered with a model."""
    SOURCE_OTHER = "source-other"
    """Another IPTC digital source type: drawn, composed, captured from a screen…"""
    C2PA = "c2pa"
    """Content Credentials are present. They are not verified here: presence only."""
    GENERATOR = "generator"
    """Settings left by an image generator: a prompt, a seed, a workflow."""
    TEXT = "text"
    """A text that the file carries."""
    NOTHING = "nothing"
    """The file says nothing of itself, as most pictures from the web do: that proves nothing."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing a file says of itself."""

    key: str
    """The field as its standard names it, e.g. ``EXIF Model``; not translated."""
    value: str
    """Plain text from the file: never Markdown or HTML."""
    meaning: Meaning


_EXIF = {
    ExifTags.Base.Make: Meaning.CAMERA,
    ExifTags.Base.Model: Meaning.CAMERA,
    ExifTags.Base.LensModel: Meaning.CAMERA,
    ExifTags.Base.ExposureTime: Meaning.CAMERA,
    ExifTags.Base.FNumber: Meaning.CAMERA,
    ExifTags.Base.ISOSpeedRatings: Meaning.CAMERA,
    ExifTags.Base.FocalLength: Meaning.CAMERA,
    ExifTags.Base.DateTime: Meaning.DATE,
    ExifTags.Base.DateTimeOriginal: Meaning.DATE,
    ExifTags.Base.Software: Meaning.SOFTWARE,
    ExifTags.Base.Artist: Meaning.AUTHOR,
    ExifTags.Base.Copyright: Meaning.AUTHOR,
    ExifTags.Base.ImageDescription: Meaning.TEXT,
    ExifTags.Base.UserComment: Meaning.TEXT,
    ExifTags.Base.Orientation: Meaning.ORIENTATION,
}

_SOURCES = {
    "digitalCapture": Meaning.SOURCE_CAPTURE,
    "computationalCapture": Meaning.SOURCE_CAPTURE,
    "negativeFilm": Meaning.SOURCE_CAPTURE,
    "positiveFilm": Meaning.SOURCE_CAPTURE,
    "print": Meaning.SOURCE_CAPTURE,
    SourceType.GENERATED.value: Meaning.SOURCE_AI,
    SourceType.ALTERED.value: Meaning.SOURCE_PARTLY_AI,
    # A composite of which at least one part is synthetic.
    "compositeSynthetic": Meaning.SOURCE_PARTLY_AI,
}

_GENERATOR_KEYS = {
    "parameters": "Stable Diffusion WebUI",
    "sd-metadata": "InvokeAI",
    "invokeai_metadata": "InvokeAI",
    "invokeai_graph": "InvokeAI",
    "prompt": "ComfyUI",
    "workflow": "ComfyUI",
}
"""Keyword of a PNG text → the program that writes it. ``prompt`` and ``workflow`` count only when they hold JSON."""

_PHOTOSHOP_DC = "http://purl.org/dc/elements/1.1/"


def read_metadata(data: bytes, name: str = "") -> tuple[Finding, ...]:
    """What the file says of itself, in the order found; one finding ``NOTHING`` if it says nothing that we read.

    Reads EXIF of any format of the kit, XMP, texts and C2PA of PNG and JPEG. At most :data:`MAX_FINDINGS` findings of
    :data:`MAX_VALUE` characters. Pixels are not decoded. Raises :class:`kit.errors.BadImage` as intake does for files
    that are no pictures; a picture whose metadata is damaged says nothing.
    """
    kind = intake.picture_kind(data, name)
    found = [*_exif(data, kind.format), *_xmp(data), *_texts(data), *_c2pa(data)]
    unique = list(dict.fromkeys(found))
    return tuple(unique[:MAX_FINDINGS]) or (Finding(key="", value="", meaning=Meaning.NOTHING),)


def _exif(data: bytes, fmt: str) -> list[Finding]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data), formats=[fmt])
            exif = image.getexif()
            tags: dict[int, Any] = dict(exif) | dict(exif.get_ifd(ExifTags.IFD.Exif))
            place = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
        except intake.DECODER_FAULTS:
            return []
    found = []
    for tag, meaning in _EXIF.items():
        if tag not in tags:
            continue
        value = _exif_value(tag, tags[tag])
        if tag == ExifTags.Base.UserComment and "Steps: " in value:
            meaning = Meaning.GENERATOR
        if value:
            found.append(Finding(key=f"EXIF {tag.name}", value=value, meaning=meaning))
    if place:
        found.append(Finding(key="EXIF GPS", value=_rough_place(place), meaning=Meaning.PLACE))
    return found


def _exif_value(tag: ExifTags.Base, value: Any) -> str:
    match tag:
        case ExifTags.Base.UserComment:
            return _comment(value)
        case ExifTags.Base.ExposureTime | ExifTags.Base.FNumber:
            try:
                number = float(value)
            except (TypeError, ValueError, ArithmeticError):
                return _text(value)
            if tag == ExifTags.Base.FNumber:
                return f"f/{number:g}"
            return f"1/{1 / number:.0f} s" if 0 < number < 0.5 else f"{number:g} s"
    if isinstance(value, str):  # Pillow reads ASCII fields as Latin-1; most of today's writers put UTF-8 there
        with contextlib.suppress(UnicodeError):
            value = value.encode("latin-1").decode("utf-8")
    return _text(value)


def _rough_place(place: dict[int, Any]) -> str:
    """Latitude and longitude to a tenth of a degree (about 10 km): enough for the lesson, not to find a home."""
    degrees = []
    for ref, tag in ((1, 2), (3, 4)):
        try:
            whole, minutes, seconds = (float(v) for v in place[tag])
            value = whole + minutes / 60 + seconds / 3600
            side = str(place.get(ref, "?"))[:1]
        except (KeyError, TypeError, ValueError, ArithmeticError):
            return "?"
        if not 0 <= value <= 180:
            return "?"
        degrees.append(f"≈ {value:.1f}° {_text(side)}")
    return ", ".join(degrees)


def _comment(value: object) -> str:
    """EXIF UserComment: eight bytes name the encoding."""
    if not isinstance(value, bytes):
        return _text(value)
    codec, rest = value[:8], value[8 : 8 + 4 * MAX_VALUE]
    if codec.startswith(b"UNICODE"):
        # Byte order is the file's; writers disagree, so the one that gives the fewer control characters wins.
        rest = rest[: len(rest) // 2 * 2]
        texts = [rest.decode(c, errors="replace") for c in ("utf-16-be", "utf-16-le")]
        return _text(min(texts, key=lambda t: sum(ord(c) > 0x2FFF or c == "\ufffd" for c in t)))
    return _text(rest)


def _xmp(data: bytes) -> list[Finding]:
    found = []
    for key, value in xmp_properties(xmp_packet(data)).items():
        space, _, local = key.lstrip("{").partition("}")
        if not value:
            continue
        if (space, local) == (EXT, "DigitalSourceType"):
            term = value.rstrip("/").rsplit("/", 1)[-1]
            meaning = _SOURCES.get(term, Meaning.SOURCE_OTHER)
            found.append(Finding(key="IPTC DigitalSourceType", value=_text(value), meaning=meaning))
        elif (space, local) == (XMP, "CreatorTool"):
            found.append(Finding(key="XMP CreatorTool", value=_text(value), meaning=Meaning.SOFTWARE))
        elif (space, local) in ((XMP, "CreateDate"), (XMP, "ModifyDate")):
            found.append(Finding(key=f"XMP {local}", value=_text(value), meaning=Meaning.DATE))
        elif space == _PHOTOSHOP_DC and local in ("creator", "rights"):
            found.append(Finding(key=f"XMP {local}", value=_text(value), meaning=Meaning.AUTHOR))
        elif space == _PHOTOSHOP_DC and local in ("description", "title"):
            found.append(Finding(key=f"XMP {local}", value=_text(value), meaning=Meaning.TEXT))
    return found


def _texts(data: bytes) -> list[Finding]:
    found = []
    if data.startswith(PNG_SIGNATURE):
        texts = (chunk for chunk in png_chunks(data) if chunk.kind in (b"tEXt", b"zTXt", b"iTXt") and chunk.sound)
        for chunk in itertools.islice(texts, MAX_FINDINGS):  # each may inflate to a megabyte
            pair = png_text(chunk)
            if pair is None or pair[0].startswith("XML:") or not pair[1]:
                continue
            key, value = pair
            program = _GENERATOR_KEYS.get(key.lower())
            if program == "ComfyUI" and not _is_json(value):
                program = None
            label = f"PNG {_text(key)}" + (f" ({program})" if program else "")
            known = {"software": Meaning.SOFTWARE, "author": Meaning.AUTHOR, "creation time": Meaning.DATE}
            meaning = Meaning.GENERATOR if program else known.get(key.lower(), Meaning.TEXT)
            found.append(Finding(key=label, value=_text(value), meaning=meaning))
    elif data.startswith(b"\xff\xd8"):
        for marker, body in jpeg_segments(data):
            if marker == 0xFE and (text := _text(body)):
                found.append(Finding(key="JPEG comment", value=text, meaning=Meaning.TEXT))
    return found


def _c2pa(data: bytes) -> list[Finding]:
    """Whether a C2PA manifest is there: JUMBF in APP11 segments of a JPEG, in the caBX chunk of a PNG."""
    if data.startswith(PNG_SIGNATURE):
        bodies = [chunk.body for chunk in png_chunks(data) if chunk.kind == b"caBX"]
    else:
        bodies = [body for marker, body in jpeg_segments(data) if marker == 0xEB and body[:2] == b"JP"]
    if not any(b"c2pa" in body for body in bodies):
        return []
    return [Finding(key="C2PA", value=f"{sum(map(len, bodies))} B", meaning=Meaning.C2PA)]


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _text(value: object) -> str:
    """Plain printable text, one line, at most :data:`MAX_VALUE` characters."""
    if isinstance(value, bytes):
        raw = value[: 4 * MAX_VALUE].split(b"\x00", 1)[0]
        try:
            value = raw.decode("utf-8")
        except UnicodeDecodeError:
            value = raw.decode("latin-1")
    text = str(value)[: 4 * MAX_VALUE]
    text = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text).split())
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
