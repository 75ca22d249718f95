"""Pseudonyms are many, apart, well-formed, and nobody's name."""

from __future__ import annotations

import pytest

from kit.classroom.pseudonyms import _FEMININE, _MASCULINE, _names, pseudonym
from kit.journal.names import first_names
from kit.podcast.episode import Member

ALSO_NAMES = (
    "capucine rose marguerite violette églantine iris jasmin lilas anémone prune clémentine cerise olive myrtille "
    "hermine pervenche angélique gentiane martin robin lucas lily daisy ivy hazel rowan willow fern poppy jay wren "
    "heather holly rosemary basil ginger jasmine violet laurel ash reed linden primrose juniper lark linnet merle raven"
)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_there_are_enough_and_no_two_alike(lang: str) -> None:
    names = [name for _, name in _names(lang)]
    assert len(names) >= 400
    assert len(set(map(str.casefold, names))) == len(names)
    for name in names:
        assert Member(name=name).name == name
        assert "," not in name, "several voices are told apart by commas"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_word_is_a_first_name(lang: str) -> None:
    words = {word.casefold() for _, name in _names(lang) for word in name.split()}
    assert words & {name.casefold() for name in first_names()} == set()
    assert words & set(ALSO_NAMES.split()) == set()


def test_colours_agree() -> None:
    names = {name for _, name in _names("fr")}
    for beings, right, wrong in (
        (_MASCULINE, ("bleu", "doré", "azuré"), ("bleue", "dorée", "azurée")),
        (_FEMININE, ("bleue", "dorée", "azurée"), ("bleu", "doré", "azuré")),
    ):
        for being in beings.split():
            assert {f"{being} {colour}" for colour in right} <= names
            assert not {f"{being} {colour}" for colour in wrong} & names
    assert {"Loutre turquoise", "Tilleul turquoise", "Hérisson des dunes", "Mésange du lac"} <= names


def test_a_seed_gives_one_name() -> None:
    assert pseudonym(7, "fr", ()) == pseudonym(7, "fr", [])
    assert len({pseudonym(seed, "fr", ()) for seed in range(300)}) > 200
    assert len(pseudonym(7, "en", ()).split()) == 2


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nobody_in_a_team_shares_an_animal_or_a_plant(lang: str) -> None:
    team: list[str] = []
    for seed in range(39):
        team.append(pseudonym(seed, lang, team))
    beings = [name.split()[0] if lang == "fr" else name.split()[-1] for name in team]
    assert len(set(beings)) == 39


def test_with_one_seed_a_whole_class_gets_other_names_until_there_are_none() -> None:
    taken: list[str] = []
    for _ in range(60):
        taken.append(pseudonym(1, "fr", [name.upper() for name in taken]))
    assert len(set(taken)) == 60
    every = [name for _, name in _names("fr")]
    assert pseudonym(1, "fr", every[1:]) == every[0]
    with pytest.raises(ValueError, match="taken"):
        pseudonym(1, "fr", every)
