"""A class as each of its screens shows it: a participant's, the projected one, the facilitator's; who may what."""

from __future__ import annotations

from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from activities import registry
from activities.noise_to_image.run import NoiseRun
from activities.registry import ACTIVITIES
from activities.spot_the_fake.run import SortingRun
from kit import settings
from kit.classroom.store import open_store
from kit.levels import Level, Role
from kit.steps import Mode, StepKind
from kit.walk import Plan
from tests.pages.conftest import Opener
from tests.pages.room import HOSTILE, Room, begun, keys, words


@pytest.mark.parametrize("slug", [activity.slug for activity in ACTIVITIES])
def test_every_step_of_every_activity_draws_for_every_role(open_app: Opener, slug: str) -> None:
    """The devices follow in one window, the notes in another, the big screen in a third; nothing leads elsewhere."""
    room = Room(open_app, begun(slug))
    phone, screen, notes = (
        room.screen(room.phone),
        room.screen(room.projector),
        room.screen(room.laptop, "conduct"),
    )
    given = {StepKind.VOTE, StepKind.WRITE}
    for step in registry.run_of(slug).planned(Plan.LESSON):
        room.to(begun(slug, step.id))
        for app in (phone, screen, notes):
            app.run()
            assert not app.exception, (step.id, app.exception)
            assert "alert error" not in words(app), step.id
        assert ("Regardez le grand écran" in words(phone)) is (step.kind not in given), step.id
        assert not {key for key in keys(phone) if key.startswith(("conduct.", "class."))}
        assert phone.session_state["frame.seats"][0].role is Role.PARTICIPANT


