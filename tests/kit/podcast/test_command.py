"""``contrechamp podcast``: what it prints where, and with which status it ends."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from mutagen.id3 import ID3
from pydantic import BaseModel

from kit.audio import operations
from kit.cli import invoke
from kit.content import load
from kit.i18n import LANGUAGES
from kit.podcast import episode as model
from kit.podcast import starter
from kit.podcast.checking import check
from kit.podcast.episode import Episode
from tests.kit.audio.sounds import speech, write_wav


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A project of a second and a half, which may not be published: nobody says whose voice it is."""
    folder = tmp_path / "short"
    write_wav(folder / "a.wav", speech(1.5))
    written = {
        "title": "Court",
        "segments": [{"id": "a", "kind": "column", "sources": [{"kind": "take", "file": "a.wav"}]}],
    }
    (folder / "episode.yaml").write_text(yaml.safe_dump(written), "utf-8")
    return folder


def test_a_new_project_renders_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "new", tmp_path / "out"
    assert invoke(["podcast", "new", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(folder / "episode.yaml")}
    assert (folder / "sounds").is_dir()
    assert invoke(["podcast", "check", str(folder), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"]
    assert report["faults"] == []
    assert invoke(["podcast", "render", str(folder), "--out", str(out), "--json"]) == 0
    said, progress = capsys.readouterr()
    report = json.loads(said)
    assert report["duration"] == pytest.approx(load(folder / "episode.yaml", Episode).target, rel=0.1)
    assert report["integrated_loudness"] == pytest.approx(-16, abs=0.5)
    assert report["true_peak"] <= -1
    assert report["wall_time"] > 0
    assert report["publishable"] is True
    assert report["missing"] == []
    assert "example.org" in report["notes"][0]
    assert sorted(report["files"]) == sorted(path.name for path in out.iterdir())
    assert {
        "episode.mp3",
        "chapters.json",
        "transcript.vtt",
        "transcript.srt",
        "feed.xml",
        "notes.md",
        "cover.png",
    } <= set(report["files"])
    assert [int(found) for found in re.findall(r"(\d+) %", progress)] == sorted({*range(0, 101, 10)})
    read = sorted(ID3(out / "episode.mp3").getall("CHAP"), key=lambda one: one.start_time)
    assert [str(one.sub_frames["TIT2"]) for one in read] == ["Opening", "The column", "The end"]
    assert "<v Synthetic voice>Synthetic voice.\n" in (out / "transcript.vtt").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_new_project_is_without_fault_and_only_lacks_what_it_says(language: str, tmp_path: Path) -> None:
    starter.start(tmp_path / "p", language)
    report = check(tmp_path / "p", today=date(2026, 11, 20))
    assert report.ok
    assert report.episode is not None
    assert report.episode.language == language
    assert [fault.what.message for fault in report.warnings] == ["{what} {todo}"]  # no day of erasure
    assert len(report.episode.segments) == 3
    kinds = [source.kind for segment in report.episode.segments for source in segment.sources]
    assert sorted(kinds) == ["jingle", "jingle", "synthetic"]
    assert len(report.episode.beds) == 1


def fields(kind: type[BaseModel]) -> set[str]:
    return set(kind.model_fields)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_project_shows_every_field_there_is(language: str) -> None:
    kinds = [
        kind
        for module in (model, operations)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ == module.__name__
    ]
    assert len(kinds) > 20
    wanted = set().union(*map(fields, kinds))
    shown = set(re.findall(r"([a-z_]+): ", starter.text(language))) | set(
        re.findall(r"([a-z_]+):\n", starter.text(language))
    )
    assert wanted - shown == set()
    # And every word that one of them takes.
    for choice in (model.Job, model.SegmentKind, model.Mood, model.Level):
        assert {str(one) for one in choice} - set(re.findall(r"[\w-]+", starter.text(language))) == set()


def test_the_examples_in_the_comments_are_right(tmp_path: Path) -> None:
    """Each commented example, its « # » taken off, is accepted."""
    for language in LANGUAGES:
        lines = starter.text(language).splitlines()
        freed = [re.sub(r"^( *)# (?=( *)(- |[a-z_]+: |[a-z_]+:$))", r"\1", line) for line in lines]
        freed = [line.replace("consents: []", "consents:").replace("reviews: []", "reviews:") for line in freed]
        (tmp_path / "episode.yaml").write_text("\n".join(freed), "utf-8")
        report = [fault.text() for fault in check(tmp_path).faults]
        assert [fault for fault in report if "there is no file" not in fault] == [], language


def test_a_project_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "episode.yaml").write_text("title: Le mien\n", "utf-8")
    assert invoke(["podcast", "new", str(tmp_path)]) == 2
    assert "already" in capsys.readouterr().err
    assert (tmp_path / "episode.yaml").read_text("utf-8") == "title: Le mien\n"


def test_new_goes_into_a_folder_that_holds_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("les miennes")
    assert invoke(["podcast", "new", str(tmp_path), "--lang", "fr"]) == 0
    assert str(tmp_path) in capsys.readouterr().out
    assert load(tmp_path / "episode.yaml", Episode).language == "fr"
    assert (tmp_path / "notes.txt").read_text() == "les miennes"


def test_check_tells_every_fault_at_once(short: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (short / "episode.yaml").write_text(
        "title: 3\nsegments:\n- {id: a, kind: song}\n- {id: a, kind: hook, voix: x}\n", "utf-8"
    )
    assert invoke(["podcast", "check", str(short)]) == 2
    said = capsys.readouterr().out
    assert [word in said for word in ("line 1", "song", "voix", "taken")] == [True] * 4
    assert invoke(["podcast", "check", str(short), "--json"]) == 2
    assert len(json.loads(capsys.readouterr().out)["faults"]) == 4


def test_what_may_not_be_published_is_said(short: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["podcast", "render", str(short), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "LUFS" in said
    assert "Not to be published yet" in said
    assert "Nobody is named as the voice" in said
    assert not (tmp_path / "out" / "feed.xml").exists()
    assert (tmp_path / "out" / "episode.mp3").exists()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("podcast", "Name a command"),
        ("podcast render nowhere --out out", "There is no folder “nowhere”"),
        ("podcast render empty --out out", "There is no episode.yaml in “empty”"),
        ("podcast render short", "“--out” is missing"),
        ("podcast render lost --out out", "The sound “b.wav” is not in the folder “lost”"),
        ("podcast render mute --out out", "There is nothing to hear in “mute”"),
        ("podcast render short --out file", "“file” cannot be written"),
        ("podcast render short --out file/below", "“file/below” cannot be written"),
        ("podcast check nowhere", "There is no folder “nowhere”"),
        ("podcast new file", "“file” is a file"),
        ("podcast new file/below", "“file/below” cannot be written"),
        ("podcast new fresh --lang de", "“de” is not a language"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    line: str, sentence: str, short: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = short.parent
    monkeypatch.chdir(base)
    for name, written in {
        "empty": None,
        "lost": "segments: [{id: a, kind: hook, sources: [{kind: take, file: b.wav}]}]",
        "mute": "segments: [{id: a, kind: hook}]",
    }.items():
        (base / name).mkdir()
        if written:
            (base / name / "episode.yaml").write_text(written, "utf-8")
    (base / "file").write_text("mine")
    assert invoke(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert len(err.splitlines()) == 1
    assert not (base / "out").exists()
    assert (base / "file").read_text() == "mine"


def test_help_is_in_one_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["podcast", "--help"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("new", "check", "render"))
