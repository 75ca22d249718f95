"""Text to image with an installed model, in a compute worker, from local files alone.

The pipeline is diffusers' own (``AutoPipelineForText2Image``). What is shown of its way is what it went through: after
each step its latents, made smaller where they are large, are decoded by the model's own decoder. Where the model has a
safety checker, every one of these images passes it, as the last does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kit import settings as kit_settings
from kit.compute.progress import report
from kit.errors import BadInput
from kit.models import store
from kit.models.catalogue import Defaults
from kit.models.loading import Pipeline, holder

if TYPE_CHECKING:
    from torch import Tensor

MAX_PROMPT = 300
"""Characters of a prompt, and of a negative prompt."""
MAX_STEPS = 50
MAX_GUIDANCE = 20.0
MIN_SIDE, MAX_SIDE = 64, 768
"""Pixels of a side, a multiple of 8."""
MAX_SEED = 2**32 - 1
PREVIEW = 128
"""Pixels of the longest side of an intermediate image, at most."""
LOADING = 0.1
"""The share of the progress that loading takes."""


@dataclass(frozen=True, kw_only=True)
class Painted:
    """What a model made of a prompt, and how."""

    image: np.ndarray
    """uint8, (height, width, 3). Black if ``blocked``."""
    intermediate: tuple[np.ndarray, ...]
    """The image at the end of each step: uint8, (h, w, 3), at most :data:`PREVIEW` a side. Empty if ``blocked``."""
    blocked: bool
    """Whether the model's safety checker blackened the image: say so, an empty image explains nothing."""
    safety_checker: bool
    """Whether the model has one."""
    unread: str
    """The end of the prompt that the model did not read, since its text encoder takes so many tokens and no more."""
    model: str
    revision: str
    seed: int
    steps: int
    guidance: float
    negative: str
    scheduler: str
    """Class of the scheduler, as diffusers names it."""
    seconds: float
    """Of making the image; loading the model is apart."""
    processor_seconds: float
    """Of all the threads of the process while it was made."""
    loading_seconds: float
    """0 when the worker still held the model."""


def paint(
    name: str,
    prompt: str,
    *,
    seed: int,
    steps: int | None = None,
    guidance: float | None = None,
    negative: str = "",
    width: int | None = None,
    height: int | None = None,
) -> Painted:
    """Make an image from ``prompt`` with the installed model ``name``; what is left out is as its catalogue entry says.

    The same arguments give the same image on one machine. Reports the fraction done many times a second, with the image
    so far (``preview``, uint8), ``step`` and ``steps``; stops within a layer of the network when it is cancelled.

    Raises :class:`NotFound` if the model is not installed whole, :class:`BadInput` if an argument is out of range.
    """
    # 1. What is asked for.
    model = store.find(name, kit_settings.load())
    defaults = model.entry.image_defaults
    steps, guidance = defaults.steps if steps is None else steps, defaults.guidance if guidance is None else guidance
    width, height = defaults.width if width is None else width, defaults.height if height is None else height
    _check(prompt, negative, seed, steps, guidance, width, height, defaults, name)

    # 2. The model, in memory.
    began = time.perf_counter()
    pipeline, loaded_now = holder.pipeline(model)
    loading = time.perf_counter() - began if loaded_now else 0.0

    # 3. From noise to image.
    import torch

    began, worked = time.perf_counter(), time.process_time()
    film = _Film(pipeline, steps)
    asked: dict[str, Any] = {"negative_prompt": negative} if negative else {}
    with film.watching(), torch.inference_mode():
        made = pipeline(
            prompt=prompt,
            width=width,
            height=height,
            num_inference_steps=steps,
            guidance_scale=guidance,
            generator=torch.Generator("cpu").manual_seed(seed),
            output_type="np",
            callback_on_step_end=film.step,
            callback_on_step_end_tensor_inputs=["latents"],
            **asked,
        )

    # 4. What came out, and what the checker says of it.
    blocked = any(getattr(made, "nsfw_content_detected", None) or [])
    image = _bytes(made.images[0])
    return Painted(
        image=np.zeros_like(image) if blocked else image,
        intermediate=() if blocked else tuple(film.frames),
        blocked=blocked,
        safety_checker=model.safety_checker,
        unread=_unread(pipeline, prompt),
        model=name,
        revision=model.revision,
        seed=seed,
        steps=steps,
        guidance=guidance,
        negative=negative,
        scheduler=type(pipeline.scheduler).__name__,
        seconds=time.perf_counter() - began,
        processor_seconds=time.process_time() - worked,
        loading_seconds=loading,
    )


