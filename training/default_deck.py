"""Make the generated and altered images of the default deck, from the photographs of installed packages.

    python training/default_deck.py            all of them, into assets/decks/default
    python training/default_deck.py coins cat  those of some items

Re-runnable: the same recipe gives the same bits. What was chosen by eye is the seed, the fidelity and the mask. Next to
the images, ``recipes.json`` says how each was made. A generated image is whole; of an altered one only the box around
the mask is kept, to be pasted on the photograph at ``x``, ``y``: outside the mask it holds the photograph's own pixels.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kit.decks.model import PICTURE_SIZE, Source
from kit.decks.render import fit
from kit.images.generate import generate
from kit.images.label import SourceType, save_labelled

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "decks" / "default"

SKIMAGE: Final = "skimage"
SKLEARN: Final = "sklearn"
SOURCES = {
    "bricks": Source(package=SKIMAGE, file="data/brick.png", crop=(0, 100, 512, 441)),
    "cat": Source(package=SKIMAGE, file="data/chelsea.png", crop=(0, 0, 450, 300)),
    "coffee": Source(package=SKIMAGE, file="data/coffee.png"),
    "coins": Source(package=SKIMAGE, file="data/coins.png", crop=(66, 6, 384, 218)),
    "dahlia": Source(package=SKLEARN, file="datasets/images/flower.jpg"),
    "galaxies": Source(package=SKIMAGE, file="data/hubble_deep_field.jpg", crop=(400, 330, 1000, 730)),
    "grass": Source(package=SKIMAGE, file="data/grass.png", crop=(0, 100, 512, 441)),
    "gravel": Source(package=SKIMAGE, file="data/gravel.png", crop=(0, 100, 512, 441)),
    "handwriting": Source(package=SKIMAGE, file="data/text.png", crop=(0, 0, 258, 172)),
    "moon": Source(package=SKIMAGE, file="data/moon.png", crop=(0, 20, 512, 361)),
    "motorcycle": Source(package=SKIMAGE, file="data/motorcycle_left.png", crop=(0, 6, 741, 500)),
    "page": Source(package=SKIMAGE, file="data/page.png", crop=(0, 0, 286, 191)),
    "pavilion": Source(package=SKLEARN, file="datasets/images/china.jpg"),
    "rocket": Source(package=SKIMAGE, file="data/rocket.jpg"),
    "tissue": Source(package=SKIMAGE, file="data/ihc.png", crop=(0, 100, 512, 441)),
}
"""As in deck.yaml. No portrait: nobody who can be recognised is generated or altered."""


@dataclass(frozen=True, kw_only=True)
class Mask:
    """What is generated anew: an ellipse or a rectangle in ``box`` (left, top, right, bottom, in played pixels)."""

    shape: str
    box: tuple[int, int, int, int]

    def pixels(self) -> NDArray[np.bool_]:
        """(320, 480), True inside."""
        image = Image.new("L", PICTURE_SIZE)
        getattr(ImageDraw.Draw(image), self.shape)(self.box, fill=255)
        return np.asarray(image) > 0


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one image was made. With a mask it is an alteration."""

    item: str
    seed: int
    fidelity: float
    mask: Mask | None = None

    @property
    def file(self) -> str:
        """Its name in the deck's folder. Files are served under opaque names."""
        return f"{self.item}-{'altered' if self.mask else 'generated'}.png"


def ellipse(left: int, top: int, right: int, bottom: int) -> Mask:
    return Mask(shape="ellipse", box=(left, top, right, bottom))


def rectangle(left: int, top: int, right: int, bottom: int) -> Mask:
    return Mask(shape="rectangle", box=(left, top, right, bottom))


