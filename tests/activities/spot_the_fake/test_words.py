"""The words of « Vrai ou IA ? » against the code that they speak for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from activities.spot_the_fake import base_rate, published
from activities.spot_the_fake.answers import ClueFamily, DossierAnswer, Verdict
from activities.spot_the_fake.challenges import Kind
from activities.spot_the_fake.features import FEATURES
from activities.spot_the_fake.words import CONTENT, Words, load
from kit import ROOT
from kit.content import parse
from kit.decks.model import Truth
from kit.errors import BadContent
from kit.i18n import LANGUAGES

languages = pytest.mark.parametrize("lang", LANGUAGES)

MANDATED = (
    "Ces images viennent d’un petit générateur pédagogique. Les outils actuels ne font souvent plus ces fautes. "
    "Réussir ici ne prouve pas que vous repérerez les autres."
)


def test_the_mandated_sentence_is_there_word_for_word() -> None:
    assert load("fr").small_generator == MANDATED


def test_language_is_the_nearest_one() -> None:
    assert load("fr-CA").title == "Vrai ou IA\u202f?"
    assert load("en-GB").title == "Real or AI?"
    assert load("xx") == load("fr")


@languages
def test_every_study_that_is_shown_has_its_words(lang: str) -> None:
    scores = load(lang).human_scores
    assert {row.id for row in published.PUBLISHED} == set(scores.rows)
    assert {row.study_id for row in published.PUBLISHED} == set(scores.studies)


@languages
def test_every_thing_the_detector_measures_has_a_plain_name(lang: str) -> None:
    detector = load(lang).detector
    assert list(detector.features) == list(FEATURES)
    assert list(detector.kinds) == [kind.value for kind in Kind]


@languages
def test_base_rate_words_take_the_computed_numbers(lang: str) -> None:
    words = load(lang).base_rate
    done = base_rate.exercise(400, 0.05, 0.95, 0.95)
    assert done.wrong_alerts is not None
    question = words.question.format(images=done.population, fakes=done.fakes, percent=95)
    reveal = words.reveal.format(caught=done.hits, alarms=done.false_alarms, wrong=round(100 * done.wrong_alerts))
    assert "400" in question
    assert "20" in question
    assert reveal.count("19") == 2
    assert "50" in reveal


@languages
def test_the_guide_counts_as_the_code_does(lang: str) -> None:
    """The guide tells the exercise with 400 images: the figures must be those of the code."""
    from kit import guides

    done = base_rate.exercise(400, 0.05, 0.95, 0.95)
    text = guides.load("spot_the_fake", lang).step("base_rate")
    for number in (done.population, done.fakes, done.photographs, done.hits, done.false_alarms, done.alerts):
        assert str(number) in text, number


@languages
def test_lesson_asks_for_the_source_first_then_the_five_families(lang: str) -> None:
    families = [screen.family for screen in load(lang).lesson.screens]
    assert families == [None, None, *ClueFamily, None]


@languages
def test_buttons_can_be_told_apart(lang: str) -> None:
    words = load(lang)
    assert len({words.verdicts[verdict].button for verdict in Verdict}) == len(Verdict)
    assert len(set(words.confidences.values())) == 4
    for key, text in words.confidences.items():
        assert key in text
    assert all(len(family.question) <= 16 for family in words.families.values())


@languages
def test_dossiers_are_six_true_cases_of_several_kinds(lang: str) -> None:
    words = load(lang)
    truths = [dossier.truth for dossier in words.dossiers]
    assert Truth.REAL in truths
    assert Truth.ALTERED in truths
    assert len(words.dossiers) == 6
    for decision in words.dossier_play.decisions:
        assert DossierAnswer(dossier=words.dossiers[0].id, decision=decision).decision == decision


def test_a_card_does_not_give_its_own_truth_away() -> None:
    """The public half of a dossier never says what the image was; the flamingo's own (false) category is the story."""
    for dossier in load("fr").dossiers:
        if dossier.id == "flamingone":
            continue
        public = " ".join([dossier.title, *dossier.card.model_dump().values(), dossier.decision_hint]).lower()
        for word in ("généré", "midjourney", "retouch", " ia ", "hypertruc", "fabriqu"):
            assert word not in public, (dossier.id, word)


@languages
def test_what_we_know_from_memory_says_so(lang: str) -> None:
    words, mark = load(lang), {"fr": "à vérifier", "en": "to be checked"}[lang]
    assert mark in words.dossier("family_photo").what_happened
    liar = next(question for question in words.debrief.questions if question.id == "liar")
    assert mark in liar.model_answer


def test_an_unknown_dossier_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load("fr").dossier("moon")


def test_every_gap_of_a_file_is_reported_together() -> None:
    data = yaml.safe_load((CONTENT / "fr.yaml").read_text(encoding="utf-8"))
    del data["steps"]["lesson"]
    data["steps"]["picnic"] = dict(data["steps"]["brief"])
    del data["human_scores"]["rows"]["gray_after"]
    with pytest.raises(BadContent) as caught:
        parse(yaml.safe_dump(data, allow_unicode=True).encode(), Words, "fr.yaml")
    report = str(caught.value)
    for fault in ("steps.lesson is missing", "steps.picnic is not expected", "human_scores.rows.gray_after is missing"):
        assert fault in report


def test_unknown_fields_are_reported_with_their_line() -> None:
    raw = (CONTENT / "fr.yaml").read_bytes()
    line = raw.count(b"\n") + 1
    with pytest.raises(BadContent, match=f"line {line}: colour"):
        parse(raw + b"colour: red\n", Words, "fr.yaml")


def test_words_are_light_to_import() -> None:
    code = (
        "import sys; import activities.spot_the_fake.words as w; w.load('fr'); "
        "print(sorted({'numpy', 'PIL', 'torch', 'sklearn', 'skimage', 'streamlit'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_content_is_where_the_package_looks() -> None:
    assert Path(CONTENT).is_dir()
    assert CONTENT.is_relative_to(ROOT)