def _check(
    prompt: str,
    negative: str,
    seed: int,
    steps: int,
    guidance: float,
    width: int,
    height: int,
    defaults: Defaults,
    name: str,
) -> None:
    if not prompt.strip():
        raise BadInput("The description is empty. Write what the image should show.")
    for text in (prompt, negative):
        if len(text) > MAX_PROMPT:
            raise BadInput(
                "The description has {count} characters; at most {most} are accepted.", count=len(text), most=MAX_PROMPT
            )
    if not 0 <= seed <= MAX_SEED:
        raise BadInput("{seed} is not a seed. Give a whole number from 0 to {most}.", seed=seed, most=MAX_SEED)
    if not 1 <= steps <= MAX_STEPS:
        raise BadInput("{steps} steps were asked for; choose from 1 to {most}.", steps=steps, most=MAX_STEPS)
    if not 0 <= guidance <= MAX_GUIDANCE:  # false for what is no number, too
        raise BadInput("A guidance of {guidance} is out of range; choose from 0 to {most}.", guidance=guidance, most=20)
    for side in (width, height):
        if side % 8 or not MIN_SIDE <= side <= MAX_SIDE:
            raise BadInput(
                "A side of {side} pixels is not accepted; choose a multiple of 8 from {least} to {most}.",
                side=side,
                least=MIN_SIDE,
                most=MAX_SIDE,
            )
    if negative and (not defaults.negative_prompt or guidance <= 1):
        raise BadInput(
            "“{name}” would not read what to avoid: that needs a model made for it, and guidance above 1. Leave it "
            "empty.",
            name=name,
        )


class _Film:
    """Follows a pipeline at work: reports before every layer, and keeps the image at the end of each step."""

    def __init__(self, pipeline: Pipeline, steps: int) -> None:
        self.frames: list[np.ndarray] = []
        self._pipeline, self._steps, self._done = pipeline, steps, 0
        self._denoiser = getattr(pipeline, "unet", None) or pipeline.transformer
        self._layers = max(sum(1 for layer in self._denoiser.modules() if not any(layer.children())), 1)
        self._passed = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While it lasts, every layer of every network says first how far the work has got, and can be stopped."""
        networks = [part for part in self._pipeline.components.values() if hasattr(part, "register_forward_pre_hook")]
        leaves = [
            (layer, network is self._denoiser)
            for network in networks
            for layer in network.modules()
            if not any(layer.children())
        ]
        hooks = [layer.register_forward_pre_hook(self._denoising if main else self._beside) for layer, main in leaves]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _denoising(self, *_: Any) -> None:
        self._passed += 1
        self._say(min(self._passed / self._layers, 1.0))

    def _beside(self, *_: Any) -> None:
        self._say(0.0)

    def _say(self, within: float) -> None:
        fraction = LOADING + (1 - LOADING) * min((self._done + within) / self._steps, 1.0) * 0.95
        payload = {"preview": self.frames[-1]} if self.frames else {}
        report(fraction, "Step {step} of {steps}", step=min(self._done + 1, self._steps), steps=self._steps, **payload)

    def step(self, pipeline: Pipeline, index: int, timestep: Tensor, tensors: dict[str, Any]) -> dict[str, Any]:
        """What diffusers calls at the end of each step. ``tensors["latents"]``: (1, channels, h, w)."""
        self._done, self._passed = index + 1, 0
        self.frames.append(_decode(pipeline, tensors["latents"]))
        self._say(0.0)
        return {}


def _decode(pipeline: Pipeline, latents: Tensor) -> np.ndarray:
    """The image that ``latents`` (1, channels, h, w) stand for, at most :data:`PREVIEW` a side; black where the safety
    checker asks for it. uint8, (h, w, 3)."""
    import torch

    most = max(PREVIEW // pipeline.vae_scale_factor, 1)
    shrink = most / max(latents.shape[-2:])
    if shrink < 1:
        sides = [max(round(side * shrink), 1) for side in latents.shape[-2:]]
        latents = torch.nn.functional.interpolate(latents, size=sides, mode="area")
    config = pipeline.vae.config
    scaled = latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0.0)
    image = pipeline.vae.decode(scaled, return_dict=False)[0]
    if getattr(pipeline, "safety_checker", None) is not None:
        image, found = pipeline.run_safety_checker(image, image.device, image.dtype)
        if any(found):
            return np.zeros((*image.shape[-2:], 3), np.uint8)
    return _bytes(pipeline.image_processor.postprocess(image, output_type="np")[0])


def _bytes(image: np.ndarray) -> np.ndarray:
    """Floats from 0 to 1, (h, w, 3), as uint8. What is no number is black."""
    return (np.nan_to_num(image).clip(0, 1) * 255).round().astype(np.uint8)


def _unread(pipeline: Pipeline, prompt: str) -> str:
    """The end of ``prompt`` beyond what the text encoder takes; empty if it read all."""
    tokenizer = pipeline.tokenizer
    ids = tokenizer(prompt, add_special_tokens=False, verbose=False).input_ids
    read = tokenizer.model_max_length - tokenizer.num_special_tokens_to_add()
    return tokenizer.decode(ids[read:]).strip() if len(ids) > read else ""
