"""Determiners, elision and contraction."""

from __future__ import annotations

import pytest

from kit.journal.french import FORMS, capital, starts_with_a_vowel, word


@pytest.mark.parametrize(
    ("entry", "le", "un", "du", "au", "de", "ce", "son"),
    [
        ("musée m", "le musée", "un musée", "du musée", "au musée", "de musée", "ce musée", "son musée"),
        ("ferme f", "la ferme", "une ferme", "de la ferme", "à la ferme", "de ferme", "cette ferme", "sa ferme"),
        ("école f", "l’école", "une école", "de l’école", "à l’école", "d’école", "cette école", "son école"),
        ("orage m", "l’orage", "un orage", "de l’orage", "à l’orage", "d’orage", "cet orage", "son orage"),
        (
            "hôpital m",
            "l’hôpital",
            "un hôpital",
            "de l’hôpital",
            "à l’hôpital",
            "d’hôpital",
            "cet hôpital",
            "son hôpital",
        ),
        (
            "hérisson m h",
            "le hérisson",
            "un hérisson",
            "du hérisson",
            "au hérisson",
            "de hérisson",
            "ce hérisson",
            "son hérisson",
        ),
        ("halle f h", "la halle", "une halle", "de la halle", "à la halle", "de halle", "cette halle", "sa halle"),
        ("œuvre f", "l’œuvre", "une œuvre", "de l’œuvre", "à l’œuvre", "d’œuvre", "cette œuvre", "son œuvre"),
        (
            "travaux mp",
            "les travaux",
            "des travaux",
            "des travaux",
            "aux travaux",
            "de travaux",
            "ces travaux",
            "ses travaux",
        ),
        (
            "éoliennes fp",
            "les éoliennes",
            "des éoliennes",
            "des éoliennes",
            "aux éoliennes",
            "d’éoliennes",
            "ces éoliennes",
            "ses éoliennes",
        ),
    ],
)
def test_forms_of_a_noun(entry: str, le: str, un: str, du: str, au: str, de: str, ce: str, son: str) -> None:
    noun = word(entry)
    assert [noun[form] for form in FORMS] == [entry.split()[0], le, un, du, au, de, ce, son]


def test_a_proper_name_takes_no_determiner() -> None:
    assert (word("Alix")["de"], word("Brévaine")["de"], word("Élise")["de"]) == ("d’Alix", "de Brévaine", "d’Élise")
    assert word("guide de montagne").text == "guide de montagne"
    with pytest.raises(KeyError):
        word("Alix")["le"]


def test_a_name_of_several_words_keeps_its_gender() -> None:
    noun = word("toit du marché m")
    assert (noun.text, noun.gender, noun["du"]) == ("toit du marché", "m", "du toit du marché")


def test_what_is_elided() -> None:
    assert all(map(starts_with_a_vowel, ("école", "Île", "yeux", "homme", "œil", "Aïcha")))
    assert not any(map(starts_with_a_vowel, ("ville", "ça", "", "Tuan")))


def test_a_sentence_begins_with_a_capital() -> None:
    assert (capital("école de Givrey"), capital("l’orage"), capital("")) == ("École de Givrey", "L’orage", "")
