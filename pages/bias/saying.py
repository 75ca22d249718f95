"""Figures in sentences: how rare a gap is by chance, how many times likelier, how large an effect."""

from __future__ import annotations

import math

from kit.bias.audit import Line
from pages.frame import _, lang


def figure(value: float, digits: int = 1) -> str:
    """A number in the language of the session, with at most so many decimals."""
    from babel.numbers import format_decimal

    shape = "#,##0" + ("." + "#" * digits if digits else "")
    return str(format_decimal(value, format=shape, locale=lang()))


def rarity(p: float) -> str:
    """How often chance alone makes such a gap."""
    if p < 0.001:
        return _("By chance alone, such a gap happens less than once in a thousand times.")
    if p < 0.01:
        return _("By chance alone, such a gap happens less than once in a hundred times.")
    if p < 0.05:
        return _("By chance alone, such a gap happens less than five times in a hundred.")
    if p < 0.2:
        said = _("By chance alone, such a gap is not rare: about {times} times in a hundred.")
    else:
        said = _("By chance alone, such a gap often happens: about {times} times in a hundred.")
    return said.format(times=round(100 * p))


def times(odds: float) -> str:
    """How many times likelier, from a difference of logarithms in nats (its sign is left out)."""
    ratio = math.exp(min(abs(odds), 50))
    if ratio < 1.05:
        return _("hardly any likelier")
    if ratio >= 1_000:
        return _("more than a thousand times likelier")
    return _("{n} times likelier").format(n=figure(ratio, 1 if ratio < 10 else 0))


def leaning(line: Line, word: str) -> str:
    """The sentence that reads a batch."""
    said = _("Out of {n} sentences, {count} lean towards “{word}”; indifference would give {expected}.")
    counted = said.format(n=line.sentences, count=line.leaning, word=word, expected=figure(line.expected, 1))
    return f"{counted} {rarity(line.p)}"


def effect(h: float) -> str:
    """Cohen's h in words (the bounds that J. Cohen proposed in 1988), with its figure."""
    size = abs(h)
    word = _("next to none") if size < 0.2 else _("small") if size < 0.5 else _("medium") if size < 0.8 else _("large")
    return _("{word} (h = {h})").format(word=word, h=figure(h, 2))
