"""Language models of the hub: which files are taken, what is refused, and that what is installed is found and asked."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from kit import cli, settings
from kit.errors import BadInput, KitError, NotFound, SetupError
from kit.language import loading
from kit.language.scoring import Causal, Masked
from kit.models import catalogue, store, text_to_image
from kit.models.catalogue import Task
from kit.models.picking import Picked, RemoteFile, pick
from kit.settings import Settings
from tests.hub import REVISION, add_language_entry
from tests.kit.models.conftest import install, leftovers
from tests.language_models import CAUSAL, MASKED, SENTENCES, tiny

WEIGHTS = "model.safetensors"
SMALL = ["LICENSE", "README.md", "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]
SMALL += ["special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt"]
GPT2 = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2"}


@pytest.fixture(scope="session")
def families(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes the repository of a tiny model of that family, once."""
    folder = tmp_path_factory.mktemp("families")

    @cache
    def make(family: str) -> Path:
        made = tiny(family, folder / family)
        (made / "LICENSE").write_text("CC0\n")
        (made / "run.py").write_text("raise SystemExit\n")
        return made

    return make


def of(family: str) -> str:
    return "fill-mask" if family in MASKED else "text-generation"


@pytest.fixture
def known(home: Path) -> Callable[..., Settings]:
    """Adds a language model to the catalogue; gives the settings."""

    def add(task: str = "text-generation", **more: bool) -> Settings:
        add_language_entry(home, task=task, **more)
        return settings.load()

    return add


# -- which files are taken ---------------------------------------------------------------------------------------------


def picked(now: Settings, paths: list[str], config: object = GPT2) -> Picked:
    listed = [RemoteFile(path=path, size=10, sha256="0" * 64) for path in paths]
    return pick(listed, json.dumps(config).encode(), catalogue.load(now).find("words"))


def names(found: Picked) -> set[str]:
    return {file.path for file in found.files}


def test_the_root_is_taken_and_nothing_else(known: Callable[..., Settings]) -> None:
    rest = [
        "pytorch_model.bin",
        "tf_model.h5",
        "flax_model.msgpack",
        "model.onnx",
        "onnx/model.onnx",
        "modeling_own.py",
    ]
    rest += [
        "spiece.model",
        "model.fp16.safetensors",
        "adapter_model.safetensors",
        "diffusion_pytorch_model.safetensors",
    ]
    rest += ["training_args.bin", "eval/config.json", "eval/model.safetensors", "eval_results.json", ".gitattributes"]
    rest += ["model.safetensors.index.json"]  # of weights in parts that are no longer there
    found = picked(known(), [*SMALL, WEIGHTS, *rest])
    assert names(found) == {*SMALL, WEIGHTS}
    assert (found.variant, found.safety_checker) == (None, False)


@pytest.mark.parametrize("count", [1, 3])
def test_weights_in_parts(count: int, known: Callable[..., Settings]) -> None:
    now = known()
    parts = [f"model-0000{n + 1}-of-0000{count}.safetensors" for n in range(count)]
    parts.append("model.safetensors.index.json")
    assert names(picked(now, [*SMALL, *parts])) == {*SMALL, *parts}
    for missing in parts:
        with pytest.raises(BadInput, match=r"“words” cannot be installed: \*\.safetensors is missing"):
            picked(now, [*SMALL, *(part for part in parts if part != missing)])


def test_a_vocabulary_is_needed(known: Callable[..., Settings], home: Path) -> None:
    now = known()
    bare = ["config.json", "tokenizer_config.json", WEIGHTS]
    with pytest.raises(BadInput, match=r"tokenizer\.json is missing"):
        picked(now, [*bare, "spiece.model"])
    for vocabulary in ("tokenizer.json", "vocab.json", "vocab.txt"):
        assert vocabulary in names(picked(now, [*bare, vocabulary]))
    (home / "models.toml").unlink()
    now = known(sentencepiece=True)
    assert names(picked(now, [*bare, "spiece.model"])) == {*bare, "spiece.model"}


@pytest.mark.parametrize("pickle", ["pytorch_model.bin", "model.ckpt", "consolidated.pth", "model-00001-of-00002.bin"])
def test_weights_that_only_exist_as_a_pickle(pickle: str, known: Callable[..., Settings]) -> None:
    now = known()
    with pytest.raises(BadInput, match=r"“words” has its weights only as a pickle.* Choose a revision"):
        picked(now, [*SMALL, pickle])
    with pytest.raises(BadInput, match=r"\*\.safetensors is missing"):
        picked(now, SMALL)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({**GPT2, "auto_map": {"AutoModel": "modeling.Evil"}}, "“words” brings its own code, which the kit never runs"),
        ({"architectures": ["BertForSequenceClassification"]}, "its architecture is BertForSequenceClassification"),
        ({"architectures": ["T5ForConditionalGeneration"]}, "no model that completes text or fills a blank"),
        (
            {"architectures": ["BertForMaskedLM"]},
            "“words” under text-generation, but its architecture is one of fill-mask",
        ),
        ({"architectures": "GPT2LMHeadModel"}, r"its architecture is \?"),
        ({"architectures": [3]}, r"its architecture is \?"),
        ({}, r"its architecture is \?"),
        ([], "The config.json of “words” cannot be read"),
    ],
)
def test_what_a_config_may_not_say(config: object, said: str, known: Callable[..., Settings]) -> None:
    with pytest.raises(BadInput, match=said):
        picked(known(), [*SMALL, WEIGHTS], config)


