"""What holds for every registered activity: folders, words, guides and translations agree, and read well."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from activities.registry import ACTIVITIES, find
from kit import ROOT, guides
from kit.i18n import DEFAULT, LANGUAGES
from kit.steps import Activity, StepKind

LONGEST_SENTENCE = 20
"""Words. Pupils read these sentences on a projected screen."""
SAME_IN_EVERY_LANGUAGE = ("id", "truth", "family")
"""Fields of content that are keys, not words."""
SAME_ON_PURPOSE = ("source_note", "professions.template", "cut.text", "surprising.text")
SAME_IN_LISTS = ("openings[", "claims[", "coded[")
"""Where a text may be the same in two languages: names, and what is said to a model in the language it was taught."""
MANDATED = {
    "noise_to_image": {
        "labs.origin.honest": (
            "Le nôtre recompose des morceaux de vos photos\u00a0: on retrouve donc chaque source.",
            "Un grand générateur règle des milliards de nombres\u202f; il peut recracher une image apprise, mais on ne "
            "remonte généralement pas d’un pixel à une photo.",
            "Notre carte ne tranche aucun débat de droit d’auteur.",
        ),
        "labs.proportion.honest": ("Ceci montre une proportion, pas encore un stéréotype.",),
    },
    "next_word": {
        "debrief.mandate": (
            "Ce biais, nous l’avons écrit.",
            "Dans un grand modèle, personne ne peut tout compter ; équilibrer les données ne suffit pas.",
            "Un assistant ajoute des réglages humains, des consignes cachées, parfois une recherche.",
            "Les grands inventent aussi.",
        ),
    },
    "probe_bias": {
        "debrief.mandate": (
            "Ce biais, nous l’avons écrit.",
            "Dans un grand modèle, personne ne peut tout compter ; équilibrer les données ne suffit pas.",
            "Un assistant ajoute des réglages humains, des consignes cachées, parfois une recherche.",
            "Les grands inventent aussi.",
        ),
    },
}
"""Sentences of a French content file that the request words itself: they stand as they are, however long."""
BANNED = ("preuve que c’est vrai", "preuve que c’est faux", "proof that it is real", "proof that it is fake")

FIGURES = {
    "spot_the_fake": {
        "1": "display time",
        "2": "C2PA; display time",
        "4": "CC BY 4.0",
        "5": "display time",
        "20": "display time; date of the arrest images",
        "18": "date of the waiting room",
        "30": "date of the Slovak vote",
        "50": "confidence",
        "65": "confidence",
        "80": "confidence",
        "95": "confidence",
        "100": "base rate: out of 100 alarms",
        "2019": "SIFT; Chesney and Citron",
        "2022": "Nightingale and Farid",
        "2023": "dates of cases",
        "2024": "dates of cases",
        "2025": "dates of cases and studies",
        "2026": "date of the sheet",
    },
    "noise_to_image": {
        "400": "tokens of the answer that a life-cycle assessment counts",
        "2023": "Luccioni and colleagues on images; models of the energy study",
        "2024": "energy study; year of the data centres",
        "2025": "life-cycle assessment; report on data centres",
    },
    "next_word": {},
    "probe_bias": {
        "50": "a model that prefers neither sentence of a pair",
        "58.3": "CamemBERT on French CrowS-Pairs",
        "55.0": "FlauBERT on French CrowS-Pairs",
        "1463": "pairs of the two scores above, about",
        "61.5": "BERT on the English pairs of the same paper",
        "65.1": "RoBERTa on the English pairs of the same paper",
        "1.50": "WEAT 1, flowers and insects",
        "1.53": "WEAT 2, instruments and weapons",
        "3": "women among the judges of an image generator, in percent",
        "34": "women among the judges of the United States, in percent",
        "2017": "Caliskan, Bryson and Narayanan",
        "2022": "Névéol and colleagues",
        "2023": "Nicoletti and Bass",
    },
    "podcast": {"3": "MP3"},
}
"""The numbers that content may contain, and what for. Any other one is computed, or belongs in code with its source."""
GUIDE_FIGURES = {
    "spot_the_fake": {"13.3%", "40%", "2.9 Wh"},
    "noise_to_image": {"3%", "34%", "2.9 Wh"},
    "next_word": set(),
    "probe_bias": {"50%", "58.3%", "55.0%", "3%", "34%"},
    "podcast": set(),
}
"""Percentages and energies that a guide may quote; each is in its sources."""

activities = pytest.mark.parametrize("activity", ACTIVITIES, ids=lambda activity: activity.slug)
languages = pytest.mark.parametrize("lang", LANGUAGES)


def folder(activity: Activity) -> Path:
    return ROOT / "activities" / activity.slug


def data(activity: Activity, lang: str) -> dict[str, Any]:
    return yaml.safe_load((folder(activity) / "content" / f"{lang}.yaml").read_text(encoding="utf-8"))


def texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a content file, with where it is. Keys are not words."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in SAME_IN_EVERY_LANGUAGE:
                yield from texts(item, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from texts(item, f"{where}[{number}]")
    elif isinstance(value, str):
        yield where, value


def prose(markdown: str) -> str:
    """Markdown without code, addresses and marks of emphasis."""
    markdown = re.sub(r"`[^`]*`|https?://\S+", "x", markdown)
    return re.sub(r"\*+|^> ?", "", markdown, flags=re.MULTILINE)


def guide_texts(slug: str, lang: str) -> Iterator[tuple[str, str]]:
    """Every text of a guide, with where it is."""
    guide = guides.load(slug, lang)
    for section in guide.sections:
        yield section.id, prose(section.markdown)
    for step in guide.steps:
        yield step.id, prose(f"{step.title}\n{step.markdown}")
    for where, text in texts(guide.front.model_dump(mode="json")):
        if where not in ("slug",) and not where.startswith("levels"):
            yield where, text


def shape(value: Any) -> Any:
    """The keys, the lengths of lists and the key-like fields of a content file, words left out."""
    if isinstance(value, dict):
        return {k: v if k in SAME_IN_EVERY_LANGUAGE else shape(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?…])[\s»”)]+(?=[«“(]?[\s\u202f]*[A-ZÀÂÇÉÈÊËÎÏÔŒÙÛÜ])", text)


def count_words(sentence: str) -> int:
    return sum(any(char.isalnum() for char in token) for token in sentence.split())


FRENCH_FAULTS = (
    (r"['\"]", "a straight quote or apostrophe"),
    (r"«(?!\u202f)|(?<!\u202f)»", "« and » take a narrow no-break space inside"),
    (r"(?<![\u202f!?])[;!?]", "; ! ? follow a narrow no-break space"),
    (r"(?<!\u00a0):(?!//)", ": follows a no-break space"),
    (r"(?<!\u202f)%", "% follows a narrow no-break space"),
    (r"[\dx] (?:Wh|W|s|Mo|Go|px)(?![’\w])", "a unit follows a no-break space"),
    (r"\.\.\.", "three dots instead of …"),
    (r"[ \u00a0\u202f]{2,}(?=\S)(?<!\n)", "two spaces"),
    (r"(?i)\b(?:c|s|n|v|m|ch)?oe(?:u|il)", "oe instead of œ"),
    (r"\bE(?:cole|cran|tat|tude|l[eè]ve|vit|conom|colog|duca|thiq)", "a capital without its accent"),
    (r"(?:^|[.!?] |« )A ", "A instead of À"),
    (r"\d \d{3}(?!\d)", "thousands take a narrow no-break space"),
)
ENGLISH_FAULTS = (
    (r"['\"]", "a straight quote or apostrophe"),
    (r"[\s\u00a0\u202f][;!?:%]", "a space before a mark"),
    (r"[«»]", "French quotes"),
    (r"\.\.\.", "three dots instead of …"),
)


def faults(text: str, lang: str) -> list[str]:
    """What a proofreader would mark in ``text``."""
    found = []
    for pattern, what in FRENCH_FAULTS if lang == "fr" else ENGLISH_FAULTS:
        for match in re.finditer(pattern, re.sub(r"\n\s*", "\n", text), flags=re.MULTILINE):
            found.append(f"{what}: …{match.string[max(0, match.start() - 25) : match.end() + 15]!r}")
    return found


def test_the_proofreader_sees_what_it_should() -> None:
    marks = ("l'image", "« mot »", "Qui ?", "Voici : rien", "5 %", "5 Wh", "3 600", "hm...")
    for bad in (*marks, "un coeur", "Ecole", "A lire"):
        assert faults(bad, "fr"), bad
    assert (
        faults(
            "«\u202fÀ l’école, œil pour œil\u202f: 3\u202f600\u202f!\u202f»".replace("œil\u202f:", "œil\u00a0:"), "fr"
        )
        == []
    )
    assert faults("Who said “it’s fine”? No one: 5%.", "en") == []
    assert faults("Really ?", "en")


def test_a_sentence_is_counted_as_a_reader_would() -> None:
    assert [
        count_words(s) for s in sentences("On s’arrête. Puis on cherche\u202f! «\u202fQui publie\u202f?\u202f»")
    ] == [2, 3, 2]


def test_slugs_are_distinct_and_found() -> None:
    assert len({activity.slug for activity in ACTIVITIES}) == len(ACTIVITIES)
    assert all(find(activity.slug) is activity for activity in ACTIVITIES)


@activities
def test_same_anatomy(activity: Activity) -> None:
    names = {path.name for path in folder(activity).iterdir()}
    assert {"__init__.py", "activity.py", "words.py", "content"} <= names
    content = {path.name for path in (folder(activity) / "content").iterdir()}
    assert content == {f"{name}{lang}.yaml" for lang in LANGUAGES for name in ("", "questions.")}
    for lang in LANGUAGES:
        assert (guides.FOLDER / lang / f"{activity.slug}.md").is_file()


@activities
def test_steps_make_sense(activity: Activity) -> None:
    ids = [step.id for step in activity.steps]
    assert len(set(ids)) == len(ids)
    assert [step.sitting for step in activity.steps] == sorted(step.sitting for step in activity.steps)
    core = [step.id for step in activity.sitting(1)]
    short = [step_id for step_id, _ in activity.short]
    assert short == [step_id for step_id in core if step_id in short], "the short format keeps the order of the core"
    half_day = [step_id for step_id, _ in activity.half_day]
    assert len(set(half_day)) == len(half_day)
    assert set(half_day) <= set(ids)
    for step in activity.steps:
        assert (step.answer is not None) >= (step.kind in (StepKind.VOTE, StepKind.WRITE)), step.id


@activities
@languages
def test_words_load_and_name_every_step(activity: Activity, lang: str) -> None:
    words = importlib.import_module(f"activities.{activity.slug}.words").load(lang)
    assert list(words.steps) == [step.id for step in activity.steps]
    for step_id, step in words.steps.items():
        assert 1 <= len(step.short.split()) <= 3, step_id
        assert len(step.short) <= 16, step_id
    assert words.title
    assert len(sentences(words.aim)) == 2


@activities
def test_languages_have_one_shape(activity: Activity) -> None:
    reference = shape(data(activity, DEFAULT))
    for lang in LANGUAGES:
        assert shape(data(activity, lang)) == reference, lang


@activities
def test_nothing_is_left_untranslated(activity: Activity) -> None:
    """A long text that is the same in two languages was forgotten; names and titles may be."""
    french, english = (dict(texts(data(activity, lang))) for lang in ("fr", "en"))
    same = [where for where, text in french.items() if text == english[where] and len(text.split()) > 4]
    spoken_to = [where for where in same if where.startswith(SAME_IN_LISTS) and where.endswith(".text")]
    assert [where for where in same if not where.endswith(SAME_ON_PURPOSE) and where not in spoken_to] == []


@activities
def test_placeholders_agree(activity: Activity) -> None:
    found = {
        lang: {where: sorted(re.findall(r"\{(\w*)\}", text)) for where, text in texts(data(activity, lang))}
        for lang in LANGUAGES
    }
    assert all(found[lang] == found[DEFAULT] for lang in LANGUAGES)


@activities
@languages
def test_sentences_are_short(activity: Activity, lang: str) -> None:
    mandated = MANDATED.get(activity.slug, {})
    long = [
        f"{where}: {count_words(sentence)} words: {sentence}"
        for where, text in texts(data(activity, lang))
        for sentence in sentences(text)
        if where != "small_generator"
        and sentence not in mandated.get(where, ())
        and count_words(sentence) > LONGEST_SENTENCE
    ]
    assert long == []


@activities
def test_mandated_sentences_stand_word_for_word(activity: Activity) -> None:
    found = dict(texts(data(activity, "fr")))
    for where, wanted in MANDATED.get(activity.slug, {}).items():
        assert [sentence for sentence in wanted if sentence not in sentences(found[where])] == [], where


@activities
@languages
def test_words_are_proofread(activity: Activity, lang: str) -> None:
    assert [f"{where}: {f}" for where, text in texts(data(activity, lang)) for f in faults(text, lang)] == []


@activities
@languages
def test_guide_is_proofread(activity: Activity, lang: str) -> None:
    assert [f"{where}: {f}" for where, text in guide_texts(activity.slug, lang) for f in faults(text, lang)] == []


@languages
@pytest.mark.parametrize("name", guides.GENERAL)
def test_a_page_of_no_activity_is_proofread_and_easy_to_read(name: str, lang: str) -> None:
    text = prose(guides.general(name, lang))
    assert faults(text, lang) == []
    blocks = re.split(r"\n\s*\n|\n(?=- |\d+\. )", text)
    long = [s for block in blocks for s in sentences(re.sub(r"\n\s*", " ", block)) if count_words(s) > LONGEST_SENTENCE]
    assert long == []


@activities
@languages
def test_nothing_promises_proof(activity: Activity, lang: str) -> None:
    everything = [*texts(data(activity, lang)), *guide_texts(activity.slug, lang)]
    assert [where for where, text in everything for phrase in BANNED if phrase in text.lower()] == []


@activities
@languages
def test_words_hold_no_stray_figure(activity: Activity, lang: str) -> None:
    found = {
        number.replace(",", ".")
        for _, text in texts(data(activity, lang))
        for number in re.findall(r"\d+(?:[.,]\d+)?", text)
    }
    known = set(FIGURES[activity.slug]) | {"4.0"}
    assert sorted(found - known) == [], "compute it, or put it in code with its source"
    assert sorted(set(FIGURES[activity.slug]) - found - {"4"}) == [], "no longer used"


@activities
@languages
def test_guide_quotes_only_sourced_figures(activity: Activity, lang: str) -> None:
    quantity = re.compile(r"(\d+(?:[.,]\d+)?)[\s\u00a0\u202f]?(%|[kMGT]?Wh\b|[kM]?tCO2e?\b|€)")
    found = {
        f"{value.replace(',', '.')}{'' if unit == '%' else ' '}{unit}"
        for _, text in guide_texts(activity.slug, lang)
        for value, unit in quantity.findall(text)
    }
    assert found == GUIDE_FIGURES[activity.slug]


@activities
@languages
def test_guide_follows_the_activity(activity: Activity, lang: str) -> None:
    guide = guides.load(activity.slug, lang)
    words = importlib.import_module(f"activities.{activity.slug}.words").load(lang)
    assert guide.front.slug == activity.slug
    assert guide.front.title == words.title
    assert guide.front.levels == activity.levels
    assert guide.front.minutes.lesson == activity.minutes
    assert guide.front.minutes.short == sum(minutes for _, minutes in activity.short)
    if activity.half_day:
        assert guide.front.minutes.half_day == sum(minutes for _, minutes in activity.half_day)
    assert [(s.id, s.minutes) for s in guide.steps] == [(s.id, s.minutes) for s in activity.steps]
    assert {s.id: s.title for s in guide.steps} == {step_id: step.title for step_id, step in words.steps.items()}


@activities
@languages
def test_guide_is_rich_enough_to_lead_from(activity: Activity, lang: str) -> None:
    guide = guides.load(activity.slug, lang)
    for step in guide.steps:
        assert count_words(step.markdown) >= 50, step.id
    for section in guide.sections:
        if section.id not in ("steps", "watch_points", "formats"):
            assert count_words(section.markdown) >= 60, section.id


@activities
def test_guides_have_one_shape(activity: Activity) -> None:
    def outline(lang: str) -> list[tuple[str, int, int]]:
        guide = guides.load(activity.slug, lang)
        parts = [(part.id, part.markdown) for part in (*guide.sections, *guide.steps)]
        return [
            (name, len(re.findall(r"^(?:-|\d+\.) ", text, re.M)), len(re.findall(r"^### ", text, re.M)))
            for name, text in parts
        ]

    assert outline("fr") == outline("en")
    fronts = [guides.load(activity.slug, lang).front for lang in LANGUAGES]
    assert len({front.minutes for front in fronts}) == 1
    assert len({len(front.materials) for front in fronts}) == 1
    assert len({tuple(len(lines) for lines in front.competences.model_dump().values()) for front in fronts}) == 1