def test_a_participant_answers_and_sees_that_it_is_saved(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word"))
    phone = room.screen(room.phone)
    assert "C’est enregistré" not in words(phone)
    phone.radio(key="next_word.guess").set_value("likely").run()
    assert "C’est enregistré" in words(phone)
    assert "next_word.next" not in keys(phone), "the class goes on together"
    assert room.answered().model_dump()["guess"] == "likely"


def test_the_room_sees_counts_once_they_are_revealed(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word"))
    room.screen(room.phone).radio(key="next_word.guess").set_value("likely").run()
    screen, notes = room.screen(room.projector), room.screen(room.laptop, "conduct")
    assert '<dl class="bars">' not in words(screen)
    assert '<dl class="bars">' in words(notes)
    assert "Ont répondu : 1 sur 1".replace(" :", "\u00a0:") in words(screen)
    notes.button(key="conduct.reveal").click().run()
    assert '<dl class="bars">' in words(screen.run())


@pytest.mark.parametrize(("slug", "step"), [("next_word", "bets"), ("probe_bias", "pairs"), ("probe_bias", "corpus")])
def test_a_room_that_has_the_step_on_its_devices_is_not_asked_for_slates(
    open_app: Opener, slug: str, step: str
) -> None:
    room = Room(open_app, begun(slug, step))
    screen = room.screen(room.projector)
    assert "ardoise" in words(screen)
    room.classes.lead(room.led.id, room.laptop, given={step: True})
    screen.run()
    assert "ardoise" not in words(screen)
    assert "Répondez sur votre appareil" in words(screen)
    assert "Ont répondu" in words(screen)


@pytest.mark.parametrize("slug", ["next_word", "probe_bias", "noise_to_image", "spot_the_fake"])
def test_where_nothing_is_asked_nobody_is_missing(open_app: Opener, slug: str) -> None:
    room = Room(open_app, begun(slug, "debrief"), given={"debrief": True})
    for app in (room.screen(room.projector), room.screen(room.laptop, "conduct")):
        assert "Chacun a cette étape sur son appareil." in words(app)
        assert "Ont répondu" not in words(app)


def test_answers_that_come_too_late_or_are_closed_are_not_kept(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word"))
    phone = room.screen(room.phone)
    room.classes.lead(room.led.id, room.laptop, locked=True)
    phone.radio(key="next_word.guess").set_value("likely").run()
    assert "Les réponses sont fermées pour le moment" in words(phone)
    work = room.classes.work(room.led.id, 1)
    assert work is not None
    assert work.state == ""
    assert "Les réponses sont fermées. La vôtre est gardée." in words(phone)
    room.classes.lead(room.led.id, room.laptop, locked=False, paused=True)
    assert "La classe fait une pause" in words(phone.run())


def test_two_windows_of_one_participant(open_app: Opener) -> None:
    """The second window shows what the first has saved; the first one's next answer replaces it, once."""
    room = Room(open_app, begun("next_word"))
    one, two = room.screen(room.phone), room.screen(room.phone)
    one.radio(key="next_word.guess").set_value("likely").run()
    two.radio(key="next_word.guess").set_value("chance").run()
    assert room.answered().model_dump()["guess"] == "likely", "a window that lags behind overwrites nothing"
    assert two.radio(key="next_word.guess").value == "likely"
    two.radio(key="next_word.guess").set_value("chance").run()
    assert room.answered().model_dump()["guess"] == "chance"
    [tally] = registry.together("next_word").tallies("brief", [room.answered()], registry.words("next_word", "fr"), str)
    assert tally.of == 1


def test_the_halves_of_a_class_see_the_images_crosswise() -> None:
    led = SortingRun(seed=7, mode=Mode.CLASS, half=1, images=8)
    assert [led.seated(number).half for number in (1, 2, 3, 4)] == [1, 0, 1, 0]
    assert led.seated(2).mode is Mode.SELF_PACED


@pytest.mark.parametrize(("level", "may"), [(Level.CYCLE_3, False), (Level.QUATRIEME_TROISIEME, True)])
def test_below_4e_a_device_generates_nothing(open_app: Opener, level: Level, may: bool) -> None:
    """The lab is given to the devices; below 4e they get what was recorded, and no widget that computes."""
    room = Room(open_app, begun("noise_to_image", "watch", level=level), given={"watch": True})
    phone = room.screen(room.phone)
    made = registry.run_of("noise_to_image").model_validate(
        NoiseRun.model_validate_json(room.now.state).seated(1).model_dump()
    )
    assert made.may_generate is may
    computing = {key for key in keys(phone) if ".make." in key}
    assert bool(computing) is may


def test_a_step_that_works_at_what_is_on_the_machine_stays_on_the_big_screen(open_app: Opener) -> None:
    """Whoever leads is not offered to give it, and one that was given all the same goes nowhere."""
    run = NoiseRun(seed=7, mode=Mode.CLASS, plan=Plan.SECOND, step="alter", level=Level.ADULTS)
    room = Room(open_app, run, given={"alter": True})
    assert "Regardez le grand écran" in words(room.screen(room.phone))
    assert "Tout le monde regarde cet écran." in words(room.screen(room.projector))
    assert "class.give" not in keys(room.screen(room.laptop, "conduct"))
    room.to(NoiseRun(seed=7, mode=Mode.CLASS, plan=Plan.SECOND, step="feed", level=Level.ADULTS))
    assert "class.give" in keys(room.screen(room.laptop, "conduct"))


def test_texts_are_read_before_the_room_sees_them(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word", "trace"))
    phone = room.screen(room.phone)
    phone.text_area(key="next_word.trace").set_value(HOSTILE).run()
    screen, notes = room.screen(room.projector), room.screen(room.laptop, "conduct")
    assert "alert(1)" not in words(screen)
    [button] = [b for b in notes.button if str(b.key).startswith("class.text.")]
    button.click().run()
    shown = words(screen.run())
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **gras** gauche" in shown, "and nothing turns the line around"
    assert "<script>" not in shown
    work = room.classes.work(room.led.id, 1)
    assert work is not None
    assert work.name not in shown, "never who wrote it"
    # A text that is changed is another one.
    phone.run()
    phone.text_area(key="next_word.trace").set_value("autre chose").run()
    assert "autre chose" not in words(screen.run())


def test_a_text_is_removed_for_good(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word", "trace"))
    phone = room.screen(room.phone)
    phone.text_area(key="next_word.trace").set_value(HOSTILE).run()
    notes = room.screen(room.laptop, "conduct")
    [button] = [b for b in notes.button if str(b.key).startswith("class.remove.text.")]
    button.click().run()
    assert room.answered().text == ""
    assert "alert(1)" not in words(notes)
    assert "alert(1)" not in phone.run().text_area(key="next_word.trace").value
    phone.text_area(key="next_word.trace").set_value("autre chose").run()
    assert room.answered().text == "autre chose", "whoever wrote it may write again"


def test_nobody_leads_for_being_on_the_machine(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word"))
    stranger = room.open_app("conduct", device=uuid4().hex)
    assert not {key for key in keys(stranger) if key.startswith("class.")}
    assert "conduct.next" not in keys(stranger)


def test_joining_by_the_page(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word"))
    page = open_app("join")
    page.text_input(key="join.code").set_value(" xxxxxx ")
    page.button(key="join.join.code").click().run()
    assert "Aucune classe n’a le code" in words(page)
    page.text_input(key="join.pin").set_value("00000000").run()
    page.button(key="join.lead").click().run()
    assert "ne vont pas ensemble" in words(page)
    assert len(room.classes.works(room.led.id)) == 1


def test_a_class_is_opened_from_the_page_of_an_activity(open_app: Opener) -> None:
    app = open_app("spot_the_fake")
    app.radio(key="spot_the_fake.mode").set_value(Mode.CLASS).run()
    app.button(key="spot_the_fake.start").click().run()
    assert not app.exception
    device = app.session_state["frame.device"]
    classes = open_store(settings.load()).classes
    [seat] = classes.seats(device)
    assert seat.role is Role.FACILITATOR
    led = classes.get(seat.class_id)
    assert led is not None
    run = SortingRun.model_validate_json(led.state)
    assert run.mode is Mode.CLASS
    assert run.images == 8
    assert led.lead.lobby
    assert (led.expires - led.opened).days in (29, 30)
    assert len(app.session_state["class.pin"]) == 8


def test_classes_that_are_over_stay_with_whoever_led_them(open_app: Opener) -> None:
    one, two = Room(open_app, begun("next_word")), Room(open_app, begun("probe_bias"))
    two.classes.enter(two.led.code, two.pin, one.laptop)
    for room in (one, two):
        room.classes.close(room.led.id, one.laptop)
    notes = one.screen(one.laptop, "conduct")
    assert {f"class.erase.{room.led.code}" for room in (one, two)} <= keys(notes)
    notes.checkbox(key=f"class.sure.{one.led.code}").check().run()
    notes.button(key=f"class.erase.{one.led.code}").click().run()
    assert one.classes.get(one.led.id) is None
    assert two.classes.get(two.led.id) is not None
    # A device that took part is free.
    assert "Regardez le grand écran" not in words(one.screen(one.phone))


def test_a_device_of_the_room_opens_no_class(open_app: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages import frame

    monkeypatch.setattr(frame, "is_here", lambda: False)
    app = open_app("spot_the_fake")
    assert list(app.radio(key="spot_the_fake.mode").options) == [
        "En solo, à mon rythme",
        "Avec un groupe : je projette cet écran".replace(" :", "\u00a0:"),
    ]


def test_the_key_of_the_kit_opens_classes_behind_a_proxy(open_app: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages import frame

    monkeypatch.setattr(frame, "is_here", lambda: False)
    monkeypatch.setenv("CONTRECHAMP_KEY", "une clé assez longue")
    app = open_app("join")
    app.text_input(key="join.key").set_value("une autre clé longue").run()
    app.button(key="join.unlock").click().run()
    assert "Ce n’est pas la clé de ce kit" in app.session_state["frame.told"]
    app.text_input(key="join.key").set_value("une clé assez longue").run()
    app.button(key="join.unlock").click().run()
    assert open_store(settings.load()).preferences(app.session_state["frame.device"])["opens"] is True
    assert frame_choices(app)["opens"] is True
    app.switch_page("pages/next_word.py").run()
    assert len(app.radio(key="next_word.mode").options) == 3


def frame_choices(app: AppTest) -> dict[str, object]:
    choices: dict[str, object] = app.session_state["frame.choices"]
    return choices
