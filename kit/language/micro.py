"""A language model so small that it is taught while one watches: letter by letter, from random numbers.

A Llama of a quarter of a million numbers (:mod:`transformers`). It reads a text in stretches chosen by chance, and is
told after each how far off it was. Part of the text is kept from it, so that learning and learning by heart can be told
apart. Runs in a compute worker.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kit.compute.progress import report
from kit.errors import BadInput

LEAST, MOST = 2_000, 60_000
"""Characters of a text to learn from."""
STEPS = 250
"""About fifteen seconds on two cores."""
SECONDS = 18.0
"""After which it stops, whatever the machine."""
KEPT = 10
"""One part in so many is kept from the model."""
CONTEXT = 64
"""Characters that it sees at once."""
BATCH = 24
PEAK = 4e-3
WARM_UP = 30
SAMPLE = 160
"""Characters of one sample."""
HEAT = 0.6
"""The temperature at which it writes."""
SAMPLES = (0, 20, 60, 120, 200)
"""Steps at which it writes, besides the last one."""
COPIED = 20
"""Characters in a row, found in the text it read, from which a stretch counts as copied."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """How far off the model is at one step: mean of -log p of a character, in nats."""

    step: int
    learnt: float
    """On stretches of the text it reads."""
    kept: float
    """On the part that is kept from it."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What it wrote at one step."""

    step: int
    text: str
    copied: float
    """Share of its characters in stretches of at least :data:`COPIED` that stand in the text it read. 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Taught:
    """A model that was taught, as it was seen to learn."""

    characters: int
    """Of the text that it read."""
    letters: int
    """Different ones."""
    parameters: int
    steps: int
    """Done; fewer than :data:`STEPS` where the machine was slow."""
    seconds: float
    points: tuple[Point, ...]
    samples: tuple[Sample, ...]


def checked(text: str) -> str:
    """``text`` as it can be learnt. Raises :class:`BadInput` if it is too short, too long, or always the same."""
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    if not LEAST <= len(text) <= MOST:
        raise BadInput(
            "The text has {count} characters. To learn from, it takes {least} to {most}.",
            count=len(text),
            least=LEAST,
            most=MOST,
        )
    if len(set(text)) < 10:
        raise BadInput("The text has hardly any different letters: there is nothing to learn from it.")
    return text


def split(text: str) -> tuple[str, str]:
    """What is read, and the last part, which is kept from the model."""
    at = len(text) - len(text) // KEPT
    return text[:at], text[at:]


def teach(text: str, *, seed: int, share: float = 1.0, steps: int = STEPS) -> Taught:
    """Teach a new model ``text``, or only the first ``share`` of what is read; what is kept from it stays the same.

    Reports its progress, with the points so far and the latest sample. The same seed gives the same model on one
    machine, as long as :data:`SECONDS` suffice. Raises :class:`BadInput` as :func:`checked` does.
    """
    import torch

    text = checked(text)
    learnt, kept = split(text)
    learnt = learnt[: max(2 * CONTEXT, round(share * len(learnt)))]
    letters = sorted(set(text))
    number = {letter: place for place, letter in enumerate(letters)}
    inside, outside = (torch.tensor([number[letter] for letter in part]) for part in (learnt, kept))
    points: list[Point] = []
    samples: list[Sample] = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _network(len(letters))
        optimizer = torch.optim.AdamW(network.parameters(), lr=PEAK, betas=(0.9, 0.98), fused=True)
        started, step = time.monotonic(), 0
        while True:
            if step in SAMPLES or step == steps or step % 25 == 0:
                points.append(_point(network, step, inside, outside))
            if step in SAMPLES or step == steps:
                samples.append(_sample(network, step, letters, learnt, seed))
            seen = {"points": tuple(points), "sample": samples[-1]}
            report(step / steps, "Step {step} of {steps}", step=step, steps=steps, **seen)
            if step == steps or time.monotonic() - started >= SECONDS:
                break
            for part in optimizer.param_groups:
                part["lr"] = PEAK * min(1.0, (step + 1) / WARM_UP) * (1 - step / steps) ** 0.5
            _off(network, _stretches(inside, BATCH)).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
        if points[-1].step != step:
            points.append(_point(network, step, inside, outside))
        if samples[-1].step != step:
            samples.append(_sample(network, step, letters, learnt, seed))
    return Taught(
        characters=len(learnt),
        letters=len(letters),
        parameters=sum(weight.numel() for weight in network.parameters()),
        steps=step,
        seconds=time.monotonic() - started,
        points=tuple(points),
        samples=tuple(samples),
    )


def copied(text: str, source: str, least: int = COPIED) -> float:
    """Share of ``text`` in stretches of at least ``least`` characters that stand in ``source``, 0 to 1."""
    marked = [False] * len(text)
    for at in range(len(text) - least + 1):
        if text[at : at + least] in source:
            marked[at : at + least] = [True] * least
    return sum(marked) / len(text) if text else 0.0


def _network(letters: int) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=letters,
            hidden_size=96,
            intermediate_size=288,
            num_hidden_layers=2,
            num_attention_heads=3,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
            pad_token_id=None,
            bos_token_id=None,
            eos_token_id=None,
        )
    )


def _stretches(ids: Any, count: int) -> Any:
    """``count`` stretches chosen by chance: (count, :data:`CONTEXT`), or as long as there is text."""
    import torch

    size = min(CONTEXT, len(ids))
    starts = torch.randint(len(ids) - size + 1, (count,))
    return ids[starts[:, None] + torch.arange(size)]


def _off(network: Any, stretches: Any) -> Any:
    """Mean of -log p of each character given those before it."""
    import torch

    logits = network(input_ids=stretches, use_cache=False).logits[:, :-1]
    return torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), stretches[:, 1:].reshape(-1))


def _point(network: Any, step: int, inside: Any, outside: Any) -> Point:
    """Both losses now, on stretches that are the same at every step."""
    import torch

    network.eval()
    with torch.inference_mode(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        learnt, kept = (float(_off(network, _stretches(ids, 2 * BATCH))) for ids in (inside, outside))
    network.train()
    return Point(step=step, learnt=learnt, kept=kept)


def _sample(network: Any, step: int, letters: Sequence[str], source: str, seed: int) -> Sample:
    """What it writes now, from a line break or the first letter of what it read."""
    import torch

    network.eval()
    begun = letters.index("\n") if "\n" in letters else letters.index(source[0])
    ids, past = [begun], None
    with torch.inference_mode():
        chance = torch.Generator().manual_seed(seed)
        while len(ids) <= SAMPLE:
            if past is None or len(ids) % CONTEXT == 0:  # as far back as it sees: begin the window anew, half full
                window, past = ids[-CONTEXT // 2 :], None
            output = network(input_ids=torch.tensor([window]), past_key_values=past, use_cache=True)
            past = output.past_key_values
            shares = output.logits[0, -1].div(HEAT).softmax(-1)
            ids.append(int(torch.multinomial(shares, 1, generator=chance)))
            window = ids[-1:]
            if past.get_seq_length() >= CONTEXT - 1:
                past = None
    network.train()
    text = "".join(letters[place] for place in ids[1:])
    return Sample(step=step, text=text, copied=copied(text, source))
