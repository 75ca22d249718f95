"""A voice through transformers: a tiny VITS with random weights, really loaded and really asked."""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from kit.audio import RATE, voice_mms
from kit.audio.voice import announced, resampled
from kit.compute.progress import listening
from kit.errors import BadInput, Cancelled, ComputeError, NotFound
from tests.speech_models import tiny_listener, tiny_voice


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_voice(tmp_path_factory.mktemp("voices") / "tiny-voice")


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy, to spoil."""
    return Path(shutil.copytree(made, tmp_path / "tiny-voice"))


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def edited(file: Path, **changes: object) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


# -- what it says -----------------------------------------------------------------------------------------------------


def test_what_transformers_makes_by_itself(made: Path) -> None:
    """The reference: the model called directly, with letters that it knows."""
    import torch
    from transformers import VitsModel, VitsTokenizer

    words, network = VitsTokenizer.from_pretrained(made), VitsModel.from_pretrained(made).eval()
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(3)
        waveform = network(**words("la radio de l'été", return_tensors="pt")).waveform[0].numpy()
    expected = resampled((waveform * 32767).round().astype(np.int16).reshape(-1, 1), 16_000, RATE)

    samples = voice_mms.speak(str(made), "La radio, de l’été !", seed=3)
    assert samples.dtype == np.int16
    assert samples.shape == (len(samples), 1)
    assert len(samples) / RATE == pytest.approx(len(waveform) / 16_000, abs=0.01)
    assert np.array_equal(samples, voice_mms.speak(str(made), "la radio de l'été", seed=3))
    assert np.array_equal(samples, expected)


def test_the_seed_and_nothing_else_is_chance(made: Path) -> None:
    import torch

    before = torch.random.get_rng_state()
    first = voice_mms.speak(str(made), "Une phrase. Une autre.", seed=1)
    torch.rand(3)
    assert np.array_equal(voice_mms.speak(str(made), "Une phrase. Une autre.", seed=1), first)
    assert not np.array_equal(voice_mms.speak(str(made), "Une phrase. Une autre.", seed=2), first)
    torch.random.set_rng_state(before)
    voice_mms.speak(str(made), "Une phrase.", seed=1)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_one_sentence_after_the_other(made: Path) -> None:
    one, two = (voice_mms.speak(str(made), text, seed=1) for text in ("un chat", "un chat. un chien"))
    # The first is drawn from the same seed; then comes a pause, then the second.
    pause = slice(len(one) + RATE // 50, len(one) + round(RATE * voice_mms.PAUSE) - RATE // 50)
    assert np.array_equal(two[: len(one) - 100], one[:-100])
    assert not two[pause].any()
    assert two[pause.stop + RATE // 25 :].any()


def test_where_a_text_is_cut() -> None:
    cut = voice_mms._sentences
    assert cut("Un, deux. Trois ? « Oui ! » Non…\nEt voilà : rien.") == [
        "Un, deux.", "Trois ?", "« Oui !", "» Non…", "Et voilà :", "rien.",
    ]  # fmt: skip
    assert cut("Oui. … — ! Non") == ["Oui.", "Non"]
    long = cut("mot " * 200)
    assert max(map(len, long)) <= voice_mms.LONGEST
    assert " ".join(long) == "mot " * 199 + "mot"


def test_what_is_written_otherwise_and_said_the_same(made: Path) -> None:
    plain = voice_mms.speak(str(made), "l'oeil de ma soeur", seed=1)
    assert np.array_equal(voice_mms.speak(str(made), "L’œil de ma sœur", seed=1), plain)


def test_an_announcement_is_read(made: Path) -> None:
    assert len(voice_mms.speak(str(made), announced("oui", "fr"), seed=1)) > RATE // 4


def test_no_voice_is_cloned() -> None:
    assert list(inspect.signature(voice_mms.speak).parameters) == ["folder", "text", "seed"]


def test_progress_and_leaving(made: Path) -> None:
    heard: list[tuple[float, str, dict]] = []
    with listening(lambda *report: heard.append(report)):
        voice_mms.speak(str(made), "Un. Deux. Trois.", seed=1)
    assert {message for _, message, _ in heard} == {"Loading the model", "Sentence {number} of {count}"}
    assert {payload["number"] for _, _, payload in heard if payload} == {1, 2, 3}
    assert [fraction for fraction, _, _ in heard] == sorted(fraction for fraction, _, _ in heard)
    assert len(heard) > 100

    def leave(fraction: float, message: str, payload: dict) -> None:
        if payload.get("number") == 2:
            raise Cancelled("Stopped: nobody was waiting for this any more.")

    with listening(leave), pytest.raises(Cancelled):
        voice_mms.speak(str(made), "Un. Deux. Trois.", seed=1)


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to say"),
        ("… !", "nothing to say"),
        ("a" * 2_001, "2001 characters"),
        ("Il a 12 ans.", "“tiny-voice” cannot read 1 2. Write it in letters"),
        ("Cent % de 5 €", "cannot read % 5 €"),
        ("漢字", "cannot read 字 漢"),
    ],
)
def test_texts(text: str, said: str, made: Path) -> None:
    with pytest.raises(BadInput, match=said):
        voice_mms.speak(str(made), text, seed=1)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds(seed: int, made: Path) -> None:
    with pytest.raises(BadInput, match="is not a seed"):
        voice_mms.speak(str(made), "oui", seed=seed)


def cut_in_half(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:20_000])


def without_a_part(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    del weights["decoder.conv_post.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def as_a_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (cut_in_half, "“tiny-voice” cannot be loaded"),
    (without_a_part, r"has not all its weights: decoder\.conv_post\.weight is missing"),
    (as_a_pickle, "only as a pickle, which can run code"),
    (lambda folder: (folder / "model.safetensors").unlink(), r"there is no \.safetensors file"),
    (lambda folder: (folder / "model.safetensors").write_bytes(b"\x80\x04" + bytes(500)), "cannot be loaded"),
    (lambda folder: (folder / "vocab.json").unlink(), "cannot be loaded"),
    (lambda folder: (folder / "vocab.json").write_text("{"), "cannot be loaded"),
    (lambda folder: (folder / "config.json").unlink(), r"no config\.json"),
    (lambda folder: (folder / "config.json").write_text("{"), r"config\.json of “tiny-voice” cannot be read"),
    (lambda folder: edited(folder / "config.json", auto_map={"AutoModel": "run.Evil"}), "brings its own code"),
    (lambda folder: edited(folder / "config.json", architectures=["VitsOther"]), "its architecture is VitsOther"),
    (lambda folder: edited(folder / "config.json", hidden_size=32), "cannot be loaded"),
    (lambda folder: edited(folder / "config.json", sampling_rate=0), "do not belong together"),
    (lambda folder: edited(folder / "vocab.json", Ω=99), "do not belong together"),
    (lambda folder: edited(folder / "tokenizer_config.json", is_uroman=True), "does not read letters"),
    (lambda folder: edited(folder / "tokenizer_config.json", phonemize=True), "does not read letters"),
]


@pytest.mark.parametrize(("spoil", "said"), SPOILT)
def test_a_damaged_folder(spoil: Callable[[Path], object], said: str, folder: Path) -> None:
    spoil(folder)
    with pytest.raises(BadInput, match=said) as caught:
        voice_mms.speak(str(folder), "oui", seed=1)
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value)[-1] == "."


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no model “nothing”"):
        voice_mms.speak(str(tmp_path / "nothing"), "oui", seed=1)
    listener = tiny_listener(tmp_path / "ear")
    with pytest.raises(BadInput, match="“ear” is a model of automatic-speech-recognition, and one of text-to-speech"):
        voice_mms.speak(str(listener), "oui", seed=1)


def test_a_network_that_fails(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["duration_predictor.flows.0.translate"][:] = -35  # e³⁵ frames a letter
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ComputeError, match="“tiny-voice” could not say this text"):
        voice_mms.speak(str(folder), "papa", seed=1)


def test_weights_named_as_on_the_hub(folder: Path, made: Path) -> None:
    """Those of MMS were saved when torch kept what it normalises under other names."""
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    older = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
    renamed = dict(weights)
    for new, old in older.items():
        renamed = {name.replace(new, old): value for name, value in renamed.items()}
    assert renamed.keys() != weights.keys()
    save_file(renamed, folder / "model.safetensors", metadata={"format": "pt"})
    assert np.array_equal(voice_mms.speak(str(folder), "oui", seed=1), voice_mms.speak(str(made), "oui", seed=1))
