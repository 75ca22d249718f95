"""Small decks of synthetic pictures: a camera's (sharp, noisy) and a machine's (soft, clean)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from PIL import Image

from kit.decks.model import Truth
from kit.decks.packing import save_picture

Make = Callable[..., Path]


def scene(seed: int, *, grey: bool = False, width: int = 360, height: int = 240) -> np.ndarray:
    """A random smooth landscape with edges: uint8, (height, width, 3)."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(30, 226, (6, 9, 1 if grey else 3), dtype=np.uint8)
    if grey:
        coarse = np.repeat(coarse, 3, axis=2)
    picture = np.array(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))
    for _ in range(6):
        x, y = generator.integers(0, width - 60), generator.integers(0, height - 60)
        shade = generator.integers(20, 236, 3) if not grey else np.repeat(generator.integers(20, 236, 1), 3)
        picture[y : y + 50, x : x + 50] = shade
    return picture


def camera(picture: np.ndarray, seed: int, noise: float = 4.0) -> np.ndarray:
    """``picture`` with sensor noise, equal in all channels so that grey stays grey."""
    grain = np.random.default_rng(seed).normal(0, noise, picture.shape[:2])[..., None]
    return np.clip(np.rint(picture + grain), 0, 255).astype(np.uint8)


def machine(picture: np.ndarray) -> np.ndarray:
    """``picture`` as a patch-averaging generator would: soft and clean."""
    small = Image.fromarray(picture).resize((picture.shape[1] // 2, picture.shape[0] // 2), Image.Resampling.BOX)
    return np.array(small.resize((360, 240), Image.Resampling.BICUBIC))


def png(picture: np.ndarray) -> bytes:
    """Plain PNG bytes."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def make_deck(tmp_path: Path) -> Make:
    """Write a deck: ``count`` items, the last ``portraits`` of them real only, the first third grey."""

    def make(
        count: int = 6, *, portraits: int = 0, deck_id: str = "toy", altered: bool = True, cards: bool = False
    ) -> Path:
        folder = tmp_path / f"{deck_id}-source"
        items = []
        for index in range(count):
            item_id = f"item{index}"
            base = scene(index, grey=index < count // 3)
            save_picture(camera(base, index), folder / f"{item_id}.png", Truth.REAL)
            words = {"explanation": {"fr": "Voilà.", "en": "There."}}
            versions: list[dict[str, object]] = [{"truth": "real", **words}]
            if index < count - portraits:
                save_picture(machine(base), folder / f"{item_id}-g.png", Truth.GENERATED)
                clue = {"family": "physical", "x": 0.5, "y": 0.5, "words": {"fr": "Ici.", "en": "Here."}}
                versions.append({"truth": "generated", "file": f"{item_id}-g.png", "clues": [clue], **words})
                if altered and index % 2 == 0:
                    save_picture(machine(base)[100:160, 100:180], folder / f"{item_id}-a.png", Truth.ALTERED)
                    overlay = {"file": f"{item_id}-a.png", "x": 100, "y": 100}
                    versions.append({"truth": "altered", "overlay": overlay, "clues": [clue], **words})
            if cards:
                card = {key: {"fr": key, "en": key} for key in ("who", "when", "words", "elsewhere")}
                versions.append({"truth": "miscaptioned", "card": card, **words})
            items.append(
                {
                    "id": item_id,
                    "source": {"file": f"{item_id}.png"},
                    "credit": "Une classe",
                    "licence": "CC0",
                    "title": {"fr": f"Scène {index}", "en": f"Scene {index}"},
                    "portrait": index >= count - portraits,
                    "alt": {"fr": "Des taches.", "en": "Patches."},
                    "versions": versions,
                }
            )
        deck = {"format": 1, "id": deck_id, "title": {"fr": "Essai", "en": "Test"}, "items": items}
        # Through JSON, so that no two fields share an object: YAML would write an alias, which decks may not hold.
        text = yaml.safe_dump(json.loads(json.dumps(deck)), allow_unicode=True, sort_keys=False)
        (folder / "deck.yaml").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def art() -> SimpleNamespace:
    """The drawing functions of this file."""
    return SimpleNamespace(scene=scene, camera=camera, machine=machine, png=png)
