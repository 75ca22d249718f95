"""Each page draws for each role, in both languages, without an error; buttons do what they say."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from activities.registry import ACTIVITIES
from activities.spot_the_fake import words as activity_words
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from activities.spot_the_fake.answers import Confidence, Verdict
from activities.spot_the_fake.run import SortingRun
from kit import settings
from kit.classroom.store import open_store
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan, Walk
from pages.spot.scene import SLUG, Key
from tests.pages.conftest import Opener

LANGUAGES = ("fr", "en")


def resume(open_app: Opener, run: Walk, page: str = "", lang: str = "fr") -> AppTest:
    """Open ``page``, or the activity's own, on a run that was saved before."""
    return open_app(page or run.activity.slug, lang=lang, run=run)


def saved(app: AppTest) -> SortingRun:
    """The run on disk."""
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    return SortingRun.model_validate_json(row[0])


def alerts(app: AppTest) -> list[str]:
    """The boxes that say an error."""
    return [html.proto.body for html in app.get("html") if 'class="alert error"' in html.proto.body]


def said(app: AppTest) -> str:
    """All the words that the screen's own markup says."""
    return " ".join(html.proto.body for html in app.get("html"))


def at(step_id: str, mode: Mode = Mode.SELF_PACED, **more: object) -> SortingRun:
    """A run that stands at a step."""
    plan = Plan.SECOND if SPOT_THE_FAKE.step(step_id).sitting == 2 else Plan.LESSON
    return SortingRun.model_validate({"seed": 7, "mode": mode, "plan": plan, "step": step_id, **more})


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", ["home", "library", "privacy", "conduct", SLUG])
def test_page_draws(open_app: Opener, page: str, lang: str) -> None:
    app = open_app(page, lang)
    assert not alerts(app)
    assert app.title or app.header


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
@pytest.mark.parametrize("step", [step.id for step in SPOT_THE_FAKE.steps])
def test_step_draws(open_app: Opener, step: str, mode: Mode, lang: str) -> None:
    app = resume(open_app, at(step, mode), lang=lang)
    assert not alerts(app)


@pytest.mark.parametrize("step", [step.id for step in SPOT_THE_FAKE.steps])
def test_facilitator_reads_the_notes_of_each_step(open_app: Opener, step: str) -> None:
    app = resume(open_app, at(step, Mode.PROJECTED), page="conduct")
    words = activity_words.load("fr").steps[step]
    assert words.title in [header.value for header in app.header]


def test_filters_of_the_home_page(open_app: Opener) -> None:
    app = open_app()
    title = activity_words.load("fr").title
    assert title in [header.value for header in app.header]
    app.selectbox(key="home.level").select(Level.CYCLE_2).run()
    assert title not in [header.value for header in app.header]
    app.selectbox(key="home.level").select(Level.LYCEE).run()
    app.selectbox(key="home.time").select(20).run()
    assert title in [header.value for header in app.header]


def test_an_answer_is_on_disk_before_the_next_image(open_app: Opener) -> None:
    app = resume(open_app, at("form_a"))
    opaque = app.radio[0].key.rsplit(".", 1)[1]
    app.radio(key=f"{Key.VERDICT}.{opaque}").set_value(Verdict.ALTERED)
    app.radio(key=f"{Key.CONFIDENCE}.{opaque}").set_value(Confidence.SURE)
    app.button(key=Key.SUBMIT).click().run()
    answer = saved(app).answers["form_a"][opaque]
    assert (answer.verdict, answer.confidence) == (Verdict.ALTERED, Confidence.SURE)
    assert saved(app).position == 1


def test_an_empty_answer_is_refused_and_a_pass_is_not(open_app: Opener) -> None:
    app = resume(open_app, at("form_a"))
    app.button(key=Key.SUBMIT).click().run()
    assert alerts(app)
    assert saved(app).position == 0
    app.button(key=Key.PASS).click().run()
    run = saved(app)
    assert run.position == 1
    assert next(iter(run.answers["form_a"].values())).verdict is None


def test_a_round_played_to_its_end_gives_results(open_app: Opener) -> None:
    app = resume(open_app, at("form_a"))
    for _ in range(8):
        opaque = app.radio[0].key.rsplit(".", 1)[1]
        app.radio(key=f"{Key.VERDICT}.{opaque}").set_value(Verdict.GENERATED)
        app.radio(key=f"{Key.CONFIDENCE}.{opaque}").set_value(Confidence.COIN)
        app.button(key=Key.SUBMIT).click().run()
    run = saved(app)
    assert len(run.answers["form_a"]) == 8
    app = resume(open_app, run.go("results"))
    # Whoever calls everything a fake catches all of them, and accuses every photograph.
    figures = [html.proto.body for html in app.get("html") if "share teal" in html.proto.body]
    assert any("<b>4 sur 4</b>" in body or "<b>4 of 4</b>" in body for body in figures)


