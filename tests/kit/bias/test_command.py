"""``contrechamp bias weat``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kit.bias import weat_spec
from kit.bias.command import IDS
from kit.bias.weat import weat
from kit.cli import invoke
from kit.language import scoring
from kit.language.loading import load
from tests.language_models import tiny

SPEC = {
    "targ1": {"category": "Femmes", "examples": ["elle", "personnes"]},
    "targ2": {"category": "Hommes", "examples": ["il", "voisin", "garage"]},
    "attr1": {"category": "Arts", "examples": ["musique", "école"]},
    "attr2": {"category": "Calcul", "examples": ["mathématiques", "tablette"]},
}


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(SPEC), encoding="utf-8")
    return file


def test_the_lists_of_the_kit_are_named() -> None:
    assert IDS.split(", ") == [f"{each.id}-{lang}" for lang in ("en", "fr") for each in weat_spec.published(lang)]


def test_with_a_model(spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tiny("camembert", tmp_path / "model"))
    assert invoke(["bias", "weat", str(spec), "--model", folder, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    given = weat_spec.read(spec)
    kept = weat_spec.kept(given, scoring.vectors(load(folder), given.words))
    expected = weat(kept.x, kept.y, kept.a, kept.b)
    assert (report["d"], report["p"]) == pytest.approx((expected.d, expected.p))
    assert report["dropped"] == {"y": ["garage"]}
    assert invoke(["bias", "weat", str(spec), "--model", folder]) == 0
    assert "garage" in capsys.readouterr().out


def test_the_vector_of_a_word_is_the_mean_of_its_pieces(tmp_path: Path) -> None:
    model = load(str(tiny("camembert", tmp_path)))
    table = model.network.get_input_embeddings().weight.detach().numpy()
    ids = model.words(" mathématicienne", add_special_tokens=False)["input_ids"]
    assert len(ids) > 1
    assert scoring.vectors(model, ["mathématicienne"])["mathématicienne"] == pytest.approx(table[ids].mean(0), abs=1e-6)


def test_with_vectors_of_a_file(spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for each in SPEC.values() for word in each["examples"] if word != "garage"]
    rng, file = np.random.default_rng(4), tmp_path / "v.txt"
    file.write_text("".join(f"{word} {' '.join(f'{x:.4f}' for x in rng.normal(size=5))}\n" for word in words))
    assert invoke(["bias", "weat", str(spec), "--vectors", str(file), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["missing"] == {"y": ["garage"]}
    assert report["method"] == "exact"
    assert report["sizes"] == {"x": 2, "y": 2, "a": 2, "b": 2}


@pytest.mark.parametrize(
    "arguments",
    [["weat6-fr"], ["weat6-fr", "--model", "petit-journal", "--vectors", "v.txt"], ["none.json", "--vectors", "v.txt"]],
)
def test_one_sentence_for_what_is_wrong(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["bias", "weat", *arguments]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert 1 <= len(said) <= 2  # a file is named on a line of its own
    assert "Traceback" not in said[0]
