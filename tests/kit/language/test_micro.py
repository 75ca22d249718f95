"""A model that is taught while one watches: with few steps, on a text written for it."""

from __future__ import annotations

import itertools
import math
import random
import re
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from kit.compute.progress import listening
from kit.errors import BadInput
from kit.language import micro
from kit.language.micro import COPIED, KEPT, LEAST, MOST, PACE, Size, Taught, checked, copied, learn, split, teach
from tests.language_models import SENTENCES

STEPS = 20
TICK = 1e-3
"""Seconds between two looks at the clock, on a machine that is fast enough."""
SMALL = Size(width=32, context=16, batch=4, layers=1, head=16, sample=5)
"""A model that takes no time."""
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
        clock(patch, TICK)
        return teach(TEXT, seed=3, steps=STEPS)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short samples, and seconds that pass by themselves."""
    monkeypatch.setattr(micro, "learn", partial(learn, size=Size(sample=10)))
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
        assert len(sample.text) == Size().sample
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

    clock(monkeypatch, TICK)
    before = torch.get_rng_state()
    assert teach(TEXT, seed=3, steps=STEPS) == taught
    assert torch.equal(torch.get_rng_state(), before)


def test_a_slower_machine_that_has_the_time_gives_the_same_model(
    taught: Taught, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(micro, "learn", partial(learn, size=Size(sample=10)))
    clock(monkeypatch, 0.9 * micro.SECONDS / (2 * STEPS + 1))
    slower = teach(TEXT, seed=3, steps=STEPS)
    assert 0 < slower.seconds < micro.SECONDS
    assert slower.points == taught.points


@pytest.mark.usefixtures("brief")
def test_another_seed_is_another_model(taught: Taught) -> None:
    other = teach(TEXT, seed=4, steps=1)
    assert other.points[0] != taught.points[0]
    assert other.samples[0].text != taught.samples[0].text[:10]


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
    assert teach(TEXT, seed=3, share=0.001, steps=1).characters == 2 * Size().context


@pytest.mark.parametrize(
    ("seconds", "steps"),
    [
        (6, 4),  # it takes two seconds a step, and looks once more: 9 is the first that is past 6 and a fifth
        (26, 16),
        (50, 30),  # at this pace there is no time for more; it would take as many again, and is stopped
        (100, 50),  # after forty seconds there are twenty steps, and time for thirty
    ],
)
def test_it_stops_in_time_whatever_was_asked_for(monkeypatch: pytest.MonkeyPatch, seconds: int, steps: int) -> None:
    monkeypatch.setattr(micro, "SECONDS", float(seconds))
    monkeypatch.setattr(micro, "learn", partial(learn, size=SMALL))
    clock(monkeypatch, 1)
    said: list[tuple[float, str, dict[str, Any]]] = []
    with listening(lambda *what: said.append(what)):
        stopped = teach(TEXT, seed=3, steps=200)
    assert stopped.steps == steps
    assert stopped.seconds == 2 * steps + (1 if steps == 50 else 2)
    assert [payload["step"] for _, _, payload in said] == list(range(steps + 1))
    before = said[:PACE]
    assert [fraction for fraction, _, _ in before] == pytest.approx([step / 200 for step in range(len(before))])
    assert stopped.points[-1].step == stopped.steps
    assert stopped.samples[-1].step == stopped.steps
    assert stopped.points[-1].learnt < stopped.points[0].learnt


def test_a_slow_machine_ends_as_it_should_with_fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last steps are small, as if fewer had been asked for; and the progress reaches its end."""
    import torch

    rates: list[float] = []

    class Watched(torch.optim.AdamW):
        def step(self, closure: Any = None) -> Any:
            rates.append(self.param_groups[0]["lr"])
            return super().step(closure)

    monkeypatch.setattr(torch.optim, "AdamW", Watched)
    monkeypatch.setattr(micro, "SECONDS", 100.0)
    monkeypatch.setattr(micro, "learn", partial(learn, size=SMALL))
    clock(monkeypatch, 1)
    fractions: list[float] = []
    with listening(lambda fraction, *_: fractions.append(fraction)):
        stopped = teach(TEXT, seed=3, steps=200)
    assert len(rates) == stopped.steps == 50
    assert max(rates) < SMALL.peak
    assert rates[PACE - 1] == pytest.approx(SMALL.peak * PACE / micro.WARM_UP * (1 - (PACE - 1) / 200) ** 0.5)
    assert rates[-1] == pytest.approx(SMALL.peak * (1 / 50) ** 0.5)
    assert (fractions[PACE - 1], fractions[-1]) == (pytest.approx((PACE - 1) / 200), 1)
    assert fractions == sorted(fractions)


