"""What is said, written down: tiny Whispers, one that writes by heart and one of chance, really loaded and asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kit.audio import RATE, transcribing
from kit.audio.transcribing import Cue, transcribe
from kit.audio.voice import resampled
from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from kit.errors import BadAudio, BadInput, Cancelled, ComputeError, NotFound
from tests.speech_models import tiny_listener, tiny_voice

UNFINISHED = (0.0, "Oui.", 0.8, 0.8, "Et")
"""A sentence, and the beginning of another that the window cuts."""
FINISHED = (0.0, "Oui.", 0.6, 0.6, "Non.", 1.5)


@pytest.fixture(scope="session")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Makes a tiny Whisper, once for each script."""
    folder = tmp_path_factory.mktemp("listeners")

    @cache
    def make(script: Sequence[str | float] = (), seconds: int = 2) -> str:
        return str(tiny_listener(folder / str(len(list(folder.iterdir()))) / "tiny-ear", script, seconds=seconds))

    return make


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What the model is given at each call."""
    from transformers import WhisperForConditionalGeneration as Whisper

    real, calls = Whisper.generate, []

    def generate(self: Whisper, features: object, **options: object) -> object:
        calls.append({"features": features, **options})
        return real(self, features, **options)

    monkeypatch.setattr(Whisper, "generate", generate)
    return calls


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def noise(*parts: float, channels: int = 1) -> np.ndarray:
    """Seconds of noise, then of silence, then of noise …"""
    draw = np.random.default_rng(4)
    pieces = [
        draw.normal(scale=3_000, size=(round(seconds * RATE), channels)) * (place % 2 == 0)
        for place, seconds in enumerate(parts)
    ]
    return np.concatenate(pieces).clip(-32_768, 32_767).astype(np.int16)


def timed(cues: tuple[Cue, ...]) -> list[tuple[float, float, str]]:
    return [(cue.start, cue.end, cue.text) for cue in cues]


# -- windows and times ------------------------------------------------------------------------------------------------


def test_a_sentence_that_a_window_cuts_begins_the_next(listener: Callable[..., str]) -> None:
    cues = transcribe(noise(3.0), listener(UNFINISHED), "fr")
    # Windows begin at 0, 0.8, 1.6 and 2.4; the last sentence ends with the sound.
    assert timed(cues) == [(0.0, 0.8, "Oui."), (0.8, 1.6, "Oui."), (1.6, 2.4, "Oui."), (2.4, 3.0, "Oui.")]


def test_a_window_that_is_written_whole_is_followed_by_the_next(listener: Callable[..., str]) -> None:
    cues = transcribe(noise(4.5), listener(FINISHED), "fr")
    assert timed(cues) == [
        (0.0, 0.6, "Oui."),
        (0.6, 1.5, "Non."),
        (2.0, 2.6, "Oui."),
        (2.6, 3.5, "Non."),
        (4.0, 4.5, "Oui."),
    ]


@pytest.mark.parametrize("script", [UNFINISHED, FINISHED])
def test_as_transformers_goes_through_a_long_sound(script: tuple, listener: Callable[..., str]) -> None:
    """The reference: its own sequential algorithm, on the whole sound at once."""
    import torch
    from transformers import WhisperForConditionalGeneration, WhisperProcessor

    samples = noise(6.0)
    processor = WhisperProcessor.from_pretrained(listener(script))
    network = WhisperForConditionalGeneration.from_pretrained(listener(script)).eval()
    sound = resampled(samples, RATE, 16_000)[:, 0].astype(np.float32) / 32768
    inputs = processor.feature_extractor(
        sound, sampling_rate=16_000, return_tensors="pt", truncation=False, padding="longest"
    )
    with torch.inference_mode():
        made = network.generate(
            inputs.input_features, language="fr", task="transcribe", return_timestamps=True, return_segments=True
        )
    expected = [
        (
            pytest.approx(float(segment["start"]), abs=0.011),
            pytest.approx(min(float(segment["end"]), 6.0), abs=0.011),
            processor.tokenizer.decode(segment["tokens"], skip_special_tokens=True),
        )
        for segment in made["segments"][0]
        if float(segment["start"]) < 5.9
    ]
    assert len(expected) > 5
    assert timed(transcribe(samples, listener(script), "fr")) == expected


def test_real_windows_have_thirty_seconds(listener: Callable[..., str], asked: list[dict]) -> None:
    cues = transcribe(noise(31.0), listener((0.0, "Long.", 29.0), seconds=30), "fr")
    assert [call["features"].shape for call in asked] == [(1, 8, 3_000)] * 2
    assert timed(cues) == [(0.0, 29.0, "Long."), (30.0, 31.0, "Long.")]


# -- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loud", [0, 1, 25])
def test_silence_gives_nothing_and_asks_nobody(loud: int) -> None:
    draw = np.random.default_rng(1)
    quiet = (draw.normal(size=(4 * RATE, 2)) * loud).astype(np.int16)
    assert transcribe(quiet, "nowhere", "fr") == ()
    click = quiet.copy()
    click[RATE : RATE + 2_000] = 20_000
    assert transcribe(click, "nowhere", "fr") == ()


def test_silence_in_between_is_not_read(listener: Callable[..., str], asked: list[dict]) -> None:
    cues = transcribe(noise(0.0, 3.0, 1.0, 5.0, 1.0, 4.0), listener((0.0, "Oui.", 0.9)), "fr")
    assert len(asked) == 2
    # A window begins 0.2 s before something is heard.
    assert timed(cues) == [(2.8, 3.7, "Oui."), (8.8, 9.7, "Oui.")]


def test_what_is_written_where_nothing_is_heard_is_dropped(listener: Callable[..., str]) -> None:
    script = (0.0, "Oui.", 0.4, 0.4, "Merci !", 1.0, 1.0, "Non.", 1.8)
    assert timed(transcribe(noise(0.4, 0.9, 0.6), listener(script), "fr")) == [(0.0, 0.4, "Oui."), (1.0, 1.8, "Non.")]


def test_the_level_of_blocks() -> None:
    """A sine of amplitude a has an RMS of a / √2: −60 dBFS lies between 40 and 50."""
    t = np.arange(RATE) / RATE
    wave = np.sin(2 * np.pi * 500 * t)[:, None]
    assert not transcribing._heard((40 * wave).astype(np.int16)).any()
    assert transcribing._heard((50 * wave).round().astype(np.int16)).all()
    # And 45 dB below the loudest block: an amplitude of 112 beside one of 20,000.
    for amplitude, heard in ((100, False), (130, True)):
        both = np.concatenate([20_000 * wave, amplitude * wave]).round().astype(np.int16)
        assert transcribing._heard(both)[55:].all() == heard
        assert transcribing._heard(both)[55:].any() == heard
    assert transcribing._heard(noise(61.01)).shape == (3_051,)


# -- what it is asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_language_and_the_task_are_imposed(lang: str, listener: Callable[..., str], asked: list[dict]) -> None:
    from transformers import WhisperProcessor
    from transformers.models.whisper.modeling_whisper import WhisperDecoder

    begun: list[list[int]] = []

    def forward(self: WhisperDecoder, input_ids: object, *rest: object, **more: object) -> object:
        begun.append(input_ids[0].tolist())  # type: ignore[index]
        return real(self, input_ids, *rest, **more)

    real = WhisperDecoder.forward
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhisperDecoder, "forward", forward)
        transcribe(noise(1.0), listener(FINISHED), lang)
    words = WhisperProcessor.from_pretrained(listener(FINISHED)).tokenizer
    assert words.convert_ids_to_tokens(begun[0]) == ["<|startoftranscript|>", f"<|{lang}|>", "<|transcribe|>"]
    assert all(call["language"] == lang for call in asked)


def test_two_channels(listener: Callable[..., str]) -> None:
    cues = transcribe(noise(1.0, channels=2), listener(FINISHED), "fr")
    assert timed(cues) == [(0.0, 0.6, "Oui."), (0.6, 1.0, "Non.")]
    assert decode(encode(cues)) == cues, "they cross to the interface"


def test_a_model_of_chance(listener: Callable[..., str], asked: list[dict]) -> None:
    import torch

    before = torch.random.get_rng_state()
    samples = noise(1.5, 3.0, 1.0)
    cues = transcribe(samples, listener(), "fr")
    assert torch.equal(torch.random.get_rng_state(), before)
    assert 2 <= len(asked) <= 6, "windows are at least half a second apart"
    assert transcribe(samples, listener(), "fr") == cues
    for cue, after in pairwise(cues):
        assert cue.end <= after.start
    for cue in cues:
        assert 0 <= cue.start < cue.end <= 5.5
        assert cue.text == " ".join(cue.text.split()) != ""


def test_progress_and_leaving(listener: Callable[..., str]) -> None:
    heard: list[tuple[float, str, dict]] = []
    with listening(lambda *report: heard.append(report)):
        transcribe(noise(3.0), listener(UNFINISHED), "fr")
    assert {message for _, message, _ in heard} == {"Loading the model", "Second {second} of {seconds}"}
    assert {(payload["second"], payload["seconds"]) for _, _, payload in heard if payload} == {(0, 3), (1, 3), (2, 3)}
    assert [fraction for fraction, _, _ in heard] == sorted(fraction for fraction, _, _ in heard)
    assert len(heard) > 100

    def leave(fraction: float, message: str, payload: dict) -> None:
        if payload.get("second") == 1:
            raise Cancelled("Stopped: nobody was waiting for this any more.")

    with listening(leave), pytest.raises(Cancelled):
        transcribe(noise(3.0), listener(UNFINISHED), "fr")


# -- what is refused --------------------------------------------------------------------------------------------------


def test_no_sound() -> None:
    with pytest.raises(BadAudio, match="This sound is empty"):
        transcribe(np.zeros((0, 1), np.int16), "nowhere", "fr")


def edited(file: Path, **changes: object) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def half_of(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:30_000])


def as_a_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def another_ear(folder: Path) -> None:
    from transformers import WhisperFeatureExtractor, WhisperProcessor

    words = WhisperProcessor.from_pretrained(folder).tokenizer
    WhisperProcessor(WhisperFeatureExtractor(feature_size=80, chunk_length=2), words).save_pretrained(folder)


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (half_of, "“tiny-ear” cannot be loaded"),
    (as_a_pickle, "only as a pickle, which can run code"),
    (lambda folder: (folder / "model.safetensors").write_bytes(b"\x80\x04" + bytes(500)), "cannot be loaded"),
    (lambda folder: (folder / "config.json").unlink(), r"no config\.json"),
    (lambda folder: (folder / "config.json").write_bytes(b"\xff"), r"config\.json of “tiny-ear” cannot be read"),
    (lambda folder: edited(folder / "config.json", auto_map={"AutoModel": "run.Evil"}), "brings its own code"),
    (lambda folder: edited(folder / "config.json", architectures=["WhisperModel"]), "its architecture is WhisperModel"),
    (lambda folder: edited(folder / "config.json", d_model=32), "cannot be loaded"),
    (lambda folder: (folder / "tokenizer.json").unlink(), "do not belong together"),
    (lambda folder: (folder / "tokenizer.json").write_text("{"), "cannot be loaded"),
    (lambda folder: (folder / "processor_config.json").unlink(), "cannot be loaded"),
    (another_ear, "do not belong together"),
    (lambda folder: (folder / "generation_config.json").unlink(), "does not write down “fr”"),
    (lambda folder: edited(folder / "generation_config.json", lang_to_id={"<|en|>": 258}), "does not write down “fr”"),
    (lambda folder: edited(folder / "generation_config.json", lang_to_id=3), "does not write down “fr”"),
    (lambda folder: edited(folder / "generation_config.json", no_timestamps_token_id=None), "does not write down “fr”"),
]


@pytest.mark.parametrize(("spoil", "said"), SPOILT)
def test_a_damaged_folder(
    spoil: Callable[[Path], object], said: str, listener: Callable[..., str], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(listener(FINISHED), tmp_path / "tiny-ear"))
    spoil(folder)
    with pytest.raises(BadInput, match=said) as caught:
        transcribe(noise(0.5), str(folder), "fr")
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value)[-1] == "."


def test_a_folder_of_something_else(listener: Callable[..., str], tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no model “nothing”"):
        transcribe(noise(0.5), str(tmp_path / "nothing"), "fr")
    with pytest.raises(BadInput, match="“mouth” is a model of text-to-speech, and one of automatic-speech-recognition"):
        transcribe(noise(0.5), str(tiny_voice(tmp_path / "mouth")), "fr")
    for lang in ("de", "", "fr|> <|en"):
        with pytest.raises(BadInput, match="“tiny-ear” does not write down"):
            transcribe(noise(0.5), listener(FINISHED), lang)


def test_a_network_that_fails(listener: Callable[..., str], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(listener(FINISHED), tmp_path / "tiny-ear"))
    edited(folder / "generation_config.json", task_to_id={})
    with pytest.raises(ComputeError, match="“tiny-ear” could not write down this sound"):
        transcribe(noise(0.5), str(folder), "fr")
