"""Two people at one project: nothing is overwritten silently."""

from __future__ import annotations

import pytest

from kit import settings
from kit.podcast.episode import Claim, Episode, Member, Segment, SegmentKind
from kit.podcast.merging import Clash, merge, update
from kit.podcast.store import Projects


def segment(name: str, text: str = "") -> Segment:
    return Segment(id=name, kind=SegmentKind.COLUMN, text=text)


BASE = Episode(
    title="Titre", segments=(segment("a", "un"), segment("b", "deux")), members=(Member(name="Renard bleu"),)
)


def test_changes_that_do_not_meet_are_both_kept() -> None:
    mine = BASE.having(angle="Mon angle").with_segment(segment("a", "UN"))
    theirs = BASE.having(title="Leur titre").with_segment(segment("b", "DEUX"))
    merged = merge(BASE, mine, theirs)
    assert (merged.title, merged.angle) == ("Leur titre", "Mon angle")
    assert [each.text for each in merged.segments] == ["UN", "DEUX"]


def test_who_comes_second_is_told_with_their_words() -> None:
    mine, theirs = BASE.having(title="Le mien"), BASE.having(title="Le leur")
    with pytest.raises(Clash) as refused:
        merge(BASE, mine, theirs)
    assert refused.value.values == {"mine": "Le mien"}


def test_the_words_of_a_segment_are_repeated_too() -> None:
    with pytest.raises(Clash) as refused:
        merge(BASE, BASE.with_segment(segment("a", "ma phrase")), BASE.with_segment(segment("a", "la leur")))
    assert refused.value.values == {"mine": "ma phrase"}


def test_the_same_change_twice_is_one() -> None:
    same = BASE.having(title="Pareil")
    assert merge(BASE, same, BASE.having(title="Pareil")) == same


def test_one_adds_while_the_other_writes() -> None:
    mine = BASE.having(segments=(*BASE.segments, segment("c")))
    merged = merge(BASE, mine, BASE.with_segment(segment("b", "DEUX")))
    assert [(each.id, each.text) for each in merged.segments] == [("a", "un"), ("b", "DEUX"), ("c", "")]
    moved = BASE.having(segments=BASE.segments[::-1])
    merged = merge(BASE, BASE.with_segment(segment("a", "UN")), moved)
    assert [each.text for each in merged.segments] == ["deux", "UN"]


def test_both_add_a_segment() -> None:
    one, other = (BASE.having(segments=(*BASE.segments, segment(name))) for name in ("c", "d"))
    with pytest.raises(Clash):
        merge(BASE, one, other)


def test_update_goes_on_from_what_this_screen_saved() -> None:
    """Two clicks before the screen is drawn again: the second is no clash with the first."""
    projects = Projects(settings.load())
    project = projects.create(BASE)
    seen = projects.open(project)
    own = {update(projects, project, lambda e: e.having(title="Un"), seen=seen, own=())}
    own.add(update(projects, project, lambda e: e.having(title=f"{e.title} deux"), seen=seen, own=own))
    assert projects.open(project).episode.title == "Un deux"


def test_update_keeps_what_somebody_else_saved() -> None:
    projects = Projects(settings.load())
    project = projects.create(BASE)
    seen = projects.open(project)
    projects.save(project, BASE.having(team="Les autres"), replaces=seen.version)
    update(projects, project, lambda e: e.having(title="Le mien"), seen=seen, own=())
    kept = projects.open(project).episode
    assert (kept.team, kept.title) == ("Les autres", "Le mien")
    with pytest.raises(Clash):
        update(projects, project, lambda e: e.having(team="Nous"), seen=seen, own=())
    assert projects.open(project).episode.team == "Les autres"


def test_one_takes_away_what_the_other_names() -> None:
    base = BASE.having(claims=(Claim(id="c1", text="Une affirmation"),))
    with pytest.raises(Clash):
        merge(base, base.with_segment(segment("a").having(claims=("c1",))), base.having(claims=()))
