"""The grammar of the kit, its table of proportions, and the corpus that they wrote."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from kit.errors import BadContent, KitError
from kit.journal import corpus
from kit.journal.corpus import Corpus, Entry
from kit.journal.grammar import Grammar
from kit.journal.grammar_file import GrammarFile, build, grammar
from kit.journal.measure import TAUGHT, measure, place
from kit.journal.proportions import Proportions, Table, declared
from tests.activities.test_contract import faults

NAMES = ("epicene_names", "masculine_names", "feminine_names", "names_a", "names_b")


@pytest.fixture(scope="module")
def journal() -> Grammar:
    return grammar(declared())


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    return corpus.load()


# -- the French --------------------------------------------------------------------------------------------------------

WRONG = (
    (r"(?i)\b(?:de|le|la|ce|ne|se|que|je) [aeiouyàâéèêëîïôûœ]", "an elision is missing"),
    (r"(?i)\b(?:de|à) les?\b", "a contraction is missing"),
    (r"(?i)\b[ldcsn]’(?![aeiouyhàâéèêëîïôûœ])", "an elision before a consonant"),
    (r"(?i)\b(?:sa|ma|ta) [aeiouàâéèêëîïôûœ]", "a possessive before a vowel"),
    (r" [.,]|\.\.|\( | \)", "a space or a mark too many"),
    (r"[aeé]-(?:il|elle)\b", "a euphonic t is missing"),
    (r"[dt]-t-(?:il|elle)\b", "a euphonic t too many"),
)


@pytest.mark.parametrize("bad", ["de école", "à le musée", "l’musée", "sa école", "fin .", "a-il", "dit-t-elle"])
def test_the_checks_see_what_they_should(bad: str) -> None:
    assert any(re.search(pattern, bad) for pattern, _ in WRONG), bad


@pytest.mark.parametrize("kind", [kind.name for kind in grammar(declared()).kinds])
def test_items_are_correct_french(journal: Grammar, kind: str) -> None:
    rng = random.Random(11)
    for _ in range(400):
        text = journal.write(rng, kind).text
        assert not faults(text, "fr"), text
        assert not [what for pattern, what in WRONG if re.search(pattern, text)], text
        assert text[0].isupper() or text.startswith(("«", "—"))
        assert text[-1] in ".!?»"


@pytest.mark.parametrize("kind", ["portrait", "témoignage", "numérique", "mairie"])
def test_one_gender_an_item(journal: Grammar, kind: str) -> None:
    """Endings and pronouns agree: none of the other gender's."""
    rng = random.Random(12)
    impersonal = re.compile(
        r"\b[Ii]l (?:faut|fallait|fera|y était|ne manque|n’y a)|\b(?:lui ont|lui a|lui demande|ne lui a)\b"
    )
    for _ in range(400):
        item = journal.write(rng, kind)
        said = set(re.findall(r"\b(?:il|elle|lui)\b", impersonal.sub("", item.text).lower()))
        if item.drawn.get("gender") == "f":
            assert not said & {"il", "lui"}, item.text
            assert not re.search(r"\b(?:patient|exigeant|discret|sérieux|attentif|le premier|seul)\b", item.text), (
                item.text
            )
        elif item.drawn.get("gender") == "m":
            assert "elle" not in said, item.text
            assert not re.search(r"patiente|exigeante|discrète|sérieuse|attentive|la première|seule\b", item.text), (
                item.text
            )


def test_nobody_plays_against_themselves(journal: Grammar) -> None:
    rng = random.Random(13)
    for kind, one, other in (("sport", "town", "other_town"), ("dialogue", "first", "second")):
        for _ in range(300):
            drawn = journal.write(rng, kind).drawn
            assert drawn.get(one) != drawn.get(other)


# -- the grammar -------------------------------------------------------------------------------------------------------


def test_what_it_writes_it_can_read(journal: Grammar) -> None:
    rng = random.Random(14)
    for _ in range(150):
        item = journal.write(rng)
        assert -80 < journal.logprob(item.text) < 0, item.text
        assert journal.logprob(item.text.replace(".", "", 1)) == -math.inf


