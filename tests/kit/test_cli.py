"""The ``contrechamp`` command: what it prints where, and with which status it ends."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from kit import ROOT, cli, settings
from kit.decks import store


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """Two folders, ``real`` and ``made``, with one picture of the same name."""
    rng = np.random.default_rng(0)
    for folder in ("real", "made"):
        (tmp_path / folder).mkdir()
        pixels = rng.integers(0, 255, (400, 600, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / folder / "boulangerie.png")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("bake", "“bake” is not a command"),
        ("deck", "Name a command"),
        ("doctor --fast", "“--fast” is not an option"),
        ("deck check", "“path” is missing"),
        ("deck new --real somewhere", "“--out” is missing"),
        ("deck check one two", "“two” is one word too many"),
        ("run --port", "“--port” needs a value"),
        ("run --port seven", "“--port” has a value that cannot be used"),
        ("run --port 99999", "99999 is not a port"),
        ("run --lang de", "“de” is not a language"),
        ("deck check /nowhere", "/nowhere"),
        ("deck export nothing --out deck.zip", "nothing"),
        ("deck import /nowhere.zip", "There is no file “/nowhere.zip”"),
        ("generate /nowhere.jpg --out made.gif", "“made.gif” is not the name of a PNG"),
        ("generate /nowhere.jpg --out /nowhere/made.png", "There is no folder “/nowhere”"),
        ("generate /nowhere.jpg --out made.png", "There is no file “/nowhere.jpg”"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    line: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.invoke(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_photo_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"not a photograph")
    assert cli.invoke(["generate", str(tmp_path / "photo.jpg"), "--out", str(tmp_path / "made.png")]) == 2
    assert "photo.jpg" in capsys.readouterr().err
    assert not (tmp_path / "made.png").exists()


def test_a_busy_port_is_told_with_a_free_one(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.invoke(["run", "--port", str(port), "--no-browser"]) == 2
    err = capsys.readouterr().err
    assert str(port) in err
    offered = re.search(r"--port (\d+)", err)
    assert offered is not None
    assert port < int(offered[1]) < port + 50


def test_run_hands_over_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    import serve

    asked: list[dict[str, object]] = []
    monkeypatch.setattr(serve, "run", lambda **options: asked.append(options))
    assert cli.invoke(["run", "--lan", "--https", "--no-browser", "--port", "8600", "--lang", "fr"]) == 0
    assert asked == [{"host": "127.0.0.1", "port": 8600, "lan": True, "https": True, "open_browser": False}]
    assert os.environ["CONTRECHAMP_LANG"] == "fr"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["run"]),
        (["--lan"], ["run", "--lan"]),
        (["--help"], ["--help"]),
        (["doctor", "--json"], ["doctor", "--json"]),
    ],
)
def test_run_is_what_happens_by_default(
    arguments: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(sys, "argv", ["contrechamp", *arguments])
    monkeypatch.setattr(cli, "invoke", lambda line: seen.append(line) or 0)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert seen == [expected]


def test_doctor_says_the_same_in_words_and_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.invoke(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert status == (0 if report["ready"] else 1)
    assert report["language"] == "en"
    assert cli.invoke(["doctor"]) == status
    words = capsys.readouterr().out
    for check in report["checks"]:
        if check["id"] not in ("memory", "disk"):  # they may have moved in between
            assert check["what"] in words
            assert check["todo"] in words


def test_a_deck_from_two_folders_to_another_machine(photographs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deck, packed = photographs / "deck", photographs / "deck.zip"
    line = ["deck", "new", "--real", str(photographs / "real"), "--generated", str(photographs / "made")]
    assert cli.invoke([*line, "--out", str(deck), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["items"] == 1
    # Made, but its words remain to be written: the check says so.
    status = cli.invoke(["deck", "check", str(deck), "--json"])
    report = json.loads(capsys.readouterr().out)
    assert status == (0 if report["ok"] else 2)
    assert report["faults"] or report["warnings"]
    text = (deck / "deck.yaml").read_text("utf-8")
    (deck / "deck.yaml").write_text(text.replace("…", "La devanture."), "utf-8")
    assert cli.invoke(["deck", "check", str(deck)]) == 0
    assert "can be played" in capsys.readouterr().out
    assert cli.invoke(["deck", "export", str(deck), "--out", str(packed)]) == 0
    capsys.readouterr()
    assert cli.invoke(["deck", "import", str(packed), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (found,) = store.installed(settings.load())
    assert isinstance(found, store.LoadedDeck)
    assert told == {"id": found.id, "path": str(found.folder), "items": 1}
    again = photographs / "again.zip"
    assert cli.invoke(["deck", "export", found.id, "--out", str(again)]) == 0
    assert again.exists()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from kit import cli; sys.argv = ['contrechamp', '--help']\n"
        "try: cli.main()\nexcept SystemExit as left: assert left.code == 0, left.code\n"
        "heavy = {'torch', 'numpy', 'PIL', 'streamlit', 'dask', 'distributed', 'skimage', 'sklearn', 'diffusers'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=env, check=True)
    assert "doctor" in done.stdout
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_french_by_default(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("CONTRECHAMP_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert cli.invoke(["bake"]) == 2
    assert "n’est pas une commande" in capsys.readouterr().err


def test_generate_hands_over_photographs_and_labels_what_comes_back(
    photographs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import kit.images
    from kit.compute.progress import report
    from kit.images.label import read_label

    asked: dict[str, object] = {}

    def fake(photos: list[np.ndarray], **options: object) -> SimpleNamespace:
        asked.update(options, photos=photos)
        report(0.5)
        return SimpleNamespace(image=np.full((40, 60, 3), 128, np.uint8))

    monkeypatch.setattr(kit.images, "generate", SimpleNamespace(generate=fake), raising=False)
    out = photographs / "fabriquée.png"
    line = ["generate", str(photographs / "real" / "boulangerie.png"), "--out", str(out), "--size", "60"]
    assert cli.invoke([*line, "--seed", "7", "--fidelity", "0.25", "--json"]) == 0
    told, progress = capsys.readouterr()
    assert {name: asked[name] for name in ("seed", "size", "fidelity", "mask")} == {
        "seed": 7,
        "size": 60,
        "fidelity": 0.25,
        "mask": None,
    }
    assert [photo.shape for photo in asked["photos"]] == [(400, 600, 3)]  # type: ignore[attr-defined]
    assert json.loads(told) == {"path": str(out), "width": 60, "height": 40, "seed": 7, "fidelity": 0.25}
    assert "50 %" in progress
    label = read_label(out.read_bytes())
    assert label is not None
    assert label.source_type == "trainedAlgorithmicMedia"

    mask = photographs / "made" / "boulangerie.png"
    assert cli.invoke([*line, "--mask", str(mask)]) == 0
    label = read_label(out.read_bytes())
    assert label is not None
    assert label.source_type == "compositeWithTrainedAlgorithmicMedia"
