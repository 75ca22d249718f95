"""Which images are worth explaining when there is time for a few only."""

from __future__ import annotations

from collections.abc import Iterable

from activities.spot_the_fake.results import ImageRow


def most_telling(rows: Iterable[ImageRow], wanted: int) -> list[str]:
    """Names of at most ``wanted`` images: the most divided answers first, then the most mistaken ones.

    Division is the share of the smaller camp on the question “did a machine make some of it?” (0 to 0.5). Images
    nobody answered are left out; equals keep the order of play.
    """
    answered = [row for row in rows if row.n]

    def telling(row: ImageRow) -> tuple[float, float]:
        machine = (row.generated + row.altered) / row.n
        return min(machine, 1 - machine), 1 - (row.counts.right / row.n)

    return [row.opaque for row in sorted(answered, key=telling, reverse=True)[:wanted]]
