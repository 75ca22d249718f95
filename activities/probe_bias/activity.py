"""What « Sonder les biais » declares: its steps, minutes and levels."""

from __future__ import annotations

from activities.probe_bias.answers import Bet, PairBet
from kit.answers import WrittenAnswer
from kit.levels import Level
from kit.steps import Activity, Step, StepKind

PROBE_BIAS = Activity(
    slug="probe_bias",
    levels=(Level.CYCLE_3, Level.CINQUIEME, Level.QUATRIEME_TROISIEME, Level.LYCEE, Level.ADULTS),
    steps=(
        Step(id="brief", kind=StepKind.VOTE, minutes=2, answer=Bet),
        Step(id="pairs", kind=StepKind.LAB, minutes=8, answer=PairBet),
        Step(id="corpus", kind=StepKind.LAB, minutes=15),
        Step(id="making", kind=StepKind.LAB, minutes=15),
        Step(id="debrief", kind=StepKind.DEBRIEF, minutes=7),
        Step(id="trace", kind=StepKind.WRITE, minutes=3, answer=WrittenAnswer),
        Step(id="blank", kind=StepKind.LAB, minutes=10, sitting=2),
        Step(id="audit", kind=StepKind.LAB, minutes=15, sitting=2),
        Step(id="coding", kind=StepKind.LAB, minutes=15, sitting=2),
        Step(id="vectors", kind=StepKind.LAB, minutes=10, sitting=2),
    ),
    short=(("brief", 2), ("pairs", 5), ("corpus", 8), ("debrief", 5)),
)
