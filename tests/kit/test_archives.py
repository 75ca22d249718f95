"""The door for zips: what comes in is bounded and safely named, or the whole archive is refused in one sentence."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.archives import read_zip
from kit.errors import BadArchive


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The same archive with another name of the same length in both headers: writers refuse the worst names."""
    assert len(old) == len(new)
    assert data.count(old) == 2
    return data.replace(old, new)


DECK = (("deck.yaml", b"format: 1\n"), ("images/a.jpg", b"\xff\xd8\xff" + bytes(2000)))


def test_a_sound_zip_comes_in_whole(tmp_path: Path) -> None:
    data = zipped(*DECK, ("images/", b""))
    assert read_zip(data, "deck.zip") == dict(DECK)
    (tmp_path / "deck.zip").write_bytes(data)
    assert read_zip(tmp_path / "deck.zip", "deck.zip") == dict(DECK)
    assert read_zip(zipped(*DECK, method=zipfile.ZIP_STORED), "deck.zip") == dict(DECK)
    assert read_zip(zipped(), "deck.zip") == {}


def test_names_are_normalised_and_clutter_left_out() -> None:
    nfd = unicodedata.normalize("NFD", "été à Noël.jpg")
    data = zipped(
        (nfd, b"1"),
        ("写真/📷.png", b"2"),
        ("./plain//b.txt", b"3"),
        ("__MACOSX/._a.jpg", b"x"),
        ("images/.DS_Store", b"x"),
        ("Thumbs.db", b"x"),
    )
    assert read_zip(data, "z") == {"été à Noël.jpg": b"1", "写真/📷.png": b"2", "plain/b.txt": b"3"}


def test_accents_that_macos_writes_without_saying_so() -> None:
    data = zipped(("XXte.jpg", b"1"))
    assert read_zip(renamed(data, b"XXte.jpg", "éte.jpg".encode()), "z") == {"éte.jpg": b"1"}


def test_windows_separators_make_folders() -> None:
    assert read_zip(renamed(zipped(("aXb.txt", b"1")), b"aXb.txt", b"a\\b.txt"), "z") == {"a/b.txt": b"1"}


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("../evil.txt", "outside"),
        ("a/../../evil.txt", "outside"),
        ("..\\..\\evil.txt", "outside"),
        ("/etc/passwd", "outside"),
        ("\\\\server\\share", "outside"),
        ("C:\\Windows\\evil.txt", "outside"),
        ("c:evil.txt", "outside"),
        ("..", "outside"),
        ("a\x00b.txt", "invisible"),
        ("a\nb.txt", "invisible"),
        ("\u202egpj.exe.jpg", "invisible"),
        ("a\u2066b.txt", "invisible"),
        ("a\u200bb.txt", "invisible"),
        ("a\x7fb.txt", "invisible"),
        ("CON.txt", "refuse"),
        ("images/nul", "refuse"),
        ("com¹.jpg", "refuse"),
        ("a.txt:stream", "refuse"),
        ("why?.txt", "refuse"),
        ("trailing. ", "refuse"),
        ("trailing.", "refuse"),
        ("x" * 240 + ".txt", "too long"),
        ("/".join("abcdefghij"), "too deep"),
        ("inner.zip", "another zip"),
        ("inner.TAR", "another zip"),
    ],
)
def test_bad_names_are_refused(bad: str, words: str) -> None:
    size = len(bad.encode())
    dummy = b"Q" * size
    data = bytearray(zipped(("ok.jpg", b"1"), (dummy.decode(), b"2")))
    for at in (data.index(dummy) - 30 + 6, data.rindex(dummy) - 46 + 8):
        struct.pack_into("<H", data, at, 0x800)  # the name is UTF-8
    with pytest.raises(BadArchive, match=words):
        read_zip(renamed(bytes(data), dummy, bad.encode()), "z.zip")


def test_names_that_overwrite_each_other_are_refused() -> None:
    nfc, nfd = "é.txt", unicodedata.normalize("NFD", "é.txt")
    for pair in (("A.txt", "a.TXT"), (nfc, nfd), ("a/b.txt", "a//b.txt")):
        with pytest.raises(BadArchive, match="twice"):
            read_zip(zipped((pair[0], b"1"), (pair[1], b"2")), "z")
    with pytest.raises(BadArchive, match="both a file and a folder"):
        read_zip(zipped(("a", b"1"), ("A/b.txt", b"2")), "z")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind: int) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (kind | 0o777) << 16
    with pytest.raises(BadArchive, match="link"):
        read_zip(zipped((link, b"/etc/passwd")), "z")


