"""Models that are found and loaded; folders that are no model, each with its sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.errors import BadInput, KitError, NotFound
from kit.language import loading
from kit.language.scoring import Causal, Masked
from tests.language_models import CAUSAL, MASKED, tiny


@pytest.mark.parametrize("family", [*CAUSAL, *MASKED])
def test_each_family(family: str, tmp_path: Path) -> None:
    model = loading.load(str(tiny(family, tmp_path)))
    assert isinstance(model, Causal if family in CAUSAL else Masked)
    assert not model.network.training


def test_a_name_that_nothing_has() -> None:
    with pytest.raises(NotFound, match="petit-journal, petit-journal-balanced, petit-journal-reversed"):
        loading.load("camembert-large")


def edited(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_folders_that_are_no_model(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match=r"no config\.json"):
        loading.load(str(tmp_path / "empty"))

    folder = tiny("bert", tmp_path / "bert")
    edited(folder, auto_map={"AutoModel": "modeling.Evil"})
    with pytest.raises(BadInput, match="brings its own code"):
        loading.load(str(folder))
    edited(folder, auto_map=None, architectures=["BertForSequenceClassification"])
    with pytest.raises(BadInput, match="BertForSequenceClassification"):
        loading.load(str(folder))
    edited(folder, architectures=["BertForMaskedLM"])

    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(KitError, match="cannot be loaded"):
        loading.load(str(folder))
    weights.rename(folder / "pytorch_model.bin")
    with pytest.raises(BadInput, match="only as a pickle"):
        loading.load(str(folder))
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(BadInput, match=r"no \.safetensors"):
        loading.load(str(folder))
    weights.write_bytes(whole)
    for bad in ("{", "[]", "\0", "[" * 100_000):
        (folder / "config.json").write_text(bad)
        with pytest.raises(BadInput, match="cannot be read"):
            loading.load(str(folder))


def test_a_tokenizer_that_is_missing_or_of_another_model(tmp_path: Path) -> None:
    folder = tiny("llama", tmp_path / "llama")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(BadInput, match="cannot be loaded"):
        loading.load(str(folder))
    other = tiny("bert", tmp_path / "bert")
    file = other / "tokenizer_config.json"
    file.write_text(
        json.dumps({name: value for name, value in json.loads(file.read_text()).items() if name != "mask_token"})
    )
    with pytest.raises(BadInput, match="has no mask"):
        loading.load(str(other))
