"""What is over-represented comes out: ten photographs of two subjects, and how much of each is in what is made.

The generator has no idea what a photograph shows. It searches the patches of all ten for those nearest to what it sees
under the noise, and the nearest eight share the answer. Nine photographs of one subject, each framed a little
differently, hold nine versions of nearly every patch: they crowd those eight places.

Two things would falsify the measurement, and are drawn by chance instead. The first photograph gives the generator its
layout: for each picture it is drawn among the ten. And patches may go nearly anywhere (fidelity 0), so that a
photograph has no corner of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from activities.noise_to_image.film import png
from kit.compute import report
from kit.cost import Cost, Meter
from kit.images.generate import generate

FED = 10
"""Photographs that go in."""
PICTURES = 6
SIZE = 72
"""Longest side of a picture, in pixels. A search costs its patches times those of ten photographs: at 96 pixels six
pictures take three times as long."""
ZOOMS = (1.0, 0.94, 0.88, 0.82, 0.76)
CORNERS = ((0.5, 0.5), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0))
"""Down and right, for each of :data:`ZOOMS`: 0 is the top or left edge, 1 the bottom or right one."""
MOSTLY = 0.5


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One picture."""

    png: bytes
    share: float
    """Of its area, from the first subject."""
    layout: bool
    """Whether the photograph drawn for its layout was one of the first subject."""


@dataclass(frozen=True, kw_only=True)
class Proportion:
    """What came out of ten photographs."""

    count: int
    """How many of them showed the first subject."""
    pictures: tuple[Drawn, ...]
    cost: Cost

    @property
    def fed(self) -> float:
        """Share of the photographs that showed the first subject."""
        return self.count / FED

    @property
    def came_out(self) -> float:
        """Share of the area of all pictures that came from the first subject."""
        return sum(picture.share for picture in self.pictures) / len(self.pictures)

    @property
    def mostly(self) -> int:
        """How many pictures have more than half of their area from the first subject."""
        return sum(picture.share > MOSTLY for picture in self.pictures)


def variants(photo: NDArray[np.uint8], count: int) -> list[NDArray[np.uint8]]:
    """``count`` framings of ``photo``, uint8 (height, width, 3), of its own size and all different, at most ten.

    The first one is the photograph; every second one is the mirror image of the one before.
    """
    height, width = photo.shape[:2]
    framed = []
    for zoom, (down, right) in zip(ZOOMS, CORNERS, strict=True):
        rows, columns = round(height * zoom), round(width * zoom)
        top, left = round((height - rows) * down), round((width - columns) * right)
        part = Image.fromarray(photo[top : top + rows, left : left + columns])
        whole = photo if zoom == 1 else np.asarray(part.resize((width, height), Image.Resampling.LANCZOS))
        framed += [whole, np.ascontiguousarray(np.fliplr(whole))]
    if not 0 <= count <= len(framed):
        raise ValueError(f"{count} framings were asked for, of {len(framed)}")
    return framed[:count]


def feed(
    first: NDArray[np.uint8], other: NDArray[np.uint8], count: int
) -> tuple[list[NDArray[np.uint8]], NDArray[np.bool_]]:
    """The :data:`FED` photographs that go in, and for each whether it shows the ``first`` subject (``count`` do)."""
    photos = variants(first, count) + variants(other, FED - count)
    return photos, np.arange(FED) < count


def proportion(
    first: NDArray[np.uint8],
    other: NDArray[np.uint8],
    *,
    count: int,
    seed: int,
    pictures: int = PICTURES,
    size: int = SIZE,
) -> Proportion:
    """Make ``pictures`` pictures out of ``count`` framings of ``first`` and the rest of ``other``, and measure them.

    ``first``, ``other``: uint8 (height, width, 3). Reports its progress over all pictures, the latest as ``preview``.
    Raises what :func:`kit.images.generate.generate` does.
    """
    photos, of_first = feed(first, other, count)
    drawn: list[Drawn] = []
    latest: NDArray[np.uint8] | None = None

    def tell(fraction: float, _level: str) -> None:
        done = len(drawn)
        report((done + fraction) / pictures, "Picture {n} of {total}", n=done + 1, total=pictures, preview=latest)

    with Meter() as meter:
        for number in range(pictures):
            # 1. Which photograph gives the layout? Each of the ten is as likely.
            order, of_seed = drawing(seed, number)
            # 2. Make the picture: patches go where they like.
            made = generate([photos[at] for at in order], seed=of_seed, size=size, fidelity=0.0, on_progress=tell)
            latest = made.image
            # 3. Whose are its pixels?
            shown = of_first[order]
            share = float(shown[made.trace.provenance.photo].mean())
            drawn.append(Drawn(png=png(latest), share=share, layout=bool(shown[0])))
    return Proportion(count=count, pictures=tuple(drawn), cost=meter.cost)


def drawing(seed: int, number: int) -> tuple[NDArray[np.intp], int]:
    """For picture ``number``: the order of the :data:`FED` photographs, the one for the layout first, and its seed."""
    random = np.random.default_rng([seed, number])
    lead = int(random.integers(FED))
    rest = [at for at in range(FED) if at != lead]
    return np.array([lead, *rest], dtype=np.intp), int(random.integers(2**31))
