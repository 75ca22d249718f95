"""Record the pictures of the dial, for pupils who may not operate the generator themselves.

    python training/recorded_dial.py
    python -m kit.assets

About half a minute on two cores. The file is what a compute worker would send to the page, no more and no less.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from activities.noise_to_image import dial, recorded
from kit.compute.plain import encode
from kit.decks import render, store
from kit.decks.model import Truth


def main() -> None:
    """Write the file."""
    recipe = recorded.RECIPE
    photos = [render.picture(store.default(), photo.item, Truth.REAL) for photo in recipe.photos]
    made = dial.dial(photos, seed=recipe.seed, schedule=recipe.schedule)
    recorded.DIAL_FILE.parent.mkdir(exist_ok=True)
    recorded.DIAL_FILE.write_bytes(encode(made))
    print(f"{recorded.DIAL_FILE.name}: {recorded.DIAL_FILE.stat().st_size / 2**20:.1f} MiB, {made.cost}")


if __name__ == "__main__":
    main()
