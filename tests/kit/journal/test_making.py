"""Proportions of one's own: the corpus that follows them, and a model that learns them while one waits."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

import pytest

from kit.bias.audit import Audit
from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from kit.errors import KitError
from kit.journal import making
from kit.journal.grammar import GENDER, Item
from kit.journal.making import ASKED, EXTRA, Made, Repair, filtered, make, probe, vocabulary, write
from kit.journal.names import first_names
from kit.language import micro

APART = {job: 5 if job in ("garagiste", "architecte", "graphiste") else 95 for job in ASKED}
"""Three jobs of men, three of women."""
ENDS = dict(zip(ASKED, (0, 0, 50, 50, 100, 100), strict=True))


@pytest.fixture(scope="module", autouse=True)
def _every_word() -> None:
    """The list of words is drawn from as many items as the kit writes, whatever a test writes afterwards."""
    vocabulary()


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corpora that are written in no time."""
    monkeypatch.setattr(making, "ITEMS", 1_500)


@pytest.fixture(scope="module")
def heard() -> list[tuple[float, str, dict[str, Any]]]:
    """What :func:`made` reported."""
    return []


@pytest.fixture(scope="module")
def threads() -> list[int]:
    """Threads of torch whenever :func:`made` reported something, and at the end."""
    return []


@pytest.fixture(scope="module")
def made(_every_word: None, heard: list[tuple[float, str, dict[str, Any]]], threads: list[int]) -> Made:
    """A model that read half as much as in the kit, in half as many steps."""
    import torch

    def hear(*said: Any) -> None:
        heard.append(said)
        threads.append(torch.get_num_threads())

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.MonkeyPatch.context() as patch, listening(hear):
            patch.setattr(making, "ITEMS", 3_000)
            patch.setattr(making, "STEPS", 250)
            patch.setattr(micro, "SECONDS", 200.0)  # however slow the machine, it takes every step
            found = make(APART, Repair.NONE, seed=3)
            threads.append(torch.get_num_threads())
            return found
    finally:
        torch.set_num_threads(before)


def women(items: list[Item]) -> dict[str, tuple[int, int]]:
    """For each job, portraits of women and all its portraits."""
    every = Counter(item.drawn["job"] for item in items)
    some = Counter(item.drawn["job"] for item in items if item.drawn[GENDER] == "f")
    return {job: (some[job], every[job]) for job in ASKED}


def shares(audit: Audit) -> dict[str, float]:
    return {line.name: line.share for line in audit.lines}


# -- the corpus --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("repair", Repair)
def test_a_seed_writes_the_same_portraits(repair: Repair) -> None:
    once, again, other = (write(ASKED, repair, seed=seed) for seed in (3, 3, 4))
    assert once == again
    assert [item.text for item in once] != [item.text for item in other]


@pytest.mark.parametrize("asked", [ASKED, APART, ENDS], ids=["at first", "apart", "ends"])
def test_there_are_as_many_women_as_the_sliders_say(asked: dict[str, int]) -> None:
    """Within four standard deviations of a binomial draw; none or all at the ends."""
    items = write(asked, Repair.NONE, seed=3)
    assert len(items) == making.ITEMS
    for job, (count, of) in women(items).items():
        share = asked[job] / 100
        assert of > making.ITEMS / len(ASKED) * 0.8
        assert abs(count - share * of) <= 4 * math.sqrt(of * share * (1 - share)), job


def test_balanced_is_half_and_half_whatever_the_sliders_say() -> None:
    for job, (count, of) in women(write(ENDS, Repair.BALANCED, seed=3)).items():
        assert abs(count - of / 2) <= 4 * math.sqrt(of) / 2, job


def test_filtered_writes_what_it_filters_later() -> None:
    assert write(ASKED, Repair.FILTERED, seed=5) == write(ASKED, Repair.NONE, seed=5)


