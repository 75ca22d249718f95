"""The doctor: what it finds on a machine that is well, and on machines that are not."""

from __future__ import annotations

import errno
import json
import shutil
import socket
import webbrowser
from pathlib import Path

import PIL.features
import pytest

from kit import assets, doctor, i18n
from kit.audio import voice
from kit.doctor import GB, Status

IDS = ["python", "torch", "memory", "disk", "data", "port", "images", "audio", "assets", "browser", "language"]


def test_the_report_is_stable_and_plain(home: Path) -> None:
    found = doctor.examine()
    assert [check.id for check in found] == IDS
    for lang in i18n.LANGUAGES:
        for check in found:
            row = json.loads(json.dumps(check.as_json(lang)))
            assert list(row) == ["id", "status", "what", "todo", "values"]
            assert row["what"]
            assert "{" not in row["what"] + row["todo"]
            # Whatever is not well says what to do.
            assert bool(row["todo"]) == (row["status"] != "ok")
    assert not home.exists(), "looking changes nothing"


@pytest.mark.parametrize(
    ("version", "status"), [((3, 10, 13), Status.FAIL), ((3, 11, 0), Status.OK), ((3, 14, 1), Status.OK)]
)
def test_python(version: tuple[int, int, int], status: Status) -> None:
    assert doctor.check_python(version).status is status


@pytest.mark.parametrize(
    ("total", "free", "status"),
    [
        (2 * GB, 1 * GB, Status.FAIL),
        (4 * GB, 2 * GB, Status.WARN),
        (8 * GB, 1 * GB, Status.WARN),
        (int(7.6 * GB), 3 * GB, Status.OK),
    ],
)
def test_memory(total: int, free: int, status: Status) -> None:
    check = doctor.check_memory(total, free)
    assert check.status is status
    assert check.values == {"total": total / GB, "free": free / GB}


@pytest.mark.parametrize(("free", "status"), [(0, Status.FAIL), (500_000_000, Status.WARN), (5 * GB, Status.OK)])
def test_disk(home: Path, free: int, status: Status) -> None:
    assert doctor.check_disk(home, free).status is status


def test_the_disk_that_counts_is_that_of_the_data_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: asked.append(folder) or real(folder))
    doctor.check_disk(home)
    assert asked == [home.parent]


def test_numbers_follow_the_language() -> None:
    check = doctor.check_memory(int(7.6 * GB), 3 * GB)
    assert "7.6 GB" in check.texts("en")[0]
    assert "7,6" in check.texts("fr")[0]


def test_a_file_where_the_data_folder_should_be(home: Path) -> None:
    home.write_text("")
    check = doctor.check_data(home)
    assert check.status is Status.FAIL
    assert "CONTRECHAMP_HOME" in check.texts("en")[1]
    assert home.read_text() == ""


def test_a_full_disk_is_called_by_its_name(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", full)
    check = doctor.check_data(home)
    assert check.status is Status.FAIL
    assert "disk is full" in check.texts("en")[0]
    assert "Free some space" in check.texts("en")[1]


def test_a_setting_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRECHAMP_CACHE_MB", "lots")
    found = {check.id: check for check in doctor.examine()}
    assert found["settings"].status is Status.FAIL
    assert "lots" in found["settings"].texts("en")[0]
    assert not doctor.ready(list(found.values()))


def test_a_busy_port_comes_with_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        check = doctor.check_port(port)
        assert check.status is Status.WARN
        assert check.values["port"] == port
        assert port < check.values["free"] < port + 50
    assert doctor.check_port(port).status is Status.OK


def test_a_pillow_without_webp(monkeypatch: pytest.MonkeyPatch) -> None:
    real = PIL.features.check
    monkeypatch.setattr(PIL.features, "check", lambda feature: feature not in ("webp", "freetype2") and real(feature))
    check = doctor.check_images()
    assert check.status is Status.FAIL
    assert check.values["missing"] == ["WebP", "FreeType"]
    assert "WebP" not in check.values["formats"]


def test_sound_needs_no_ffmpeg_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    check = doctor.check_audio()
    assert check.values["formats"] == list(doctor.SOUNDS)
    monkeypatch.setattr(voice, "available", lambda: False)
    assert doctor.check_audio().what != check.what
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    assert doctor.check_audio().status is Status.WARN


def test_a_damaged_asset_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "picture.png").write_bytes(b"whole")
    assets.write(tmp_path)
    whole, damaged = assets.verify(tmp_path), None
    (tmp_path / "picture.png").write_bytes(b"cut")
    damaged = assets.verify(tmp_path)
    monkeypatch.setattr(assets, "verify", lambda: whole)
    assert doctor.check_assets().status is Status.OK
    monkeypatch.setattr(assets, "verify", lambda: damaged)
    check = doctor.check_assets()
    assert check.status is Status.FAIL
    assert "picture.png" in check.texts("en")[0]
    assert "picture.png" in check.as_json("en")["values"]["faults"][0]


def test_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    assert doctor.check_browser().status is Status.WARN


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "fr"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "en:fr"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "CONTRECHAMP_LANG": "en"}, "en"),
    ],
)
def test_the_language_of_the_machine(variables: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONTRECHAMP_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    assert doctor.system_language() == lang
