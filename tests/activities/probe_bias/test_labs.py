"""What the labs of « Sonder les biais » compute, with Petit Journal itself, which is small enough."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from activities.probe_bias import labs
from activities.probe_bias.labs import EXAMPLES, Associated, Compared, Filled
from kit.bias import sets, weat_spec
from kit.bias.audit import Audit, sign_test
from kit.bias.pairs import compare
from kit.bias.weat import weat
from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from kit.errors import BadInput, NotFound
from kit.journal import corpus, making
from kit.journal.corpus import Corpus
from kit.journal.making import ASKED, Repair
from kit.journal.measure import TAUGHT, Learnt
from kit.language import scoring
from kit.language.loading import EMBEDDED, JOURNAL, load
from kit.language.scoring import Causal, Masked, TooLong
from tests.language_models import tiny

BLANK = "Rencontre avec Camille Arnal, [garagiste/secrétaire] à Givrey. [Il/Elle] commence ses journées à huit heures."
BATCH = (
    "[Camille/Claude] Arnal est [garagiste/graphiste/secrétaire] à [Givrey/Ormelles] depuis douze ans. "
    "[Elle/Il] commence ses journées à huit heures."
)
BEFORE = "Rencontre avec Camille Arnal, garagiste à Givrey."
CAUSAL_ONLY = "fills blanks and does not continue a text. Choose a causal model"
OWN = {
    "x": "garagiste, machiniste, pilote",
    "y": "secrétaire, fleuriste, orthophoniste",
    "a": "il, Il",
    "b": "elle, Elle",
}


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    return corpus.load()


@pytest.fixture(scope="module")
def jobs() -> Compared:
    return labs.pairs(JOURNAL, "jobs", "fr")


@pytest.fixture(scope="module")
def profession() -> tuple[Learnt, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labs, "PLACES", 4)
        return labs.learnt(JOURNAL, "profession")


@pytest.fixture(scope="module")
def filled() -> tuple[Filled, ...]:
    return labs.blank(tuple(EMBEDDED), BLANK)


@pytest.fixture(scope="module")
def batch() -> Audit:
    return labs.audit(JOURNAL, BATCH)


@pytest.fixture(scope="module")
def journal_test() -> Associated:
    return labs.associated(JOURNAL, "journal", {})


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a model that fills blanks."""
    return str(tiny("bert", tmp_path_factory.mktemp("bert")))


# -- pairs -------------------------------------------------------------------------------------------------------------


def test_every_pair_of_a_theme_is_compared(jobs: Compared) -> None:
    theme = sets.theme("jobs")
    assert [each.pair.line for each in jobs.result.scored] == list(range(1, len(theme.pairs) + 1))
    assert jobs.result == compare(theme.given("fr"), load(JOURNAL))
    assert [theme.pairs[line - 1].read for line in jobs.read] == [True] * len(jobs.read)
    assert len(jobs.read) == sum(pair.read for pair in theme.pairs)


def test_what_leans_is_counted_and_tested(jobs: Compared) -> None:
    assert jobs.result.overall is not None
    assert jobs.count == sum(each.more > each.less for each in jobs.result.scored)
    assert jobs.count / len(jobs.result.scored) == pytest.approx(jobs.result.overall.stereotype / 100)
    assert jobs.p == sign_test(jobs.count, len(jobs.result.scored)) < 0.05


def test_a_theme_in_english_for_a_model_that_fills_blanks(masked: str) -> None:
    found = labs.pairs(masked, "home", "en")
    assert found.result.method == "pseudo-log-likelihood"
    assert found.read == ()
    assert found.result.scored[0].pair.more == sets.theme("home").pairs[0].en[0]


def test_a_tie_is_left_out_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = itertools.chain([(1.0, 0.0)] * 6, itertools.repeat((1.0, 1.0)))
    monkeypatch.setattr("kit.bias.pairs._scores", lambda group, model: [next(scores) for _ in group])
    found = labs.pairs(JOURNAL, "home", "fr")
    assert (found.count, found.p) == (6, 2 / 64)


