"""What « Vrai ou IA ? » declares: its steps, minutes and levels."""

from __future__ import annotations

from activities.spot_the_fake.answers import DossierAnswer, ImageAnswer
from kit.answers import WrittenAnswer
from kit.levels import Level
from kit.steps import Activity, Step, StepKind

SPOT_THE_FAKE = Activity(
    slug="spot_the_fake",
    levels=(Level.CYCLE_3, Level.CINQUIEME, Level.QUATRIEME_TROISIEME, Level.LYCEE, Level.ADULTS),
    steps=(
        Step(id="brief", kind=StepKind.BRIEF, minutes=3),
        Step(id="form_a", kind=StepKind.VOTE, minutes=6, answer=ImageAnswer),
        Step(id="lesson", kind=StepKind.BRIEF, minutes=6),
        Step(id="form_b", kind=StepKind.VOTE, minutes=6, answer=ImageAnswer),
        Step(id="reveals", kind=StepKind.REVEAL, minutes=8),
        Step(id="results", kind=StepKind.REVEAL, minutes=4),
        Step(id="debrief", kind=StepKind.DEBRIEF, minutes=8),
        Step(id="trace", kind=StepKind.WRITE, minutes=4, answer=WrittenAnswer),
        Step(id="dossiers", kind=StepKind.VOTE, minutes=15, answer=DossierAnswer, sitting=2),
        Step(id="forensics", kind=StepKind.LAB, minutes=12, sitting=2, pictures="read"),
        Step(id="detector", kind=StepKind.LAB, minutes=12, sitting=2),
        Step(id="base_rate", kind=StepKind.LAB, minutes=8, sitting=2),
        Step(id="human_scores", kind=StepKind.REVEAL, minutes=4, sitting=2),
        Step(id="own_deck", kind=StepKind.LAB, minutes=20, sitting=2, pictures="kept"),
    ),
    short=(("brief", 2), ("form_a", 5), ("reveals", 6), ("debrief", 7)),
)
