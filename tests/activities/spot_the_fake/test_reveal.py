"""Which images are worth explaining: the most divided, then the most mistaken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from activities.spot_the_fake.results import ImageRow
from activities.spot_the_fake.reveal import most_telling
from kit.decks.model import Truth


def row(opaque: str, truth: Truth, real: int = 0, generated: int = 0, altered: int = 0, passed: int = 0) -> ImageRow:
    return ImageRow(opaque=opaque, truth=truth, real=real, generated=generated, altered=altered, passed=passed)


def test_the_most_divided_come_first() -> None:
    rows = [
        row("agreed", Truth.REAL, real=20),
        row("split", Truth.REAL, real=10, generated=10),
        row("leaning", Truth.REAL, real=15, generated=5),
    ]
    assert most_telling(rows, 3) == ["split", "leaning", "agreed"]


def test_among_equally_divided_the_most_mistaken_come_first() -> None:
    rows = [
        row("all right", Truth.GENERATED, generated=20),
        row("all wrong", Truth.GENERATED, real=20),
        row("mostly right", Truth.REAL, real=15, altered=5),
        row("mostly wrong", Truth.GENERATED, real=15, generated=5),
    ]
    assert most_telling(rows, 4) == ["mostly wrong", "mostly right", "all wrong", "all right"]


def test_kinds_of_machine_count_together() -> None:
    """Ten who say generated and ten who say altered agree that a machine was at work: that is no division."""
    rows = [row("kinds", Truth.ALTERED, generated=10, altered=10), row("divided", Truth.ALTERED, real=2, altered=18)]
    assert most_telling(rows, 1) == ["divided"]


def test_a_photograph_under_a_false_caption_is_right_when_called_real() -> None:
    rows = [row("right", Truth.MISCAPTIONED, real=8), row("wrong", Truth.MISCAPTIONED, generated=8)]
    assert most_telling(rows, 2) == ["wrong", "right"]


def test_the_size_of_the_room_does_not_matter() -> None:
    rows = [row("many", Truth.REAL, real=60, generated=40), row("few", Truth.REAL, real=1, generated=1)]
    assert most_telling(rows, 2) == ["few", "many"]


def test_unanswered_images_are_left_out_and_equals_keep_their_order() -> None:
    rows = [
        row("first", Truth.REAL, real=1),
        row("only passed", Truth.REAL, passed=9),
        row("second", Truth.REAL, real=30),
        row("nobody", Truth.GENERATED),
        row("third", Truth.GENERATED, altered=2),
    ]
    assert most_telling(rows, 9) == ["first", "second", "third"]
    assert most_telling(rows, 2) == ["first", "second"]
    assert most_telling(rows, 0) == []
    assert most_telling([], 4) == []


COUNTS = st.integers(0, 30)
ROWS = st.lists(st.tuples(st.sampled_from(Truth), COUNTS, COUNTS, COUNTS), max_size=12)


@given(ROWS, st.integers(0, 12))
def test_what_is_chosen_is_never_less_divided_than_what_is_left(counts: list, wanted: int) -> None:
    rows = [row(str(n), truth, *said) for n, (truth, *said) in enumerate(counts)]
    chosen = most_telling(rows, wanted)
    answered = {r.opaque: min(r.real, r.generated + r.altered) / r.n for r in rows if r.n}
    assert len(chosen) == len(set(chosen)) == min(wanted, len(answered))
    left = [share for opaque, share in answered.items() if opaque not in chosen]
    assert not chosen or max(left, default=0) <= min(answered[opaque] for opaque in chosen) + 1e-12
