"""« Sonder les biais »: each step draws, alone and projected, in both languages; what is bet, shown, kept, refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from babel.numbers import format_decimal
from streamlit.testing.v1 import AppTest

from activities.probe_bias import labs
from activities.probe_bias import words as activity_words
from activities.probe_bias.activity import PROBE_BIAS
from activities.probe_bias.answers import Guess, Side
from activities.probe_bias.bets import BET_ON, sides
from activities.probe_bias.run import CONTINUATIONS, BiasRun, Coding
from kit import i18n, recorded, settings
from kit.bias import sets, weat_spec
from kit.bias.agreement import agreement
from kit.bias.weat_spec import Mark, Spec
from kit.classroom.store import open_store
from kit.compute import Compute
from kit.errors import KitError
from kit.journal import making
from kit.journal.making import ASKED, Made, Repair
from kit.journal.measure import Learnt
from kit.journal.proportions import declared
from kit.language import scoring
from kit.language.loading import EMBEDDED
from kit.language.scoring import Causal
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan
from pages import frame
from pages.bias import making as page
from pages.bias.corpus import QUESTION
from pages.bias.scene import SLUG, Key
from tests.pages.answered import Answered
from tests.pages.conftest import Opener
from tests.pages.test_headings import in_order
from tests.pages.test_pages import alerts, resume, said

STEPS = [step.id for step in PROBE_BIAS.steps]
LABS = ["pairs", "corpus", "making", "blank", "audit", "coding", "vectors"]
CHANCES = 'class="shares chances"'
HOSTILE = "<script>alert(1)</script> <b>x</b>"
CODED = activity_words.load("fr").coded
WRITTEN: tuple[str, ...] = recorded.result(SLUG, "coding", {"before": CODED[0].text, "seed": 1}) or ()
"""What is continued, whatever is asked."""


@dataclass(frozen=True)
class Toy(Causal):
    """A model that finds a text the likelier, the shorter it is: « il » before « elle »."""

    def ids(self, text: str) -> list[int]:
        """One number a letter."""
        return [*text.encode()]

    def logprobs(self, texts: Sequence[str], *, ended: bool = False) -> list[float]:
        """A nat a letter."""
        return [-float(len(text)) for text in texts]


def cut(text: str, *, add_special_tokens: bool) -> dict[str, list[str]]:
    """The words of a text: the tokenizer of :class:`Toy`."""
    return {"input_ids": text.split()}


def directions(_model: object, words: Iterable[str]) -> dict[str, np.ndarray]:
    """A vector for each word: always the same, of no meaning."""
    return {word: np.random.default_rng([*word.encode()]).normal(size=8) for word in words}


def shares(table: str) -> tuple[Learnt, ...]:
    """A table as it was declared, counted to the letter, learnt to the letter."""
    return tuple(
        Learnt(
            table=table,
            given=given,
            value=value,
            counted=share,
            total=1_000,
            model=share,
            greedy=round(share),
            places=10,
        )
        for given in declared()[table].rows
        for value, share in declared()[table].row(given)
    )


def made(sliders: dict[str, int], repair: Repair) -> Made:
    """What was recorded, as if it had had time, and had been made of these sliders."""
    found: Made | None = recorded.result(SLUG, "making", {"sliders": ASKED, "repair": "none"})
    assert found is not None
    return replace(
        found,
        repair=repair,
        shares=tuple(replace(share, asked=sliders[share.job]) for share in found.shares),
        taught=replace(found.taught, steps=450, seconds=12.0),
        pronoun=None if repair is Repair.FILTERED else found.pronoun,
    )


def computing(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a worker would answer; what takes long is recorded, or made up."""
    if function is labs.warm:
        return None
    if function is labs.make:
        return made(*args)
    if function is labs.learnt:
        return shares(args[1])
    if function is labs.behind:
        return labs.Behind(items=1234, texts=("Un article.", HOSTILE))
    if function is labs.continuations:
        return WRITTEN
    return function(*args, **kwargs)


