"""A model that speaks, or that writes down what is said, from its folder: local files alone, safetensors alone.

A compute worker loads it for one call and lets go of it: it may need the memory for something else next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from kit.errors import BadInput, NotFound
from kit.models import local
from kit.models.architecture import CONFIG, speech_task_of
from kit.models.catalogue import Task
from kit.models.picking import PICKLES
from kit.models.store import FILES

Network: TypeAlias = Any
"""A model of transformers: its parts are attributes that it gets when it is made."""
Processor: TypeAlias = Any
"""Of a voice, its tokenizer; of a model that writes, a tokenizer and what makes spectrograms."""


def name_of(folder: str) -> str:
    """What the model in ``folder`` is called: an installed one lies in a folder ``files``, below its name."""
    path = Path(folder)
    return (path.parent if path.name == FILES else path).name


def load(folder: str, task: Task) -> tuple[Processor, Network]:
    """The model of ``task`` in ``folder``, in single precision on the processor, ready to be asked.

    Raises :class:`NotFound` if there is no such folder, :class:`BadInput` if it holds no such model, or half of one.
    """
    name = name_of(folder)
    _check(Path(folder), name, task)
    with local.loading(name):
        import torch
        from transformers import VitsModel, VitsTokenizer, WhisperForConditionalGeneration, WhisperProcessor

        kinds: dict[Task, tuple[Any, Any]] = {
            Task.TEXT_TO_SPEECH: (VitsTokenizer, VitsModel),
            Task.SPEECH_RECOGNITION: (WhisperProcessor, WhisperForConditionalGeneration),
        }
        words, network = kinds[task]
        processor = words.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        with torch.random.fork_rng(devices=[]):  # some layers draw numbers before their own are read
            loaded, about = network.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype="float32",
                output_loading_info=True,
            )
    # transformers puts chance in the place of what is missing. That part of a voice only learns, and never speaks.
    if missing := sorted(key for key in about["missing_keys"] if not key.startswith("posterior_encoder.")):
        raise BadInput(
            "The model “{name}” has not all its weights: {part} is missing. Its folder is damaged; install it again.",
            name=name,
            part=missing[0],
        )
    return processor, loaded.eval()


@contextmanager
def watched(network: Network, say: Callable[[], None]) -> Iterator[None]:
    """While it lasts, every layer of ``network`` calls ``say`` first, which may raise to stop it."""
    leaves = [layer for layer in network.modules() if not any(layer.children())]
    hooks = [layer.register_forward_pre_hook(lambda *_: say()) for layer in leaves]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _check(folder: Path, name: str, task: Task) -> None:
    """Raise unless the folder holds a model of that task, with weights that are safe to read."""
    if not folder.is_dir():
        raise NotFound("There is no model “{name}” here: its folder does not exist.", name=name)
    try:
        config = (folder / CONFIG).read_bytes()
    except FileNotFoundError as error:
        raise BadInput("“{name}” is no model: there is no config.json in its folder.", name=name) from error
    except OSError as error:
        raise BadInput("The config.json of “{name}” cannot be read.", name=name) from error
    if (found := speech_task_of(config, name)) is not task:
        raise BadInput(
            "“{name}” is a model of {found}, and one of {task} is needed here. Choose another model.",
            name=name,
            found=found.value,
            task=task.value,
        )
    files = {file.name for file in folder.iterdir()}
    if not any(file.endswith(".safetensors") for file in files):
        if any(file.endswith(PICKLES) for file in files):
            raise BadInput(
                "“{name}” has its weights only as a pickle, which can run code when it is read, and the kit refuses "
                "it. Look for a version with safetensors.",
                name=name,
            )
        raise BadInput("“{name}” has no weights: there is no .safetensors file in its folder.", name=name)
