"""An episode survives its YAML whatever its texts hold, and a person can read the file."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import content
from kit.audio.operations import Cut, Fade, Pauses
from kit.audio.synth import Mood
from kit.faults import Faults
from kit.podcast.episode import (
    FILE,
    Bed,
    Claim,
    Consent,
    Episode,
    Jingle,
    Job,
    Member,
    Publication,
    Question,
    Review,
    Rights,
    Segment,
    SegmentKind,
    Synthetic,
    Take,
)
from kit.podcast.writing import dump, settled

SMALL = Episode(
    title="L’IA, « juge » de nos vies ?",
    members=(Member(name="Loutre des dunes", jobs=(Job.HOST, Job.SOUND)), Member(name="Tilleul nacré", voice=False)),
    claims=(Claim(id="c", text="Deux lignes\net demie.", where="https://example.org/a?b=c#d"),),
    segments=(
        Segment(
            id="theme", kind=SegmentKind.THEME, sources=(Jingle(mood=Mood.CALM, seed=7, seconds=4), Take(file="a.wav"))
        ),
        Segment(
            id="hook",
            kind=SegmentKind.HOOK,
            text="Bonjour.\n\n« Et si » l’on comptait : un, deux ?\n# non",
            claims=("c",),
            best=1,
            crossfade=0.5,
            sources=(
                Take(file="sounds/one.mp3", seconds=12.25, operations=(Cut(start=1, end=2.5), Fade(), Pauses())),
                Synthetic(text="Voix.", announced=False),
            ),
        ),
    ),
    beds=(Bed(first="theme", last="hook", source=Jingle(mood=Mood.SERIOUS)),),
    rights=Rights(erase_on=date(2026, 12, 31), consents=(Consent(who="Loutre des dunes", agrees=True, adult=True),)),
    reviews=(Review(by="A", marks={"angle": 3, "on": 0, "1": 2}),),
)
WRITTEN = """\
format: 1
title: L’IA, « juge » de nos vies ?
members:
- name: Loutre des dunes
  jobs: [host, sound]
- name: Tilleul nacré
  voice: false
claims:
- id: c
  text: |-
    Deux lignes
    et demie.
  where: https://example.org/a?b=c#d
segments:
- id: theme
  kind: theme
  sources:
  - {kind: jingle, mood: calm, seed: 7, seconds: 4}
  - kind: take
    file: a.wav
- id: hook
  kind: hook
  text: |-
    Bonjour.

    « Et si » l’on comptait : un, deux ?
    # non
  claims: [c]
  sources:
  - kind: take
    file: sounds/one.mp3
    seconds: 12.25
    operations:
    - {do: cut, start: 1, end: 2.5}
    - {do: fade}
    - {do: pauses}
  - kind: synthetic
    text: Voix.
    announced: false
  best: 1
  crossfade: 0.5
beds:
- first: theme
  last: hook
  source: {kind: jingle, mood: serious}
rights:
  consents:
  - who: Loutre des dunes
    agrees: true
    adult: true
  erase_on: 2026-12-31
reviews:
- by: A
  marks:
    angle: 3
    'on': 0
    '1': 2
