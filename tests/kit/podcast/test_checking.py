"""A check of a project finds everything at once, each fault on its line, and writes nothing."""

from __future__ import annotations

import json
import math
import struct
import wave
from datetime import date
from pathlib import Path

import pytest

from kit.errors import NotFound
from kit.podcast.checking import Report, check
from kit.podcast.episode import FILE

TODAY = date(2026, 11, 18)


def tone(file: Path, seconds: float = 0.5) -> None:
    """A mono WAV at 22.05 kHz."""
    file.parent.mkdir(parents=True, exist_ok=True)
    samples = [round(9_000 * math.sin(n / 20)) for n in range(round(22_050 * seconds))]
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(22_050)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def checked(folder: Path, text: str | bytes) -> Report:
    (folder / FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    before = sorted(folder.rglob("*"))
    report = check(folder, today=TODAY)
    assert sorted(folder.rglob("*")) == before
    return report


def told(report: Report) -> list[str]:
    return [fault.text() for fault in report.faults]


GOOD = """\
title: Essai
target: 10
segments:
- id: hook
  kind: hook
  voice: Loutre des dunes
  text: mot
  sources:
  - {kind: take, file: one.wav, operations: [{do: cut, start: 0.1, end: 0.2}]}
rights:
  erase_on: 2026-12-31
"""


def test_a_project_that_can_be_made_with_what_remains_to_do(tmp_path: Path) -> None:
    tone(tmp_path / "one.wav")
    tone(tmp_path / "sounds" / "left.wav")
    tone(tmp_path / "work" / "copy.wav")
    report = checked(tmp_path, GOOD)
    assert report.ok
    assert told(report) == []
    assert report.episode is not None
    assert report.episode.title == "Essai"
    assert type(report.episode).__name__ == "Episode"
    warnings = [fault.text() for fault in report.warnings]
    assert "the file “sounds/left.wav” is not used." in warnings
    assert not any("work/copy.wav" in warning or "mixed" in warning for warning in warnings)
    assert any(
        warning.startswith("No sheet says that Loutre des dunes agrees to be heard. Have it signed")
        for warning in warnings
    )
    assert report.text() == "\n".join(f"- {warning}" for warning in warnings)


BAD = """\
title: Essai
taget: 10
segments:
- id: hook
  kind: hoook
  claims: [c1, lost, hook]
  sources:
  - {kind: take, file: absent.wav}
  - {kind: take, file: ../one.wav}
  - {kind: take, file: text.mp3}
  - {kind: take, file: empty.wav, seconds: -1}
- id: hook
  kind: sting
  sources: [{kind: jingle, mood: loud}]
- {id: last, kind: outro}
claims:
- {id: c1, text: x}
- {id: last, text: x}
beds:
- first: last
  last: hook
  source: {kind: music, file: absent.flac}
- first: nowhere
  last: hook
  source: {kind: take, file: x.wav}
"""


def test_everything_at_once_each_on_its_line(tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_text("This is no sound. " * 50)
    (tmp_path / "empty.wav").write_bytes(b"")
    report = checked(tmp_path, BAD)
    assert not report.ok
    assert report.episode is None
    assert report.warnings == ()
    wanted = [
        "line 2: taget: this field is not known here",
        "line 5: segments.0.kind: this takes one of: theme, hook",
        "line 6: “lost” is the id of no claim",
        "line 6: “hook” is the id of no claim",
        "line 8: there is no file “absent.wav” in the folder",
        "line 9: segments.0.sources.1.file: this is not the name of a file of this folder",
        "line 10: “text.mp3” ",
        "line 11: segments.0.sources.3.seconds: this takes 0 or more; received: -1",
        "line 11: “empty.wav” ",
        "line 12: the id “hook” is taken, on line 4",
        "line 14: segments.1.sources.0.mood: this takes one of: bright",
        "line 18: the id “last” is taken, on line 15",
        "line 20: a bed goes from one segment to the same or a later one: last, hook",
        "line 22: there is no file “absent.flac” in the folder",
        "line 23: “nowhere” is the id of no segment",
        "line 25: beds.1.source.kind: this takes one of: jingle, music; received: take",
        "line 25: there is no file “x.wav” in the folder",
    ]
    found = told(report)
    assert [line[: len(start)] for line, start in zip(found, wanted, strict=True)] == wanted


def test_ids_alone_are_found_too(tmp_path: Path) -> None:
    """Where the model would say all of them at once, on line 1."""
    report = checked(tmp_path, "segments:\n- {id: a, kind: hook}\n- {id: a, kind: hook, claims: [x]}\n")
    assert told(report) == ["line 3: the id “a” is taken, on line 2", "line 3: “x” is the id of no claim"]


def test_operations_that_their_sound_is_too_short_for(tmp_path: Path) -> None:
    tone(tmp_path / "one.wav")
    report = checked(tmp_path, GOOD.replace("end: 0.2", "end: 30"))
    [fault] = told(report)
    assert fault.startswith("line 9: ")
    assert "30" in fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: [", "a bracket is still open"),
        ("title: !!python/object:x y", "tags (!name) are not accepted"),
        ("a: &a [*a]", "aliases"),
        (b"title: \xff", "not UTF-8 text"),
        ("[" * 5000, "nested too deeply"),
        ("- a\n- b", "this takes a block of named fields"),
        ("segments: 3\nbeds: {first: x}\n", "line 1: segments: this takes a list"),
    ],
)
def test_what_is_no_episode_at_all(tmp_path: Path, text: str | bytes, words: str) -> None:
    report = checked(tmp_path, text)
    assert not report.ok
    assert words in told(report)[0]


def test_a_folder_without_an_episode_and_no_folder(tmp_path: Path) -> None:
    report = check(tmp_path)
    assert told(report) == ["episode.yaml cannot be read:\nthere is no such file"]
    with pytest.raises(NotFound, match="There is no folder"):
        check(tmp_path / "absent")
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotFound, match="There is no folder"):
        check(tmp_path / "file")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    tone(tmp_path / "outside.wav")
    inside = tmp_path / "inside"
    inside.mkdir()
    try:
        (inside / "one.wav").symlink_to(tmp_path / "outside.wav")
    except OSError:
        pytest.skip("this system lets nobody make links")
    [fault] = told(checked(inside, GOOD))
    assert fault == "line 9: “one.wav” leads out of the folder; copy the sound into it"