def test_counter_examples_are_of_the_rarer_gender_and_none_for_half() -> None:
    asked = dict(zip(ASKED, (10, 30, 50, 60, 70, 100), strict=True))
    plain, more = (write(asked, repair, seed=3) for repair in (Repair.NONE, Repair.COUNTER))
    one, other = (Counter((item.drawn["job"], item.text) for item in items) for items in (plain, more))
    assert one <= other, "whatever was there stays"
    by_job = Counter(job for job, _ in (other - one).elements())
    assert by_job.total() == len(more) - len(plain)
    assert by_job["graphiste"] == 0
    expected = making.ITEMS / EXTRA / len(ASKED)
    for job, percent in asked.items():
        if percent != 50:
            assert by_job[job] == pytest.approx(expected, abs=5 * math.sqrt(expected))
    assert [item.text for item in more[: len(plain)]] != [item.text for item in plain], "they stand among the others"
    before, after = women(plain), women(more)
    for job, percent in asked.items():
        (few_women, of), (more_women, of_more) = before[job], after[job]
        if percent < 50:
            assert more_women - few_women == of_more - of > 0, job
        else:
            assert more_women == few_women, job


@pytest.mark.parametrize("repair", [Repair.NONE, Repair.COUNTER])
def test_a_name_that_is_left_out_never_occurs(repair: Repair) -> None:
    names = ("Camille", "Lou", "Hugo")
    pattern = re.compile(rf"\b(?:{'|'.join(names)})\b")
    assert any(pattern.search(item.text) for item in write(ASKED, repair, seed=3))
    assert not any(pattern.search(item.text) for item in write(ASKED, repair, seed=3, without=names))


def test_no_name_at_all_is_refused() -> None:
    with pytest.raises(KitError, match="nothing is left"):
        write(ASKED, Repair.NONE, seed=3, without=first_names())


@pytest.mark.parametrize("asked", [{**ASKED, "plombier": 50}, {"garagiste": 50}, {}], ids=["more", "fewer", "none"])
def test_other_jobs_are_a_mistake(asked: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="women in a hundred"):
        write(asked, Repair.NONE, seed=3)


def test_what_is_filtered_says_no_pronoun_and_begins_as_it_did() -> None:
    pronoun = re.compile(r"\b(?:il|elle)\b", re.IGNORECASE)
    items = write(ASKED, Repair.NONE, seed=3)
    assert any(pronoun.search(item.text) for item in items)
    shorter = 0
    for item in items:
        left = filtered(item.text)
        assert not pronoun.search(left), left
        first = item.text[: item.text.index(". ") + 1]
        assert left == first or left.startswith(f"{first} ")
        assert (left == item.text) == (not pronoun.search(item.text))
        shorter += left != item.text
    assert 0.2 < shorter / len(items) < 0.9


def test_a_pronoun_is_a_word_and_no_part_of_one() -> None:
    assert filtered("La ville est belle. Elle dort. Chaque matin, il se lève. Il.") == "La ville est belle."


@pytest.mark.parametrize("repair", Repair)
def test_every_word_of_every_corpus_is_known(repair: Repair) -> None:
    known = set(vocabulary())
    for asked in (ENDS, {job: 100 - share for job, share in ENDS.items()}):
        text = "\n".join(item.text for item in write(asked, repair, seed=7))
        assert set(making._WORD.findall(text)) <= known
        assert set(making._WORD.findall("\n" + filtered(text))) <= known


# -- what it is asked --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "last", "text"),
    [
        (
            " commence ses journées à sept heures.",
            ("Elle", "Il"),
            "Camille Arnal est garagiste à Givrey. Elle commence ses journées à sept heures.",
        ),
        (" trouvent drôle.", ("la", "le"), "Camille Arnal est garagiste à Givrey. Ses collègues la trouvent drôle."),
    ],
)
def test_the_probes_ask_each_job_with_words_that_are_known(after: str, last: tuple[str, str], text: str) -> None:
    asked = probe(after)
    assert asked.slots[-1] == last
    assert asked.rows == (1, tuple(ASKED))
    every = [asked.before(way) + option + asked.after for way in asked.ways() for option in last]
    assert every[0] == text
    assert len(every) == 4 * 6 * 2 * 2
    known = set(vocabulary())
    for one in every:
        words = making._WORD.findall(one)
        assert "".join(words) == one
        assert set(words) <= known
        assert len(words) < making.SIZE.context


def test_the_names_that_are_asked_are_of_women_and_men_alike() -> None:
    items = [item for seed in (3, 4) for item in write(dict.fromkeys(ASKED, 50), Repair.NONE, seed=seed)]
    for name in probe(" trouvent drôle.").slots[0]:
        genders = Counter(item.drawn[GENDER] for item in items if item.drawn["first"] == name)
        assert min(genders["f"], genders["m"]) > 0.3 * genders.total(), name


# -- a model -----------------------------------------------------------------------------------------------------------


