"""The patch-diffusion generator against the exact search, side by side.

Both make the same image with the same sampler: same photo, seed, levels, noise and steps, patches denoised around the
same pixels. Only the denoiser differs. The exact one compares every noisy patch, whole, with every patch of the photo
and weighs them all: the optimum in closed form (Kamb & Ganguli 2024), as a chunked float32 matrix product in torch.
Ours looks for eight near ones among 24 principal components.

Then, on the noisy images of the exact run, both denoise the very same input: how far apart are the answers (PSNR), and
how often is the exact nearest patch the first, or among the eight, that we found (recall)?

    python benchmarks/patch_diffusion.py [--size 384] [--fidelity 0.5] [--seed 0] [--every-pixel]

``--every-pixel`` lets the exact search denoise a patch around every pixel, as the theory has it, instead of around the
same pixels as ours. It takes about four times longer and never enters the ratio unless asked for.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kit.images.patch_diffusion.bank import PatchBank, on_grid
from kit.images.patch_diffusion.denoiser import Denoised, PatchDenoiser
from kit.images.patch_diffusion.pipeline import PatchDiffusionPipeline, default_scheduler

CHUNK = 256


@dataclass(frozen=True, kw_only=True)
class ExactDenoiser(PatchDenoiser):
    """Every patch of the bank weighs in, by the distance of whole patches; position counts as in the bank."""

    def _expected(self, keys: Tensor, variance: float) -> tuple[Tensor, Tensor]:
        means, nearest = [], []
        values, place = self.bank.values.float(), (self.bank.place * self.bank.layout * self.bank.patch).float()
        everything = torch.cat([values, place], dim=1)
        lengths = everything.square().sum(1)
        for part in keys.float().split(CHUNK):
            score = torch.addmm(-lengths[None] / 2, part, everything.T) / variance  # -‖q - p‖² / 2σ², less ‖q‖²
            nearest.append(score.argmax(1))
            means.append(torch.softmax(score, dim=1) @ values)
        return on_grid(torch.cat(means).double()), torch.cat(nearest)


def whole(bank: PatchBank) -> PatchBank:
    """``bank`` compared by whole patches instead of principal components."""
    size = bank.values.shape[1]
    return replace(bank, mean=torch.zeros(size, dtype=torch.float64), axes=torch.eye(size, dtype=torch.float64))


class ExactPipeline(PatchDiffusionPipeline):
    """The same sampler with the exact denoiser; remembers what it denoised."""

    every_pixel = False

    def denoiser(self, bank: PatchBank, stride: int) -> PatchDenoiser:
        exact = ExactDenoiser(bank=whole(bank), stride=1 if self.every_pixel else stride)
        ours = super().denoiser(bank, stride)
        level = len({id(b) for b, *_ in self.seen})

        def remember(noisy: Tensor, alpha_bar: float, **more: object) -> Denoised:
            answer = exact(noisy, alpha_bar, **more)  # type: ignore[arg-type]
            self.seen.append((bank, ours, noisy, alpha_bar, answer, level))
            return answer

        return remember  # type: ignore[return-value]


def coffee() -> np.ndarray:
    """A photo that scikit-image carries, 600 × 400."""
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return np.asarray(Image.open(Path(spec.origin).parent / "data" / "coffee.png").convert("RGB"))


def timed(pipeline: PatchDiffusionPipeline, **asked: object) -> tuple[float, float, np.ndarray]:
    """Seconds on the clock, seconds of processor, image."""
    clock, processor = time.perf_counter(), time.process_time()
    image = pipeline([coffee()], **asked).image  # type: ignore[arg-type]
    return time.perf_counter() - clock, time.process_time() - processor, image


def psnr(one: Tensor, other: Tensor) -> float:
    """Decibels, for values that span 2."""
    return float(10 * torch.log10(4 / (one - other).square().mean()))


def compare(seen: list) -> None:
    """One line a level: how well ours answers the inputs of the exact run, at its first, middle and last step."""
    print("\nlevel  noise   PSNR of our answer   recall@1   recall in 8")
    for level in sorted({entry[-1] for entry in seen}):
        calls = [entry for entry in seen if entry[-1] == level]
        for bank, ours, noisy, alpha_bar, exact, _ in (calls[0], calls[len(calls) // 2], calls[-1]):
            answer = ours(noisy, alpha_bar)
            sample = torch.linspace(0, len(answer.rows) - 1, 500).long()
            found = neighbours_of(ours, bank, noisy, alpha_bar, sample)
            same = exact.rows.numel() == answer.rows.numel()
            truth = exact.match[sample] if same else None
            first = f"{(found[:, 0] == truth).float().mean():8.0%}" if same else "       –"
            among = f"{(found == truth[:, None]).any(1).float().mean():8.0%}" if truth is not None else "       –"
            noise = (1 / alpha_bar - 1) ** 0.5
            print(f"{level + 1:5d}  {noise:5.2f}   {psnr(answer.image, exact.image):15.1f} dB   {first}   {among}")


def neighbours_of(ours: PatchDenoiser, bank: PatchBank, noisy: Tensor, alpha_bar: float, sample: Tensor) -> Tensor:
    """Indices (m, 8) that our search finds for the ``sample``-th patches of ``noisy``."""
    from kit.images.patch_diffusion.bank import patches_at, places

    height, width = noisy.shape[-2:]
    rows, columns = (each[sample] for each in ours._centres(height, width, None))
    padded = torch.nn.functional.pad(noisy, (bank.patch // 2,) * 4, mode="reflect") / alpha_bar**0.5
    keys = bank.keys_of(patches_at(padded, rows, columns, bank.patch), places(rows, columns, height, width))
    assert ours.neighbours is not None
    return bank.nearest(keys, ours.neighbours, ours.slack)[1]


def peak_of_a_fresh_process(size: int) -> float:
    """Most memory, in MB, that a process needs to make one image: interpreter, torch and diffusers included."""
    run = subprocess.run(
        [sys.executable, __file__, "--memory", "--size", str(size)], check=True, capture_output=True, text=True
    )
    return float(run.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--fidelity", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every-pixel", action="store_true")
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    asked = {"seed": args.seed, "size": args.size, "fidelity": args.fidelity}
    ours = PatchDiffusionPipeline(default_scheduler())
    if args.memory:
        timed(ours, **asked)
        unit = 2**20 if sys.platform == "darwin" else 2**10
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
        return
    # First of all: a process inherits, as its own peak, the memory of the one that starts it.
    memory = peak_of_a_fresh_process(args.size)
    exact = ExactPipeline(default_scheduler())
    exact.seen = []  # type: ignore[attr-defined]
    exact.every_pixel = args.every_pixel
    timed(ours, **asked | {"size": 64})  # wake torch's threads
    clock, processor, image = timed(ours, **asked)
    height, width = image.shape[:2]
    print(
        f"{width} × {height}, one photo, seed {args.seed}, fidelity {args.fidelity}, {torch.get_num_threads()} threads"
    )
    print(f"ours   {clock:8.1f} s   ({processor:.1f} s of processor)")
    exact_clock, exact_processor, _ = timed(exact, **asked)
    where = "around every pixel" if args.every_pixel else "around the same pixels as ours"
    print(f"exact  {exact_clock:8.1f} s   ({exact_processor:.1f} s of processor), every search run, {where}")
    print(f"ratio  {exact_clock / clock:8.1f} ×")
    print(f"memory {memory:8.0f} MB at most, in a fresh process")
    compare(exact.seen)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
