"""What a language model says of a text: log-probabilities, of a causal model or of a masked one.

Two conventions, those of the literature:

- *causal*: the log-likelihood of a sentence is the sum over its tokens of log p(token | those before), after the token
  of beginning (or that of end, for models that have no other), as lm-evaluation-harness counts it for an empty context;
- *masked*: the pseudo-log-likelihood of a pair of sentences masks in turn each token that both have, and sums log p of
  that token given all others (Nangia et al. 2020, « CrowS-Pairs », arXiv 2010.00133, section 4).

Sentences of nearly the same length go through the network together, and only the places that count go through its last,
widest layer. What is heavy (torch) is imported inside the functions.
"""

from __future__ import annotations

import difflib
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from kit.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

Network: TypeAlias = Any
"""A model of transformers: its parts are attributes that it gets when it is made."""
Tokenizer: TypeAlias = Any
TOKENS_AT_ONCE = 2_048
"""Of one batch, padding counted: larger ones take more memory and are no faster on two cores."""
TEXTS_AT_ONCE = 64
"""Written side by side."""


class TooLong(BadInput):
    """A text that has more tokens than the model can read."""


@dataclass(frozen=True)
class Causal:
    """A model that predicts the next token."""

    name: str
    words: Tokenizer
    network: Network

    @property
    def longest(self) -> int:
        """How many tokens it reads at most."""
        return _longest(self.network)

    def ids(self, text: str) -> list[int]:
        """The tokens of ``text`` after that of beginning. Raises :class:`TooLong`."""
        ids: list[int] = self.words(text, add_special_tokens=False)["input_ids"]
        first = self.words.bos_token_id if self.words.bos_token_id is not None else self.words.eos_token_id
        return _fitting([*([] if first is None else [first]), *ids], self)

    def logprobs(self, texts: Sequence[str], *, ended: bool = False) -> list[float]:
        """Natural logarithm of the probability that a text begins so; with ``ended``, that it also ends there.

        For a model without a token of beginning, the first token has nothing before it and is not counted. Raises
        :class:`TooLong`.
        """
        import torch

        end = [self.words.eos_token_id] if ended else []
        items = [[*self.ids(text), *end] for text in texts]
        found = [0.0] * len(items)
        for group in _batches([len(item) for item in items]):
            ids, lengths = _padded([items[place] for place in group], self.words)
            counted = torch.arange(1, ids.shape[1]) < lengths[:, None]
            at = counted.nonzero(as_tuple=True)
            with torch.inference_mode(), _heading(self.network, *at):
                # Padding comes after: in a causal model nothing before it sees it.
                logits = self.network(input_ids=ids).logits[:, 0].float()  # (tokens that count, vocabulary)
            logp = logits.gather(-1, ids[:, 1:][at][:, None])[:, 0] - logits.logsumexp(-1)
            totals = torch.zeros(len(group), dtype=torch.float64).index_add(0, at[0], logp.double())
            for place, total in zip(group, totals.tolist(), strict=True):
                found[place] = total
        return found

    def share(self, before: str, options: Sequence[str]) -> list[float]:
        """How the model divides its probability among ``options`` after ``before``: they add up to 1."""
        return normalised(self.logprobs([before + option for option in options]))

    def next_tokens(self, before: str, top: int) -> list[tuple[int, str, float]]:
        """The ``top`` likeliest tokens after ``before``, the likeliest first: id, text with its space, probability."""
        import torch

        ids = self.ids(before)
        if not ids:
            raise BadInput("Write at least one word: the model “{name}” has no token of beginning.", name=self.name)
        with torch.inference_mode():
            shares = self.network(input_ids=torch.tensor([ids])).logits[0, -1].float().softmax(-1)
        values, places = shares.topk(min(top, len(shares)))
        return [(token, self.text(token), value) for token, value in zip(places.tolist(), values.tolist(), strict=True)]

    def text(self, token: int) -> str:
        """A token in letters, with the space before it where it has one."""
        piece = str(self.words.convert_ids_to_tokens(token))
        if piece in self.words.all_special_tokens:
            return piece
        said = self.words.decode([token])
        return f" {said}" if piece[:1] in "▁Ġ" and not said.startswith(" ") else str(said)

    def write(self, count: int, seed: int, temperature: float = 1.0, longest: int = 128) -> list[str]:
        """``count`` texts drawn token by token from the model's own probabilities, divided by ``temperature``."""
        import torch

        found: list[str] = []
        with torch.inference_mode(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            for at in range(0, count, TEXTS_AT_ONCE):
                begun = torch.full((min(TEXTS_AT_ONCE, count - at), 1), self.words.bos_token_id)
                ids = self.network.generate(
                    begun,
                    attention_mask=torch.ones_like(begun),
                    do_sample=True,
                    top_k=0,
                    top_p=1.0,
                    temperature=temperature,
                    max_length=longest,
                    pad_token_id=self.words.eos_token_id,
                )
                found += self.words.batch_decode(ids, skip_special_tokens=True)
        return found


@dataclass(frozen=True)
class Masked:
    """A model that predicts a token that was hidden."""

    name: str
    words: Tokenizer
    network: Network

    @property
    def longest(self) -> int:
        """How many tokens it reads at most."""
        return _longest(self.network)

    def ids(self, text: str) -> list[int]:
        """The tokens of ``text``, between those of beginning and of end. Raises :class:`TooLong`."""
        return _fitting(self.words(text)["input_ids"], self)

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
        """The pseudo-log-likelihood of both sentences of each pair, over the tokens that they share.

        Two sentences that share none have 0 each. Raises :class:`TooLong`.
        """
        jobs: list[tuple[list[int], int]] = []
        owners: list[tuple[int, int]] = []
        for number, pair in enumerate(pairs):
            ids = [self.ids(sentence) for sentence in pair]
            for side, places in enumerate(shared(*ids)):
                jobs += [(ids[side], place) for place in places]
                owners += [(number, side)] * len(places)
        totals = [[0.0, 0.0] for _ in pairs]
        for (number, side), logp in zip(owners, self._hidden(jobs), strict=True):
            totals[number][side] += logp
        return [(one, other) for one, other in totals]

    def at_masks(self, places: Sequence[tuple[str, str]], candidates: Sequence[str]) -> list[list[float]]:
        """How the model divides its probability among ``candidates`` between each (before, after), 1 in all.

        A candidate of several tokens takes as many masks, filled from left to right: each token is asked for where
        those before it are there and those after it still masked. Raises :class:`BadInput`.
        """
        jobs: list[tuple[list[int], int, int]] = []
        sizes: list[int] = []
        for before, after in places:
            for candidate in candidates:
                ids, start, stop = self._placed(before, candidate, after)
                hidden = [*ids[:start], *[self.words.mask_token_id] * (stop - start), *ids[stop:]]
                jobs += [([*ids[:place], *hidden[place:]], place, ids[place]) for place in range(start, stop)]
                sizes.append(stop - start)
        asked = iter(self._asked(jobs))
        logp = [sum(islice(asked, size)) for size in sizes]
        step = len(candidates)
        return [normalised(logp[at : at + step]) for at in range(0, len(logp), step)]

    def _placed(self, before: str, candidate: str, after: str) -> tuple[list[int], int, int]:
        """The tokens of the sentence with the candidate in it, and where it starts and ends among them."""
        at = len(before)
        whole = self.words(f"{before}{candidate}{after}", return_offsets_mapping=True)
        inside = [
            place
            for place, (begin, end) in enumerate(whole["offset_mapping"])
            if begin < at + len(candidate) and end > at and end > begin
        ]
        if not inside:
            raise BadInput("“{word}” is nothing that the model “{name}” can read.", word=candidate, name=self.name)
        return _fitting(whole["input_ids"], self), inside[0], inside[-1] + 1

    def _hidden(self, jobs: Sequence[tuple[list[int], int]]) -> list[float]:
        mask = self.words.mask_token_id
        return self._asked([([*ids[:place], mask, *ids[place + 1 :]], place, ids[place]) for ids, place in jobs])

    def _asked(self, jobs: Sequence[tuple[list[int], int, int]]) -> list[float]:
        """log p of a token at a place, for each (tokens, place, token)."""
        import torch

        found = [0.0] * len(jobs)
        places = torch.tensor([place for _, place, _ in jobs])
        wanted = torch.tensor([token for _, _, token in jobs])
        for group in _batches([len(ids) for ids, _, _ in jobs]):
            ids, lengths = _padded([jobs[job][0] for job in group], self.words)
            seen = torch.arange(ids.shape[1]) < lengths[:, None]
            with torch.inference_mode(), _heading(self.network, torch.arange(len(group)), places[group]):
                logits = self.network(input_ids=ids, attention_mask=seen.long()).logits[:, 0].float()
            logp = logits.gather(-1, wanted[group][:, None])[:, 0] - logits.logsumexp(-1)
            for job, value in zip(group, logp.tolist(), strict=True):
                found[job] = value
        return found


LanguageModel: TypeAlias = Causal | Masked


def vectors(model: LanguageModel, words: Iterable[str]) -> dict[str, npt.NDArray[np.float64]]:
    """The vector of each word, as it enters the network: the mean of those of its tokens, wherever the word stands.

    What the network makes of a word in a sentence is not in it. A word that the tokenizer cannot cut is left out.
    """
    import numpy

    table = model.network.get_input_embeddings().weight.detach().numpy()  # (vocabulary, width)
    cut = {word: model.words(f" {word}", add_special_tokens=False)["input_ids"] for word in words}
    unknown = model.words.unk_token_id
    return {
        word: table[ids].mean(axis=0).astype(numpy.float64) for word, ids in cut.items() if ids and unknown not in ids
    }


def shared(one: Sequence[int], other: Sequence[int]) -> tuple[list[int], list[int]]:
    """Where two sentences have the same tokens, in order (the longest runs first, :mod:`difflib`): places in each.

    The first and the last that they share, those of beginning and of end, are left out.
    """
    places: tuple[list[int], list[int]] = ([], [])
    # As strings: difflib's own shortcut for frequent elements goes by what it is given.
    matcher = difflib.SequenceMatcher(None, [str(token) for token in one], [str(token) for token in other])
    for block in matcher.get_matching_blocks():
        places[0].extend(range(block.a, block.a + block.size))
        places[1].extend(range(block.b, block.b + block.size))
    return places[0][1:-1], places[1][1:-1]


def normalised(logp: Sequence[float]) -> list[float]:
    """Probabilities in proportion to exp(logp) that add up to 1."""
    most = max(logp)
    weights = [math.exp(each - most) for each in logp]
    total = sum(weights)
    return [weight / total for weight in weights]


def _fitting(ids: list[int], model: Causal | Masked) -> list[int]:
    if len(ids) > model.longest:
        raise TooLong(
            "A text of {count} tokens is too long for the model “{name}”, which reads {most}.",
            count=len(ids),
            name=model.name,
            most=model.longest,
        )
    return ids


def _longest(network: Network) -> int:
    most = getattr(network.config, "max_position_embeddings", None) or sys.maxsize
    # Some count positions from 2.
    return int(most) - (2 if network.config.model_type in _OFFSET else 0)


_OFFSET = frozenset({"roberta", "camembert", "xlm-roberta"})


@contextmanager
def _heading(network: Network, items: Tensor, places: Tensor) -> Iterator[None]:
    """While it lasts, only these places of these items go through the head of ``network``, its widest layer.

    What it then returns has one place for each: (places, 1, vocabulary).
    """

    def only(_: object, __: object, output: Any) -> Any:
        output.last_hidden_state = output.last_hidden_state[items, places][:, None]
        return output

    hook = network.base_model.register_forward_hook(only)
    try:
        yield
    finally:
        hook.remove()


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of items, those of nearly the same length together, :data:`TOKENS_AT_ONCE` tokens at most."""
    group: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and (len(group) + 1) * lengths[place] > TOKENS_AT_ONCE:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _padded(items: Sequence[Sequence[int]], words: Tokenizer) -> tuple[Tensor, Tensor]:
    """Ids (items, longest) filled up at the end, and the length of each."""
    import torch

    fill = words.pad_token_id if words.pad_token_id is not None else words.eos_token_id or 0
    lengths = [len(item) for item in items]
    ids = torch.tensor([[*item, *[fill] * (max(lengths) - len(item))] for item in items])
    return ids, torch.tensor(lengths)
