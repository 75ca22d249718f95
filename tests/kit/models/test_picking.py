"""Which files are taken, and what is refused before one byte of weights has come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.errors import BadInput
from kit.models import catalogue
from kit.models.catalogue import Entry
from kit.models.picking import Picked, RemoteFile, pick
from kit.settings import Settings

INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "unet": ["diffusers", "UNet2DConditionModel"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "image_encoder": [None, None],
}
SMALL = ["model_index.json", "LICENSE.md", "README.md", "unet/config.json", "text_encoder/config.json"]
SMALL += ["scheduler/scheduler_config.json", "tokenizer/vocab.json", "tokenizer/merges.txt"]
WHOLE = ["unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"]
HALF = ["unet/diffusion_pytorch_model.fp16.safetensors", "text_encoder/model.fp16.safetensors"]


@pytest.fixture
def entry(now: Settings) -> Entry:
    return catalogue.load(now).find("tiny")


def picked(entry: Entry, paths: list[str], index: object = INDEX, size: int = 10) -> Picked:
    listed = [RemoteFile(path=path, size=size, sha256="0" * 64) for path in paths]
    return pick(listed, json.dumps(index).encode(), entry)


def test_weights_are_taken_once(entry: Entry) -> None:
    rest = [
        "v1-5-pruned.safetensors",  # the whole pipeline again, in one file
        "unet/diffusion_pytorch_model.bin",
        "text_encoder/pytorch_model.fp16.bin",
        "unet/diffusion_pytorch_model.non_ema.safetensors",
        "unet/model.onnx",
        "text_encoder/flax_model.msgpack",
        "pipeline.py",
        "unet/run.py",
        ".gitattributes",
        "sample.png",
        "tokenizer/spiece.model",
    ]
    full = picked(entry, SMALL + WHOLE + rest)
    assert {file.path for file in full.files} == {*SMALL, *WHOLE}
    assert full.variant is None
    assert not full.safety_checker
    half = picked(entry, SMALL + WHOLE + HALF + rest)
    assert {file.path for file in half.files} == {*SMALL, *HALF}
    assert half.variant == "fp16"
    assert half.bytes == 10 * len(half.files)


def test_half_precision_only_where_every_component_has_it(entry: Entry) -> None:
    assert picked(entry, SMALL + WHOLE + HALF[:1]).variant is None
    with pytest.raises(BadInput, match=r"text_encoder/\*.safetensors is missing"):
        picked(entry, [*SMALL, HALF[1], WHOLE[0]])


def test_weights_in_several_parts(entry: Entry) -> None:
    parts = [f"unet/diffusion_pytorch_model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    parts.append("unet/diffusion_pytorch_model.safetensors.index.json")
    assert {file.path for file in picked(entry, [*SMALL, *parts, WHOLE[1]]).files} == {*SMALL, *parts, WHOLE[1]}
    for missing in parts:
        with pytest.raises(BadInput, match=r"unet/\*.safetensors is missing"):
            picked(entry, [*SMALL, *(part for part in parts if part != missing), WHOLE[1]])


def test_a_sentencepiece_file_only_where_the_catalogue_says_so(entry: Entry) -> None:
    allowed = entry.model_copy(update={"sentencepiece": True})
    assert "tokenizer/spiece.model" in {
        f.path for f in picked(allowed, [*SMALL, *WHOLE, "tokenizer/spiece.model"]).files
    }


@pytest.mark.parametrize("pickle", ["text_encoder/pytorch_model.bin", "text_encoder/model.ckpt", "text_encoder/a.pt"])
def test_weights_that_only_exist_as_a_pickle(entry: Entry, pickle: str) -> None:
    with pytest.raises(BadInput, match="“tiny” has its weights “text_encoder” only as a pickle"):
        picked(entry, [*SMALL, WHOLE[0], pickle])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"_class_name": ["lcm_pipeline", "Pipeline"]}, "bring their own code"),
        ({"unet": ["my_unet", "Net"]}, "bring their own code"),
        ({"unet": ["diffusers", None]}, "bring their own code"),
        ({"_class_name": 3}, "no pipeline that diffusers knows"),
        ({"vae": ["diffusers", "AutoencoderKL"]}, r"vae/\*.safetensors is missing"),
        ({"feature_extractor": ["transformers", "CLIPImageProcessor"]}, "feature_extractor/ is missing"),
    ],
)
def test_what_an_index_may_not_say(entry: Entry, change: dict, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        picked(entry, SMALL + WHOLE, {**INDEX, **change})


@pytest.mark.parametrize("index", [b"", b"\x80\x04", b"[]", b"[" * 100_000])
def test_an_index_that_is_none(entry: Entry, index: bytes) -> None:
    with pytest.raises(BadInput, match="“tiny”"):
        pick([], index, entry)


@pytest.mark.parametrize(
    "path",
    ["tokenizer/..", "tokenizer/C:x.json", "tokenizer/a\\..\\..\\b.json", "tokenizer/\n.json", "tokenizer/x*.json"],
)
def test_a_name_that_leads_elsewhere(entry: Entry, path: str) -> None:
    listed = [*SMALL, *WHOLE, path]
    if path.endswith(".."):
        assert path not in {file.path for file in picked(entry, listed).files}
        return
    with pytest.raises(BadInput, match="which is refused"):
        picked(entry, listed)


def test_sizes_and_hashes_are_needed(entry: Entry) -> None:
    with pytest.raises(BadInput, match="at most 33554432"):
        picked(entry, SMALL + WHOLE, size=33554433)
    with pytest.raises(BadInput, match="gives no hash"):
        pick([RemoteFile(path=path, size=1) for path in SMALL + WHOLE], json.dumps(INDEX).encode(), entry)
    with pytest.raises(BadInput, match="at most 400"):
        picked(entry, SMALL + WHOLE + [f"tokenizer/{n}.json" for n in range(400)])


def test_paths_are_below_the_folder(tmp_path: Path) -> None:
    from kit.models.store import is_safe

    assert is_safe("unet/config.json")
    refused = ["", "/etc/passwd", "a/../b", "..", "a//b", "a/", "./a", "C:/x", "a\\b", "a\0b", "nul.", "x" * 241]
    assert [path for path in refused if is_safe(path)] == []
