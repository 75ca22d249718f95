"""From the many ways files store colours to plain 8-bit sRGB."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True)
class Change:
    """Something that happened to the colours; ``what`` names it, ``detail`` fills the sentence."""

    what: str
    detail: str = ""


def depth(image: Image.Image) -> int:
    """Bits of each colour in the file, as far as the opened image tells (8 if it does not)."""
    if image.mode.startswith("I;16"):
        return 16
    bits = getattr(image, "tag_v2", {}).get(258, (8,))  # TIFF's BitsPerSample
    first = bits[0] if isinstance(bits, tuple) and bits else bits
    return first if isinstance(first, int) else 8


def grey(mode: str) -> int | tuple[int, ...]:
    """Plain opaque grey in a mode that :func:`simple` returns."""
    known: dict[str, int | tuple[int, ...]] = {
        "L": 128,
        "LA": (128, 255),
        "RGBA": (128, 128, 128, 255),
        "CMYK": (0, 0, 0, 127),
        "LAB": (128, 0, 0),
    }
    return known.get(mode, (128, 128, 128))


def simple(image: Image.Image) -> tuple[Image.Image, tuple[Change, ...]]:
    """The image in one of the modes L, LA, RGB, RGBA, CMYK or LAB, 8 bits a channel, resizable, and what changed."""
    transparent = "transparency" in image.info
    if image.mode.startswith("I;16"):
        values = np.asarray(image)
        alpha = image.info.get("transparency")
        table = ((np.arange(65536) * 255 + 32767) // 65535).astype(np.uint8)
        narrow = Image.fromarray(table[values])
        if isinstance(alpha, int):
            mask = Image.fromarray(np.where(values == alpha, 0, 255).astype(np.uint8))
            return Image.merge("LA", (narrow, mask)), ()
        return narrow, ()
    if image.mode in ("I", "F"):
        return _stretched(image)
    if image.mode in ("L", "RGB") and transparent:
        return image.convert("RGBA"), ()
    if image.mode in ("L", "RGB", "LA", "RGBA", "CMYK", "LAB"):
        return image, ()
    if image.mode == "1":
        return image.convert("L"), ()
    if image.mode == "P":
        return image.convert("RGBA" if transparent else "RGB"), ()
    if image.mode == "La":
        return image.convert("LA"), ()
    return image.convert("RGBA" if image.mode in ("PA", "RGBa") else "RGB"), ()


def _stretched(image: Image.Image) -> tuple[Image.Image, tuple[Change, ...]]:
    """Whole or real numbers of unknown range: 0–1 and 0–255 are taken as such, anything else is stretched."""
    values = np.asarray(image, dtype=np.float32)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode == "F" and low >= 0 and high <= 1:
        return Image.fromarray((values * 255 + 0.5).astype(np.uint8)), ()
    if low >= 0 and high <= 255:
        return Image.fromarray((values + 0.5).clip(0, 255).astype(np.uint8)), ()
    # Divide first: the span of two large floats may not fit.
    span = max(abs(low), abs(high))
    unit = (values / span - low / span) / max(high / span - low / span, 1e-12)
    return Image.fromarray((unit.clip(0, 1) * 255 + 0.5).astype(np.uint8)), (Change("stretched"),)


def to_srgb(image: Image.Image, profile: bytes | None, gamma: float | None) -> tuple[np.ndarray, tuple[Change, ...]]:
    """An image of :func:`simple` as uint8 height × width × 3 in sRGB on white, and what changed.

    ``profile`` is the ICC profile of the file; ``gamma`` the exponent a PNG declares instead.
    """
    changes: list[Change] = []
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    if alpha is not None:
        image = image.convert("L" if image.mode == "LA" else "RGB")
    # 1. Colours.
    if profile:
        converted, change = _by_profile(image, profile)
        if converted is not None:
            image = converted
        changes += change
    if image.mode == "CMYK":
        changes.append(Change("cmyk"))
    rgb = image.convert("RGB")
    if gamma is not None and 0.05 <= gamma <= 5 and abs(gamma * 2.2 - 1) > 0.05:
        # The file's value v shows the light v ** (1 / gamma); a screen of exponent 2.2 needs its 1 / 2.2 power.
        table = [round(255 * (v / 255) ** (1 / (gamma * 2.2))) for v in range(256)]
        rgb = rgb.point(table * 3)
        changes.append(Change("gamma"))
    # 2. Transparency on white.
    if alpha is not None and np.asarray(alpha).min() < 255:
        white = Image.new("RGB", rgb.size, (255, 255, 255))
        white.paste(rgb, mask=alpha)
        rgb = white
        changes.append(Change("transparent" if np.asarray(alpha).any() else "invisible"))
    return np.array(rgb, dtype=np.uint8), tuple(changes)


def _by_profile(image: Image.Image, profile: bytes) -> tuple[Image.Image | None, tuple[Change, ...]]:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = _plain(ImageCms.getProfileDescription(source))
        if "srgb" in name.lower():
            return None, ()
        space = source.profile.xcolor_space.strip()
        fits = {"GRAY": ("L",), "RGB": ("RGB",), "CMYK": ("CMYK",), "Lab": ("LAB",)}.get(space, ())
        if image.mode not in fits:
            return None, (Change("bad-profile"),)
        # Relative colorimetric with the default flags would clip shadows of print profiles: perceptual.
        converted = ImageCms.profileToProfile(
            image, source, SRGB, renderingIntent=ImageCms.Intent.PERCEPTUAL, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return None, (Change("bad-profile"),)
    return converted, (Change("profile", name or space),)


def _plain(text: str) -> str:
    """A profile's own name, fit for a sentence."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "C").strip()[:60]
