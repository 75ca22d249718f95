"""A hub on loopback and tiny pipelines, made once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from kit import settings
from kit.models import catalogue, fetching, hub, store
from kit.models.store import Installed
from kit.settings import Settings
from tests.hub import Hub, add_entry, serving, tiny_pipeline


@pytest.fixture(scope="session")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a tiny pipeline, once for each set of options of :func:`tests.hub.tiny_pipeline`."""
    folder = tmp_path_factory.mktemp("pipelines")

    @cache
    def make(checker: bool = False, blocks: bool = False, half: bool = False) -> Path:
        return tiny_pipeline(folder / f"{checker:d}{blocks:d}{half:d}", checker=checker, blocks=blocks, half=half)

    return make


@pytest.fixture
def now(home: Path) -> Settings:
    """The settings of the test, with the tiny model in its catalogue."""
    add_entry(home)
    return settings.load()


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a person types the command: nothing forbids the network, and no try is worth waiting for."""
    from huggingface_hub import constants

    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    for switch in (*hub.PRIVACY, "HF_ENDPOINT"):
        monkeypatch.setenv(switch, "1")  # put back afterwards, whatever the command makes of it
    monkeypatch.setattr(fetching, "_WAIT", 0.001)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, online: None) -> Callable[..., object]:
    """:func:`tests.hub.serving`, as the hub that the kit asks."""

    @contextmanager
    def start(folder: Path, **faults: object) -> Iterator[Hub]:
        with serving(folder, **faults) as served:
            monkeypatch.setenv("HF_ENDPOINT", served.url)
            yield served

    return start


@pytest.fixture(scope="session")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository like a pipeline's, small and without torch: what downloads have to do with."""
    import numpy as np
    from safetensors.numpy import save_file

    folder = tmp_path_factory.mktemp("light")
    parts = {"unet": ["diffusers", "UNet2DConditionModel"], "scheduler": ["diffusers", "DDIMScheduler"]}
    index = {"_class_name": "StableDiffusionPipeline", **parts, "safety_checker": [None, None]}
    (folder / "model_index.json").write_text(json.dumps(index))
    for name in ("unet/config.json", "scheduler/scheduler_config.json"):
        (folder / name).parent.mkdir()
        (folder / name).write_text("{}")
    numbers = np.random.default_rng(0).random(400_000, np.float32)
    save_file({"weight": numbers}, folder / "unet" / "diffusion_pytorch_model.safetensors")
    (folder / "LICENSE").write_text("CC0\n")
    return folder


WEIGHTS = "unet/diffusion_pytorch_model.safetensors"


def install(now: Settings, name: str = "tiny") -> Installed:
    """Fetch the model of that name from the hub that is served."""
    return hub.get(hub.look(catalogue.load(now).find(name), now), now)


def leftovers(now: Settings) -> list[str]:
    """What lies in the folder of models."""
    folder = store.models_folder(now)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
