"""Questionnaires: crosswise forms, replies that are kept once and for the right person only, honest counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kit.classroom import questions
from kit.classroom.classes import Class, Classes, Work
from kit.classroom.lead import Lead
from kit.classroom.questions import (
    ANSWERS,
    WHENS,
    Count,
    Questions,
    complete,
    form_of,
    items,
    quiz_results,
    replied,
    replies,
)
from kit.errors import BadContent, BadInput, KitError, NotAllowed
from kit.faults import Faults
from kit.steps import Step, StepKind

LEADER, ANNE, BEN, STRANGER = (letter * 32 for letter in "abcd")
VOTE = Step(id="brief", kind=StepKind.VOTE, minutes=1)
TRUTHS = {"a": (True, False, True, False), "b": (False, False, True, True)}


def opened(classes: Classes, **lead: Any) -> Class:
    """A class with two participants, at a questionnaire unless ``lead`` says otherwise."""
    chosen = Lead.model_validate({"lobby": False, "quiz": "before", **lead})
    led, _ = classes.open("spot", "{}", step="brief", device=LEADER, lang="fr", lead=chosen, days=30)
    for device in (ANNE, BEN):
        classes.join(led.code, device)
    return led


def said(classes: Classes, led: Class, number: int) -> dict[str, dict[str, str]]:
    work = classes.work(led.id, number)
    assert work is not None
    return {when: dict(one) for when, one in replies(work.quiz).items()}


# -- replying ---------------------------------------------------------------------------------------------------------


def test_each_half_answers_its_own_form_and_the_other_one_later(classes: Classes) -> None:
    led = opened(classes)
    classes.reply(led.id, ANNE, "before", "a1", "true")
    classes.reply(led.id, BEN, "before", "b4", "unsure")
    classes.lead(led.id, LEADER, quiz="after")
    classes.reply(led.id, ANNE, "after", "b1", "false")
    assert said(classes, led, 1) == {"before": {"a1": "true"}, "after": {"b1": "false"}}
    assert said(classes, led, 2) == {"before": {"b4": "unsure"}, "after": {}}


def test_a_reply_is_kept_once_and_another_one_replaces_it(classes: Classes) -> None:
    led = opened(classes)
    pulses = [classes.pulse(led.id)]
    for answer in ("true", "true", "false"):
        classes.reply(led.id, ANNE, "before", "a1", answer)  # type: ignore[arg-type]
        pulses.append(classes.pulse(led.id))
    assert said(classes, led, 1)["before"] == {"a1": "false"}
    assert [total for _version, _count, total in pulses] == [0, 1, 1, 2], "screens look again at what has changed alone"
    work = classes.work(led.id, 1)
    assert work is not None
    assert work.version == 0
    assert classes.answer(led.id, ANNE, "{}", VOTE, replaces=0) == 1, "the run of a participant is no older for it"
    assert said(classes, led, 1)["before"] == {"a1": "false"}


def test_a_reply_is_of_the_own_form_and_of_the_questionnaire_that_is_on(classes: Classes) -> None:
    led = opened(classes)
    refused: list[tuple[str, str, str]] = [
        ("before", "b1", "true"),
        ("before", "a5", "true"),
        ("before", "a1", "maybe"),
        ("before", "", ""),
    ]
    for when, item, answer in refused:
        with pytest.raises(BadInput):
            classes.reply(led.id, ANNE, when, item, answer)  # type: ignore[arg-type]
    off: list[tuple[str, dict[str, Any]]] = [
        ("after", {}),
        ("before", {"locked": True}),
        ("before", {"paused": True, "locked": False}),
        ("before", {"lobby": True, "paused": False}),
        ("before", {"quiz": "", "lobby": False}),
        ("", {}),
    ]
    for when, changes in off:
        classes.lead(led.id, LEADER, **changes)
        with pytest.raises(NotAllowed):
            classes.reply(led.id, ANNE, when, "a1", "true")  # type: ignore[arg-type]
    assert said(classes, led, 1) == {"before": {}, "after": {}}
    classes.lead(led.id, LEADER, quiz="before")
    classes.reply(led.id, ANNE, "before", "a1", "true")


def test_only_a_participant_of_an_open_class_replies(classes: Classes) -> None:
    led = opened(classes)
    for device in (LEADER, STRANGER):
        with pytest.raises(NotAllowed):
            classes.reply(led.id, device, "before", "a1", "true")
    classes.close(led.id, LEADER)
    with pytest.raises(NotAllowed):
        classes.reply(led.id, ANNE, "before", "a1", "true")


def test_only_the_facilitator_gives_a_questionnaire_and_a_new_step_does_not_end_it(classes: Classes) -> None:
    led = opened(classes, quiz="")
    with pytest.raises(NotAllowed):
        classes.lead(led.id, ANNE, quiz="before")
    version = classes.lead(led.id, LEADER, quiz="before", quiz_shown=True)
    classes.keep(led.id, LEADER, "{}", "lesson", replaces=version)
    now = classes.get(led.id)
    assert now is not None
    assert now.lead.quiz == "before"
    assert not now.lead.quiz_shown, "the room looks at the step again"
    with pytest.raises(ValueError, match="quiz"):
        classes.lead(led.id, LEADER, quiz="during")


def test_taking_somebody_out_takes_their_replies(classes: Classes) -> None:
    led = opened(classes)
    classes.reply(led.id, ANNE, "before", "a1", "true")
    classes.remove(led.id, LEADER, 1)
    assert [work.quiz for work in classes.works(led.id)] == ["{}"]


# -- forms and counts -------------------------------------------------------------------------------------------------


def test_forms_are_crosswise() -> None:
    assert [[form_of(number, when) for number in (1, 2, 3)] for when in WHENS] == [["a", "b", "a"], ["b", "a", "b"]]


def written(**changes: Any) -> dict[str, Any]:
    """A questionnaire as its file has it."""
    forms: dict[str, Any] = {
        form: [
            {"id": item, "truth": truth, "text": f"Text of {item}.", "why": f"Why {item}."}
            for item, truth in zip(items(form), truths, strict=True)  # type: ignore[arg-type]
        ]
        for form, truths in TRUTHS.items()
    }
    return {"ideas": ["One", "Two", "Three", "Four"], **forms, **changes}


def work(number: int, **answers: str) -> Work:
    """What a participant answered: ``before`` and ``after``, a letter a statement (t, f, u; a dash: none)."""
    quiz, letters = "{}", dict(zip("tfu", ANSWERS, strict=True))
    for when in WHENS:
        for item, letter in zip(items(form_of(number, when)), answers.get(when, "----"), strict=True):
            if letter != "-":
                quiz = replied(quiz, when, item, letters[letter])
    return Work(number=number, name=f"P{number}", words="un deux", version=0, state="", quiz=quiz)


def test_counts_are_of_both_forms_together_and_of_nobody() -> None:
    works = [
        work(1, before="tfuf", after="fftt"),  # A: T F T F, then B: F F T T
        work(2, before="tu--", after="tftf"),  # B, then A
        work(3),
        work(4, before="---t"),
    ]
    results = quiz_results(works, Questions.model_validate(written()))
    assert [(idea.before, idea.after) for idea in results.ideas] == [
        (Count(right=1, unsure=0, n=2), Count(right=2, unsure=0, n=2)),
        (Count(right=1, unsure=1, n=2), Count(right=2, unsure=0, n=2)),
        (Count(right=0, unsure=1, n=1), Count(right=2, unsure=0, n=2)),
        (Count(right=2, unsure=0, n=2), Count(right=2, unsure=0, n=2)),
    ]
    assert [idea.idea for idea in results.ideas] == ["One", "Two", "Three", "Four"]
    assert [[each.id for each in idea.statements] for idea in results.ideas] == [
        [f"a{place}", f"b{place}"] for place in range(1, 5)
    ]
    assert (results.before, results.after, results.both, results.halves) == (3, 2, 2, (1, 2))
    assert [complete(one, "before") for one in works] == [True, False, False, False]
    assert not quiz_results([work(3)], Questions.model_validate(written())).any


def test_an_easier_form_is_on_both_sides_of_the_comparison() -> None:
    """Everybody is right about A and wrong about B: before and after come out the same."""
    right, wrong = "tftf", "ttff"  # as A is; the reverse of B
    works = [work(n, before=right if n % 2 else wrong, after=wrong if n % 2 else right) for n in range(1, 9)]
    for idea in quiz_results(works, Questions.model_validate(written())).ideas:
        assert idea.before == idea.after == Count(right=4, unsure=0, n=8)


def cautions(works: list[Work]) -> list[str]:
    said = questions.cautions(quiz_results(works, Questions.model_validate(written())), str)
    return [word for text in said for word in ("distort the", "after all", "only once", "know”", "Few") if word in text]


def test_cautions_say_what_the_counts_are_worth() -> None:
    both = {"before": "tfuf", "after": "fftt"}
    assert cautions([work(n, **both) for n in range(1, 13)]) == ["distort the", "know”"]
    assert cautions([work(n, **both) for n in range(1, 24, 2)]) == ["distort the", "after all", "know”"]
    assert cautions([work(n, before="tfuf") for n in range(1, 4)]) == ["know”", "Few"]
    few_after = [*(work(n, before="tfuf") for n in range(3, 15)), work(1, **both), work(2, **both)]
    assert cautions(few_after) == ["distort the", "only once", "know”", "Few"]


# -- the files --------------------------------------------------------------------------------------------------------


def folder(path: Path, french: dict[str, Any], english: dict[str, Any]) -> Path:
    for lang, content in (("fr", french), ("en", english)):
        (path / f"questions.{lang}.yaml").write_text(yaml.safe_dump(content), "utf-8")
    return path


def test_a_questionnaire_is_read_in_the_nearest_language(tmp_path: Path) -> None:
    french = written(ideas=["Un", "Deux", "Trois", "Quatre"])
    read = questions.load(folder(tmp_path, french, written()), "fr-CA")
    assert read.ideas[0] == "Un"
    assert read.truths == {
        item: truth
        for form, truths in TRUTHS.items()
        for item, truth in zip(items(form), truths, strict=True)  # type: ignore[arg-type]
    }


def test_languages_judge_alike(tmp_path: Path) -> None:
    english = written()
    english["b"][2]["truth"] = False
    with pytest.raises(BadContent, match="b3"):
        questions.load(folder(tmp_path, written(), english), "fr")


@pytest.mark.parametrize(
    "changes",
    [
        {"a": written()["b"]},
        {"a": written()["a"][:3]},
        {"b": [*written()["b"], written()["b"][0]]},
        {"ideas": ["One"]},
        {"c": []},
        {"b": list(reversed(written()["b"]))},
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(Faults):
        questions.load(folder(tmp_path, written(**changes), written()), "en")


def test_a_missing_language_is_said(tmp_path: Path) -> None:
    (tmp_path / "questions.fr.yaml").write_text(yaml.safe_dump(written()), "utf-8")
    with pytest.raises(KitError, match=r"questions\.en\.yaml"):
        questions.load(tmp_path, "fr")
