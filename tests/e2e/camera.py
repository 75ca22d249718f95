"""A camera for the browser: a photograph, filmed. Chromium plays the film wherever a page asks for the camera."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from PIL import Image

RATE = 5
"""Frames a second: few, since two cores decode them and play the kit at the same time."""


def photograph(name: str) -> Path:
    """A photograph that scikit-image carries."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / name


def still(picture: Path, width: int = 1280, height: int = 720) -> Image.Image:
    """``picture`` as the camera frames it: its middle, ``width`` × ``height``, RGB."""
    with Image.open(picture) as opened:
        ratio = max(width / opened.width, height / opened.height)
        large = opened.convert("RGB").resize((round(opened.width * ratio), round(opened.height * ratio)))
    left, top = (large.width - width) // 2, (large.height - height) // 2
    return large.crop((left, top, left + width, top + height))


def film(seen: Image.Image, file: Path, frames: int = RATE) -> Path:
    """Write ``seen`` (RGB, even sides) as a motionless YUV4MPEG2 film (8 bits, 4:2:0)."""
    luma, blue, red = seen.convert("YCbCr").split()
    frame = b"FRAME\n" + luma.tobytes() + blue.reduce(2).tobytes() + red.reduce(2).tobytes()
    header = f"YUV4MPEG2 W{seen.width} H{seen.height} F{RATE}:1 Ip A1:1 C420\n"
    file.write_bytes(header.encode() + frame * frames)
    return file


def flags(file: Path) -> tuple[str, ...]:
    """How Chromium is started with this film in place of a camera, and with nobody to ask."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={file}",
    )
