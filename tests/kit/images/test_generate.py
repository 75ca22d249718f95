"""The generator as the kit calls it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from kit.compute import listening, plain
from kit.errors import BadInput, Cancelled
from kit.images.generate import Generated, generate

Pixels = NDArray[np.uint8]


def photo(height: int = 80, width: int = 120, seed: int = 0) -> Pixels:
    """A picture with large shapes and fine grain: a sky, a ground, a bright disc, a dark post."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    image = np.stack([90 + 120 * y, 120 + 60 * x, 200 - 150 * y], axis=-1)
    image[(y - 0.2) ** 2 + (x - 0.7) ** 2 < 0.02] = (250, 220, 60)
    image[(abs(x - 0.3) < 0.05) & (y > 0.15)] = (30, 20, 40)
    image[y > 0.5] *= 0.6
    return np.clip(image + random.normal(0, 4, image.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def made() -> Generated:
    return generate([photo()], seed=3, size=96)


def mean_difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def shrunk(image: Pixels, size: int) -> Pixels:
    height, width = image.shape[:2]
    to = round(width * size / max(height, width)), round(height * size / max(height, width))
    return np.asarray(Image.fromarray(image).resize(to, Image.Resampling.LANCZOS))


def test_the_same_seed_gives_the_same_bits(made: Generated) -> None:
    again = generate([photo()], seed=3, size=96)
    assert np.array_equal(made.image, again.image)
    assert plain.encode(made) == plain.encode(again)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_changes_no_bit(made: Generated, threads: int) -> None:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert np.array_equal(generate([photo()], seed=3, size=96).image, made.image)
    finally:
        torch.set_num_threads(before)


def test_another_seed_gives_another_image(made: Generated) -> None:
    assert mean_difference(made.image, generate([photo()], seed=4, size=96).image) > 3


def test_a_linear_schedule_starts_from_more_noise_and_gives_another_image(made: Generated) -> None:
    other = generate([photo()], seed=3, size=96, schedule="linear")
    assert other.trace.steps[0].noise > 3 * made.trace.steps[0].noise
    assert mean_difference(made.image, other.image) > 3


def test_looking_changes_nothing_and_shows_what_was_searched(made: Generated) -> None:
    """Each patch found is cut from the photo at this level's size, where the trace says that it was."""
    places = ((0.25, 0.25), (0.5, 0.75))
    again = generate([photo()], seed=3, size=96, looks=places)
    assert np.array_equal(again.image, made.image)
    assert made.trace.steps[-1].looks is None
    for step in (again.trace.steps[0], again.trace.steps[-1]):
        looks, level = step.looks, again.trace.levels[step.level]
        assert looks is not None
        assert looks.noisy.shape == (2, 7, 7, 3)
        assert looks.weight.sum(1) == pytest.approx([1, 1], abs=1e-5)
        assert (np.diff(looks.weight, axis=1) <= 1e-6).all(), "nearest first"
        small = shrunk(photo(), max(level.height, level.width))
        for found, (y, x) in zip(looks.found.reshape(-1, 7, 7, 3), looks.place.reshape(-1, 2), strict=True):
            top, left = round(y * level.height - 0.5) - 3, round(x * level.width - 0.5) - 3
            assert np.abs(small[top : top + 7, left : left + 7].astype(int) - found).max() <= 1


@pytest.mark.parametrize("patch", [3, 11])
def test_a_patch_of_another_size(patch: int) -> None:
    made = generate([photo()], seed=3, size=64, patch=patch, looks=((0.5, 0.5),))
    looks = made.trace.steps[0].looks
    assert looks is not None
    assert looks.found.shape[2:] == (patch, patch, 3)


def test_the_higher_the_fidelity_the_closer_to_the_photo() -> None:
    source = shrunk(photo(), 96)
    apart = [
        np.mean([mean_difference(generate([photo()], seed=s, size=96, fidelity=f).image, source) for s in (0, 1)])
        for f in (0.0, 0.5, 1.0)
    ]
    assert apart[0] > 1.3 * apart[1] > 1.3**2 * apart[2]
    assert apart[2] < 6


def test_a_mask_changes_what_is_inside_and_nothing_else() -> None:
    source = photo(64, 96)
    mask = np.zeros(source.shape[:2], dtype=bool)
    mask[8:32, 56:80] = True  # over the disc
    made = generate([source], seed=0, size=96, mask=mask)
    assert np.array_equal(made.image[~mask], source[~mask])
    yellow = (source[..., 0] > 200) & (source[..., 2] < 120)
    assert yellow[mask].sum() > 150
    assert ((made.image[..., 0] > 200) & (made.image[..., 2] < 120)).sum() < 0.1 * yellow.sum()
    assert np.array_equal(made.trace.provenance.kept, ~mask)
    own_y, own_x = np.mgrid[0:64, 0:96]
    assert np.allclose(made.trace.provenance.y[~mask], own_y[~mask], atol=1e-4)
    assert np.allclose(made.trace.provenance.x[~mask], own_x[~mask], atol=1e-4)


def test_a_mask_may_have_another_size_than_the_photo() -> None:
    mask = np.zeros((160, 240), dtype=np.uint8)
    mask[20:80, 140:200] = 255
    made = generate([photo()], seed=0, size=96, mask=mask)
    assert made.trace.provenance.kept.mean() > 0.85
    kept = made.trace.provenance.kept
    assert np.array_equal(made.image[kept], shrunk(photo(), 96)[kept])


def test_every_pixel_names_a_source_that_looks_like_it(made: Generated) -> None:
    source, where = photo(), made.trace.provenance
    assert where.photo.max() == 0
    assert not where.kept.any()
    small = shrunk(source, 96)
    y = np.clip(np.round((where.y + 0.5) * 96 / 120 - 0.5).astype(int), 0, small.shape[0] - 1)
    x = np.clip(np.round((where.x + 0.5) * 96 / 120 - 0.5).astype(int), 0, small.shape[1] - 1)
    named = small[y, x]
    shuffled = np.random.default_rng(0).permutation(named.reshape(-1, 3)).reshape(named.shape)
    assert np.median(np.abs(named.astype(int) - made.image).max(-1)) <= 12
    assert mean_difference(named, made.image) < 0.25 * mean_difference(shuffled, made.image)
    assert 0 <= where.distance.min() <= np.median(where.distance) < 0.1


def test_the_trace_holds_every_level_and_step(made: Generated) -> None:
    levels, steps = made.trace.levels, made.trace.steps
    assert [step.level for step in steps] == sorted(step.level for step in steps)
    assert {step.level for step in steps} == set(range(len(levels)))
    for step in steps:
        level = levels[step.level]
        assert step.noisy.shape == step.denoised.shape == (level.height, level.width, 3)
    for index in range(len(levels)):
        noises = [step.noise for step in steps if step.level == index]
        assert noises == sorted(noises, reverse=True)
        assert noises[-1] < 0.3
    assert np.array_equal(steps[-1].denoised, made.image)


def test_the_result_crosses_processes_without_torch(made: Generated) -> None:
    back = plain.decode(plain.encode(made))
    assert isinstance(back, Generated)
    assert np.array_equal(back.image, made.image)


def test_importing_it_imports_nothing_heavy() -> None:
    heavy = "{'torch', 'diffusers', 'scipy', 'streamlit'}"
    script = f"import sys, kit.images.generate; sys.exit(len({heavy} & set(sys.modules)))"
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 90)])
def test_a_photo_of_one_colour_gives_that_colour(colour: tuple[int, int, int]) -> None:
    flat = np.full((64, 96, 3), colour, dtype=np.uint8)
    assert np.array_equal(generate([flat], seed=0, size=96).image, flat)