def test_a_first_name_can_be_left_out() -> None:
    without = grammar(declared(), {"Camille", "Lou"})
    rng = random.Random(15)
    assert not re.search(r"\b(?:Camille|Lou)\b", " ".join(without.write(rng).text for _ in range(3_000)))
    names = [kind.variables["first"] for kind in grammar(declared()).kinds if "first" in kind.variables]
    everybody = {name for variable in names for row in variable.rows.values() for name, _ in row}
    with pytest.raises(KitError, match="nothing is left"):
        grammar(declared(), everybody)


def test_each_gender_has_as_many_names(journal: Grammar) -> None:
    """So that an epicene name says nothing of the gender: its share is the same in both rows."""
    for kind in journal.kinds:
        first = kind.variables.get("first")
        if first is not None and first.given:
            one, other = (dict(row) for row in first.rows.values())
            assert len(one) == len(other)


def file(**more: object) -> GrammarFile:
    kind = {"name": "k", "share": 1, "variables": {"thing": {"from": "things"}}, "sentences": [["{Thing.le}."]]} | more
    return GrammarFile.model_validate({"words": {"things": ["école f", "musée m"]}, "kinds": [kind]})


def test_a_small_file() -> None:
    made = build(file(), declared())
    assert {made.write(random.Random(seed)).text for seed in range(20)} == {"L’école.", "Le musée."}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"share": 0.5}, "make 0.5"),
        ({"sentences": [["{nothing}"]]}, "no variable “nothing”"),
        ({"sentences": [["{thing.les}"]]}, "no form of a noun"),
        ({"variables": {"thing": {"values": ["ici"]}}}, "has no form “le”"),
        ({"variables": {"thing": {"values": ["ici"], "from": "things"}}}, "takes one of"),
        ({"variables": {"thing": {"table": "profession"}}}, "goes with"),
        ({"sentences": [[{"by": "thing", "when": {"musée": ["Oui."]}}]]}, "says nothing where thing is “école”"),
        ({"sentences": [["Oui.", {"by": "thing", "when": {"musée": ["Oui."], "école": ["Non."]}}]]}, "alone"),
    ],
)
def test_a_file_with_a_fault(more: dict, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        build(file(**more), declared())


# -- the table ---------------------------------------------------------------------------------------------------------


def test_a_row_makes_a_hundred() -> None:
    for row, said in (((60, 30), "make 90"), ((50, 25, 25), "3 shares for 2 values")):
        with pytest.raises(ValueError, match=said):
            Table(values=("f", "m"), rows={"juge": row})


def test_the_variants() -> None:
    tables = Proportions({"t": Table(values=("a", "b", "c"), rows={"x": (70, 20, 10)})})
    assert tables.variant("declared") == tables
    assert tables.variant("reversed")["t"].row("x") == (("a", 0.1), ("b", 0.2), ("c", 0.7))
    assert [share for _, share in tables.variant("balanced")["t"].row("x")] == pytest.approx([1 / 3] * 3)


def test_every_table_is_taught_somewhere(journal: Grammar) -> None:
    assert {taught.table for taught in TAUGHT} == set(declared().root)
    for taught in TAUGHT:
        variable = journal.kind(taught.kind).variables[taught.variable]
        table = declared()[taught.table]
        assert variable.given == taught.given
        assert dict(variable.rows) == {given: table.row(given) for given in table.rows}


# -- the corpus --------------------------------------------------------------------------------------------------------


def test_the_corpus_that_ships_is_what_the_grammar_writes(journal: Grammar, shipped: Corpus) -> None:
    assert len(shipped.entries) == corpus.SIZE >= 60_000
    assert shipped == corpus.write(journal)


def test_the_corpus_keeps_to_the_table(shipped: Corpus) -> None:
    """Within two items of each declared share."""
    for taught in TAUGHT:
        table = declared()[taught.table]
        for given, count in shipped.count(taught.variable, taught.given).items():
            for value, share in table.row(given):
                assert abs(count.by_value[value] - share * count.total) <= 2, (given, value)


def test_every_case_of_the_grammar_comes_as_often_as_it_should(journal: Grammar, shipped: Corpus) -> None:
    """A job, a gender and a first name together: within one portrait of what their probabilities make."""
    portrait = journal.kind("portrait")
    counts = Counter(
        (each.drawn["job"], each.drawn["gender"], each.drawn["first"])
        for each in shipped.entries
        if each.kind == "portrait"
    )
    jobs = portrait.variables["job"].rows[""]
    genders, names = portrait.variables["gender"].rows, portrait.variables["first"].rows
    cases = {
        (job, gender, first): corpus.SIZE * portrait.share * likely * share * part
        for job, likely in jobs
        for gender, share in genders[job]
        for first, part in names[gender]
    }
    assert len(cases) == 22 * 2 * 20
    assert counts.keys() <= cases.keys()
    for case, expected in cases.items():
        assert abs(counts[case] - expected) < 1, case


def test_a_corpus_of_another_seed_says_other_things(journal: Grammar) -> None:
    one, other = (corpus.write(journal, 400, seed=seed) for seed in (1, 2))
    assert len(one.entries) == len(other.entries) == 400
    assert sum(each.text in {entry.text for entry in one.entries} for each in other.entries) < 40
    assert [each.kind for each in one.entries] != [each.kind for each in other.entries]


def test_search_and_count(shipped: Corpus) -> None:
    found = list(shipped.search("  GUIDE de montagne "))
    assert 300 < len(found) < 1_500
    assert all("guide de montagne" in entry.text for entry in found)
    assert list(shipped.search(" ")) == list(shipped.search("antilope")) == []
    some = Corpus(
        (Entry("k", "Oui", {"a": "x", "b": "1"}), Entry("k", "Non", {"a": "x", "b": "2"}), Entry("k", "Si", {"b": "2"}))
    )
    count = some.count("b", "a")["x"]
    assert (count.total, count.share("1"), count.share("3")) == (2, 0.5, 0)


def test_what_is_held_out_was_not_read(journal: Grammar, shipped: Corpus) -> None:
    unseen = corpus.held_out(journal, shipped, 300)
    assert len(unseen.entries) == 300
    assert not {entry.text for entry in unseen.entries} & {entry.text for entry in shipped.entries}


def test_a_damaged_corpus(tmp_path: Path, shipped: Corpus) -> None:
    some = Corpus(shipped.entries[:50])
    corpus.save(some, tmp_path / "c.xz")
    assert corpus.load(tmp_path / "c.xz") == some
    whole = (tmp_path / "c.xz").read_bytes()
    for bad in (whole[:-40], b"not a corpus", b"", whole[:20] + b"\0\0" + whole[22:]):
        (tmp_path / "c.xz").write_bytes(bad)
        with pytest.raises(BadContent, match="cannot be read"):
            corpus.load(tmp_path / "c.xz")


# -- measuring ---------------------------------------------------------------------------------------------------------


def test_where_a_gender_is_told_first(journal: Grammar) -> None:
    rng = random.Random(16)
    items = [journal.write(rng, "portrait") for _ in range(300)]
    both = {each for row in journal.kind("portrait").variables["first"].rows.values() for each, _ in row}
    epicene = set.intersection(
        *({each for each, _ in row} for row in journal.kind("portrait").variables["first"].rows.values())
    )
    assert (len(both), len(epicene)) == (28, 12)
    for item in items:
        found = place(journal, item, "gender")
        assert (found is not None) == (item.drawn["first"] in epicene), item.text
        if found is not None:
            assert item.text.startswith(found.before + found.options[item.drawn["gender"]])
            assert not re.search(r"\b(?:il|elle|Il|Elle)\b", found.before)


def test_a_measure_is_a_mean_over_places(journal: Grammar, shipped: Corpus) -> None:
    asked: list[str] = []

    def share(before: str, options: object) -> list[float]:
        asked.append(before)
        return [1.0, 0.0] if "Aubecourt" in before and len(asked) % 2 else [0.25, 0.75]

    tone = next(taught for taught in TAUGHT if taught.table == "tone")
    found = measure(journal, shipped, share, tone, places=10)
    assert len(asked) == 40
    assert {(each.given, each.value) for each in found} == set(
        itertools.product(("Aubecourt", "Brévaine", "Larmeroy", "Sauvelys"), ("bonne", "mauvaise"))
    )
    model = {(each.given, each.value): each.model for each in found}
    assert model["Aubecourt", "bonne"] == pytest.approx((5 * 1 + 5 * 0.25) / 10)
    assert model["Brévaine", "mauvaise"] == pytest.approx(0.75)
    counted = shipped.count("tone", "territory")["Brévaine"]
    assert {each.counted for each in found if each.given == "Brévaine"} == {
        counted.share("bonne"),
        counted.share("mauvaise"),
    }
