"""What a causal model computes on the way, kept to be looked at: tokens, logits, probabilities, draws, surprise.

Everything here runs in a compute worker. Probabilities are those of the whole vocabulary unless said otherwise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit.compute.progress import report
from kit.errors import BadInput
from kit.language.scoring import Causal

if TYPE_CHECKING:
    from torch import Tensor

MAX_TEXT = 2_000
"""Characters of a text that somebody writes."""
LONGEST = 60
"""Tokens that are written in one go."""
WORD = 6
"""Tokens of a word that is finished for the reader."""
_ENDED = re.compile(r"[.!?…][\s\u202f»]*\Z")


@dataclass(frozen=True, kw_only=True)
class Token:
    """One token of a text."""

    id: int
    text: str
    """With the space before it where it has one."""
    start: int
    stop: int
    """Where it stands in the text, in characters; equal for what the tokenizer adds or cannot place."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A token that could come next."""

    id: int
    text: str
    logit: float
    probability: float
    rest: str = ""
    """How the model would most likely finish the word that this token begins; empty where it is whole."""


@dataclass(frozen=True, kw_only=True)
class Next:
    """The distribution after a text: its head, and how many tokens share the rest."""

    before: str
    top: tuple[Candidate, ...]
    """The likeliest first."""
    vocabulary: int
    bets: tuple[tuple[str, float], ...] = ()
    """Words that were bet on, each with the probability that the text goes on with it: of all its tokens in turn."""


@dataclass(frozen=True, kw_only=True)
class Draw:
    """How a token is chosen: always the likeliest, or drawn from what temperature, k and p leave."""

    temperature: float = 1.0
    """Divides the logits; 0: always the likeliest (greedy)."""
    top_k: int = 0
    """Only the k likeliest; 0: all."""
    top_p: float = 1.0
    """Only the likeliest that together reach p; 1: all."""

    def __post_init__(self) -> None:
        if not (0 <= self.temperature <= 5 and self.top_k >= 0 and 0 < self.top_p <= 1):
            raise ValueError(f"temperature 0 to 5, k 0 or more, p above 0 to 1: {self}")


GREEDY = Draw(temperature=0)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A token that the model wrote."""

    id: int
    text: str
    logit: float
    probability: float
    """Of the model itself."""
    drawn: float
    """Its probability among what temperature, k and p left; 1 where the likeliest is always taken."""
    rank: int
    """Its place among all tokens; 1 is the likeliest."""


@dataclass(frozen=True, kw_only=True)
class Continuation:
    """A text that was continued."""

    before: str
    draw: Draw
    seed: int
    tokens: tuple[Written, ...]

    @property
    def text(self) -> str:
        """What was written, without what was given."""
        return "".join(token.text for token in self.tokens)

    @property
    def assurance(self) -> float:
        """Geometric mean of the model's probabilities of what it wrote, 0 to 1; 1 of nothing."""
        if not self.tokens:
            return 1.0
        return math.exp(sum(math.log(token.probability) for token in self.tokens) / len(self.tokens))


@dataclass(frozen=True, kw_only=True)
class Read:
    """A token of a text, and how much it surprised the model that had read what is before it."""

    token: Token
    logit: float
    probability: float

    @property
    def bits(self) -> float:
        """-log2 of the probability: 0 for what was certain, one more each time it is half as likely."""
        return max(0.0, -math.log2(self.probability)) if self.probability > 0 else math.inf


def cut(model: Causal, text: str) -> tuple[Token, ...]:
    """The tokens of ``text``, without those of beginning and end. Raises :class:`BadInput`, :class:`TooLong`."""
    _bounded(text)
    model.ids(text)  # as long as the model reads, no more
    found = model.words(text, add_special_tokens=False, return_offsets_mapping=True)
    return tuple(
        Token(id=token, text=model.text(token), start=start, stop=stop)
        for token, (start, stop) in zip(found["input_ids"], found["offset_mapping"], strict=True)
    )


