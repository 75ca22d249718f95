"""What is said in a sound, written down with its times, by Whisper through transformers.

Radford et al. 2022, « Robust Speech Recognition via Large-Scale Weak Supervision » (arXiv 2212.04356), section 4.5: the
model reads one window, of 30 s, at a time; the next begins where it heard a sentence end, so that none is cut in two;
what it repeats, or is not sure of, is tried again with more chance. Silence is not given to it: it writes there what
nobody said.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from kit.audio import RATE
from kit.audio.voice import resampled
from kit.compute.progress import report
from kit.errors import BadAudio, BadInput, ComputeError
from kit.faults import shown
from kit.models.catalogue import Task
from kit.models.speech import Network, Processor, load, name_of, watched

HEARS = 16_000
"""Frames a second of what Whisper is given."""
BLOCKS = 50
"""In a second: silence is told, and windows begin and end, to 20 ms, which is how Whisper counts time."""
SILENCE, BELOW = -60.0, 45.0
"""A block is silent below so many dBFS (RMS), or when it is so many decibels below the loudest."""
LEAST = BLOCKS // 5
"""Blocks in which something is heard for a window to be worth reading: no word is shorter than 0.2 s."""
MARGIN = BLOCKS // 5
"""Blocks kept before the first and after the last that is heard: consonants are soft."""
ADVANCE = BLOCKS // 2
"""Blocks by which windows follow each other at least, whatever the model says."""
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
COMPRESSION, LIKELIHOOD = 1.35, -1.0
"""Section 4.5, in the units of transformers: a window is tried again, at the next temperature, when its tokens compress
better than that (it repeats itself), or their mean log-probability is lower."""


@dataclass(frozen=True, kw_only=True)
class Cue:
    """What was said in one go."""

    start: float
    """Seconds from the beginning of the sound."""
    end: float
    """After ``start``, and not after the start of the next."""
    text: str
    """On one line, never empty."""


def transcribe(samples: np.ndarray, folder: str, lang: str) -> tuple[Cue, ...]:
    """What is said in ``samples`` (int16, (frames, 1 or 2), at :data:`kit.audio.RATE`), in ``lang`` (``"fr"``).

    For a compute worker: reads the model from the local files of ``folder`` alone, and reports before every layer. The
    same sound gives the same cues on one machine. A small model on two cores takes of the order of the time that the
    sound lasts: a long one is for several calls, cut where nobody speaks.

    Raises :class:`NotFound` or :class:`BadInput` if the folder holds no such model, or one that does not write
    ``lang``, :class:`BadAudio` if there is no sound, :class:`ComputeError` if the model fails.
    """
    # 1. What is heard, and who writes.
    if not len(samples):
        raise BadAudio("This sound is empty, so there is nothing to write down. Choose another one.")
    heard = _heard(samples)
    if heard.sum() < LEAST:
        return ()
    report(0.0, "Loading the model")
    processor, network = load(folder, Task.SPEECH_RECOGNITION)
    name = name_of(folder)
    _check(processor, network, lang, name)
    longest = network.config.max_source_positions  # of 20 ms each, as blocks are

    # 2. One window after the other.
    import torch

    cues: list[Cue] = []
    place = 0
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(0)
        while (window := _window(heard, place, longest)) is not None:
            first, last = window
            with watched(network, partial(_tell, first, len(heard))):
                written = _written(samples[_frame(first) : _frame(last)], processor, network, lang, name)
            cues += _cues(written, heard[first:last], first / BLOCKS, processor)
            place = first + _advance(written, last - first, network)
    return tuple(cues)


# -- silence and windows ----------------------------------------------------------------------------------------------


def _frame(block: int) -> int:
    return block * (RATE // BLOCKS)


def _heard(samples: np.ndarray) -> np.ndarray:
    """Whether something is heard in each block of 20 ms: bool, (blocks,). The last one may be shorter."""
    size = _frame(1)
    power: list[np.ndarray] = []
    for start in range(0, len(samples), size * BLOCKS * 60):  # a minute at a time: floats take four times the room
        part = np.square(samples[start : start + size * BLOCKS * 60].astype(np.float32) / 32768).mean(axis=1)
        begins = np.arange(0, len(part), size)
        power.append(np.add.reduceat(part, begins) / np.diff(np.append(begins, len(part))))
    level = 10 * np.log10(np.concatenate(power) + 1e-12)  # dBFS of the RMS
    heard: np.ndarray = level > max(SILENCE, level.max() - BELOW)
    return heard


def _window(heard: np.ndarray, place: int, longest: int) -> tuple[int, int] | None:
    """The blocks of the next window from ``place`` on, without the silence around it; None if no more is heard."""
    while (ahead := np.flatnonzero(heard[place:])).size:
        first = max(place, place + int(ahead[0]) - MARGIN)
        inside = np.flatnonzero(heard[first : first + longest])
        if inside.size >= LEAST:
            return first, min(first + int(inside[-1]) + 1 + MARGIN, first + longest, len(heard))
        place = first + longest
    return None


# -- the model --------------------------------------------------------------------------------------------------------


def _tell(block: int, blocks: int) -> None:
    report(block / blocks, "Second {second} of {seconds}", second=block // BLOCKS, seconds=-(-blocks // BLOCKS))


def _check(processor: Processor, network: Network, lang: str, name: str) -> None:
    """Raise :class:`BadInput` if the model does not write ``lang`` with times, or its parts do not fit."""
    hears, words, config = processor.feature_extractor, processor.tokenizer, network.config
    languages = getattr(network.generation_config, "lang_to_id", None)
    no_times = getattr(network.generation_config, "no_timestamps_token_id", None)
    mark = f"<|{lang}|>"
    if not isinstance(languages, dict) or mark not in languages or not isinstance(no_times, int):
        raise BadInput(
            "“{name}” does not write down “{lang}”. Choose a model that knows several languages.",
            name=name,
            lang=shown(lang),
        )
    if (
        hears.sampling_rate != HEARS
        or hears.feature_size != config.num_mel_bins
        or hears.nb_max_frames != 2 * config.max_source_positions  # the second convolution halves them
        or len(words) > config.vocab_size
        or words.convert_tokens_to_ids(mark) != languages[mark]
    ):
        raise BadInput("The files of “{name}” do not belong together. Install it again.", name=name)


def _written(window: np.ndarray, processor: Processor, network: Network, lang: str, name: str) -> list[dict[str, Any]]:
    """The segments that the model writes of one window, each with ``start``, ``end`` (s) and ``tokens``."""
    sound = resampled(window, RATE, HEARS)[:, 0].astype(np.float32) / 32768
    try:
        features = processor.feature_extractor(sound, sampling_rate=HEARS, return_tensors="pt").input_features
        made = network.generate(
            features,  # (1, mel bins, frames), silence added at the end
            language=lang,
            task="transcribe",
            return_timestamps=True,
            return_segments=True,
            force_unique_generate_call=True,  # one window: which is the next is decided here
            temperature=TEMPERATURES,
            compression_ratio_threshold=COMPRESSION,
            logprob_threshold=LIKELIHOOD,
        )
    except (RuntimeError, ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise ComputeError(
            "The model “{name}” could not write down this sound ({reason}). Look it over, or type what is said.",
            name=name,
            reason=" ".join(str(error).split())[:200],
        ) from error
    segments: list[dict[str, Any]] = made["segments"][0]
    return segments


def _advance(segments: list[dict[str, Any]], blocks: int, network: Network) -> int:
    """By how many blocks the next window begins after this one, of ``blocks``.

    Two times at the end mean that a sentence ended there and another goes on beyond the window; else all was written.
    """
    first_time = network.generation_config.no_timestamps_token_id + 1
    last = segments[-1]["tokens"].tolist()[-2:] if segments else []
    if len(last) == 2 and min(last) >= first_time:
        return max(ADVANCE, min(blocks, round(float(segments[-1]["end"]) * BLOCKS)))
    return blocks


def _cues(segments: list[dict[str, Any]], heard: np.ndarray, offset: float, processor: Processor) -> list[Cue]:
    """The cues of a window that begins at ``offset`` seconds, without those where nothing is heard."""
    cues = []
    for segment in segments:
        start, end = float(segment["start"]), min(float(segment["end"]), len(heard) / BLOCKS)
        text = " ".join(processor.tokenizer.decode(segment["tokens"], skip_special_tokens=True).split())
        if text and start < end and heard[round(start * BLOCKS) : round(end * BLOCKS)].any():
            cues.append(Cue(start=round(offset + start, 2), end=round(offset + end, 2), text=text))
    return cues
