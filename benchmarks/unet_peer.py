"""The named peer of the patch-diffusion generator: the U-Net of ``google/ddpm-celebahq-256``, through ``diffusers``.

The same architecture (as its ``config.json`` on the hub gives it), built here with random weights and for the pixels
asked: how long a step takes does not depend on what the weights are. The picture that comes out is noise; only its time
and memory count. Nothing is downloaded.

    python benchmarks/unet_peer.py [--width 384] [--height 256] [--steps 3] [--json]

After a warm-up of one step, ``DDIMPipeline`` and ``DDPMPipeline`` each make one whole image in ``--steps`` steps, timed
from the call to the PIL image. People use 50 steps of DDIM, or the 1000 of the original DDPM: those times are computed
from the measured seconds a step, and printed as such. ``--steps 50`` runs the 50 for real.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

DDIM_STEPS, DDPM_STEPS = 50, 1000
"""The usual number of DDIM steps (the default of ``DDIMPipeline``), and the steps DDPM was published with."""
MULTIPLE = 32
"""The U-Net halves its image five times."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """What was measured, in one process that did nothing else. Seconds on the clock unless said otherwise."""

    width: int
    height: int
    parameters: int
    threads: int
    steps: int
    """Run for real, by each of the two pipelines."""
    warm_up: float
    ddim: float
    """Of the whole run of ``steps`` steps."""
    ddim_processor: float
    """Seconds of processor, all threads together."""
    ddpm: float
    memory: float
    """Most megabytes that the process held: interpreter, torch, diffusers and weights included."""

    def ddim_image(self) -> float:
        """Seconds for an image of 50 steps: multiplied, unless 50 were run."""
        return self.ddim / self.steps * DDIM_STEPS

    def ddim_image_processor(self) -> float:
        """Seconds of processor for it."""
        return self.ddim_processor / self.steps * DDIM_STEPS

    def ddpm_image(self) -> float:
        """Seconds for an image of 1000 steps: always multiplied, since it would take hours."""
        return self.ddpm / self.steps * DDPM_STEPS


def measure(width: int, height: int, steps: int) -> Peer:
    """Build the U-Net, warm it up and time both pipelines. Sides are rounded to multiples of 32."""
    import torch
    from diffusers.pipelines.ddim.pipeline_ddim import DDIMPipeline
    from diffusers.pipelines.ddpm.pipeline_ddpm import DDPMPipeline
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler
    from diffusers.schedulers.scheduling_ddpm import DDPMScheduler

    width, height = (max(MULTIPLE, round(side / MULTIPLE) * MULTIPLE) for side in (width, height))
    torch.manual_seed(0)
    unet = celebahq_unet(width, height)
    ddim = DDIMPipeline(unet=unet, scheduler=DDIMScheduler(num_train_timesteps=DDPM_STEPS))
    ddpm = DDPMPipeline(unet=unet, scheduler=DDPMScheduler(num_train_timesteps=DDPM_STEPS))
    for pipeline in (ddim, ddpm):
        pipeline.set_progress_bar_config(disable=True)

    def image(pipeline: DDIMPipeline | DDPMPipeline, count: int) -> Callable[[], object]:
        return lambda: pipeline(num_inference_steps=count, generator=torch.Generator().manual_seed(0))

    warm_up, _ = _timed(image(ddim, 1))
    ddim_clock, ddim_processor = _timed(image(ddim, steps))
    ddpm_clock, _ = _timed(image(ddpm, steps))
    return Peer(
        width=width,
        height=height,
        parameters=sum(each.numel() for each in unet.parameters()),
        threads=torch.get_num_threads(),
        steps=steps,
        warm_up=warm_up,
        ddim=ddim_clock,
        ddim_processor=ddim_processor,
        ddpm=ddpm_clock,
        memory=peak_memory(),
    )


def celebahq_unet(width: int, height: int):  # type: ignore[no-untyped-def]  # a diffusers class, imported inside
    """The architecture of ``google/ddpm-celebahq-256`` for another image size, random weights, ready to sample."""
    from diffusers.models.unets.unet_2d import UNet2DModel

    return UNet2DModel(
        sample_size=(height, width),
        in_channels=3,
        out_channels=3,
        layers_per_block=2,
        block_out_channels=(128, 128, 256, 256, 512, 512),
        down_block_types=(*["DownBlock2D"] * 4, "AttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "AttnUpBlock2D", *["UpBlock2D"] * 4),
        attention_head_dim=None,
        downsample_padding=0,
        flip_sin_to_cos=False,
        freq_shift=1,
        norm_eps=1e-6,
    ).eval()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def peak_memory() -> float:
    """Most megabytes this process has held so far, and, on Linux, the one that started it before it did."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def measure_in_a_fresh_process(width: int, height: int, steps: int) -> Peer:
    """:func:`measure` where nothing else has run yet. Call it before this process has grown: peaks are inherited."""
    asked = ["--width", str(width), "--height", str(height), "--steps", str(steps), "--json"]
    run = subprocess.run([sys.executable, __file__, *asked], check=True, stdout=subprocess.PIPE, text=True)
    return Peer(**json.loads(run.stdout))


def show(peer: Peer) -> None:
    """Print what was run, then what is only multiplied."""
    print(
        f"U-Net of google/ddpm-celebahq-256, {peer.parameters / 1e6:.0f} million parameters, "
        f"{peer.width} × {peer.height}, {peer.threads} threads"
    )
    print("  random weights: the time of a step does not depend on them; the picture is noise, only its time counts")
    rows = [
        ("run", f"DDIMPipeline, {peer.steps} steps", peer.ddim, f"{peer.ddim_processor:.1f} s of processor"),
        ("run", f"DDPMPipeline, {peer.steps} steps", peer.ddpm, f"after a warm-up of one step, {peer.warm_up:.1f} s"),
        ("multiplied", f"DDIM, {DDIM_STEPS} steps", peer.ddim_image(), f"{peer.ddim / peer.steps:.2f} s a step"),
        ("multiplied", f"DDPM, {DDPM_STEPS} steps", peer.ddpm_image(), f"{peer.ddpm_image() / 3600:.1f} h, not run"),
    ]
    if peer.steps == DDIM_STEPS:
        del rows[2]
    for how, what, seconds, more in rows:
        print(f"  {how:11s}{what:24s}{seconds:9.1f} s   ({more})")
    print(f"  {'memory':35s}{peer.memory:9.0f} MB at most, in a fresh process")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--height", type=int, default=256)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    peer = measure(args.width, args.height, args.steps)
    if args.json:
        print(json.dumps(asdict(peer)))
    else:
        show(peer)


if __name__ == "__main__":
    main()
