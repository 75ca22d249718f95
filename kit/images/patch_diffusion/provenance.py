"""Where each pixel of a finished image came from."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.images.patch_diffusion.bank import PatchBank, patches_at, places
from kit.images.patch_diffusion.denoiser import Denoised
from kit.images.patch_diffusion.trace import Provenance


def provenance(
    answer: Denoised, bank: PatchBank, image: Tensor, shapes: list[tuple[int, int]], free: Tensor | None
) -> Provenance:
    """Name, for each pixel of ``image`` (1, 3, H, W), the match of the patch centred on it or on the nearest centre.

    ``answer``: the last one of the denoiser. ``shapes``: height and width of each photo as given. ``free`` (H, W,
    bool): the mask, if there is one; other pixels are the first photo's own.
    """
    height, width = image.shape[-2:]
    half = bank.patch // 2

    # 1. Which denoised patch speaks for each pixel? Look at ever farther neighbours until one was a centre.
    slots = torch.full((height, width), -1)
    slots[answer.rows, answer.columns] = torch.arange(len(answer.rows))
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    slot, down, right = slots.clone(), torch.zeros(height, width), torch.zeros(height, width)
    for dy, dx in sorted(
        ((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)), key=lambda step: step[0] ** 2 + step[1] ** 2
    ):
        there = slots[(rows + dy).clamp(0, height - 1), (columns + dx).clamp(0, width - 1)]
        use = (slot < 0) & (there >= 0)
        slot[use], down[use], right[use] = there[use], -float(dy), -float(dx)
    slot.clamp_(min=0)

    # 2. Where was its match, in its photo's own pixels?
    match = answer.match[slot]
    photo, place = bank.photo[match], bank.place[match]
    size = torch.tensor(shapes)[photo]
    scale = size.max(-1).values / max(height, width)
    y = place[..., 0] * size[..., 0] - 0.5 + down * scale
    x = place[..., 1] * size[..., 1] - 0.5 + right * scale

    # 3. How much do the two differ, now that overlapping patches were averaged?
    finished = patches_at(F.pad(image, (half,) * 4, mode="reflect"), answer.rows, answer.columns, bank.patch)
    apart = (finished - bank.values[answer.match]).square().mean(1).sqrt()[slot]

    kept = torch.zeros(height, width, dtype=torch.bool) if free is None else ~free
    own = (
        places(rows.flatten(), columns.flatten(), height, width).view(height, width, 2) * torch.tensor(shapes[0]) - 0.5
    )
    y, x = torch.where(kept, own[..., 0], y), torch.where(kept, own[..., 1], x)
    photo, apart = photo.masked_fill(kept, 0), apart.masked_fill(kept, 0)
    limit = torch.tensor(shapes)[photo] - 1
    return Provenance(
        photo=photo.to(torch.uint8).numpy(),
        y=y.clamp(min=0).minimum(limit[..., 0]).float().numpy(),
        x=x.clamp(min=0).minimum(limit[..., 1]).float().numpy(),
        distance=apart.float().numpy(),
        kept=kept.numpy(),
    )
