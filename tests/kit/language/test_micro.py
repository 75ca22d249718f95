"""A model that is taught while one watches: with few steps, on a text written for it."""

from __future__ import annotations

import itertools
import math
import random
from types import SimpleNamespace
from typing import Any

import pytest

from kit.compute.progress import listening
from kit.errors import BadInput
from kit.language import micro
from kit.language.micro import CONTEXT, COPIED, KEPT, LEAST, MOST, Taught, checked, copied, split, teach
from tests.language_models import SENTENCES

STEPS = 20
WORDS = " ".join(SENTENCES).split()
_chance = random.Random(2)
TEXT = "\n".join(" ".join(_chance.choices(WORDS, k=8)) for _ in range(60))
"""About 3,000 characters: no line is another."""


@pytest.fixture(scope="module")
def heard() -> list[tuple[float, str, dict[str, Any]]]:
    """What :func:`taught` reported."""
    return []


@pytest.fixture(scope="module")
def taught(heard: list[tuple[float, str, dict[str, Any]]]) -> Taught:
    with listening(lambda *said: heard.append(said)), pytest.MonkeyPatch.context() as patch:
        clock(patch, 0)
        return teach(TEXT, seed=3, steps=STEPS)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short samples, and seconds that pass by themselves."""
    monkeypatch.setattr(micro, "SAMPLE", 10)
    clock(monkeypatch, 1)


def clock(patch: pytest.MonkeyPatch, tick: float) -> None:
    """Let ``tick`` seconds pass each time that somebody looks at the clock, and none between."""
    patch.setattr(micro, "time", SimpleNamespace(monotonic=itertools.count(0.0, tick).__next__))


# -- the text ----------------------------------------------------------------------------------------------------------


def of_length(count: int) -> str:
    return (TEXT * (count // len(TEXT) + 1))[: count - 1] + "."


@pytest.mark.parametrize("count", [LEAST, MOST])
def test_a_text_of_a_fitting_length_is_taken(count: int) -> None:
    assert checked(of_length(count)) == of_length(count)


@pytest.mark.parametrize("count", [LEAST - 1, MOST + 1])
def test_a_text_that_is_too_short_or_too_long_is_refused(count: int) -> None:
    with pytest.raises(BadInput, match=rf"has {count} characters. To learn from, it takes {LEAST} to {MOST}"):
        checked(of_length(count))


def test_what_is_empty_does_not_count() -> None:
    with pytest.raises(BadInput, match="has 0 characters"):
        checked(" \n" * LEAST)
    with pytest.raises(BadInput, match=f"has {LEAST - 1} characters"):
        checked("\n\n" + of_length(LEAST - 1) + " " * 50)


@pytest.mark.parametrize("letters", ["a", "abcdefghi"])
def test_a_text_that_is_always_the_same_is_refused(letters: str) -> None:
    with pytest.raises(BadInput, match="hardly any different letters"):
        checked(letters * LEAST)
    assert checked(f"{letters}0123456789" * 200) == f"{letters}0123456789" * 200


def test_line_breaks_of_windows_and_spaces_at_their_end_are_dropped() -> None:
    text = of_length(LEAST)
    assert checked(text.replace("\n", " \r\n")) == text
    assert checked(text.replace("\n", "\n\n")) == text.replace("\n", "\n\n")


def test_a_tenth_at_the_end_is_kept_from_it() -> None:
    learnt, kept = split(TEXT)
    assert learnt + kept == TEXT
    assert len(kept) == len(TEXT) // KEPT


@pytest.mark.parametrize(
    ("text", "source", "share"),
    [
        ("", "abcdefghij", 0),
        ("abcd", "abcdefghij", 0),
        ("abcde", "abcdefghij", 1),
        ("xxabcdexx", "abcdefghij", 5 / 9),
        ("abcdexfghij", "abcdefghij", 10 / 11),
        ("abcdefg", "abcde-cdefg", 1),
        ("abcdxefgh", "abcdefghij", 0),
        ("ABCDE", "abcde", 0),
    ],
)
def test_what_is_copied(text: str, source: str, share: float) -> None:
    assert copied(text, source, 5) == pytest.approx(share)


def test_twenty_characters_in_a_row_are_a_copy_and_nineteen_are_not() -> None:
    assert copied(f"#{TEXT[40 : 40 + COPIED]}#", TEXT) == pytest.approx(COPIED / (COPIED + 2))
    assert copied(f"#{TEXT[40 : 39 + COPIED]}#", TEXT) == 0


# -- the model ---------------------------------------------------------------------------------------------------------


def test_it_starts_from_chance_and_learns(taught: Taught) -> None:
    first, last = taught.points
    assert (first.step, last.step, taught.steps) == (0, STEPS, STEPS)
    for before, after in ((first.learnt, last.learnt), (first.kept, last.kept)):
        assert before == pytest.approx(math.log(taught.letters), abs=0.3)
        assert 0 < after < before - 0.5


def test_what_is_said_of_it_is_counted(taught: Taught) -> None:
    assert taught.characters == len(split(TEXT)[0])
    assert taught.letters == len(set(TEXT))
    # The table of letters, then in each of two layers attention, the rest, and two norms; one more norm at the end.
    assert taught.parameters == taught.letters * 96 + 2 * (4 * 96 * 96 + 3 * 96 * 288 + 2 * 96) + 96


def test_it_writes_letters_of_the_text_at_the_start_and_at_the_end(taught: Taught) -> None:
    assert [sample.step for sample in taught.samples] == [0, STEPS]
    assert taught.samples[0].text != taught.samples[1].text
    for sample in taught.samples:
        assert len(sample.text) == micro.SAMPLE
        assert set(sample.text) <= set(TEXT)
        assert sample.copied == copied(sample.text, split(TEXT)[0])


def test_what_it_has_learnt_so_far_is_reported(taught: Taught, heard: list[tuple[float, str, dict[str, Any]]]) -> None:
    assert [fraction for fraction, _, _ in heard] == pytest.approx([step / STEPS for step in range(STEPS + 1)])
    for step, (_, message, payload) in enumerate(heard):
        assert message == "Step {step} of {steps}"
        assert payload == {
            "step": step,
            "steps": STEPS,
            "points": taught.points[: 1 + step // STEPS],
            "sample": taught.samples[step // STEPS],
        }


def test_a_seed_gives_one_model_and_leaves_the_chances_of_the_caller_alone(
    taught: Taught, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    clock(monkeypatch, 0)
    before = torch.get_rng_state()
    assert teach(TEXT, seed=3, steps=STEPS) == taught
    assert torch.equal(torch.get_rng_state(), before)


def test_a_slower_machine_that_has_the_time_gives_the_same_model(
    taught: Taught, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(micro, "SAMPLE", 10)
    clock(monkeypatch, 0.9 * micro.SECONDS / (STEPS + 1))
    slower = teach(TEXT, seed=3, steps=STEPS)
    assert 0 < slower.seconds < micro.SECONDS
    assert slower.points == taught.points


@pytest.mark.usefixtures("brief")
def test_another_seed_is_another_model(taught: Taught) -> None:
    other = teach(TEXT, seed=4, steps=1)
    assert other.points[0] != taught.points[0]
    assert other.samples[0].text != taught.samples[0].text[: micro.SAMPLE]


@pytest.mark.usefixtures("brief")
def test_less_of_the_text_keeps_the_same_part_from_it(taught: Taught) -> None:
    less = teach(TEXT, seed=3, share=0.2, steps=1)
    assert less.characters == round(0.2 * taught.characters)
    assert (less.letters, less.parameters) == (taught.letters, taught.parameters)
    # The same numbers before any step: off by as much on what is kept, by another amount on what is read.
    assert less.points[0].kept == taught.points[0].kept
    assert less.points[0].learnt != taught.points[0].learnt


@pytest.mark.usefixtures("brief")
def test_what_is_kept_from_it_changes_nothing_of_what_it_learns() -> None:
    learnt, kept = split(TEXT)
    one, other = (teach(text, seed=3, steps=2) for text in (TEXT, learnt + TEXT[: len(kept) - 1] + "."))
    assert other.letters == one.letters
    assert other.samples == one.samples
    assert [point.learnt for point in other.points] == [point.learnt for point in one.points]
    assert all(there.kept != here.kept for there, here in zip(other.points, one.points, strict=True))


@pytest.mark.usefixtures("brief")
def test_it_reads_at_least_two_stretches() -> None:
    assert teach(TEXT, seed=3, share=0.001, steps=1).characters == 2 * CONTEXT


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("seconds", [6, 26])
def test_it_stops_in_time_whatever_was_asked_for(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    monkeypatch.setattr(micro, "SECONDS", float(seconds))
    fractions: list[float] = []
    with listening(lambda fraction, *_: fractions.append(fraction)):
        stopped = teach(TEXT, seed=3, steps=200)
    assert stopped.steps == seconds - 1
    assert stopped.seconds == seconds + 1
    assert len(fractions) == seconds
    assert stopped.points[-1].step == stopped.steps
    assert stopped.samples[-1].step == stopped.steps
    assert stopped.points[-1].learnt < stopped.points[0].learnt


def test_a_text_that_does_not_fit_is_not_taught() -> None:
    with pytest.raises(BadInput, match="has 5 characters"):
        teach("Bref.", seed=3)


@pytest.mark.usefixtures("brief")
def test_only_what_is_learnt_counts_as_a_letter() -> None:
    assert teach(TEXT.replace("\n", "\r\n"), seed=3, steps=1).letters == len(set(TEXT))
