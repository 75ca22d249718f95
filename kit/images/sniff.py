"""What a file is, and how large, from its first bytes. Names are never believed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kit.images.chunks import jpeg_segments


class Kind(StrEnum):
    """What bytes are, as far as intake needs to know it."""

    PICTURE = "picture"
    """A format the kit reads; ``Sniffed.format`` is Pillow's name of it."""
    NAMED = "named"
    """A picture or document format the kit does not read, but can name."""
    BROKEN_PNG = "broken-png"
    """A PNG whose signature was damaged, often by a transfer in text mode."""
    HEIC = "heic"
    SVG = "svg"
    PDF = "pdf"
    VIDEO = "video"
    SOUND = "sound"
    ARCHIVE = "archive"
    TEXT = "text"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sniffed:
    """The answer of :func:`sniff`. ``format`` names the format for people, or for Pillow when ``kind`` is PICTURE."""

    kind: Kind
    format: str = ""


READABLE = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""Pillow's names of the formats the kit reads."""

SUFFIXES = {
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "jpe": "JPEG",
    "jfif": "JPEG",
    "mpo": "JPEG",
    "png": "PNG",
    "apng": "PNG",
    "webp": "WEBP",
    "gif": "GIF",
    "bmp": "BMP",
    "dib": "BMP",
    "tif": "TIFF",
    "tiff": "TIFF",
    "avif": "AVIF",
    "heic": "HEIC",
    "heif": "HEIC",
    "svg": "SVG",
    "pdf": "PDF",
    "psd": "PSD",
    "ico": "ICO",
    "jp2": "JPEG 2000",
}
"""What a name's ending announces."""

_RAW_SUFFIXES = ("dng", "nef", "nrw", "arw", "sr2", "cr2", "crw", "pef", "srw", "3fr", "iiq", "erf", "mef", "mos")
"""Cameras' raw formats built on TIFF: Pillow would show the thumbnail inside them as if it were the photo."""

