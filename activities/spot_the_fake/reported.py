"""What the report of a session of « Vrai ou IA ? » says: of each image what a class took it for, of both rounds what
changed.

What the facilitator chose holds here too: without scores there is no count and no rate, only how images were read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activities.spot_the_fake import sitting
from activities.spot_the_fake.calibration import Reading, calibrate
from activities.spot_the_fake.results import (
    BeforeAfter,
    ImageRow,
    NoGain,
    Outcome,
    RoundResult,
    before_after,
    pooled_sdt,
    readings,
)
from activities.spot_the_fake.run import ROUNDS, SortingRun
from activities.spot_the_fake.signal_detection import Proportion
from activities.spot_the_fake.sitting import Sitting
from activities.spot_the_fake.together import crosswise, pooled
from activities.spot_the_fake.words import Words
from kit import settings
from kit.classroom.report import Bar, Bars, Section, Table
from kit.classroom.tallies import Translate
from kit.decks import store as decks
from kit.decks.model import words as deck_words
from kit.errors import KitError
from kit.walk import Plan


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What every part of the report is made of."""

    led: SortingRun
    room: Sequence[SortingRun]
    halves: tuple[Sitting, Sitting]
    titles: Mapping[str, str]
    """Of the photographs, by the name each version was served under."""
    words: Words
    lang: str

    def result(self, round_id: str) -> RoundResult:
        return pooled(round_id, self.room, self.halves)

    def crosswise(self, *rounds: str) -> bool:
        return crosswise(self.room, *rounds)


def section(
    step: str, led: SortingRun, room: Sequence[SortingRun], words: Words, lang: str, _: Translate
) -> Section | None:
    """What the report says of a round of images, and of both together; None of any other step."""
    if step not in (*ROUNDS, "results"):
        return None
    title = words.steps[step].title
    if step == "results" and not led.scores:
        return Section(title=title, paragraphs=(words.results.noscore,))
    try:
        halves, titles = _played(led, lang)
    except KitError as error:  # the deck was removed since
        return Section(title=title, paragraphs=(error.text(_),))
    told = _Told(led=led, room=room, halves=halves, titles=titles, words=words, lang=lang)
    return _results(told, _) if step == "results" else _round(told, step, _)


def names(led: SortingRun, words: Words, lang: str) -> Mapping[str, str]:
    """The title of each photograph and what its version is, and the titles of the dossiers."""
    dossiers = {dossier.id: dossier.title for dossier in words.dossiers}
    try:
        halves, titles = _played(led, lang)
    except KitError:  # the deck was removed since: the names that the images were served under stay
        return dossiers
    shown = (shown for half in halves for form in half.forms.values() for shown in form)
    return {**dossiers, **{s.opaque: f"{titles[s.opaque]} – {words.verdicts[s.truth.value].name}" for s in shown}}


def _played(led: SortingRun, lang: str) -> tuple[tuple[Sitting, Sitting], dict[str, str]]:
    """The images of both halves, and the title of each by its served name. Raises as the deck does."""
    deck = decks.find(led.deck, settings.load())
    compose = sitting.short if led.plan is Plan.SHORT else sitting.compose
    first, second = (compose(deck, seed=led.seed, half=half, with_cards=led.cards) for half in (0, 1))
    shown = (shown for half in (first, second) for form in half.forms.values() for shown in form)
    return (first, second), {s.opaque: deck_words(deck.deck.item(s.item_id).title, lang) for s in shown}


def _round(told: _Told, round_id: str, _: Translate) -> Section:
    result, words = told.result(round_id), told.words
    title = words.steps[round_id].title
    rows = sorted((r for r in result.rows if r.n or r.passed), key=lambda row: (told.titles[row.opaque], row.truth))
    if not rows:
        return Section(title=title, paragraphs=(_("Nobody answered."),))
    if not told.led.scores:
        return Section(title=title, tables=(_read(told, rows, _),))
    head = (_("Image"), _("What it was"), *(words.verdicts[v].button for v in ("real", "generated", "altered")))
    lines = tuple(
        (
            *(told.titles[row.opaque], words.verdicts[row.truth.value].name),
            *(str(number) for number in (row.real, row.generated, row.altered, row.passed)),
        )
        for row in rows
    )
    grid = Table(
        title=_("How many said what"),
        head=(*head, _("Passed")),
        rows=lines,
        note=_("Each half of the class saw one version of each photograph.") if told.crosswise(round_id) else "",
    )
    paragraphs = (_("Participants who answered: {n}").format(n=result.persons),)
    alone = told.led.plan is Plan.SHORT  # then no step adds the round up
    return Section(
        title=title,
        paragraphs=paragraphs,
        bars=_apart(told, ((_("All answers"), result),), _) if alone else (),
        tables=(grid,),
        notes=(_known(_),) if alone else (),
    )


def _read(told: _Told, rows: Sequence[ImageRow], _: Translate) -> Table:
    """Image by image, without a count or a rate."""
    said = {
        Outcome.HIT: _("The machine was found"),
        Outcome.MISS: _("The machine went unnoticed"),
        Outcome.FALSE_ALARM: _("A real photograph was suspected"),
        Outcome.CORRECT_REJECTION: _("Taken for a photograph, which it is"),
        Outcome.DIVIDED: _("Opinions were divided"),
        Outcome.UNANSWERED: _("Everybody passed"),
    }
    return Table(
        title=_("How most of the class read each image"),
        head=(_("Image"), _("What it was"), _("How it was read")),
        rows=tuple(
            (told.titles[each.opaque], told.words.verdicts[each.truth.value].name, said[each.outcome])
            for each in readings(rows)
        ),
    )


