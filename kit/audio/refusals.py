"""The sentences with which the door refuses a sound: what came, what is accepted, what to do."""

from __future__ import annotations

from kit.errors import BadAudio, SetupError
from kit.images.sniff import Kind, sniff

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (8, b"WAVE", "WAV"),
    (8, b"AIFF", "AIFF"),
    (8, b"AIFC", "AIFF"),
    (4, b"ftyp", "MP4"),
    (4, b"moov", "MP4"),
    (0, b"ID3", "MP3"),
    (0, b"\xff\xfb", "MP3"),
    (0, b"\xff\xf3", "MP3"),
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "Ogg"),
    (0, b"\x1a\x45\xdf\xa3", "WebM"),
    (0, b"#!AMR", "AMR"),
    (0, b"\x30\x26\xb2\x75", "WMA"),
    (0, b"caff", "CAF"),
)
"""Where, which bytes, and the format that begins so."""


def empty(name: str) -> BadAudio:
    """Not one byte."""
    return BadAudio("“{name}” is empty. Choose the file again, or another recording.", name=name)


def too_heavy(name: str, size: int, limit: int) -> BadAudio:
    """``size`` and ``limit`` in bytes."""
    return BadAudio(
        "“{name}” weighs {size} MB; at most {limit} MB are accepted. Export it as MP3, or cut it into parts.",
        name=name,
        size=-(-size // 2**20),
        limit=limit // 2**20,
    )


def too_long(name: str, seconds: float | None, limit: float) -> BadAudio:
    """``seconds`` is None for a file that says nothing of its length, and went on beyond ``limit``."""
    if seconds is None:
        return BadAudio(
            "“{name}” lasts more than {limit} minutes, the most that is accepted. Cut it into parts, and send those.",
            name=name,
            limit=round(limit / 60),
        )
    return BadAudio(
        "“{name}” lasts {minutes} minutes; at most {limit} are accepted. Cut it into parts, and send those.",
        name=name,
        minutes=max(round(seconds / 60), round(limit / 60) + 1),  # never “lasts 120; at most 120”
        limit=round(limit / 60),
    )


def too_slow(name: str, limit: float) -> BadAudio:
    """Reading took more than ``limit`` seconds."""
    return BadAudio(
        "“{name}” takes more than {minutes} minutes to read. Cut it into parts, or export it as WAV, and try again.",
        name=name,
        minutes=round(limit / 60),
    )


def unreadable(name: str, error: OSError) -> BadAudio:
    """The disk does not give the file."""
    return BadAudio(
        "“{name}” cannot be read ({reason}). Check that the file is there, or choose it again.",
        name=name,
        reason=error.strerror or str(error),
    )


def unwritable(name: str, error: OSError) -> SetupError:
    """The disk does not take the sound: full, most of the time."""
    return SetupError(
        "“{name}” could not be kept ({reason}). Free some disk space, or check that the folder may be written to, then "
        "try again.",
        name=name,
        reason=error.strerror or str(error),
    )


def damaged(name: str, fmt: str) -> BadAudio:
    """A known format of which nothing can be decoded."""
    return BadAudio(
        "“{name}” is damaged ({format}) and cannot be opened. Copy, download or export it again.", name=name, format=fmt
    )


def too_damaged(name: str, percent: int) -> BadAudio:
    """Less than ``percent`` of what the file announces could be decoded."""
    return BadAudio(
        "“{name}” is damaged: less than {percent}% of its sound is there. Copy, download or export it again.",
        name=name,
        percent=percent,
    )


def without_sound(name: str) -> BadAudio:
    """A container with no sound in it."""
    return BadAudio("“{name}” holds no sound track. Choose a file in which something is heard.", name=name)


def nothing_inside(name: str) -> BadAudio:
    """A sound of no length."""
    return BadAudio("“{name}” holds no sound: it lasts 0 seconds. Record it again, or choose another file.", name=name)


def unknown_codec(name: str, codec: str) -> BadAudio:
    """``codec``: FFmpeg's name, empty if it has none."""
    if not codec:
        return BadAudio(
            "“{name}” is encoded in a way that the kit does not read, or protected against copying. Export it as MP3 "
            "or WAV, and send that.",
            name=name,
        )
    return BadAudio(
        "“{name}” is encoded in a way that the kit does not read ({codec}). Export it as MP3 or WAV, and send that.",
        name=name,
        codec=codec,
    )


def odd_rate(name: str, rate: int, least: int, most: int) -> BadAudio:
    """Rates in frames a second."""
    return BadAudio(
        "“{name}” has {rate} samples a second; from {least} to {most} are accepted. Export it at 44100.",
        name=name,
        rate=rate,
        least=least,
        most=most,
    )


def odd_channels(name: str, channels: int) -> BadAudio:
    """Channels that nobody can place around a listener."""
    return BadAudio(
        "“{name}” has {channels} channels, which the kit cannot mix down. Export it in stereo or mono, and send that.",
        name=name,
        channels=channels,
    )


def no_sound(name: str, head: bytes) -> BadAudio | None:
    """What to say of a file that begins with ``head`` and is visibly no sound; None if it may be one."""
    what = sniff(head, name)
    if head.startswith(b"MThd"):
        return BadAudio(
            "“{name}” is a MIDI score, made of notes instead of sound. Export it as MP3 or WAV, and send that.",
            name=name,
        )
    if head.startswith(b"FORM") and head[8:12] in (b"ILBM", b"PBM ", b"ACBM"):
        return _picture(name)
    match what.kind:
        case Kind.PICTURE | Kind.BROKEN_PNG | Kind.HEIC | Kind.SVG:
            return _picture(name)
        case Kind.PDF:
            return BadAudio("“{name}” is a PDF document. Send a sound: MP3, M4A or WAV, for instance.", name=name)
        case Kind.ARCHIVE:
            return BadAudio(
                "“{name}” is an archive or an office document. Take the sound out of it, and send that.", name=name
            )
        case Kind.TEXT:
            return BadAudio(
                "“{name}” holds text, such as a list of addresses, and no sound. Send the sound itself: MP3, M4A or "
                "WAV, for instance.",
                name=name,
            )
        case Kind.NAMED:
            return BadAudio(
                "“{name}” is no sound: it is in the {format} format. Send an MP3, M4A or WAV, for instance.",
                name=name,
                format=what.format,
            )
    return None


def unopened(name: str, head: bytes) -> BadAudio:
    """What to say of a file that begins with ``head`` and that no decoder opened."""
    for place, signature, fmt in _SIGNATURES:
        if head[place : place + len(signature)] == signature:
            return damaged(name, fmt)
    if sniff(head, name).kind is Kind.VIDEO or head[8:12] == b"AVI ":
        return BadAudio(
            "“{name}” is a video in a format that the kit does not read. Export its sound as MP3, and send that.",
            name=name,
        )
    return BadAudio(
        "“{name}” is no sound the kit knows. Send a WAV, MP3, M4A, Ogg, WebM, FLAC, AIFF, WMA or AMR (3GP).", name=name
    )


def _picture(name: str) -> BadAudio:
    return BadAudio("“{name}” is a picture. Send a sound: MP3, M4A or WAV, for instance.", name=name)
