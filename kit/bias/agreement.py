"""How far two people who sort the same things agree, beyond what chance would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Of two coders over the same items."""

    items: int
    observed: float
    """Share of items that both put in the same category, 0 to 1."""
    expected: float
    """The share that chance would give, from how often each used each category."""

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa (J. Cohen, 1960): (observed - expected) / (1 - expected), at most 1; 0 is chance.

        None where both put everything into one category: chance alone explains it all.
        """
        return None if self.expected >= 1 else (self.observed - self.expected) / (1 - self.expected)


def agreement(one: Sequence[Hashable], other: Sequence[Hashable]) -> Agreement:
    """Compare two codings, item by item. Raises :class:`ValueError` if they are empty or differ in length."""
    if not one or len(one) != len(other):
        raise ValueError("two codings of the same items, at least one")
    n = len(one)
    counts, others = Counter(one), Counter(other)
    return Agreement(
        items=n,
        observed=sum(a == b for a, b in zip(one, other, strict=True)) / n,
        expected=sum(counts[category] * others[category] for category in counts) / n**2,
    )
