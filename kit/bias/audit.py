"""Many sentences of one pattern at once: to which of two words a model leans, how far, and how surely.

For each way to fill the pattern, the model divides its probability between the two words (:func:`shares`). From these
shares come, for each value of the longest choice and for all:

- how many sentences lean to the first word, beside the half that indifference would give, with the two-sided p of the
  sign test (:func:`scipy.stats.binomtest`), corrected over the values by Holm's method (S. Holm, 1979);
- the mean log-odds, ln(p1 / p2), in nats, and the effect size of the mean share against one half, Cohen's h;
- the mean share with its 95 % bootstrap interval (percentiles), sentences drawn again within one value, whole values
  drawn again for all: sentences of one value resemble one another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kit.bias.pairs import RESAMPLES, SMALL
from kit.bias.slots import Sentence
from kit.compute.progress import report
from kit.language.scoring import Causal, LanguageModel, normalised

_GROUP = 64
"""Sentences between two reports of progress."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What became of the sentences of one value, or of all."""

    name: str
    """The value; empty for all."""
    sentences: int
    leaning: int
    """How many find the first word likelier."""
    ties: int
    share: float
    """Mean share of the first word, 0 to 1."""
    low: float
    high: float
    """95 % bootstrap interval of :attr:`share`; the share itself where there is nothing to draw from."""
    odds: float
    """Mean of ln(p1 / p2), in nats."""
    p: float
    """Of the sign test, two-sided; ties count for neither."""
    corrected: float
    """:attr:`p` after Holm's correction over the values; :attr:`p` itself for all."""

    @property
    def h(self) -> float:
        """Cohen's h of :attr:`share` against one half: 2 asin(sqrt(share)) - pi / 2 (J. Cohen, 1988); at most pi / 2 in
        size. One that compared with the spread between sentences would be huge where they are all alike."""
        return 2 * math.asin(math.sqrt(min(1.0, max(0.0, self.share)))) - math.pi / 2

    @property
    def expected(self) -> float:
        """How many would lean to the first word if the model preferred neither."""
        return (self.sentences - self.ties) / 2

    @property
    def small(self) -> bool:
        """Whether there are too few sentences to say much."""
        return self.sentences < SMALL


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One sentence of the batch and the share of the first word in it, 0 to 1."""

    chosen: tuple[str, ...]
    text: str
    """With the first word in it."""
    share: float
    odds: float
    """ln(p1 / p2), in nats."""


@dataclass(frozen=True, kw_only=True)
class Audit:
    """A whole batch."""

    model: str
    words: tuple[str, str]
    """The two words that are compared."""
    overall: Line
    lines: tuple[Line, ...]
    """One for each value of the longest choice; none where the pattern has only one choice."""
    filled: tuple[Filled, ...]


def shares(model: LanguageModel, places: Sequence[tuple[str, str]], options: Sequence[str]) -> list[list[float]]:
    """How the model divides its probability among ``options`` between each (before, after); each list adds up to 1.

    Causal models: by the log-likelihood of the whole sentence with each option. Masked ones: in the place of the
    option (:meth:`kit.language.scoring.Masked.at_masks`). Raises :class:`BadInput`, :class:`TooLong`.
    """
    if isinstance(model, Causal):
        flat = model.logprobs([f"{before}{option}{after}" for before, after in places for option in options])
        step = len(options)
        return [normalised(flat[at : at + step]) for at in range(0, len(flat), step)]
    return model.at_masks(places, options)


def audit(sentence: Sentence, model: LanguageModel, *, seed: int = 0, resamples: int = RESAMPLES) -> Audit:
    """Ask the model every sentence of the pattern, whose last choice is between two words. The same seed gives the same
    intervals. Raises as :func:`shares`."""
    one, other = sentence.slots[-1]
    ways = list(sentence.ways())
    filled: list[Filled] = []
    for at in range(0, len(ways), _GROUP):
        report(at / len(ways), "Comparing the sentences")
        group = [(way, sentence.before(way)) for way in ways[at : at + _GROUP]]
        divided = shares(model, [(before, sentence.after) for _, before in group], (one, other))
        for (way, before), (share, rest) in zip(group, divided, strict=True):
            odds = math.log(max(share, 1e-300) / max(rest, 1e-300))
            filled.append(Filled(chosen=way, text=f"{before}{one}{sentence.after}", share=share, odds=odds))
    rng = np.random.default_rng(seed)
    at, values = sentence.rows
    by_value = {value: [each for each in filled if each.chosen[at] == value] for value in values}
    lines = tuple(_line(value, some, _alone(some), rng, resamples) for value, some in by_value.items())
    clusters = [[each.share for each in some] for some in by_value.values()] or _alone(filled)
    corrected = holm([line.p for line in lines])
    return Audit(
        model=model.name,
        words=(one, other),
        overall=_line("", filled, clusters, rng, resamples),
        lines=tuple(replace(line, corrected=p) for line, p in zip(lines, corrected, strict=True)),
        filled=tuple(filled),
    )


def sign_test(count: int, of: int) -> float:
    """Two-sided p of ``count`` out of ``of`` where each has one chance in two; 1 where there is nothing to count."""
    from scipy.stats import binomtest

    return float(binomtest(count, of).pvalue) if of else 1.0


def holm(values: Sequence[float]) -> list[float]:
    """The p values of several tests made together, corrected by Holm's step-down method, in their order."""
    found, most = [1.0] * len(values), 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        most = max(most, min(1.0, (len(values) - rank) * values[place]))
        found[place] = most
    return found


def _line(
    name: str, some: Sequence[Filled], clusters: Sequence[Sequence[float]], rng: np.random.Generator, resamples: int
) -> Line:
    odds = np.array([each.odds for each in some])
    leaning, ties = int((odds > 0).sum()), int((odds == 0).sum())
    low, high = _interval(clusters, rng, resamples)
    p = sign_test(leaning, len(some) - ties)
    return Line(
        name=name,
        sentences=len(some),
        leaning=leaning,
        ties=ties,
        share=float(np.mean([each.share for each in some])),
        low=low,
        high=high,
        odds=float(odds.mean()),
        p=p,
        corrected=p,
    )


def _alone(some: Sequence[Filled]) -> list[list[float]]:
    """Each sentence by itself."""
    return [[each.share] for each in some]


def _interval(clusters: Sequence[Sequence[float]], rng: np.random.Generator, resamples: int) -> tuple[float, float]:
    """95 % bootstrap interval of the mean of all, whole clusters drawn with replacement."""
    sums: npt.NDArray[np.float64] = np.array([sum(cluster) for cluster in clusters])
    sizes = np.array([len(cluster) for cluster in clusters])
    drawn = rng.integers(len(clusters), size=(resamples, len(clusters)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)
