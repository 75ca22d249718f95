"""What listens to a sound before it changes it: long silences, a steady noise, voices of different levels.

Everything is relative to the sound's own levels, since no two recorders agree on what is loud.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kit.audio import RATE, segments

if TYPE_CHECKING:
    from av.filter import Graph

BLOCK = RATE // 100
"""Frames whose level is measured together: 10 ms."""
SYLLABLE = 5
"""Blocks. Over 50 ms a voice rises and falls where a noise does not."""
PROFILE = 6
"""Times as long, 0.3 s: what it takes to learn a noise."""
STEADY = 6.0
"""By how much the power of what is steady varies at most, 8 dB."""
LATE = 2 * (RATE // 80)
"""Frames: afftdn gives back what it was given two of its steps before, each 1/80 s."""
PORTION = RATE // 10
"""Frames given to FFmpeg at once; a command reaches a filter between two of them."""


def without_long_silences(samples: np.ndarray, longest: float) -> list[tuple[int, int]]:
    """The passages, first frame and one after the last, that leave ``longest`` seconds of each longer silence.

    These are its two ends, half of that each, so that the edges of words stay whatever their level. A silence is quiet
    in each 100 ms of it; how quiet, the sound's own noise and voices tell.
    """
    power = _power(samples)
    kept = []
    begun = 0
    if len(power):
        # The root mean square of root mean squares is that of the samples: pydub may look at a segment of levels, 100
        # a second, instead of 44,100. On ten minutes in stereo this is 0.6 s instead of 2.2.
        levels = segments.segment((65_535 * np.sqrt(power)).astype(np.int32)[:, None], rate=RATE // BLOCK)
        end_kept = round(longest / 2 * RATE)
        for start, end in segments.silences(levels, at_least=100, level=_silence(power), step=10):
            if end - start > 1000 * longest:
                kept.append((begun, segments.frames(start) + end_kept))
                begun = segments.frames(end) - end_kept
    return [*kept, (begun, len(samples))]


def denoised(samples: np.ndarray, decibels: float) -> np.ndarray:
    """The noise of the quietest steady passage, lowered by at most ``decibels`` wherever it is: FFmpeg's afftdn.

    Spectral subtraction: each band of the spectrum is lowered where it holds little more than the noise does there.
    Without such a passage there is no telling noise from voice, and the samples come back as they are.
    """
    quiet = _quiet_passage(_power(samples))
    if quiet is None:
        return samples
    profile = samples[quiet : quiet + PROFILE * SYLLABLE * BLOCK]
    level = np.clip(_decibels(_power(profile).mean()) + 3, -80, -20)  # + 3: what keeps most of a voice, as measured
    heard = _filtered(
        [profile, samples, np.zeros_like(samples, shape=(LATE, samples.shape[1]))],
        ("asendcmd", f"c='0 afftdn sn start; {len(profile) / RATE} afftdn sn stop'"),
        ("afftdn", f"nr={decibels}:nf={level:.1f}"),
    )
    return heard[len(profile) + LATE :]


def evened(samples: np.ndarray) -> np.ndarray:
    """Every half-second brought near one level, at most 20 dB up, by a gain that follows slowly: FFmpeg's dynaudnorm.

    The gain waits while nobody speaks: else the room would rise in every long silence.
    """
    # 1. What is spoken, a second of each long silence with it.
    passages = without_long_silences(samples, 1.0)
    spoken = np.concatenate([samples[start:end] for start, end in passages])
    # 2. Evened by its own levels.
    evened = _filtered([spoken], ("dynaudnorm", "f=500:g=5:p=0.8:r=0.1:m=10"))
    # 3. The rest of the silences in their places, with the gain that there was on either side of them.
    parts = []
    done = 0
    for (start, end), (resumes, _) in pairwise([*passages, (len(samples), len(samples))]):
        parts.append(evened[done : done + end - start])
        done += end - start
        if resumes > end:
            around = slice(max(0, done - RATE // 4), done + RATE // 4)
            was, became = (
                max(1.0, float(np.square(part[around], dtype=np.float64).sum())) for part in (spoken, evened)
            )
            silence = np.round(samples[end:resumes] * np.sqrt(became / was))
            parts.append(np.clip(silence, -32_768, 32_767).astype(np.int16))
    return np.concatenate(parts)


def _power(samples: np.ndarray) -> np.ndarray:
    """The mean square of each whole block, all channels together: (blocks,), float64, up to 2³⁰."""
    blocks = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK * samples.shape[1])
    return np.einsum("ij,ij->i", blocks, blocks, dtype=np.float64) / blocks.shape[1]


def _decibels(power: np.ndarray) -> np.ndarray:
    """dBFS of a mean square; a hundredth of a step, −130 dBFS, stands for nothing at all."""
    return 10 * np.log10(np.maximum(power, 1e-4) / 2**30)


def _silence(power: np.ndarray) -> float:
    """The dBFS at or below which a sound of such blocks is silent.

    Just above its noise, the lowest twentieth of them; in any case 20 to 34 dB below its voices, the highest fiftieth:
    a knock on the table is shorter than that, and somebody far from the microphone louder.
    """
    noise, voice = _decibels(np.percentile(power, (5, 98)))
    return float(np.clip(noise + 6, voice - 34, voice - 20))


def _quiet_passage(power: np.ndarray) -> int | None:
    """The frame where the quietest steady passage begins; None without any. Digital silence is no noise."""
    syllables = power[: len(power) // SYLLABLE * SYLLABLE].reshape(-1, SYLLABLE).mean(1)
    if len(syllables) < PROFILE:
        return None
    passages = np.lib.stride_tricks.sliding_window_view(syllables, PROFILE)
    lowest, highest = passages.min(1), passages.max(1)
    level = np.where((lowest >= 1) & (highest <= STEADY * lowest), passages.mean(1), np.inf)
    return int(np.argmin(level)) * SYLLABLE * BLOCK if np.isfinite(level).any() else None


def _filtered(pieces: list[np.ndarray], *filters: tuple[str, str]) -> np.ndarray:
    """What FFmpeg's ``filters``, each a name and its options, make of ``pieces`` one after the other: as many frames.

    Streaming: besides what goes in and what comes out, memory holds what the filters do.
    """
    from av import AudioFrame
    from av.filter import Graph

    channels = pieces[0].shape[1]
    layout = "mono" if channels == 1 else "stereo"
    graph = Graph()
    nodes = [
        graph.add_abuffer(sample_rate=RATE, format="s16", layout=layout, time_base=Fraction(1, RATE)),
        *(graph.add(name, options) for name, options in filters),
        graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts={layout}"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    heard = np.zeros((sum(map(len, pieces)), channels), np.int16)
    given = filled = 0
    for portion in _portions(pieces):
        frame = AudioFrame.from_ndarray(portion.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE, given, Fraction(1, RATE)
        graph.push(frame)
        given += len(portion)
        filled = _pull(graph, heard, filled)
    graph.push(None)
    _pull(graph, heard, filled)
    return heard


def _portions(pieces: list[np.ndarray]) -> Iterator[np.ndarray]:
    for piece in pieces:
        for start in range(0, len(piece), PORTION):
            yield np.ascontiguousarray(piece[start : start + PORTION])


def _pull(graph: Graph, heard: np.ndarray, filled: int) -> int:
    """Append what ``graph`` has ready to the ``filled`` frames of ``heard``: how many are filled then."""
    from av import BlockingIOError as NothingReady
    from av import EOFError as AllPulled

    while True:
        try:
            ready = graph.pull().to_ndarray().reshape(-1, heard.shape[1])[: len(heard) - filled]
        except (NothingReady, AllPulled):
            return filled
        heard[filled : filled + len(ready)] = ready
        filled += len(ready)
