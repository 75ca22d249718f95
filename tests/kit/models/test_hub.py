"""Fetching a model from a hub on loopback, with everything that can go wrong on the way."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import BadInput, SetupError
from kit.models import catalogue, hub, store
from kit.settings import Settings
from tests.hub import REVISION, add_entry
from tests.kit.models.conftest import WEIGHTS, install, leftovers


def resolved(asked: list[tuple[str, str, str]], file: str) -> list[str]:
    """The ranges asked for of a file where large ones lie, in order."""
    return [wanted for _, path, wanted in asked if path.startswith("/store/") and path.endswith(file)]


def test_a_whole_install(light: Path, serve: Callable, now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    steps: list[tuple[int, int]] = []
    with serve(light) as served:
        offer = hub.look(catalogue.load(now).find("tiny"), now)
        assert leftovers(now) == []
        model = hub.get(offer, now, lambda done, total: steps.append((done, total)))
    total = sum(path.stat().st_size for path in light.rglob("*") if path.is_file())
    assert model.bytes == offer.picked.bytes == total == steps[-1][0]
    assert {of for _, of in steps} == {total}
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert len(steps) > 10
    assert (model.revision, model.manifest.pinned_by, model.safety_checker) == (REVISION, "catalogue", False)
    assert store.check("tiny", now) == []
    assert leftovers(now) == ["tiny"]
    for path in light.rglob("*.*"):
        assert (model.files / path.relative_to(light)).read_bytes() == path.read_bytes()
    # Only what was needed was asked for, and nothing of ours was told.
    assert {path.split("?")[0].split("/resolve/")[0] for _, path, _ in served.asked} == {
        f"/api/models/tiny/painter/revision/{REVISION}",
        "/tiny/painter",
        "/store/tiny/painter",
    }
    for headers in served.headers:
        assert "authorization" not in headers
        assert "cookie" not in headers
        assert "torch" not in headers["user-agent"]
        assert "agent/" not in headers["user-agent"]


@pytest.mark.parametrize("cuts", [[300_000], [300_000, 0, 1, 500_000]])
def test_a_cut_is_mended_on_the_way(cuts: list[int], light: Path, serve: Callable, now: Settings) -> None:
    size = (light / WEIGHTS).stat().st_size
    with serve(light, cut_after={WEIGHTS: list(cuts)}) as served:
        install(now)
    starts = [sum(cuts[: n + 1]) for n in range(len(cuts))]
    # What had come is not sent again.
    assert resolved(served.asked, WEIGHTS) == ["", *(f"bytes={start}-" for start in starts)]
    assert served.sent[WEIGHTS] == size


def test_a_cut_that_lasts_is_mended_by_the_next_command(light: Path, serve: Callable, now: Settings) -> None:
    size = (light / WEIGHTS).stat().st_size
    with serve(light, cut_after={WEIGHTS: [700_000, 0, 0, 0]}) as served:
        with pytest.raises(SetupError, match=f"cut while {WEIGHTS} was coming .* give the same command again"):
            install(now)
        assert store.installed(now) == []
        assert leftovers(now) == [".part-tiny"]
        seen: list[int] = []
        asked = len(served.asked)
        model = hub.get(hub.look(catalogue.load(now).find("tiny"), now), now, lambda done, total: seen.append(done))
    assert resolved(served.asked[asked:], WEIGHTS) == ["bytes=700000-"]
    assert served.sent[WEIGHTS] == size
    # Files that were whole are not asked for again; the index is, to know what to fetch.
    again = [path.rsplit("/resolve/")[1].split("/", 1)[1] for _, path, _ in served.asked[asked:] if "/resolve/" in path]
    assert again == ["model_index.json", WEIGHTS, WEIGHTS]  # the last one twice: it redirects
    assert max(seen) == model.bytes
    assert store.check("tiny", now) == []


def test_a_server_without_ranges(light: Path, serve: Callable, now: Settings) -> None:
    with serve(light, cut_after={WEIGHTS: [300_000]}, ranges=False) as served:
        model = install(now)
    assert served.sent[WEIGHTS] == 300_000 + (light / WEIGHTS).stat().st_size
    assert (model.files / WEIGHTS).read_bytes() == (light / WEIGHTS).read_bytes()


def test_an_interrupted_command(light: Path, serve: Callable, now: Settings) -> None:
    def stop(done: int, total: int) -> None:
        if done > 800_000:
            raise KeyboardInterrupt

    entry = catalogue.load(now).find("tiny")
    with serve(light) as served:
        with pytest.raises(KeyboardInterrupt):
            hub.get(hub.look(entry, now), now, stop)
        assert store.installed(now) == []
        part = store.models_folder(now) / ".part-tiny"
        kept = (part / "files" / (WEIGHTS + ".incomplete")).stat().st_size
        assert kept > 700_000
        install(now)
    assert resolved(served.asked, WEIGHTS) == ["", f"bytes={kept}-"]


def test_what_is_left_of_another_revision_is_not_used(light: Path, serve: Callable, now: Settings) -> None:
    part = store.models_folder(now) / ".part-tiny"
    (part / "files" / "unet").mkdir(parents=True)
    (part / "plan.json").write_text(json.dumps({"hub_id": "tiny/painter", "revision": "1" * 40}))
    (part / "files" / (WEIGHTS + ".incomplete")).write_bytes(b"of another")
    with serve(light) as served:
        install(now)
    assert resolved(served.asked, WEIGHTS) == [""]


def test_what_nobody_listed_is_not_installed(light: Path, serve: Callable, now: Settings) -> None:
    part = store.models_folder(now) / ".part-tiny"
    (part / "files" / "unet").mkdir(parents=True)
    (part / "plan.json").write_text(json.dumps({"hub_id": "tiny/painter", "revision": REVISION}))
    (part / "files" / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04.")
    with serve(light):
        model = install(now)
    assert not (model.files / "unet" / "diffusion_pytorch_model.bin").exists()
    assert store.check("tiny", now) == []


@pytest.mark.parametrize("file", [WEIGHTS, "unet/config.json"])
def test_a_wrong_hash(file: str, light: Path, serve: Callable, now: Settings) -> None:
    with serve(light, spoil={file}) as served:
        with pytest.raises(SetupError, match=f"{file} did not arrive as the hub announced it"):
            install(now)
        assert store.installed(now) == []
        assert list((store.models_folder(now) / ".part-tiny").glob(f"files/{file}*")) == []
        served.spoil.clear()
        install(now)
    assert store.check("tiny", now) == []


@pytest.mark.parametrize("file", [WEIGHTS, "model_index.json"])
def test_a_missing_file(file: str, light: Path, serve: Callable, now: Settings) -> None:
    with serve(light, lost={file}), pytest.raises(SetupError, match="A file of “tiny” that the hub lists is missing"):
        install(now)
    assert store.installed(now) == []


def test_a_repository_that_only_has_a_pickle(light: Path, serve: Callable, now: Settings, tmp_path: Path) -> None:
    shutil.copytree(light, tmp_path / "pickled")
    (tmp_path / "pickled" / WEIGHTS).rename(tmp_path / "pickled/unet/diffusion_pytorch_model.bin")
    with serve(tmp_path / "pickled") as served, pytest.raises(BadInput, match="“unet” only as a pickle"):
        install(now)
    assert served.sent.keys() == {"model_index.json"}
    assert leftovers(now) == []


HEADER = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps({"weight": [1.0] * 50}),
        b"PK\x03\x04" + b"\0" * 200,
        b"",
        len(HEADER).to_bytes(8, "little") + HEADER,  # the tensor is not there
        len(HEADER).to_bytes(8, "little") + HEADER + bytes(9),  # something comes after it
        (2).to_bytes(8, "little") + b"[]",
        (2).to_bytes(8, "little") + b"{}",
        (10**18).to_bytes(8, "little") + b"{}",
    ],
    ids=["pickle", "zip", "empty", "short", "long", "list", "no tensor", "huge header"],
)
def test_a_file_that_only_is_called_safetensors(
    content: bytes, light: Path, serve: Callable, now: Settings, tmp_path: Path
) -> None:
    shutil.copytree(light, tmp_path / "false")
    (tmp_path / "false" / WEIGHTS).write_bytes(content)
    with serve(tmp_path / "false"), pytest.raises(BadInput, match=f"{WEIGHTS} is named .safetensors and is something"):
        install(now)
    assert store.installed(now) == []
    assert list((store.models_folder(now) / ".part-tiny").rglob("diffusion*")) == []


def test_a_disk_that_is_too_small(light: Path, serve: Callable, now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    size = sum(path.stat().st_size for path in light.rglob("*") if path.is_file())
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 0, int(size * 1.1) - 1))
    with (
        serve(light) as served,
        pytest.raises(SetupError, match=r"“tiny” needs 2 MB free where the data folder lies; there are 1\."),
    ):
        install(now)
    assert WEIGHTS not in served.sent
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 0, int(size * 1.1)))
    with serve(light):
        install(now)


def test_a_disk_that_fills_up(light: Path, serve: Callable, now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with serve(light), pytest.raises(SetupError, match=r"cannot be written .*No space left"):
        install(now)


def test_no_revision_no_download(home: Path, now: Settings, serve: Callable, light: Path) -> None:
    add_entry(home, name="unpinned", revision=None)
    entry = catalogue.load(now).find("unpinned")
    with serve(light) as served:
        with pytest.raises(BadInput, match="does not say yet which revision of “unpinned” was reviewed"):
            hub.look(entry, now)
        for given in ("main", REVISION[:7], REVISION.upper(), REVISION + "0"):
            with pytest.raises(BadInput, match="is not a revision"):
                hub.look(entry, now, given)
        assert served.asked == []
        model = hub.get(hub.look(entry, now, REVISION), now)
    assert (model.revision, model.manifest.pinned_by) == (REVISION, "user")


def test_what_the_hub_does_not_have(home: Path, now: Settings, serve: Callable, light: Path) -> None:
    add_entry(home, name="elsewhere", hub_id="tiny/nobody")
    with serve(light):
        with pytest.raises(SetupError, match="has no tiny/nobody"):
            install(now, "elsewhere")
        with pytest.raises(SetupError, match=f"no revision {'1' * 40}"):
            hub.look(catalogue.load(now).find("tiny"), now, "1" * 40)
    with serve(light, gated="auto"), pytest.raises(SetupError, match="people with an account"):
        install(now)
    with serve(light) as served:
        del served.files["model_index.json"]
        with pytest.raises(BadInput, match=r"model_index.json is missing"):
            install(now)


def test_a_hub_that_answers_for_another_commit(now: Settings, serve: Callable, light: Path) -> None:
    with serve(light) as served:
        real = served.listing
        served.listing = lambda: {**real(), "sha": "1" * 40}
        with pytest.raises(SetupError, match="answered for revision 1111"):
            install(now)


@pytest.mark.parametrize("answer", ["<html>Sign in</html>", "[]", '{"siblings": 3}', '{"id": "a"}'])
def test_a_page_to_sign_in_on(
    answer: str, now: Settings, serve: Callable, light: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json, "dumps", lambda *_, **__: answer)
    with serve(light), pytest.raises(SetupError, match=r"does not answer as a hub does|answered for revision None"):
        install(now)


def test_nobody_listens(now: Settings, online: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(SetupError, match=r"The hub http://127.0.0.1:9 cannot be reached \(.*\). Installing") as caught:
        install(now)
    assert len(str(caught.value).splitlines()) == 1
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    with pytest.raises(SetupError, match="HF_ENDPOINT is “file:///etc”"):
        install(now)


def test_offline_is_respected(now: Settings) -> None:
    with pytest.raises(SetupError, match="HF_HUB_OFFLINE"):
        install(now)


def test_a_model_is_installed_once(now: Settings, serve: Callable, light: Path) -> None:
    with serve(light) as served:
        offer = hub.look(catalogue.load(now).find("tiny"), now)
        install(now)
        asked = len(served.asked)
        for again in (lambda: install(now), lambda: hub.get(offer, now)):
            with pytest.raises(BadInput, match="there already"):
                again()
        assert len(served.asked) == asked


def test_two_commands_do_not_write_the_same_files(now: Settings, serve: Callable, light: Path) -> None:
    from huggingface_hub.utils import WeakFileLock

    with serve(light):
        offer = hub.look(catalogue.load(now).find("tiny"), now)
        lock = store.models_folder(now) / ".part-tiny.lock"
        lock.parent.mkdir(parents=True)
        with WeakFileLock(lock), pytest.raises(SetupError, match="by another command"):
            hub.get(offer, now)
        hub.get(offer, now)


def test_more_bytes_than_announced(
    now: Settings, serve: Callable, light: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(light) as served:
        offer = hub.look(catalogue.load(now).find("tiny"), now)
        served.files["LICENSE"] += b"x" * 10
        with pytest.raises(SetupError, match="sends more of LICENSE than it announced"):
            hub.get(offer, now)


def test_the_names_git_gives(tmp_path: Path) -> None:
    (tmp_path / "hello").write_bytes(b"hello\n")
    # `git hash-object` of the same file.
    assert store.git_blob(tmp_path / "hello") == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert store.sha256(tmp_path / "hello") == hashlib.sha256(b"hello\n").hexdigest()
