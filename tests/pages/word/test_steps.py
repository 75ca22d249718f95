"""« Le mot d'après »: each step draws, alone and projected, in both languages; what is computed, kept, refused."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from activities.next_word import labs
from activities.next_word import words as activity_words
from activities.next_word.activity import NEXT_WORD
from activities.next_word.answers import Guess, Verdict
from activities.next_word.run import WordRun
from kit import recorded, settings
from kit.classroom.store import open_store
from kit.compute import Compute
from kit.errors import KitError
from kit.journal import corpus
from kit.language.loading import JOURNAL
from kit.language.micro import Point
from kit.language.tracing import Read, Token
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan
from pages.parts import learning
from pages.parts.figures import percent
from pages.parts.language_models import models, present
from pages.word import surprise
from pages.word.furnishing import piece, shown
from pages.word.scene import SLUG, TASKS, Key
from tests.pages.answered import Answered
from tests.pages.conftest import Opener
from tests.pages.test_headings import in_order
from tests.pages.test_pages import alerts, resume, said

STEPS = [step.id for step in NEXT_WORD.steps]
LABS = ["tokens", "bets", "temperature", "facts", "surprise", "train"]


@pytest.fixture(autouse=True)
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the pages ask the workers for; here it is computed in this process, but for what takes long."""
    asked: list[str] = []

    def submit(self: Compute, function: Any, *args: Any, weight: str, **kwargs: Any) -> Answered:
        asked.append(function.__name__)
        if function is labs.warm:
            return Answered(None)
        if function is labs.teach:
            lab = "train" if kwargs["share"] == 1 else "less"
            return Answered(recorded.result(SLUG, lab, {"own": "", "share": kwargs["share"]}))
        try:
            return Answered(function(*args, **kwargs))
        except KitError as error:
            return Answered(error)

    monkeypatch.setattr(Compute, "submit", submit)
    monkeypatch.setattr(Compute, "start", lambda self: None)
    return asked


def at(step: str, mode: Mode = Mode.SELF_PACED, **more: object) -> WordRun:
    """A run that stands at a step."""
    plan = Plan.SECOND if NEXT_WORD.step(step).sitting == 2 else Plan.LESSON
    return WordRun.model_validate({"seed": 7, "mode": mode, "plan": plan, "step": step, **more})


def saved(app: AppTest) -> WordRun:
    """The run on disk."""
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    return WordRun.model_validate_json(row[0])


def make(app: AppTest, lab: str) -> AppTest:
    """Press the button that asks for a computation."""
    app.button(key=f"{SLUG}.make.{lab}").click().run()
    assert not app.exception, app.exception
    return app


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
    assert not alerts(app)
    assert activity_words.load("fr").steps[step].title in [header.value for header in app.header]


@pytest.mark.parametrize("step", LABS)
def test_below_4e_a_lone_pupil_sees_what_was_recorded(open_app: Opener, step: str, computed: list[str]) -> None:
    app = resume(open_app, at(step, level=Level.CINQUIEME, shown=step == "bets"))
    assert not alerts(app)
    assert "enregistré quand ce kit a été fabriqué" in said(app)
    assert not [button.key for button in app.button if str(button.key).startswith((f"{SLUG}.make", Key.PICK))]
    assert set(computed) <= {"warm"}
    shows = {"train": 'class="curve"', "temperature": 'class="six"', "facts": 'class="answers"'}
    assert shows.get(step, 'class="pieces' if step in ("tokens", "surprise") else "chances") in said(app)


def test_a_guess_is_on_disk_at_once(open_app: Opener) -> None:
    app = resume(open_app, at("brief"))
    app.radio(key=Key.GUESS).set_value(Guess.LIKELY).run()
    assert saved(app).guess is Guess.LIKELY


def test_a_bet_comes_before_what_the_model_expects(open_app: Opener, computed: list[str]) -> None:
    app = resume(open_app, at("bets"))
    assert 'class="shares chances"' not in said(app)
    assert "following" not in computed
    app.text_input(key=Key.BET).set_value("médiathèque")
    next(button for button in app.button if "Montrer ce que" in button.label).click().run()
    assert not app.exception, app.exception
    assert saved(app).bet == "médiathèque"
    assert saved(app).shown
    assert "Votre mot : médiathèque".replace(" :", "\u00a0:") in said(app)
    expected = labs.following(JOURNAL, activity_words.load("fr").openings[0].text, bets=["médiathèque"], without=[])
    assert percent(expected.bets[0][1]) in said(app)


def test_one_chooses_a_piece_and_goes_on(open_app: Opener) -> None:
    app = resume(open_app, at("bets", shown=True))
    first = activity_words.load("fr").openings[0].text
    found = labs.following(JOURNAL, first, bets=[], without=[])
    app.button(key=f"{Key.PICK}.{found.top[2].id}").click().run()
    run = saved(app)
    assert run.before == first + found.top[2].text
    assert not run.shown
    assert run.before in said(app)
    app.button(key=Key.AGAIN).click().run()
    assert saved(app).before == ""
    app.button(key=f"{SLUG}.next").click().run()
    assert (saved(app).step, saved(app).position) == ("bets", 1)


def test_hostile_text_is_text(open_app: Opener) -> None:
    bad = "<script>alert(1)</script> <b>x</b>"
    for step, field in (("tokens", "cut"), ("surprise", "surprising"), ("bets", "before"), ("facts", "claim")):
        app = resume(open_app, at(step, **{field: bad}, shown=step == "bets"))
        assert not alerts(app)
        assert "<script>" not in said(app)
        assert "<b>x" not in said(app)


