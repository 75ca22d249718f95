"""The questionnaire of every activity: two forms that test the same, in both languages, fit for whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from activities import registry
from activities.next_word.run import WordRun
from activities.registry import ACTIVITIES
from kit.classroom.questions import Questions, replied
from kit.i18n import LANGUAGES, translator
from tests.activities.test_contract import BANNED, LONGEST_SENTENCE, count_words, faults, sentences
from tests.activities.test_reporting import led_by, section, told, work

SLUGS = [activity.slug for activity in ACTIVITIES]
activities = pytest.mark.parametrize("slug", SLUGS)
languages = pytest.mark.parametrize("lang", LANGUAGES)


def texts(read: Questions) -> Iterator[tuple[str, str]]:
    """Every text, with where it is."""
    yield from ((f"ideas[{place}]", idea) for place, idea in enumerate(read.ideas))
    for statement in (*read.a, *read.b):
        yield f"{statement.id}.text", statement.text
        yield f"{statement.id}.why", statement.why


@activities
@languages
def test_texts_are_proofread(slug: str, lang: str) -> None:
    read = registry.questions(slug, lang)
    assert [f"{where}: {fault}" for where, text in texts(read) for fault in faults(text, lang)] == []
    assert [where for where, text in texts(read) for phrase in BANNED if phrase in text.lower()] == []
    assert [where for where, text in texts(read) if re.search(r"\d", text)] == [], "a figure needs its source"


@activities
@languages
def test_statements_are_one_short_sentence(slug: str, lang: str) -> None:
    for where, text in texts(registry.questions(slug, lang)):
        assert count_words(text) <= LONGEST_SENTENCE, where
        if not where.startswith("ideas"):
            assert len(sentences(text)) == 1, where
            assert text.endswith((".", "?")), where
        else:
            assert count_words(text) <= 7, where


@activities
def test_nothing_is_left_untranslated(slug: str) -> None:
    french, english = (dict(texts(registry.questions(slug, lang))) for lang in ("fr", "en"))
    assert [where for where in french if french[where] == english[where]] == []


@activities
def test_no_habit_of_answering_wins(slug: str) -> None:
    """Always true, always false, or the reverse of what one said before: half right in each form, never all."""
    read = registry.questions(slug, "fr")
    first, second = [each.truth for each in read.a], [each.truth for each in read.b]
    assert sum(first) == sum(second) == 2
    assert 0 < sum(one != other for one, other in zip(first, second, strict=True)) < 4


@activities
@languages
def test_no_statement_is_asked_twice(slug: str, lang: str) -> None:
    read = registry.questions(slug, lang)
    said = [each.text for each in (*read.a, *read.b)]
    assert len(set(said)) == len(said)
    assert len(set(read.ideas)) == len(read.ideas)


@languages
def test_the_report_counts_it_and_says_nothing_of_one_that_was_not_given(lang: str) -> None:
    _, read, led = translator(lang), registry.questions("next_word", lang), led_by(WordRun(seed=7))
    assert _("Questionnaire") not in [each.title for each in told(led, [work(1, None)], lang).sections]
    works = [
        replace(work(1, None), quiz=replied("{}", "before", "a1", "true")),
        replace(work(2, None), quiz=replied("{}", "before", "b1", "true")),
        work(3, None),
    ]
    found = section(told(led, works, lang), _("Questionnaire"))
    assert [chart.title for chart in found.bars] == list(read.ideas)
    [row] = found.bars[0].rows
    assert (row.name, row.figure) == (_("Right before"), _("{k} of {n}").format(k=1, n=2))
    assert row.share == 0.5
    assert row.low is not None
    assert 0 < row.low < 0.5
    assert [bar.figure for bar in found.bars[1].rows] == [_("no answer")]
    assert read.a[0].text in found.bars[0].lead
    assert len(found.notes) == 2
