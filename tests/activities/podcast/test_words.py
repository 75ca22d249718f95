"""The words of « Défi podcast »: nothing missing, nothing too much, and formats that fit their time."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from activities.podcast.activity import PODCAST
from activities.podcast.answers import Bet, Guess
from activities.podcast.words import CONTENT, Words, load
from kit.audio.levels import Verdict
from kit.audio.synth import Mood
from kit.i18n import LANGUAGES
from kit.levels import Level
from kit.podcast.episode import Job, SegmentKind

languages = pytest.mark.parametrize("lang", LANGUAGES)


def data(lang: str) -> dict[str, Any]:
    return yaml.safe_load((CONTENT / f"{lang}.yaml").read_text(encoding="utf-8"))


@languages
def test_every_key_of_the_project_has_its_words(lang: str) -> None:
    words = load(lang)
    assert set(words.jobs) == set(Job)
    assert set(words.kinds) == set(SegmentKind)
    assert set(words.moods) == set(Mood)
    assert set(words.verdicts) == set(Verdict)
    assert set(words.brief.guesses) == set(Guess)
    assert list(words.criteria) == ["angle", "sources", "voices", "rhythm", "sound", "respect"]


@languages
def test_labs_are_the_steps_that_are_labs_in_their_order(lang: str) -> None:
    assert list(load(lang).labs) == [step.id for step in PODCAST.steps if step.kind == "lab"]


@pytest.mark.parametrize(
    "block",
    ["steps", "labs", "jobs", "kinds", "templates", "moods", "verdicts", "criteria"],
)
def test_a_key_that_is_missing_or_unknown_is_named(block: str) -> None:
    short = data("fr")
    gone = list(short[block])[-1]
    del short[block][gone]
    with pytest.raises(ValidationError, match=f"{block}.{gone} is missing"):
        Words.model_validate(short)
    long = data("fr")
    long[block]["nonsense"] = long[block][gone]
    with pytest.raises(ValidationError, match="nonsense"):
        Words.model_validate(long)


@languages
def test_roles_without_a_voice_are_said_to_be_so(lang: str) -> None:
    said = {"fr": "Sans voix.", "en": "Without a voice."}[lang]
    silent = {job for job, words in load(lang).jobs.items() if words.does.endswith(said)}
    assert silent == {Job.CHECKER, Job.SOUND, Job.EDITOR, Job.TIMEKEEPER, Job.PUBLISHER}


@languages
def test_what_a_machine_does_not_know_is_on_every_screen_of_work(lang: str) -> None:
    words = load(lang)
    said = {
        "fr": {
            "angle": "pas que la source dit vrai",
            "record": "un niveau, pas un sens",
            "publish": "ce qui était écrit, pas ce qui a été dit",
            "dress": "n’est la voix de personne",
        },
        "en": {
            "angle": "not that the source is true",
            "record": "a level, not a meaning",
            "publish": "what was written, not what was said",
            "dress": "nobody’s voice",
        },
    }[lang]
    for lab, phrase in said.items():
        assert phrase in " ".join(words.labs[lab].honest.split()), lab  # type: ignore[index]


@languages
def test_no_one_hears_jargon_about_their_take(lang: str) -> None:
    jargon = re.compile(r"\b(?:LUFS|dB\w*|clip\w*|peaks?|crêtes?|écrêt\w*|RMS|gain)\b", re.IGNORECASE)
    for verdict, words in load(lang).verdicts.items():
        assert not jargon.search(f"{words.what} {words.todo}"), verdict


def test_formats_last_as_long_as_they_say() -> None:
    assert PODCAST.minutes == 55
    assert sum(step.minutes for step in PODCAST.sitting(2)) == 55
    assert sum(minutes for _, minutes in PODCAST.short) == 20
    assert sum(minutes for _, minutes in PODCAST.half_day) == 240


def test_half_a_day_brings_the_guest_fifty_minutes_in_and_ends_by_talking() -> None:
    order = [step_id for step_id, _ in PODCAST.half_day]
    assert len(set(order)) == len(order)
    assert set(order) <= {step.id for step in PODCAST.steps}
    assert sum(minutes for _, minutes in PODCAST.half_day[: order.index("witness")]) == 50
    assert dict(PODCAST.half_day)["witness"] == 20
    assert dict(PODCAST.half_day)["rundown"] == 50
    assert order.index("rights") < min(order.index("witness"), order.index("record")), "rights before the microphone"
    assert order[-2:] == ["audition", "debrief"]


def test_rights_come_before_the_microphone_in_every_format() -> None:
    for order in ([step.id for step in PODCAST.sitting(1)], [step_id for step_id, _ in PODCAST.short]):
        assert order.index("rights") < order.index("record")


def test_a_bet_is_one_of_the_guesses() -> None:
    assert Bet(guess="one_fifty").guess is Guess.ONE_FIFTY  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Bet(guess="a thousand")  # type: ignore[arg-type]
    assert PODCAST.step("brief").answer is Bet


def test_levels_begin_with_cycle_3() -> None:
    assert PODCAST.levels == tuple(level for level in Level if level is not Level.CYCLE_2)


def test_words_come_from_the_nearest_language() -> None:
    assert load("en-GB").title == "Podcast challenge"
    assert load("de").title == "Défi podcast"