def test_a_text_that_does_not_fit_is_not_taught() -> None:
    with pytest.raises(BadInput, match="has 5 characters"):
        teach("Bref.", seed=3)


@pytest.mark.usefixtures("brief")
def test_only_what_is_learnt_counts_as_a_letter() -> None:
    assert teach(TEXT.replace("\n", "\r\n"), seed=3, steps=1).letters == len(set(TEXT))


# -- words -------------------------------------------------------------------------------------------------------------

PIECES = ["\n", *sorted({f" {word}" for word in WORDS})]
_lines = random.Random(5)
PORTRAITS = [
    piece
    for _ in range(300)
    for piece in ["\n", *(f" {word}" for word in _lines.choice(SENTENCES).split()[: _lines.randint(4, 7)])]
]
"""Lines of four to seven words, in pieces; the beginning of each says how it goes on."""
BY_LINE = Size(width=32, context=8, batch=8, layers=1, head=16, peak=2e-2, by_line=True, sample=12)


def learn_words(seed: int, steps: int = 40, size: Size = BY_LINE) -> tuple[Any, Taught]:
    at = len(PORTRAITS) - len(PORTRAITS) // KEPT
    return learn(PORTRAITS[:at], PORTRAITS[at:], PIECES, seed=seed, steps=steps, size=size)


@pytest.fixture(scope="module")
def words() -> tuple[Any, Taught]:
    with pytest.MonkeyPatch.context() as patch:
        clock(patch, TICK)
        return learn_words(3)


def test_words_are_learnt_as_letters_are(words: tuple[Any, Taught]) -> None:
    network, taught = words
    assert taught.letters == len(PIECES)
    assert taught.characters == len("".join(PORTRAITS[: len(PORTRAITS) - len(PORTRAITS) // KEPT]))
    assert taught.parameters == taught.letters * 32 + 4 * 32 * 32 + 3 * 32 * 96 + 2 * 32 + 32
    first, last = taught.points[0], taught.points[-1]
    assert first.kept == pytest.approx(math.log(taught.letters), abs=0.3)
    assert last.kept < first.kept - 2
    assert not network.training


def test_it_writes_whole_words(words: tuple[Any, Taught]) -> None:
    for sample in words[1].samples:
        pieces = re.findall(r" [^ \n]+|\n", sample.text)
        assert "".join(pieces) == sample.text
        assert len(pieces) == BY_LINE.sample
        assert set(pieces) <= set(PIECES)


def test_the_model_that_is_given_back_is_the_one_that_learnt(words: tuple[Any, Taught]) -> None:
    """It divides its probability among all the pieces, and knows how a line goes on."""
    import torch

    ids = torch.tensor([[PIECES.index(piece) for piece in ("\n", " Elle", " est")]])
    with torch.inference_mode():
        logits = words[0](input_ids=ids).logits
    assert logits.shape == (1, 3, len(PIECES))
    assert PIECES[int(logits[0, -1].argmax())] == " juge"


def test_a_seed_gives_one_model_of_words(words: tuple[Any, Taught], monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    clock(monkeypatch, TICK)
    network, taught = learn_words(3)
    assert taught == words[1]
    numbers, others = words[0].state_dict(), network.state_dict()
    assert all(torch.equal(numbers[name], others[name]) for name in numbers)
    assert learn_words(4, steps=1)[1].points[0] != taught.points[0]


@pytest.mark.parametrize("by_line", [True, False])
def test_a_stretch_begins_with_a_line_break_or_anywhere(monkeypatch: pytest.MonkeyPatch, by_line: bool) -> None:
    seen: list[Any] = []
    off = micro._off

    def watched(network: Any, stretches: Any) -> Any:
        seen.append(stretches)
        return off(network, stretches)

    monkeypatch.setattr(micro, "_off", watched)
    clock(monkeypatch, TICK)
    learn_words(3, steps=10, size=replace(BY_LINE, by_line=by_line))
    firsts = [PIECES[int(first)] for stretches in seen for first in stretches[:, 0]]
    assert {tuple(stretches.shape) for stretches in seen} == {(BY_LINE.batch, 8), (micro.POINT, 8)}
    share = firsts.count("\n") / len(firsts)
    assert share == 1 if by_line else 0.05 < share < 0.4


@pytest.mark.usefixtures("brief")
def test_a_text_is_taught_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = learn(*split(TEXT), sorted(set(TEXT)), seed=3, steps=2, size=Size(sample=10))[1]
    clock(monkeypatch, 1)
    assert teach(TEXT, seed=3, steps=2) == by_hand
