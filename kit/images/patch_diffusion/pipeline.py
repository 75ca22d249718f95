"""Patch diffusion: a true diffusion sampler whose denoiser needs no training and no weights.

For a network that only sees small patches, the best possible denoiser has a closed form: a softmax-weighted mean of the
patches of its training photos (Kamb & Ganguli 2024, arXiv 2412.20292; Niedoba et al. 2024, arXiv 2411.19339). Sampling
coarse to fine from one image's own patches follows Granot et al., "Drop the GAN", 2022 (arXiv 2103.15545).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.utils.outputs import BaseOutput
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from kit.images.patch_diffusion.bank import PatchBank, on_grid
from kit.images.patch_diffusion.denoiser import PatchDenoiser, Seen
from kit.images.patch_diffusion.plan import LevelPlan, layout_weight, plan, shrunk_shape
from kit.images.patch_diffusion.provenance import provenance
from kit.images.patch_diffusion.trace import DenoisingStep, Level, Looks, Trace

Pixels = NDArray[np.uint8]
Progress = Callable[[float, int, int, Pixels | None], None]
"""Hears the fraction done, the level (from 0), how many levels there are, and the latest clean image."""


def default_scheduler(beta_schedule: str = "squaredcos_cap_v2") -> DDIMScheduler:
    """DDIM, on a cosine schedule by default, for a denoiser that answers with the clean sample, unclipped."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_schedule=beta_schedule,
        prediction_type="sample",
        clip_sample=False,
        timestep_spacing="trailing",
    )


@dataclass
class PatchDiffusionOutput(BaseOutput):
    """What the pipeline returns."""

    image: Pixels
    """(H, W, 3) uint8."""
    trace: Trace


class PatchDiffusionPipeline(DiffusionPipeline):
    """Photos in, a new image out, made of their patches.

    ``patch``: side of a patch, odd. ``components``: principal components that are compared. ``neighbours``: patches
    that share the softmax (None: all, exactly). ``slack``: tolerance of the search. ``most_patches``: bound of
    the bank.
    """

    scheduler: DDIMScheduler
    config: Any

    def __init__(
        self,
        scheduler: DDIMScheduler,
        patch: int = 7,
        components: int | None = 24,
        neighbours: int | None = 8,
        slack: float = 3.0,
        most_patches: int = 200_000,
    ) -> None:
        super().__init__()
        self.register_modules(scheduler=scheduler)
        self.register_to_config(
            patch=patch, components=components, neighbours=neighbours, slack=slack, most_patches=most_patches
        )

    @torch.no_grad()
    def __call__(
        self,
        photos: list[Pixels],
        *,
        seed: int,
        size: int = 384,
        fidelity: float = 0.5,
        mask: NDArray[np.bool_] | None = None,
        looks: Sequence[tuple[float, float]] = (),
        on_progress: Progress = lambda fraction, level, levels, preview: None,
    ) -> PatchDiffusionOutput:
        """Generate an image whose longest side is ``size`` pixels, with the aspect of the first of ``photos``.

        ``photos``: (H, W, 3) uint8. ``fidelity``: from 0 (free dream) to 1 (nearly a copy). ``mask``: (H, W) with the
        aspect of the first photo, True where it is generated anew from what surrounds it; elsewhere its pixels,
        resampled to ``size``, are kept exactly. ``looks``: places, as fractions (y, x) of the image, around which each
        step of the trace tells what the denoiser saw. ``on_progress`` is called several times a second; it may raise to
        stop the run. Raises :class:`~kit.errors.BadInput` if the mask leaves too little to draw from.
        """
        random = torch.Generator("cpu").manual_seed(seed)
        plans = plan(size, photos[0].shape[0], photos[0].shape[1], fidelity)
        work = _Work(plans, on_progress)
        levels: list[Level] = []
        steps: list[DenoisingStep] = []
        image: Tensor | None = None
        for number, level in enumerate(plans):
            # 1. Shrink the photos to this level; their patches are all that the denoiser knows.
            shrunk = [_shrunk(photo, level.longest) for photo in photos]
            known = shrunk[0]
            free = None if mask is None else _shrunk_mask(mask, *known.shape[-2:])
            bank = PatchBank.build(
                shrunk,
                patch=self.config.patch,
                components=self.config.components,
                layout=layout_weight(fidelity),
                most=self.config.most_patches,
                generator=random,
                forbidden=free,
                tick=partial(work.tell, number, steps[-1].denoised if steps else None),
            )
            denoise = self.denoiser(bank, level.stride)
            levels.append(Level(height=known.shape[-2], width=known.shape[-1], patches=len(bank), stride=level.stride))

            # 2. Start from the photo (first level) or from the last level enlarged, and drown it in fresh noise.
            if image is None:
                start = known if free is None else _filled(known, free)
            else:
                start = on_grid(F.interpolate(image, known.shape[-2:], mode="bicubic").clamp(-1, 1))
            start = _outside(free, start, known)
            noise = on_grid(torch.randn(start.shape, generator=random, dtype=torch.float64))
            timesteps = self._timesteps(level)
            noisy = on_grid(self.scheduler.add_noise(start, noise, timesteps[:1]))  # type: ignore[arg-type]

            for timestep in timesteps:
                alpha_bar = float(self.scheduler.alphas_cumprod[timestep])

                # 3. Which clean image lies under the noise? Outside the mask it is known: the photo itself.
                answer = denoise(
                    _outside(free, noisy, known * alpha_bar**0.5),
                    alpha_bar,
                    wanted=free,
                    tick=work.tick(number, steps[-1].denoised if steps else None),
                )
                image = _outside(free, answer.image, known)
                steps.append(
                    DenoisingStep(
                        level=number,
                        timestep=int(timestep),
                        noise=(1 / alpha_bar - 1) ** 0.5,
                        noisy=_pixels(noisy),
                        denoised=_pixels(image),
                        looks=_looks(denoise, noisy, alpha_bar, looks) if looks else None,
                    )
                )

                # 4. A DDIM step: a little less noise, in the direction of that image.
                noisy = on_grid(self.scheduler.step(image, timestep, noisy, return_dict=False)[0])

        assert image is not None  # there is always a level
        shapes = [(photo.shape[0], photo.shape[1]) for photo in photos]
        trace = Trace(
            levels=tuple(levels), steps=tuple(steps), provenance=provenance(answer, bank, image, shapes, free)
        )
        return PatchDiffusionOutput(image=_pixels(image), trace=trace)

    def denoiser(self, bank: PatchBank, stride: int) -> PatchDenoiser:
        """The denoiser of one level."""
        return PatchDenoiser(bank=bank, neighbours=self.config.neighbours, slack=self.config.slack, stride=stride)

    def _timesteps(self, level: LevelPlan) -> Tensor:
        """The last ``strength`` of the schedule, as image-to-image pipelines slice it."""
        total = max(level.steps, round(level.steps / level.strength))
        self.scheduler.set_timesteps(total)
        return self.scheduler.timesteps[total - level.steps :]


