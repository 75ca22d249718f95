"""Record one run of the generator, for pupils who may not operate it themselves.

    python training/recorded_picture.py
    python -m kit.assets

About ten seconds on two cores. The file is what a compute worker would send to the page, no more and no less.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from activities.noise_to_image import making, recorded
from kit.compute.plain import encode
from kit.decks import render, store
from kit.decks.model import Truth

SIZE = 288
"""Smaller than the live picture: the file weighs half as much."""


def main() -> None:
    """Write the file."""
    recipe = recorded.RECIPE
    photos = [render.picture(store.default(), photo.item, Truth.REAL) for photo in recipe.photos]
    made = making.picture(
        photos,
        seed=recipe.seed,
        fidelity=recipe.fidelity,
        patch=recipe.patch,
        schedule=recipe.schedule,
        size=SIZE,
    )
    recorded.FILE.parent.mkdir(exist_ok=True)
    recorded.FILE.write_bytes(encode(made))
    print(f"{recorded.FILE.name}: {recorded.FILE.stat().st_size / 2**20:.1f} MiB, {made.cost}")


if __name__ == "__main__":
    main()
