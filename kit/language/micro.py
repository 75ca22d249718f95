"""A language model so small that it is taught while one watches, from random numbers.

A Llama of at most a quarter of a million numbers (:mod:`transformers`), which reads letters or words. It reads a text
in stretches chosen by chance, and is told after each how far off it was. Part of the text is kept from it, so that
learning and learning by heart can be told apart. Runs in a compute worker.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from kit.compute.progress import report
from kit.errors import BadInput

Network: TypeAlias = Any
"""A model of transformers: its parts are attributes that it gets when it is made."""
LEAST, MOST = 2_000, 60_000
"""Characters of a text to learn from."""
STEPS = 250
"""About fifteen seconds on two cores."""
SECONDS = 18.0
"""In which it has to be done, whatever the machine."""
KEPT = 10
"""One part in so many is kept from the model."""
POINT = 48
"""Stretches on which one point is measured."""
WARM_UP = 30
PACE = 20
"""Steps after which it is known how many there is time for."""
HEAT = 0.6
"""The temperature at which it writes."""
SAMPLES = (0, 20, 60, 120, 200)
"""Steps at which it writes, besides the last one."""
COPIED = 20
"""Characters in a row, found in the text it read, from which a stretch counts as copied."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large the model is, and how long what it writes on the way."""

    width: int = 96
    """Numbers that stand for one piece."""
    context: int = 64
    """Pieces that it sees at once."""
    batch: int = 24
    """Stretches that it reads in one step."""
    layers: int = 2
    head: int = 32
    """Numbers of one attention head."""
    peak: float = 4e-3
    """The highest learning rate."""
    by_line: bool = False
    """Whether a stretch begins with a line break; or anywhere."""
    sample: int = 160
    """Pieces of one sample."""


_LETTERS = Size()


