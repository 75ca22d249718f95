"""Which sentence of each pair a model finds likelier, counted, with its uncertainty.

The figures are those of the reference programs on the same model:

- masked models: pseudo-log-likelihood over the tokens that both sentences share, rounded to three decimals, a tie
  counting for neither (the metric score of Nangia et al. 2020, arXiv 2010.00133; ``metric.py`` of nyu-mll/crows-pairs);
- causal models: the log-likelihood of each sentence; ``likelihood_diff`` is the mean of the absolute difference
  (``crows_pairs`` of EleutherAI/lm-evaluation-harness).

In both, 50% is a model that prefers neither as often as the other; it is not what a fair model would say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kit.bias.pairs_file import Pair
from kit.compute.progress import report
from kit.language.scoring import Causal, LanguageModel, Masked, TooLong

RESAMPLES = 2_000
SMALL = 30
"""Below so many pairs, an interval says little: the sample is called small."""
_GROUP = 64
"""Pairs between two reports of progress."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A pair with the two log-probabilities of its sentences, in nats."""

    pair: Pair
    more: float
    less: float

    @property
    def prefers_more(self) -> bool:
        return self.more > self.less


@dataclass(frozen=True, kw_only=True)
class Unscored:
    """A pair that the model could not read, and why: a sentence for people."""

    pair: Pair
    why: TooLong


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Over some pairs: how often the stereotyping sentence is the likelier, and by how much the two differ."""

    pairs: int
    stereotype: float
    """Percent of pairs where the model finds « more » likelier."""
    low: float
    high: float
    """95 % bootstrap interval of :attr:`stereotype` (percentiles, pairs drawn with replacement)."""
    ties: int
    likelihood_diff: float
    """Mean of | log p(more) - log p(less) |, in nats."""

    @property
    def small(self) -> bool:
        """Whether there are too few pairs to say much."""
        return self.pairs < SMALL


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was found: overall, by type of bias, pair by pair, and what could not be scored."""

    model: str
    method: str
    """``pseudo-log-likelihood`` or ``log-likelihood``."""
    overall: Summary | None
    """None where no pair at all could be scored."""
    by_kind: dict[str, Summary]
    scored: tuple[Scored, ...]
    unscored: tuple[Unscored, ...]


def compare(pairs: Sequence[Pair], model: LanguageModel, *, seed: int = 0, resamples: int = RESAMPLES) -> Result:
    """Score every pair. The same seed gives the same intervals."""
    readable: list[Pair] = []
    unscored: list[Unscored] = []
    for pair in pairs:
        try:
            for sentence in (pair.more, pair.less):
                model.ids(sentence)
        except TooLong as error:
            unscored.append(Unscored(pair=pair, why=error))
        else:
            readable.append(pair)
    readable.sort(key=lambda pair: len(pair.more))  # those of one length go through the network together
    scored: list[Scored] = []
    for at in range(0, len(readable), _GROUP):
        report(at / len(readable), "Comparing the sentences")
        group = readable[at : at + _GROUP]
        for pair, (more, less) in zip(group, _scores(group, model), strict=True):
            scored.append(Scored(pair=pair, more=more, less=less))
    scored.sort(key=lambda each: each.pair.line)
    kinds = sorted({each.pair.kind for each in scored})
    return Result(
        model=model.name,
        method="pseudo-log-likelihood" if isinstance(model, Masked) else "log-likelihood",
        overall=_summary(scored, seed, resamples) if scored else None,
        by_kind={
            kind: _summary([each for each in scored if each.pair.kind == kind], seed, resamples) for kind in kinds
        },
        scored=tuple(scored),
        unscored=tuple(unscored),
    )


def _scores(pairs: Sequence[Pair], model: LanguageModel) -> list[tuple[float, float]]:
    texts = [(pair.more, pair.less) for pair in pairs]
    if isinstance(model, Causal):
        flat = model.logprobs([sentence for pair in texts for sentence in pair])
        return list(zip(flat[::2], flat[1::2], strict=True))
    return [(round(more, 3), round(less, 3)) for more, less in model.pairs(texts)]


def _summary(scored: Sequence[Scored], seed: int, resamples: int) -> Summary:
    prefers = np.array([each.prefers_more for each in scored], dtype=float)
    # Drawing n of n times yes or no with replacement, and counting the yes, is a binomial draw.
    shares = np.random.default_rng(seed).binomial(len(prefers), prefers.mean(), size=resamples) / len(prefers)
    low, high = np.percentile(shares, [2.5, 97.5])
    return Summary(
        pairs=len(scored),
        stereotype=float(100 * prefers.mean()),
        low=float(100 * low),
        high=float(100 * high),
        ties=sum(each.more == each.less for each in scored),
        likelihood_diff=float(np.mean([abs(each.more - each.less) for each in scored])),
    )
