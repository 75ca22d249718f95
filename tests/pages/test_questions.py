"""The questionnaire as a class lives it: on a device, on the projected screen, with the facilitator."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from activities import registry
from activities.registry import ACTIVITIES
from kit.classroom.questions import ANSWERS, complete, items, replies
from kit.i18n import translator
from pages.parts.prose import escape
from tests.pages.conftest import Opener
from tests.pages.room import Room, begun, keys, words

fr = translator("fr")
"""Messages as these screens say them, whether the catalogue has them already or not."""
SAVED = fr("It is saved: your four answers are kept. You may still change them.")
FEW = fr("Few answers: one more would change these figures. They are an impression, not a measurement.")


def answered(done: int) -> str:
    return fr("Answered: {done} of {n}").format(done=done, n=2)


def asked(app: AppTest) -> list[str]:
    return [str(radio.key) for radio in app.radio if str(radio.key).startswith("class.quiz.")]


def key_of(room: Room) -> list[str]:
    """What only the results may say: why, and the statements themselves."""
    read = registry.questions(room.led.activity, "fr")
    return [text for each in (*read.a, *read.b) for text in (each.why, each.text)]


@pytest.mark.parametrize("slug", [activity.slug for activity in ACTIVITIES])
def test_a_device_is_asked_in_place_of_the_step(open_app: Opener, slug: str) -> None:
    room = Room(open_app, begun(slug), quiz="before")
    phone = room.screen(room.phone)
    assert [str(radio.key) for radio in phone.radio if "." in str(radio.key) and "frame" not in str(radio.key)] == [
        f"class.quiz.before.{item}" for item in items("a")
    ], "the own form, and nothing of the step"
    assert not [each.why for each in registry.questions(slug, "fr").a if each.why in words(phone)]


def test_each_choice_is_saved_at_once_and_none_is_judged(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word"), quiz="before")
    phone = room.screen(room.phone)
    for item, answer in zip(items("a"), (*ANSWERS, "true"), strict=True):
        assert SAVED not in words(phone)
        phone.radio(key=f"class.quiz.before.{item}").set_value(answer).run()
        work = room.classes.work(room.led.id, 1)
        assert work is not None
        assert replies(work.quiz)["before"][item] == answer, "on disk before the next choice"
    assert not phone.exception
    assert complete(work, "before")
    assert SAVED in words(phone)
    assert not [text for text in key_of(room) if text in words(phone)]
    # Another window of the same device; and the form of the other half afterwards.
    assert room.screen(room.phone).radio(key="class.quiz.before.a3").value == "unsure"
    room.classes.lead(room.led.id, room.laptop, quiz="after")
    assert asked(phone.run()) == [f"class.quiz.after.{item}" for item in items("b")]


def test_a_late_choice_is_refused_and_said(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word"), quiz="before")
    phone = room.screen(room.phone)
    room.classes.lead(room.led.id, room.laptop, quiz="")
    phone.radio(key="class.quiz.before.a1").set_value("true").run()
    assert fr("The class has moved on: this answer came too late and was not kept.") in words(phone)
    assert not asked(phone), "the step is back"
    assert phone.radio(key="next_word.guess")
    work = room.classes.work(room.led.id, 1)
    assert work is not None
    assert work.quiz == "{}"


def test_the_facilitator_gives_reads_and_shows_it(open_app: Opener) -> None:
    room = Room(open_app, begun("probe_bias"), lobby=True)
    room.classes.join(room.led.code, "e" * 32)
    screen, notes, phone = (
        room.screen(room.projector),
        room.screen(room.laptop, "conduct"),
        room.screen(room.phone),
    )
    idea = registry.questions("probe_bias", "fr").ideas[0]
    assert not asked(phone)
    assert "class.quiz.show" not in keys(notes), "there is nothing to show"
    notes.button(key="class.quiz.before").click().run()
    assert room.now.lead.quiz == "before"
    assert not room.now.lead.lobby
    assert answered(0) in words(screen.run())
    for item in items("a"):
        room.classes.reply(room.led.id, room.phone, "before", item, "true")
    assert answered(1) in words(screen.run())
    assert not [text for text in key_of(room) if text in words(screen)], "neither what is asked nor the key"
    # A new step does not end it; the facilitator alone sees counts.
    room.to(begun("probe_bias", "pairs"))
    assert asked(phone.run())
    notes.run()
    assert fr("{k} of {n}").format(k=1, n=1) in words(notes)
    assert FEW in words(notes)
    assert fr("Right after") not in words(notes)
    room.classes.lead(room.led.id, room.laptop, quiz="after")
    phone.run()
    phone.radio(key="class.quiz.after.b1").set_value("false").run()
    assert fr("Right after") in words(notes.run())
    assert escape(fr("{what}: no clear change.").format(what=idea)) in words(notes)
    notes.button(key="class.quiz.end").click().run()
    assert not asked(phone.run())
    assert not [text for text in key_of(room) if text in words(screen.run())]
    notes.button(key="class.quiz.show").click().run()
    assert not notes.exception
    said = words(screen.run())
    assert not [text for text in key_of(room) if text not in said]
    assert fr("Right before") in said
    for work in room.classes.works(room.led.id):
        assert work.name not in said, "never who"
    assert "Regardez le grand écran" in words(phone.run())
    notes.button(key="class.quiz.show").click().run()
    assert not [text for text in key_of(room) if text in words(screen.run())]


def test_pause_and_closed_answers_come_first(open_app: Opener) -> None:
    room = Room(open_app, begun("next_word"), quiz="before", paused=True)
    phone, screen = room.screen(room.phone), room.screen(room.projector)
    assert not asked(phone)
    assert "La classe fait une pause" in words(phone)
    assert "La classe fait une pause" in words(screen)
    room.classes.lead(room.led.id, room.laptop, paused=False, locked=True)
    assert not asked(phone.run())
    assert "Les réponses sont fermées" in words(phone)