@dataclass(frozen=True, kw_only=True)
class Point:
    """How far off the model is at one step: mean of -log p of a letter, or of a word, in nats."""

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
    """Different ones; or different words."""
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

    Reports as :func:`learn` does. Raises :class:`BadInput` as :func:`checked` does.
    """
    text = checked(text)
    learnt, kept = split(text)
    learnt = learnt[: max(2 * _LETTERS.context, round(share * len(learnt)))]
    return learn(learnt, kept, sorted(set(text)), seed=seed, steps=steps)[1]


def learn(
    learnt: Sequence[str], kept: Sequence[str], pieces: Sequence[str], *, seed: int, steps: int, size: Size = _LETTERS
) -> tuple[Network, Taught]:
    """A new model that has learnt to continue ``learnt``: both texts are made of ``pieces``, its letters or its words.

    Reports its progress, with the points so far and the latest sample. The same seed gives the same model on one
    machine, as long as :data:`SECONDS` suffice for ``steps``; else there are fewer.
    """
    import torch

    number = {piece: place for place, piece in enumerate(pieces)}
    source = "".join(learnt)
    inside, outside = (_Text.of(part, number, size) for part in (learnt, kept))
    points: list[Point] = []
    samples: list[Sample] = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _network(len(pieces), size)
        optimizer = torch.optim.AdamW(network.parameters(), lr=size.peak, betas=(0.9, 0.98), fused=True)
        started, step = time.monotonic(), 0
        warm = started

        def write() -> None:
            samples.append(_sample(network, step, pieces, source, seed, size))

        while True:
            if step in SAMPLES or step == steps or step % 25 == 0:
                points.append(_point(network, step, inside, outside))
            if step in SAMPLES or step == steps:
                write()
            seen = {"points": tuple(points), "sample": samples[-1]}
            report(step / steps, "Step {step} of {steps}", step=step, steps=steps, **seen)
            if step >= steps or time.monotonic() - started >= 1.2 * SECONDS:
                break
            for part in optimizer.param_groups:
                part["lr"] = size.peak * min(1.0, (step + 1) / WARM_UP) * (1 - step / steps) ** 0.5
            _off(network, _stretches(inside, size.batch)).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            now = time.monotonic()
            if step == PACE // 2:
                warm = now
            elif step == PACE:  # a slow machine takes fewer steps, and still ends as it should: in ever smaller ones
                pace = max((now - warm) / (PACE - PACE // 2), 1e-6)
                steps = min(steps, PACE + max(PACE, int((started + SECONDS - now) / pace)))
        if points[-1].step != step:
            points.append(_point(network, step, inside, outside))
        if samples[-1].step != step:
            write()
    return network.eval(), Taught(
        characters=len(source),
        letters=len(pieces),
        parameters=sum(weight.numel() for weight in network.parameters()),
        steps=step,
        seconds=time.monotonic() - started,
        points=tuple(points),
        samples=tuple(samples),
    )


@dataclass(frozen=True)
class _Text:
    """A text in numbers, with the places where a stretch may begin."""

    ids: Any
    begins: Any
    context: int

    @classmethod
    def of(cls, pieces: Sequence[str], number: Mapping[str, int], size: Size) -> _Text:
        import torch

        ids = torch.tensor([number[piece] for piece in pieces])
        begins = torch.arange(max(1, len(ids) - size.context + 1))
        return cls(ids, begins[ids[: len(begins)] == number["\n"]] if size.by_line else begins, size.context)


def copied(text: str, source: str, least: int = COPIED) -> float:
    """Share of ``text`` in stretches of at least ``least`` characters that stand in ``source``, 0 to 1."""
    marked = [False] * len(text)
    for at in range(len(text) - least + 1):
        if text[at : at + least] in source:
            marked[at : at + least] = [True] * least
    return sum(marked) / len(text) if text else 0.0


def _network(pieces: int, size: Size) -> Network:
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=pieces,
            hidden_size=size.width,
            intermediate_size=3 * size.width,
            num_hidden_layers=size.layers,
            num_attention_heads=size.width // size.head,
            max_position_embeddings=size.context,
            tie_word_embeddings=True,
            pad_token_id=None,
            bos_token_id=None,
            eos_token_id=None,
        )
    )


def _stretches(text: _Text, count: int) -> Any:
    """``count`` stretches chosen by chance: (count, context), or as long as there is text."""
    import torch

    context = min(text.context, len(text.ids))
    starts = torch.randint(len(text.begins), (count,))
    return text.ids[text.begins[starts][:, None] + torch.arange(context)]


def _off(network: Network, stretches: Any) -> Any:
    """Mean of -log p of each piece given those before it."""
    import torch

    logits = network(input_ids=stretches, use_cache=False).logits[:, :-1]
    return torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), stretches[:, 1:].reshape(-1))


def _point(network: Network, step: int, inside: _Text, outside: _Text) -> Point:
    """Both losses now, on stretches that are the same at every step."""
    import torch

    network.eval()
    with torch.inference_mode(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        learnt, kept = (float(_off(network, _stretches(text, POINT))) for text in (inside, outside))
    network.train()
    return Point(step=step, learnt=learnt, kept=kept)


def _sample(network: Network, step: int, pieces: Sequence[str], source: str, seed: int, size: Size) -> Sample:
    """What it writes now, from a line break or the first piece of what it read."""
    import torch

    network.eval()
    begun = pieces.index("\n") if "\n" in pieces else pieces.index(source[0])
    ids, past = [begun], None
    with torch.inference_mode():
        chance = torch.Generator().manual_seed(seed)
        while len(ids) <= size.sample:
            if past is None or len(ids) % size.context == 0:  # as far back as it sees: begin the window anew, half full
                window, past = ids[-size.context // 2 :], None
            output = network(input_ids=torch.tensor([window]), past_key_values=past, use_cache=True)
            past = output.past_key_values
            shares = output.logits[0, -1].div(HEAT).softmax(-1)
            ids.append(int(torch.multinomial(shares, 1, generator=chance)))
            window = ids[-1:]
            if past.get_seq_length() >= size.context - 1:
                past = None
    network.train()
    text = "".join(pieces[place] for place in ids[1:])
    return Sample(step=step, text=text, copied=copied(text, source))
