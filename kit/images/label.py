"""Labels on what the kit generates: a caption band below the picture, and the IPTC digital source type in its XMP.

The band is added below, so that not one pixel of the picture changes; its place is written in the XMP, so that it can
be taken off again. The XMP property is ``Iptc4xmpExt:DigitalSourceType`` (IPTC NewsCodes, release 2024-10-23).
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from kit.errors import BadInput
from kit.images.chunks import XMP_KEYWORD, xmp_packet

TOOL = "Contrechamp"
NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "http://ns.adobe.com/xap/1.0/"
OWN = "urn:contrechamp:label:1/"
"""Our own namespace: one property, the place of the picture inside the labelled image."""

INK, PAPER = (0x1B, 0x1F, 0x3B), (0xFB, 0xF7, 0xF0)
ACCENTS = {"\u0301": "´", "\u0300": "`", "\u0302": "^"}
"""Combining accent → the stand-alone one that the bundled font has."""
MAX_XMP = 2**18


class SourceType(StrEnum):
    """The IPTC terms for what the kit makes; the full value is :data:`NEWSCODES` followed by the term."""

    GENERATED = "trainedAlgorithmicMedia"
    """Wholly made by a model."""
    ALTERED = "compositeWithTrainedAlgorithmicMedia"
    """A photograph of which a model remade a part."""


# These words are drawn into pixels, in the language of whoever exports: no catalogue is needed to read them later.
WORDS = {
    SourceType.GENERATED: {"fr": "Image générée par IA", "en": "AI-generated image"},
    SourceType.ALTERED: {"fr": "Photo modifiée par IA", "en": "Photo altered with AI"},
}


@dataclass(frozen=True, kw_only=True)
class Label:
    """What :func:`read_label` finds."""

    source_type: str
    """The IPTC term, e.g. ``trainedAlgorithmicMedia``; not necessarily one of ours."""
    tool: str = ""
    box: tuple[int, int, int, int] | None = None
    """Left, top, right, bottom of the picture without its band, in pixels; None if the kit did not write the label."""


def caption(source_type: SourceType, lang: str) -> str:
    """The words of the visible mark, in French unless ``lang`` is ``en``."""
    words = WORDS[source_type]
    return f"{words.get(lang, words['fr'])} · {TOOL}"


def banded(pixels: np.ndarray, source_type: SourceType, lang: str) -> np.ndarray:
    """``pixels`` (uint8, height × width × 3) with the caption band below; the first ``height`` rows are untouched."""
    height, width = pixels.shape[:2]
    lines, font, step = _fitted(caption(source_type, lang), width, height)
    pad = max(2, step // 3)
    band = Image.new("RGB", (width, len(lines) * step + 2 * pad), PAPER)
    draw = ImageDraw.Draw(band)
    draw.line((0, 0, width, 0), fill=INK)
    for row, line in enumerate(lines):
        _write(draw, (pad, pad + row * step + round(0.75 * step)), line, font)
    return np.concatenate([pixels, np.asarray(band)])


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, font: ImageFont.FreeTypeFont) -> None:
    """Draw one line on the baseline ``at``.

    Pillow's bundled font has no accented letters, but it has their parts: the letter is drawn, then its accent.
    """
    x, y = at
    plain = _plain(text)
    draw.text(at, plain, fill=INK, font=font, anchor="ls")
    drawn = 0
    for mark in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(mark):
            drawn += 1
            continue
        left, right = font.getlength(plain[: drawn - 1]), font.getlength(plain[:drawn])
        draw.text((x + (left + right) / 2, y), ACCENTS[mark], fill=INK, font=font, anchor="ms")


def _plain(text: str) -> str:
    """``text`` without its accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _fitted(text: str, width: int, height: int) -> tuple[list[str], ImageFont.FreeTypeFont, int]:
    """The caption in lines that fit ``width``, its font, and the line height in pixels."""
    size = max(13, min(48, round(0.05 * min(width, height))))
    while True:
        font = ImageFont.load_default(size)
        assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels carry FreeType; doctor checks it
        room = width - 2 * max(2, size // 2)
        lines: list[str] = []
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and font.getlength(_plain(longer)) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        if size <= 6 or max(font.getlength(_plain(line)) for line in lines) <= room:
            return lines, font, round(1.35 * size)
        size -= 1


def xmp(source_type: SourceType, box: tuple[int, int, int, int]) -> bytes:
    """The XMP packet that says where a picture of the kit comes from."""
    place = " ".join(map(str, box))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f' <rdf:RDF xmlns:rdf="{RDF}">\n'
        f'  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{EXT}" xmlns:xmp="{XMP}" xmlns:contrechamp="{OWN}"\n'
        f"   Iptc4xmpExt:DigitalSourceType={quoteattr(NEWSCODES + source_type)}\n"
        f'   xmp:CreatorTool="{TOOL}"\n'
        f'   contrechamp:PictureBox="{place}"/>\n'
        " </rdf:RDF>\n"
        "</x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    ).encode()


def labelled_png(pixels: np.ndarray, source_type: SourceType, lang: str = "fr") -> bytes:
    """A PNG of ``pixels`` (uint8, height × width × 3), band and metadata; :func:`picture` gives them back exactly."""
    return _encoded(pixels, source_type, lang, "PNG")


def labelled_jpeg(pixels: np.ndarray, source_type: SourceType, lang: str = "fr") -> bytes:
    """A JPEG of ``pixels`` (uint8, height × width × 3) with band and metadata."""
    return _encoded(pixels, source_type, lang, "JPEG")


def _encoded(pixels: np.ndarray, source_type: SourceType, lang: str, fmt: str) -> bytes:
    height, width = pixels.shape[:2]
    packet = xmp(source_type, (0, 0, width, height))
    out = io.BytesIO()
    image = Image.fromarray(banded(pixels, source_type, lang))
    if fmt == "PNG":
        info = PngInfo()
        info.add_itxt(XMP_KEYWORD.decode(), packet.decode())
        image.save(out, "PNG", pnginfo=info)
    else:
        image.save(out, "JPEG", quality=92, subsampling=0, xmp=packet)
    return out.getvalue()


def save_labelled(pixels: np.ndarray, path: Path, *, source_type: SourceType, lang: str = "fr") -> None:
    """Write ``pixels`` (uint8, height × width × 3) labelled, as PNG or JPEG by the ending of ``path``.

    The file appears whole or not at all. Raises :class:`kit.errors.BadInput` for another ending, ``OSError`` if the
    disk refuses.
    """
    match path.suffix.lower():
        case ".png":
            data = labelled_png(pixels, source_type, lang)
        case ".jpg" | ".jpeg":
            data = labelled_jpeg(pixels, source_type, lang)
        case _:
            raise BadInput(
                "“{name}” cannot carry the label of a generated image. Choose a name in .png or .jpg.", name=path.name
            )
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp opens for the owner only; what a person exports is an ordinary file.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_label(data: bytes) -> Label | None:
    """The label in the XMP of a PNG or JPEG, whoever wrote it; None if there is none, or if the XMP cannot be read."""
    found = xmp_properties(xmp_packet(data))
    source_type = found.get(f"{{{EXT}}}DigitalSourceType", "")
    if not source_type:
        return None
    return Label(
        source_type=source_type.rstrip("/").rsplit("/", 1)[-1],
        tool=found.get(f"{{{XMP}}}CreatorTool", ""),
        box=_box(found.get(f"{{{OWN}}}PictureBox", "")),
    )


def xmp_properties(packet: bytes) -> dict[str, str]:
    """The simple properties of an XMP packet: ``{namespace}name`` → text. Empty if it is not sound or not bounded."""
    packet = packet.strip(b"\x00 \r\n\t")
    if not packet or len(packet) > MAX_XMP or b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return {}
    try:
        # Parsed from text: the packet's own declaration may name another encoding than the UTF-8 that XMP prescribes.
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", packet.decode("utf-8-sig")))
    except (ET.ParseError, UnicodeDecodeError, ValueError):
        return {}
    found: dict[str, str] = {}
    for node in root.iter(f"{{{RDF}}}Description"):
        for key, value in node.attrib.items():
            if not key.startswith(f"{{{RDF}}}"):
                found.setdefault(key, value.strip())
        for child in node:
            text = (child.get(f"{{{RDF}}}resource") or "".join(child.itertext())).strip()
            found.setdefault(child.tag, text)
    return found


def _box(text: str) -> tuple[int, int, int, int] | None:
    numbers = re.fullmatch(r"(\d{1,6}) (\d{1,6}) (\d{1,6}) (\d{1,6})", text)
    if not numbers:
        return None
    left, top, right, bottom = map(int, numbers.groups())
    return (left, top, right, bottom) if left < right and top < bottom else None


def picture(data: bytes) -> np.ndarray:
    """The picture of a file the kit labelled, without its band: uint8, height × width × 3.

    A file without our label comes back whole. ``data`` must be a sound PNG or JPEG (for one that a person sent, see
    :func:`kit.images.intake.read_image`); raises ``OSError`` if it is not.
    """
    label = read_label(data)
    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
        pixels = np.array(image.convert("RGB"))
    if label is None or label.box is None:
        return pixels
    left, top, right, bottom = label.box
    return pixels[top:bottom, left:right]
