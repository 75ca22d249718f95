"""The words of the tests: those of the paper, ours, those of a file, and those that vectors know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.bias import weat_spec
from kit.bias.vectors import fold, read
from kit.bias.weat import weat
from kit.bias.weat_spec import Spec, WeatFile, kept, parse, published
from kit.compute import plain
from kit.content import MAX_BYTES
from kit.content import parse as parse_yaml
from kit.errors import BadContent, BadInput
from kit.faults import Faults

IDS = ("weat1", "weat2", "weat6", "weat7", "weat8")
SIZES = (25, 25, 8, 8, 8)


def by_id(lang: str) -> dict[str, Spec]:
    return {spec.id: spec for spec in published(lang)}


# -- the tests of the kit ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_five_tests_have_as_many_words_as_in_the_paper(lang: str) -> None:
    specs = published(lang)
    assert tuple(spec.id for spec in specs) == IDS
    for spec, size in zip(specs, SIZES, strict=True):
        assert {name: len(each.words) for name, each in spec.sets.items()} == dict.fromkeys("xyab", size), spec.id
        assert spec.lang == lang


def test_words_of_the_paper() -> None:
    """Read again in W4ngatang/sent-bias, tests/weat*.txt: short lists whole, the ends of the others."""
    english = by_id("en")
    flowers, insects = english["weat1"].x.words, english["weat1"].y.words
    assert flowers[:3] + flowers[-3:] == ("aster", "clover", "hyacinth", "magnolia", "petunia", "zinnia")
    assert insects[:3] + insects[-3:] == ("ant", "caterpillar", "flea", "horsefly", "roach", "weevil")
    assert english["weat1"].a == english["weat2"].a
    assert english["weat1"].b == english["weat2"].b
    assert english["weat1"].b.words[-2:] == ("agony", "prison")
    assert {"bomb", "evil"}.isdisjoint(english["weat1"].b.words)  # those of tests 3 and 4
    assert english["weat2"].x.words[20] == "bongo"
    assert english["weat2"].y.words[19] == "teargas"
    assert " ".join(english["weat6"].x.words) == "John Paul Mike Kevin Steve Greg Jeff Bill"
    assert " ".join(english["weat6"].y.words) == "Amy Joan Lisa Sarah Diana Kate Ann Donna"
    assert " ".join(english["weat7"].y.words) == "poetry art dance literature novel symphony drama sculpture"
    assert " ".join(english["weat7"].b.words) == "female woman girl sister she her hers daughter"
    assert " ".join(english["weat8"].x.words) == (
        "science technology physics chemistry Einstein NASA experiment astronomy"
    )
    assert " ".join(english["weat8"].y.words) == "poetry art Shakespeare dance literature novel symphony drama"


def test_published_figures_and_how_sure_they_are() -> None:
    figures = {spec.id: spec.published for spec in published("en")}
    assert {name: (figure.d, figure.p) for name, figure in figures.items() if figure} == {
        "weat1": (1.50, 1e-7),
        "weat2": (1.53, 1e-7),
        "weat6": (1.81, 1e-3),
        "weat7": (1.06, 0.018),
        "weat8": (1.24, 1e-2),
    }
    assert {(figure.d_mark, figure.p_mark) for figure in figures.values() if figure} == {("found-2nd", "memory")}


def test_french_words_are_ours_and_have_no_published_figure() -> None:
    assert {(spec.ours, spec.published) for spec in published("fr")} == {(True, None)}
    assert {spec.ours for spec in published("en")} == {False}
    assert all("kit" in spec.source.fr and "kit" in spec.source.en for spec in published("fr"))
    assert all("aal4230" in spec.source.fr and "aal4230" in spec.source.en for spec in published("en"))


@pytest.mark.parametrize("spec", published("fr"), ids=lambda spec: spec.id)
def test_french_words_are_found_in_vocabularies(spec: Spec) -> None:
    """One token, in small letters unless it names someone, and no two that a vocabulary would confuse."""
    assert all(word.isalpha() for word in spec.words), spec.words
    names = {"Einstein", "Molière", *(spec.x.words + spec.y.words if spec.id == "weat6" else ())}
    assert {word for word in spec.words if word != word.lower()} == names & set(spec.words)
    assert len({fold(word) for word in spec.words}) == len(spec.words)


def test_french_terms_go_by_pairs() -> None:
    french = by_id("fr")
    pairs = set(zip(french["weat7"].a.words, french["weat7"].b.words, strict=True))
    assert ("garçon", "fille") in pairs
    assert ("frère", "sœur") in pairs
    assert ("fils", "fille") in set(zip(french["weat8"].a.words, french["weat8"].b.words, strict=True))
    # « il » and « elle » stand for any noun.
    assert not {"il", "elle", "lui", "ils", "elles"} & set(french["weat7"].words + french["weat8"].words)


def test_another_language_is_none_of_ours() -> None:
    with pytest.raises(ValueError, match="'de'"):
        published("de")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("en: Flowers}", "en: Flowers, de: Blumen}", "labels.flowers.de"),
        ("x: maths", "x: arithmetic", "the list “arithmetic” has no label, or no words in one of the languages"),
        ("y: insects", "y: flowers", "words that are both in “flowers” and in “flowers”: "),
        ("[John, Paul,", "[John, John,", "words that are there twice: John. Keep each once"),
        ("d_mark: found-2nd", "d_mark: sure", "one of: found, found-2nd, memory"),
        ("p: 0.018", "p: 18", "1 or less"),
    ],
)
def test_a_fault_in_the_file_of_the_kit(old: str, new: str, said: str) -> None:
    text = weat_spec.FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadContent) as caught:
        parse_yaml(text.replace(old, new, 1).encode(), WeatFile, "weat.yaml")
    assert said in str(caught.value)


# -- files of people ---------------------------------------------------------------------------------------------------


def sets(**changed: Any) -> dict[str, Any]:
    whole = {
        "targ1": {"category": "Flowers", "examples": ["rose", "tulip"]},
        "targ2": {"category": "Insects", "examples": ["ant", "wasp", "fly"]},
        "attr1": {"category": "Pleasant", "examples": ["love", "peace"]},
        "attr2": {"category": "Unpleasant", "examples": ["death", "filth"]},
    }
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


def written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def faults(raw: bytes) -> list[str]:
    with pytest.raises(Faults) as caught:
        parse(raw, "mine.json")
    assert isinstance(caught.value, BadInput)
    head, *lines = str(caught.value).splitlines()
    assert head == "mine.json has faults to mend:"
    return [line.removeprefix("- ") for line in lines]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_as_sent_bias_writes_it(mark: bytes) -> None:
    spec = parse(mark + json.dumps(sets(), indent=2).encode(), "mine.json")
    assert (spec.x.label.fr, spec.x.label.en, spec.x.words) == ("Flowers", "Flowers", ("rose", "tulip"))
    assert (spec.b.label.en, spec.b.words) == ("Unpleasant", ("death", "filth"))
    assert (spec.id, spec.lang, spec.name.fr, spec.ours, spec.published) == ("", "", "mine.json", False, None)
    assert spec.words == ("rose", "tulip", "ant", "wasp", "fly", "love", "peace", "death", "filth")


def test_the_words_of_the_kit_can_be_written_and_read_again(tmp_path: Path) -> None:
    for lang in ("fr", "en"):
        for spec in published(lang):
            path = tmp_path / "again.json"
            keys = dict(zip(spec.sets, ("targ1", "targ2", "attr1", "attr2"), strict=True))
            path.write_bytes(
                written(
                    {
                        keys[name]: {"category": each.label.fr, "examples": each.words}
                        for name, each in spec.sets.items()
                    }
                )
            )
            again = weat_spec.read(path)
            assert [each.words for each in again.sets.values()] == [each.words for each in spec.sets.values()]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"attr2": None}, ["attr2: this field is missing; add it"]),
        ({"attr3": {}}, ["attr3: this field is not known here; remove it, or correct its name"]),
        ({"targ1": ["rose"]}, ["targ1: this takes a block of named fields; received: a list"]),
        ({"targ1": {"category": "F"}}, ["targ1.examples: this field is missing; add it"]),
        (
            {"targ1": {"category": "", "examples": ["a", "b"]}},
            ["targ1.category: this text is empty; write it"],
        ),
        (
            {"targ1": {"category": "F", "examples": ["a"]}},
            ["targ1.examples: the number of entries is 1; it must be 2 or more"],
        ),
        (
            {"targ1": {"category": "F", "examples": [f"w{i}" for i in range(201)]}},
            ["targ1.examples: the number of entries is 201; it must be 200 or less"],
        ),
        (
            {"targ1": {"category": "F", "examples": ["a", "b", "a", "b", "c"]}},
            ["targ1: words that are there twice: a, b. Keep each once"],
        ),
        ({"targ1": {"category": "F", "examples": ["a", " "]}}, ["targ1.examples.1: this text is empty; write it"]),
        (
            {"targ1": {"category": "F", "examples": ["a", 7]}},
            ["targ1.examples.1: this takes a text; write it in quotes: a value of another kind"],
        ),
        (
            {"targ1": {"category": "F", "examples": ["a", "b\u0007c"]}},
            ["targ1.examples.1: this holds a character that cannot be seen; write the word again"],
        ),
        (
            {"targ1": {"category": "F", "examples": ["a", "w" * 101]}},
            ["targ1.examples.1: the number of characters is 101; it must be 100 or less"],
        ),
        (
            {"targ1": {"category": "F", "examples": ["ant", "rose", "fly"]}},
            ["words that are both in “targ1” and in “targ2”: ant, fly. Keep each in one of the two"],
        ),
        (
            {"attr2": {"category": "F", "examples": ["peace", "b"]}},
            ["words that are both in “attr1” and in “attr2”: peace. Keep each in one of the two"],
        ),
        # Every fault at once.
        (
            {"targ2": None, "attr1": {"category": "F", "examples": []}},
            [
                "targ2: this field is missing; add it",
                "attr1.examples: the number of entries is 0; it must be 2 or more",
            ],
        ),
    ],
)
def test_one_sentence_for_each_fault(changed: dict[str, Any], said: list[str]) -> None:
    assert faults(written(sets(**changed))) == said


def test_a_word_may_stand_in_a_target_and_an_attribute() -> None:
    """Test 1 of the paper could have « rose » among what is pleasant: nothing is counted twice."""
    spec = parse(written(sets(attr1={"category": "Pleasant", "examples": ["rose", "love"]})), "mine.json")
    assert spec.words.count("rose") == 1


def test_a_field_written_twice() -> None:
    text = json.dumps(sets()).replace('"examples": ["rose"', '"examples": ["lily", "iris"], "examples": ["rose"', 1)
    assert faults(text.encode()) == ["the field “examples” is written twice"]


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b'{"targ1": {\n"category": "a" "b"}}', 2),
        (b"", 1),
        (b"targ1: {}", 1),
        (b'{"targ1": \n\n{},}', 3),
        (b"{} {}", 1),
    ],
)
def test_what_is_no_json(raw: bytes, line: int) -> None:
    [said] = faults(raw)
    assert said.startswith(f"line {line}: not a JSON file, or a damaged one")


def test_json_that_would_exhaust_the_reader() -> None:
    [said] = faults(b"[" * 100_000)
    assert said.startswith("not a JSON file")
    [said] = faults(b"9" * 10_000)
    assert said.startswith("not a JSON file")


@pytest.mark.parametrize("raw", [b"[]", b"3", b"null", b'"text"', b"NaN"])
def test_json_that_is_no_block(raw: bytes) -> None:
    [said] = faults(raw)
    assert "this takes a block of named fields" in said


@pytest.mark.parametrize("place", ["rose", "Flowers", "targ1"])
def test_half_a_character(place: str) -> None:
    """JSON can write one half of a pair of code units, which no file can hold."""
    raw = written(sets()).replace(f'"{place}'.encode(), f'"\\ud800{place}'.encode())
    assert faults(raw) == ["the character #xd800 is not accepted"]
    # Both halves are one character.
    assert parse(written(sets()).replace(b'"rose"', b'"\\ud83c\\udf39"'), "mine.json").x.words[0] == "🌹"


def test_other_encodings_and_sizes(tmp_path: Path) -> None:
    assert "not UTF-8 text" in faults(json.dumps(sets(), ensure_ascii=False).encode("utf-16"))[0]
    path = tmp_path / "large.json"
    path.write_bytes(b" " * (MAX_BYTES + 10))
    with pytest.raises(BadInput, match=f"{MAX_BYTES + 10} bytes; at most {MAX_BYTES} are accepted"):
        weat_spec.read(path)
    with pytest.raises(BadInput, match="there is no such file"):
        weat_spec.read(tmp_path / "absent.json")


# -- words that vectors lack -------------------------------------------------------------------------------------------


def known(*words: str) -> dict[str, np.ndarray]:
    return {word: np.array([float(i + 1), 1.0]) for i, word in enumerate(words)}


def test_everything_is_kept_when_everything_is_known() -> None:
    spec = published("en")[2]
    found = kept(spec, known(*spec.words))
    assert found.whole
    assert [tuple(part) for part in (found.x, found.y, found.a, found.b)] == [each.words for each in spec.sets.values()]


def test_what_is_missing_and_what_is_dropped_is_said() -> None:
    spec = parse(
        written(
            sets(
                targ1={"category": "X", "examples": ["x1", "x2", "x3", "x4", "x5"]},
                targ2={"category": "Y", "examples": ["y1", "y2", "y3", "y4", "y5"]},
            )
        ),
        "mine.json",
    )
    found = kept(spec, known("x1", "x2", "x4", "x5", "y2", "y5", "love", "death", "filth"))
    assert found.missing == {"x": ("x3",), "y": ("y1", "y3", "y4"), "a": ("peace",)}
    assert found.dropped == {"x": ("x4", "x5")}
    assert (tuple(found.x), tuple(found.y), tuple(found.a), tuple(found.b)) == (
        ("x1", "x2"),
        ("y2", "y5"),
        ("love",),
        ("death", "filth"),
    )
    assert not found.whole
    other = kept(spec, known("x1", "y2", "y5", "love", "peace", "death", "filth"))
    assert other.dropped == {"y": ("y5",)}


def test_targets_of_different_sizes_are_cut_and_said() -> None:
    spec = parse(written(sets()), "mine.json")
    found = kept(spec, known(*spec.words))
    assert (found.missing, found.dropped) == ({}, {"y": ("fly",)})
    assert not found.whole


def test_too_few_words_are_left_to_the_test_to_refuse() -> None:
    found = kept(parse(written(sets()), "mine.json"), {})
    with pytest.raises(BadInput, match="The set X has too few words: 0"):
        weat(found.x, found.y, found.a, found.b)


@given(unknown=st.sets(st.sampled_from(published("fr")[1].words)))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_gets_lost_silently(unknown: set[str]) -> None:
    spec = published("fr")[1]
    found = kept(spec, known(*(word for word in spec.words if word not in unknown)))
    assert len(found.x) == len(found.y)
    assert len(found.dropped) <= 1
    for name, each in spec.sets.items():
        left = tuple(getattr(found, name))
        said = (*left, *found.missing.get(name, ()), *found.dropped.get(name, ()))
        assert sorted(said) == sorted(each.words)
        assert [word for word in each.words if word in left] == list(left)
        assert not set(left) & unknown


def test_from_a_file_of_vectors_to_the_outcome(tmp_path: Path) -> None:
    """Vectors made so that flowers are pleasant: the whole way, in a vocabulary of small letters."""
    spec = by_id("fr")["weat1"]
    rng = np.random.default_rng(2)
    side = {"x": 1.0, "a": 1.0, "y": -1.0, "b": -1.0}
    path = tmp_path / "made.vec"
    lines = [
        f"{word} " + " ".join(f"{value:.4f}" for value in (side[name], *rng.normal(size=20)))
        for name, each in spec.sets.items()
        for word in each.words
        if word not in ("rose", "prison")
    ]
    path.write_text("\n".join([f"{len(lines)} 21", *lines]), encoding="utf-8")
    found = kept(spec, read(path, spec.words))
    assert found.missing == {"x": ("rose",), "b": ("prison",)}
    assert found.dropped == {"y": ("sauterelle",)}
    outcome = weat(found.x, found.y, found.a, found.b, name=spec.id, samples=2000)
    assert outcome.sizes == {"x": 24, "y": 24, "a": 25, "b": 24}
    assert outcome.d > 1
    assert outcome.p < 0.01


def test_specs_cross_between_processes() -> None:
    for spec in (*published("fr"), parse(written(sets()), "mine.json")):
        assert plain.decode(plain.encode(spec)) == spec
    found = kept(published("en")[0], known("rose"))
    assert plain.decode(plain.encode(found)).missing == found.missing