@pytest.mark.parametrize("config", [b"", b"\x80\x04", b"\0", b"{", b"[" * 100_000])
def test_a_config_that_is_none(config: bytes, known: Callable[..., Settings]) -> None:
    with pytest.raises(BadInput, match=r"The config\.json of “words” cannot be read"):
        pick([], config, catalogue.load(known()).find("words"))


# -- from the hub to a sentence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", [*CAUSAL, *MASKED])
def test_each_family_is_installed_and_asked_by_its_name(
    family: str, families: Callable[[str], Path], serve: Callable, known: Callable[..., Settings]
) -> None:
    now = known(of(family))
    with serve(families(family)) as served:
        model = install(now, "words")
    assert not any("model_index.json" in path or "run.py" in path for _, path, _ in served.asked)
    assert (model.revision, model.manifest.pinned_by) == (REVISION, "catalogue")
    assert store.read_manifest(model.folder) == model.manifest
    assert store.check("words", now) == []

    asked, beside = loading.load("words"), loading.load(str(families(family)))
    if family in CAUSAL:
        assert isinstance(asked, Causal)
        assert isinstance(beside, Causal)
        [logp] = asked.logprobs(SENTENCES[:1])
        assert beside.logprobs(SENTENCES[:1]) == [logp]
    else:
        assert isinstance(asked, Masked)
        assert isinstance(beside, Masked)
        pair = (SENTENCES[0], SENTENCES[0].replace("Elle", "Il"))
        [(logp, _)] = asked.pairs([pair])
        assert beside.pairs([pair])[0][0] == logp
    assert -math.inf < logp < 0
    with pytest.raises(BadInput, match="“words” makes no images"):
        text_to_image.paint("words", "a cat", seed=1)


def test_weights_in_parts_load(
    families: Callable[[str], Path], serve: Callable, known: Callable[..., Settings], tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM

    shutil.copytree(families("llama"), tmp_path / "parts")
    (tmp_path / "parts" / WEIGHTS).unlink()
    network = AutoModelForCausalLM.from_pretrained(families("llama"))
    network.save_pretrained(tmp_path / "parts", max_shard_size="60KB")
    now = known()
    with serve(tmp_path / "parts"):
        model = install(now, "words")
    assert len(list(model.files.glob("*.safetensors"))) > 1
    asked, whole = loading.load("words"), loading.load(str(families("llama")))
    assert isinstance(asked, Causal)
    assert isinstance(whole, Causal)
    assert asked.logprobs(SENTENCES) == whole.logprobs(SENTENCES)


def test_a_cut_is_resumed(families: Callable[[str], Path], serve: Callable, known: Callable[..., Settings]) -> None:
    now = known()
    size = (families("gpt2") / WEIGHTS).stat().st_size
    with serve(families("gpt2"), cut_after={WEIGHTS: [50_000, 0, 0, 0]}) as served:
        with pytest.raises(SetupError, match=f"cut while {WEIGHTS} was coming .* give the same command again"):
            install(now, "words")
        assert store.installed(now) == []
        assert leftovers(now) == [".part-words"]
        with pytest.raises(NotFound):
            loading.find("words")
        asked = len(served.asked)
        install(now, "words")
    again = [(path.split(REVISION + "/")[1], wanted) for _, path, wanted in served.asked[asked:] if "/resolve/" in path]
    assert again == [("config.json", ""), *[(WEIGHTS, "bytes=50000-")] * 2]  # the last one twice: it redirects
    assert served.sent[WEIGHTS] == size
    assert store.check("words", now) == []


@pytest.mark.parametrize("file", [WEIGHTS, "tokenizer.json", "config.json"])
def test_a_wrong_hash_and_a_missing_file(
    file: str, families: Callable[[str], Path], serve: Callable, known: Callable[..., Settings]
) -> None:
    now = known()
    with serve(families("gpt2"), spoil={file}), pytest.raises(SetupError, match=f"{file} did not arrive as the hub"):
        install(now, "words")
    with serve(families("gpt2"), lost={file}), pytest.raises(SetupError, match="A file of “words” that the hub lists"):
        install(now, "words")
    with serve(families("gpt2")) as served:
        del served.files[file]
        missing = r"\*\.safetensors" if file == WEIGHTS else file
        with pytest.raises(BadInput, match=f"“words” cannot be installed: {missing} is missing"):
            install(now, "words")
    assert store.installed(now) == []


def test_a_pickle_in_place_of_safetensors(
    families: Callable[[str], Path], serve: Callable, known: Callable[..., Settings], tmp_path: Path
) -> None:
    now = known()
    shutil.copytree(families("gpt2"), tmp_path / "false")
    (tmp_path / "false" / WEIGHTS).write_bytes(b"\x80\x04" + bytes(500))
    with serve(tmp_path / "false"), pytest.raises(BadInput, match=f"{WEIGHTS} is named .safetensors and is something"):
        install(now, "words")
    (tmp_path / "false" / WEIGHTS).rename(tmp_path / "false" / "pytorch_model.bin")
    with serve(tmp_path / "false") as served, pytest.raises(BadInput, match="only as a pickle"):
        install(now, "words")
    assert served.sent.keys() == {"config.json"}
    assert store.installed(now) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"auto_map": {"AutoModelForCausalLM": "run.Evil"}}, "brings its own code"),
        ({"architectures": ["GPT2ForSequenceClassification"]}, "its architecture is GPT2ForSequenceClassification"),
    ],
)
def test_a_repository_that_is_refused_sends_no_weights(
    change: dict,
    said: str,
    families: Callable[[str], Path],
    serve: Callable,
    known: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    now = known()
    shutil.copytree(families("gpt2"), tmp_path / "refused")
    config = tmp_path / "refused" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), **change}))
    with serve(tmp_path / "refused") as served, pytest.raises(BadInput, match=said):
        install(now, "words")
    assert served.sent.keys() == {"config.json"}
    assert leftovers(now) == []


