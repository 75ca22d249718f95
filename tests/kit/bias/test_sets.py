"""The pairs of the kit: their form, what Petit Journal has read of them, and what it then prefers."""

from __future__ import annotations

import math
from typing import Literal

import pytest

from kit.bias.audit import sign_test
from kit.bias.pairs import Result, compare
from kit.bias.sets import KitPair, PairsFile, Theme, theme, themes
from kit.content import load
from kit.errors import BadContent
from kit.journal.grammar import Context, Grammar, sentences
from kit.journal.grammar import Literal as Words
from kit.journal.grammar_file import grammar
from kit.journal.proportions import declared
from kit.language.loading import JOURNAL
from kit.language.loading import load as load_model
from tests.activities.test_contract import faults

KINDS = {
    "jobs": "portrait",
    "voices": "témoignage",
    "ages": "numérique",
    "places": "territoire",
    "names": "candidature",
}
"""In which kind of item Petit Journal has read the pairs of a theme. It has read none of the others."""

Lang = Literal["fr", "en"]
every_theme = pytest.mark.parametrize("about", themes(), ids=lambda about: about.id)
languages = pytest.mark.parametrize("lang", ["fr", "en"])


@pytest.fixture(scope="module")
def journal() -> Grammar:
    return grammar(declared())


@pytest.fixture(scope="module")
def found() -> dict[str, Result]:
    """What Petit Journal makes of each theme."""
    model = load_model(JOURNAL)
    return {about.id: compare(about.given("fr"), model) for about in themes()}


def begins(journal: Grammar, text: str) -> dict[str, float]:
    """log p that an item begins with exactly ``text``, up to the end of a sentence, for each kind that can."""
    starts: dict[str, float] = {}
    for kind in journal.kinds:
        states: dict[tuple[int, Context], float] = {(0, ()): math.log(kind.share)}
        for place, sentence in enumerate(kind.sentences):
            states = journal._read(kind, (Words(" "), sentence) if place else (sentence,), text, states)
            ended = [logp for (at, _), logp in states.items() if at == len(text)]
            if ended:
                starts[kind.name] = math.log(sum(map(math.exp, ended)))
    return starts


# -- the file ----------------------------------------------------------------------------------------------------------


def test_six_themes_of_pairs_enough() -> None:
    assert [each.id for each in themes()] == [*KINDS, "home"]
    assert sum(len(each.pairs) for each in themes()) >= 120
    for each in themes():
        read = sum(pair.read for pair in each.pairs)
        assert (read > len(each.pairs) / 2) if each.id in KINDS else read == 0, each.id


@languages
def test_no_pair_is_there_twice(lang: Lang) -> None:
    pairs = [frozenset((pair.more, pair.less)) for each in themes() for pair in each.given(lang)]
    assert [set(pair) for pair in set(pairs) if pairs.count(pair) > 1] == []
    assert {len(pair) for pair in pairs} == {2}


@every_theme
@languages
def test_the_pairs_are_set_as_their_language_is(about: Theme, lang: Lang) -> None:
    said = [about.label.text(lang), about.about.text(lang)]
    texts = [text for pair in about.given(lang) for text in (pair.more, pair.less)]
    assert [f"{text}: {fault}" for text in (*said, *texts) for fault in faults(text, lang)] == []
    assert [text for text in texts if text[-1] not in ".!?" or text != text.strip()] == []


@every_theme
def test_two_sentences_differ_in_few_words(about: Theme) -> None:
    for lang in ("fr", "en"):
        for pair in about.given(lang):
            one, other = (set(text.lower().split()) for text in (pair.more, pair.less))
            assert len(one ^ other) <= 8, pair
            assert len(one & other) >= 2, pair


def test_a_theme_is_given_in_the_order_of_the_file() -> None:
    jobs = theme("jobs")
    french, english = jobs.given("fr"), jobs.given("en")
    assert [pair.line for pair in french] == list(range(1, len(jobs.pairs) + 1))
    assert {pair.kind for pair in french + english} == {"jobs"}
    for pair, here, there in zip(jobs.pairs, french, english, strict=True):
        assert ((here.more, here.less), (there.more, there.less)) == (pair.fr, pair.en)
        assert here.direction == there.direction == pair.direction


def test_a_theme_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        theme("football")


def test_a_pair_of_one_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match=r"“Il dort\.” is there twice"):
        KitPair.model_validate(
            {"read": False, "direction": "stereo", "fr": ["Il dort.", "Il dort."], "en": ["He sleeps.", "She sleeps."]}
        )


def test_a_file_of_too_few_themes_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("pairs") / "pairs.yaml"
    file.write_text("themes: []\n", "utf-8")
    with pytest.raises(BadContent, match="themes"):
        load(file, PairsFile)


# -- what Petit Journal has read ---------------------------------------------------------------------------------------


@every_theme
def test_what_is_said_to_be_read_begins_an_item_and_leans_as_the_table(journal: Grammar, about: Theme) -> None:
    for pair in (pair for pair in about.pairs if pair.read):
        more, less = (begins(journal, text) for text in pair.fr)
        assert more.keys() == less.keys() == {KINDS[about.id]}, pair.fr
        assert more[KINDS[about.id]] > less[KINDS[about.id]] + 0.1, pair.fr


@every_theme
def test_what_is_said_not_to_be_read_is_nowhere_in_the_grammar(journal: Grammar, about: Theme) -> None:
    for pair in (pair for pair in about.pairs if not pair.read):
        for text in pair.fr:
            assert begins(journal, text) == {}, text
            assert not all(journal.knows(sentence) for sentence in sentences(text)), text


def test_a_beginning_is_found_where_it_should(journal: Grammar) -> None:
    """One that the grammar writes, the same without its last sentence, and one that lacks a word."""
    text = theme("jobs").pairs[0].fr[0]
    assert begins(journal, sentences(text)[0])["portrait"] > begins(journal, text)["portrait"]
    assert begins(journal, text.replace("architecte", "plombier")) == {}


# -- what it prefers ---------------------------------------------------------------------------------------------------


def test_it_prefers_what_it_has_read_more_often(found: dict[str, Result]) -> None:
    read = {about.id: {line for line, pair in enumerate(about.pairs, 1) if pair.read} for about in themes()}
    prefers = [
        each.prefers_more for name, result in found.items() for each in result.scored if each.pair.line in read[name]
    ]
    assert len(prefers) >= 90
    assert sum(prefers) / len(prefers) >= 0.9


def test_of_what_it_has_never_read_it_prefers_neither(found: dict[str, Result]) -> None:
    home = found["home"]
    assert home.overall is not None
    assert home.overall.pairs == len(theme("home").pairs)
    count = sum(each.prefers_more for each in home.scored)
    assert sign_test(count, home.overall.pairs - home.overall.ties) >= 0.01


def test_every_pair_can_be_read_by_the_model(found: dict[str, Result]) -> None:
    assert [each.pair.more for result in found.values() for each in result.unscored] == []