RECIPES = (
    Recipe(item="bricks", seed=3, fidelity=0.75),
    Recipe(item="bricks", seed=2, fidelity=0.3, mask=ellipse(180, 90, 330, 220)),
    Recipe(item="cat", seed=4, fidelity=0.55),
    Recipe(item="cat", seed=2, fidelity=0.3, mask=ellipse(90, 0, 330, 60)),
    Recipe(item="coffee", seed=1, fidelity=0.6),
    Recipe(item="coffee", seed=2, fidelity=0.3, mask=ellipse(240, 158, 350, 276)),
    Recipe(item="coins", seed=3, fidelity=0.7),
    Recipe(item="coins", seed=2, fidelity=0.3, mask=ellipse(160, 130, 270, 235)),
    Recipe(item="dahlia", seed=1, fidelity=0.6),
    Recipe(item="dahlia", seed=1, fidelity=0.5, mask=rectangle(200, 266, 350, 319)),
    Recipe(item="galaxies", seed=1, fidelity=0.6),
    Recipe(item="galaxies", seed=1, fidelity=0.5, mask=ellipse(235, 155, 330, 245)),
    Recipe(item="grass", seed=3, fidelity=0.72),
    Recipe(item="gravel", seed=3, fidelity=0.7),
    Recipe(item="handwriting", seed=3, fidelity=0.75),
    Recipe(item="handwriting", seed=2, fidelity=0.3, mask=rectangle(130, 130, 200, 205)),
    Recipe(item="moon", seed=1, fidelity=0.6),
    Recipe(item="moon", seed=1, fidelity=0.5, mask=ellipse(60, 12, 166, 114)),
    Recipe(item="motorcycle", seed=3, fidelity=0.57),
    Recipe(item="motorcycle", seed=1, fidelity=0.5, mask=ellipse(330, 178, 460, 310)),
    Recipe(item="page", seed=3, fidelity=0.68),
    Recipe(item="page", seed=1, fidelity=0.5, mask=rectangle(2, 141, 240, 172)),
    Recipe(item="pavilion", seed=1, fidelity=0.6),
    Recipe(item="pavilion", seed=2, fidelity=0.3, mask=ellipse(62, 6, 250, 130)),
    Recipe(item="rocket", seed=3, fidelity=0.68),
    Recipe(item="rocket", seed=2, fidelity=0.3, mask=rectangle(126, 84, 178, 306)),
    Recipe(item="tissue", seed=3, fidelity=0.68),
    Recipe(item="tissue", seed=2, fidelity=0.3, mask=ellipse(270, 10, 430, 140)),
)


def photograph(source: Source) -> NDArray[np.uint8]:
    """The photograph as it is played: (320, 480, 3) uint8."""
    spec = importlib.util.find_spec(source.package or "")
    if spec is None or spec.origin is None:
        raise SystemExit(f"{source.package} is not installed: it carries {source.file}")
    image = Image.open(Path(spec.origin).parent / source.file).convert("RGB")
    return fit(np.asarray(image.crop(source.crop) if source.crop else image))


def make(recipe: Recipe) -> dict[str, object]:
    """Generate and write one image; its line of ``recipes.json``."""
    source = SOURCES[recipe.item]
    photo = photograph(source)
    mask = recipe.mask.pixels() if recipe.mask else None
    image = generate([photo], seed=recipe.seed, size=max(PICTURE_SIZE), fidelity=recipe.fidelity, mask=mask).image
    line: dict[str, object] = {
        "file": recipe.file,
        "item": recipe.item,
        "truth": "altered" if recipe.mask else "generated",
        "source": source.model_dump(mode="json"),
        "seed": recipe.seed,
        "fidelity": recipe.fidelity,
    }
    if mask is not None and recipe.mask is not None:
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        image = image[top:bottom, left:right]
        line |= {"x": left, "y": top, "mask": {"shape": recipe.mask.shape, "box": list(recipe.mask.box)}}
    kind = SourceType.ALTERED if recipe.mask else SourceType.GENERATED
    save_labelled(image, FOLDER / recipe.file, source_type=kind)
    return line


def main(items: list[str]) -> None:
    if unknown := sorted(set(items) - set(SOURCES)):
        raise SystemExit(f"unknown items: {', '.join(unknown)}; known: {', '.join(SOURCES)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    table = FOLDER / "recipes.json"
    lines = {line["file"]: line for line in json.loads(table.read_text("utf-8"))} if table.exists() else {}
    for recipe in RECIPES:
        if not items or recipe.item in items:
            start = time.perf_counter()
            lines[recipe.file] = make(recipe)
            print(f"{recipe.file}  {time.perf_counter() - start:.1f} s", flush=True)
    kept = [lines[recipe.file] for recipe in RECIPES if recipe.file in lines]
    table.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