@pytest.fixture(autouse=True)
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the pages ask the workers for; here it is computed in this process, by a toy."""
    asked: list[str] = []

    def submit(self: Compute, function: Any, *args: Any, weight: str, **kwargs: Any) -> Answered:
        asked.append(function.__name__)
        try:
            return Answered(computing(function, args, kwargs))
        except KitError as error:
            return Answered(error)

    monkeypatch.setattr(Compute, "submit", submit)
    monkeypatch.setattr(Compute, "start", lambda self: None)
    monkeypatch.setattr(labs, "_model", lambda name: Toy(name, cut, None))
    monkeypatch.setattr(scoring, "vectors", directions)
    return asked


def at(step: str, mode: Mode = Mode.SELF_PACED, **more: object) -> BiasRun:
    """A run that stands at a step."""
    plan = Plan.SECOND if PROBE_BIAS.step(step).sitting == 2 else Plan.LESSON
    return BiasRun.model_validate({"seed": 7, "mode": mode, "plan": plan, "step": step, **more})


def bodies(app: AppTest) -> list[str]:
    """The pieces of the screen's own markup."""
    return [html.proto.body for html in app.get("html")]


def fr(message: str, **values: object) -> str:
    """A message of the code as a French screen says it."""
    return i18n.translator("fr")(message).format(**values)


def saved(app: AppTest) -> BiasRun:
    """The run on disk."""
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    return BiasRun.model_validate_json(row[0])


def make(app: AppTest, lab: str) -> AppTest:
    """Press the button that asks for a computation."""
    app.button(key=f"{SLUG}.make.{lab}").click().run()
    assert not app.exception, app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    """Press the button that says ``label``, in the language of the code."""
    next(button for button in app.button if button.label == fr(label)).click().run()
    assert not app.exception, app.exception
    return app


def keys(app: AppTest, *kinds: str) -> list[str]:
    """The keys of what one can choose, write or press."""
    found = [getattr(app, kind) for kind in kinds or ("button", "radio", "number_input", "selectbox", "text_area")]
    return [str(widget.key) for some in found for widget in some]


def codes(app: AppTest, coder: str) -> dict[int, str | None]:
    """What the radios of one coder show."""
    start = f"{Key.CODE}.{coder}."
    return {int(str(r.key).removeprefix(start)): r.value for r in app.radio if str(r.key).startswith(start)}


# -- every step --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
@pytest.mark.parametrize("step", STEPS)
def test_step_draws(open_app: Opener, step: str, mode: Mode, lang: str) -> None:
    app = resume(open_app, at(step, mode), lang=lang)
    words = activity_words.load(lang)
    assert not alerts(app)
    assert words.steps[step].title in [header.value for header in app.header]
    in_order(app)
    if step in LABS:
        assert words.labs[step].honest[:30] in said(app)  # type: ignore[index]


@pytest.mark.parametrize("step", STEPS)
def test_facilitator_reads_the_notes_of_each_step(open_app: Opener, step: str) -> None:
    app = resume(open_app, at(step, Mode.PROJECTED), page="conduct")
    words = activity_words.load("fr")
    assert not alerts(app)
    assert words.steps[step].title in [header.value for header in app.header]
    if step in LABS:
        assert words.labs[step].alone[:30] in said(app)  # type: ignore[index]
    if step == "brief":
        assert len(keys(app, "number_input")) == len(Guess)
    if step == "debrief":
        assert words.debrief.questions[0].why in said(app)
    assert app.button(key="conduct.reveal").disabled == (step not in ("pairs", "corpus"))


@pytest.mark.parametrize(("step", "lang"), [*((step, "fr") for step in LABS), ("coding", "en")])
def test_below_4e_a_lone_pupil_sees_what_was_recorded(
    open_app: Opener, monkeypatch: pytest.MonkeyPatch, step: str, lang: str, computed: list[str]
) -> None:
    looked_for: dict[str, Any] = {}
    find = recorded.result

    def result(slug: str, lab: str, what: dict[str, Any]) -> Any:
        looked_for[lab] = find(slug, lab, what)
        return looked_for[lab]

    monkeypatch.setattr(recorded, "result", result)
    app = resume(open_app, at(step, level=Level.CINQUIEME, shown=step in ("pairs", "corpus")), lang=lang)
    assert not alerts(app)
    not_now = "What follows was recorded when this kit was made. It is not computed now."
    assert i18n.translator(lang)(not_now) in said(app)
    assert set(looked_for) == ({"making", "repair"} if step == "making" else {step})
    assert None not in looked_for.values(), looked_for
    assert "occupée ou lente" not in said(app), "where it was recorded, there was time"
    assert not [key for key in keys(app) if key.startswith(f"{SLUG}.make")]
    assert set(computed) <= {"warm"}
    drawn = {"pairs": "shares chances", "blank": "shares chances", "audit": "heat", "coding": "kicker"}
    assert f'class="{drawn.get(step, "marks")}' in said(app)


