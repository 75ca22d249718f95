"""Rundowns to begin from, and what is done to them."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.audio.synth import Mood
from kit.errors import BadInput
from kit.podcast import templates, timing
from kit.podcast.episode import MOST_SEGMENTS, Bed, Claim, Episode, Jingle, Segment, SegmentKind

BED = Jingle(mood=Mood.CALM)


def made(*names: str, beds: tuple[tuple[str, str], ...] = ()) -> Episode:
    return Episode(
        segments=tuple(Segment(id=name, kind=SegmentKind.COLUMN) for name in names),
        beds=tuple(Bed(first=first, last=last, source=BED, volume=-float(n)) for n, (first, last) in enumerate(beds)),
    )


def ids(episode: Episode) -> list[str]:
    return [segment.id for segment in episode.segments]


def beds(episode: Episode) -> list[tuple[str, str]]:
    return [(bed.first, bed.last) for bed in episode.beds]


@pytest.mark.parametrize(("template", "seconds"), [("interview", 300), ("news", 240), ("vox_pop", 180), ("column", 60)])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_template_is_an_episode(template: str, seconds: float, language: Literal["fr", "en"]) -> None:
    episode = templates.episode(template, language=language, translate=str.upper)
    assert episode.target == seconds
    assert timing.total(episode) == seconds
    assert episode.language == language
    kinds = [segment.kind for segment in episode.segments]
    assert kinds[0] is SegmentKind.THEME
    assert kinds[-2:] == [SegmentKind.OUTRO, SegmentKind.CREDITS]
    assert episode.segments[0].title, "the first chapter begins with the first sound"
    assert all(segment.title == segment.title.upper() for segment in episode.segments)
    assert len(set(ids(episode))) == len(kinds)
    assert not any(segment.sources or segment.text for segment in episode.segments)


def test_the_templates_are_what_they_are_called() -> None:
    assert set(templates.TEMPLATES) == {"interview", "news", "vox_pop", "column"}
    for template, kind in (("interview", SegmentKind.INTERVIEW), ("vox_pop", SegmentKind.VOX_POP)):
        parts = templates.TEMPLATES[template]
        assert max(parts, key=lambda part: part.seconds).kind is kind
    with pytest.raises(KeyError):
        templates.rundown("opera", str)


def test_a_fresh_id_is_free_and_fits() -> None:
    assert templates.fresh("c", []) == "c"
    assert templates.fresh("c", ["c", "c-3"]) == "c-2"
    assert templates.fresh("c", ["c", "c-2", "c-3"]) == "c-4"
    long = "x" * 40
    assert templates.fresh(long, []) == "x" * 32
    assert templates.fresh(long, ["x" * 32]) == "x" * 30 + "-2"
    Segment(id=templates.fresh(long, ["x" * 32]), kind=SegmentKind.HOOK)


def test_add_puts_a_segment_where_it_is_wanted() -> None:
    episode = made("a", "b").having(claims=(Claim(id="sting", text="x"),))
    assert ids(templates.add(episode, SegmentKind.STING, after="a")) == ["a", "sting-2", "b"]
    assert ids(templates.add(episode, SegmentKind.HOOK)) == ["a", "b", "hook"]
    assert ids(templates.add(episode, SegmentKind.HOOK, after="gone")) == ["a", "b", "hook"]
    assert templates.add(episode, SegmentKind.STING).segments[-1].kind is SegmentKind.STING


def test_an_episode_that_is_full_says_so() -> None:
    full = made(*(f"s{number}" for number in range(MOST_SEGMENTS)))
    with pytest.raises(BadInput, match="at most 200 parts"):
        templates.add(full, SegmentKind.HOOK)


@pytest.mark.parametrize(
    ("name", "by", "order"),
    [("b", 1, "acbd"), ("b", -1, "bacd"), ("a", -1, "abcd"), ("d", 5, "abcd"), ("a", 9, "bcda"), ("c", 0, "abcd")],
)
def test_move_stays_within_the_rundown(name: str, by: int, order: str) -> None:
    episode = made("a", "b", "c", "d")
    assert "".join(ids(templates.move(episode, name, by))) == order


def test_a_bed_whose_ends_change_places_is_turned_round() -> None:
    episode = made("a", "b", "c", beds=(("a", "b"), ("b", "b"), ("a", "c")))
    assert beds(templates.move(episode, "b", -1)) == [("b", "a"), ("b", "b"), ("a", "c")]
    assert [bed.volume for bed in templates.move(episode, "b", -1).beds] == [0.0, -1.0, -2.0]


def test_a_bed_is_shortened_with_what_is_removed() -> None:
    episode = made("a", "b", "c", beds=(("a", "b"), ("b", "b"), ("b", "c"), ("a", "c")))
    assert beds(templates.remove(episode, "b")) == [("a", "a"), ("c", "c"), ("a", "c")]
    assert beds(templates.remove(episode, "a")) == [("b", "b"), ("b", "b"), ("b", "c"), ("b", "c")]
    assert ids(templates.remove(made("a"), "a")) == []


def test_a_segment_that_is_not_there() -> None:
    for act in (lambda: templates.move(made("a"), "z", 1), lambda: templates.remove(made("a"), "z")):
        with pytest.raises(KeyError):
            act()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_done_the_episode_holds(data: st.DataObject) -> None:
    """Its own validator checks ids and beds at each step; nothing but what was removed is lost."""
    names = "abcdef"[: data.draw(st.integers(1, 6))]
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)).map(lambda pair: tuple(sorted(pair)))
    episode = made(*names, beds=tuple(data.draw(st.lists(pairs, max_size=4))))
    for _ in range(data.draw(st.integers(1, 6))):
        before = ids(episode)
        if not before:
            break
        name = data.draw(st.sampled_from(before))
        match data.draw(st.sampled_from(["move", "remove", "add"])):
            case "move":
                episode = templates.move(episode, name, data.draw(st.integers(-9, 9)))
                assert sorted(ids(episode)) == sorted(before)
            case "remove":
                episode = templates.remove(episode, name)
                assert ids(episode) == [other for other in before if other != name]
            case "add":
                episode = templates.add(episode, SegmentKind.HOOK, after=name)
                assert len(ids(episode)) == len(before) + 1