def test_a_text_that_is_too_long_for_the_model_is_said_and_kept(open_app: Opener) -> None:
    long = "xyzwk " * 90
    app = make(resume(open_app, at("surprise", surprising=long)), "surprise")
    (alert,) = alerts(app)
    assert "256" in alert
    assert app.text_area(key=Key.SURPRISING).value == long
    assert app.button(key=f"{SLUG}.next"), "the way on stays open"


def test_statements_are_checked_only_once_one_has_thought(open_app: Opener) -> None:
    words = activity_words.load("fr")
    app = make(resume(open_app, at("facts", position=4)), "facts")
    assert 'class="answers"' in said(app)
    assert 'class="figures"' not in said(app)
    assert words.claims[4].check[:30] not in said(app)
    app.radio(key=Key.VERDICT).set_value(Verdict.FALSE).run()
    assert saved(app).verdicts == {"4": Verdict.FALSE}
    app.button(key=Key.CHECK).click().run()
    assert 'class="figures"' in said(app)
    assert words.claims[4].check[:30] in said(app)
    assert "fausses" in said(app)


def test_six_ways_with_one_seed(open_app: Opener) -> None:
    app = make(resume(open_app, at("temperature")), "temperature")
    assert said(app).count('class="card written"') == 6
    app.select_slider(key=Key.TOP_K).set_value(2).run()
    assert saved(app).dice.top_k == 2
    assert 'class="card written"' not in said(app), "what was shown belongs to other settings"


def test_a_tiny_model_learns_then_with_less(open_app: Opener, computed: list[str]) -> None:
    app = make(resume(open_app, at("train")), "train")
    assert said(app).count('class="curve"') == 1
    make(app, "less")
    assert said(app).count('class="curve"') == 2
    assert [name for name in computed if name == "teach"] == ["teach"] * 2


def test_a_text_of_ones_own_must_be_there_and_long_enough(open_app: Opener) -> None:
    app = resume(open_app, at("train"))
    app.radio(key=Key.SOURCE).set_value("own").run()
    assert "Collez d’abord un texte" in said(app)
    app.text_area(key=Key.OWN).set_value("Trop court.").run()
    assert saved(app).own == "Trop court."
    assert [button.key for button in app.button if str(button.key) == f"{SLUG}.make.train"]


def test_the_corpus_can_be_searched(open_app: Opener) -> None:
    app = resume(open_app, at("facts"))
    app.text_input(key=Key.SEARCH).set_value("Rochemeure a élu").run()
    count = sum("Rochemeure a élu" in entry.text for entry in corpus.load().entries)
    assert count > 5
    assert f"Dans {count} articles sur 60" in said(app)
    app.text_input(key=Key.SEARCH).set_value("antilope").run()
    assert "Dans 0 articles" in said(app)


def test_the_names_of_the_class_are_never_written(open_app: Opener) -> None:
    app = resume(open_app, at("facts"))
    app.multiselect(key=Key.WITHOUT).set_value(["Camille", "Lou"]).run()
    assert saved(app).without == ("Camille", "Lou")
    make(app, "facts")
    assert "Camille" not in said(app)


def test_what_is_taken_away_is_what_was_computed(open_app: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[bytes] = []
    monkeypatch.setattr("pages.parts.figures.take", lambda _, make, **__: taken.append(make()))
    resume(open_app, at("tokens"))
    rows = list(csv.reader(io.StringIO(taken[-1].decode("utf-8-sig")), delimiter=";"))
    cut = labs.cut(JOURNAL, activity_words.load("fr").cut.text)
    assert rows[0] == ["token", "id", "start", "stop"]
    assert [row[:2] for row in rows[1:]] == [[token.text, str(token.id)] for token in cut.tokens]


# -- small things ------------------------------------------------------------------------------------------------------


def test_a_model_that_was_removed_gives_way_to_that_of_the_kit(home: object) -> None:
    assert present(at("tokens", model="gone")).model == JOURNAL
    assert present(at("tokens", model="petit-journal-reversed")).model == "petit-journal-reversed"
    assert models(at("tokens"), TASKS) == [JOURNAL, "petit-journal-balanced", "petit-journal-reversed"]


def test_what_cannot_be_seen_is_shown() -> None:
    assert shown("a\nb\x07\u202f") == "a⏎b�\u202f"
    assert "&lt;b&gt;" in piece("<b>", tone=2, title='"', below="3")


def test_surprise_is_added_up_by_word() -> None:
    token = Token(id=1, text=" an", start=0, stop=2)
    found = (
        Read(token=token, logit=0.0, probability=0.5),
        Read(token=replace(token, text="ti"), logit=0.0, probability=0.25),
        Read(token=replace(token, text=" vu"), logit=0.0, probability=1.0),
    )
    assert surprise.by_word(found) == [(" anti", 3.0), (" vu", 0.0)]
    assert [surprise.tone(bits) for bits in (0, 1, 3.5, 8, 12, 40)] == [0, 1, 2, 3, 4, 5]


def test_a_curve_says_in_words_what_it_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr("streamlit.html", drawn.append)
    monkeypatch.setattr(learning, "_", str)
    monkeypatch.setattr(learning, "lang", lambda: "en")
    learning.curve([Point(step=0, learnt=4.0, kept=4.0), Point(step=10, learnt=1.0, kept=2.0)])
    assert 'aria-label="Loss at step 10: 1.00 on the text it reads, 2.00 on the text kept from it."' in drawn[0]
    assert "100.0% 75.0%" in drawn[0]
    assert "100.0% 50.0%" in drawn[0]
