"""Models of speech of the hub: which files are taken, what is refused, and that what is installed speaks and writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kit import settings
from kit.audio import transcribing, voice_mms
from kit.errors import BadInput, NotFound
from kit.language import loading
from kit.models import catalogue, store
from kit.models.architecture import SPEECH, speech_task_of, task_of
from kit.models.picking import Picked, RemoteFile, pick
from kit.models.speech import name_of
from kit.settings import Settings
from tests.hub import REVISION, add_language_entry
from tests.kit.models.conftest import install
from tests.speech_models import tiny_listener, tiny_voice

VITS = {"architectures": ["VitsModel"], "model_type": "vits"}
WHISPER = {"architectures": ["WhisperForConditionalGeneration"], "model_type": "whisper"}
VOICE = ["README.md", "config.json", "model.safetensors", "special_tokens_map.json", "tokenizer_config.json"]
VOICE += ["vocab.json"]
LISTENER = [*VOICE, "added_tokens.json", "generation_config.json", "merges.txt", "preprocessor_config.json"]
LISTENER += ["tokenizer.json"]
REST = ["pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "normalizer.json", "run.py", "onnx/model.onnx"]


@pytest.fixture
def known(home: Path) -> Callable[[str], Settings]:
    """Adds a model of that task to the catalogue, as “words”; gives the settings."""

    def add(task: str) -> Settings:
        add_language_entry(home, task=task)
        return settings.load()

    return add


def picked(now: Settings, paths: list[str], config: object) -> Picked:
    listed = [RemoteFile(path=path, size=10, sha256="0" * 64) for path in paths]
    return pick(listed, json.dumps(config).encode(), catalogue.load(now).find("words"))


def test_what_a_voice_takes(known: Callable[[str], Settings]) -> None:
    now = known("text-to-speech")
    assert {file.path for file in picked(now, [*VOICE, *REST, "preprocessor_config.json"], VITS).files} == set(VOICE)


@pytest.mark.parametrize("hears", ["preprocessor_config.json", "processor_config.json"])
def test_what_a_listener_takes(hears: str, known: Callable[[str], Settings]) -> None:
    now = known("automatic-speech-recognition")
    files = [hears if path == "preprocessor_config.json" else path for path in LISTENER]
    assert {file.path for file in picked(now, [*files, *REST], WHISPER).files} == set(files)
    with pytest.raises(BadInput, match=r"preprocessor_config\.json is missing"):
        picked(now, [path for path in files if path != hears], WHISPER)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (WHISPER, "“words” under text-to-speech, but its architecture is one of automatic-speech-recognition"),
        ({**VITS, "auto_map": {"AutoModel": "run.Evil"}}, "brings its own code"),
        ({"architectures": ["BarkModel"]}, "no model that the kit can make speak or write down speech: .* BarkModel"),
        ({"architectures": ["GPT2LMHeadModel"]}, "its architecture is GPT2LMHeadModel"),
        ({}, r"its architecture is \?"),
        ([], "The config.json of “words” cannot be read"),
    ],
)
def test_what_a_config_may_not_say(config: object, said: str, known: Callable[[str], Settings]) -> None:
    with pytest.raises(BadInput, match=said):
        picked(known("text-to-speech"), VOICE, config)


def test_only_a_pickle(known: Callable[[str], Settings]) -> None:
    with pytest.raises(BadInput, match="only as a pickle"):
        picked(known("text-to-speech"), [p for p in [*VOICE, *REST] if p != "model.safetensors"], VITS)


def test_language_and_speech_are_told_apart() -> None:
    for task, architecture in SPEECH.items():
        config = json.dumps({"architectures": [architecture]}).encode()
        assert speech_task_of(config, "x") is task
        with pytest.raises(BadInput, match="no model that completes text or fills a blank"):
            task_of(config, "x")


def test_from_the_hub_to_a_voice(serve: Callable, known: Callable[[str], Settings], tmp_path: Path) -> None:
    now = known("text-to-speech")
    with serve(tiny_voice(tmp_path / "voice")):
        model = install(now, "words")
    assert (model.revision, store.check("words", now)) == (REVISION, [])
    assert name_of(str(model.files)) == "words"
    samples = voice_mms.speak(str(model.files), "oui", seed=1)
    assert np.array_equal(samples, voice_mms.speak(str(tmp_path / "voice"), "oui", seed=1))
    with pytest.raises(BadInput, match="“words” cannot read 7"):
        voice_mms.speak(str(model.files), "7", seed=1)
    with pytest.raises(NotFound, match="neither a model of the kit nor a folder"):
        loading.find("words")


def test_from_the_hub_to_cues(serve: Callable, known: Callable[[str], Settings], tmp_path: Path) -> None:
    now = known("automatic-speech-recognition")
    with serve(tiny_listener(tmp_path / "ear", (0.0, "Oui.", 0.5))):
        model = install(now, "words")
    assert store.check("words", now) == []
    samples = np.random.default_rng(1).normal(scale=3_000, size=(30_000, 1)).astype(np.int16)
    [cue] = transcribing.transcribe(samples, str(model.files), "fr")
    assert (cue.start, cue.end, cue.text) == (0.0, 0.5, "Oui.")
