"""Walk the containers of PNG (chunks) and JPEG (segments). Bounded: bodies are slices of the data, never inflated."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEYWORD = b"XML:com.adobe.xmp"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
MAX_TEXT = 2**20
"""Most bytes a compressed text of a PNG may inflate to."""


@dataclass(frozen=True)
class Chunk:
    """One chunk of a PNG."""

    kind: bytes
    """Four letters; a capital first one means that the picture cannot be read without it."""
    body: bytes
    sound: bool
    """Whether the checksum is right."""
    whole: bool
    """Whether the file holds all of it."""


def png_chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG up to IEND, or up to where the file stops; the last one may be cut."""
    at = len(PNG_SIGNATURE)
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        checksum = data[at + 8 + length : at + 12 + length]
        whole = len(body) == length and len(checksum) == 4
        sound = whole and zlib.crc32(body, zlib.crc32(kind)) == int.from_bytes(checksum, "big")
        yield Chunk(kind, body, sound, whole)
        if kind == b"IEND" or not whole:
            return
        at += 12 + length


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """The bytes of one chunk, with length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def png_text(chunk: Chunk) -> tuple[str, str] | None:
    """Keyword and text of a tEXt, zTXt or iTXt chunk; None if it is none of these, or damaged.

    A text that inflates to more than :data:`MAX_TEXT` bytes is cut there.
    """
    keyword, zero, rest = chunk.body.partition(b"\x00")
    if not zero:
        return None
    codec = "latin-1"
    if chunk.kind == b"zTXt":
        rest = _inflate(rest[1:])
    elif chunk.kind == b"iTXt":
        compressed, rest = rest[:1] == b"\x01", rest[2:]
        _language, _, rest = rest.partition(b"\x00")
        _translated, _, rest = rest.partition(b"\x00")
        rest = _inflate(rest) if compressed else rest
        codec = "utf-8"
    elif chunk.kind != b"tEXt":
        return None
    return keyword.decode("latin-1"), rest[:MAX_TEXT].decode(codec, errors="replace")


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MAX_TEXT)
    except zlib.error:
        return b""


def jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker (its second byte) and body of each segment of a JPEG, up to the start of the picture's own data."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # no body
            at += 2
            continue
        if marker in (0xD9, 0xDA):
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            return
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def xmp_packet(data: bytes) -> bytes:
    """The XMP packet of a PNG or a JPEG; empty if there is none. Extended XMP of JPEG is left out."""
    if data.startswith(PNG_SIGNATURE):
        for chunk in png_chunks(data):
            if chunk.kind == b"iTXt" and chunk.body.startswith(XMP_KEYWORD + b"\x00"):
                found = png_text(chunk)
                return found[1].encode() if found else b""
    elif data.startswith(b"\xff\xd8"):
        for marker, body in jpeg_segments(data):
            if marker == 0xE1 and body.startswith(XMP_HEADER):
                return body[len(XMP_HEADER) :]
    return b""