def test_hostile_names_stay_words(tmp_path: Path) -> None:
    name = "<script>{0.__class__}%s.wav"
    [fault] = told(checked(tmp_path, GOOD.replace("one.wav", f"'{name}'")))
    assert fault == f"line 9: there is no file “{name}” in the folder"


def test_a_sound_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kit.audio import reading

    tone(tmp_path / "one.wav")
    calls: list[str] = []
    real = reading.read_sound

    def counted(source: Path, name: str, into: Path) -> object:
        calls.append(name)
        return real(source, name, into)

    monkeypatch.setattr(reading, "read_sound", counted)
    again = GOOD.replace("  sources:\n", "  sources:\n  - {kind: take, file: one.wav}\n")
    assert checked(tmp_path, again).ok
    assert calls == ["one.wav"]


def test_the_report_as_json_and_in_another_language(tmp_path: Path) -> None:
    report = checked(tmp_path, "title: 12\nsegments: [{id: a, kind: hook, claims: [x]}]\n")
    rows = report.as_json()
    assert json.loads(json.dumps(rows)) == rows
    assert rows == {
        "name": tmp_path.name,
        "ok": False,
        "faults": [
            {"line": 1, "message": "title: this takes a text; write it in quotes: 12"},
            {"line": 2, "message": "“x” is the id of no claim"},
        ],
        "warnings": [],
    }
    french = {"line {line}: {what}": "ligne {line} : {what}", "“{id}” is the id of no claim": "aucune fiche « {id} »"}
    assert report.text(lambda text: french.get(text, text)).splitlines()[1] == "- ligne 2 : aucune fiche « x »"