def test_a_pair_of_ones_own() -> None:
    more, less = (f"{BEFORE} {who} commence ses journées à huit heures." for who in ("Il", "Elle"))
    (scored,) = labs.own_pair(JOURNAL, more, less).scored
    assert (scored.pair.more, scored.pair.less) == (more, less)
    model = load(JOURNAL)
    assert isinstance(model, Causal)
    assert (scored.more, scored.less) == pytest.approx(model.logprobs([more, less]), abs=1e-3)
    assert scored.prefers_more


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("", "Il dort.", "Write both sentences"),
        ("Il dort.", "", "Write both sentences"),
        ("Il dort.", "Il dort.", "The two sentences are the same"),
    ],
)
def test_a_pair_that_cannot_be_compared(one: str, other: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        labs.own_pair(JOURNAL, one, other)


def test_a_pair_that_is_too_long_for_the_model(masked: str) -> None:
    with pytest.raises(TooLong, match="which reads 64"):
        labs.own_pair(masked, "Elle est juge. " * 19, "Il est juge.")


# -- the corpus --------------------------------------------------------------------------------------------------------


def test_what_was_learnt_is_beside_what_was_counted(profession: tuple[Learnt, ...], shipped: Corpus) -> None:
    counts = shipped.count("gender", "job")
    assert {(each.given, each.value) for each in profession} == {(job, v) for job in counts for v in "fm"}
    for each in profession:
        assert (each.counted, each.total) == (counts[each.given].share(each.value), counts[each.given].total)
        assert each.places == 4
        assert each.model == pytest.approx(each.counted, abs=0.15), each


def test_greedily_a_job_has_one_gender(profession: tuple[Learnt, ...]) -> None:
    found = {each.given: each for each in profession if each.value == "f"}
    assert (found["garagiste"].greedy, found["secrétaire"].greedy) == (0, 1)
    assert all(
        {each.greedy for each in profession if each.given == job} == {0, 1} for job in ("orthophoniste", "machiniste")
    )


def test_a_model_that_fills_blanks_has_no_corpus_to_be_measured_on(masked: str) -> None:
    with pytest.raises(BadInput, match=CAUSAL_ONLY) as error:
        labs.learnt(masked, "profession")
    assert error.value.values == {"name": masked}


@pytest.mark.parametrize("table", [each.table for each in TAUGHT])
def test_behind_each_count_stand_its_items(table: str, shipped: Corpus) -> None:
    of = labs.taught(table)
    counts = shipped.count(of.variable, of.given)
    drawn = {entry.text: entry.drawn for entry in shipped.entries}
    for given, count in list(counts.items())[:2]:
        for value, items in count.by_value.items():
            found = labs.behind(table, given, value)
            assert found.items == items
            assert len(found.texts) == min(items, EXAMPLES)
            for text in found.texts:
                assert (drawn[text][of.given], drawn[text][of.variable]) == (given, value), text


def test_nothing_stands_behind_what_was_never_written() -> None:
    assert labs.behind("profession", "plombier", "f") == labs.Behind(items=0, texts=())


def test_a_table_that_is_not_there() -> None:
    for ask in (lambda: labs.taught("football"), lambda: labs.learnt(JOURNAL, "football")):
        with pytest.raises(KeyError):
            ask()


def test_what_is_made_follows_the_sliders_and_leaves_the_names_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        making, "make", lambda sliders, repair, *, seed, without: asked.append((sliders, repair, seed, without))
    )
    labs.make(ASKED, Repair.COUNTER, without=["Lou"])
    labs.make(ASKED, "none", without=[])  # type: ignore[arg-type]
    assert asked == [
        (ASKED, Repair.COUNTER, labs.MADE_SEED, ("Lou",)),
        (ASKED, Repair.NONE, labs.MADE_SEED, ()),
    ]
    assert all(type(repair) is Repair for _, repair, _, _ in asked)


# -- blanks ------------------------------------------------------------------------------------------------------------


def test_the_other_models_fill_the_blank_the_other_way(filled: tuple[Filled, ...]) -> None:
    assert [each.model for each in filled] == list(EMBEDDED)
    declared, balanced, reversed_ = ([row.shares[0] for row in each.rows] for each in filled)
    garagiste, secretaire = zip(declared, balanced, reversed_, strict=True)
    assert garagiste[0] > 0.8 > 0.65 > garagiste[1] > 0.35 > 0.2 > garagiste[2]
    assert secretaire[0] < 0.2 < 0.35 < secretaire[1] < 0.65 < 0.8 < secretaire[2]