@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
def test_forensic_views_during_a_round(open_app: Opener, mode: Mode) -> None:
    words = activity_words.load("fr").forensics.views
    app = resume(open_app, at("form_a", mode, views=True))
    radio = next(r for r in app.radio if r.key.startswith(Key.VIEW))
    for view in ("error_level", "noise", "spectrum", "metadata"):
        radio = app.radio(key=radio.key).set_value(view)
        app.run()
        shown = said(app)
        assert words[view].cannot.split("’")[0] in shown
        assert bool(app.get("image")) == (view != "metadata")


def test_the_room_never_sees_a_solution_early(open_app: Opener) -> None:
    words = activity_words.load("fr")
    app = resume(open_app, at("reveals", Mode.PROJECTED))
    shown = said(app)
    assert not any(verdict.long in shown for verdict in words.verdicts.values())
    app.button(key=Key.NEXT).click().run()
    shown = said(app)
    assert saved(app).shown
    assert 'class="verdict' in shown


def test_slates_are_saved_as_they_are_typed(open_app: Opener) -> None:
    app = resume(open_app, at("form_a", Mode.PROJECTED))
    opaque = app.number_input[0].key.split(".")[2]
    app.number_input(key=f"{Key.COUNT}.{opaque}.{Verdict.REAL}").set_value(17).run()
    assert saved(app).counts["form_a"][opaque].real == 17


def test_no_gain_is_shown_for_slates(open_app: Opener) -> None:
    words = activity_words.load("fr")
    app = resume(open_app, at("results", Mode.PROJECTED))
    assert words.results.no_gain in said(app)


def test_no_score_mode_adds_nothing_up(open_app: Opener) -> None:
    app = resume(open_app, at("results", scores=False))
    assert not [html for html in app.get("html") if "share " in html.proto.body]


def test_below_4e_a_lone_pupil_does_not_generate(open_app: Opener) -> None:
    app = resume(open_app, at("own_deck", level=Level.CINQUIEME))
    assert "spot_the_fake.own.make" not in [button.key for button in app.button]


@pytest.mark.parametrize("step", ["forensics", "detector", "own_deck"])
def test_clients_of_the_room_send_no_file_and_run_no_model(
    open_app: Opener, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from pages import frame

    monkeypatch.setattr(frame, "is_here", lambda: False)
    app = resume(open_app, at(step))
    assert not app.get("file_uploader")
    assert {button.key for button in app.button} <= {Key.BACK, Key.NEXT, Key.LEAVE}


def test_clients_of_the_room_get_no_guide(open_app: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages import frame

    def links() -> list[str]:
        return [link.proto.label for link in open_app().get("page_link")]

    assert "Guides" in links()
    monkeypatch.setattr(frame, "is_here", lambda: False)
    join = "Rejoindre une classe avec son code"
    assert links() == ["**Contrechamp**", "Ateliers", "Vie privée", join, *["Ouvrir l’atelier"] * len(ACTIVITIES)]


def test_clients_of_the_room_erase_nothing(open_app: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages import frame

    monkeypatch.setattr(frame, "is_here", lambda: False)
    app = open_app("privacy")
    assert not [button for button in app.button if str(button.key).startswith("privacy.")]


@pytest.mark.parametrize(
    ("lan", "address", "headers", "here"),
    [
        ("", "192.168.1.20", {}, True),
        ("1", None, {}, True),
        ("1", "192.168.1.20", {}, False),
        ("1", "10.0.0.7", {}, False),
        ("1", None, {"X-Forwarded-For": "10.0.0.7"}, False),
        ("", None, {"Forwarded": "for=10.0.0.7"}, False),
    ],
)
def test_who_is_here(
    monkeypatch: pytest.MonkeyPatch, lan: str, address: str | None, headers: dict[str, str], here: bool
) -> None:
    from types import SimpleNamespace

    from pages import frame

    monkeypatch.setenv("CONTRECHAMP_LAN", lan)
    monkeypatch.setattr(frame.st, "context", SimpleNamespace(ip_address=address, headers=headers))
    assert frame.is_here() is here


def test_a_window_that_lags_behind_does_not_overwrite(open_app: Opener) -> None:
    app = resume(open_app, at("form_a"))
    store = open_store(settings.load())
    device = app.session_state["frame.device"]
    store.save(device, SLUG, at("debrief").model_dump_json())
    opaque = app.radio[0].key.rsplit(".", 1)[1]
    app.radio(key=f"{Key.VERDICT}.{opaque}").set_value(Verdict.REAL)
    app.radio(key=f"{Key.CONFIDENCE}.{opaque}").set_value(Confidence.COIN)
    app.button(key=Key.SUBMIT).click().run()
    assert saved(app).step == "debrief"
    assert app.toast
