"""What counts as an installed model, and what never does."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kit import settings
from kit.errors import NotFound, SetupError
from kit.models import store
from kit.models.store import Installed, Manifest
from kit.settings import Settings
from tests.kit.models.conftest import WEIGHTS, install, leftovers


@pytest.fixture
def model(light: Path, serve: Callable, now: Settings) -> Installed:
    with serve(light):
        return install(now)


def test_nothing_is_installed_at_first(now: Settings) -> None:
    assert store.installed(now) == []
    with pytest.raises(NotFound, match="contrechamp models get tiny"):
        store.find("tiny", now)
    for name in ("tiny", "..", "", ".part-tiny", "a/b"):
        for action in (store.check, store.remove):
            with pytest.raises(NotFound):
                action(name, now)


def test_the_manifest_says_what_was_verified(model: Installed, light: Path) -> None:
    written = json.loads((model.folder / "manifest.json").read_text(encoding="utf-8"))
    assert {record["path"] for record in written["files"]} == {
        path.relative_to(light).as_posix() for path in light.rglob("*") if path.is_file()
    }
    assert Manifest.model_validate(written | {"files": tuple(written["files"])}) == model.manifest
    [record] = [record for record in written["files"] if record["path"] == WEIGHTS]
    assert record == {
        "path": WEIGHTS,
        "size": (light / WEIGHTS).stat().st_size,
        "sha256": store.sha256(light / WEIGHTS),
    }


def test_a_model_outlives_its_entry(model: Installed, now: Settings, home: Path) -> None:
    (home / "models.toml").unlink()
    assert store.find("tiny", now).entry == model.entry


def test_what_the_catalogue_says_now_counts(model: Installed, now: Settings, home: Path) -> None:
    file = home / "models.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('level = "4e-3e"', 'level = "lycee"'), encoding="utf-8")
    assert store.find("tiny", now).entry.level == "lycee"


@pytest.mark.parametrize("name", ["manifest.json", f"files/{WEIGHTS}", "files/LICENSE"])
def test_a_model_without_all_its_files_is_none(name: str, model: Installed, now: Settings) -> None:
    (model.folder / name).unlink()
    assert store.installed(now) == []
    if name != "manifest.json":
        [fault] = store.check("tiny", now)
        assert f"{name.removeprefix('files/')} of “tiny” is missing" in str(fault)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"path": "LICENSE"', '"path": "../../../LICENSE"'),
        lambda text: text.replace('"name": "tiny"', '"name": "other"', 1),
        lambda text: text.replace('"hub_id"', '"hub"', 1),
        lambda text: "[" * 10_000,
    ],
)
def test_a_manifest_that_does_not_hold(change: Callable[[str], str], model: Installed, now: Settings) -> None:
    file = model.folder / "manifest.json"
    before = file.read_text(encoding="utf-8")
    file.write_text(change(before), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != before
    assert store.installed(now) == []


def test_a_cut_file_is_no_model_and_a_changed_one_is_found(model: Installed, now: Settings) -> None:
    steps: list[tuple[int, int]] = []
    assert store.check("tiny", now, lambda done, total: steps.append((done, total))) == []
    assert steps[-1] == (model.bytes, model.bytes)
    weights = model.files / WEIGHTS
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    (model.files / "unet" / "more.bin").write_bytes(b"\x80\x04.")
    assert [model.name for model in store.installed(now)] == ["tiny"]
    assert [str(fault) for fault in store.check("tiny", now)] == [
        f"The file {WEIGHTS} of “tiny” has changed.",
        "The file unet/more.bin of “tiny” was not installed with it.",
    ]
    weights.write_bytes(content[:-1])
    assert store.installed(now) == []


def test_removing(model: Installed, now: Settings) -> None:
    part = store.models_folder(now) / ".part-tiny"
    part.mkdir()
    store.remove("tiny", now)
    assert leftovers(now) == []
    assert store.installed(now) == []


def test_removing_that_stops_half_way(model: Installed, now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(path: Path) -> None:
        raise PermissionError(13, "in use", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", stop)
        with pytest.raises(SetupError, match=r"cannot be erased \(in use\)"):
            store.remove("tiny", now)
    assert store.installed(now) == []
    store.remove("tiny", now)
    assert leftovers(now) == []


def test_everything_is_on_the_disk_before_it_has_its_name(
    light: Path, serve: Callable, now: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = os.fsync, []

    def fsync(descriptor: int) -> None:
        seen.append((store.models_folder(now) / "tiny").exists())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with serve(light):
        model = install(now)
    assert seen.count(False) > len(model.manifest.files)
    assert seen[-1] is (os.name == "posix")


def test_other_folders_are_left_alone(now: Settings) -> None:
    folder = store.models_folder(now)
    (folder / "notes").mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    assert store.installed(now) == []
    assert settings.load() == now