def test_a_grey_photo_stays_grey() -> None:
    grey = np.repeat(photo()[..., :1], 3, axis=2)
    image = generate([grey], seed=0, size=96).image.astype(int)
    assert np.abs(image - image.mean(-1, keepdims=True)).max() <= 1


@pytest.mark.parametrize(
    ("height", "width", "expected"), [(256, 64, (96, 24)), (64, 256, (24, 96)), (64, 64, (96, 96))]
)
def test_the_image_takes_the_shape_of_the_photo(height: int, width: int, expected: tuple[int, int]) -> None:
    assert generate([photo(height, width)], seed=0, size=96).image.shape == (*expected, 3)


def test_twelve_photos_all_serve() -> None:
    photos = [np.full((64, 64 + 8 * k, 3), 20 * k, dtype=np.uint8) for k in range(12)]
    for k, each in enumerate(photos):
        each[20:40, 20:40] = 255 - 20 * k
    made = generate(photos, seed=0, size=64, fidelity=0.0)
    where = made.trace.provenance
    assert len(np.unique(where.photo)) > 1
    for k in np.unique(where.photo):
        assert where.y[where.photo == k].max() <= 63
        assert where.x[where.photo == k].max() <= 63 + 8 * k


def test_it_tells_how_far_it_has_got() -> None:
    heard: list[tuple[float, str, dict]] = []
    with listening(lambda fraction, message, payload: heard.append((fraction, message, payload))):
        generate([photo()], seed=0, size=64)
    fractions = [fraction for fraction, _, _ in heard]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == pytest.approx(1)
    assert heard[-1][2]["preview"].dtype == np.uint8


def test_it_stops_when_nobody_waits() -> None:
    def stop(fraction: float, message: str) -> None:
        if fraction > 0.1:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        generate([photo()], seed=0, size=64, on_progress=stop)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": 63}, "size is 63"),
        ({"size": 769}, "size is 769"),
        ({"fidelity": -0.1}, "fidelity is -0.1"),
        ({"fidelity": float("nan")}, "fidelity is nan"),
        ({"seed": -1}, "seed is -1"),
        ({"photos": []}, "0 photos"),
        ({"photos": [photo()] * 13}, "13 photos"),
        ({"photos": [photo(), photo(63, 90)]}, "90 × 63"),
        ({"photos": [photo(64, 300)]}, "too elongated"),
        ({"patch": 8}, "3, 5, 7, 9, 11"),
        ({"schedule": "sigmoid"}, "cosine, linear"),
        ({"mask": np.zeros((80, 120), dtype=bool)}, "mask is empty"),
        ({"mask": np.ones((120, 80), dtype=bool)}, "same shape"),
        ({"mask": np.ones((80, 120), dtype=bool)}, "leaves too little"),
    ],
)
def test_what_cannot_be_done_is_said(change: dict, words: str) -> None:
    asked = {"photos": [photo()], "seed": 0, "size": 64} | change
    with pytest.raises(BadInput, match=words):
        generate(**asked)
