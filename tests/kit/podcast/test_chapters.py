"""The chapters of an episode."""

from __future__ import annotations

import json

import pytest

from kit.podcast.chapters import Chapter, as_json, chapters, clock
from kit.podcast.episode import Episode


def episode(*titles: str, **fields: object) -> Episode:
    segments = [{"id": f"s{n}", "kind": "column", "title": title} for n, title in enumerate(titles)]
    return Episode.model_validate({"title": "Le titre", "segments": segments, **fields})


def test_a_title_begins_a_chapter_and_the_others_belong_to_it() -> None:
    starts = {"s0": 0.0, "s1": 4.0, "s2": 10.25, "s3": 30.0004}
    assert chapters(episode("", "Un", "", "Deux"), starts, 42.5) == (
        Chapter(0.0, 30.0, "Un"),
        Chapter(30.0, 42.5, "Deux"),
    )


def test_segments_that_are_not_heard_begin_none() -> None:
    assert chapters(episode("Un", "Deux", "Trois"), {"s0": 0.0, "s2": 5.0}, 9.0) == (
        Chapter(0.0, 5.0, "Un"),
        Chapter(5.0, 9.0, "Trois"),
    )


@pytest.mark.parametrize("starts", [{"s0": 0.0, "s1": 2.0, "s2": 2.0}, {"s0": 0.0, "s1": 2.0, "s2": 1.9}])
def test_a_chapter_that_nobody_hears_gives_way_to_the_next(starts: dict[str, float]) -> None:
    found = chapters(episode("Un", "Deux", "Trois"), starts, 9.0)
    assert found == (Chapter(0.0, 2.0, "Un"), Chapter(2.0, 9.0, "Trois"))


def test_none_begins_after_the_end() -> None:
    assert chapters(episode("Un", "Deux"), {"s0": 0.0, "s1": 9.0}, 9.0) == (Chapter(0.0, 9.0, "Un"),)
    assert chapters(episode("Un", "Deux"), {"s0": 0.0, "s1": 11.0}, 9.0) == (Chapter(0.0, 9.0, "Un"),)


def test_without_titles_the_episode_is_one_chapter() -> None:
    assert chapters(episode("", ""), {"s0": 0.0, "s1": 1.0}, 2.0) == (Chapter(0.0, 2.0, "Le titre"),)
    assert chapters(episode("", title="\u202e"), {"s0": 0.0}, 2.0) == ()


def test_the_file_has_what_the_format_asks_for() -> None:
    made = episode('Fin "de" \u202e\x07</script>\n-->', publication={"show": "Émission"}, team="Les As")
    read = json.loads(as_json(made, chapters(made, {"s0": 0.0}, 2.0)))
    assert read == {
        "version": "1.2.0",
        "title": "Le titre",
        "podcastName": "Émission",
        "author": "Les As",
        "chapters": [{"startTime": 0.0, "endTime": 2.0, "title": 'Fin "de" </script> -->'}],
    }


def test_moments_as_people_write_them() -> None:
    assert [clock(moment) for moment in (0, 7.9, 59.999, 60, 750, 3723)] == [
        "0:00",
        "0:07",
        "0:59",
        "1:00",
        "12:30",
        "1:02:03",
    ]
