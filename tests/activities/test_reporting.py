"""The report of a session: its numbers are those of the answers, and nobody is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from activities import registry, reporting
from activities.next_word.answers import Guess, Verdict
from activities.next_word.run import WordRun
from activities.registry import ACTIVITIES
from activities.spot_the_fake import sitting
from activities.spot_the_fake.answers import Confidence, ImageAnswer
from activities.spot_the_fake.answers import Verdict as Said
from activities.spot_the_fake.run import ROUNDS, SortingRun
from kit.classroom import texts
from kit.classroom.classes import Class, Work
from kit.classroom.lead import Lead
from kit.classroom.report import Report, Section, html, pdf, table
from kit.decks import store as decks
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from kit.i18n import LANGUAGES, translator
from kit.levels import Level
from kit.steps import Activity
from kit.walk import Plan, Walk

SEED = 20_261_122
OPENED = datetime(2026, 12, 1, 12, 5)
NAMES = ("Renard tranquille", "Loutre attentive", "Hibou rêveur", "Mésange vive", "Castor calme", "Lynx discret")
WORDS = "cerise tambour"
HOSTILE = "<script>alert(1)</script> \u202egnp 😀 =cmd()"

activities = pytest.mark.parametrize("activity", ACTIVITIES, ids=lambda activity: activity.slug)
languages = pytest.mark.parametrize("lang", LANGUAGES)


def led_by(run: Walk, **lead: object) -> Class:
    return Class(
        id="c0" * 16,
        code="BTRWKP",
        activity=run.activity.slug,
        lang="fr",
        version=7,
        step=run.step,
        state=run.model_dump_json(),
        lead=Lead().having(**lead),
        opened=OPENED,
        expires=OPENED + timedelta(days=30),
        closed=False,
    )


def work(number: int, run: Walk | None) -> Work:
    name = NAMES[(number - 1) % len(NAMES)]
    return Work(number=number, name=name, words=WORDS, version=1, state="" if run is None else run.model_dump_json())


def told(led: Class, works: list[Work], lang: str = "fr") -> Report:
    return reporting.report(led, works, lang, translator(lang))


def section(report: Report, title: str) -> Section:
    [found] = [section for section in report.sections if section.title == title]
    return found


def files(led: Class, works: list[Work], lang: str = "fr") -> tuple[str, bytes]:
    """The HTML and the CSV."""
    made = reporting.lines(led, works, lang, translator(lang))
    return html(told(led, works, lang), lang), table(made, lang)


# -- a class of « Vrai ou IA ? » -------------------------------------------------------------------------------------

Rule = Callable[[int, int, Truth], Said | None]


def mixed(number: int, place: int, truth: Truth) -> Said | None:
    """Something of everything, and not the same for every participant, image or truth."""
    return (Said.REAL, Said.GENERATED, None, Said.ALTERED, Said.REAL)[(2 * number + place + 3 * truth.machine) % 5]


def sorting(n: int, rule: Rule = mixed, **choices: object) -> tuple[SortingRun, list[SortingRun]]:
    """A class of ``n`` that has answered both rounds; every other one is of the other half."""
    run = SortingRun(seed=SEED, **choices)  # type: ignore[arg-type]
    compose = sitting.short if run.plan is Plan.SHORT else sitting.compose
    made = []
    for number in range(1, n + 1):
        own = run.seated(number)
        forms = compose(decks.default(), seed=SEED, half=(number - 1) % 2).forms
        for round_id, form in zip(ROUNDS, forms.values(), strict=False):
            for place, shown in enumerate(form):
                verdict = rule(number, place, shown.truth)
                sure = None if verdict is None else list(Confidence)[(number + place) % 4]
                own = own.answered(round_id, ImageAnswer(opaque=shown.opaque, verdict=verdict, confidence=sure))
        made.append(own)
    return run, made


def counted(room: list[SortingRun], round_id: str, lang: str) -> dict[tuple[str, Truth], Counter[Said | None]]:
    """By photograph and what it was shown as, what was said of it; counted anew, from the saved runs alone."""
    found: dict[tuple[str, Truth], Counter[Said | None]] = {}
    for run in room:
        compose = sitting.short if run.plan is Plan.SHORT else sitting.compose
        forms = compose(decks.default(), seed=run.seed, half=run.half).forms
        for shown in forms["AB"[ROUNDS.index(round_id)]]:
            title = deck_words(decks.default().deck.item(shown.item_id).title, lang)
            answer = run.answers[round_id][shown.opaque]
            found.setdefault((title, shown.truth), Counter())[answer.verdict] += 1
    return found


def rates(room: list[SortingRun], round_id: str) -> tuple[int, int, int, int]:
    """Hits, answers on machine images, false alarms, answers on photographs."""
    hits = machine = alarms = real = 0
    for (_title, truth), said in counted(room, round_id, "fr").items():
        n = said[Said.REAL] + said[Said.GENERATED] + said[Said.ALTERED]
        suspected = said[Said.GENERATED] + said[Said.ALTERED]
        hits, machine = (hits + suspected, machine + n) if truth.machine else (hits, machine)
        alarms, real = (alarms, real) if truth.machine else (alarms + suspected, real + n)
    return hits, machine, alarms, real


@languages
def test_the_images_are_counted_as_they_were_answered(lang: str) -> None:
    run, room = sorting(7)
    words = registry.words("spot_the_fake", lang)
    report = told(led_by(run), [work(n, own) for n, own in enumerate(room, 1)], lang)
    for round_id in ROUNDS:
        [grid] = section(report, words.steps[round_id].title).tables  # type: ignore[attr-defined]
        expected = {
            (title, words.verdicts[truth.value].name, *(str(n[v]) for v in (*Said, None)))  # type: ignore[attr-defined]
            for (title, truth), n in counted(room, round_id, lang).items()
        }
        assert len(grid.rows) == len(expected) == 16
        assert set(grid.rows) == expected
        assert sum(int(cell) for row in grid.rows for cell in row[2:]) == 7 * 8


@languages
def test_before_and_after_are_apart_with_their_intervals(lang: str) -> None:
    _ = translator(lang)
    run, room = sorting(8)
    words = registry.words("spot_the_fake", lang)
    report = told(led_by(run), [work(n, own) for n, own in enumerate(room, 1)], lang)
    hits, alarms, sure = section(report, words.steps["results"].title).bars  # type: ignore[attr-defined]
    for chart, at in ((hits, 0), (alarms, 2)):
        for bar, round_id in zip(chart.rows, ROUNDS, strict=True):
            k, n = rates(room, round_id)[at : at + 2]
            assert bar.figure.startswith(_("{k} of {n}").format(k=k, n=n) + " – ")
            assert bar.share == k / n
            assert 0 <= bar.low < k / n < bar.high <= 1
            assert f"{round(100 * bar.low)} " in bar.note
        (k0, n0), (k1, n1) = (rates(room, round_id)[at : at + 2] for round_id in ROUNDS)
        gain = f"{round(100 * (k1 / n1 - k0 / n0)):+d}".replace("-", "−")
        assert (
            _("From before to after: {points} points, probably between {low} and {high}.").split("{")[0] in chart.note
        )
        assert gain in chart.note
    said = [a for own in room for r in ROUNDS for a in own.answers[r].values() if a.verdict is not None]
    assert sum(int(bar.figure.split()[2]) for bar in sure.rows) == len(said)


def test_the_share_is_in_percent_as_the_language_writes_it() -> None:
    def all_right(number: int, place: int, truth: Truth) -> Said:
        return Said.GENERATED if truth.machine else Said.REAL

    run, room = sorting(4, all_right)
    works = [work(n, own) for n, own in enumerate(room, 1)]
    for lang, wanted in (("fr", "100\u202f%"), ("en", "100%")):
        title = registry.words("spot_the_fake", lang).steps["results"].title  # type: ignore[attr-defined]
        hits, alarms, _sure = section(told(led_by(run), works, lang), title).bars
        assert all(bar.figure.endswith(f" – {wanted}") for bar in hits.rows)
        assert all(bar.figure.endswith(f" – {wanted.replace('100', '0')}") for bar in alarms.rows)


def test_one_half_alone_has_no_gain() -> None:
    """Then everybody has seen the same form first: a difference may come from the images."""
    run, room = sorting(5)
    one = [own for own in room if own.half == 0]
    words = registry.words("spot_the_fake", "fr")
    title = words.steps["results"].title  # type: ignore[attr-defined]
    results = section(told(led_by(run), [work(n, own) for n, own in enumerate(one, 1)]), title)
    assert [chart.note for chart in results.bars[:2]] == ["", words.results.no_gain]  # type: ignore[attr-defined]
    assert words.results.compare not in results.notes  # type: ignore[attr-defined]


def test_a_round_of_one_kind_only_has_no_gain() -> None:
    def passing(number: int, place: int, truth: Truth) -> Said | None:
        return None if truth.machine else Said.REAL

    run, room = sorting(4, passing)
    title = registry.words("spot_the_fake", "fr").steps["results"].title  # type: ignore[attr-defined]
    hits, alarms, _sure = section(told(led_by(run), [work(n, own) for n, own in enumerate(room, 1)]), title).bars
    assert [bar.share for bar in hits.rows] == [None, None]
    assert alarms.note == translator("fr")("Too few answers to compare before and after.")


def test_without_scores_there_is_no_number() -> None:
    run, room = sorting(9, scores=False)
    words = registry.words("spot_the_fake", "fr")
    report = told(led_by(run), [work(n, own) for n, own in enumerate(room, 1)])
    for round_id in ROUNDS:
        told_of = section(report, words.steps[round_id].title)  # type: ignore[attr-defined]
        assert told_of.bars == ()
        assert told_of.paragraphs == ()
        [grid] = told_of.tables
        assert not any(character.isdigit() for row in grid.rows for cell in row for character in cell)
        found = {row[0]: row[2] for row in grid.rows}
        _ = translator("fr")
        for (title, truth), said in counted(room, round_id, "fr").items():
            suspected = said[Said.GENERATED] + said[Said.ALTERED]
            if suspected == said[Said.REAL]:
                wanted = _("Opinions were divided") if suspected else _("Everybody passed")
            elif truth.machine:
                wanted = _("The machine was found") if suspected > said[Said.REAL] else _("The machine went unnoticed")
            elif suspected > said[Said.REAL]:
                wanted = _("A real photograph was suspected")
            else:
                wanted = _("Taken for a photograph, which it is")
            assert found[title] == wanted
    results = section(report, words.steps["results"].title)  # type: ignore[attr-defined]
    assert results == Section(title=results.title, paragraphs=(words.results.noscore,))  # type: ignore[attr-defined]


def test_the_short_format_adds_its_one_round_up() -> None:
    run, room = sorting(6, plan=Plan.SHORT)
    words = registry.words("spot_the_fake", "fr")
    report = told(led_by(run), [work(n, own) for n, own in enumerate(room, 1)])
    played = section(report, words.steps["form_a"].title)  # type: ignore[attr-defined]
    hits, machine, alarms, real = rates(room, "form_a")
    assert [chart.rows[0].share for chart in played.bars] == [hits / machine, alarms / real]
    [grid] = played.tables
    assert len(grid.rows) == 8  # four photographs, each in two versions
    assert [row[0] for row in grid.rows[::2]] == [row[0] for row in grid.rows[1::2]]


@pytest.mark.parametrize(("level", "given"), [(Level.ADULTS, True), (Level.LYCEE, False)])
def test_distance_and_lean_are_for_adults(level: Level, given: bool) -> None:
    run, room = sorting(6, level=level)
    title = registry.words("spot_the_fake", "fr").steps["results"].title  # type: ignore[attr-defined]
    grids = section(told(led_by(run), [work(n, own) for n, own in enumerate(room, 1)]), title).tables
    assert bool(grids) is given


def test_a_deck_that_is_gone_is_said_to_be() -> None:
    run, room = sorting(4)
    led = led_by(run.having(deck="rue-des-lilas"))
    works = [work(n, own) for n, own in enumerate(room, 1)]
    words = registry.words("spot_the_fake", "fr")
    report = told(led, works)
    first = section(report, words.steps["form_a"].title)  # type: ignore[attr-defined]
    assert "rue-des-lilas" in first.paragraphs[0]
    assert first.tables == ()
    assert len(reporting.lines(led, works, "fr", translator("fr"))) == 1 + 4 * 16


# -- what it never holds ---------------------------------------------------------------------------------------------


def test_only_texts_that_were_shown_are_in_it() -> None:
    run, room = sorting(4)
    wrote = [own.wrote(f"Phrase {n} {HOSTILE}") for n, own in enumerate(room, 1)]
    works = [work(n, own) for n, own in enumerate(wrote, 1)]
    marks = {text.text.split()[1]: text.mark for text in texts.written(works, SortingRun)}
    led = led_by(run, shown=(marks["2"], marks["3"]))
    changed = [*works[:2], work(3, wrote[2].wrote("Phrase changée depuis")), works[3]]
    trace = section(told(led, changed), "Garder une trace")
    assert [text.split()[1] for text in trace.texts] == ["2"]
    assert trace.paragraphs == (
        translator("fr")("Texts written: {n}. Shown to the room, and copied here: {shown}.").format(n=4, shown=1),
    )
    page, _csv = files(led, changed)
    assert "Phrase 2 &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "\u202e" not in page
    assert not any(hidden in page for hidden in ("Phrase 1", "Phrase 3", "Phrase 4", "changée"))
    warning = translator("fr")("Read the texts again before you pass it on: a name may be in one.")
    assert warning in told(led, changed).closing
    assert warning not in told(led_by(run), changed).closing


@activities
@languages
def test_nobody_is_in_it(activity: Activity, lang: str) -> None:
    model = registry.run_of(activity.slug)
    run = model(seed=3, step=activity.steps[0].id)
    works = [work(n, run.seated(n).wrote("Une phrase.")) for n in range(1, 7)]
    for made in files(led_by(run), works, lang):
        text = made if isinstance(made, str) else made.decode()
        assert not any(name in text for name in NAMES)
        assert not any(word in text for word in WORDS.split())


# -- every activity --------------------------------------------------------------------------------------------------


@activities
@languages
@pytest.mark.parametrize("joined", [0, 2])
def test_a_class_without_answers_says_so(activity: Activity, lang: str, joined: int) -> None:
    _, run = translator(lang), registry.run_of(activity.slug)(seed=3, step=activity.steps[0].id)
    led, works = led_by(run), [work(1, None), work(2, run.seated(2))][:joined]
    report = told(led, works, lang)
    assert report.sections[0] == Section(title=_("Answers"), paragraphs=(_("Nobody has answered in this class."),))
    assert _("Participants: {n}, of whom {answered} have answered").format(n=joined, answered=0) in report.lines
    assert f'<html lang="{lang}">' in html(report, lang)
    assert pdf(report, lang).startswith(b"%PDF")
    [head] = reporting.lines(led, works, lang, translator(lang))
    assert _("Answer") in head


@activities
@languages
def test_what_is_known_at_once(activity: Activity, lang: str) -> None:
    _, run = translator(lang), registry.run_of(activity.slug)(seed=3, step=activity.steps[0].id, level=Level.LYCEE)
    report = told(led_by(run), [work(1, None)], lang)
    assert report.title == registry.words(activity.slug, lang).title
    first, last = ("1er décembre 2026", "31 décembre 2026") if lang == "fr" else ("1 December 2026", "31 December 2026")
    assert report.lines[0] == _("Session of {date}").format(date=first)
    assert report.lines[1] == _("Level: {level}").format(level=_("Lycée (15–18 years)"))
    assert report.lines[2] == _("Code of the class: {code}").format(code="BTRWKP")
    assert report.closing[-1] == _("The class and its answers are erased from this machine on {date}.").format(
        date=last
    )


@activities
@languages
def test_the_cautions_of_an_activity_are_in_its_report(activity: Activity, lang: str) -> None:
    words = registry.words(activity.slug, lang)
    cautions = registry.together(activity.slug).cautions(words)
    run = registry.run_of(activity.slug)(seed=3, step=activity.steps[0].id)
    last = told(led_by(run), [], lang).sections[-1]
    assert (last.paragraphs == cautions) is bool(cautions)
    assert bool(cautions) is (activity.slug != "podcast")


@languages
def test_each_step_of_the_plan_is_counted(lang: str) -> None:
    _, words = translator(lang), registry.words("next_word", lang)
    run = WordRun(seed=5)
    guesses = list(Guess)
    room = [run.having(guess=guesses[n % 2], verdicts={"0": Verdict.TRUE, "1": Verdict.FALSE}) for n in range(5)]
    report = told(led_by(run), [work(n, own) for n, own in enumerate(room, 1)], lang)
    [bet] = section(report, words.steps["brief"].title).bars  # type: ignore[attr-defined]
    names = words.brief.guesses  # type: ignore[attr-defined]
    assert {bar.name: bar.figure for bar in bet.rows} == {
        names[guess].name: str((3, 2)[at] if at < 2 else 0) for at, guess in enumerate(guesses)
    }
    facts = section(report, words.steps["facts"].title).bars  # type: ignore[attr-defined]
    assert [bar.figure for bar in facts[0].rows] == ["5", "0", "0"]
    assert [bar.figure for bar in facts[1].rows] == ["0", "5", "0"]
    assert facts[2].note == _("Nobody answered.")
    bets = section(report, words.steps["bets"].title)  # type: ignore[attr-defined]
    assert bets == Section(title=bets.title, paragraphs=(_("Nobody answered."),))
    titles = [section.title for section in report.sections]
    assert titles == [words.steps[i].title for i in ("brief", "bets", "facts", "trace")] + [_("To keep in mind")]  # type: ignore[attr-defined]


def test_another_version_of_the_kit() -> None:
    run, room = sorting(2)
    led = led_by(run)
    works = [work(1, room[0]), Work(number=2, name="x", words=WORDS, version=1, state='{"seed": 1, "later": true}')]
    assert len(reporting.lines(led, works, "fr", translator("fr"))) == 1 + 16
    unread = led_by(run)
    object.__setattr__(unread, "state", "{}")
    [said, *_cautions] = told(unread, works).sections
    assert said.paragraphs == (
        translator("fr")("Another version of the kit has led this class: its answers cannot be read here."),
    )
    assert len(reporting.lines(unread, works, "fr", translator("fr"))) == 1 + 16


# -- the answers one by one ------------------------------------------------------------------------------------------


@languages
def test_the_table_has_a_line_for_each_answer(lang: str) -> None:
    run, room = sorting(6)
    room[2] = room[2].wrote("=HYPERLINK(1)").decided("waiting_room", "verify")
    words = registry.words("spot_the_fake", lang)
    head, *rows = reporting.lines(led_by(run), [work(n, o) for n, o in enumerate(room, 1)], lang, translator(lang))
    assert len(head) == 6
    assert len(rows) == 6 * 16 + 2
    assert {row[0] for row in rows} == set(range(1, 7))
    for round_id in ROUNDS:
        said: Counter[tuple[str, str]] = Counter()
        for (title, truth), counter in counted(room, round_id, lang).items():
            for verdict, n in counter.items():
                answer = "" if verdict is None else words.verdicts[verdict.value].button  # type: ignore[attr-defined]
                said[f"{title} – {words.verdicts[truth.value].name}", answer] += n  # type: ignore[attr-defined]
        step = words.steps[round_id].title  # type: ignore[attr-defined]
        assert Counter((str(row[3]), str(row[4])) for row in rows if row[2] == step) == said
    # A number goes with one half throughout, and both halves are there.
    halves = {(row[0], row[1]) for row in rows}
    assert len(halves) == 6
    assert Counter(half for _number, half in halves) == {1: 3, 2: 3}
    assert "'=HYPERLINK(1)" in table(rows, lang).decode()
    decided = words.dossier("waiting_room").title, words.dossier_play.decisions["verify"]  # type: ignore[attr-defined]
    assert decided in {(row[3], row[4]) for row in rows}


def test_the_numbers_of_the_table_are_not_the_order_of_coming() -> None:
    run = WordRun(seed=5)
    works = [work(n, run.betting(f"mot{n}")) for n in range(1, 31)]
    led = led_by(run)
    first, second = (reporting.lines(led, works, "fr", translator("fr"))[1:] for _ in range(2))
    assert first == second
    assert [row[0] for row in first] == list(range(1, 31))
    assert [row[3] for row in first] != [f"mot{n}" for n in range(1, 31)]
    assert len(first[0]) == 5  # nobody has a half here
