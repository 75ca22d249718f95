"""Text to image for real: diffusers on a tiny pipeline, installed from the hub on loopback."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from kit.errors import BadInput, Cancelled, ComputeError, NotFound
from kit.models import loading, store
from kit.models.store import Installed
from kit.models.text_to_image import paint
from kit.settings import Settings
from tests.hub import REVISION
from tests.kit.models.conftest import install


@pytest.fixture(autouse=True)
def _forget() -> None:
    """Each test has its own folders: the model that an earlier one loaded is gone."""
    loading.holder.forget()


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """So small a network gains nothing from several threads, and loses much where the machine is busy."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def installed(pipelines: Callable[..., Path], serve: Callable, now: Settings) -> Callable[..., Installed]:
    def get(**options: bool) -> Installed:
        with serve(pipelines(**options)):
            return install(now)

    return get


@pytest.mark.slow
def test_from_the_hub_to_the_image(installed: Callable) -> None:
    model = installed()
    reports: list[tuple[float, str, dict]] = []
    with listening(lambda *report: reports.append(report)):
        painted = paint("tiny", "a cat", seed=7)
    assert painted.image.dtype == np.uint8
    assert painted.image.shape == (64, 64, 3)
    assert painted.image.std() > 5
    assert [frame.shape for frame in painted.intermediate] == [(64, 64, 3)] * 3
    # The last step's image is the image.
    assert np.abs(painted.intermediate[-1].astype(int) - painted.image).max() <= 1
    assert np.abs(painted.intermediate[0].astype(int) - painted.image).max() > 1
    assert (painted.model, painted.revision, painted.seed) == ("tiny", REVISION, 7)
    assert (painted.steps, painted.guidance, painted.scheduler) == (3, 2.0, "DDIMScheduler")
    assert (painted.blocked, painted.safety_checker, model.safety_checker) == (False, False, False)
    assert painted.seconds > 0
    assert painted.processor_seconds > 0
    assert painted.loading_seconds > 0
    # What was reported: each step, with the image so far, and never backwards.
    fractions = [fraction for fraction, _, _ in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1
    assert {message for _, message, _ in reports} == {"Loading the model", "Step {step} of {steps}"}
    assert {payload["step"] for _, _, payload in reports if payload} == {1, 2, 3}
    previews = [payload["preview"] for _, _, payload in reports if "preview" in payload]
    assert {id(preview) for preview in previews} == {id(frame) for frame in painted.intermediate}
    # It crosses to the interface.
    assert np.array_equal(decode(encode(painted)).image, painted.image)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_image(installed: Callable) -> None:
    installed()
    first = paint("tiny", "a cat", seed=1)
    again = paint("tiny", "a cat", seed=1)
    assert np.array_equal(first.image, again.image)
    assert all(np.array_equal(a, b) for a, b in zip(first.intermediate, again.intermediate, strict=True))
    assert again.loading_seconds == 0, "the worker keeps the model"
    loading.holder.forget()
    assert np.array_equal(paint("tiny", "a cat", seed=1).image, first.image)
    for other in (
        paint("tiny", "a cat", seed=2),
        paint("tiny", "a dog", seed=1),
        paint("tiny", "a cat", seed=1, negative="a dog"),
        paint("tiny", "a cat", seed=1, guidance=9),
        paint("tiny", "a cat", seed=1, steps=5),
    ):
        assert not np.array_equal(other.image, first.image)
    wide = paint("tiny", "a cat", seed=1, width=256, height=64, steps=1)
    assert wide.image.shape == (64, 256, 3)
    assert [frame.shape for frame in wide.intermediate] == [(32, 128, 3)]


@pytest.mark.slow
def test_what_diffusers_makes_by_itself(installed: Callable, pipelines: Callable[..., Path]) -> None:
    """The reference: the repository as it was built, called directly."""
    import torch
    from diffusers import StableDiffusionPipeline

    installed()
    pipeline = StableDiffusionPipeline.from_pretrained(pipelines(), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    [expected] = pipeline(
        "a cat",
        width=64,
        height=64,
        num_inference_steps=3,
        guidance_scale=2.0,
        generator=torch.Generator().manual_seed(3),
        output_type="np",
    ).images
    assert np.array_equal(paint("tiny", "a cat", seed=3).image, (expected * 255).round().astype(np.uint8))


@pytest.mark.slow
def test_half_precision_is_widened(installed: Callable, pipelines: Callable[..., Path]) -> None:
    model = installed(checker=True, half=True)
    assert model.manifest.variant == "fp16"
    assert all("fp16" in record.path for record in model.manifest.files if record.path.endswith(".safetensors"))
    painted = paint("tiny", "a cat", seed=1)
    pipeline, loaded_now = loading.holder.pipeline(model)
    assert not loaded_now
    kinds = {
        str(tensor.dtype) for part in ("unet", "vae", "text_encoder") for tensor in getattr(pipeline, part).parameters()
    }
    assert kinds == {"torch.float32"}
    assert painted.image.std() > 5


@pytest.mark.slow
def test_the_safety_checker(installed: Callable, now: Settings) -> None:
    model = installed(checker=True)
    assert model.safety_checker
    fine = paint("tiny", "a cat", seed=1)
    assert (fine.safety_checker, fine.blocked) == (True, False)
    assert fine.image.std() > 5
    store.remove("tiny", now)

    installed(checker=True, blocks=True)
    shown: list[np.ndarray] = []
    with listening(lambda _, __, payload: shown.append(payload["preview"]) if "preview" in payload else None):
        loading.holder.forget()
        blocked = paint("tiny", "a cat", seed=1)
    assert (blocked.safety_checker, blocked.blocked) == (True, True)
    assert not blocked.image.any()
    assert blocked.intermediate == ()
    assert shown, "previews are reported"
    assert not any(frame.any() for frame in shown), "and none of them shows what the checker hides"


@pytest.mark.slow
def test_it_stops_in_the_middle_of_a_step(installed: Callable) -> None:
    installed()
    calls = 0

    def leave(fraction: float, message: str, payload: dict) -> None:
        nonlocal calls
        if payload.get("step") == 2:
            calls += 1
            if calls == 5:
                raise Cancelled("Stopped: nobody was waiting for this any more.")

    with listening(leave), pytest.raises(Cancelled):
        paint("tiny", "a cat", seed=1)
    assert calls == 5
    # The model is as good as before, and no longer reports to that call.
    after = paint("tiny", "a cat", seed=1)
    loading.holder.forget()
    assert np.array_equal(after.image, paint("tiny", "a cat", seed=1).image)
    assert calls == 5


def test_leaving_while_it_loads(light: Path, serve: Callable, now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(light):
        install(now)
    held, loaded = threading.Event(), []

    def load(model: Installed) -> str:
        held.wait(20)
        loaded.append(model.name)
        raise ComputeError("…")

    monkeypatch.setattr(loading, "load", load)
    heard = 0

    def leave(*_: object) -> None:
        nonlocal heard
        heard += 1
        if heard == 3:
            raise Cancelled("Stopped: nobody was waiting for this any more.")

    began = time.monotonic()
    with listening(leave), pytest.raises(Cancelled):
        paint("tiny", "a cat", seed=1)
    assert time.monotonic() - began < 5
    held.set()
    with pytest.raises(ComputeError, match="…"):
        paint("tiny", "a cat", seed=1)
    assert loaded == ["tiny"], "the next call waits for what had begun"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prompt": " \n"}, "The description is empty"),
        ({"prompt": "x" * 301}, "301 characters; at most 300"),
        ({"negative": "x" * 301}, "301 characters; at most 300"),
        ({"seed": -1}, "-1 is not a seed"),
        ({"seed": 2**32}, "not a seed"),
        ({"steps": 0}, "0 steps"),
        ({"steps": 51}, "51 steps"),
        ({"guidance": float("nan")}, "guidance of nan"),
        ({"guidance": -0.5}, "guidance of -0.5"),
        ({"guidance": 20.5}, "guidance of 20.5"),
        ({"width": 100}, "side of 100 pixels"),
        ({"height": 56}, "side of 56 pixels"),
        ({"width": 776}, "multiple of 8 from 64 to 768"),
        ({"negative": "a dog", "guidance": 1.0}, "would not read what to avoid"),
    ],
)
def test_what_is_out_of_range(changed: dict, said: str, light: Path, serve: Callable, now: Settings) -> None:
    with serve(light):
        install(now)
    with pytest.raises(BadInput, match=said) as caught:
        paint(**{"name": "tiny", "prompt": "a cat", "seed": 1, **changed})
    assert len(str(caught.value).splitlines()) == 1


def test_a_model_that_is_not_installed(now: Settings) -> None:
    with pytest.raises(NotFound, match="“tiny” is not installed"):
        paint("tiny", "a cat", seed=1)


@pytest.mark.slow
def test_a_model_that_does_not_load(installed: Callable) -> None:
    model = installed()
    config = model.files / "unet" / "config.json"
    text = config.read_text(encoding="utf-8")
    # As many bytes as before, so that only a check would tell.
    config.write_text(re.sub(r'"CrossAttnDownBlock2D"', '"CrossAttnDownBlock3D"', text), encoding="utf-8")
    with pytest.raises(ComputeError, match=r"“tiny” cannot be loaded .* contrechamp models check tiny"):
        paint("tiny", "a cat", seed=1)
    config.write_text(text, encoding="utf-8")
    assert paint("tiny", "a cat", seed=1).image.std() > 5


@pytest.mark.slow
def test_a_safety_checker_that_went_missing(installed: Callable) -> None:
    model = installed(checker=True)
    index = model.files / "model_index.json"
    text = index.read_text(encoding="utf-8")
    gone = re.sub(r'"stable_diffusion",\s*"StableDiffusionSafetyChecker"', "null, null", text)
    index.write_text(gone.ljust(len(text)), encoding="utf-8")
    with pytest.raises(ComputeError, match="installed with a safety checker and loads without it"):
        paint("tiny", "a cat", seed=1)


@pytest.mark.slow
def test_the_end_of_a_long_description_is_told(installed: Callable) -> None:
    installed()
    # Sixteen tokens, two of which mark beginning and end.
    assert paint("tiny", "a b c d e f g h i j k l m n", seed=1, steps=1).unread == ""
    assert paint("tiny", "a b c d e f g h i j k l m n o p", seed=1, steps=1).unread == "o p"
