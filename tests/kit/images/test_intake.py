"""The door for images: everything that comes in is upright sRGB of bounded size, or refused in one sentence."""

from __future__ import annotations

import gzip
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from kit.errors import BadImage
from kit.images.chunks import PNG_SIGNATURE, png_chunk, png_chunks
from kit.images.intake import Intake, read_image, shown_name
from kit.images.sniff import Kind, sniff

WIDTH, HEIGHT = 96, 64


def scene(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A picture whose four quarters tell every turn and flip apart; smooth enough to survive JPEG."""
    y, x = np.mgrid[0:height, 0:width]
    picture = np.zeros((height, width, 3))
    picture[..., 0] = 250 * x / width
    picture[..., 1] = 250 * y / height
    picture[..., 2] = np.where((x < width / 3) & (y < height / 3), 230, 20)
    return picture.astype(np.uint8)


def encoded(image: Image.Image | np.ndarray, fmt: str, **options: object) -> bytes:
    out = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(out, fmt, **options)
    return out.getvalue()


def notes(taken: Intake) -> str:
    return " ".join(note.text() for note in taken.notes)


def far(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(int) - b).mean())


@pytest.mark.parametrize(
    ("fmt", "options", "tolerance"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("JPEG", {"quality": 95, "subsampling": 0}, 2),
        ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}, 2),
        ("AVIF", {"quality": 90}, 4),
        ("GIF", {}, 12),
    ],
)
def test_a_sound_picture_comes_in_whole(fmt: str, options: dict, tolerance: float) -> None:
    taken = read_image(encoded(scene(), fmt, **options), f"photo.{fmt.lower()}")
    assert taken.format == fmt
    assert taken.pixels.dtype == np.uint8
    assert far(taken.pixels, scene()) <= tolerance
    assert (taken.size, taken.orientation, taken.frames, taken.fraction) == ((WIDTH, HEIGHT), 1, 1, 1.0)
    assert taken.notes == ()


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (1, lambda p: p),
        (2, lambda p: p[:, ::-1]),
        (3, lambda p: p[::-1, ::-1]),
        (4, lambda p: p[::-1]),
        (5, lambda p: p.transpose(1, 0, 2)),
        (6, lambda p: np.rot90(p, 1)),
        (7, lambda p: p[::-1, ::-1].transpose(1, 0, 2)),
        (8, lambda p: np.rot90(p, -1)),
    ],
)
def test_every_exif_orientation_is_turned_upright(fmt: str, orientation: int, stored) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(np.ascontiguousarray(stored(scene())), fmt, exif=exif.tobytes(), quality=95)
    taken = read_image(data, f"photo.{fmt.lower()}")
    assert far(taken.pixels, scene()) < 6
    assert taken.orientation == orientation
    assert ("upright" in notes(taken)) == (orientation != 1)


def test_nonsense_orientation_is_ignored() -> None:
    exif = Image.Exif()
    exif[0x0112] = 42
    assert read_image(encoded(scene(), "JPEG", exif=exif.tobytes()), "a.jpg").orientation == 1


def test_large_pictures_are_reduced_and_say_so() -> None:
    taken = read_image(encoded(scene(1200, 800), "PNG"), "a.png", max_side=300)
    assert taken.pixels.shape == (200, 300, 3)
    assert taken.size == (1200, 800)
    assert far(taken.pixels, scene(300, 200)) < 3
    assert "from 1200 × 800 to 300 × 200" in notes(taken)


def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size() -> None:
    taken = read_image(encoded(scene(2400, 1600), "JPEG", quality=95), "a.jpg", max_side=240)
    assert taken.pixels.shape == (160, 240, 3)
    assert taken.size == (2400, 1600)
    assert far(taken.pixels, scene(240, 160)) < 3


def test_transparency_lies_on_white() -> None:
    rgba = np.dstack([scene(), np.full((HEIGHT, WIDTH), 255, np.uint8)])
    rgba[:10, :, 3] = 0
    rgba[10:20, :, 3] = 128
    taken = read_image(encoded(rgba, "PNG"), "a.png")
    assert (taken.pixels[:10] == 255).all()
    assert far(taken.pixels[10:20], (scene()[10:20] + 255.0) / 2) < 1
    assert (taken.pixels[20:] == scene()[20:]).all()
    assert "white" in notes(taken)
    rgba[..., 3] = 0
    assert "wholly transparent" in notes(read_image(encoded(rgba, "PNG"), "a.png"))


def test_palettes_greys_and_sixteen_bits() -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (4, 1))
    for fmt in ("PNG", "TIFF"):
        taken = read_image(encoded(Image.fromarray(ramp), fmt), f"a.{fmt.lower()}")
        assert np.abs(taken.pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1
        assert "16 bits" in notes(taken)
    grey = read_image(encoded(scene()[..., 0], "PNG"), "a.png")
    assert (grey.pixels == scene()[..., :1]).all()
    palette = Image.fromarray(scene()).quantize(200)
    expected = np.asarray(palette.convert("RGB"))
    assert (read_image(encoded(palette, "PNG"), "a.png").pixels == expected).all()
    bit = Image.fromarray((scene()[..., 0] > 128).astype(np.uint8) * 255).convert("1")
    assert set(np.unique(read_image(encoded(bit, "PNG"), "a.png").pixels)) == {0, 255}
    real = Image.fromarray(np.linspace(-1000, 3000, 256, dtype=np.float32).reshape(16, 16))
    taken = read_image(encoded(real, "TIFF"), "a.tif")
    assert (taken.pixels.min(), taken.pixels.max()) == (0, 255)
    assert "stretched" in notes(taken)


def test_transparent_colour_of_a_sixteen_bit_grey() -> None:
    values = np.full((8, 8), 5000, np.uint16)
    values[0] = 5001  # the same in 8 bits: only the exact value is transparent
    data = encoded(Image.fromarray(values), "PNG", transparency=5001)
    taken = read_image(data, "a.png")
    assert (taken.pixels[0] == 255).all()
    assert (taken.pixels[1:] == 19).all()


def test_print_colours_come_back_as_screen_colours() -> None:
    for fmt in ("JPEG", "TIFF"):
        taken = read_image(encoded(Image.fromarray(scene()).convert("CMYK"), fmt), f"a.{fmt.lower()}")
        assert taken.mode == "CMYK"
        assert far(taken.pixels, scene()) < 8
        assert "CMYK" in notes(taken)


def test_a_profile_is_applied() -> None:
    # A profile in which red and green trade places, so that the conversion cannot go unnoticed.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[i : i + 4]): i for i in range(132, 132 + 12 * profile[131], 12)}
    red, green = tags[b"rXYZ"] + 4, tags[b"gXYZ"] + 4
    profile[red : red + 4], profile[green : green + 4] = profile[green : green + 4], profile[red : red + 4]
    at = int.from_bytes(profile[tags[b"desc"] + 4 : tags[b"desc"] + 8], "big")
    text = profile[at : at + 80].replace(b"s\x00R\x00G\x00B", b"t\x00R\x00G\x00B")
    profile[at : at + 80] = text
    red_picture = np.zeros((8, 8, 3), np.uint8)
    red_picture[..., 0] = 255
    taken = read_image(encoded(red_picture, "PNG", icc_profile=bytes(profile)), "a.png")
    assert taken.pixels[0, 0, 1] > 250 > 5 > taken.pixels[0, 0, 0]
    assert "converted" in notes(taken)


def test_a_damaged_profile_is_left_out() -> None:
    for fmt in ("PNG", "JPEG", "TIFF", "WEBP"):
        taken = read_image(encoded(scene(), fmt, icc_profile=b"rubbish" * 40), f"a.{fmt.lower()}")
        assert far(taken.pixels, scene()) < 8
        assert "profile is damaged" in notes(taken)


def test_declared_gamma_is_followed() -> None:
    linear = np.full((4, 4, 3), 55, np.uint8)  # linear light 0.2157 → 0.498 on a screen of exponent 2.2
    data = encoded(linear, "PNG")
    gamma = png_chunk(b"gAMA", struct.pack(">I", 100_000))
    at = data.index(b"IDAT") - 4
    taken = read_image(data[:at] + gamma + data[at:], "a.png")
    assert abs(int(taken.pixels[0, 0, 0]) - round(255 * (55 / 255) ** (1 / 2.2))) <= 1


def test_animations_give_their_first_image() -> None:
    first, second = Image.fromarray(scene()), Image.new("RGB", (WIDTH, HEIGHT))
    for fmt in ("GIF", "WEBP", "PNG", "AVIF"):
        taken = read_image(encoded(first, fmt, save_all=True, append_images=[second]), f"a.{fmt.lower()}")
        assert far(taken.pixels, scene()) < 14
        assert taken.frames == 2
        assert "animation" in notes(taken)
    pages = read_image(encoded(first, "TIFF", save_all=True, append_images=[second]), "a.tif")
    assert (pages.pixels == scene()).all()
    assert "2 images" in notes(pages)


def test_the_name_is_not_believed() -> None:
    taken = read_image(encoded(scene(), "PNG"), "holiday.JPG")
    assert taken.format == "PNG"
    assert "PNG" in notes(taken)


def test_metadata_is_announced_as_left_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Exemple"
    assert "left out" in notes(read_image(encoded(scene(), "JPEG", exif=exif.tobytes()), "a.jpg"))


@pytest.mark.parametrize("fmt", ["PNG", "JPEG"])
@pytest.mark.parametrize("share", [0.35, 0.6, 0.9])
def test_a_file_cut_short_says_how_much_is_there(fmt: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (240, 160, 3), dtype=np.uint8)  # every row weighs the same
    data = encoded(noise, fmt, **({"quality": 90} if fmt == "JPEG" else {}))
    head = len(data) - 160 * 240 * 3 if fmt == "PNG" else 620
    taken = read_image(data[: head + int((len(data) - head) * share)], f"a.{fmt.lower()}")
    assert taken.fraction == pytest.approx(share, abs=0.08)  # JPEG: one row of blocks is 7 %
    assert f"{round(100 * taken.fraction)}%" in notes(taken)
    there = int(240 * taken.fraction)
    assert far(taken.pixels[: there - 16], noise[: there - 16]) < (1 if fmt == "PNG" else 60)
    assert np.abs(taken.pixels[there + 17 :].astype(int) - 128).max(initial=0) <= 2


def test_a_jpeg_cut_short_and_given_an_end_is_seen_through() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (240, 160, 3), dtype=np.uint8)
    data = encoded(noise, "JPEG")
    taken = read_image(data[: len(data) // 2] + b"\xff\xd9", "a.jpg")
    assert taken.fraction == pytest.approx(0.5, abs=0.08)
    assert "damaged" in notes(taken)


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"progressive": True}, {"optimize": True}])
@pytest.mark.parametrize("size", [(20, 20), (24, 24), (96, 64), (480, 320)])
def test_grey_that_was_photographed_is_no_damage(size: tuple[int, int], options: dict) -> None:
    grey = np.full((size[1], size[0], 3), 128, np.uint8)
    assert read_image(encoded(grey, "JPEG", **options), "a.jpg").notes == ()
    grey[: size[1] // 2] = scene(size[0], size[1] // 2)
    assert read_image(encoded(grey, "JPEG", **options), "a.jpg").notes == ()


@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_too_little_left_is_refused(fmt: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (240, 160, 3), dtype=np.uint8)
    data = encoded(noise, fmt)
    for size in (1, 9, 40, len(data) // 30):
        with pytest.raises(BadImage):
            read_image(data[:size], "a")


def test_a_missing_end_alone_loses_nothing() -> None:
    data = encoded(scene(), "PNG")
    taken = read_image(data[:-12], "a.png")
    assert (taken.pixels == scene()).all()
    assert "end of the file" in notes(taken)


def _png(*, colour: int = 2, depth: int = 8, size: tuple[int, int] = (4, 4), body: bytes | None = None, **raw) -> bytes:
    rows = b"".join(b"\x00" + bytes(size[0] * 3) for _ in range(size[1])) if size[0] < 100 else b""
    header = struct.pack(">IIBBBBB", *size, depth, colour, raw.get("method", 0), raw.get("filter", 0), 0)
    idat = zlib.compress(rows) if body is None else body
    parts = [png_chunk(b"IHDR", header), png_chunk(b"IDAT", idat), png_chunk(b"IEND", b"")]
    return PNG_SIGNATURE + b"".join(parts)


def test_pngs_that_break_their_format_are_refused() -> None:
    sound = _png()
    assert read_image(sound, "a.png").pixels.shape == (4, 4, 3)
    idat = sound.index(b"IDAT")
    broken = {
        "colour type 1": _png(colour=1),
        "colour type 9": _png(colour=9),
        "depth 3": _png(depth=3),
        "depth 0": _png(depth=0),
        "depth 99": _png(depth=99),
        "compression method": _png(method=7),
        "filter method": _png(filter=3),
        "no width": _png(size=(0, 4)),
        "no palette": _png(colour=3),
        "no pixels": sound.replace(sound[idat - 4 : -12], b""),
        "empty pixels": _png(body=b""),
        "pixels that are no stream": _png(body=b"rubbish"),
        "wrong header checksum": sound[:29] + b"\x00\x00\x00\x00" + sound[33:],
        "wrong pixel checksum": sound[:-16] + b"\x00\x00\x00\x00" + sound[-12:],
        "line ends changed": sound.replace(b"\r\n", b"\n"),
        "line ends doubled": sound.replace(b"\n", b"\r\n"),
        "eighth bit lost": bytes(b & 0x7F for b in sound),
        "unknown critical part": sound[:33] + png_chunk(b"QUUX", b"?") + sound[33:],
    }
    for fault, data in broken.items():
        with pytest.raises(BadImage, match="damaged"):
            pytest.fail(f"{fault}: {read_image(data, 'a.png')}")


def test_damage_outside_the_picture_is_overlooked() -> None:
    sound = encoded(scene(), "PNG")
    text = bytearray(png_chunk(b"tEXt", b"Comment\x00hello"))
    text[-1] ^= 1
    assert (read_image(sound[:33] + bytes(text) + sound[33:], "a.png").pixels == scene()).all()


def test_bombs_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(BadImage, match="100000 × 100000"):
        read_image(_png(size=(100_000, 100_000)), "a.png")
    jpeg = bytearray(encoded(scene(), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 14_000, 20_000)
    with pytest.raises(BadImage, match="20000 × 14000"):
        read_image(bytes(jpeg), "a.jpg")
    gif = bytearray(encoded(scene(), "GIF"))
    gif[6:10] = struct.pack("<HH", 65535, 65535)
    with pytest.raises(BadImage, match="too large"):
        read_image(bytes(gif), "a.gif")
    bmp = bytearray(encoded(scene(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 30_000, 30_000)
    with pytest.raises(BadImage, match="too large"):
        read_image(bytes(bmp), "a.bmp")
    webp = bytearray(encoded(Image.fromarray(scene()).convert("RGBA"), "WEBP", exif=b"Exif\x00\x00MM\x00*\x00\x00"))
    assert webp[12:16] == b"VP8X"
    webp[24:30] = (15_000).to_bytes(3, "little") * 2
    with pytest.raises(BadImage, match="15001 × 15001"):
        read_image(bytes(webp), "a.webp")
    # Pixels that inflate to far more than the header announces are not inflated further.
    long = _png(body=zlib.compress(bytes(50_000_000)))
    assert read_image(long, "a.png").pixels.shape == (4, 4, 3)
    with pytest.raises(BadImage, match="6 MB"):
        read_image(bytes(5_300_000), "a.png", max_bytes=2**20)


def test_an_empty_large_png_takes_no_time_nor_memory() -> None:
    import tracemalloc

    data = _png(size=(7000, 7000), body=zlib.compress(b"\x00" * 1000))
    tracemalloc.start()
    with pytest.raises(BadImage, match="less than 10%"):
        read_image(data, "a.png")
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\xef\xbb\xbf<svg/>", "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomavc1", "video"),
        (b"\x1a\x45\xdf\xa3\x01\x00\x00", "video"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "sound"),
        (b"ID3\x04\x00", "sound"),
        (b"PK\x03\x04\x14\x00", "archive"),
        (gzip.compress(b"<svg/>", mtime=0), "archive"),
        ("Bonjour, où est l'image ?".encode(), "text"),
        (b"<!DOCTYPE html><html></html>", "text"),
        (b"8BPS\x00\x01", "Photoshop"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\x00\x00\x01\x00\x01\x00", "ICO"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "RAW"),
        (bytes(range(256)) * 4, "no picture"),
        (b"\x00", "no picture"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, words: str) -> None:
    with pytest.raises(BadImage, match=words) as refused:
        read_image(data, "envoi")
    assert "envoi" in str(refused.value)


def test_an_avif_that_also_says_mif1_is_an_avif() -> None:
    assert sniff(b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf").format == "AVIF"
    assert sniff(b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic").kind is Kind.HEIC


def test_names_are_shown_safely() -> None:
    assert shown_name("C:\\photos\\a.png") == "a.png"
    assert shown_name("x\u202egnp.exe\n") == "xgnp.exe"
    assert len(shown_name("é" * 500 + ".png")) <= 80
    with pytest.raises(BadImage) as refused:
        read_image(b"", "{name} {0} %s")
    assert "{name} {0} %s" in str(refused.value)


_SEEDS = {fmt: encoded(scene(24, 16), fmt) for fmt in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")}
_SEEDS["PNG palette"] = encoded(Image.fromarray(scene(24, 16)).quantize(8), "PNG", transparency=0)
_SEEDS["JPEG CMYK"] = encoded(Image.fromarray(scene(24, 16)).convert("CMYK"), "JPEG", progressive=True)
_SEEDS["TIFF deflate"] = encoded(scene(24, 16), "TIFF", compression="tiff_deflate")


def _clean_or_refused(data: bytes) -> None:
    try:
        taken = read_image(data, "x", max_pixels=1_000_000, max_side=64)
    except BadImage:
        return
    assert taken.pixels.dtype == np.uint8
    assert taken.pixels.ndim == 3
    assert 1 <= max(taken.pixels.shape[:2]) <= 64
    assert 0.1 <= taken.fraction <= 1
    notes(taken)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", *(s[:12] for s in _SEEDS.values())]))
def test_any_bytes_are_taken_or_refused(body: bytes, head: bytes) -> None:
    _clean_or_refused(head + body)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_damage_is_taken_or_refused(data: st.DataObject) -> None:
    seed = bytearray(_SEEDS[data.draw(st.sampled_from(sorted(_SEEDS)))])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(seed) - 1))
        seed[at] = data.draw(st.integers(0, 255))
    # Half of the time the checksums of a PNG are mended, so that the damage reaches further in.
    mended = bytes(seed)
    if data.draw(st.booleans()) and mended.startswith(PNG_SIGNATURE):
        mended = PNG_SIGNATURE + b"".join(png_chunk(c.kind, c.body) for c in png_chunks(mended))
    _clean_or_refused(mended[: data.draw(st.integers(0, len(mended)))] if data.draw(st.booleans()) else mended)
