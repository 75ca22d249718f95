"""The tags of the MP3, read back by mutagen, and by FFmpeg as players do; and what they say of machines."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.id3 import ID3, CTOCFlags
from mutagen.mp3 import MP3
from PIL import Image

from kit.podcast import tags
from kit.podcast.chapters import Chapter
from kit.podcast.episode import Episode
from kit.podcast.machines import SourceType, source_type, statement

HOSTILE = "</title><script>x</script>\n\x00\x01\u202e' OR 1=1 -- ✋🏽 \\0"
HELD = "</title><script>x</script> ' OR 1=1 -- ✋🏽 \\0"


@pytest.fixture
def mp3(tmp_path: Path) -> Path:
    """Two seconds of silence."""
    path = tmp_path / "episode.mp3"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libmp3lame", rate=44_100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 88_200), np.int16), format="s16", layout="mono")
        frame.sample_rate = 44_100
        out.mux([*stream.encode(frame), *stream.encode(None)])
    return path


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (600, 600), "#B8371F").save(made, "JPEG")
    return made.getvalue()


def write(mp3: Path, episode: Episode, *found: Chapter, kind: SourceType | None = None) -> ID3:
    tags.write(
        mp3, episode, found, released=date(2026, 3, 14), cover=jpeg(), statement=("Un.", "Deux."), source_type=kind
    )
    return ID3(mp3)


def test_what_an_episode_is(mp3: Path) -> None:
    before = MP3(mp3).info.length
    read = write(
        mp3,
        Episode.model_validate(
            {
                "title": "L’IA ment-elle ?",
                "team": "Les Curieux",
                "publication": {"show": "Questions d’élèves", "description": "Un.\nDeux.", "licence": "CC BY 4.0"},
            }
        ),
        kind=SourceType.PART_TRAINED,
    )
    assert read.version == (2, 3, 0)
    assert {key: str(frame) for key, frame in read.items() if key[0] == "T"} == {
        "TIT2": "L’IA ment-elle ?",
        "TPE1": "Les Curieux",
        "TALB": "Questions d’élèves",
        "TCON": "Podcast",
        "TLAN": "fra",
        "TCOP": "CC BY 4.0",
        "TDES": "Un.\nDeux.",
        "TDRC": "2026-03-14",
        "TXXX:AI use": "Un.\nDeux.",
        "TXXX:Iptc4xmpExt:DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic",
    }
    assert read["COMM::fra"].text == ["Un.\nDeux."]
    [picture] = read.getall("APIC")
    assert (picture.mime, picture.type, picture.data) == ("image/jpeg", 3, jpeg())
    assert MP3(mp3).info.length == before


CHAPTERS = (
    Chapter(0.0, 0.5, "Un long titre pour commencer"),
    Chapter(0.5, 1.0, "Court"),
    Chapter(1.0, 1.5, HELD),
    Chapter(1.5, 2.0, "Fin"),
)


def test_chapters_as_players_read_them(mp3: Path) -> None:
    write(mp3, Episode(), *CHAPTERS)
    with av.open(str(mp3)) as opened:
        found = [
            (one["start"] * one["time_base"], one["end"] * one["time_base"], one["metadata"]["title"])
            for one in opened.chapters()
        ]
    assert found == [(one.start, one.end, one.title) for one in CHAPTERS]


def test_chapters_as_the_addendum_wants_them(mp3: Path) -> None:
    read = write(mp3, Episode(), *CHAPTERS)
    [contents] = read.getall("CTOC")
    assert contents.flags == CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    found = {one.element_id: one for one in read.getall("CHAP")}
    assert [found[name].sub_frames["TIT2"].text for name in contents.child_element_ids] == [
        [one.title] for one in CHAPTERS
    ]
    assert [(found[name].start_time, found[name].end_time) for name in contents.child_element_ids] == [
        (0, 500),
        (500, 1000),
        (1000, 1500),
        (1500, 2000),
    ]
    assert {(one.start_offset, one.end_offset) for one in found.values()} == {(0xFFFFFFFF, 0xFFFFFFFF)}


def test_two_hundred_chapters_stay_in_order(mp3: Path) -> None:
    many = [Chapter(n / 100, (n + 1) / 100, f"{'x' * (n * 7 % 31)} {n}") for n in range(200)]
    write(mp3, Episode(), *many)
    with av.open(str(mp3)) as opened:
        assert [one["metadata"]["title"] for one in opened.chapters()] == [one.title for one in many]


def test_without_chapters_there_is_no_table_of_them(mp3: Path) -> None:
    read = write(mp3, Episode())
    assert read.getall("CTOC") == read.getall("CHAP") == []


def test_hostile_words_stay_words(mp3: Path) -> None:
    words = {"show": HOSTILE, "description": HOSTILE, "author": HOSTILE, "licence": HOSTILE}
    read = write(mp3, Episode.model_validate({"title": HOSTILE, "publication": words}))
    assert str(read["TIT2"]) == str(read["TALB"]) == str(read["TPE1"]) == str(read["TCOP"]) == HELD
    assert read["TIT2"].text == [HELD]  # one value: no zero has cut it in two
    assert read["COMM::fra"].text == [HELD.replace("</script> ", "</script>\n")]


def test_tags_are_replaced(mp3: Path) -> None:
    write(mp3, Episode(title="Avant", team="Eux"), *CHAPTERS)
    size = mp3.stat().st_size
    read = write(mp3, Episode(title="Après"))
    assert str(read["TIT2"]) == "Après"
    assert "TPE1" not in read
    assert read.getall("CHAP") == []
    assert mp3.stat().st_size <= size


# -- machines ---------------------------------------------------------------------------------------------------------

TAKE = {"kind": "take", "file": "sounds/a.wav"}
JINGLE = {"kind": "jingle", "mood": "calm"}
ESPEAK = {"kind": "synthetic", "text": "Bonjour."}
MMS = {"kind": "synthetic", "text": "Bonjour.", "engine": "mms"}


def made_of(*sources: dict[str, str], bed: dict[str, str] | None = None) -> Episode:
    segments = [{"id": f"s{n}", "kind": "column", "sources": [source]} for n, source in enumerate(sources)]
    beds = [{"first": "s0", "last": "s0", "source": bed}] if bed else []
    return Episode.model_validate({"language": "en", "segments": segments, "beds": beds})


@pytest.mark.parametrize(
    ("episode", "term"),
    [
        (made_of(TAKE), None),
        (made_of(TAKE, JINGLE), "composite"),
        (made_of(TAKE, bed=JINGLE), "composite"),
        (made_of(TAKE, ESPEAK), "composite"),
        (made_of(JINGLE, ESPEAK), "algorithmicMedia"),
        (made_of(TAKE, MMS), "compositeSynthetic"),
        (made_of(JINGLE, MMS), "compositeSynthetic"),
        (made_of(MMS, MMS), "trainedAlgorithmicMedia"),
    ],
)
def test_the_term_of_iptc(episode: Episode, term: str | None) -> None:
    assert source_type(episode, {segment.id: 0.0 for segment in episode.segments}) == term


def test_what_is_not_heard_does_not_count() -> None:
    episode = made_of(JINGLE, TAKE, MMS, bed=JINGLE)
    assert source_type(episode, {"s1": 0.0}) is None
    assert [text for text in statement(episode, {"s1": 0.0}) if "at 0:00" in text] == []


def test_the_statement_says_who_made_what_and_when() -> None:
    episode = made_of(MMS, ESPEAK, TAKE, ESPEAK, bed=JINGLE)
    own, espeak, mms, music, cover = statement(episode, {"s0": 0.0, "s1": 5.0, "s2": 61.0, "s3": 90.9})
    assert own == "The team wrote no statement of its own about AI."
    assert espeak.startswith("Synthetic voice at 0:05, 1:30, made by espeak-ng")
    assert mms.startswith("Synthetic voice at 0:00, made by the model MMS-TTS")
    assert music.startswith("Music at 0:00, ")
    assert cover.startswith("The cover was drawn")
