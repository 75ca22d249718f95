"""What every screen of « Sonder les biais » needs: the saved run, its words, its keys."""

from __future__ import annotations

from enum import StrEnum

from activities.probe_bias.bets import BET_ON
from activities.probe_bias.run import BiasRun
from activities.probe_bias.words import Words
from kit.models.catalogue import Task
from pages.parts.scene import StepScene

SLUG = "probe_bias"
CAUSAL = frozenset({Task.TEXT_GENERATION})
"""What a model must do to continue a text."""
TASKS = CAUSAL | {Task.FILL_MASK}
"""What a model may do to be asked for a preference."""


class Key(StrEnum):
    """Widget and state keys of « Sonder les biais »."""

    THEME = "probe_bias.theme"
    TONGUE = "probe_bias.tongue"
    SIDE = "probe_bias.side"
    SHOW = "probe_bias.show"
    OWN_ONE = "probe_bias.own_one"
    OWN_OTHER = "probe_bias.own_other"
    OWN = "probe_bias.own"
    TABLE = "probe_bias.table"
    VALUE = "probe_bias.value"
    EXPECTED = "probe_bias.expected"
    ROW = "probe_bias.row"
    SLIDER = "probe_bias.slider"
    REPAIR = "probe_bias.repair"
    BLANK = "probe_bias.blank"
    MODELS = "probe_bias.models"
    BATCH = "probe_bias.batch"
    BEGINNING = "probe_bias.beginning"
    SEED = "probe_bias.seed"
    CATEGORIES = "probe_bias.categories"
    CODER = "probe_bias.coder"
    CODE = "probe_bias.code"
    TEST = "probe_bias.test"
    LIST = "probe_bias.list"


class Scene(StepScene[BiasRun, Words]):
    """One screen to draw."""

    @property
    def places(self) -> int:
        """How many places the current step has."""
        return {"debrief": len(self.words.debrief.questions), "pairs": len(BET_ON)}.get(self.run.step, 1)

    @property
    def reveals(self) -> bool:
        """Whether the current step holds an answer back until somebody reveals it."""
        return self.run.step in ("pairs", "corpus")
