"""A project made into an episode: measured by others' tools, and refused in a sentence."""

from __future__ import annotations

import errno
import hashlib
import json
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from PIL import Image

from kit.audio import RATE
from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from kit.errors import BadAudio, BadInput, Cancelled, KitError, NotFound, SetupError
from kit.podcast import disk, feed
from kit.podcast.assembling import Assembled, assemble, decoded, samples_of
from kit.podcast.episode import Episode, Jingle, SegmentKind, Take
from kit.podcast.mixdown import Sound
from kit.podcast.render import FILES, MOST_MIXES, Rendered, mix_down, render
from kit.podcast.writing import dump
from tests.kit.audio.sounds import noise, speech, write_wav

TODAY = date(2026, 11, 20)
AGREES = {"who": "Loutre", "where": "le site", "until": "2027-08-31", "agrees": True, "adult": True}
JINGLE = {"kind": "jingle", "mood": "bright", "seconds": 0.8}
MUSIC = {"kind": "music", "file": "bed.wav", "title": "T", "author": "A", "licence": "CC0"}
WHOLE = {
    "title": "L’IA a-t-elle de l’oreille ?",
    "language": "en",
    "target": 10,
    "members": [{"name": "Loutre", "jobs": ["host"]}],
    "segments": [
        {"id": "opening", "kind": "sting", "title": "Début", "sources": [JINGLE]},
        {
            "id": "talk",
            "kind": "column",
            "title": "Le sujet",
            "voice": "Loutre",
            "text": "Une phrase. Une autre.",
            "crossfade": 0.2,
            "sources": [
                {
                    "kind": "take",
                    "file": "sounds/talk.wav",
                    "operations": [{"do": "cut", "start": 1.0, "end": 2.0}],
                }
            ],
        },
        {"id": "absent", "kind": "hook", "title": "Pas de son"},
        {
            "id": "robot",
            "kind": "column",
            "sources": [{"kind": "synthetic", "text": "Hello.", "announced": False}],
        },
    ],
    "beds": [{"first": "talk", "last": "absent", "source": MUSIC}],
    "rights": {"consents": [AGREES]},
    "publication": {
        "show": "Émission",
        "description": "Un épisode.",
        "address": "https://podcast.example.net/1",
        "ai_use": "A robot says hello.",
        "credits": "Us.",
    },
}


def project(folder: Path, **changes: object) -> Path:
    """A project of about six seconds."""
    episode = Episode.model_validate({**WHOLE, **changes})
    write_wav(folder / "sounds" / "talk.wav", speech(5.0, -30.0))
    write_wav(folder / "bed.wav", noise(3.0, -20.0, channels=2))
    (folder / "episode.yaml").write_bytes(dump(episode))
    return folder


