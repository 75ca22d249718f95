"""The pipeline that a compute worker holds, and how it is loaded: from local files alone, whatever happens."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeAlias

from kit.compute.progress import report
from kit.errors import ComputeError
from kit.models.store import Installed

Pipeline: TypeAlias = Any
"""A text-to-image pipeline of diffusers: its parts are attributes that it gets when it is made."""
_LOOK = 0.2
"""Seconds between two reports while a model is loading."""


class Holder:
    """The one pipeline that a worker keeps between calls, and the thread that loads it.

    Loading takes seconds that nothing can interrupt. It runs in a thread of its own, so that the call can go on saying
    that it lives, or be cancelled; the thread then ends its work, and the next call finds the model there.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "model-loading")
        self._key: tuple[str, str] | None = None
        self._loading: Future[Pipeline] | None = None

    def pipeline(self, model: Installed) -> tuple[Pipeline, bool]:
        """The pipeline of ``model``, and whether it had to be loaded."""
        key = (str(model.folder), model.revision)
        if held := self._key == key and self._loading is not None:
            self._wait()
        else:
            self.forget()  # the old one goes before the new one comes: both may not fit
            self._key, self._loading = key, self._thread.submit(load, model)
            self._wait()
        try:
            return self._loading.result(), not held  # type: ignore[union-attr]
        except BaseException:
            self._loading = None
            raise

    def forget(self) -> None:
        """Let go of the model, once it has finished loading."""
        self._wait()
        self._key = self._loading = None

    def _wait(self) -> None:
        while self._loading is not None and not self._loading.done():
            report(0.0, "Loading the model")
            wait([self._loading], _LOOK)


holder = Holder()
"""That of this process."""


def load(model: Installed) -> Pipeline:
    """The pipeline of an installed model, in single precision, on the processor."""
    os.environ["HF_HUB_OFFLINE"] = os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import torch
    from diffusers import AutoPipelineForText2Image
    from diffusers.utils import logging as diffusers_logging
    from safetensors import SafetensorError
    from transformers.utils import logging as transformers_logging

    for logs in (diffusers_logging, transformers_logging):
        logs.disable_progress_bar()  # nobody looks at a worker's terminal
    try:
        pipeline = AutoPipelineForText2Image.from_pretrained(
            str(model.files),
            local_files_only=True,
            use_safetensors=True,
            variant=model.manifest.variant,
            dtype=torch.float32,
            low_cpu_mem_usage=False,  # the other way needs accelerate, which the kit has no other use for
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        raise ComputeError(
            "The model “{name}” cannot be loaded ({reason}). Look it over with: contrechamp models check {name}",
            name=model.name,
            reason=str(error)[:200],
        ) from error
    if model.safety_checker and getattr(pipeline, "safety_checker", None) is None:
        raise ComputeError(
            "The model “{name}” was installed with a safety checker and loads without it, so it is not used. Remove it "
            "and install it again.",
            name=model.name,
        )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