# -- by its name -------------------------------------------------------------------------------------------------------


def test_where_a_name_is_looked_for(
    families: Callable[[str], Path],
    light: Path,
    serve: Callable,
    known: Callable[..., Settings],
    now: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "here" / "words").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert loading.find("words") == Path("words")
    now = known()
    with serve(families("gpt2")):
        model = install(now, "words")
    with serve(light):
        install(now)
    assert loading.find("words") == model.files
    # A model of images is not one that can be asked.
    with pytest.raises(NotFound, match=r"“tiny” is neither .* petit-journal-reversed, words\.$"):
        loading.find("tiny")
    (model.files / WEIGHTS).unlink()
    assert loading.find("words") == Path("words")


def test_a_model_that_was_changed(
    families: Callable[[str], Path], serve: Callable, known: Callable[..., Settings]
) -> None:
    now = known()
    with serve(families("gpt2")):
        model = install(now, "words")
    whole = (model.files / WEIGHTS).read_bytes()
    (model.files / WEIGHTS).write_bytes(b"\xff" * len(whole))
    [fault] = store.check("words", now)
    assert str(fault) == f"The file {WEIGHTS} of “words” has changed."
    with pytest.raises(KitError, match="cannot be loaded"):
        loading.load("words")
    store.remove("words", now)
    with pytest.raises(NotFound):
        loading.find("words")


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_says_nothing_of_safety_checkers(
    families: Callable[[str], Path],
    serve: Callable,
    known: Callable[..., Settings],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    known("fill-mask")
    with serve(families("bert")):
        assert cli.invoke(["models", "get", "words", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == f"“words” is installed at revision {REVISION}.\n"
    assert "CC0, https://example.org/cc0" in err
    assert "checker" not in err
    assert cli.invoke(["models", "list"]) == 0
    out = capsys.readouterr()[0]
    assert "camembert-base  (not installed, revision to be filled in)" in out
    assert "MIT, https://opensource.org/license/mit (to be checked)" in out
    assert "checker" not in out[out.index("camembert-base  (") :]
    assert "words  (installed)" in out
    assert cli.invoke(["models", "list", "--json"]) == 0
    [words] = [entry for entry in json.loads(capsys.readouterr()[0]) if entry["name"] == "words"]
    assert (words["task"], words["safety_checker"], words["defaults"]) == ("fill-mask", None, None)
    assert cli.invoke(["models", "check", "words"]) == 0
    assert cli.invoke(["models", "remove", "words"]) == 0
    assert capsys.readouterr()[0] == "“words” is whole.\n“words” is removed.\n"


def test_each_task_has_its_own_architectures() -> None:
    from kit.models.architecture import ENDINGS, SPEECH, task_of

    assert {*ENDINGS, *SPEECH, Task.TEXT_TO_IMAGE} == set(Task)
    for task, endings in ENDINGS.items():
        for ending in endings:
            assert task_of(json.dumps({"architectures": [f"Some{ending}"]}).encode(), "x") is task
