"""The manifest of shipped files agrees with the files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kit import assets
from kit.errors import SetupError


def test_manifest_and_folder_agree() -> None:
    assert [str(fault) for fault in assets.verify()] == []


def test_every_shipped_file_says_its_licence_and_maker() -> None:
    for asset in assets.read():
        assert assets.TO_FILL not in (asset.licence, asset.made_by), asset.file
        assert asset.licence
        assert asset.made_by


def test_what_ships_stays_under_sixty_megabytes() -> None:
    assert sum(path.stat().st_size for path in assets.ASSETS.rglob("*") if path.is_file()) < 60e6


def test_verify_finds_what_is_missing_added_or_changed(tmp_path: Path) -> None:
    (tmp_path / "decks").mkdir()
    for name in ("a.txt", "b.txt", "decks/c.txt"):
        (tmp_path / name).write_text(name)
    assets.write(tmp_path)
    assert assets.verify(tmp_path) == []
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").write_text("other")
    (tmp_path / "decks" / "d.txt").write_text("new")
    (tmp_path / ".DS_Store").write_text("clutter")
    assert [(str(fault).split()[2], str(fault).split(". ")[0][-7:]) for fault in assets.verify(tmp_path)] == [
        ("assets/a.txt", "missing"),
        ("assets/b.txt", "changed"),
        ("assets/decks/d.txt", "'s list"),
    ]


def test_rewriting_keeps_licences_and_marks_the_new(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    assets.write(tmp_path)
    manifest = tmp_path / assets.MANIFEST
    manifest.write_text(manifest.read_text().replace('"?"', '"CC0 « \\"x\\" »"'))
    (tmp_path / "b.txt").write_text("b")
    first, second = assets.write(tmp_path)
    assert (first.licence, second.licence) == ('CC0 « "x" »', "?")
    assert first.sha256 == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert len(tomllib.loads(manifest.read_text(encoding="utf-8"))["asset"]) == 2


def test_a_damaged_manifest_is_one_fault(tmp_path: Path) -> None:
    assert [type(fault) for fault in assets.verify(tmp_path)] == [SetupError]
    (tmp_path / assets.MANIFEST).write_text("[[asset]]\nfile = 3\ncolour = 'red'\n")
    with pytest.raises(SetupError, match="damaged"):
        assets.read(tmp_path)
