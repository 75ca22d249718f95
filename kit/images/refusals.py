"""The sentences with which the door refuses a file: what it is, what to do."""

from __future__ import annotations

from kit.errors import BadImage
from kit.images.sniff import Kind, Sniffed


def too_large(name: str, size: str, max_pixels: int) -> BadImage:
    """``size``: width × height in pixels."""
    return BadImage(
        "“{name}” is too large to open ({size} pixels); at most {limit} million pixels are accepted. Reduce it first.",
        name=name,
        size=size,
        limit=max_pixels // 1_000_000,
    )


def damaged(fmt: str, name: str) -> BadImage:
    """A file whose format is known but that cannot be decoded."""
    return BadImage(
        "“{name}” is damaged ({format}) and cannot be opened. Copy, download or export it again.", name=name, format=fmt
    )


def refusal(what: Sniffed, name: str) -> BadImage:
    """One sentence for what is not a picture the kit reads."""
    match what.kind:
        case Kind.BROKEN_PNG:
            return damaged("PNG", name)
        case Kind.HEIC:
            return BadImage(
                "“{name}” is a HEIC photo, which the kit does not read. On the iPhone, choose Settings → Camera → "
                "Formats → Most Compatible and take it again, or export the photo as JPEG.",
                name=name,
            )
        case Kind.SVG:
            return BadImage(
                "“{name}” is an SVG drawing, made of instructions instead of pixels. Export it as PNG and send that.",
                name=name,
            )
        case Kind.PDF:
            return BadImage(
                "“{name}” is a PDF document. Take a screenshot of the picture in it, and send that.", name=name
            )
        case Kind.VIDEO:
            return BadImage("“{name}” is a video. Take a screenshot of one moment of it, and send that.", name=name)
        case Kind.SOUND:
            return BadImage("“{name}” is a sound. Send a JPEG, PNG or WebP picture.", name=name)
        case Kind.ARCHIVE:
            return BadImage(
                "“{name}” is an archive or an office document. Take the picture out of it, and send that.", name=name
            )
        case Kind.TEXT:
            return BadImage("“{name}” holds text, no picture. Send a JPEG, PNG or WebP picture.", name=name)
        case Kind.NAMED:
            return BadImage(
                "“{name}” is in the {format} format, which the kit does not read. Export it as JPEG or PNG, send that.",
                name=name,
                format=what.format,
            )
    return BadImage("“{name}” is no picture the kit knows. Send a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF.", name=name)
