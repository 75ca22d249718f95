"""School levels and what each may do.

The rule comes from the French *Cadre d'usage de l'IA en éducation* (June 2025), in its stricter reading: below 4e,
pupils do not operate generative AI themselves; in 4e and 3e they do so in an explicit frame; from the lycée on, freely.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Level(StrEnum):
    """A school level, youngest first. The values are stable: they are stored and written in content files."""

    CYCLE_2 = "cycle2"
    CYCLE_3 = "cycle3"
    CINQUIEME = "5e"
    QUATRIEME_TROISIEME = "4e-3e"
    LYCEE = "lycee"
    ADULTS = "adults"

    @property
    def rank(self) -> int:
        """Position from the youngest (0) on."""
        return list(Level).index(self)

    def at_least(self, other: Level) -> bool:
        """Whether this level is ``other`` or above."""
        return self.rank >= other.rank


def level_name(level: Level, _: Callable[[str], str]) -> str:
    """What a level is called in a French school, in the language of the translation."""
    names = {
        Level.CYCLE_2: _("CP–CE2 (6–8 years)"),
        Level.CYCLE_3: _("CM1–6e (9–11 years)"),
        Level.CINQUIEME: _("5e (12 years)"),
        Level.QUATRIEME_TROISIEME: _("4e–3e (13–14 years)"),
        Level.LYCEE: _("Lycée (15–18 years)"),
        Level.ADULTS: _("Adults"),
    }
    return names[level]


class Role(StrEnum):
    """Who looks at a screen."""

    LEARNER = "learner"
    """Someone who explores alone, at their own pace."""
    PROJECTOR = "projector"
    """The screen the whole room sees: never a note, never a solution before its time."""
    FACILITATOR = "facilitator"
    """The person who leads: notes, timing, answers coming in, remote control."""
    PARTICIPANT = "participant"
    """A pupil's or an adult's device in a class."""


def may_generate(level: Level, role: Role) -> bool:
    """Whether someone in ``role`` may trigger generation by a model at ``level``.

    Below 4e only the facilitator may. The projector shows; it triggers nothing of its own.
    """
    if role is Role.FACILITATOR:
        return True
    if role is Role.PROJECTOR:
        return False
    return level.at_least(Level.QUATRIEME_TROISIEME)
