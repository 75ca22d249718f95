"""The same as :mod:`kit.audio.voice` by a model that learnt from recordings: VITS, as MMS has it for French.

Kim, Kong & Son 2021 (arXiv 2106.06103); Pratap et al. 2023, « Scaling Speech Technology to 1,000+ Languages » (arXiv
2305.13516). It reads letters, one sentence at a time: numbers and abbreviations are for the writer to spell out. It has
the one voice it learnt, and nothing here takes a recording to imitate.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from functools import partial

import numpy as np

from kit.audio import RATE
from kit.audio.voice import checked, resampled
from kit.compute.progress import report
from kit.errors import BadInput, ComputeError
from kit.models.catalogue import Task
from kit.models.speech import Network, Processor, load, name_of, watched

MAX_SEED = 2**32 - 1
PAUSE = 0.3
"""Seconds of silence between two sentences."""
LONGEST = 240
"""Characters said at once: a longer sentence is cut between two words, as memory grows with the square."""
PRONOUNCED = "%&@#§"
"""Marks that are read aloud, as letters, digits and signs are: the model leaves out those that it does not know."""
SPELLINGS = {"’": "'", "'": "’", "œ": "oe", "æ": "ae"}
"""What is written otherwise, and said the same, where the model does not know the one and knows the other."""


def speak(folder: str, text: str, *, seed: int) -> np.ndarray:
    """``text`` said by the model of text to speech in ``folder``, in a compute worker, which reads local files alone.

    The model draws its intonation: the same ``seed`` gives the same sound on one machine. Reports before every layer.

    Returns int16, (frames, 1), at :data:`kit.audio.RATE`. Raises :class:`NotFound` or :class:`BadInput` if the folder
    holds no such model, :class:`BadInput` if the text has nothing to say, or characters that the model does not know,
    :class:`ComputeError` if it fails.
    """
    # 1. What is asked for, and of whom.
    text = checked(text)
    if not 0 <= seed <= MAX_SEED:
        raise BadInput("{seed} is not a seed. Give a whole number from 0 to {most}.", seed=seed, most=MAX_SEED)
    report(0.0, "Loading the model")
    words, network = load(folder, Task.TEXT_TO_SPEECH)
    name = name_of(folder)
    rate = _rate(words, network, name)
    sentences = _sentences(_spelt(text, words, name))

    # 2. One sentence after the other, from one seed.
    import torch

    pieces: list[np.ndarray] = []
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(seed)
        for place, sentence in enumerate(sentences):
            with watched(network, partial(_tell, place, len(sentences))):
                pieces.append(_said(sentence, words, network, name))
            pieces.append(np.zeros(round(PAUSE * rate), np.float32))

    # 3. As the kit has its sounds.
    sound = np.nan_to_num(np.concatenate(pieces[:-1])).clip(-1, 1)
    return resampled((sound * 32767).round().astype(np.int16).reshape(-1, 1), rate, RATE)


def _tell(place: int, count: int) -> None:
    report(place / count, "Sentence {number} of {count}", number=place + 1, count=count)


def _said(sentence: str, words: Processor, network: Network, name: str) -> np.ndarray:
    """One sentence: float32, (frames,), at the model's rate. Raises :class:`ComputeError`."""
    try:
        made = network(**words(sentence, return_tensors="pt"))
    except (RuntimeError, ValueError, IndexError) as error:
        raise ComputeError(
            "The model “{name}” could not say this text ({reason}). Try a shorter one, or the other voice.",
            name=name,
            reason=" ".join(str(error).split())[:200],
        ) from error
    samples: np.ndarray = made.waveform[0].numpy()  # of (1, frames)
    return samples


def _rate(words: Processor, network: Network, name: str) -> int:
    """How many frames a second the model makes. Raises :class:`BadInput` if it wants more than letters, or is odd."""
    if words.phonemize or words.is_uroman:
        raise BadInput(
            "“{name}” does not read letters: it needs a program to prepare its text, which the kit does not have. "
            "Choose another model.",
            name=name,
        )
    rate = int(network.config.sampling_rate)
    if not 8_000 <= rate <= 48_000 or words.vocab_size > network.config.vocab_size:
        raise BadInput("The files of “{name}” do not belong together. Install it again.", name=name)
    return rate


def _spelt(text: str, words: Processor, name: str) -> str:
    """``text`` in the letters of the model. Raises :class:`BadInput` if it has letters or digits of no use to it."""
    known = set(words.get_vocab())
    text = text.lower() if words.normalize else text
    for one, other in SPELLINGS.items():
        if one not in known and set(other) <= known:
            text = text.replace(one, other)
    unread = sorted({c for c in text if unicodedata.category(c)[0] in "LNS" or c in PRONOUNCED} - known)
    if unread:
        raise BadInput(
            "“{name}” cannot read {characters}. Write it in letters, as it is said.",
            name=name,
            characters=" ".join(unread[:20]),
        )
    return text


def _sentences(text: str) -> list[str]:
    """``text`` cut after what ends a sentence, and between words where that is too long; those with a word in them."""
    cut = [piece for part in re.split(r"(?<=[.!?…:;])\s+|\n+", text) for piece in textwrap.wrap(part, LONGEST)]
    return [piece for piece in cut if any(unicodedata.category(c)[0] in "LN" for c in piece)]
