"""The shipped deck: whole, lawful, bilingual, and coherent with the way its images were made."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from kit.decks import store
from kit.decks.model import PICTURE_SIZE, Truth
from kit.images.label import read_label

DECK = store.default()
VERSIONS = [(item, version) for item in DECK.deck.items for version in item.versions]


def test_check_has_nothing_to_say() -> None:
    report = store.check(DECK.folder)
    assert report.ok
    assert report.text() == ""


def test_there_is_enough_for_two_full_forms() -> None:
    both = [item for item in DECK.playable if {Truth.REAL, Truth.GENERATED} <= {v.truth for v in item.versions}]
    assert len(DECK.playable) >= 16
    assert len(both) >= 14
    assert sum(version.truth is Truth.ALTERED for _, version in VERSIONS) >= 4
    assert sum(version.truth is Truth.MISCAPTIONED for _, version in VERSIONS) >= 3


def test_portraits_stay_real() -> None:
    portraits = [item for item in DECK.deck.items if item.portrait]
    assert {item.id for item in portraits} == {"astronaut", "cameraman"}
    assert {version.truth for item in portraits for version in item.versions} == {Truth.REAL}


def test_no_two_items_share_a_part_of_a_photograph() -> None:
    for one, other in itertools.combinations(DECK.deck.items, 2):
        assert (one.source.package, one.source.file) != (other.source.package, other.source.file)


def test_every_machine_version_has_clues_and_its_label() -> None:
    for item, version in VERSIONS:
        name = version.file or (version.overlay.file if version.overlay else None)
        assert version.truth.machine == bool(name) == bool(version.clues), item.id
        if name:
            label = read_label((DECK.folder / name).read_bytes())
            assert label is not None
            assert label.source_type == (
                "trainedAlgorithmicMedia" if version.file else "compositeWithTrainedAlgorithmicMedia"
            )


def test_clues_of_an_alteration_point_at_it() -> None:
    """One may point at a consequence elsewhere: the handle of a spoon that was erased."""
    width, height = PICTURE_SIZE
    for item, version in VERSIONS:
        if version.overlay:
            rows, columns = DECK.version_pixels(version.overlay.file).shape[:2]
            inside = [
                version.overlay.x - 5 <= clue.x * width <= version.overlay.x + columns + 5
                and version.overlay.y - 5 <= clue.y * height <= version.overlay.y + rows + 5
                for clue in version.clues
            ]
            assert any(inside), item.id
            assert inside.count(False) <= 1, item.id


def test_the_deck_says_what_the_recipes_did() -> None:
    made = {line["file"]: line for line in json.loads((DECK.folder / "recipes.json").read_text("utf-8"))}
    used = {}
    for item, version in VERSIONS:
        if version.file or version.overlay:
            name = version.file or version.overlay.file
            used[name] = made[name]
            source = item.source.model_dump(mode="json")
            assert {**source, "crop": source["crop"]} == made[name]["source"], name
            assert (item.id, version.truth) == (made[name]["item"], made[name]["truth"])
            if version.overlay:
                assert (version.overlay.x, version.overlay.y) == (made[name]["x"], made[name]["y"])
    assert used.keys() == made.keys()


def french(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from french(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from french(inner, f"{path}/{number}")
    elif isinstance(value, str) and path.endswith("/fr"):
        yield path, value


def test_french_is_typeset_as_french() -> None:
    texts = list(french(DECK.deck.model_dump(mode="json")))
    assert len(texts) > 150
    for path, text in texts:
        assert not re.search(r"[^\u202f][;!?]|[^\u00a0]:|« |[^\u00a0]»|'|\.\.\.", text), (path, text)


def test_nothing_is_told_of_this_machine() -> None:
    for path in DECK.folder.iterdir():
        assert str(Path.home()).encode() not in path.read_bytes()