def test_clients_of_the_room_run_no_model(
    open_app: Opener, monkeypatch: pytest.MonkeyPatch, computed: list[str]
) -> None:
    monkeypatch.setattr(frame, "is_here", lambda: False)
    for step in ("pairs", "vectors"):
        app = resume(open_app, at(step, shown=step == "pairs"))
        assert fr("This step happens on the facilitator’s machine.") in said(app)
    assert not computed


def test_a_guess_is_on_disk_at_once_and_comes_back_at_the_end(open_app: Opener) -> None:
    words = activity_words.load("fr")
    app = resume(open_app, at("brief"))
    app.radio(key=f"{SLUG}.guess").set_value(Guess.TEXTS).run()
    assert saved(app).guess is Guess.TEXTS
    app = resume(open_app, saved(app).go("debrief"))
    assert words.brief.guesses[Guess.TEXTS].reply in said(app)
    assert words.debrief.mandate is not None
    assert words.debrief.mandate in said(app)


def test_hostile_text_is_text(open_app: Opener) -> None:
    slots = f"{HOSTILE} [a/b]"
    lists = {name: f"{HOSTILE}{name}, {name}" for name in "xyab"}
    for app in (
        resume(open_app, at("pairs", shown=True, own_one=HOSTILE, own_other=f"{HOSTILE}.")),
        resume(open_app, at("blank", blank=slots)),
        make(resume(open_app, at("audit", batch=f"[{HOSTILE.replace('/', '')}/d]{slots}")), "audit"),
        make(resume(open_app, at("coding", categories=("<b>x</b>", "<i>"))), "coding"),
        resume(open_app, at("vectors", test="own", lists=lists)),
        resume(open_app, at("corpus", shown=True, row="garagiste")),
    ):
        assert not alerts(app)
        assert "<script>" not in said(app)
        assert "<b>x" not in said(app)


# -- pairs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", list(Side))
def test_a_bet_comes_before_what_the_model_finds(open_app: Opener, side: Side, computed: list[str]) -> None:
    first = sets.theme("jobs").pairs[BET_ON[0] - 1].fr
    app = resume(open_app, at("pairs"))
    assert all(sentence in said(app) for sentence in first)
    assert not any(sign in said(app) for sign in (CHANCES, "Le modèle trouve la phrase", 'class="big"'))
    assert "pairs" not in computed
    app.radio(key=Key.SIDE).set_value(side).run()
    assert saved(app).side is side
    assert "pairs" not in computed
    press(app, "Show what the model finds")
    assert saved(app).shown
    assert computed.count("pairs") == 1
    shorter = min((0, 1), key=lambda which: len(first[which]))
    letter = "AB"[sides(BET_ON[0]).index(shorter)]
    times = fr("{n} times likelier", n="7,4")
    assert fr("The model finds sentence {letter} {times}.", letter=letter, times=times) in said(app)
    outcome = "As you expected." if side.value.upper() == letter else "You had bet on the other one."
    assert fr(outcome) in said(app)
    assert activity_words.load("fr").compared in said(app)


def test_in_a_room_the_bets_are_on_slates(open_app: Opener, computed: list[str]) -> None:
    slates = {
        "pairs": ("Write A or B on your slate. Nobody shows anything before the signal.", "Show what the model finds"),
        "corpus": (
            "Write a number from 0 to 100 on your slate. Nobody shows anything before the signal.",
            "Open the corpus",
        ),
    }
    for step, (slate, button) in slates.items():
        app = resume(open_app, at(step, Mode.PROJECTED))
        assert fr(slate) in said(app)
        assert not {Key.SIDE, Key.EXPECTED} & {*keys(app, "radio", "number_input")}
        assert CHANCES not in said(app)
        assert 'class="marks"' not in said(app)
        press(app, button)
        assert saved(app).shown
        assert fr(slate) not in said(app)


def test_the_remote_control_reveals_and_goes_on(open_app: Opener) -> None:
    app = resume(open_app, at("pairs", Mode.PROJECTED), page="conduct")
    app.button(key="conduct.reveal").click().run()
    assert saved(app).shown
    app.button(key="conduct.next").click().run()
    assert (saved(app).position, saved(app).shown) == (1, False)


def test_the_stereotype_is_not_always_at_the_same_place() -> None:
    assert len({sides(line) for line in BET_ON}) == 2


