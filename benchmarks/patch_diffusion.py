"""The patch-diffusion generator against a U-Net of ``diffusers``, and against the exact search, side by side.

First its speed and memory beside those of a trained kind of generator, on this processor and for as many pixels: see
``unet_peer.py`` for what is run and what is only multiplied. It compares costs, not pictures. Then how often it reports
and how soon it stops: see ``generator_reports.py``. Last, the exact search.

Ours and the exact search make the same image with the same sampler: same photo, seed, levels, noise and steps, patches
denoised around the same pixels. Only the denoiser differs. The exact one compares every noisy patch, whole, with every
patch of the photo and weighs them all: the optimum in closed form (Kamb & Ganguli 2024), as a chunked float32 matrix
product in torch. Ours looks for eight near ones among 24 principal components.

Then, on the noisy images of the exact run, both denoise the very same input: how far apart are the answers (PSNR), and
how often is the exact nearest patch the first, or among the eight, that we found (recall)?

    python benchmarks/patch_diffusion.py [--size 384] [--fidelity 0.5] [--seed 0] [--every-pixel]
                                         [--skip unet] [--skip reports] [--skip exact] [--unet-steps 3]

The exact search takes minutes: ``--skip exact`` leaves it out. ``--every-pixel`` lets it denoise a patch around every
pixel, as the theory has it, instead of around the same pixels as ours. It takes about four times longer and never
enters the ratio unless asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from generator_reports import coffee, listen
from generator_reports import show as show_reports
from torch import Tensor
from unet_peer import DDIM_STEPS, DDPM_STEPS, Peer, measure_in_a_fresh_process, show

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kit.images.patch_diffusion.bank import PatchBank, on_grid
from kit.images.patch_diffusion.denoiser import Denoised, PatchDenoiser
from kit.images.patch_diffusion.pipeline import PatchDiffusionPipeline, default_scheduler
from kit.images.patch_diffusion.plan import shrunk_shape

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
    seen: list

    def denoiser(self, bank: PatchBank, stride: int) -> PatchDenoiser:
        exact = ExactDenoiser(bank=whole(bank), stride=1 if self.every_pixel else stride)
        ours = super().denoiser(bank, stride)
        level = len({id(b) for b, *_ in self.seen})

        def remember(noisy: Tensor, alpha_bar: float, **more: object) -> Denoised:
            answer = exact(noisy, alpha_bar, **more)  # type: ignore[arg-type]
            self.seen.append((bank, ours, noisy, alpha_bar, answer, level))
            return answer

        return remember  # type: ignore[return-value]


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
            first = f"{found[:, 0].eq(truth).float().mean():8.0%}" if truth is not None else "       –"
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


@dataclass(frozen=True, kw_only=True)
class Ours:
    """Our generator, once torch's threads are awake: seconds for one image, on the clock and of processor."""

    clock: float
    processor: float


def ours_in_fresh_process(asked: dict[str, int | float]) -> dict[str, float]:
    """The first image of a process that did nothing else: seconds, longest silence, megabytes at most.

    Interpreter, torch and diffusers are included. Call it before this process has grown: peaks are inherited.
    """
    script = Path(__file__).with_name("generator_reports.py")
    options = [part for name, value in asked.items() for part in (f"--{name}", str(value))]
    run = subprocess.run([sys.executable, script, *options, "--json"], check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(run.stdout))


def against_the_unet(ours: Ours, memory: float, peer: Peer) -> None:
    """Print what was measured of the peer, then how many times more than ours it takes."""
    show(peer)
    how = "run" if peer.steps == DDIM_STEPS else f"from the {peer.steps} that were run"
    print(f"ratio  {peer.ddim_image() / ours.clock:8.1f} × DDIM, {DDIM_STEPS} steps, {how}")
    print(f"       {peer.ddim_image_processor() / ours.processor:8.1f} × the same, in seconds of processor")
    print(
        f"       {peer.ddpm_image() / ours.clock:8.0f} × DDPM, {DDPM_STEPS} steps, from the {peer.steps} that were run"
    )
    print(f"       {peer.memory / memory:8.1f} × in memory")
    print("It compares costs only: the U-Net learnt faces from 30,000 photos, ours recomposes the one it is given.\n")


def against_the_exact_search(ours: Ours, asked: dict[str, int | float], every_pixel: bool) -> None:
    """Make the same image with the exact denoiser, then compare the answers."""
    exact = ExactPipeline(default_scheduler())
    exact.seen = []
    exact.every_pixel = every_pixel
    clock, processor, _ = timed(exact, **asked)
    where = "around every pixel" if every_pixel else "around the same pixels as ours"
    print(f"exact  {clock:8.1f} s   ({processor:.1f} s of processor), every search run, {where}")
    print(f"ratio  {clock / ours.clock:8.1f} ×")
    compare(exact.seen)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--fidelity", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every-pixel", action="store_true")
    parser.add_argument("--skip", choices=["unet", "reports", "exact"], action="append", default=[])
    parser.add_argument("--unet-steps", type=int, default=3)
    args = parser.parse_args()
    asked = {"seed": args.seed, "size": args.size, "fidelity": args.fidelity}
    height, width = shrunk_shape(coffee().shape[0], coffee().shape[1], args.size)
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    print(f"load {load:.1f} on {cores} cores beforehand", end="")
    print(
        ": others are at work; compare seconds of processor, not of the clock" if load > cores / 2 else "", flush=True
    )
    # First of all what needs fresh processes: one inherits, as its own peak, the memory of the one that starts it.
    fresh = ours_in_fresh_process(asked)
    peer = None if "unet" in args.skip else measure_in_a_fresh_process(width, height, args.unet_steps)

    pipeline = PatchDiffusionPipeline(default_scheduler())
    timed(pipeline, **asked | {"size": 64})  # wake torch's threads
    clock, processor, _ = timed(pipeline, **asked)
    ours = Ours(clock=clock, processor=processor)
    print(
        f"{width} × {height}, one photo, seed {args.seed}, fidelity {args.fidelity}, {torch.get_num_threads()} threads"
    )
    print(f"ours   {clock:8.1f} s   ({processor:.1f} s of processor)")
    print(f"memory {fresh['memory']:8.0f} MB at most, in a fresh process")
    print(f"first  {fresh['seconds']:8.1f} s   in a fresh process, imports included\n")
    if peer is not None:
        against_the_unet(ours, fresh["memory"], peer)
    if "reports" not in args.skip:
        print(f"in a fresh process {fresh['silence']:.2f} s without a report at most: torch and diffusers are imported")
        show_reports(asked, listen(asked))
        print()
    if "exact" not in args.skip:
        against_the_exact_search(ours, asked, args.every_pixel)


if __name__ == "__main__":
    main()
