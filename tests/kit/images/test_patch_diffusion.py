"""The denoiser against its closed form, and the parts of the engine on images small enough to check by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from kit.errors import BadInput
from kit.images.patch_diffusion.bank import PatchBank, on_grid, patches_at
from kit.images.patch_diffusion.denoiser import PatchDenoiser
from kit.images.patch_diffusion.pipeline import PatchDiffusionPipeline, default_scheduler
from kit.images.patch_diffusion.plan import layout_weight, plan, shrunk_shape

HEIGHT, WIDTH = 13, 17


def picture(height: int = HEIGHT, width: int = WIDTH, seed: int = 0) -> Tensor:
    """A smooth random picture, (1, 3, height, width) in -1–1."""
    random = torch.Generator().manual_seed(seed)
    small = torch.rand(1, 3, 5, 5, generator=random, dtype=torch.float64) * 2 - 1
    return F.interpolate(small, (height, width), mode="bicubic").clamp(-1, 1)


def bank_of(image: Tensor, *, components: int | None = None, layout: float = 0.0, **more: object) -> PatchBank:
    options = {"most": 10**6, "generator": torch.Generator().manual_seed(0)} | more
    return PatchBank.build([image], patch=7, components=components, layout=layout, **options)  # type: ignore[arg-type]


def closed_form(noisy: Tensor, image: Tensor, alpha_bar: float, layout: float = 0.0) -> Tensor:
    """The optimal patch denoiser of Kamb & Ganguli (2024), one pixel and one patch at a time, in plain numpy."""
    clean, (height, width) = image[0].numpy(), image.shape[-2:]
    seen = np.pad(noisy[0].numpy(), ((0, 0), (3, 3), (3, 3)), mode="reflect") / np.sqrt(alpha_bar)
    variance = (1 - alpha_bar) / alpha_bar
    total, count = np.zeros(seen.shape), np.zeros(seen.shape[1:])
    for y in range(height):
        for x in range(width):
            query = seen[:, y : y + 7, x : x + 7]
            patches, scores = [], []
            for v in range(3, height - 3):
                for u in range(3, width - 3):
                    patch = clean[:, v - 3 : v + 4, u - 3 : u + 4]
                    apart = ((y - v) / height) ** 2 + ((x - u) / width) ** 2
                    scores.append(-(((query - patch) ** 2).sum() + (layout * 7) ** 2 * apart) / (2 * variance))
                    patches.append(patch)
            weights = np.exp(np.array(scores) - max(scores))
            total[:, y : y + 7, x : x + 7] += np.tensordot(weights / weights.sum(), np.stack(patches), 1)
            count[y : y + 7, x : x + 7] += 1
    return torch.from_numpy((total / count)[None, :, 3:-3, 3:-3])


@pytest.mark.parametrize("alpha_bar", [0.02, 0.5, 0.99])
@pytest.mark.parametrize("layout", [0.0, 1.5])
def test_the_denoiser_is_the_closed_form(alpha_bar: float, layout: float) -> None:
    image = picture()
    noise = torch.randn(image.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    noisy = alpha_bar**0.5 * image + (1 - alpha_bar) ** 0.5 * noise
    expected = closed_form(noisy, image, alpha_bar, layout)
    bank = bank_of(image, layout=layout)
    exact = PatchDenoiser(bank=bank, neighbours=None)(noisy, alpha_bar).image
    assert (exact - expected).abs().max() < 1e-4
    assert (exact - expected).abs().mean() < 1e-5
    searched = PatchDenoiser(bank=bank, neighbours=len(bank) - 1, slack=0)(noisy, alpha_bar).image
    assert (searched - expected).abs().mean() < 1e-2  # all patches but the farthest


def test_patches_are_those_of_unfold() -> None:
    image = picture()
    rows, columns = torch.meshgrid(torch.arange(HEIGHT - 6), torch.arange(WIDTH - 6), indexing="ij")
    assert torch.equal(patches_at(image, rows.flatten(), columns.flatten(), 7), F.unfold(image, 7)[0].T)


def test_with_all_the_components_distances_are_those_of_the_patches() -> None:
    bank, whole = bank_of(picture(), components=146), bank_of(picture())
    ours, theirs = torch.cdist(bank.keys[:5], bank.keys), torch.cdist(whole.keys[:5], whole.keys)
    assert torch.allclose(ours, theirs, atol=1e-3)


def test_without_slack_the_nearest_patches_are_found() -> None:
    bank = bank_of(picture(24, 24), components=24, layout=1.0)
    queries = on_grid(bank.keys[::5] + 0.1)
    distance, index = bank.nearest(queries, 8, slack=0)
    expected = torch.cdist(queries, bank.keys)
    assert torch.allclose(distance.sqrt(), expected.topk(8, largest=False).values, atol=1e-9)
    assert torch.equal(index[:, 0], expected.argmin(1))


def test_a_stride_reaches_every_pixel() -> None:
    image = torch.full((1, 3, 20, 23), 0.5, dtype=torch.float64)
    answer = PatchDenoiser(bank=bank_of(image), stride=2)(image, 1 - 1e-9)
    assert (answer.image - 0.5).abs().max() < 1e-4
    assert {0, 19} <= set(answer.rows.tolist())
    assert {0, 22} <= set(answer.columns.tolist())


def test_only_patches_that_touch_what_is_wanted_are_denoised() -> None:
    wanted = torch.zeros(HEIGHT, WIDTH, dtype=torch.bool)
    wanted[6, 8] = True
    answer = PatchDenoiser(bank=bank_of(picture()))(picture(), 0.9, wanted=wanted)
    assert len(answer.rows) == 49
    assert (answer.rows - 6).abs().max() == 3
    assert (answer.columns - 8).abs().max() == 3


def test_no_patch_of_the_bank_touches_what_is_forbidden() -> None:
    image = picture(40, 40)
    image[..., 10:20, 10:20] = 7.0  # a value no other pixel has
    forbidden = torch.zeros(40, 40, dtype=torch.bool)
    forbidden[10:20, 10:20] = True
    assert bank_of(image).values.max() == 7
    assert bank_of(image, forbidden=forbidden).values.max() <= 1


def test_when_little_is_left_only_patches_centred_in_what_is_forbidden_are_left_out() -> None:
    forbidden = torch.zeros(20, 20, dtype=torch.bool)
    forbidden[:, 8:12] = True
    bank = bank_of(picture(20, 20), forbidden=forbidden)
    columns = (bank.place[:, 1] * 20 - 0.5).round().long()
    assert len(bank) == 14 * 10
    assert not set(columns.tolist()) & {8, 9, 10, 11}


def test_a_mask_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="leaves too little"):
        bank_of(picture(20, 20), forbidden=torch.ones(20, 20, dtype=torch.bool))


def test_a_large_bank_is_drawn_evenly_from_all_photos() -> None:
    photos = [picture(40, 40, seed) for seed in range(3)]
    random = torch.Generator().manual_seed(0)
    bank = PatchBank.build(photos, patch=7, components=24, layout=1, most=600, generator=random)
    counts = torch.bincount(bank.photo)
    assert len(bank) == 600
    assert ((counts - 200).abs() < 50).all()


def test_the_plan_goes_from_coarse_to_the_size_asked_with_less_and_less_noise() -> None:
    levels = plan(384, 256, 384, 0.5)
    sizes = [level.longest for level in levels]
    assert sizes[0] == 40
    assert sizes[-1] == 384
    assert all(1.3 < after / before < 1.6 for before, after in pairwise(sizes))
    strengths = [level.strength for level in levels]
    assert strengths == sorted(strengths, reverse=True)


def test_more_fidelity_means_less_noise_and_a_firmer_layout() -> None:
    dial = [step / 10 for step in range(11)]
    strengths = [plan(384, 256, 384, fidelity)[0].strength for fidelity in dial]
    weights = [layout_weight(fidelity) for fidelity in dial]
    assert strengths == sorted(set(strengths), reverse=True)
    assert weights == sorted(set(weights))


@pytest.mark.parametrize(("height", "width"), [(64, 256), (256, 64), (100, 100), (97, 161)])
def test_no_level_is_too_narrow_for_a_patch(height: int, width: int) -> None:
    for size in (64, 96, 384, 768):
        levels = plan(size, height, width, 0.5)
        assert levels[-1].longest == size
        assert all(min(shrunk_shape(height, width, level.longest)) >= 12 for level in levels)


def test_the_scheduler_starts_a_level_at_its_strength_and_ends_without_noise() -> None:
    pipeline = PatchDiffusionPipeline(default_scheduler())
    for level in plan(384, 256, 384, 0.5):
        timesteps = pipeline._timesteps(level)
        assert len(timesteps) == level.steps
        assert abs(int(timesteps[0]) / 1000 - level.strength) < 0.06
        assert pipeline.scheduler.alphas_cumprod[timesteps[-1]] > 0.9


def test_it_saves_and_loads_like_any_pipeline(tmp_path) -> None:
    PatchDiffusionPipeline(default_scheduler(), components=12).save_pretrained(tmp_path)
    again = PatchDiffusionPipeline.from_pretrained(tmp_path)
    assert again.config.components == 12
    assert again.scheduler.config.prediction_type == "sample"
