"""Where a team stands."""

from __future__ import annotations

from kit.audio.synth import Mood
from kit.podcast.episode import Claim, Episode, Jingle, Segment, SegmentKind, Take
from kit.podcast.standing import standing


def test_what_is_done_is_counted() -> None:
    episode = Episode(
        claims=(
            Claim(id="c1", text="Une affirmation", who="Une chercheuse", where="Un journal"),
            Claim(id="c2", text="Une autre"),
        ),
        segments=(
            Segment(id="a", kind=SegmentKind.THEME, sources=(Jingle(mood=Mood.CALM),)),
            Segment(id="b", kind=SegmentKind.HOOK, text="Bonjour."),
            Segment(id="c", kind=SegmentKind.INTERVIEW, sources=(Take(file="sounds/a.wav"),)),
            Segment(id="d", kind=SegmentKind.OUTRO),
        ),
    )
    stands = standing(episode)
    assert stands.sourced == (1, 2)
    assert stands.written == (2, 3), "music is not written, and an interview that is recorded needs no text"
    assert stands.recorded == (2, 4)
    assert standing(Episode()).recorded == (0, 0)