def following(model: Causal, before: str, top: int, *, bets: Sequence[str] = (), without: Sequence[str] = ()) -> Next:
    """What could follow ``before``, with what the model gives to the words of ``bets``.

    Names of ``without`` are left out of :attr:`Next.top`. Raises :class:`BadInput`, :class:`TooLong`.
    """
    import torch

    _bounded(before)
    ids = _begun(model, before)
    with torch.inference_mode():
        logits = model.network(input_ids=torch.tensor([ids])).logits[0, -1].float()
    shares = logits.softmax(-1)
    hidden = _suppressed(model, logits, ids, without)
    many = min(top + len(without), int((~hidden).sum()))
    order = shares.masked_fill(hidden, -1).topk(many).indices.tolist()
    rests = _rests(model, ids, order)
    likelihoods = model.logprobs([before, *(before + _next_word(before, word) for word in bets)])
    return Next(
        before=before,
        top=tuple(
            Candidate(
                id=place,
                text=model.text(place),
                logit=float(logits[place]),
                probability=float(shares[place]),
                rest=rest,
            )
            for place, rest in zip(order, rests, strict=True)
            if (model.text(place) + rest).strip() not in without
        )[:top],
        vocabulary=len(shares),
        bets=tuple(
            (word, math.exp(min(0.0, longer - likelihoods[0])))
            for word, longer in zip(bets, likelihoods[1:], strict=True)
        ),
    )


def odds(model: Causal, before: str, draw: Draw, top: int, *, without: Sequence[str] = ()) -> tuple[Candidate, ...]:
    """The ``top`` likeliest tokens after ``before``, each with its probability after temperature, k and p."""
    import torch

    _bounded(before)
    ids = _begun(model, before)
    with torch.inference_mode():
        logits = model.network(input_ids=torch.tensor([ids])).logits[0, -1].float()
    allowed = logits.masked_fill(_suppressed(model, logits, ids, without), -math.inf)
    shares = _warped(allowed, draw).softmax(-1)
    return tuple(
        Candidate(id=place, text=model.text(place), logit=float(logits[place]), probability=float(shares[place]))
        for place in allowed.topk(min(top, len(allowed))).indices.tolist()
        if allowed[place] > -math.inf
    )


def continued(
    model: Causal,
    before: str,
    draw: Draw,
    seed: int,
    *,
    longest: int = LONGEST,
    sentence: bool = False,
    without: Sequence[str] = (),
) -> Continuation:
    """``before`` continued token by token, ``longest`` at most, until the model ends it; with ``sentence``, to its end.

    The same seed gives every setting the same random numbers at each step. ``without``: names that are never written.
    Raises :class:`BadInput`, :class:`TooLong`.
    """
    import torch

    _bounded(before)
    ids = _begun(model, before)
    chance = torch.Generator().manual_seed(seed)
    written: list[Written] = []
    step, past = ids, None
    with torch.inference_mode():
        while len(written) < min(longest, model.longest - len(ids)):
            report(len(written) / longest)
            output = model.network(input_ids=torch.tensor([step]), past_key_values=past, use_cache=True)
            logits, past = output.logits[0, -1].float(), output.past_key_values
            every = [*ids, *(token.id for token in written)]
            allowed = logits.masked_fill(_suppressed(model, logits, every, without), -math.inf)
            kept = _warped(allowed, draw).softmax(-1)
            place = int(torch.multinomial(kept, 1, generator=chance)) if draw.temperature else int(allowed.argmax())
            if place == model.words.eos_token_id:
                break
            written.append(
                Written(
                    id=place,
                    text=model.text(place),
                    logit=float(logits[place]),
                    probability=float(logits.softmax(-1)[place]),
                    drawn=float(kept[place]),
                    rank=int((logits > logits[place]).sum()) + 1,
                )
            )
            step = [place]
            if sentence and _ENDED.search("".join(token.text for token in written)):
                break
    return Continuation(before=before, draw=draw, seed=seed, tokens=tuple(written))


