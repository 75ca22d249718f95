"""How often the generator says how far it has got, how soon it stops, and whether the time it has left can be told.

    python benchmarks/generator_reports.py [--size 384] [--fidelity 0.5] [--seed 0] [--json]

Runs :func:`kit.images.generate.generate` in this process, alone, and listens. The first run pays for importing torch
and diffusers, as the first picture of a fresh compute worker does: during that import nothing can be told or stopped.
The second does not. Then three more are cancelled on their way, by an exception out of ``on_progress``, the way a
compute worker stops. This module imports neither torch nor diffusers, or the first run would not be one.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kit.images.generate import generate

STOP_AT = (0.15, 0.5, 0.9)
"""When to cancel, as fractions of the time that an undisturbed run takes."""
LOOK_AT = (0.1, 0.25, 0.5, 0.75, 0.9)
"""When to guess the time left, likewise."""


class _Stopped(Exception):
    """Raised out of a report to cancel."""


@dataclass(frozen=True, kw_only=True)
class Listened:
    """One run, heard from outside. Seconds on the clock from the call of the generator."""

    seconds: float
    """When it returned or, if it was cancelled, when the exception came out."""
    reports: tuple[tuple[float, float], ...]
    """When each report came, and the fraction done that it told."""

    def silence(self) -> tuple[float, float]:
        """The longest time without a report, from call to return, and when it began."""
        moments = [0.0, *(moment for moment, _ in self.reports), self.seconds]
        return max((after - before, before) for before, after in pairwise(moments))

    def told_left(self, moment: float) -> float:
        """Seconds left as the last report before ``moment`` lets one compute them: time gone · (1 - done) / done."""
        gone, done = max(report for report in self.reports if report[0] <= moment and report[1] > 0)
        return gone * (1 - done) / done - (moment - gone)


def coffee() -> np.ndarray:
    """A photo that scikit-image carries, 600 × 400."""
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return np.asarray(Image.open(Path(spec.origin).parent / "data" / "coffee.png").convert("RGB"))


def listen(asked: Mapping[str, object], stop_after: float | None = None) -> Listened:
    """Generate and note when each report comes. The first one ``stop_after`` seconds from the call or later cancels."""
    photo = coffee()
    reports: list[tuple[float, float]] = []
    start = time.perf_counter()

    def heard(fraction: float, message: str) -> None:
        reports.append((time.perf_counter() - start, fraction))
        if stop_after is not None and reports[-1][0] >= stop_after:
            raise _Stopped

    with suppress(_Stopped):
        generate([photo], on_progress=heard, **asked)  # type: ignore[arg-type]
    return Listened(seconds=time.perf_counter() - start, reports=tuple(reports))


def show(asked: Mapping[str, object], full: Listened) -> None:
    """Print how the undisturbed run ``full`` was heard, then cancel three more."""
    silence, since = full.silence()
    print(
        f"progress  {len(full.reports)} reports in {full.seconds:.1f} s, "
        f"{silence:.2f} s apart at most (at {since:.1f} s)"
    )
    for part in LOOK_AT:
        moment = part * full.seconds
        print(
            f"left      at {moment:4.1f} s: told {full.told_left(moment):4.1f} s, truly {full.seconds - moment:4.1f} s"
        )
    for part in STOP_AT:
        asked_at = part * full.seconds
        stopped = listen(asked, stop_after=asked_at)
        late = stopped.seconds - asked_at
        print(f"cancelled at {asked_at:4.1f} s: {f'over {late:.2f} s later' if late >= 0 else 'it had just finished'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--fidelity", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="only the first run, and the memory it took")
    args = parser.parse_args()
    asked = {"seed": args.seed, "size": args.size, "fidelity": args.fidelity}
    if "torch" in sys.modules or "diffusers" in sys.modules:
        raise SystemExit("torch or diffusers is imported already: the first run would not pay for it.")
    first = listen(asked)
    if args.json:
        from unet_peer import peak_memory

        print(json.dumps({"seconds": first.seconds, "silence": first.silence()[0], "memory": peak_memory()}))
        return
    print(f"first     {first.seconds:.1f} s with the imports, {first.silence()[0]:.2f} s without a report at most")
    show(asked, listen(asked))


if __name__ == "__main__":
    main()
