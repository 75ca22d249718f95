"""What files say of themselves is read back as plain bounded text, and means what it should."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from kit.errors import BadImage
from kit.images.chunks import png_chunk
from kit.images.intake import read_image
from kit.images.metadata import MAX_FINDINGS, MAX_VALUE, Finding, Meaning, examples, read_metadata

PIXELS = np.full((20, 30, 3), 120, np.uint8)


def png(**texts: str) -> bytes:
    info = PngInfo()
    for key, value in texts.items():
        info.add_text(key.replace("_", "-"), value, zip=len(value) > 5000)
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "JPEG", **options)
    return out.getvalue()


def by_key(found: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.key: finding for finding in found}


def test_the_examples_say_what_they_should() -> None:
    read = {e.id: by_key(read_metadata(e.data, e.file_name)) for e in examples()}
    phone = read["phone"]
    assert phone["EXIF Model"] == Finding(key="EXIF Model", value="Téléphone imaginaire", meaning=Meaning.CAMERA)
    assert phone["EXIF DateTimeOriginal"].value == "2026:03:14 10:21:33"
    assert phone["EXIF ExposureTime"].value == "1/250 s"
    assert phone["EXIF FNumber"].value == "f/1.8"
    assert phone["EXIF GPS"] == Finding(key="EXIF GPS", value="≈ 45.5° N, ≈ 5.0° W", meaning=Meaning.PLACE)
    assert read["generated"]["IPTC DigitalSourceType"].meaning is Meaning.SOURCE_AI
    assert read["altered"]["IPTC DigitalSourceType"].meaning is Meaning.SOURCE_PARTLY_AI
    (recipe,) = read["recipe"].values()
    assert recipe.meaning is Meaning.GENERATOR
    assert "Seed: 42" in recipe.value
    (stripped,) = read["stripped"].values()
    assert stripped.meaning is Meaning.NOTHING


def test_the_examples_are_sound_pictures_of_one_landscape() -> None:
    taken = {e.id: read_image(e.data, e.file_name).pixels[:200].astype(int) for e in examples()}
    assert len(taken) == 5
    for name, pixels in taken.items():
        assert np.abs(pixels - taken["recipe"]).mean() < 4, name


def test_intake_leaves_nothing_of_it() -> None:
    for example in examples():
        out = io.BytesIO()
        Image.fromarray(read_image(example.data, example.file_name).pixels).save(out, "PNG")
        assert [f.meaning for f in read_metadata(out.getvalue())] == [Meaning.NOTHING]


def test_generators_are_told_by_their_keys() -> None:
    graph = json.dumps({"3": {"class_type": "KSampler"}})
    found = by_key(read_metadata(png(prompt=graph, workflow=graph, sd_metadata="{}", Software="Brush 3", Title="Quai")))
    assert found["PNG prompt (ComfyUI)"].meaning is Meaning.GENERATOR
    assert found["PNG workflow (ComfyUI)"].meaning is Meaning.GENERATOR
    assert found["PNG sd-metadata (InvokeAI)"].meaning is Meaning.GENERATOR
    assert found["PNG Software"].meaning is Meaning.SOFTWARE
    assert found["PNG Title"].meaning is Meaning.TEXT
    # “prompt” is an ordinary word: without a graph it is only a text.
    assert by_key(read_metadata(png(prompt="a walk")))["PNG prompt"].meaning is Meaning.TEXT


@pytest.mark.parametrize("codec", [b"ASCII\x00\x00\x00", b"UNICODE\x00"])
def test_a_generators_settings_in_a_user_comment(codec: bytes) -> None:
    text = "hills, soft light Steps: 20, Seed: 42"
    exif = Image.Exif()
    encoding = "ascii" if codec.startswith(b"ASCII") else "utf-16-be"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = codec + text.encode(encoding)
    (found,) = read_metadata(jpeg(exif=exif.tobytes()))
    assert found == Finding(key="EXIF UserComment", value=text, meaning=Meaning.GENERATOR)


def test_content_credentials_are_noticed_only() -> None:
    body = b"\x00\x00\x00\x1ejumb\x00\x00\x00\x16jumdc2pa"
    at = 33
    plain = png()
    (found,) = read_metadata(plain[:at] + png_chunk(b"caBX", body) + plain[at:])
    assert (found.key, found.meaning) == ("C2PA", Meaning.C2PA)
    segment = b"JP\x00\x01\x00\x00\x00\x01" + body
    plain = jpeg()
    marked = plain[:2] + b"\xff\xeb" + (len(segment) + 2).to_bytes(2, "big") + segment + plain[2:]
    (found,) = read_metadata(marked)
    assert found.meaning is Meaning.C2PA
    # Another use of the same segment is no manifest.
    other = segment.replace(b"c2pa", b"abcd")
    marked = plain[:2] + b"\xff\xeb" + (len(other) + 2).to_bytes(2, "big") + other + plain[2:]
    assert read_metadata(marked)[0].meaning is Meaning.NOTHING


def test_other_source_types() -> None:
    base = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    expected = {
        "digitalCapture": Meaning.SOURCE_CAPTURE,
        "computationalCapture": Meaning.SOURCE_CAPTURE,
        "trainedAlgorithmicMedia": Meaning.SOURCE_AI,
        "screenCapture": Meaning.SOURCE_OTHER,
        "digitalCreation": Meaning.SOURCE_OTHER,
    }
    for term, meaning in expected.items():
        packet = (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
            'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
            f'<i:DigitalSourceType rdf:resource="{base}{term}"/></rdf:Description></rdf:RDF>'
        )
        (found,) = read_metadata(jpeg(xmp=packet.encode()))
        assert (found.value, found.meaning) == (base + term, meaning)


def test_values_are_plain_and_bounded() -> None:
    found = read_metadata(png(**{f"k{i}": "x" * 2_000_000 if i == 0 else "a\x07\u0301\nb" for i in range(99)}))
    assert len(found) <= MAX_FINDINGS
    for finding in found:
        assert len(finding.value) <= MAX_VALUE
        assert finding.value.isprintable()


def test_what_is_no_picture_is_refused() -> None:
    for data in (b"", b"hello", b"%PDF-1.4"):
        with pytest.raises(BadImage):
            read_metadata(data, "x")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_says_something_or_nothing(data: st.DataObject) -> None:
    seed = bytearray(data.draw(st.sampled_from(_SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        seed[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_metadata(bytes(seed), "x")
    except BadImage:
        return
    assert 1 <= len(found) <= MAX_FINDINGS


# Damage in the first part, where the metadata is, is what matters.
_SEEDS = [e.data[:1500] for e in examples()]
