"""How long things last: counted by hand here."""

from __future__ import annotations

import pytest

from kit.audio.operations import Cut, Keep, Pauses
from kit.audio.synth import Mood
from kit.levels import Level
from kit.podcast import timing
from kit.podcast.episode import Episode, Jingle, Music, Segment, SegmentKind, Synthetic, Take


def segment(text: str = "", *sources: object, kind: SegmentKind = SegmentKind.COLUMN, **fields: object) -> Segment:
    return Segment.model_validate({"id": "a", "kind": kind, "text": text, "sources": sources, **fields})


@pytest.mark.parametrize(
    ("text", "lang", "count"),
    [
        ("", "fr", 0),
        ("Bonjour", "fr", 1),
        ("L’angle de l’épisode, c’est l’IA.", "fr", 5),
        ("«\u202fEt si\u202f» l’on comptait\u00a0: un, deux\u202f?", "fr", 6),
        ("— Oui ! … — Non.", "fr", 2),
        ("45", "fr", 1),
        ("2026", "fr", 3),
        ("En 2026, 45 % des élèves", "fr", 9),
        ("In 2026, 45% of pupils", "en", 8),
        ("COVID-19, à 13h30", "fr", 6),
        ("10 €, soit +5 $", "fr", 6),
        ("don’t stop", "en", 2),
        ("two\nlines\tand a tab", "en", 5),
        ("日本語 العربية", "fr", 2),
    ],
)
def test_words_are_those_one_says(text: str, lang: str, count: int) -> None:
    assert timing.words(text, lang) == count


def test_the_pace_follows_the_level() -> None:
    assert [timing.wpm(level) for level in Level] == [125, 125, 145, 145, 160, 160]


def test_a_text_lasts_what_reading_it_takes() -> None:
    hundred_fifty = segment("mot " * 150)
    assert timing.expected(hundred_fifty, 150, "fr") == 60.0
    assert timing.expected(hundred_fifty, 100, "fr") == 90.0
    assert timing.expected(segment("mot " * 150, planned=5), 150, "fr") == 60.0, (
        "it is written: what was planned is past"
    )
    assert timing.expected(segment("mot " * 150, Take(file="a.wav", seconds=3)), 150, "fr") == 60.0
    assert timing.expected(segment(), 150, "fr") == 0.0


@pytest.mark.parametrize("kind", [SegmentKind.INTERVIEW, SegmentKind.VOX_POP])
def test_what_nobody_reads_lasts_what_was_planned(kind: SegmentKind) -> None:
    assert timing.expected(segment("Trois mots notés", kind=kind, planned=180), 150, "fr") == 180.0
    assert timing.expected(segment("mot " * 25, kind=kind), 150, "fr") == 10.0


def test_what_machines_make_lasts_what_it_lasts() -> None:
    jingle = Jingle(mood=Mood.CALM, seconds=7.5)
    assert timing.expected(segment("mot " * 150, jingle), 150, "fr") == 7.5
    assert timing.actual(segment("", jingle)) == 7.5
    voice = Synthetic(text="mot " * 40, speed=120)
    assert timing.expected(segment("", voice), 150, "fr") == 20.0
    assert timing.actual(segment("", voice)) is None, "it is not made yet"


def test_a_recording_lasts_what_its_operations_leave() -> None:
    take = Take(file="a.wav", seconds=30, operations=(Cut(start=5, end=10), Keep(start=0, end=20)))
    assert timing.actual(segment("mot", take)) == pytest.approx(20.0)
    assert timing.actual(segment("mot", Music(file="a.wav", seconds=30))) == 30.0
    assert timing.actual(segment("mot", take, take.model_copy(update={"operations": ()}), best=1)) == 30.0
    assert timing.actual(segment("mot")) is None
    assert timing.actual(segment("mot", Take(file="a.wav"))) is None, "not decoded yet"
    assert timing.actual(segment("mot", Take(file="a.wav", seconds=30, operations=(Pauses(),)))) is None
    assert timing.actual(segment("mot", Take(file="a.wav", seconds=3, operations=(Keep(start=8, end=9),)))) is None


def test_the_total_takes_the_best_that_is_known_and_the_crossfades_off() -> None:
    segments = (
        segment("", Jingle(mood=Mood.CALM, seconds=6)),
        segment("mot " * 150, id="b", crossfade=1.5),
        segment("mot " * 150, Take(file="a.wav", seconds=50), id="c", crossfade=5),
        segment("", Take(file="a.wav", seconds=3, operations=(Pauses(),)), id="d", crossfade=5),
    )
    episode = Episode(segments=segments, words_per_minute=150)
    assert timing.total(episode) == pytest.approx(6 + 60 + 50 + 3 - 1.5 - 5 - 3)
    assert timing.total(episode.having(segments=segments[1:2])) == 60.0, "nothing comes before the first"
    assert timing.total(Episode()) == 0.0
