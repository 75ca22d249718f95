"""The patches of the photographs at one size, and the search among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor
from torch.nn import functional as F

from kit.errors import BadInput

FEWEST = 64
"""Patches that must remain around a mask."""
GRID = 2.0**16


def on_grid(values: Tensor) -> Tensor:
    """``values`` rounded to multiples of 2⁻¹⁶.

    The order in which a processor adds changes the last bits of a float64, and one bit can send a search to another
    patch. Rounding after each sum wipes those bits out, so that a seed gives the same image with any number of threads.
    """
    rounded = values.numpy() * GRID
    np.rint(rounded, out=rounded)
    rounded /= GRID
    return torch.from_numpy(rounded)


def patches_at(image: Tensor, rows: Tensor, columns: Tensor, patch: int) -> Tensor:
    """Patches of ``image`` (1, 3, H, W) whose top-left pixels are at ``rows``, ``columns`` (m,): (m, 3 · patch²)."""
    windows = image[0].unfold(1, patch, 1).unfold(2, patch, 1)  # a view: (3, rows, columns, patch, patch)
    return windows.permute(1, 2, 0, 3, 4)[rows, columns].flatten(1)


def places(rows: Tensor, columns: Tensor, height: int, width: int) -> Tensor:
    """Centres of the pixels ``rows``, ``columns`` (m,) as fractions of the image: (m, 2), y then x, between 0 and 1."""
    return torch.stack([(rows + 0.5) / height, (columns + 0.5) / width], dim=1).double()


@dataclass(frozen=True, kw_only=True)
class PatchBank:
    """The training set of the denoiser: patches, where each was, and an index to find those near a noisy one.

    A patch is searched by its first principal components, to which its position, times ``layout`` · ``patch``, is
    appended as two more numbers: patches from far away in the photo then look less alike than near ones.
    """

    patch: int
    """Side of a patch, in pixels, odd."""
    values: Tensor
    """(n, 3 · patch²) float64, from -1 to 1."""
    place: Tensor
    """(n, 2): centre of each patch, as a fraction of its photo, y then x."""
    photo: Tensor
    """(n,): index of the photo each patch comes from."""
    layout: float
    """Weight of the position."""
    mean: Tensor
    """(3 · patch²,)."""
    axes: Tensor
    """(3 · patch², c): the principal components kept."""
    keys: Tensor
    """(n, c + 2): what is compared."""
    tree: cKDTree

    @classmethod
    def build(
        cls,
        photos: list[Tensor],
        *,
        patch: int,
        components: int | None,
        layout: float,
        most: int,
        generator: torch.Generator,
        forbidden: Tensor | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> Self:
        """Collect the patches of ``photos``, each (1, 3, H, W) float64 from -1 to 1.

        ``components``: how many principal components to keep; None compares the patches as they are. ``most``: above
        this many patches, that many are drawn with ``generator``. ``forbidden`` (H, W of the first photo, bool): no
        patch of the first photo that touches it is used or, if too few would remain, none that is centred in it.
        ``tick`` is called between the longer stages; it may raise to stop. Raises :class:`BadInput` if too few remain
        even so.
        """
        half = patch // 2
        allowed = [
            torch.ones(image.shape[-2] - patch + 1, image.shape[-1] - patch + 1, dtype=torch.bool) for image in photos
        ]
        if forbidden is not None:
            untouched = F.max_pool2d(forbidden[None].float(), patch, stride=1)[0] == 0
            centred = ~forbidden[half:-half, half:-half]
            allowed[0] = untouched if len(photos) > 1 or untouched.sum() >= FEWEST else centred
        found = torch.cat([F.pad(at.nonzero(), (1, 0), value=index) for index, at in enumerate(allowed)])  # (n, 3)
        if forbidden is not None and len(found) < FEWEST:
            raise BadInput(
                "The mask leaves too little of the photo to draw from (thin stripes count as wide ones). "
                "Mask a smaller part of it, in one piece, or add another photo."
            )
        if len(found) > most:
            found = found[torch.randperm(len(found), generator=generator)[:most].sort().values]
        values, place = [], []
        for index, image in enumerate(photos):
            rows, columns = found[found[:, 0] == index][:, 1:].unbind(1)
            values.append(patches_at(image, rows, columns, patch))
            place.append(places(rows + half, columns + half, *image.shape[-2:]))
        all_values = torch.cat(values) if len(values) > 1 else values[0]
        all_places = torch.cat(place)
        tick()
        mean, axes = _principal_axes(all_values, components)
        tick()
        keys = _keys(all_values, all_places, mean, axes, layout * patch)
        tick()
        return cls(
            patch=patch,
            values=all_values,
            place=all_places,
            photo=found[:, 0],
            layout=layout,
            mean=mean,
            axes=axes,
            keys=keys,
            # Patches crowd in flat regions: cells split at the midpoint are searched about twice faster than balanced.
            tree=cKDTree(keys.numpy(), balanced_tree=False),
        )

    def __len__(self) -> int:
        return len(self.values)

    def keys_of(self, values: Tensor, place: Tensor) -> Tensor:
        """What the index compares, for query patches ``values`` (m, 3 · patch²) at ``place`` (m, 2): (m, c + 2)."""
        return _keys(values, place, self.mean, self.axes, self.layout * self.patch)

    def nearest(self, keys: Tensor, count: int, slack: float) -> tuple[Tensor, Tensor]:
        """Squared distances and indices, each (m, count), of the patches nearest to each of ``keys``, nearest first.

        ``slack``: each may be up to (1 + slack) times farther than the true one, which makes the search faster.
        """
        distance, index = self.tree.query(keys.numpy(), k=range(1, count + 1), eps=slack, workers=-1)
        return torch.from_numpy(distance) ** 2, torch.from_numpy(index)


def _principal_axes(values: Tensor, components: int | None) -> tuple[Tensor, Tensor]:
    """Mean (d,) and leading eigenvectors (d, c) of the covariance of ``values`` (n, d): exact, hence repeatable."""
    size = values.shape[1]
    if components is None or components >= size:
        return torch.zeros(size, dtype=torch.float64), torch.eye(size, dtype=torch.float64)
    mean = on_grid(values.mean(0))
    covariance = values.T @ values / len(values) - mean[:, None] * mean[None]
    _, vectors = torch.linalg.eigh(on_grid(covariance))
    axes = vectors[:, -components:].flip(1)
    # An eigenvector's sign is the library's choice; ours makes its largest entry positive.
    largest = axes.abs().argmax(0, keepdim=True)
    return mean, on_grid(axes * axes.gather(0, largest).sign())


def _keys(values: Tensor, place: Tensor, mean: Tensor, axes: Tensor, scale: float) -> Tensor:
    return on_grid(torch.cat([values @ axes - mean @ axes, place * scale], dim=1))
