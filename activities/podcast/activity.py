"""What « Défi podcast » declares: its steps, minutes and levels."""

from __future__ import annotations

from activities.podcast.answers import Bet
from kit.levels import Level
from kit.steps import Activity, Step, StepKind

PODCAST = Activity(
    slug="podcast",
    levels=(Level.CYCLE_3, Level.CINQUIEME, Level.QUATRIEME_TROISIEME, Level.LYCEE, Level.ADULTS),
    steps=(
        Step(id="brief", kind=StepKind.VOTE, minutes=3, answer=Bet),
        Step(id="team", kind=StepKind.LAB, minutes=5, big_screen=True),
        Step(id="angle", kind=StepKind.LAB, minutes=7, big_screen=True),
        Step(id="rundown", kind=StepKind.LAB, minutes=9, big_screen=True),
        Step(id="rights", kind=StepKind.LAB, minutes=4, big_screen=True),
        Step(id="record", kind=StepKind.LAB, minutes=10),
        Step(id="edit", kind=StepKind.LAB, minutes=5, big_screen=True),
        Step(id="dress", kind=StepKind.LAB, minutes=3, big_screen=True),
        Step(id="mix", kind=StepKind.LAB, minutes=3, big_screen=True),
        Step(id="publish", kind=StepKind.LAB, minutes=3, big_screen=True),
        Step(id="debrief", kind=StepKind.DEBRIEF, minutes=3, big_screen=True),
        Step(id="witness", kind=StepKind.LAB, minutes=20, sitting=2, big_screen=True),
        Step(id="voices", kind=StepKind.LAB, minutes=10, sitting=2, big_screen=True),
        Step(id="audition", kind=StepKind.LAB, minutes=25, sitting=2, big_screen=True),
    ),
    short=(("brief", 2), ("rundown", 6), ("rights", 2), ("record", 6), ("mix", 2), ("debrief", 2)),
    half_day=(
        ("brief", 5),
        ("team", 10),
        ("rights", 10),
        ("angle", 25),
        ("witness", 20),
        ("rundown", 50),
        ("record", 35),
        ("edit", 25),
        ("dress", 10),
        ("mix", 10),
        ("publish", 10),
        ("audition", 25),
        ("debrief", 5),
    ),
)
"""From 13:30 on, half a day brings the guest at 14:20 and ends at 17:30."""