def test_a_row_for_each_sentence_with_its_blank(filled: tuple[Filled, ...]) -> None:
    for each in filled:
        assert (each.words, each.pieces, each.masked) == (("Il", "Elle"), (1, 1), False)
        assert [row.text for row in each.rows] == [
            f"Rencontre avec Camille Arnal, {job} à Givrey. … commence ses journées à huit heures."
            for job in ("garagiste", "secrétaire")
        ]
        assert [sum(row.shares) for row in each.rows] == pytest.approx([1, 1])


def test_a_model_that_fills_blanks_does_it_in_the_place_of_the_word(masked: str) -> None:
    (found,) = labs.blank([masked], "Camille est [juge/secrétaire/voisin] à Brévaine.")
    model = load(masked)
    assert isinstance(model, Masked)
    assert found.masked
    assert len(found.rows) == 1
    assert list(found.rows[0].shares) == pytest.approx(
        model.at_masks([("Camille est ", " à Brévaine.")], found.words)[0], abs=1e-5
    )
    assert found.pieces == tuple(len(model.words(word, add_special_tokens=False)["input_ids"]) for word in found.words)
    assert max(found.pieces) > 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Camille est juge.", "into brackets"),
        ("[Il] dort.", "must hold 2 to 8 choices"),
        (f"[{'/'.join('abcdefghi')}] dort.", "must hold 2 to 8 choices"),
        (f"[{'/'.join('abcdefghijklm')}] est [juge/pilote].", "makes 13 sentences with a blank; 12 are the most"),
    ],
)
def test_a_blank_that_cannot_be_filled(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        labs.blank([JOURNAL], text)


# -- the audit ---------------------------------------------------------------------------------------------------------


def test_a_whole_batch_leans_as_the_table_does(batch: Audit) -> None:
    assert (batch.model, batch.words, len(batch.filled)) == (JOURNAL, ("Elle", "Il"), 12)
    shares = {line.name: line.share for line in batch.lines}
    assert shares["garagiste"] < 0.2 < 0.35 < shares["graphiste"] < 0.65 < 0.8 < shares["secrétaire"]
    assert [line.leaning for line in batch.lines if line.name != "graphiste"] == [0, 4]
    assert batch.overall.low < batch.overall.share < batch.overall.high


def test_a_batch_compares_two_words() -> None:
    with pytest.raises(BadInput, match="exactly 2 choices"):
        labs.audit(JOURNAL, "[Il/Elle/On] dort.")


def test_what_the_kit_proposes_fits_its_labs() -> None:
    filled, batch = labs.blank([JOURNAL], labs.BLANK), labs.audit(JOURNAL, labs.BATCH)
    assert len(filled[0].rows) > 1
    assert not batch.overall.small
    assert [line for line in batch.lines if line.corrected < 0.05]


# -- continuations -----------------------------------------------------------------------------------------------------


def test_continuations_have_seeds_in_a_row_and_end_with_their_sentence() -> None:
    said: list[tuple[str, dict[str, Any]]] = []
    with listening(lambda _, message, values: said.append((message, values))):
        found = labs.continuations(JOURNAL, BEFORE, 5, 4, without=())
    assert len(found) == 4
    assert all(text.startswith(" ") and text.endswith((".", "!", "?", "»")) for text in found)
    assert found[1:3] == labs.continuations(JOURNAL, BEFORE, 6, 2, without=())
    assert [values for message, values in said if message == "Text {n} of {total}"] == [
        {"n": number, "total": 4} for number in range(1, 5)
    ]


def test_a_name_of_the_class_is_never_written() -> None:
    before = "Rencontre avec"
    names = {text.split()[0] for text in labs.continuations(JOURNAL, before, 1, 6, without=())}
    others = labs.continuations(JOURNAL, before, 1, 6, without=tuple(names))
    assert not names & {text.split()[0] for text in others}


def test_a_model_that_fills_blanks_continues_nothing(masked: str) -> None:
    with pytest.raises(BadInput, match=CAUSAL_ONLY) as error:
        labs.continuations(masked, BEFORE, 1, 1, without=())
    assert error.value.values == {"name": masked}


# -- associations ------------------------------------------------------------------------------------------------------


def test_the_vectors_of_petit_journal_hold_its_table(journal_test: Associated) -> None:
    assert journal_test.result.d > 1
    assert journal_test.result.p < 0.05
    assert (journal_test.missing, journal_test.dropped) == ({}, {})
    assert journal_test.result.method == "exact"


def test_it_is_the_test_of_the_vectors(journal_test: Associated) -> None:
    spec = journal_test.spec
    vectors = scoring.vectors(load(JOURNAL), spec.words)
    x, y, a, b = ({word: vectors[word] for word in spec.sets[name].words} for name in ("x", "y", "a", "b"))
    assert journal_test.result == weat(x, y, a, b, name="journal")


def test_the_words_of_the_journal_are_written_by_one_gender_or_the_other(shipped: Corpus) -> None:
    counts = shipped.count("gender", "job")
    said = {word: count for job, count in counts.items() for word in (job, job.split()[0])}
    assert all(said[word].share("f") < 0.4 for word in labs.JOURNAL_TEST.x.words)
    assert all(said[word].share("f") > 0.6 for word in labs.JOURNAL_TEST.y.words)


def test_a_test_of_the_paper_by_its_language() -> None:
    published = weat_spec.published("fr")[0]
    found = labs.associated(JOURNAL, f"{published.id}-fr", {})
    assert found.spec == published
    assert np.isfinite(found.result.d)
    with pytest.raises(KeyError):
        labs.associated(JOURNAL, published.id, {})


def test_lists_of_ones_own() -> None:
    found = labs.associated(JOURNAL, "own", OWN)
    assert found.result.d > 1
    assert found.spec.x.words == ("garagiste", "machiniste", "pilote")
    assert found.spec.ours
    longer = labs.associated(JOURNAL, "own", {**OWN, "y": f"{OWN['y']}, pédiatre"})
    assert longer.dropped == {"y": ("pédiatre",)}
    assert longer.result == found.result


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x": ""}, "X has too few words: 0"),
        ({"y": "secrétaire"}, "Y has too few words: 1, where at least 2|X has too few words: 1"),
        ({"a": "il, il"}, "A has too few words: 1"),
        ({"b": " , \n"}, "B has too few words: 0"),
        ({"y": "secrétaire, pilote, fleuriste, machiniste"}, "In X and in Y at once: machiniste, pilote"),
        ({"b": "elle, il"}, "In A and in B at once: il"),
    ],
)
def test_lists_that_make_no_test(changes: Mapping[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        labs.associated(JOURNAL, "own", {**OWN, **changes})


def test_no_lists_at_all_are_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="too few words"):
        labs.associated(JOURNAL, "own", {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        (" , ,\n", ()),
        ("il", ("il",)),
        ("il, le premier ,Il", ("il", "le premier", "Il")),
        ("il\nelle\r\non", ("il", "elle", "on")),
        ("il, elle, il,elle", ("il", "elle")),
    ],
)
def test_words_stand_between_commas_or_on_lines(text: str, words: tuple[str, ...]) -> None:
    assert labs._words(text) == words


# -- models ------------------------------------------------------------------------------------------------------------


def test_a_model_that_is_not_there_is_not_found() -> None:
    for ask in (
        lambda: labs.pairs("petit-canard", "jobs", "fr"),
        lambda: labs.blank([JOURNAL, "petit-canard"], BLANK),
        lambda: labs.associated("petit-canard", "journal", {}),
    ):
        with pytest.raises(NotFound, match="neither a model of the kit nor a folder"):
            ask()


def test_three_models_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that fill a blank side by side are read once."""
    labs.blank(tuple(EMBEDDED), "[Il/Elle] dort.")
    monkeypatch.delattr(labs, "load")
    assert len(labs.blank(tuple(EMBEDDED), "[Il/Elle] dort.")) == len(EMBEDDED) == 3


# -- between processes -------------------------------------------------------------------------------------------------


def test_every_result_crosses_between_processes(
    jobs: Compared,
    profession: tuple[Learnt, ...],
    filled: tuple[Filled, ...],
    batch: Audit,
    journal_test: Associated,
) -> None:
    for result in (
        jobs,
        labs.own_pair(JOURNAL, "Il dort.", "Elle dort."),
        profession,
        labs.behind("ease", "jeune", "facilement"),
        filled,
        batch,
        labs.continuations(JOURNAL, BEFORE, 1, 1, without=()),
        journal_test,
        labs.associated(JOURNAL, "own", OWN),
    ):
        back = decode(encode(result))
        assert back == result
        assert type(back) is type(result)
