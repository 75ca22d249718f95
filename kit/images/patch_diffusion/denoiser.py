"""The closed-form denoiser of a network that sees one patch at a time.

Kamb & Ganguli, "An analytic theory of creativity in convolutional diffusion models", 2024 (arXiv 2412.20292), and
Niedoba et al., "Towards a mechanistic explanation of diffusion model generalization", 2024 (arXiv 2411.19339).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from kit.images.patch_diffusion.bank import PatchBank, on_grid, patches_at, places

CHUNK = 4096
"""Patches searched at a time: a tenth of a second, so that progress is told and a cancellation heard."""


@dataclass(frozen=True, kw_only=True)
class Denoised:
    """The denoiser's answer for one noisy image."""

    image: Tensor
    """(1, 3, H, W): the expected clean image; zero where no patch was wanted."""
    rows: Tensor
    columns: Tensor
    """(m,): the pixels around which patches were denoised."""
    match: Tensor
    """(m,): the most similar patch of the bank to each."""


@dataclass(frozen=True, kw_only=True)
class PatchDenoiser:
    """Posterior mean of clean patches under Gaussian noise, when every patch of the bank is equally likely."""

    bank: PatchBank
    neighbours: int | None = 8
    """How many of the nearest patches share the softmax; None: all of them (the closed form itself)."""
    slack: float = 3.0
    """Tolerance of the search, see :meth:`PatchBank.nearest`."""
    stride: int = 1
    """Distance in pixels between the centres of the patches that are denoised."""

    def __call__(
        self,
        noisy: Tensor,
        alpha_bar: float,
        *,
        wanted: Tensor | None = None,
        tick: Callable[[float], None] = lambda fraction: None,
    ) -> Denoised:
        """Denoise ``noisy`` = √ᾱ · clean + √(1 - ᾱ) · noise, (1, 3, H, W) float64, with ᾱ = ``alpha_bar``.

        ``wanted`` (H, W, bool): only patches that touch it are denoised. ``tick`` hears the fraction done.
        """
        bank, patch = self.bank, self.bank.patch
        height, width = noisy.shape[-2:]
        half = patch // 2
        variance = (1 - alpha_bar) / alpha_bar
        padded = F.pad(noisy, (half,) * 4, mode="reflect") / alpha_bar**0.5  # back to the scale of the photos
        rows, columns = self._centres(height, width, wanted)
        clean = torch.empty(len(rows), 3 * patch * patch, dtype=torch.float64)
        match = torch.empty(len(rows), dtype=torch.long)
        for start in range(0, len(rows), CHUNK):
            part = slice(start, start + CHUNK)

            # 1. Cut overlapping patches out of the noisy image: (m, 3 · patch²).
            queries = patches_at(padded, rows[part], columns[part], patch)
            keys = bank.keys_of(queries, places(rows[part], columns[part], height, width))

            # 2. Each becomes the mean of the photos' patches, weighted by how well noise explains the difference.
            clean[part], match[part] = self._expected(keys, variance)
            tick(min(1.0, (start + CHUNK) / len(rows)))

        # 3. Put them back; where patches overlap, average them.
        image = _averaged(clean, rows, columns, padded.shape[-2:])[..., half : half + height, half : half + width]
        return Denoised(image=image, rows=rows, columns=columns, match=match)

    def _centres(self, height: int, width: int, wanted: Tensor | None) -> tuple[Tensor, Tensor]:
        """Rows and columns (m,) around which to denoise: a grid that reaches every edge, or the part of it wanted."""
        on = torch.zeros(height, width, dtype=torch.bool)
        rows = torch.arange(0, height + self.stride - 1, self.stride).clamp(max=height - 1)
        columns = torch.arange(0, width + self.stride - 1, self.stride).clamp(max=width - 1)
        on[rows[:, None], columns] = True
        if wanted is not None:
            on &= F.max_pool2d(wanted[None].float(), self.bank.patch, stride=1, padding=self.bank.patch // 2)[0] > 0
        centres = on.nonzero()
        return centres[:, 0], centres[:, 1]

    def _expected(self, keys: Tensor, variance: float) -> tuple[Tensor, Tensor]:
        """Mean patches (m, 3 · patch²) and the index (m,) of each one's most similar patch of the bank.

        The weights are w ∝ exp(-‖query - patch‖² / 2σ²), with σ² = ``variance`` = (1 - ᾱ) / ᾱ.
        """
        if self.neighbours is None or self.neighbours >= len(self.bank):
            distance = torch.cdist(keys, self.bank.keys, compute_mode="donot_use_mm_for_euclid_dist") ** 2
            weight = torch.softmax(-distance / (2 * variance), dim=1)
            return on_grid(weight @ self.bank.values), distance.argmin(1)
        distance, index = self.bank.nearest(keys, self.neighbours, self.slack)
        weight = torch.softmax(-distance / (2 * variance), dim=1)
        mean = F.embedding_bag(index, self.bank.values, per_sample_weights=weight, mode="sum")
        return on_grid(mean), index[:, 0]


def _averaged(clean: Tensor, rows: Tensor, columns: Tensor, size: torch.Size) -> Tensor:
    """Mean (1, 3, *size) of the overlapping patches ``clean`` (m, 3 · patch²) whose top-left pixels are given."""
    patch = round((clean.shape[1] / 3) ** 0.5)
    offsets = (torch.arange(patch)[:, None] * size[1] + torch.arange(patch)).flatten()
    pixels = ((rows * size[1] + columns)[:, None] + offsets).flatten().numpy()  # (m · patch²,)
    count = np.bincount(pixels, minlength=size[0] * size[1])
    colours = clean.view(len(rows), 3, -1).transpose(0, 1).reshape(3, -1).numpy()
    # Every term is a multiple of 2⁻¹⁶, hence the sum is exact, in whichever order.
    total = np.stack([np.bincount(pixels, colour, minlength=size[0] * size[1]) for colour in colours])
    return on_grid(torch.from_numpy(total / np.maximum(count, 1)).view(1, 3, *size))
