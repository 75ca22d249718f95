"""The one call to the generator: it checks what is asked, and tells how far it has got. Light to import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kit.errors import BadInput
from kit.images.patch_diffusion.trace import Trace

SMALLEST, LARGEST = 64, 768
"""Longest side of a generated image, in pixels."""
MOST_PHOTOS = 12
SMALLEST_PHOTO = 64
"""Shorter side of a photo, in pixels."""
MOST_ELONGATED = 4.0
"""Longest side of the first photo over its shortest."""
PATCHES = (3, 5, 7, 9, 11)
"""Sides of a patch that can be asked for, in pixels."""
Schedule = Literal["cosine", "linear"]
"""How the noise shrinks from step to step: ``linear`` starts from far more of it."""
SCHEDULES: dict[Schedule, str] = {"cosine": "squaredcos_cap_v2", "linear": "linear"}
"""Each schedule, as diffusers calls it."""


@dataclass(frozen=True, kw_only=True)
class Generated:
    """An image that nobody photographed, and how it came about."""

    image: NDArray[np.uint8]
    """(height, width, 3)."""
    trace: Trace
    seed: int
    size: int
    fidelity: float


def generate(
    photos: list[NDArray[np.uint8]],
    *,
    seed: int,
    size: int = 384,
    fidelity: float = 0.5,
    mask: NDArray[np.generic] | None = None,
    patch: int = 7,
    schedule: Schedule = "cosine",
    looks: Sequence[tuple[float, float]] = (),
    on_progress: Callable[[float, str], None] | None = None,
) -> Generated:
    """Make an image out of the patches of ``photos`` by diffusion; see :mod:`kit.images.patch_diffusion.pipeline`.

    ``photos``: 1 to 12 arrays (height, width, 3) uint8, shorter side 64 or more; the image takes the aspect of the
    first. ``seed``: 0 or more; the same one gives the same image. ``size``: longest side of the image, 64 to 768
    pixels. ``fidelity``: from 0, the patches go where they like, to 1, nearly a copy. ``mask``: (height, width) with
    the aspect of the first photo, not zero where the image is generated anew out of what surrounds it; elsewhere the
    photo, resampled to ``size``, is kept exactly. ``patch``: side of a patch, one of :data:`PATCHES`. ``schedule``: how
    the noise shrinks. ``looks``: places, as fractions (y, x) of the image, around which the trace tells what the
    denoiser saw.

    Tells :func:`kit.compute.report` how far it has got, with the latest image as ``preview``; or only ``on_progress``,
    if it is given. Raises :class:`BadInput`, and whatever those raise to stop it.
    """
    _check_photos(photos)
    if not 0 <= seed < 2**63:
        raise BadInput("The seed is {seed}; it takes a whole number from 0 on.", seed=seed)
    if not SMALLEST <= size <= LARGEST:
        raise BadInput(
            "The size is {size}; it takes a number of pixels from {least} to {most}, for the longest side.",
            size=size,
            least=SMALLEST,
            most=LARGEST,
        )
    if not 0 <= fidelity <= 1:
        raise BadInput(
            "The fidelity is {fidelity}; it takes a number from 0 (free dream) to 1 (nearly a copy).", fidelity=fidelity
        )
    if patch not in PATCHES:
        raise BadInput(
            "The side of a patch is {patch} pixels; it takes one of {accepted}.",
            patch=patch,
            accepted=", ".join(str(side) for side in PATCHES),
        )
    if schedule not in SCHEDULES:
        raise BadInput(
            "There is no noise schedule called “{schedule}”; it takes one of {accepted}.",
            schedule=schedule,
            accepted=", ".join(SCHEDULES),
        )
    if mask is not None:
        mask = _checked_mask(mask, photos[0])
    tell = _report if on_progress is None else _only(on_progress)
    for stage in _LOADED:  # several seconds the first time: told in between, so that one can stop
        tell(0.0, 0, 1, None)
        import_module(stage)

    from kit.images.patch_diffusion.pipeline import PatchDiffusionPipeline, default_scheduler

    tell(0.0, 0, 1, None)
    made = PatchDiffusionPipeline(default_scheduler(SCHEDULES[schedule]), patch=patch)(
        photos, seed=seed, size=size, fidelity=fidelity, mask=mask, looks=looks, on_progress=tell
    )
    return Generated(image=made.image, trace=made.trace, seed=seed, size=size, fidelity=fidelity)


_LOADED = ("torch", "scipy.spatial", "diffusers.utils", "transformers", "diffusers.pipelines.pipeline_utils")
"""What takes long to import, in the order in which the pipeline does."""


def warm() -> bool:
    """Import what the generator needs, so that the first picture does not wait for it. Runs in a compute worker."""
    from kit.compute import report

    for stage in _LOADED:
        report(0.0)
        import_module(stage)
    import_module("kit.images.patch_diffusion.pipeline")
    return True


def _check_photos(photos: list[NDArray[np.uint8]]) -> None:
    if not 1 <= len(photos) <= MOST_PHOTOS:
        raise BadInput(
            "{count} photos were given; the generator takes 1 to {most}.", count=len(photos), most=MOST_PHOTOS
        )
    for photo in photos:
        if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3:
            raise ValueError(f"a photo is an array (height, width, 3) of uint8, not {photo.shape} of {photo.dtype}")
        height, width = photo.shape[:2]
        if min(height, width) < SMALLEST_PHOTO:
            raise BadInput(
                "A photo measures {width} × {height} pixels; the generator needs at least {least} on each side. "
                "Choose a larger one.",
                width=width,
                height=height,
                least=SMALLEST_PHOTO,
            )
    height, width = photos[0].shape[:2]
    if max(height, width) > MOST_ELONGATED * min(height, width):
        raise BadInput(
            "The first photo measures {width} × {height} pixels: it is too elongated. "
            "Crop it so that one side is at most {most} times the other.",
            width=width,
            height=height,
            most=round(MOST_ELONGATED),
        )


def _checked_mask(mask: NDArray[np.generic], photo: NDArray[np.uint8]) -> NDArray[np.bool_]:
    if mask.ndim != 2:
        raise ValueError(f"a mask is an array (height, width), not {mask.shape}")
    height, width = photo.shape[:2]
    # One pixel of rounding is allowed on either side.
    if abs(mask.shape[0] * width - mask.shape[1] * height) > max(height, width, *mask.shape):
        raise BadInput(
            "The mask measures {mask_width} × {mask_height} pixels and the photo {width} × {height}. "
            "Draw the mask on the photo itself, so that both have the same shape.",
            mask_width=mask.shape[1],
            mask_height=mask.shape[0],
            width=width,
            height=height,
        )
    inside = mask != 0
    if not inside.any():
        raise BadInput("The mask is empty: nothing would change. Paint in white what is to be generated anew.")
    return inside


def _report(fraction: float, level: int, levels: int, preview: NDArray[np.uint8] | None) -> None:
    from kit.compute import report

    if preview is None:
        report(fraction, "Getting the generator ready")
    else:
        report(fraction, "Size {level} of {levels}", level=level + 1, levels=levels, preview=preview)


def _only(on_progress: Callable[[float, str], None]) -> Callable[[float, int, int, NDArray[np.uint8] | None], None]:
    return lambda fraction, level, levels, preview: on_progress(fraction, f"{level + 1}/{levels}")
