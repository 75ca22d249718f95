"""Labels are read back by readers that share no code with the writer."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import xml.dom.minidom
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from kit.errors import BadInput
from kit.images import label
from kit.images.label import SourceType, banded, labelled_jpeg, labelled_png, picture, read_label, save_labelled

TYPES = list(SourceType)
FULL = {
    SourceType.GENERATED: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    SourceType.ALTERED: "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
}


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)


def png_itxt(data: bytes) -> dict[str, bytes]:
    """Keyword → text of the uncompressed iTXt chunks, read without the kit."""
    at, found = 8, {}
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack_from(">I", data, at + 8 + length)[0]
        if kind == b"iTXt":
            keyword, rest = body.split(b"\x00", 1)
            assert rest[:2] == b"\x00\x00"  # not compressed
            found[keyword.decode()] = rest[2:].split(b"\x00", 2)[2]
        at += 12 + length
    return found


@pytest.mark.parametrize("source_type", TYPES)
def test_the_xmp_of_a_png_names_its_source(source_type: SourceType) -> None:
    packet = png_itxt(labelled_png(noise(60, 40), source_type))["XML:com.adobe.xmp"]
    description = xml.dom.minidom.parseString(packet).getElementsByTagName("rdf:Description")[0]
    space = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    assert description.getAttributeNS(space, "DigitalSourceType") == FULL[source_type]
    assert description.getAttributeNS("http://ns.adobe.com/xap/1.0/", "CreatorTool") == "Contrechamp"


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool (libimage-exiftool-perl) is not installed")
@pytest.mark.parametrize("suffix", [".png", ".jpg"])
@pytest.mark.parametrize("source_type", TYPES)
def test_exiftool_reads_the_label(tmp_path: Path, suffix: str, source_type: SourceType) -> None:
    path = tmp_path / f"image{suffix}"
    save_labelled(noise(80, 50), path, source_type=source_type)
    told = subprocess.run(["exiftool", "-json", "-G1", "-n", path], capture_output=True, check=True).stdout
    (tags,) = json.loads(told)
    assert tags["XMP-iptcExt:DigitalSourceType"] == FULL[source_type]
    assert tags["XMP-xmp:CreatorTool"] == "Contrechamp"
    assert "ExifTool:Warning" not in tags


@pytest.mark.parametrize("size", [(16, 16), (64, 48), (200, 300), (480, 320), (900, 100)])
@pytest.mark.parametrize("source_type", TYPES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_picture_comes_back_exactly(size: tuple[int, int], source_type: SourceType, lang: str) -> None:
    pixels = noise(*size)
    data = labelled_png(pixels, source_type, lang)
    assert (picture(data) == pixels).all()
    found = read_label(data)
    assert found is not None
    assert (found.source_type, found.tool, found.box) == (source_type, "Contrechamp", (0, 0, *size))


def test_the_band_is_below_and_legible() -> None:
    pixels = noise(480, 320)
    for source_type in TYPES:
        for lang in ("fr", "en"):
            whole = banded(pixels, source_type, lang)
            assert (whole[:320] == pixels).all()
            band = whole[320:].astype(int)
            assert 0.05 < len(band) / 320 < 0.15
            ink = (np.abs(band - label.INK).sum(axis=2) < 90)[2:]  # below the rule
            assert 0.005 < ink.mean() < 0.2
            assert not ink[:, -100:].any()  # the words end before the edge


def test_words_wrap_instead_of_running_out() -> None:
    for width in (64, 90, 150):
        band = banded(noise(width, 200), SourceType.GENERATED, "fr")[200:].astype(int)
        ink = (np.abs(band - label.INK).sum(axis=2) < 200)[2:]
        assert ink.any()
        assert not ink[:, -1].any()


def test_every_letter_of_the_captions_is_drawn() -> None:
    font = ImageFont.load_default(24)
    missing = bytes(font.getmask("\ufffe"))
    for words in label.WORDS.values():
        for text in words.values():
            for letter in set(label._plain(text) + "".join(label.ACCENTS.values())) - {" "}:
                assert bytes(font.getmask(letter)) != missing, letter
    accented, bare = (banded(noise(480, 320), SourceType.ALTERED, "fr") for _ in range(2))
    words = label.WORDS[SourceType.ALTERED]
    try:
        label.WORDS[SourceType.ALTERED] = {"fr": words["fr"].replace("é", "e")}
        bare = banded(noise(480, 320), SourceType.ALTERED, "fr")
    finally:
        label.WORDS[SourceType.ALTERED] = words
    assert accented.shape == bare.shape
    assert 3 < (accented != bare).any(axis=2).sum() < 60  # one small accent


def test_files_appear_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    save_labelled(noise(30, 20), path, source_type=SourceType.GENERATED)
    before = path.read_bytes()
    assert (picture(before) == noise(30, 20)).all()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_labelled(noise(40, 20), path, source_type=SourceType.GENERATED)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["a.png"]
    with pytest.raises(BadInput, match=r"\.png"):
        save_labelled(noise(30, 20), tmp_path / "a.gif", source_type=SourceType.GENERATED)


def test_labels_of_others_and_rubbish() -> None:
    def png(packet: str) -> bytes:
        from PIL.PngImagePlugin import PngInfo

        info, out = PngInfo(), io.BytesIO()
        info.add_itxt("XML:com.adobe.xmp", packet)
        Image.fromarray(noise(8, 8)).save(out, "PNG", pnginfo=info)
        return out.getvalue()

    element = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><Iptc4xmpExt:DigitalSourceType>'
        "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture</Iptc4xmpExt:DigitalSourceType>"
        "</rdf:Description></rdf:RDF>"
    )
    found = read_label(png(element))
    assert found is not None
    assert (found.source_type, found.tool, found.box) == ("digitalCapture", "", None)
    assert read_label(png("<not xml")) is None
    assert read_label(png('<!DOCTYPE a [<!ENTITY b "c">]>' + element)) is None
    assert read_label(png("<a>" + "x" * 300_000 + "</a>")) is None
    assert read_label(b"") is None
    assert read_label(b"hello") is None
    plain = io.BytesIO()
    Image.fromarray(noise(8, 8)).save(plain, "PNG")
    assert read_label(plain.getvalue()) is None
    assert (picture(plain.getvalue()) == noise(8, 8)).all()


def test_a_box_outside_the_picture_is_ignored() -> None:
    for bad in ("0 0 0 5", "9 9 1 1", "a b c d", "0 0 5", "-1 0 5 5"):
        assert label._box(bad) is None


def test_jpeg_keeps_the_picture_nearly() -> None:
    y, x = np.mgrid[0:60, 0:90]
    smooth = np.stack([2 * x, 3 * y, x + y], axis=2).astype(np.uint8)
    data = labelled_jpeg(smooth, SourceType.GENERATED, "en")
    assert np.abs(picture(data).astype(int) - smooth).mean() < 2
