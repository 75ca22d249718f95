"""The words of « Vrai ou IA ? »: one file a language in ``content/``, of one shape, checked when it is loaded.

Words only. Answers, numbers, file names and order live in code or in the deck. A text that needs a number has a
``{placeholder}``; the page fills it in with :meth:`str.format` from what was computed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.answers import ClueFamily, Confidence
from activities.spot_the_fake.words_second import (
    BaseRate,
    CardField,
    Decision,
    Detector,
    Dossier,
    DossierPlay,
    Forensics,
    HumanScores,
    OwnDeck,
    ScoreId,
    StudyId,
    View,
)
from kit.content import Content
from kit.content import load as load_content
from kit.decks.model import Truth
from kit.i18n import language
from kit.wording import Debrief, Lines, StepWords, Term, Text, gaps

CONTENT = Path(__file__).parent / "content"

FamilyId = Literal["anatomical", "stylistic", "functional", "physical", "sociocultural"]
TruthId = Literal["real", "generated", "altered", "miscaptioned"]
DisplayTime = Literal["1", "5", "20", "free"]


class Named(Content):
    """A name and what it means."""

    name: Text
    meaning: Text


class Brief(Content):
    """The welcome: short paragraphs, then the rules of the game."""

    paragraphs: Lines
    rules: Annotated[tuple[Text, ...], Field(min_length=3, max_length=4)]


class FirstQuestions(Content):
    """What is asked before any pixel, then the four moves of SIFT."""

    title: Text
    lead: Text
    questions: Lines
    sift_title: Text
    sift: Annotated[tuple[Named, ...], Field(min_length=4, max_length=4)]
    credit: Text


class Sorting(Content):
    """The words around one image in a sorting round."""

    verdict_question: Text
    confidence_question: Text
    family_question: Text
    point_question: Text
    sentence_question: Text
    pass_button: Text
    passed: Text
    slates: Lines
    """How to answer with slates or hands."""
    display_time: dict[DisplayTime, Text]
    """Display-time setting, in seconds, or ``free``."""
    hidden: Text
    """Said when the display time is over and the image is covered."""


class LessonScreen(Content):
    """One idea. ``caution``: what it does not prove."""

    title: Text
    text: Text
    examples: Lines
    caution: Text
    family: FamilyId | None = None


class Lesson(Content):
    """The five-minute lesson, screen by screen, and its date."""

    lead: Text
    dated: Text
    screens: Annotated[tuple[LessonScreen, ...], Field(min_length=8)]


class Family(Content):
    """A family of clues. ``question`` fits a button; ``look`` lists where to look."""

    name: Text
    question: Text
    look: Lines


class VerdictWords(Content):
    """What an image is: on a button, as a name, as a sentence."""

    button: Text
    name: Text
    long: Text


class Reveal(Content):
    """What is said when the truth appears; none of it judges the person."""

    intro: Text
    right: Text
    wrong: Text
    half: Text
    """Machine rightly suspected, but generated taken for altered or the reverse."""
    missed: Text
    false_alarm: Text
    passed: Text
    nothing_to_see: Text
    """No clue can be seen on this image."""
    origin: Text
    """Introduces the source photograph beside a generated image."""
    miscaptioned: Text
    labelled: Text
    """Said where the label « generated » appears on the image."""


class Calibration(Content):
    """Confidence against accuracy."""

    title: Text
    explanation: Text
    over: Text
    under: Text
    well: Text
    too_few: Text


class SignalDetection(Content):
    """d′ and criterion, for adults and the pooled room only."""

    title: Text
    dprime: Text
    criterion: Text
    liberal: Text
    conservative: Text
    pooled: Text


class Results(Content):
    """The results page."""

    intro: Text
    hits: Named
    false_alarms: Named
    before: Text
    after: Text
    compare: Text
    """Why the two forms can be compared when the room was split in two halves."""
    no_gain: Text
    """Why a room that answers with slates is shown no gain."""
    alone: Text
    noscore: Text
    few: Text
    calibration: Calibration
    sdt: SignalDetection


class Trace(Content):
    """What everyone writes at the end: sentences to finish, then a model, in the same order."""

    title: Text
    lead: Text
    starters: Lines
    model: Lines

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if len(self.starters) != len(self.model):
            raise ValueError("each starter needs its model sentence, in the same order")
        return self


class Words(Content):
    """All the words of the activity in one language. Load it with :func:`load`."""

    title: Text
    tagline: Text
    aim: Text
    small_generator: Text
    steps: dict[str, StepWords]
    brief: Brief
    first_questions: FirstQuestions
    sorting: Sorting
    lesson: Lesson
    families: dict[FamilyId, Family]
    verdicts: dict[TruthId, VerdictWords]
    """``miscaptioned`` is a truth that the reveal names, never a button of a sorting round."""
    confidences: dict[Literal["50", "65", "80", "95"], Text]
    reveal: Reveal
    results: Results
    debrief: Debrief
    trace: Trace
    dossier_play: DossierPlay
    dossiers: Annotated[tuple[Dossier, ...], Field(min_length=6, max_length=6)]
    forensics: Forensics
    detector: Detector
    base_rate: BaseRate
    human_scores: HumanScores
    own_deck: OwnDeck
    glossary: Annotated[tuple[Term, ...], Field(min_length=12)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = [
            *gaps("steps", self.steps, (step.id for step in SPOT_THE_FAKE.steps)),
            *gaps("sorting.display_time", self.sorting.display_time, get_args(DisplayTime)),
            *gaps("families", self.families, ClueFamily),
            *gaps("verdicts", self.verdicts, Truth),
            *gaps("confidences", self.confidences, (str(int(confidence)) for confidence in Confidence)),
            *gaps("dossier_play.decisions", self.dossier_play.decisions, get_args(Decision)),
            *gaps("dossier_play.replies", self.dossier_play.replies, get_args(Decision)),
            *gaps("dossier_play.labels", self.dossier_play.labels, get_args(CardField)),
            *gaps("forensics.views", self.forensics.views, get_args(View)),
            *gaps("human_scores.studies", self.human_scores.studies, get_args(StudyId)),
            *gaps("human_scores.rows", self.human_scores.rows, get_args(ScoreId)),
        ]
        if len({dossier.id for dossier in self.dossiers}) != len(self.dossiers):
            faults.append("dossiers: an id is used twice")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def dossier(self, dossier_id: str) -> Dossier:
        """The dossier called ``dossier_id``. Raises :class:`KeyError` if there is none."""
        for dossier in self.dossiers:
            if dossier.id == dossier_id:
                return dossier
        raise KeyError(dossier_id)


@cache
def load(lang: str) -> Words:
    """The words in the supported language nearest to ``lang``.

    Raises :class:`kit.errors.BadContent` with every fault of the file, each with its line.
    """
    return load_content(CONTENT / f"{language(lang)}.yaml", Words)
