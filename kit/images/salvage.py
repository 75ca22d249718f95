"""How much of a damaged picture can still be read.

PNG carries checksums, so damage is known before decoding: the file is taken apart, its pixels are inflated once to
count the rows that are there, and a clean file holding nothing but the picture goes to the decoder. JPEG has no
checksum: the decoder fills what is missing with plain grey, and that is what is measured.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from kit.images.chunks import PNG_SIGNATURE, Chunk, jpeg_segments, png_chunk, png_chunks

GREY = 128
"""What the missing part of a picture is filled with."""

_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Colour type of a PNG → the bit depths the format allows (PNG specification, table 11.1)."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Left, top, step across, step down of the seven passes of an interlaced PNG."""
_STEP = 4096
MAX_PROFILE = 4 * 2**20
"""Most bytes a colour profile may inflate to."""


class Unsound(Exception):
    """A PNG that breaks its own format: a wrong checksum, an impossible header, a missing part."""


@dataclass(frozen=True, kw_only=True)
class PngHeader:
    """The fixed facts of a PNG."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    def row_bytes(self, width: int) -> int:
        """Bytes of one row of ``width`` pixels once inflated, its filter byte included."""
        return 1 + (width * _CHANNELS[self.colour] * self.depth + 7) // 8

    @property
    def raw_bytes(self) -> int:
        """Bytes of the whole picture once inflated."""
        if not self.interlaced:
            return self.height * self.row_bytes(self.width)
        total = 0
        for left, top, across, down in _ADAM7:
            width, height = -(-(self.width - left) // across), -(-(self.height - top) // down)
            total += height * self.row_bytes(width) if width > 0 and height > 0 else 0
        return total


@dataclass(frozen=True, kw_only=True)
class CleanPng:
    """A PNG with nothing but its picture."""

    data: bytes = field(repr=False)
    header: PngHeader
    fraction: float
    """How much of the picture is there, 0–1 (by rows; by bytes if interlaced)."""
    cut: bool
    """Whether the file stops before its end."""
    frames: int
    gamma: float | None
    """The exponent the file declares, when neither a profile nor sRGB overrides it."""
    bad_profile: bool
    told: bool
    """Whether the file carried texts or EXIF."""


def png_header(data: bytes) -> PngHeader:
    """The header of a PNG. Raises :class:`Unsound`."""
    first = next(png_chunks(data), None)
    if first is None or first.kind != b"IHDR" or not first.sound or len(first.body) != 13:
        raise Unsound("header")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", first.body)
    if not (0 < width < 2**31 and 0 < height < 2**31) or depth not in _DEPTHS.get(colour, ()):
        raise Unsound("header")
    if compression or filtering or interlace > 1:
        raise Unsound("method")
    return PngHeader(width=width, height=height, depth=depth, colour=colour, interlaced=bool(interlace))


def clean_png(data: bytes) -> CleanPng:
    """Check every part of a PNG and keep only what its pixels need.

    A damaged part that the picture does not need is left out. A file that merely stops early is completed with empty
    rows; ``fraction`` says how much is real. Raises :class:`Unsound` for any other damage.
    """
    header = png_header(data)
    keep: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    cut, frames, told, bad_profile = True, 1, False, False
    for chunk in png_chunks(data):
        critical = not chunk.kind[0] & 0x20
        if critical and chunk.whole and not chunk.sound:
            raise Unsound("checksum")
        match chunk:
            case Chunk(kind=b"IDAT"):
                pixels.append(chunk.body)
            case Chunk(kind=b"IEND", whole=True):
                cut = False
            case Chunk(whole=False):
                pass
            case Chunk(kind=b"IHDR" | b"PLTE"):
                keep[chunk.kind] = chunk.body
            case _ if critical:
                raise Unsound("unknown part")
            case Chunk(sound=False):
                bad_profile |= chunk.kind == b"iCCP"
            case Chunk(kind=b"tRNS" | b"gAMA" | b"sRGB" | b"eXIf" | b"iCCP"):
                keep.setdefault(chunk.kind, chunk.body)
            case Chunk(kind=b"acTL") if len(chunk.body) == 8:
                frames = max(1, int.from_bytes(chunk.body[:4], "big"))
        told |= chunk.kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"caBX")
    if not pixels or (header.colour == 3 and not 3 <= len(keep.get(b"PLTE", b"")) <= 768):
        raise Unsound("no picture")
    if b"iCCP" in keep and not _profile_opens(keep[b"iCCP"]):
        del keep[b"iCCP"]
        bad_profile = True
    available, fine = _inflated(pixels, header.raw_bytes)
    if not fine and not cut:
        cut = True  # the checksums are right but the pixels stop: written by a program that failed half-way
    if available < header.raw_bytes or not fine:
        pixels = [_completed(pixels, available, header.raw_bytes)]
    rows = available // header.row_bytes(header.width)
    return CleanPng(
        data=_assemble(keep, pixels),
        header=header,
        fraction=min(1.0, available / header.raw_bytes if header.interlaced else rows / header.height),
        cut=cut or available < header.raw_bytes,
        frames=frames,
        gamma=_gamma(keep),
        bad_profile=bad_profile,
        told=told,
    )


def _assemble(keep: dict[bytes, bytes], pixels: list[bytes]) -> bytes:
    order = (b"IHDR", b"iCCP", b"eXIf", b"PLTE", b"tRNS")
    parts = [png_chunk(kind, keep[kind]) for kind in order if kind in keep]
    parts += [png_chunk(b"IDAT", body) for body in pixels]
    return b"".join([PNG_SIGNATURE, *parts, png_chunk(b"IEND", b"")])


def _gamma(keep: dict[bytes, bytes]) -> float | None:
    if b"sRGB" in keep or b"iCCP" in keep or len(keep.get(b"gAMA", b"")) != 4:
        return None
    return int.from_bytes(keep[b"gAMA"], "big") / 100_000


def _profile_opens(body: bytes) -> bool:
    _, zero, rest = body.partition(b"\x00")
    try:
        stream = zlib.decompressobj()
        stream.decompress(rest[1:], MAX_PROFILE)
    except zlib.error:
        return False
    return bool(zero) and stream.eof


def _pieces(pixels: list[bytes], limit: int) -> Iterator[bytes | None]:
    """Inflate in small steps, so that all that precedes a fault comes out; a final None means that there was one."""
    stream, total = zlib.decompressobj(), 0
    for body in pixels:
        for at in range(0, len(body), _STEP):
            waiting = body[at : at + _STEP]
            while waiting:
                try:
                    piece = stream.decompress(waiting, 2**20)
                except zlib.error:
                    yield None
                    return
                waiting = stream.unconsumed_tail
                total += len(piece)
                yield piece
                if total > limit:  # more than the picture needs: no reason to inflate the rest
                    return
    if not stream.eof:
        yield None


def _inflated(pixels: list[bytes], limit: int) -> tuple[int, bool]:
    """How many bytes of the picture come out, at most ``limit``, and whether they do so without a fault."""
    total, fine = 0, True
    for piece in _pieces(pixels, limit):
        if piece is None:
            fine = False
        else:
            total += len(piece)
    return min(total, limit), fine


def _completed(pixels: list[bytes], available: int, limit: int) -> bytes:
    """The same stream, made whole with zeros."""
    stream, out, left = zlib.compressobj(1), [], available
    for piece in _pieces(pixels, limit):
        if piece is not None and left:
            out.append(stream.compress(piece[:left]))
            left -= len(piece[:left])
    zeros = bytes(2**20)
    missing = limit - available
    while missing:
        out.append(stream.compress(zeros[:missing]))
        missing -= len(zeros[:missing])
    out.append(stream.flush())
    return b"".join(out)


def grey_rows(image: Image.Image) -> int:
    """How many rows at the bottom of a decoded JPEG are the plain grey that decoders write where data is missing."""
    if image.mode not in ("L", "RGB", "CMYK", "YCbCr"):
        return 0
    rows = 0
    last = None
    while rows < image.height:
        top = max(0, image.height - rows - 64)
        band = np.asarray(image.crop((0, top, image.width, image.height - rows)))
        if last is None:
            last = band[-1, -1]
            # CMYK of Adobe is stored inverted, hence 127 as well.
            if np.abs(last.astype(np.int16) - GREY).max() > 2:
                return 0
        plain = (band == last).reshape(len(band), -1).all(axis=1)
        if not plain.all():
            return rows + int(np.argmin(plain[::-1]))
        rows += len(band)
    return rows


def stops_abruptly(data: bytes) -> bool:
    """Whether the pixels of a whole JPEG seem to stop before their end, so that a grey band means missing data.

    A band that really is grey costs the same few bits for every block: its bytes repeat up to the end marker. Only
    told for baseline JPEG; progressive ones spend no bits on such bands.
    """
    if any(marker in (0xC2, 0xC6, 0xCA, 0xCE) for marker, _ in jpeg_segments(data)):
        return False
    end = data.rfind(b"\xff\xd9") - 1  # the last byte is padded
    for period in range(1, 33):
        same = max(period, 6)
        if data[end - same : end] == data[end - same - period : end - period]:
            return False
    return True
