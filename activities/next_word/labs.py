"""What the labs of « Le mot d'après » compute, in a compute worker, which keeps the last model it was asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from kit.compute.progress import report
from kit.errors import BadInput
from kit.journal import corpus
from kit.journal.corpus import Corpus
from kit.language import micro, tracing
from kit.language.loading import EMBEDDED, find, load
from kit.language.micro import Taught
from kit.language.scoring import Causal
from kit.language.tracing import GREEDY, Candidate, Continuation, Draw, Next, Read, Token

TOP = 10
"""Bars of a distribution."""
TRIES = 6
"""Completions of a claim."""
TAUGHT_SEED = 3
"""Of the tiny model."""
_WORD = re.compile(r"\w+(?:-\w+)*")


@dataclass(frozen=True, kw_only=True)
class CutWord:
    """A word of a text: in how many tokens it is cut, and how often the corpus has it."""

    text: str
    tokens: int
    in_corpus: int | None
    """None for a model that has not read the corpus."""


@dataclass(frozen=True, kw_only=True)
class CutText:
    """A text in tokens."""

    tokens: tuple[Token, ...]
    words: tuple[CutWord, ...]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One way to choose, the same beginning continued by it, and what it makes of the first choice."""

    draw: Draw
    first: tuple[Candidate, ...]
    """The likeliest first tokens, each with its probability after temperature, k and p."""
    continuation: Continuation


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A claim that was completed, and how often the corpus has that sentence word for word."""

    continuation: Continuation
    in_corpus: int | None
    """None for a model that has not read the corpus."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search in the corpus finds: how many items, and the first of them."""

    items: int
    of: int
    texts: tuple[str, ...]


def warm() -> None:
    """Read what the first computation will need: the model and the corpus."""
    _model(next(iter(EMBEDDED)))
    _counts()


def cut(model: str, text: str) -> CutText:
    """The tokens of ``text`` and its words. Raises :class:`BadInput`, :class:`NotFound`, :class:`TooLong`."""
    tokens = tracing.cut(_model(model), text)
    words = []
    for found in _WORD.finditer(text):
        inside = sum(token.start < found.end() and token.stop > found.start() for token in tokens)
        word = found.group()
        words.append(CutWord(text=word, tokens=inside, in_corpus=_counts()[word] if model in EMBEDDED else None))
    return CutText(tokens=tokens, words=tuple(words))


def following(model: str, before: str, *, bets: Sequence[str], without: Sequence[str]) -> Next:
    """The :data:`TOP` likeliest next tokens. Raises as :func:`kit.language.tracing.following`."""
    return tracing.following(_model(model), before, TOP, bets=bets, without=without)


def settings(
    model: str, before: str, seed: int, *, temperature: float, top_k: int, top_p: float, without: Sequence[str]
) -> tuple[Setting, ...]:
    """``before`` continued in six ways with one seed. Raises as :func:`kit.language.tracing.continued`."""
    loaded = _model(model)
    draws = (
        GREEDY,
        Draw(temperature=0.5),
        Draw(),
        Draw(temperature=temperature),
        Draw(top_k=top_k),
        Draw(top_p=top_p),
    )
    made = []
    for number, draw in enumerate(draws):
        report(number / len(draws), "Text {n} of {total}", n=number + 1, total=len(draws))
        made.append(
            Setting(
                draw=draw,
                first=tracing.odds(loaded, before, draw, TOP, without=without),
                continuation=tracing.continued(loaded, before, draw, seed, longest=40, without=without),
            )
        )
    return tuple(made)


def answers(model: str, claim: str, seed: int, *, without: Sequence[str]) -> tuple[Answer, ...]:
    """``claim`` completed with :data:`TRIES` seeds in a row, to the end of the sentence."""
    loaded, made = _model(model), []
    for number in range(TRIES):
        report(number / TRIES, "Text {n} of {total}", n=number + 1, total=TRIES)
        said = tracing.continued(loaded, claim, Draw(), seed + number, sentence=True, without=without)
        sentence = f"{claim}{said.text}".strip()
        made.append(
            Answer(
                continuation=said,
                in_corpus=sum(1 for _ in _corpus().search(sentence)) if model in EMBEDDED else None,
            )
        )
    return tuple(made)


def surprise(model: str, text: str) -> tuple[Read, ...]:
    """How much each token surprises the model. Raises :class:`BadInput` where there is no word."""
    if not _WORD.search(text):
        raise BadInput("Write at least one word.")
    return tracing.read(_model(model), text)


def search(words: str, most: int = 8) -> Found:
    """The items of the corpus that hold ``words``."""
    texts = [entry.text for entry in _corpus().search(words)]
    return Found(items=len(texts), of=len(_corpus().entries), texts=tuple(texts[:most]))


def teach(own: str, *, seed: int, share: float) -> Taught:
    """A tiny model that learns ``own``, or the beginning of the corpus. Raises as :func:`kit.language.micro.teach`."""
    return micro.teach(own or excerpt(micro.MOST), seed=seed, share=share)


def excerpt(characters: int) -> str:
    """The beginning of the corpus, whole items, at most so many characters."""
    size, lines = 0, []
    for entry in _corpus().entries:
        size += len(entry.text) + 1
        if size > characters:
            break
        lines.append(entry.text)
    return "\n".join(lines)


def _model(name: str) -> Causal:
    """The model of that name. Raises :class:`NotFound`; :class:`BadInput` for one that does not continue texts."""
    return _loaded(name, str(find(name)))


@lru_cache(maxsize=1)
def _loaded(name: str, _folder: str) -> Causal:
    model = load(name)
    if not isinstance(model, Causal):
        raise BadInput("“{name}” fills blanks and does not continue a text. Choose a causal model.", name=name)
    return model


@cache
def _corpus() -> Corpus:
    return corpus.load()


@cache
def _counts() -> Counter[str]:
    """How often each word stands in the corpus."""
    return Counter(word for entry in _corpus().entries for word in _WORD.findall(entry.text))