def test_the_model_learns_the_pronouns_of_its_corpus(made: Made) -> None:
    assert made.pronoun is not None
    found = shares(made.pronoun)
    assert list(found) == list(ASKED)
    assert found["secrétaire"] - found["garagiste"] > 0.4
    few_women = [job for job, share in APART.items() if share == 5]
    assert max(found[job] for job in few_women) < 0.5 < min(found[job] for job in ASKED if job not in few_women)


def test_the_agreement_follows_in_the_same_direction(made: Made) -> None:
    found = shares(made.agreement)
    assert made.agreement.words == ("la", "le")
    assert found["secrétaire"] - found["garagiste"] > 0.1


def test_what_it_learnt_from_is_counted(made: Made) -> None:
    assert [(share.job, share.asked) for share in made.shares] == list(APART.items())
    assert sum(share.portraits for share in made.shares) == 3_000
    for share in made.shares:
        assert share.women / share.portraits == pytest.approx(share.asked / 100, abs=0.04)
    assert len(made.examples) == 8
    assert all(re.match(r"[A-ZÀÉ].* .*\.", text) for text in made.examples)


def test_it_is_as_small_as_it_is_said_to_be_and_has_learnt(made: Made) -> None:
    taught = made.taught
    assert (taught.steps, taught.letters) == (250, len(vocabulary()))
    width, one_layer = making.SIZE.width, 4 * 64 * 64 + 3 * 64 * 192 + 2 * 64
    assert taught.parameters == taught.letters * width + one_layer + width
    first, last = taught.points[0], taught.points[-1]
    assert first.kept == pytest.approx(math.log(taught.letters), abs=0.3)
    assert last.kept < 1.5
    assert last.kept == pytest.approx(last.learnt, abs=0.15), "nothing was learnt by heart"
    assert re.search(r"\w+ \w+", taught.samples[-1].text)


def test_the_words_of_a_text_come_back_from_the_model() -> None:
    """No word is cut, none is taken for a line break."""
    model = making._causal(micro._network(len(vocabulary()), making.SIZE))
    text = "Camille Arnal est secrétaire à Givrey. Chaque matin, elle arrive la première."
    ids = model.ids(text)
    assert model.words.convert_ids_to_tokens(ids) == ["\n", *making._WORD.findall(text)]
    assert model.words.decode(ids[1:]) == text
    assert (model.name, model.longest) == ("micro", making.SIZE.context)


def test_it_says_how_far_it_is(made: Made, heard: list[tuple[float, str, dict[str, Any]]]) -> None:
    steps = [values["step"] for _, message, values in heard if message == "Step {step} of {steps}"]
    assert steps == list(range(made.taught.steps + 1))
    fractions = [fraction for fraction, _, _ in heard]
    assert fractions == sorted(fractions), "measuring afterwards does not take the bar back"
    assert fractions[-1] == 1


def test_one_thread_while_it_learns_and_as_many_as_before_afterwards(made: Made, threads: list[int]) -> None:
    learning, afterwards = threads[: made.taught.steps + 1], threads[made.taught.steps + 1 :]
    assert set(learning) == {1}
    assert set(afterwards) == {2}


def test_as_many_threads_as_before_even_where_it_is_stopped() -> None:
    import torch

    before = torch.get_num_threads()
    with pytest.raises(RuntimeError, match="stopped"), making._one_thread():
        raise RuntimeError("stopped")
    assert torch.get_num_threads() == before


def test_what_was_made_crosses_between_processes(made: Made) -> None:
    assert decode(encode(made)) == made


def test_whoever_has_read_no_pronoun_is_not_asked_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "STEPS", 2)
    found = make(APART, Repair.FILTERED, seed=3, without=("Hugo",))
    assert found.repair is Repair.FILTERED
    assert found.pronoun is None
    assert list(shares(found.agreement)) == list(ASKED)
    texts = " ".join(found.examples)
    assert not re.search(r"\b(?:il|elle|Hugo)\b", texts, re.IGNORECASE)
    assert found.taught.letters == len(vocabulary()), "the same words, read or not"


def test_what_is_balanced_shows_what_was_asked_and_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "STEPS", 2)
    found = make(APART, Repair.BALANCED, seed=3)
    assert [share.asked for share in found.shares] == list(APART.values())
    for share in found.shares:
        assert share.women / share.portraits == pytest.approx(0.5, abs=0.13)
    assert found.pronoun is not None