def test_another_pair_and_another_theme_take_back_the_bet(open_app: Opener) -> None:
    app = resume(open_app, at("pairs", side="a", shown=True))
    app.button(key=f"{SLUG}.next").click().run()
    assert (saved(app).position, saved(app).side, saved(app).shown) == (1, None, False)
    assert CHANCES not in said(app)
    app = resume(open_app, at("pairs", side="a", shown=True, position=2))
    app.selectbox(key=Key.THEME).set_value("ages").run()
    run = saved(app)
    assert (run.theme, run.position, run.side, run.shown) == ("ages", 0, None, False)
    assert sets.theme("ages").pairs[BET_ON[0] - 1].fr[0] in said(app)
    assert CHANCES not in said(app)


def test_a_pair_that_petit_journal_never_read_is_said_to_be_one(open_app: Opener) -> None:
    never = fr("Petit Journal has read nothing like these two sentences: its answer says nothing.")
    assert never not in said(resume(open_app, at("pairs", shown=True)))
    app = resume(open_app, at("pairs", shown=True, position=len(BET_ON) - 1))
    assert never in said(app)
    theme = sets.theme("jobs")
    read = sum(pair.read for pair in theme.pairs)
    assert fr("Those it has never read") in said(app)
    assert f" sur {read}<" in said(app)
    assert fr("A small sample ({pairs}): it says little.", pairs=len(theme.pairs)) in said(app)


def test_a_pair_of_ones_own_that_is_none_is_said_and_kept(open_app: Opener) -> None:
    app = resume(open_app, at("pairs"))
    for one, other, why in (
        ("", " ", "Write both sentences."),
        ("", "Lou dort.", "Write both sentences."),
        ("Lou rêve.", "", "Write both sentences."),
        ("Lou dort.", " Lou dort. ", "The two sentences are the same: change one thing."),
    ):
        app.text_input(key=Key.OWN_ONE).set_value(one)
        app.text_input(key=Key.OWN_OTHER).set_value(other)
        press(app, "Compare them")
        (alert,) = alerts(app)
        assert fr(why) in alert
        assert (saved(app).own_one, saved(app).own_other) == (one.strip(), other.strip())
        assert app.text_input(key=Key.OWN_ONE).value == one
        assert app.text_input(key=Key.OWN_OTHER).value == other
        folded = next(each for each in app.expander if each.label == fr("Your own pair"))
        assert folded.proto.expanded == bool(one or other.strip()), "what is wrong can be read after a reload"
        assert app.button(key=f"{SLUG}.next"), "the way on stays open"


def test_a_pair_of_ones_own_is_compared_before_any_bet(open_app: Opener) -> None:
    app = resume(open_app, at("pairs"))
    app.text_input(key=Key.OWN_ONE).set_value("Elle répare la moto.")
    app.text_input(key=Key.OWN_OTHER).set_value("Il répare la moto.")
    press(app, "Compare them")
    said_so = fr("The model finds the {which} sentence {times}.", which="seconde", times="7,4 fois plus probable")
    assert said_so in said(app)
    assert not saved(app).shown
    app.text_input(key=Key.OWN_OTHER).set_value("Elle répare la noto.")
    press(app, "Compare them")
    assert fr("The model finds neither likelier.") in said(app)


# -- corpus ------------------------------------------------------------------------------------------------------------


def test_a_count_is_guessed_before_it_is_shown(open_app: Opener, computed: list[str]) -> None:
    app = resume(open_app, at("corpus"))
    assert 'class="marks"' not in said(app)
    assert 'class="figures"' not in said(app)
    assert fr("Open the sentences behind a count") not in [each.label for each in app.expander]
    app.number_input(key=Key.EXPECTED).set_value(40)
    press(app, "Open the corpus")
    assert (saved(app).expected, saved(app).shown) == (40, True)
    assert computed.count("learnt") == 1
    share = dict(declared()["profession"].row("garagiste"))["f"]
    counted = fr(
        "The corpus counts {count} out of a hundred ({part} items of {total}).",
        count=round(100 * share), part=round(1_000 * share), total=format_decimal(1_000, locale="fr"),
    )  # fmt: skip
    assert f"{counted} {fr('You had said {expected}.', expected=40)}" in said(app)
    assert 'class="marks"' in said(app)


def test_one_may_look_without_guessing(open_app: Opener) -> None:
    app = press(resume(open_app, at("corpus")), "Open the corpus")
    assert (saved(app).expected, saved(app).shown) == (None, True)
    assert 'class="marks"' in said(app)
    assert "Vous aviez dit" not in said(app)