def _results(told: _Told, _: Translate) -> Section:
    words = told.words.results
    first, second = (told.result(round_id) for round_id in ROUNDS)
    if not (first.n or second.n):
        return Section(title=told.words.steps["results"].title, paragraphs=(_("Nobody answered."),))
    both = before_after(first, second, counterbalanced=told.crosswise(*ROUNDS))
    return Section(
        title=told.words.steps["results"].title,
        paragraphs=(words.intro,),
        bars=(
            *_apart(told, ((words.before, first), (words.after, second)), _, changed=_changed(both, told, _)),
            _calibrated(told, _),
        ),
        tables=_detection(told, first, second, _),
        notes=(_known(_), *((words.compare,) if both.comparable else ())),
    )


def _apart(
    told: _Told, rounds: Sequence[tuple[str, RoundResult]], _: Translate, *, changed: tuple[str, str] = ("", "")
) -> tuple[Bars, Bars]:
    """Hits and false alarms, each on its own: never one number."""
    words = told.words.results
    hits = tuple(_share(name, result.hits, _) for name, result in rounds)
    alarms = tuple(_share(name, result.false_alarms, _) for name, result in rounds)
    return (
        Bars(title=words.hits.name, lead=words.hits.meaning, rows=hits, note=changed[0]),
        Bars(
            title=words.false_alarms.name, lead=words.false_alarms.meaning, rows=alarms, note=changed[1], tone="coral"
        ),
    )


def _changed(both: BeforeAfter, told: _Told, _: Translate) -> tuple[str, str]:
    """What may be said of before and after, for hits and for false alarms; why it may not, once."""
    if both.gain is None:
        why = told.words.results.no_gain if both.reason is NoGain.FIXED_ORDER else ""
        return "", why or _("Too few answers to compare before and after.")
    said = _("From before to after: {points} points, probably between {low} and {high}.")
    hits, alarms = (
        said.format(points=_points(gain.value), low=_points(gain.low), high=_points(gain.high))
        for gain in (both.gain.hits, both.gain.false_alarms)
    )
    return hits, alarms


def _calibrated(told: _Told, _: Translate) -> Bars:
    """How sure against how often right, of all participants and both rounds together."""
    words = told.words.results.calibration
    truths = {row.opaque: row.truth for round_id in ROUNDS for row in told.result(round_id).rows}
    given = (a for run in told.room for round_id in ROUNDS for a in run.answers.get(round_id, {}).values())
    view = calibrate((answer for answer in given if answer.opaque in truths), truths)
    said = {
        Reading.TOO_FEW: words.too_few,
        Reading.OVERCONFIDENT: words.over,
        Reading.UNDERCONFIDENT: words.under,
        Reading.NO_CLEAR_GAP: words.well,
    }
    rows = tuple(
        _share(told.words.confidences[str(int(confidence))], bin_.accuracy, _)  # type: ignore[index]
        for confidence, bin_ in view.bins
        if bin_.n
    )
    enough = view.overall.enough
    return Bars(
        title=words.title,
        lead=words.explanation if enough else "",
        rows=rows if enough else (),
        note=said[view.overall.reading],
    )


def _detection(told: _Told, first: RoundResult, second: RoundResult, _: Translate) -> tuple[Table, ...]:
    """d′ and c of the room, for adults."""
    from babel.numbers import format_decimal

    words = told.words.results
    rows = tuple(
        (
            name,
            *(format_decimal(value, format="0.00", locale=told.lang) for value in (sdt.d_prime, sdt.criterion)),
            words.sdt.liberal if sdt.criterion < 0 else words.sdt.conservative,
        )
        for name, result in ((words.before, first), (words.after, second))
        if (sdt := pooled_sdt(result, told.led.level)) is not None
    )
    if not rows:
        return ()
    lead = f"{words.sdt.dprime} {words.sdt.criterion}"
    head = (_("Round"), "d′", "c", _("What c says"))
    return (Table(title=words.sdt.title, lead=lead, head=head, rows=rows, note=words.sdt.pooled),)


def _share(name: str, value: Proportion, _: Translate) -> Bar:
    """A proportion with the interval that it is known to."""
    if value.rate is None or value.low is None or value.high is None:
        return Bar(name=name, figure=_("no answer"))
    figure = _("{k} of {n}").format(k=value.count, n=value.n)
    percent = _("{percent}%").format(percent=round(100 * value.rate))
    return Bar(
        name=name,
        figure=f"{figure} – {percent}",
        share=value.rate,
        low=value.low,
        high=value.high,
        note=_("the true share is probably between {low} and {high}%").format(
            low=round(100 * value.low), high=round(100 * value.high)
        ),
    )


def _known(_: Translate) -> str:
    return _(
        "Each dark line is where the true share probably lies (95 chances in 100), if every answer is independent. "
        "Answers of one person, or about one image, are not quite: the true ranges are somewhat wider."
    )


def _points(value: float) -> str:
    return f"{round(100 * value):+d}".replace("-", "−")
