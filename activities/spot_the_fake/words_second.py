"""The shape of the words of the second sitting: dossiers, forensic views, detector, figures, one's own deck."""

from __future__ import annotations

from typing import Literal

from kit.content import Content
from kit.decks.model import Truth
from kit.wording import Lines, Text

Decision = Literal["share", "wait", "verify"]
CardField = Literal["who", "when", "words", "elsewhere"]
View = Literal["error_level", "noise", "spectrum", "metadata"]
ScoreId = Literal[
    "microsoft_overall",
    "microsoft_people",
    "microsoft_vehicles",
    "microsoft_objects",
    "microsoft_urban",
    "microsoft_nature",
    "kamali_generated",
    "kamali_real",
    "nightingale_untrained",
    "nightingale_trained",
    "gray_before",
    "gray_after",
]
StudyId = Literal["microsoft", "kamali", "nightingale", "gray"]


class DossierCard(Content):
    """What a reader knows of a publication before any pixel."""

    who: Text
    when: Text
    words: Text
    elsewhere: Text


class Dossier(Content):
    """A true case in words; the image is not shown."""

    id: Text
    title: Text
    card: DossierCard
    look_for: Lines
    decision_hint: Text
    what_happened: Text
    truth: Truth
    lesson: Text
    source_note: Text


class DossierPlay(Content):
    """The words around the dossiers."""

    lead: Text
    note: Text
    """The words of each card are a summary, not a quotation."""
    question: Text
    decisions: dict[Decision, Text]
    replies: dict[Decision, Text]
    """Said after each decision."""
    labels: dict[CardField, Text]
    """Labels of the fields of a publication card, in a dossier or on an item of a deck."""


class ForensicView(Content):
    """A way to look at a file: how it is made, what it can show, what it cannot."""

    name: Text
    how: Text
    shows: Text
    cannot: Text


class Forensics(Content):
    """The forensic views."""

    lead: Text
    caution: Text
    views: dict[View, ForensicView]


class Reading(Content):
    """The four cells of a confusion matrix."""

    lead: Text
    caught: Text
    missed: Text
    false_alarm: Text
    cleared: Text


class Detector(Content):
    """The small detector trained on the spot."""

    lead: Text
    how: Lines
    reading: Reading
    unseen: Text
    caution: Text
    features: dict[str, Text]
    """Plain names of what the detector measures, by id of :data:`~activities.spot_the_fake.features.FEATURES`."""
    kinds: dict[str, Text]
    """Images of a kind that it has not seen, by :class:`~activities.spot_the_fake.challenges.Kind`."""


class BaseRate(Content):
    """The base-rate exercise.

    Placeholders: ``{images}``, ``{fakes}``, ``{percent}`` (of fakes caught, and of real photos rightly cleared) in
    ``question``; also ``{caught}``, ``{alarms}`` (false ones) and ``{wrong}`` (percent of all alerts) in ``reveal``.
    """

    lead: Text
    question: Text
    guess_label: Text
    reveal: Text
    generalise: Text


class HumanScores(Content):
    """Published scores of people. The page adds the figures and their sources."""

    lead: Text
    caution: Text
    studies: dict[StudyId, Text]
    rows: dict[ScoreId, Text]


class OwnDeck(Content):
    """Making a deck with one's own photographs."""

    lead: Text
    reminder: Lines
    approve: Text
