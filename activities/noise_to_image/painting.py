"""One image by an installed model, ready for the screen, with what it took. Runs in a compute worker."""

from __future__ import annotations

from dataclasses import dataclass

from activities.noise_to_image.film import png
from kit.cost import Cost, Meter
from kit.models.text_to_image import paint


@dataclass(frozen=True, kw_only=True)
class Painting:
    """What a model made of a sentence."""

    png: bytes
    """The image, without its label. Black if ``blocked``."""
    frames: tuple[bytes, ...]
    """PNG of the image after each step, small. Empty if ``blocked``."""
    blocked: bool
    """Whether the model's safety checker blackened the image."""
    safety_checker: bool
    """Whether the model has one."""
    unread: str
    """The end of the sentence that the model did not read."""
    model: str
    revision: str
    scheduler: str
    """Class of the scheduler, as diffusers names it."""
    loading_seconds: float
    """Part of ``cost.seconds``: 0 when the worker still held the model."""
    cost: Cost
    """Of all of it: loading the model, every step, and the small images of the film."""


def painting(
    name: str,
    prompt: str,
    *,
    seed: int,
    steps: int | None = None,
    guidance: float | None = None,
    negative: str = "",
) -> Painting:
    """Make an image; the arguments are those of :func:`kit.models.text_to_image.paint`, which says what it raises."""
    with Meter() as meter:
        made = paint(name, prompt, seed=seed, steps=steps, guidance=guidance, negative=negative)
    return Painting(
        png=png(made.image),
        frames=tuple(png(frame) for frame in made.intermediate),
        blocked=made.blocked,
        safety_checker=made.safety_checker,
        unread=made.unread,
        model=made.model,
        revision=made.revision,
        scheduler=made.scheduler,
        loading_seconds=made.loading_seconds,
        cost=meter.cost,
    )
