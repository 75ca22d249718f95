"""Example files for the metadata view, built in memory: nothing in them comes from a real camera or a real person."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from kit.images.label import SourceType, labelled_png


@dataclass(frozen=True, kw_only=True)
class Example:
    """A file to read: ``id`` is the key of its words."""

    id: str
    file_name: str
    data: bytes = field(repr=False)


def examples() -> list[Example]:
    """Five files with the same little landscape, which say very different things of themselves.

    ``phone`` carries EXIF as a phone writes it, ``generated`` and ``altered`` the label of this kit, ``recipe`` the
    settings that a popular generator leaves, ``stripped`` nothing, as after a trip through most messaging services.
    """
    pixels = landscape()
    return [
        Example(id="phone", file_name="IMG_0042.jpg", data=_jpeg(pixels, exif=_phone_exif())),
        Example(id="generated", file_name="image.png", data=labelled_png(pixels, SourceType.GENERATED)),
        Example(id="altered", file_name="photo-v2.png", data=labelled_png(_with_moon(pixels), SourceType.ALTERED)),
        Example(id="recipe", file_name="00017-42.png", data=_recipe(pixels)),
        Example(id="stripped", file_name="recu.jpg", data=_jpeg(pixels)),
    ]


def landscape() -> np.ndarray:
    """A drawn landscape: sky, sun, two hills. uint8, 200 × 300 × 3."""
    y, x = np.mgrid[0:200, 0:300].astype(float)
    t = (y / 200)[..., None]
    picture = (1 - t) * np.array([120, 170, 220]) + t * np.array([250, 225, 190])
    picture[(x - 225) ** 2 + (y - 55) ** 2 < 22**2] = (250, 235, 170)
    picture[y > 140 + 22 * np.sin(x / 48)] = (110, 150, 105)
    picture[y > 162 + 14 * np.sin(x / 33 + 2)] = (70, 112, 78)
    return picture.round().astype(np.uint8)


def _with_moon(pixels: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[0:200, 0:300]
    altered = pixels.copy()
    altered[(x - 70) ** 2 + (y - 45) ** 2 < 15**2] = (240, 240, 245)
    return altered


def _phone_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Exemple"
    exif[ExifTags.Base.Model] = "Téléphone imaginaire".encode()
    exif[ExifTags.Base.Software] = "1.0"
    exif[ExifTags.Base.DateTime] = "2026:03:14 10:21:33"
    exif[ExifTags.Base.Orientation] = 1
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "2026:03:14 10:21:33"
    details[ExifTags.Base.ExposureTime] = 0.004
    details[ExifTags.Base.FNumber] = 1.8
    details[ExifTags.Base.ISOSpeedRatings] = 64
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    # The middle of the Bay of Biscay: nobody lives there.
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (45.0, 30.0, 0.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "W", (5.0, 0.0, 0.0)
    return exif


def _jpeg(pixels: np.ndarray, exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    options = {"exif": exif.tobytes()} if exif else {}
    Image.fromarray(pixels).save(out, "JPEG", quality=88, **options)
    return out.getvalue()


def _recipe(pixels: np.ndarray) -> bytes:
    info = PngInfo()
    info.add_text(
        "parameters",
        "hills at sunrise, soft light\nNegative prompt: people, text\n"
        "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 300x200, Model: example",
    )
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", pnginfo=info)
    return out.getvalue()