def test_bombs_are_refused() -> None:
    with pytest.raises(BadArchive, match="bomb"):
        read_zip(zipped(("zeros.bin", bytes(5_000_000))), "z")
    assert len(read_zip(zipped(("short.txt", b"a" * 100_000)), "z")["short.txt"]) == 100_000
    with pytest.raises(BadArchive, match="1 MB"):
        read_zip(zipped(*DECK, ("b", bytes(2**20)), method=zipfile.ZIP_STORED), "z", max_total=2**20)
    with pytest.raises(BadArchive, match="11 files"):
        read_zip(zipped(*[(f"{i}", b"") for i in range(11)]), "z", max_members=10)
    with pytest.raises(BadArchive, match="weighs 2 MB"):
        read_zip(zipped(("b", bytes(2**20)), method=zipfile.ZIP_STORED), "z", max_bytes=2**20)


def test_sizes_are_counted_and_not_believed() -> None:
    data = bytearray(zipped(("zeros.bin", bytes(3_000_000))))
    central = data.index(b"PK\x01\x02")
    for at in (22, central + 24):  # the claimed size, in the local and in the central header
        struct.pack_into("<I", data, at, 1000)
    with pytest.raises(BadArchive, match="damaged"):
        read_zip(bytes(data), "z")


def test_overlapping_members_are_refused() -> None:
    data = bytearray(zipped(("a.bin", b"12345"), ("b.bin", b"12345"), method=zipfile.ZIP_STORED))
    first, second = (i for i in range(len(data)) if data[i : i + 4] == b"PK\x01\x02")
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    with pytest.raises(BadArchive, match="damaged"):
        read_zip(bytes(data), "z")


def test_archives_in_archives_are_refused_whatever_their_name() -> None:
    for inner in (zipped(*DECK), b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08\x00"):
        with pytest.raises(BadArchive, match=r"another zip or archive .*photo\.jpg"):
            read_zip(zipped(("photo.jpg", inner)), "z")


def test_passwords_and_odd_compressions_are_refused() -> None:
    data = bytearray(zipped(("a.txt", b"1")))
    central = data.index(b"PK\x01\x02")
    for flag in (0x1, 0x41, 0x2000):
        locked = data.copy()
        struct.pack_into("<H", locked, 6, flag)
        struct.pack_into("<H", locked, central + 8, flag)
        with pytest.raises(BadArchive, match="password"):
            read_zip(bytes(locked), "z")
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with pytest.raises(BadArchive, match="unusual"):
            read_zip(zipped(("a.txt", b"1"), method=method), "z")


def test_only_accepted_endings() -> None:
    accepted = (".yaml", ".jpg")
    assert len(read_zip(zipped(*DECK), "z", allowed_suffixes=accepted)) == 2
    with pytest.raises(BadArchive, match=r"run\.exe.*\.jpg \.yaml"):
        read_zip(zipped(*DECK, ("run.exe", b"MZ")), "z", allowed_suffixes=accepted)


def test_what_is_not_exactly_a_zip_is_refused() -> None:
    data = zipped(*DECK)
    cases = {
        "empty": b"",
        "not a zip": b"hello",
        "cut short": data[:-30],
        "around its zip": b"\xff\xd8\xff" + data,
        "other data": data + b"tail",
        "several parts": data[:-18] + b"\x01\x00" + data[-16:],
    }
    for words, case in cases.items():
        with pytest.raises(BadArchive, match=words):
            read_zip(case, "z")
    broken = data.replace(b"PK\x01\x02", b"PK\x01\x01")
    with pytest.raises(BadArchive, match="damaged"):
        read_zip(broken, "z")
    flipped = bytearray(zipped(*DECK, method=zipfile.ZIP_STORED))
    flipped[flipped.index(b"\xff\xd8\xff") + 100] ^= 1
    with pytest.raises(BadArchive, match="damaged"):
        read_zip(bytes(flipped), "z")


def test_a_path_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match="cannot be read"):
        read_zip(tmp_path / "nowhere.zip", "nowhere.zip")


_NAMES = st.text(min_size=1, max_size=12).filter(lambda t: "\x00" not in t and t.isprintable())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(_NAMES, st.binary(max_size=60)), max_size=4, unique_by=lambda pair: pair[0]))
def test_any_names_are_safe_or_refused(members: list[tuple[str, bytes]]) -> None:
    data = zipped(*members)
    try:
        files = read_zip(data, "z")
    except BadArchive:
        return
    for name in files:
        assert unicodedata.is_normalized("NFC", name)
        assert not name.startswith("/")
        assert ".." not in name.split("/")
        assert not set(name) & set('\\:<>"|?*')


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    seed = bytearray(zipped(*DECK, ("b.txt", b"hello " * 20)))
    for _ in range(data.draw(st.integers(0, 4))):
        seed[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(seed))) if data.draw(st.booleans()) else len(seed)
    try:
        files = read_zip(bytes(seed[:cut]), "z", max_total=10_000)
    except BadArchive:
        return
    assert sum(map(len, files.values())) <= 10_000
