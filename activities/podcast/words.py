"""The words of « Défi podcast »: one file a language in ``content/``, of one shape, checked when it is loaded.

Words only: the steps, what one reads around each, and what is printed on the sheets (:mod:`activities.podcast.sheets`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from activities.podcast.activity import PODCAST
from activities.podcast.answers import Guess
from kit.audio.moods import Mood
from kit.content import Content
from kit.content import load as load_content
from kit.i18n import language
from kit.podcast.episode import Job, SegmentKind
from kit.wording import Brief, Debrief, Lab, Lines, StepWords, Term, Text, gaps

CONTENT = Path(__file__).parent / "content"

LabId = Literal[
    "team",
    "angle",
    "rundown",
    "rights",
    "record",
    "edit",
    "dress",
    "mix",
    "publish",
    "witness",
    "voices",
    "audition",
]
TemplateId = Literal["interview", "news", "vox_pop", "column"]
VerdictId = Literal["good", "too_quiet", "clipped", "noisy", "silent", "too_short"]
CriterionId = Literal["angle", "sources", "voices", "rhythm", "sound", "respect"]


class JobWords(Content):
    """A role of the team."""

    name: Text
    does: Text


class KindWords(Content):
    """A kind of segment."""

    name: Text
    what: Text
    example: Text
    """One sentence to start from."""


class TemplateWords(Content):
    """A rundown to start from."""

    name: Text
    what: Text


class VerdictWords(Content):
    """What was heard of a take, without jargon, and what to do about it."""

    what: Text
    todo: Text


class CriterionWords(Content):
    """One line of the grid."""

    name: Text
    question: Text


class ConsentWords(Content):
    """The sheet that one voice, and those who answer for it, agree on before the microphone opens."""

    title: Text
    lead: Text
    project: Text
    team: Text
    voice: Text
    voice_note: Text
    """The pseudonym is all that the kit knows."""
    purpose: Text
    purpose_text: Text
    recorded: Text
    recorded_text: Text
    session: Text
    """When and where the microphone opens."""
    published: Text
    until: Text
    erased: Text
    erased_text: Text
    promises: Text
    promised: Lines
    own: Text
    """Above the pupil's own agreement."""
    own_adult: Text
    own_text: Text
    yes: Text
    no: Text
    refusal: Text
    guardians: Text
    guardians_text: Text
    name: Text
    link: Text
    """Father, mother, guardian: who signs."""
    signature: Text
    withdraw: Text
    withdraw_text: Text
    contact: Text
    place: Text
    day: Text


class LetterWords(Content):
    """The letter that goes out with the sheets, two weeks ahead, and the dates that whoever sends it must keep."""

    title: Text
    body: Lines
    """May name {title}, {team}, {day} of the recording, {back} by when the sheet returns, and {erased}."""
    signed: Text
    calendar: Text
    leaves: Text
    reminder: Text
    last: Text
    recording: Text
    erased: Text


class RightsWords(Content):
    """What is printed before the recording."""

    consent: ConsentWords
    letter: LetterWords


class GridWords(Content):
    """The grid: what one team heard in another's episode, and what whoever leads saw."""

    title: Text
    peer: Text
    peer_lead: Text
    by: Text
    of: Text
    criterion: Text
    marks: Annotated[tuple[Text, ...], Field(min_length=4, max_length=4)]
    """From 0, not yet, to 3, fully: as :class:`kit.podcast.episode.Review` keeps them."""
    liked: Text
    advice: Text
    leader: Text
    leader_lead: Text
    stages: Annotated[tuple[Text, ...], Field(min_length=3, max_length=3)]
    seen: Text


class TimetableWords(Content):
    """The afternoon on one page, for the wall."""

    title: Text
    lead: Text
    begins: Text
    ends: Text
    step: Text
    minutes: Text


class Words(Content):
    """All the words of the activity in one language."""

    title: Text
    tagline: Text
    aim: Text
    caution: Text
    """Beside the button that starts: where the voices stay, and what must be signed first."""
    steps: dict[str, StepWords]
    brief: Brief[Guess]
    labs: dict[LabId, Lab]
    jobs: dict[Job, JobWords]
    kinds: dict[SegmentKind, KindWords]
    templates: dict[TemplateId, TemplateWords]
    moods: dict[Mood, Text]
    verdicts: dict[VerdictId, VerdictWords]
    criteria: dict[CriterionId, CriterionWords]
    rights: RightsWords
    grid: GridWords
    timetable: TimetableWords
    microphone: Annotated[tuple[Text, ...], Field(min_length=3, max_length=5)]
    """Why a phone's browser refuses the microphone on the plain address of the room, and what to do instead."""
    guest: Annotated[tuple[Text, ...], Field(min_length=5, max_length=7)]
    """How to ask, and what to ask next."""
    writing: Annotated[tuple[Text, ...], Field(min_length=6, max_length=8)]
    """How to write for the ear."""
    debrief: Debrief
    glossary: Annotated[tuple[Term, ...], Field(min_length=14)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = [
            *gaps("steps", self.steps, (step.id for step in PODCAST.steps)),
            *gaps("brief.guesses", self.brief.guesses, Guess),
            *gaps("labs", self.labs, get_args(LabId)),
            *gaps("jobs", self.jobs, Job),
            *gaps("kinds", self.kinds, SegmentKind),
            *gaps("templates", self.templates, get_args(TemplateId)),
            *gaps("moods", self.moods, Mood),
            *gaps("verdicts", self.verdicts, get_args(VerdictId)),
            *gaps("criteria", self.criteria, get_args(CriterionId)),
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self


@cache
def load(lang: str) -> Words:
    """The words in the supported language nearest to ``lang``.

    Raises :class:`kit.errors.BadContent` with every fault of the file, each with its line.
    """
    return load_content(CONTENT / f"{language(lang)}.yaml", Words)
