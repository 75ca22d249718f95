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
class Seen:
    """What the denoiser sees around ``m`` places: the ``n`` patches of the bank that weigh most, and its answer."""

    noisy: Tensor
    """(m, 3 · patch²): the noisy patches, at the scale of the photographs."""
    index: Tensor
    """(m, n): patches of the bank, nearest first."""
    weight: Tensor
    """(m, n): their weights."""
    clean: Tensor
    """(m, 3 · patch²): the mean."""


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
        patch = self.bank.patch
        height, width = noisy.shape[-2:]
        half = patch // 2
        variance = _variance(alpha_bar)
        padded = self._padded(noisy, alpha_bar)
        rows, columns = self._centres(height, width, wanted)
        clean = torch.empty(len(rows), 3 * patch * patch, dtype=torch.float64)
        match = torch.empty(len(rows), dtype=torch.long)
        for start in range(0, len(rows), CHUNK):
            part = slice(start, start + CHUNK)

            # 1. Cut overlapping patches out of the noisy image: (m, 3 · patch²).
            queries = patches_at(padded, rows[part], columns[part], patch)
            keys = self.bank.keys_of(queries, places(rows[part], columns[part], height, width))

            # 2. Each becomes the mean of the photos' patches, weighted by how well noise explains the difference.
            clean[part], match[part] = self._expected(keys, variance)
            tick(min(1.0, (start + CHUNK) / len(rows)))

        # 3. Put them back; where patches overlap, average them.
        image = _averaged(clean, rows, columns, padded.shape[-2:])[..., half : half + height, half : half + width]
        return Denoised(image=image, rows=rows, columns=columns, match=match)

    def look(self, noisy: Tensor, alpha_bar: float, rows: Tensor, columns: Tensor, *, count: int = 8) -> Seen:
        """What is seen around the pixels ``rows``, ``columns`` (m,) of ``noisy``, as for a call of the denoiser.

        ``count``: how many patches to name, when all of them share the softmax.
        """
        queries = patches_at(self._padded(noisy, alpha_bar), rows, columns, self.bank.patch)
        keys = self.bank.keys_of(queries, places(rows, columns, *noisy.shape[-2:]))
        index, weight = self._weighted(keys, _variance(alpha_bar))
        clean = self._mean(index, weight)
        if index is None:
            weight, index = weight.topk(min(count, weight.shape[1]), dim=1)
        return Seen(noisy=queries, index=index, weight=weight, clean=clean)

    def _padded(self, noisy: Tensor, alpha_bar: float) -> Tensor:
        """``noisy`` back at the scale of the photos, with a mirrored margin."""
        return F.pad(noisy, (self.bank.patch // 2,) * 4, mode="reflect") / alpha_bar**0.5

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
        index, weight = self._weighted(keys, variance)
        return self._mean(index, weight), weight.argmax(1) if index is None else index[:, 0]

    def _weighted(self, keys: Tensor, variance: float) -> tuple[Tensor | None, Tensor]:
        """Indices (m, n) of the patches that share the softmax, nearest first (None: all, in order), and weights."""
        if self.neighbours is None or self.neighbours >= len(self.bank):
            distance = torch.cdist(keys, self.bank.keys, compute_mode="donot_use_mm_for_euclid_dist") ** 2
            return None, torch.softmax(-distance / (2 * variance), dim=1)
        distance, index = self.bank.nearest(keys, self.neighbours, self.slack)
        return index, torch.softmax(-distance / (2 * variance), dim=1)

    def _mean(self, index: Tensor | None, weight: Tensor) -> Tensor:
        """Weighted means (m, 3 · patch²) of patches of the bank."""
        if index is None:
            return on_grid(weight @ self.bank.values)
        return on_grid(F.embedding_bag(index, self.bank.values, per_sample_weights=weight, mode="sum"))


def _variance(alpha_bar: float) -> float:
    """σ² of the noise at the scale of the photos."""
    return (1 - alpha_bar) / alpha_bar


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
