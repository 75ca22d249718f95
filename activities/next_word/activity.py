"""What « Le mot d'après » declares: its steps, minutes and levels."""

from __future__ import annotations

from activities.next_word.answers import Bet, WordBet
from kit.answers import WrittenAnswer
from kit.levels import Level
from kit.steps import Activity, Step, StepKind

NEXT_WORD = Activity(
    slug="next_word",
    levels=(Level.CYCLE_3, Level.CINQUIEME, Level.QUATRIEME_TROISIEME, Level.LYCEE, Level.ADULTS),
    steps=(
        Step(id="brief", kind=StepKind.VOTE, minutes=2, answer=Bet),
        Step(id="tokens", kind=StepKind.LAB, minutes=3),
        Step(id="bets", kind=StepKind.LAB, minutes=15, answer=WordBet),
        Step(id="temperature", kind=StepKind.LAB, minutes=10),
        Step(id="facts", kind=StepKind.LAB, minutes=10),
        Step(id="debrief", kind=StepKind.DEBRIEF, minutes=7),
        Step(id="trace", kind=StepKind.WRITE, minutes=3, answer=WrittenAnswer),
        Step(id="surprise", kind=StepKind.LAB, minutes=15, sitting=2),
        Step(id="train", kind=StepKind.LAB, minutes=20, sitting=2),
    ),
    short=(("brief", 2), ("bets", 8), ("facts", 5), ("debrief", 5)),
)
