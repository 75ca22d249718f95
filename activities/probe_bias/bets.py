"""The pairs that one bets on before the model is asked, and the order of their sentences."""

from __future__ import annotations

BET_ON = (1, 8, 22)
"""Lines of the pairs that one bets on; of the last, Petit Journal has read nothing like it."""


def sides(line: int) -> tuple[int, int]:
    """Which of « more » (0) and « less » (1) stands at A and at B: not always the same."""
    return (0, 1) if line % 2 else (1, 0)
