"""Find faces, so that no picture of a recognisable person is generated from or altered.

The classifier is the local-binary-pattern cascade that scikit-image carries. It misses some faces (profiles, small or
tilted heads) and sees some where there are none: a person still looks at each picture before it is used.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from kit.errors import SetupError

LONG_SIDE = 480
"""Pictures are searched at this size: time grows with the square."""
SMALLEST = 36
"""Least side of a face, in pixels of the searched picture."""
STEP = 1.1
"""Ratio of one searched size to the next."""
NEIGHBOURS = 6
"""Overlapping detections it takes to make a face."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A face: left, top, right, bottom as fractions of the picture's width and height."""

    left: float
    top: float
    right: float
    bottom: float


def find_faces(pixels: np.ndarray) -> list[Box]:
    """Frontal faces in ``pixels`` (uint8, height × width × 3), largest first. For compute workers: imports skimage.

    Measured with these settings: finds the astronaut and 46 of 50 faces of scikit-image's LFW subset (every other
    one, enlarged to 100 pixels on grey), nothing in its 50 other crops, nor in scikit-image's chelsea, coffee, coins,
    motorcycle, rocket, retina, page, text and textures, nor in scikit-learn's china and flower. It misses
    the cameraman, seen small and from the side.

    Raises :class:`kit.errors.SetupError` if scikit-image is not whole.
    """
    height, width = pixels.shape[:2]
    scale = LONG_SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if min(size) < SMALLEST:
        return []
    searched = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    found = _cascade().detect_multi_scale(  # type: ignore[attr-defined]
        searched,
        scale_factor=STEP,
        step_ratio=1,
        min_size=(SMALLEST, SMALLEST),
        max_size=(size[1], size[0]),
        min_neighbor_number=NEIGHBOURS,
    )
    boxes = [
        Box(
            left=face["c"] / size[0],
            top=face["r"] / size[1],
            right=min(1.0, (face["c"] + face["width"]) / size[0]),
            bottom=min(1.0, (face["r"] + face["height"]) / size[1]),
        )
        for face in found
    ]
    return sorted(boxes, key=lambda box: (box.right - box.left) * (box.bottom - box.top), reverse=True)


@cache
def _cascade() -> object:
    from skimage.feature import Cascade

    return Cascade(str(cascade_file()))


def cascade_file() -> Path:
    """The classifier inside scikit-image, found without importing it. Raises :class:`kit.errors.SetupError`."""
    spec = importlib.util.find_spec("skimage")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    file = folder / "data" / "lbpcascade_frontalface_opencv.xml"
    if not file.is_file():
        raise SetupError("The face check needs scikit-image, which is not whole here. Install the kit again.")
    return file
