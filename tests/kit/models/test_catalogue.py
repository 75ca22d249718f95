"""The catalogue: what is refused, with which line, and what the kit's own says."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import settings
from kit.errors import BadContent, BadInput, NotFound
from kit.levels import Level
from kit.models import catalogue
from kit.models.catalogue import CATALOGUE, FILE, Task
from tests.hub import add_entry


def test_the_kits_own_catalogue() -> None:
    models = catalogue.load().models
    assert [entry.name for entry in models][:2] == ["sd-turbo", "tiny-sd"]
    for entry in models:
        assert entry.level.at_least(Level.QUATRIEME_TROISIEME), entry.name
        assert "à vérifier" not in entry.shows.fr
        # Whoever looks a pin up on the hub reads the licence and the size there too: the three go together.
        second_hand = entry.revision is None or "revision" in entry.to_check
        assert second_hand or not {"licence", "size_mb"} & set(entry.to_check), entry.name
        if entry.task is Task.TEXT_TO_IMAGE:
            assert not entry.image_defaults.negative_prompt or entry.image_defaults.guidance > 1
            continue
        assert (entry.defaults, entry.safety_checker) == (None, None)
        with pytest.raises(BadInput, match=f"“{entry.name}” makes no images"):
            _ = entry.image_defaults
        leaves_every_use_open = entry.licence.url in (
            "https://opensource.org/license/mit",
            "https://www.apache.org/licenses/LICENSE-2.0",
        )
        assert leaves_every_use_open is (entry.licence.restricts is None)
        # Both are computed: the weights in single precision, and what the program takes besides.
        assert {"size_mb", "memory_gb"} <= set(entry.to_check)
        assert entry.memory_gb * 1000 > entry.size_mb
    assert {entry.task for entry in models} == set(Task)


def test_french_words_have_french_typography() -> None:
    for entry in catalogue.load().models:
        for words in (entry.machine, entry.shows, *filter(None, [entry.licence.restricts])):
            assert "'" not in words.fr
            assert not any(f" {mark}" in words.fr for mark in ":;!?%")


def test_the_data_folder_adds_models(home: Path) -> None:
    add_entry(home)
    found = catalogue.load(settings.load())
    assert found.models[-1].name == "tiny"
    assert found.find("tiny").image_defaults.steps == 3
    with pytest.raises(NotFound, match=r"“huge” is not a model of the catalogue. It has: sd-turbo.*tiny"):
        found.find("huge")


def test_the_data_folder_cannot_replace_one(home: Path) -> None:
    add_entry(home, name="sd-turbo")
    with pytest.raises(BadContent, match="“sd-turbo” is there twice"):
        catalogue.load(settings.load())


def lines_at_fault(text: str, folder: Path) -> list[str]:
    (folder / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(BadContent) as caught:
        catalogue.read(folder / FILE)
    return str(caught.value).splitlines()[1:]


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ('name = "sd-turbo"', 'name = "SD Turbo"', "model.0.name", "this takes"),
        ("size_mb = 2600", 'size_mb = "big"', "model.0.size_mb", "whole number"),
        ("size_mb = 2600", "size_mb = 2600\ncolour = 3", "model.0.colour", "not known here"),
        ('hub_id = "stabilityai/sd-turbo"', 'hub_id = "../../etc"', "model.0.hub_id", "this takes"),
        ('revision = "b261bac6', 'revision = "B261BAC6', "model.0.revision", "this takes"),
        ('level = "4e-3e"', 'level = "all"', "model.0.level", "one of"),
        ("steps = 2", "steps = 500", "model.0.defaults.steps", "50 or less"),
        (
            'to_check = ["revision", "size_mb"',
            'to_check = ["revision", "size"',
            "model.0",
            "“size”, which is not a field",
        ),
        ('url = "https://stability.ai/license"', 'url = "javascript:0"', "model.0.licence.url", "this takes"),
    ],
)
def test_every_fault_has_its_line(old: str, new: str, field: str, said: str, tmp_path: Path) -> None:
    text = CATALOGUE.read_text(encoding="utf-8").replace(old, new, 1)
    [fault] = lines_at_fault(text, tmp_path)
    assert said in fault
    where = line_of(text, new.splitlines()[-1][:12]) if field != "model.0" else line_of(text, "[[model]]")
    assert fault.startswith(f"- line {where}: {field}")


def test_all_faults_come_together(tmp_path: Path) -> None:
    text = (
        CATALOGUE.read_text(encoding="utf-8").replace("steps = 2\n", "").replace('task = "text-to-image"', "task = 3")
    )
    assert len(lines_at_fault(text, tmp_path)) == text.count("task = 3") + 2


def test_what_only_models_of_text_to_image_have(tmp_path: Path) -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    first = text[: text.index("[[model]]", text.index("[[model]]") + 1)]
    table = first.index("[model.defaults]")
    assert lines_at_fault(first[:table].replace('safety_checker = "absent"\n', ""), tmp_path) == [
        f"- line {line_of(first, '[[model]]')}: model.0.{field}: this field is missing; add it"
        for field in ("defaults", "safety_checker")
    ]
    refused = "only a model of text-to-image has this field; remove it"
    assert lines_at_fault(first.replace('"text-to-image"', '"fill-mask"'), tmp_path) == [
        f"- line {line_of(first, 'safety_checker')}: model.0.safety_checker: {refused}",
        f"- line {line_of(first, '[model.defaults]')}: model.0.defaults: {refused}",
    ]


def test_duplicates(tmp_path: Path) -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    [fault] = lines_at_fault(text.replace('name = "tiny-sd"', 'name = "sd-turbo"'), tmp_path)
    assert "“sd-turbo” is there twice" in fault
    [fault] = lines_at_fault(text.replace("size_mb = 2600", "size_mb = 2600\nsize_mb = 2601"), tmp_path)
    assert fault.startswith(f"- line {line_of(text, 'size_mb') + 1}: this is not TOML")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"# caf\xe9")
    with pytest.raises(BadContent, match="line 1: not UTF-8"):
        catalogue.read(tmp_path / FILE)
    with pytest.raises(BadContent, match="no such file"):
        catalogue.read(tmp_path / "nothing.toml")