def contents(folder: Path) -> dict[str, str]:
    """What lies in a folder, but what can be made again."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "work" not in path.parts
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Rendered]:
    """A project, where it was rendered, and the report."""
    base = tmp_path_factory.mktemp("render")
    folder = project(base / "project")
    before = contents(folder)
    rendered = render(folder, base / "out", today=TODAY)
    assert contents(folder) == before, "an original has changed"
    return folder, base / "out", rendered


def samples(mp3: Path) -> np.ndarray:
    with av.open(str(mp3)) as opened:
        return np.concatenate([frame.to_ndarray() for frame in opened.decode(audio=0)], axis=1).T


def test_every_file_is_there_and_no_other(made: tuple[Path, Path, Rendered]) -> None:
    _, out, rendered = made
    assert set(rendered.files) == set(FILES) == {path.name for path in out.iterdir()}
    assert rendered.publishable
    assert rendered.missing == rendered.notes == ()


def test_it_is_as_loud_as_an_independent_meter_says(made: tuple[Path, Path, Rendered]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyloudnorm

    _, out, rendered = made
    heard = samples(out / "episode.mp3")
    assert heard.shape[1] == 2
    measured = pyloudnorm.Meter(RATE).integrated_loudness(heard.astype(np.float64))
    assert measured == pytest.approx(-16, abs=0.5)
    assert rendered.integrated == pytest.approx(measured, abs=0.15)
    assert rendered.true_peak <= -1.0
    assert 20 * np.log10(np.abs(heard).max()) <= -1.0


def test_how_long_everything_lasts(made: tuple[Path, Path, Rendered]) -> None:
    folder, out, rendered = made
    robot = len(samples_of(folder, Episode.model_validate(WHOLE).segments[3].sources[0], language="en")) / RATE
    # The jingle, the take less a second and the crossfade, the voice.
    assert rendered.seconds == pytest.approx(0.8 + 4.0 - 0.2 + robot, abs=0.02)
    assert MP3(out / "episode.mp3").info.length == pytest.approx(rendered.seconds, abs=0.06)
    read = json.loads((out / "chapters.json").read_text("utf-8"))
    assert [(one["startTime"], one["title"]) for one in read["chapters"]] == [
        (0.0, "Début"),
        (pytest.approx(0.6, abs=0.002), "Le sujet"),
    ]
    assert read["chapters"][-1]["endTime"] == pytest.approx(rendered.seconds, abs=0.001)


def test_the_tags_say_the_same_as_the_files(made: tuple[Path, Path, Rendered]) -> None:
    _, out, _ = made
    tags = ID3(out / "episode.mp3")
    read = json.loads((out / "chapters.json").read_text("utf-8"))["chapters"]
    found = sorted((one.start_time, one.end_time, str(one.sub_frames["TIT2"])) for one in tags.getall("CHAP"))
    assert found == [(round(1000 * one["startTime"]), round(1000 * one["endTime"]), one["title"]) for one in read]
    assert str(tags["TDRC"]) == "2026-11-20"
    assert str(tags["TXXX:Iptc4xmpExt:DigitalSourceType"]).endswith("/composite")
    assert str(tags["TXXX:AI use"]).startswith("A robot says hello.\nSynthetic voice at 0:04")


def test_the_transcripts_and_the_notes(made: tuple[Path, Path, Rendered]) -> None:
    _, out, rendered = made
    vtt = (out / "transcript.vtt").read_text("utf-8")
    assert "<v Loutre>Une phrase." in vtt
    assert "00:00:00.600 --> " in vtt
    assert f"--> 00:00:0{int(1000 * rendered.seconds) / 1000:.3f}\n" in vtt
    assert "<v Synthetic voice>Hello." in vtt
    assert "Loutre: Une phrase." in (out / "transcript.srt").read_text("utf-8")
    assert "[0:00] Loutre\nUne phrase. Une autre." in (out / "transcript.txt").read_text("utf-8")
    notes = (out / "notes.md").read_text("utf-8")
    assert "A robot says hello." in notes
    assert "T, A, CC0" in notes


def test_the_feed_validates_and_tells_the_truth(made: tuple[Path, Path, Rendered]) -> None:
    import feedparser

    _, out, rendered = made
    xml = (out / "feed.xml").read_bytes()
    assert feed.faults(xml) == []
    [item] = feedparser.parse(xml).entries
    assert item.enclosures[0].length == str((out / "episode.mp3").stat().st_size)
    assert item.enclosures[0].href == "https://podcast.example.net/1/episode.mp3"
    assert item.itunes_duration == str(round(rendered.seconds))
    assert item.published == "Fri, 20 Nov 2026 12:00:00 +0000"


def test_the_cover(made: tuple[Path, Path, Rendered]) -> None:
    with Image.open(made[1] / "cover.png") as image:
        assert image.size == (3000, 3000)


def test_the_report_crosses_between_processes(made: tuple[Path, Path, Rendered]) -> None:
    rendered = made[2]
    again = decode(encode(rendered))
    assert again.as_json() == rendered.as_json()
    assert [point.what.text() for point in again.points] == [point.what.text() for point in rendered.points]
    assert json.loads(json.dumps(rendered.as_json()))["duration"] == pytest.approx(rendered.seconds, abs=0.001)


def test_again_the_same_bytes_and_a_sound_is_decoded_once(
    made: tuple[Path, Path, Rendered], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out, _ = made
    copies = {path.name: path.stat().st_mtime_ns for path in (folder / "work" / "decoded").iterdir()}
    assert len(copies) == 2
    monkeypatch.setattr("kit.podcast.assembling.read_sound", _never)
    told: list[tuple[float, str]] = []
    with listening(lambda fraction, message, _: told.append((fraction, message))):
        render(folder, tmp_path / "out", today=TODAY)
    assert contents(tmp_path / "out") == contents(out)
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "work" / "decoded").iterdir()} == copies
    assert not list((folder / "work").glob(f"{disk.INCOMING}*"))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[0] < 0.1
    assert fractions[-1] >= 0.95


def test_a_mix_is_made_once_for_each_key_and_gives_the_same_episode(
    made: tuple[Path, Path, Rendered], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out, rendered = made
    sound = mix_down(folder, "a1")
    assert (sound.seconds, sound.integrated) == (rendered.seconds, rendered.integrated)
    assert list(sound.spans) == ["opening", "talk", "robot"]
    monkeypatch.setattr("kit.podcast.render.mix", _never)
    again = mix_down(folder, "a1")
    assert again == sound
    render(folder, tmp_path / "out", sound=again, today=TODAY)
    assert contents(tmp_path / "out") == contents(out)
    assert sound.path.read_bytes()[:3] != b"ID3", "the mix that is kept has got the tags"


def test_few_mixes_are_kept_and_half_of_one_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0

    def mix(assembled: Assembled, out: Path, *, channels: int, scratch: Path) -> Sound:
        nonlocal made
        made += 1
        out.write_bytes(b"mp3")
        return Sound(path=out, seconds=1.0, integrated=None, true_peak=-3.0, spans={"a": (0.0, 1.0)})

    monkeypatch.setattr("kit.podcast.render.mix", mix)
    folder = project(tmp_path)
    for number in range(MOST_MIXES + 2):
        sound = mix_down(folder, f"k{number}")
    names = {path.name for path in (folder / "work" / "mixes").iterdir()}
    assert names == {f"k{n}.{end}" for n in range(2, MOST_MIXES + 2) for end in ("mp3", "json")}
    assert mix_down(folder, f"k{MOST_MIXES + 1}") == sound
    sound.path.with_suffix(".json").write_text("{")
    assert mix_down(folder, f"k{MOST_MIXES + 1}") == sound
    sound.path.unlink()
    assert mix_down(folder, f"k{MOST_MIXES + 1}") == sound
    assert made == MOST_MIXES + 4


def _never(*_: object, **__: object) -> None:
    raise AssertionError("decoded again")


def test_without_consent_it_can_be_heard_and_not_published(tmp_path: Path) -> None:
    take = {"kind": "take", "file": "sounds/talk.wav"}
    folder = project(
        tmp_path / "p",
        rights={},
        beds=[],
        segments=[{"id": "a", "kind": "column", "voice": "Loutre", "sources": [take]}],
    )
    out = tmp_path / "out"
    out.mkdir()
    (out / "feed.xml").write_text("of before")
    (out / "mine.txt").write_text("kept")
    rendered = render(folder, out, today=TODAY)
    assert not rendered.publishable
    [why] = (why.text() for why in rendered.missing)
    assert why.startswith("No sheet says that Loutre agrees to be heard. Have it signed before")
    assert {path.name for path in out.iterdir()} == {*FILES, "mine.txt"} - {"feed.xml"}
    assert "feed.xml" not in rendered.files
    assert rendered.as_json()["publishable"] is False


def test_what_to_know_before_publishing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(
        tmp_path / "p",
        title="Stop 停止",
        beds=[],
        segments=[WHOLE["segments"][3]],  # type: ignore[index]
        publication={"ai_use": "Un robot."},
    )
    rendered = render(folder, tmp_path / "out", today=TODAY)
    placeholder, letters = (note.text() for note in rendered.notes)
    assert "https://example.org/podcast/" in placeholder
    assert "letters" in letters


# -- what it is made of -----------------------------------------------------------------------------------------------


def test_pieces_and_beds_follow_the_rundown(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assembled = assemble(folder, Episode.model_validate(WHOLE))
    assert [segment.id for segment in assembled.segments] == ["opening", "talk", "robot"]
    assert [(piece.voice, piece.crossfade) for piece in assembled.pieces] == [(False, 0.0), (True, 0.2), (True, 0.0)]
    [bed] = assembled.beds
    assert (bed.first, bed.last) == (1, 1)  # what it goes to has no sound
    assert len(bed.read(1.0)) == 3 * RATE
    only_absent = [{**WHOLE["beds"][0], "first": "absent"}]  # type: ignore[index]
    assert assemble(folder, Episode.model_validate({**WHOLE, "beds": only_absent})).beds == ()


@pytest.mark.parametrize(
    ("segment", "voice"),
    [
        ({"kind": "theme"}, False),
        ({"kind": "theme", "voice": "Loutre"}, True),
        ({"kind": "interview"}, True),
    ],
)
def test_a_take_of_an_opening_is_music_unless_somebody_speaks(
    tmp_path: Path, segment: dict[str, str], voice: bool
) -> None:
    take = {"kind": "take", "file": "sounds/talk.wav"}
    episode = Episode.model_validate({"segments": [{"id": "a", "sources": [take], **segment}]})
    [piece] = assemble(project(tmp_path), episode).pieces
    assert piece.voice is voice


def test_a_source_can_be_given_by_its_fields(tmp_path: Path) -> None:
    folder = project(tmp_path)
    take = Take(file="sounds/talk.wav")
    assert np.array_equal(samples_of(folder, take.model_dump()), samples_of(folder, take))
    whole, notes = decoded(folder, "sounds/talk.wav")
    assert np.array_equal(whole, speech(5.0, -30.0))
    assert notes == ()
    jingle = Jingle.model_validate({"mood": "calm", "seconds": 3.0})
    tune, sting = (samples_of(folder, jingle, kind=kind) for kind in (SegmentKind.THEME, SegmentKind.STING))
    assert len(tune) == len(sting) == 3 * RATE
    assert not np.array_equal(tune, sting)


def test_a_damaged_copy_is_made_again(tmp_path: Path) -> None:
    folder = project(tmp_path)
    before, _ = decoded(folder, "sounds/talk.wav")
    expected = np.array(before)
    [copy] = (folder / "work" / "decoded").iterdir()
    copy.write_bytes(b"RIFF")
    assert np.array_equal(decoded(folder, "sounds/talk.wav")[0], expected)


def test_the_other_voice_must_be_installed(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="espeak"):
        samples_of(tmp_path, {"kind": "synthetic", "text": "Bonjour.", "engine": "mms"})


# -- refusals ---------------------------------------------------------------------------------------------------------


def _no_folder(base: Path) -> tuple[Path, Path]:
    return base / "nowhere", base / "out"


def _no_file(base: Path) -> tuple[Path, Path]:
    (base / "p").mkdir()
    return base / "p", base / "out"


def _not_yaml(base: Path) -> tuple[Path, Path]:
    folder = project(base / "p")
    (folder / "episode.yaml").write_text("title: [", "utf-8")
    return folder, base / "out"


def _nothing_to_hear(base: Path) -> tuple[Path, Path]:
    return project(base / "p", segments=[{"id": "a", "kind": "column", "text": "Rien."}], beds=[]), base / "out"


def _silent(base: Path) -> tuple[Path, Path]:
    folder = _only(base, "quiet.wav")
    write_wav(folder / "quiet.wav", np.zeros((RATE, 1), np.int16))
    return folder, base / "out"


def _missing_sound(base: Path) -> tuple[Path, Path]:
    folder = project(base / "p")
    (folder / "bed.wav").unlink()
    return folder, base / "out"


def _no_sound(base: Path) -> tuple[Path, Path]:
    folder = _only(base, "a.mp3")
    (folder / "a.mp3").write_bytes(b"<html>not a sound</html>")
    return folder, base / "out"


def _leads_out(base: Path) -> tuple[Path, Path]:
    folder = _only(base, "a.wav")
    write_wav(base / "outside.wav", speech(1.0))
    (folder / "a.wav").symlink_to(base / "outside.wav")
    return folder, base / "out"


def _out_is_a_file(base: Path) -> tuple[Path, Path]:
    (base / "out").write_text("mine")
    return project(base / "p"), base / "out"


def _out_below_a_file(base: Path) -> tuple[Path, Path]:
    (base / "file").write_text("mine")
    return project(base / "p"), base / "file" / "out"


def _over_an_original(base: Path) -> tuple[Path, Path]:
    folder = _only(base, "episode.mp3")
    write_wav(folder / "episode.mp3", speech(1.0))
    return folder, folder


def _only(base: Path, file: str) -> Path:
    """A project whose one sound is ``file``, which is not there yet."""
    take = {"kind": "take", "file": file}
    return project(base / "p", segments=[{"id": "a", "kind": "column", "sources": [take]}], beds=[])


@pytest.mark.parametrize(
    ("arranged", "kind", "said"),
    [
        (_no_folder, NotFound, "There is no folder"),
        (_no_file, NotFound, "There is no episode.yaml"),
        (_not_yaml, KitError, "bracket"),
        (_nothing_to_hear, BadInput, "nothing to hear"),
        (_silent, BadAudio, "silent"),
        (_missing_sound, NotFound, "bed.wav"),
        (_no_sound, BadAudio, "a.mp3"),
        (_leads_out, NotFound, "a.wav"),
        (_out_is_a_file, SetupError, "cannot be written"),
        (_out_below_a_file, SetupError, "cannot be written"),
        (_over_an_original, BadInput, "episode.mp3"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(
    tmp_path: Path, arranged: Callable[[Path], tuple[Path, Path]], kind: type[KitError], said: str
) -> None:
    folder, out = arranged(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(kind) as caught:
        render(folder, out, today=TODAY)
    assert said in str(caught.value)
    assert contents(tmp_path) == before


def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _only(tmp_path, "a.wav")
    write_wav(folder / "a.wav", speech(1.5))
    out = tmp_path / "out"
    out.mkdir()
    (out / "episode.mp3").write_bytes(b"of before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk, "place", full)
    with pytest.raises(SetupError, match="No space left"):
        render(folder, out, today=TODAY)
    assert contents(out) == {"episode.mp3": hashlib.sha256(b"of before").hexdigest()}
    assert not list((folder / "work").glob(f"{disk.INCOMING}*"))


def test_it_stops_when_nobody_waits(tmp_path: Path) -> None:
    folder = _only(tmp_path, "a.wav")
    write_wav(folder / "a.wav", speech(1.5))

    def leave(fraction: float, *_: object) -> None:
        raise Cancelled("Nobody waits.")

    with listening(leave), pytest.raises(Cancelled):
        render(folder, tmp_path / "out", today=TODAY)
    assert not any(path.is_file() for path in (tmp_path / "out").iterdir())
    assert not list((folder / "work").glob(f"{disk.INCOMING}*"))


def test_a_piece_of_music_may_be_all_there_is(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", channels=1, beds=[], segments=[{"id": "a", "kind": "theme", "sources": [MUSIC]}])
    rendered = render(folder, tmp_path / "out", today=TODAY)
    assert rendered.integrated == pytest.approx(-19, abs=0.5)
    assert samples(tmp_path / "out" / "episode.mp3").shape[1] == 1
    assert (tmp_path / "out" / "transcript.vtt").read_text("utf-8") == "WEBVTT\n"