def test_another_table_takes_back_the_guess(open_app: Opener) -> None:
    words = activity_words.load("fr")
    app = resume(open_app, at("corpus", expected=12, shown=True, row="garagiste", value="m"))
    assert 'class="items"' in said(app)
    app.selectbox(key=Key.TABLE).set_value("topic").run()
    run = saved(app)
    assert (run.table, run.expected, run.shown, run.row, run.value) == ("topic", None, False, "", "")
    assert words.tables["topic"].question in said(app)
    assert 'class="marks"' not in said(app)
    press(app, "Open the corpus")
    app.radio(key=Key.VALUE).set_value("sport").run()
    assert saved(app).value == "sport"
    assert f"<b>{words.tables['topic'].values['sport']}</b>" in said(app)


def test_each_question_is_about_a_line_of_its_table() -> None:
    assert set(QUESTION) == set(activity_words.load("fr").tables)
    assert all(given in declared()[table].rows for table, given in QUESTION.items())


def test_the_sentences_behind_a_count_are_opened(open_app: Opener, computed: list[str]) -> None:
    app = resume(open_app, at("corpus", shown=True))
    assert "behind" not in computed
    app.selectbox(key=Key.ROW).set_value("garagiste").run()
    assert saved(app).row == "garagiste"
    value = activity_words.load("fr").tables["profession"].values["f"]
    counted = format_decimal(1_234, locale="fr")
    assert fr(
        "{items} items: {row}, {value}. The first {n} are shown.", items=counted, row="garagiste", value=value, n=2
    ) in said(app)
    assert "<li>Un article.</li>" in said(app)


# -- making ------------------------------------------------------------------------------------------------------------


def test_a_slider_that_moves_drops_the_result(open_app: Opener, computed: list[str]) -> None:
    app = make(resume(open_app, at("making")), "making")
    assert said(app).count('class="marks"') == 1
    make(app, "repair")
    assert said(app).count('class="marks"') == 2
    assert fr("From the job with the fewest women to the one with the most, the model goes:") in said(app)
    app.slider(key=f"{Key.SLIDER}.garagiste").set_value(80).run()
    assert saved(app).sliders == {**ASKED, "garagiste": 80}
    assert 'class="marks"' not in said(app), "what was shown belongs to other sliders"
    assert computed.count("make") == 2, "a new model is asked for anew"
    make(app, "making")
    assert computed.count("make") == 3
    assert f"<td>{fr('{percent}%', percent=80)}</td>" in said(app)
    assert f"{SLUG}.make.repair" in keys(app)


def test_two_sliders_that_move_at_once_are_both_kept(open_app: Opener) -> None:
    app = resume(open_app, at("making"))
    app.slider(key=f"{Key.SLIDER}.garagiste").set_value(80)
    app.slider(key=f"{Key.SLIDER}.libraire").set_value(5).run()
    assert saved(app).sliders == {**ASKED, "garagiste": 80, "libraire": 5}


def test_where_words_were_filtered_the_pronoun_was_never_read(open_app: Opener) -> None:
    never = fr("never read")
    app = make(resume(open_app, at("making")), "making")
    app.radio(key=Key.REPAIR).set_value(Repair.FILTERED).run()
    assert saved(app).repair is Repair.FILTERED
    assert activity_words.load("fr").repairs.filtered in said(app)
    assert never not in said(app)
    make(app, "repair")
    assert fr("The model has read neither “il” nor “elle”. What remains is in the words that agree:") in said(app)
    assert said(app).count(f"<td>{never}</td>") == len(ASKED) + 1, "each job, and what is left"
    assert f"<b>{fr('“la” or “le”')}</b>" in said(app)
    app.radio(key=Key.REPAIR).set_value(Repair.COUNTER).run()
    assert never not in said(app), "another repair is asked for anew"
    assert said(app).count('class="marks"') == 1, "the model that is repaired stays"


