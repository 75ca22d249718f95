"""What « Du bruit à l'image » declares: its steps, minutes and levels."""

from __future__ import annotations

from activities.noise_to_image.answers import Bet
from kit.answers import WrittenAnswer
from kit.levels import Level
from kit.steps import Activity, Step, StepKind

NOISE_TO_IMAGE = Activity(
    slug="noise_to_image",
    levels=(Level.CYCLE_3, Level.CINQUIEME, Level.QUATRIEME_TROISIEME, Level.LYCEE, Level.ADULTS),
    steps=(
        Step(id="brief", kind=StepKind.VOTE, minutes=4, answer=Bet),
        Step(id="watch", kind=StepKind.LAB, minutes=9),
        Step(id="origin", kind=StepKind.LAB, minutes=10),
        Step(id="dial", kind=StepKind.LAB, minutes=7),
        Step(id="cost", kind=StepKind.REVEAL, minutes=4),
        Step(id="debrief", kind=StepKind.DEBRIEF, minutes=8),
        Step(id="trace", kind=StepKind.WRITE, minutes=3, answer=WrittenAnswer),
        Step(id="feed", kind=StepKind.LAB, minutes=18, sitting=2, pictures="kept"),
        Step(id="proportion", kind=StepKind.LAB, minutes=10, sitting=2),
        Step(id="alter", kind=StepKind.LAB, minutes=15, sitting=2, big_screen=True),
        Step(id="real_model", kind=StepKind.LAB, minutes=10, sitting=2, big_screen=True),
        Step(id="professions", kind=StepKind.LAB, minutes=20, sitting=2, big_screen=True),
    ),
    short=(("brief", 3), ("watch", 6), ("origin", 6), ("debrief", 5)),
)
