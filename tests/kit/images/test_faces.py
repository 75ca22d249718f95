"""The face check finds the face it must, and leaves a cup of coffee alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kit.errors import SetupError
from kit.images import faces
from kit.images.faces import cascade_file, find_faces


def photo(name: str) -> np.ndarray:
    with Image.open(cascade_file().with_name(name)) as image:
        return np.asarray(image.convert("RGB"))


def test_the_astronaut_is_found_once_where_she_is() -> None:
    (face,) = find_faces(photo("astronaut.png"))
    middle = ((face.left + face.right) / 2, (face.top + face.bottom) / 2)
    assert middle == pytest.approx((0.44, 0.22), abs=0.05)
    assert 0.12 < face.right - face.left < 0.28


def test_large_and_wide_pictures_keep_fractions() -> None:
    astronaut = photo("astronaut.png")
    wide = np.concatenate([astronaut, np.full_like(astronaut, 90)], axis=1)
    (face,) = find_faces(np.asarray(Image.fromarray(wide).resize((1600, 800))))
    assert (face.left + face.right) / 2 == pytest.approx(0.22, abs=0.03)
    assert (face.top + face.bottom) / 2 == pytest.approx(0.22, abs=0.05)


@pytest.mark.parametrize("name", ["coffee.png", "chelsea.png", "motorcycle_left.png", "coins.png"])
def test_objects_and_a_cat_are_no_faces(name: str) -> None:
    assert find_faces(photo(name)) == []


def test_slivers_have_no_faces() -> None:
    assert find_faces(np.zeros((1, 1600, 3), np.uint8)) == []
    assert find_faces(np.full((40, 40, 3), 128, np.uint8)) == []


def test_a_missing_classifier_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SetupError, match="Install the kit again"):
        cascade_file()


def test_image_modules_stay_light() -> None:
    code = (
        "import sys, kit.images.intake, kit.images.label, kit.images.metadata, kit.images.forensics, kit.images.faces\n"
        "import kit.archives\n"
        "print({'torch', 'transformers', 'diffusers', 'sklearn', 'skimage', 'scipy', 'streamlit'} & set(sys.modules))"
    )
    root = Path(faces.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")