def test_a_slow_machine_says_that_it_stopped_early(open_app: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make(resume(open_app, at("making")), "making")
    assert "occupée ou lente" not in said(app)
    few = fr("So few steps are not enough to learn who does what: what follows says nothing.")
    assert few not in said(app)
    monkeypatch.setattr(making, "STEPS", 900)
    monkeypatch.setattr(page, "ENOUGH", 451)
    app.run()
    assert few in said(app)
    assert (
        fr("This machine is busy or slow: it stopped after {seconds} s, at step {step} of {steps}.",
           seconds=12, step=450, steps=900) in said(app)
    )  # fmt: skip


# -- blank and audit ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "key"), [("blank", Key.BLANK), ("audit", Key.BATCH)])
def test_brackets_that_are_wrong_are_said_and_kept(open_app: Opener, step: str, key: Key) -> None:
    app = resume(open_app, at(step))
    for text, why in (
        ("Lou dort. [Il/Elle rêve.", "A bracket of the sentence is not closed, or closes nothing."),
        ("Lou dort.", "Put what the model chooses between into brackets: [Il/Elle]."),
    ):
        app.text_area(key=key).set_value(text).run()
        if step == "audit":
            make(app, "audit")
        (alert,) = alerts(app)
        assert fr(why) in alert
        assert app.text_area(key=key).value == text
        assert text in (saved(app).blank, saved(app).batch)
        assert app.button(key=f"{SLUG}.next"), "the way on stays open"


def test_a_blank_is_filled_by_each_model_beside_the_others(open_app: Opener) -> None:
    app = resume(open_app, at("blank"))
    assert said(app).count("<h3>Petit Journal") == len(EMBEDDED)
    assert said(app).count('class="blank-row"') == 3 * len(EMBEDDED)
    app.multiselect(key=Key.MODELS).set_value(["petit-journal-reversed"]).run()
    assert saved(app).models == ("petit-journal-reversed",)
    assert said(app).count('class="blank-row"') == 3
    app.text_area(key=Key.BLANK).set_value("Lou est [juge/pilote]. [Il/Elle/Lou dort] beaucoup.").run()
    assert said(app).count('class="blank-row"') == 2
    assert "Lou est juge. … beaucoup." in said(app)
    pieces = "“{word}” is {n} pieces for {model}"
    assert fr(pieces, word="Lou dort", n=2, model=fr("Petit Journal, table reversed")) in said(app)


def test_an_audit_is_read_in_a_sentence_and_drawn_as_a_map(open_app: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[bytes] = []
    monkeypatch.setattr("pages.parts.figures.take", lambda _, make, **__: taken.append(make()))
    app = resume(open_app, at("audit"))
    assert 'class="heat"' not in said(app)
    make(app, "audit")
    read = fr(
        "Out of {n} sentences, {count} lean towards “{word}”; indifference would give {expected}.",
        n=96, count=0, word="Elle", expected=48,
    )  # fmt: skip
    assert f'<p class="big">{read} ' in said(app)
    assert fr("By chance alone, such a gap happens less than once in a thousand times.") in said(app)
    assert said(app).count('<td style="--share:') == 96
    assert said(app).count('<td style="--share:12%"') == 96
    assert said(app).count('<tr><th scope="row">secrétaire</th>') == 2, "one line of the map, one of the figures"
    holm = "{n} lines were compared at once, which gives chance {n} occasions: the last column allows for it (Holm)."
    assert fr(holm, n=8) in said(app)
    assert fr("A small sample ({pairs}): it says little.", pairs=96) not in said(app)
    rows = list(csv.reader(io.StringIO(taken[-1].decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["sentence", "choice_1", "choice_2", "choice_3", "share", "log_odds"]
    assert rows[1][:4] == [
        "Camille Arnal est garagiste à Givrey depuis dix ans. Elle commence ses journées à sept heures.",
        "Camille", "garagiste", "Givrey",
    ]  # fmt: skip
    assert len(rows) == 97


def test_a_small_batch_is_said_to_be_one(open_app: Opener) -> None:
    app = make(resume(open_app, at("audit", batch="[Lou/Sacha] est [juge/pilote]. [Elle/Il] dort.")), "audit")
    assert said(app).count('<td style="--share:') == 4
    assert fr("A small sample ({pairs}): it says little.", pairs=4) in said(app)
    assert fr("{n} sentences a line are few: an interval of so few says little.", n=2) in said(app)
    app = make(resume(open_app, at("audit", batch="Lou est juge. [Elle/Il] dort.")), "audit")
    assert 'class="heat"' not in said(app), "one choice makes no map"
    assert not alerts(app)


def test_the_map_has_a_cell_for_each_sentence_where_a_word_is_in_two_choices(open_app: Opener) -> None:
    app = make(resume(open_app, at("audit", batch="[juge/Lou] voit [juge/pilote/guide]. [Elle/Il] dort.")), "audit")
    assert said(app).count('<td style="--share:') == 6


@pytest.mark.parametrize("step", ["audit", "vectors"])
def test_what_others_measured_stands_apart(open_app: Opener, step: str) -> None:
    app = resume(open_app, at(step))
    if step == "audit":
        make(app, "audit")
    (folded,) = [each for each in app.expander if each.label == fr("What others have measured, on other models")]
    (cards,) = [html.proto.body for html in folded.get("html")]
    published = activity_words.load("fr").published
    assert cards.count('class="card"') == len(published)
    for each in published:
        (body,) = [body for body in bodies(app) if each.figure in body]
        assert body == cards
        assert each.source in body


# -- coding ------------------------------------------------------------------------------------------------------------


def test_the_second_person_does_not_see_what_the_first_chose(open_app: Opener) -> None:
    app = make(resume(open_app, at("coding")), "coding")
    assert codes(app, "first") == dict.fromkeys(range(CONTINUATIONS))
    app.radio(key=f"{Key.CODE}.first.0").set_value("il").run()
    app.radio(key=f"{Key.CODE}.first.2").set_value("elle").run()
    assert saved(app).coding == Coding(first={0: "il", 2: "elle"})
    assert fr("{done} of {n} sorted", done=2, n=12) in said(app)
    app.radio(key=Key.CODER).set_value("second").run()
    assert codes(app, "first") == {}
    assert codes(app, "second") == dict.fromkeys(range(CONTINUATIONS))
    assert fr("{done} of {n} sorted", done=0, n=12) in said(app)
    app.radio(key=f"{Key.CODE}.second.0").set_value("elle").run()
    assert saved(app).coding == Coding(first={0: "il", 2: "elle"}, second={0: "elle"})
    assert "Kappa de Cohen" not in said(app)
    app.radio(key=Key.CODER).set_value("first").run()
    assert {place: code for place, code in codes(app, "first").items() if code} == {0: "il", 2: "elle"}


def test_two_codes_chosen_at_once_are_both_kept(open_app: Opener) -> None:
    app = make(resume(open_app, at("coding", coding={"first": {0: "il"}, "second": {0: "elle"}})), "coding")
    app.radio(key=f"{Key.CODE}.first.1").set_value("il")
    app.radio(key=f"{Key.CODE}.first.2").set_value("elle").run()
    assert saved(app).coding == Coding(first={0: "il", 1: "il", 2: "elle"}, second={0: "elle"})
    assert [code for code in codes(app, "first").values() if code] == ["il", "il", "elle"]


def test_agreement_is_shown_once_both_have_sorted_all(open_app: Opener) -> None:
    names = activity_words.load("fr").categories
    first = [names[0] if " elle " in f"{text} ".lower() else names[1] for text in WRITTEN]
    second = [names[2], *first[1:]]
    half = at("coding", coding={"first": dict(enumerate(first)), "second": dict(enumerate(second[:-1]))})
    app = make(resume(open_app, half), "coding")
    waiting = fr("When both people have sorted all of them, what they agree on appears here.")
    assert waiting in said(app)
    assert "Kappa de Cohen" not in said(app)
    assert 'class="bars"' not in said(app)
    app.radio(key=Key.CODER).set_value("second").run()
    app.radio(key=f"{Key.CODE}.second.11").set_value(second[-1]).run()
    assert waiting not in said(app)
    found = agreement(first, second)
    assert found.kappa is not None
    kappa = format_decimal(found.kappa, format="#,##0.##", locale="fr")
    assert fr("Cohen’s kappa: {kappa}. 1 is full agreement, 0 is no better than chance.", kappa=kappa) in said(app)
    expected = format_decimal(12 * found.expected, format="#,##0.#", locale="fr")
    by_chance = "You agree on {k} of {n}; by chance, you would agree on about {expected}."
    assert fr(by_chance, k=11, n=12, expected=expected) in said(app)
    assert fr("You differ on: {places}. Talk about the rule, then sort again.", places="1") in said(app)


def test_two_people_who_put_all_in_one_category_get_no_kappa(open_app: Opener) -> None:
    same = dict.fromkeys(range(CONTINUATIONS), "il")
    app = make(resume(open_app, at("coding", coding={"first": same, "second": same})), "coding")
    assert "Kappa de Cohen" not in said(app)
    assert fr("Both put everything into one category: chance explains it all, and kappa says nothing.") in said(app)


def test_another_beginning_and_other_categories_erase_the_codes(open_app: Opener, computed: list[str]) -> None:
    coding = {"first": {0: "il", 1: "elle"}, "second": {0: "il"}}
    app = make(resume(open_app, at("coding", coding=coding)), "coding")
    for few in ("calme", " , calme,calme ,", "a, b, c, d, e, f", ""):
        app.text_input(key=Key.CATEGORIES).set_value(few).run()
        assert (saved(app).categories, saved(app).coding) == ((), Coding.model_validate(coding)), few
        assert app.text_input(key=Key.CATEGORIES).value == ", ".join(activity_words.load("fr").categories)
    app.text_input(key=Key.CATEGORIES).set_value("calme, <b>vif</b>").run()
    assert (saved(app).categories, saved(app).coding) == (("calme", "<b>vif</b>"), Coding())
    assert app.radio(key=f"{Key.CODE}.first.0").options == ["calme", r"\<b\>vif\</b\>"]
    assert computed.count("continuations") == 1, "the same texts, to be sorted otherwise"
    app.radio(key=f"{Key.CODE}.first.0").set_value("calme").run()
    app.selectbox(key=Key.BEGINNING).set_value(1).run()
    assert (saved(app).beginning, saved(app).coding) == (1, Coding())
    assert f'<p class="sofar" lang="fr">{CODED[1].text}</p>' in said(app)
    assert not codes(app, "first"), "other texts are asked for anew"
    assert computed.count("continuations") == 1


# -- vectors -----------------------------------------------------------------------------------------------------------


def test_ones_own_lists_are_asked_for_then_tested(open_app: Opener, computed: list[str]) -> None:
    app = resume(open_app, at("vectors", test="own"))
    assert fr("Fill in the four lists first.") in said(app)
    lists = {"x": "juge, pilote", "y": "guide, libraire", "a": "il, lui", "b": "elle, la"}
    for name in "xya":
        app.text_area(key=f"{Key.LIST}.{name}").set_value(lists[name])
    app.run()
    assert saved(app).lists == {name: lists[name] for name in "xya"}, "three lists written at once"
    assert "associated" not in computed
    assert fr("Fill in the four lists first.") in said(app)
    app.text_area(key=f"{Key.LIST}.b").set_value(lists["b"]).run()
    assert saved(app).lists == lists
    assert computed.count("associated") == 1
    assert all(f"<dt>{word}</dt>" in said(app) for word in ("juge", "pilote", "guide", "libraire"))
    app.text_area(key=f"{Key.LIST}.y").set_value("guide, juge").run()
    (alert,) = alerts(app)
    both = "In {one} and in {other} at once: {words}. Keep each word in one of the two."
    assert fr(both, one="X", other="Y", words="juge") in alert
    assert app.text_area(key=f"{Key.LIST}.y").value == "guide, juge"


ADAPTED = "These French lists are an adaptation of the kit’s own: no figure was published for them."
FEW_READ = "Petit Journal has read few of these words: it puts them together from letters. Its answer says little."


def test_the_lists_of_petit_journal_are_on_words_that_it_has_read(open_app: Opener) -> None:
    app = resume(open_app, at("vectors"))
    assert said(app).count('class="marks"') == 1
    assert fr(FEW_READ) not in said(app)
    assert fr(ADAPTED) not in said(app)
    assert "Publié avec ces listes" not in said(app)
    app.selectbox(key=Key.TEST).set_value("weat7-fr").run()
    assert saved(app).test == "weat7-fr"
    assert fr(FEW_READ) in said(app)
    assert fr(ADAPTED) in said(app)
    assert "Publié avec ces listes" not in said(app)


@pytest.mark.parametrize("mark", ["found", "found-2nd", "memory"])
def test_a_published_figure_is_shown_unless_nobody_read_it_again(
    open_app: Opener, monkeypatch: pytest.MonkeyPatch, mark: Mark
) -> None:
    published = weat_spec.published

    def marked(lang: str) -> tuple[Spec, ...]:
        return tuple(
            replace(spec, published=spec.published and replace(spec.published, d_mark=mark)) for spec in published(lang)
        )

    monkeypatch.setattr(weat_spec, "published", marked)
    app = resume(open_app, at("vectors", test="weat7-en"))
    assert ("Publié avec ces listes, sur d’autres vecteurs" in said(app)) == (mark != "memory")
    assert ("d = 1,06" in said(app).replace("\u00a0", " ")) == (mark != "memory")
    assert fr(FEW_READ) in said(app)
    assert fr(ADAPTED) not in said(app)
