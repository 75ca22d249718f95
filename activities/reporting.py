"""The report of a session: what a class answered, step by step, for its facilitator to keep.

Nobody is in it: no pseudonym, no two words, nothing that says who answered what. Of the texts, only those that the
facilitator has shown to the room.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from activities import registry
from activities.spot_the_fake.signal_detection import proportion
from kit import printable
from kit.classroom import questions, texts
from kit.classroom.classes import Class, Work
from kit.classroom.report import Bar, Bars, Report, Section, counted
from kit.classroom.tallies import Translate
from kit.i18n import language
from kit.levels import level_name
from kit.steps import Step
from kit.walk import Walk


def report(led: Class, works: Sequence[Work], lang: str, translate: Translate) -> Report:
    """What the class ``led`` did, from what its participants have made; as it stands when it is asked for."""
    _, words = translate, _words(led, lang)
    run, room = _read(led, led.state), [run for work in _nobody(led, works) if (run := _read(led, work.state))]
    answered = sum(any(True for _reply in registry.together(led.activity).replies(own, words, _)) for own in room)
    lines = [
        _("Session of {date}").format(date=day(led.opened, lang)),
        *([_("Level: {level}").format(level=level_name(run.level, _))] if run else []),
        _("Code of the class: {code}").format(code=led.code),
        _("Participants: {n}, of whom {answered} have answered").format(n=len(works), answered=answered),
    ]
    quiz = _questionnaire(led, works, lang, _)
    sections = [] if quiz else [_empty(_)]
    if run is None:
        sections = [_unreadable(led, _)]
    elif answered:
        made = (_section(step, led, run, room, works, lang, _) for step in run.steps)
        sections = [section for section in made if section is not None]
    if quiz:
        sections.append(quiz)
    if cautions := registry.together(led.activity).cautions(words):
        sections.append(Section(title=_("To keep in mind"), paragraphs=cautions))
    return Report(
        kind=_("Report of a session"),
        title=words.title,
        lines=tuple(lines),
        sections=tuple(sections),
        closing=(
            _("This report holds no name, no pseudonym, and nothing that says who answered what."),
            *(
                [_("Read the texts again before you pass it on: a name may be in one.")]
                if any(s.texts for s in sections)
                else []
            ),
            _("The class and its answers are erased from this machine on {date}.").format(date=day(led.expires, lang)),
        ),
    )


def lines(led: Class, works: Sequence[Work], lang: str, translate: Translate) -> list[tuple[object, ...]]:
    """Every answer as a line of a table, its head first.

    Participants are numbers, in an order that does not say who they are: neither that of their coming nor of names.
    """
    _, words, run = translate, _words(led, lang), _read(led, led.state)
    reported = registry.reported(led.activity)
    names = reported.names(run, words, lang) if reported and run else {}
    rooms = [(number, own) for number, work in enumerate(_nobody(led, works), 1) if (own := _read(led, work.state))]
    halves = any(hasattr(own, "half") for _number, own in rooms)
    head = [_("Participant"), *([_("Half")] if halves else []), _("Step"), _("Item"), _("Answer"), _("More")]
    rows: list[tuple[object, ...]] = [tuple(head)]
    for number, own in rooms:
        half = [1 + getattr(own, "half", 0)] if halves else []
        for reply in registry.together(led.activity).replies(own, words, _):
            said = (words.steps[reply.step].title, names.get(reply.item, reply.item), reply.answer, reply.more)
            rows.append((number, *half, *map(printable.lines, said)))
    return rows


# -- step by step ----------------------------------------------------------------------------------------------------


def _section(
    step: Step, led: Class, run: Walk, room: Sequence[Walk], works: Sequence[Work], lang: str, _: Translate
) -> Section | None:
    """What is said of a step; None of one that asked nothing."""
    words = _words(led, lang)
    if step.id == "trace":
        return _written(words.steps[step.id].title, led, works, _)
    reported = registry.reported(led.activity)
    own = reported.section(step.id, run, room, words, lang, _) if reported else None
    if own is not None:
        return own
    title, tallies = words.steps[step.id].title, registry.together(led.activity).tallies(step.id, room, words, _)
    if tallies and not any(tally.of for tally in tallies):
        return Section(title=title, paragraphs=(_("Nobody answered."),))
    bars = (counted(tally, lang) for tally in tallies)
    untitled = tuple(replace(chart, title="") if chart.title == title else chart for chart in bars)
    return Section(title=title, bars=untitled) if untitled else None


def _written(title: str, led: Class, works: Sequence[Work], _: Translate) -> Section:
    """The texts that the room has seen, in an order that does not say who wrote them."""
    written = texts.written(works, registry.run_of(led.activity))
    shown = tuple(text.text for text in written if text.mark in led.lead.shown)
    said = _("Texts written: {n}. Shown to the room, and copied here: {shown}.")
    return Section(title=title, paragraphs=(said.format(n=len(written), shown=len(shown)),), texts=shown)


def _questionnaire(led: Class, works: Sequence[Work], lang: str, _: Translate) -> Section | None:
    """What the class answered to the questionnaires, idea by idea; None if it was given none."""
    results = questions.quiz_results(works, registry.questions(led.activity, lang))
    if not results.any:
        return None
    truths = {True: _("True"), False: _("False")}
    bars = tuple(
        Bars(
            title=idea.idea,
            lead=" ".join(f"{truths[each.truth]} – {each.text}" for each in idea.statements),
            rows=tuple(
                _right(name, count, _)
                for name, people, count in (
                    (_("Right before"), results.before, idea.before),
                    (_("Right after"), results.after, idea.after),
                )
                if people
            ),
        )
        for idea in results.ideas
    )
    return Section(title=_("Questionnaire"), bars=bars, notes=tuple(questions.cautions(results, _)))


def _right(name: str, count: questions.Count, _: Translate) -> Bar:
    """How many were right, with the interval that the share is known to."""
    share = proportion(count.right, count.n)
    if share.rate is None or share.low is None or share.high is None:
        return Bar(name=name, figure=_("no answer"))
    known = _("the true share is probably between {low} and {high}%")
    return Bar(
        name=name,
        figure=_("{k} of {n}").format(k=share.count, n=share.n),
        share=share.rate,
        low=share.low,
        high=share.high,
        note=known.format(low=round(100 * share.low), high=round(100 * share.high)),
    )


def _empty(_: Translate) -> Section:
    return Section(title=_("Answers"), paragraphs=(_("Nobody has answered in this class."),))


def _unreadable(led: Class, _: Translate) -> Section:
    said = _("Another version of the kit has led this class: its answers cannot be read here.")
    return Section(title=_("Answers"), paragraphs=(said,))


# -- reading ---------------------------------------------------------------------------------------------------------


def _words(led: Class, lang: str) -> Any:
    return registry.words(led.activity, lang)


def _read(led: Class, state: str) -> Walk | None:
    """A run from its JSON; None if there is none, or another version of the kit has written it."""
    try:
        return registry.run_of(led.activity).model_validate_json(state) if state else None
    except ValidationError:
        return None


def _nobody(led: Class, works: Sequence[Work]) -> list[Work]:
    """The works in an order of their own, the same each time: who came first is not first in it."""
    return sorted(works, key=lambda work: hashlib.sha256(f"{led.id}/{work.number}".encode()).digest())


def day(moment: datetime, lang: str) -> str:
    """A moment of the database as a date in words, where this machine is; the first of a month is « 1er » in French."""
    from babel.dates import format_date

    day = moment.replace(tzinfo=UTC).astimezone().date()
    if language(lang) != "fr":
        return format_date(day, "long", locale="en_GB")
    return re.sub(r"^1\b", "1er", format_date(day, "long", locale="fr"))