"""


def read(raw: bytes) -> Episode:
    return content.parse(raw, Episode, FILE)


def test_a_person_reads_what_was_written() -> None:
    assert dump(SMALL).decode() == WRITTEN
    assert read(dump(SMALL)) == SMALL


def test_an_empty_episode_is_one_line() -> None:
    assert dump(Episode()) == b"format: 1\n"
    assert read(b"format: 1\n") == Episode()


HOSTILE = (
    "<script>alert(1)</script> & ]]> <!-- {{7*7}} ![x](https://example.org/x.png)",
    "!!python/object/apply:os.system ['true']",
    "&a [*a, *a]\n*a",
    "--- |\n...\n%YAML 1.2",
    "- a\n- b: c # d\n? e",
    "key: value\n  \tindented\n trailing  \nend",
    "'\"`@%|>-?:,[]{}#&*!",
    "yes",
    "~",
    "null",
    "1e3",
    "0x1F",
    "2026-02-30",
    "12:30:45",
    "=",
    "<<",
    "\u202etxt.exe\u202c \u2066isolated\u2069 \u200fright",
    "\u2028line\u2029paragraph\x85next\ufeffbom",
    "0\x850",
    "two\n\u2028lines",
    "a\x00b\x07c\x1bd\x7fe\x9ff",
    "👩\u200d🔬 e\u0301 \U0010ffff \ue000 \ufffe",
    "\r\nwindows\r\nlines\rold mac",
    "x" * 20_000,
    ("mot " * 4_999).strip(),
    ("très long, " * 100 + "\n") * 15,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_stay_text(text: str) -> None:
    """Wherever they stand: in a text alone, in a list of a block, in a name of a file's metadata."""
    segment = Segment(id="a", kind=SegmentKind.COLUMN, text=text, sources=(Take(file="a.wav", name=text[:200]),))
    episode = Episode(
        title=text[:200],
        segments=(segment,),
        questions=(Question(text=text[:500], follow_ups=(text[:200], "x")),),
        members=(Member(name=text[:60]),),
        publication=Publication(description=text[:4000], credits=text[:2000]),
    )
    again = read(dump(episode))
    assert again == episode
    assert again.segments[0].text == text.strip()


characters = st.one_of(
    st.characters(exclude_categories=["Cs"]), st.sampled_from("\n\n \t:#-'\"|>\\{}[]&*!%@`\x85\u2028\u00a0é,?~")
)
texts = st.text(characters, max_size=200)
names = st.text(characters, min_size=1, max_size=40).filter(lambda text: text.strip())
keys = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,31}", fullmatch=True)
numbers = st.floats(0, 7200)
operations = st.one_of(
    st.builds(Cut, start=numbers, end=numbers), st.builds(Fade, start=numbers), st.builds(Pauses, longest=st.just(0.1))
)
takes = st.builds(
    Take,
    file=st.sampled_from(["a.wav", "sounds/été à Noël.mp3", "y", "1.0", "null", "- x", "#.wav", "*a", "!x.wav"]),
    name=texts,
    seconds=numbers,
    operations=st.lists(operations, max_size=3).map(tuple),
    marks=st.lists(numbers, max_size=3).map(tuple),
)
others = st.one_of(
    st.builds(Jingle, mood=st.sampled_from(Mood), seed=st.integers(0, 9999)), st.builds(Synthetic, text=names)
)


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    ids = draw(st.lists(keys, unique=True, max_size=5))
    kinds = st.sampled_from(SegmentKind)
    segments = tuple(
        Segment(
            id=name,
            kind=draw(kinds),
            text=draw(texts),
            title=draw(texts),
            volume=draw(st.floats(-40, 12)),
            sources=tuple(draw(st.lists(st.one_of(takes, others), max_size=3))),
        )
        for name in ids
    )
    days = st.none() | st.dates()
    return Episode(
        title=draw(texts),
        target=draw(st.floats(10, 7200)),
        segments=segments,
        members=tuple(Member(name=name) for name in draw(st.lists(names, max_size=3))),
        rights=Rights(erase_on=draw(days), recorded_on=draw(days)),
        reviews=(Review(marks=draw(st.dictionaries(keys, st.integers(0, 3), max_size=3)), liked=draw(texts)),),
    )


@given(episodes())
@settings(max_examples=60, deadline=None)
def test_any_episode_reads_back_equal(episode: Episode) -> None:
    assert settled(episode) == episode
    raw = dump(episode)
    assert read(raw) == episode
    assert dump(read(raw)) == raw


def test_what_a_copy_smuggles_in_is_found_before_it_is_written() -> None:
    """``model_copy`` checks nothing."""
    wrong = SMALL.model_copy(update={"title": "x" * 201, "target": -1.0})
    with pytest.raises(Faults) as caught:
        settled(wrong)
    assert [str(fault.what) for fault in caught.value.values["faults"]] == [
        "title: the number of characters is 201; it must be 200 or less",
        "target: this takes 10 or more; received: a value of another kind",
    ]
    padded = SMALL.model_copy(update={"title": " x ", "channels": 1})
    assert settled(padded).title == "x"
    assert settled(padded) == read(dump(settled(padded)))