class _Work:
    """Turns what is done of one call of the denoiser into a fraction of the whole run."""

    def __init__(self, plans: tuple[LevelPlan, ...], on_progress: Progress) -> None:
        self._call = [(level.longest / level.stride) ** 2 for level in plans]
        self._all = sum(call * level.steps for call, level in zip(self._call, plans, strict=True))
        self._done = 0.0
        self._on_progress = on_progress

    def tick(self, level: int, preview: Pixels | None) -> Callable[[float], None]:
        """For one call of the denoiser at ``level``: what that call tells its own fraction to."""
        before = self._done
        self._done += self._call[level]

        def tick(fraction: float) -> None:
            self.tell(level, preview, before + fraction * self._call[level])

        tick(0)
        return tick

    def tell(self, level: int, preview: Pixels | None, done: float | None = None) -> None:
        """Say how far the run has got: ``done`` of the work, or as far as the last call came."""
        self._on_progress((self._done if done is None else done) / self._all, level, len(self._call), preview)


def _shrunk(photo: Pixels, longest: int) -> Tensor:
    """``photo`` with its longest side brought to ``longest`` pixels: (1, 3, h, w) float64, from -1 to 1."""
    height, width = shrunk_shape(photo.shape[0], photo.shape[1], longest)
    if photo.shape[:2] != (height, width):
        photo = np.asarray(Image.fromarray(photo).resize((width, height), Image.Resampling.LANCZOS))
    return torch.from_numpy(photo.astype(np.float64)).permute(2, 0, 1)[None] / 127.5 - 1


def _shrunk_mask(mask: NDArray[np.bool_], height: int, width: int) -> Tensor:
    """(height, width), True for every pixel of the small image that holds some of the mask."""
    small = Image.fromarray(mask.astype(np.float32)).resize((width, height), Image.Resampling.BOX)
    return torch.from_numpy(np.asarray(small) > 1e-3)


def _outside(free: Tensor | None, inside: Tensor, outside: Tensor) -> Tensor:
    """``inside`` where ``free`` (H, W), ``outside`` elsewhere; all ``inside`` without a mask."""
    return inside if free is None else torch.where(free, inside, outside)


def _filled(known: Tensor, free: Tensor) -> Tensor:
    """``known`` (1, 3, H, W) with the pixels that are ``free`` replaced by a blur of the others, to start from."""
    keep = (~free)[None, None].double()
    filled, left = known * keep, 1 - keep
    for radius in (1, 2, 4, 8, 16, 32):
        blur, weight = (F.avg_pool2d(each, 2 * radius + 1, 1, radius) for each in (known * keep, keep))
        reached = left * (weight > 0)
        filled, left = filled + reached * blur / weight.clamp(min=1e-12), left - reached
    return on_grid(filled)


def _looks(denoise: PatchDenoiser, noisy: Tensor, alpha_bar: float, where: Sequence[tuple[float, float]]) -> Looks:
    """What ``denoise`` sees of ``noisy`` around the places ``where``."""
    height, width = noisy.shape[-2:]
    rows = torch.tensor([min(height - 1, int(y * height)) for y, _ in where])
    columns = torch.tensor([min(width - 1, int(x * width)) for _, x in where])
    bank = denoise.bank
    seen: Seen = denoise.look(noisy, alpha_bar, rows, columns)
    return Looks(
        noisy=_patches(seen.noisy, bank.patch),
        found=_patches(bank.values[seen.index], bank.patch),
        weight=seen.weight.float().numpy(),
        photo=bank.photo[seen.index].to(torch.uint8).numpy(),
        place=bank.place[seen.index].float().numpy(),
        clean=_patches(seen.clean, bank.patch),
    )


def _patches(values: Tensor, patch: int) -> Pixels:
    """(…, 3 · patch²) from -1 to 1, to (…, patch, patch, 3) uint8."""
    shaped = values.unflatten(-1, (3, patch, patch)).movedim(-3, -1)
    return ((shaped.clamp(-1, 1) + 1) * 127.5).round().byte().contiguous().numpy()


def _pixels(image: Tensor) -> Pixels:
    """(1, 3, H, W) from -1 to 1, to (H, W, 3) uint8."""
    return ((image[0].clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).contiguous().numpy()