_NAMED: tuple[tuple[bytes, str], ...] = (
    (b"8BPS", "Photoshop (PSD)"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\x00\x00\x00\x0cjP", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x00\x00\x02\x00", "CUR"),
    (b"icns", "ICNS"),
    (b"DDS ", "DDS"),
    (b"qoif", "QOI"),
    (b"gimp xcf", "GIMP (XCF)"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"SIMPLE  =", "FITS"),
    (b"\xd7\xcd\xc6\x9a", "WMF"),
    (b"\x08\xf2\xa6\xb6", "VIPS"),
    (b"\xb6\xa6\xf2\x08", "VIPS"),
    (b"\x01\xda", "SGI"),
    (b"\x0a\x05\x01", "PCX"),
    (b"\x59\xa6\x6a\x95", "Sun raster"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
    (b"FUJIFILMCCD-RAW", "RAW"),
    (b"IIRO", "RAW"),
    (b"IIRS", "RAW"),
    (b"IIU\x00", "RAW"),
    (b"II*\x00\x10\x00\x00\x00CR", "RAW"),
    (b"AT&TFORM", "DjVu"),
    (b"BLP1", "BLP"),
    (b"BLP2", "BLP"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
)

ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\xd0\xcf\x11\xe0",
)
_VIDEO = (b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FLV", b"\x30\x26\xb2\x75")
_SOUND = (b"OggS", b"fLaC", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"#!AMR", b"MThd", b".snd")
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)


def suffix(name: str) -> str:
    """The ending of a file name, in lower case and without its dot; empty if there is none."""
    _, dot, ending = name.rpartition(".")
    return ending.lower() if dot else ""


def sniff(data: bytes, name: str = "") -> Sniffed:
    """Tell what ``data`` is. ``name`` only helps to tell apart formats that share their first bytes."""
    head = data[:4096]
    if head.startswith(b"\xff\xd8\xff"):
        return Sniffed(Kind.PICTURE, "JPEG")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sniffed(Kind.PICTURE, "PNG")
    if head[1:3] == b"PN" or head[:3] == b"PNG" or b"IHDR" in head[:24]:
        return Sniffed(Kind.BROKEN_PNG, "PNG")
    if head[:4] == b"RIFF":
        return _riff(head)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Sniffed(Kind.PICTURE, "GIF")
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return Sniffed(Kind.PICTURE, "BMP")
    if head[4:8] == b"ftyp":
        return _ftyp(head)
    for magic, label in _NAMED:
        if head.startswith(magic):
            return Sniffed(Kind.NAMED, label)
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        if suffix(name) in _RAW_SUFFIXES:
            return Sniffed(Kind.NAMED, "RAW")
        return Sniffed(Kind.PICTURE, "TIFF")
    if head.startswith(ARCHIVES):
        return Sniffed(Kind.ARCHIVE)
    if head.startswith(_VIDEO) or head[4:8] in (b"moov", b"mdat", b"wide"):
        return Sniffed(Kind.VIDEO)
    if head.startswith(_SOUND) or (head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")):
        return Sniffed(Kind.SOUND)
    if b"%PDF-" in head[:1024]:
        return Sniffed(Kind.PDF, "PDF")
    if head[128:132] == b"DICM":
        return Sniffed(Kind.NAMED, "DICOM")
    if data[2048:2052] == b"PCD_":
        return Sniffed(Kind.NAMED, "Photo CD (PCD)")
    if data[-18:-2] == b"TRUEVISION-XFILE" or suffix(name) == "tga":
        return Sniffed(Kind.NAMED, "TGA")
    if head[:1] == b"P" and head[1:2] in b"1234567fF" and head[2:3].isspace():
        return Sniffed(Kind.NAMED, "PNM")
    return _text(head)


def _riff(head: bytes) -> Sniffed:
    match head[8:12]:
        case b"WEBP":
            return Sniffed(Kind.PICTURE, "WEBP")
        case b"AVI ":
            return Sniffed(Kind.VIDEO)
        case b"WAVE":
            return Sniffed(Kind.SOUND)
    return Sniffed(Kind.UNKNOWN)


def _ftyp(head: bytes) -> Sniffed:
    """ISO base media: the brand tells a picture from a film."""
    size = min(int.from_bytes(head[:4], "big"), 256)
    brands = [head[8:12]] + [head[i : i + 4] for i in range(16, size, 4)]
    if b"avif" in brands or b"avis" in brands:
        return Sniffed(Kind.PICTURE, "AVIF")
    if any(b in (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"heif") for b in brands):
        return Sniffed(Kind.HEIC, "HEIC")
    if brands[0] == b"crx ":
        return Sniffed(Kind.NAMED, "RAW")
    if brands[0] in (b"M4A ", b"M4B ", b"M4P "):
        return Sniffed(Kind.SOUND)
    return Sniffed(Kind.VIDEO)


def _text(head: bytes) -> Sniffed:
    """SVG, other text, or nothing known."""
    codec = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(codec, errors="replace")
    if "<svg" in text.lower():
        return Sniffed(Kind.SVG, "SVG")
    # The last character may be cut in two by the 4,096-byte window.
    odd = sum(1 for c in text[:-4] if c == "\ufffd" or (ord(c) < 32 and c not in "\t\n\r\f\x1b"))
    if text and odd == 0 and not all(ord(c) < 32 or c == "\ufffd" for c in text):
        return Sniffed(Kind.TEXT)
    return Sniffed(Kind.UNKNOWN)


def size_in_header(data: bytes, fmt: str) -> tuple[int, int] | None:
    """Width and height in the header of a JPEG or WebP; None if they are not found there, or for another format.

    Pillow opens a WebP by making its decoder, and refuses a huge JPEG without saying how huge: this comes before.
    """
    if fmt == "JPEG":
        for marker, body in jpeg_segments(data):
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(body) >= 5:
                return int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
        return None
    if fmt != "WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            across, down = int.from_bytes(data[26:28], "little"), int.from_bytes(data[28:30], "little")
            return across & 0x3FFF, down & 0x3FFF
    return None