def read(model: Causal, text: str) -> tuple[Read, ...]:
    """How much each token of ``text`` surprises the model. Raises :class:`BadInput`, :class:`TooLong`.

    For a model without a token of beginning, the first token has nothing before it and is left out.
    """
    import torch

    tokens, ids = cut(model, text), model.ids(text)
    if not tokens:
        return ()
    begun = len(ids) - len(tokens)
    with torch.inference_mode():
        logits = model.network(input_ids=torch.tensor([ids])).logits[0].float()
    logp = logits.log_softmax(-1)
    return tuple(
        Read(
            token=token,
            logit=float(logits[place - 1, token.id]),
            probability=math.exp(float(logp[place - 1, token.id])),
        )
        for place, token in enumerate(tokens, start=begun)
        if place > 0
    )


def _rests(model: Causal, ids: Sequence[int], tokens: Sequence[int]) -> list[str]:
    """For each of ``tokens`` after ``ids``: the letters that, greedily, end the word it begins."""
    import torch

    texts = [[*ids, token] for token in tokens]
    rests = ["" for _ in tokens]
    open_ = [place for place, token in enumerate(tokens) if model.text(token)[-1:].isalpha()]
    for _ in range(WORD):
        open_ = [place for place in open_ if len(texts[place]) < model.longest]
        if not open_:
            break
        with torch.inference_mode():
            logits = model.network(input_ids=torch.tensor([texts[place] for place in open_])).logits[:, -1]
        going = []
        for place, token in zip(open_, logits.argmax(-1).tolist(), strict=True):
            if (text := model.text(token)).isalpha():
                rests[place] += text
                texts[place].append(token)
                going.append(place)
        open_ = going
    return rests


def _next_word(before: str, word: str) -> str:
    """``word`` as it would go on: after a space, unless ``before`` ends with one, or with an elision."""
    return word if not before or before.endswith((" ", "’", "'", "\u00a0", "\u202f")) else f" {word}"


def _bounded(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise BadInput("The text has {count} characters; at most {most} are read.", count=len(text), most=MAX_TEXT)


def _begun(model: Causal, before: str) -> list[int]:
    """The tokens of ``before``, at least one."""
    ids = model.ids(before)
    if not ids:
        raise BadInput("Write at least one word: the model “{name}” has no token of beginning.", name=model.name)
    return ids


def _warped(logits: Tensor, draw: Draw) -> Tensor:
    """Logits after temperature, then k, then p: as transformers warps them, in its order."""
    import torch
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    if not draw.temperature:
        only = torch.full_like(logits, -math.inf)
        only[logits.argmax()] = 0
        return only
    scores, ids = logits[None], torch.zeros((1, 1), dtype=torch.long)
    scores = TemperatureLogitsWarper(draw.temperature)(ids, scores)
    if draw.top_k:
        scores = TopKLogitsWarper(min(draw.top_k, len(logits)))(ids, scores)
    if draw.top_p < 1:
        scores = TopPLogitsWarper(draw.top_p)(ids, scores)
    return scores[0]


def _cuts(model: Causal, words: Sequence[str]) -> list[list[int]]:
    """The tokens of each of ``words`` at the start of a text, after a space, and stuck to what comes before."""
    texts = ["(", *(f"{before}{word}" for before in ("", " ", "(") for word in words)]
    mark, *cuts = model.words(texts, add_special_tokens=False)["input_ids"]
    free, stuck = cuts[: 2 * len(words)], cuts[2 * len(words) :]
    return [cut for cut in (*free, *(each[len(mark) :] for each in stuck if each[: len(mark)] == mark)) if cut]


def _suppressed(model: Causal, logits: Tensor, ids: Sequence[int], words: Sequence[str]) -> Tensor:
    """Which tokens would begin, or end, one of ``words`` after ``ids``: booleans over the vocabulary."""
    import torch
    from transformers import NoBadWordsLogitsProcessor

    pieces = _cuts(model, words)
    if not pieces:
        return torch.zeros_like(logits, dtype=torch.bool)
    refused = NoBadWordsLogitsProcessor(pieces, eos_token_id=model.words.eos_token_id)
    return refused(torch.tensor([list(ids)]), torch.zeros_like(logits)[None])[0].isinf()
