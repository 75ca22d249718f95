"""Photographs of a class: sent by a device, approved by whoever leads, seen by the room, made into a deck."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from activities.noise_to_image.run import NoiseRun
from activities.spot_the_fake.run import SortingRun
from kit import settings
from kit.classroom.database import _nothing_changed
from kit.classroom.photographs import MOST_EACH, Photograph, Photographs
from kit.classroom.store import open_store
from kit.compute import Compute
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import PICTURE_SIZE
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan, Walk
from pages import frame
from tests.pages.conftest import Opener
from tests.pages.room import HOSTILE, Room, keys, words

FACE = "semble montrer un visage"
SAVED = "Votre photo est enregistrée."


@pytest.fixture(autouse=True)
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the pages ask of which workers; here it is computed in this process."""
    asked: list[tuple[str, str]] = []

    def run(self: Compute, function: Callable[..., Any], *args: Any, weight: str, **options: Any) -> Any:
        asked.append((function.__name__, weight))
        return function(*args, **options)

    monkeypatch.setattr(Compute, "run", run)
    monkeypatch.setattr(Compute, "start", lambda self: None)
    return asked


def jpeg(seed: int = 0, size: tuple[int, int] = (800, 1000)) -> bytes:
    """A photograph of nothing, in portrait, which says where it was taken."""
    noise = np.random.default_rng(seed).integers(0, 256, (size[1] // 50, size[0] // 50, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize(size)
    exif = Image.Exif()
    exif[0x010F] = "hippopotame"
    out = io.BytesIO()
    image.save(out, format="JPEG", exif=exif)
    return out.getvalue()


def face() -> bytes:
    out = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(out, format="PNG")
    return out.getvalue()


def at(step: str, **more: object) -> Walk:
    model: type[Walk] = NoiseRun if step == "feed" else SortingRun
    fields = {"seed": 7, "mode": Mode.CLASS, "plan": Plan.SECOND, "step": step, "level": Level.CYCLE_3, **more}
    return model.model_validate(fields if model is NoiseRun else {"images": 8, **fields})


@pytest.fixture(params=["own_deck", "feed"])
def room(request: pytest.FixtureRequest, open_app: Opener) -> Room:
    """A class of nine-year-olds, at a step that its devices are given."""
    return Room(open_app, at(request.param), given={request.param: True})


@pytest.fixture
def own(open_app: Opener) -> Room:
    return Room(open_app, at("own_deck"), given={"own_deck": True})


def choose(app: AppTest, data: bytes, name: str = "IMG_2041.jpg") -> AppTest:
    app.file_uploader[0].set_value((name, data, "image/jpeg")).run()
    assert not app.exception, app.exception
    return app


def send(app: AppTest, data: bytes | None = None, caption: str = "") -> AppTest:
    choose(app, data or jpeg())
    app.text_input[0].set_value(caption).run()
    app.button(key="class.photographs.send").click().run()
    assert not app.exception, app.exception
    return app


def sent(room: Room) -> list[Photograph]:
    return open_store(settings.load()).photographs.sent(room.led.id)


def press(app: AppTest, prefix: str) -> AppTest:
    [button] = [button for button in app.button if str(button.key).startswith(prefix)]
    button.click().run()
    assert not app.exception, app.exception
    return app


# -- on a device ------------------------------------------------------------------------------------------------------


def test_from_the_phone_to_the_big_screen(room: Room) -> None:
    phone, screen, notes = room.screen(room.phone), room.screen(room.projector), room.screen(room.laptop, "conduct")
    assert "Photos reçues\u00a0: 0" in words(screen)
    assert '<ul class="class-gallery' not in words(screen)
    choose(phone, jpeg())
    assert sent(room) == [], "nothing is sent before one has looked at it"
    phone.text_input[0].set_value("Un vélo bleu").run()
    phone.button(key="class.photographs.send").click().run()
    assert SAVED in words(phone)
    assert "Pas encore approuvée" in words(phone)

    assert "Photos reçues\u00a0: 1" in words(screen.run())
    assert "Un vélo bleu" not in words(screen), "the room sees nothing that was not approved"
    assert '<ul class="class-gallery' not in words(screen)
    assert "Photos à regarder\u00a0: 1" in words(notes.run())
    assert "Un vélo bleu" in words(notes)
    work = room.classes.work(room.led.id, 1)
    assert work is not None
    press(notes, "class.photographs.yes.")
    assert "Photos à regarder\u00a0: 0" in words(notes)
    assert '<ul class="class-gallery">' in words(screen.run())
    assert "Un vélo bleu" in words(screen)
    assert work.name not in words(screen), "never who sent it"
    assert "La salle la voit." in words(phone.run())


def test_what_is_kept_is_small_and_says_nothing_of_where_it_was_taken(own: Room, computed: list[Any]) -> None:
    data = jpeg()
    assert b"hippopotame" in data
    send(own.screen(own.phone), data)
    [photograph] = sent(own)
    png = open_store(settings.load()).photographs.picture(own.led.id, photograph.mark)
    assert png is not None
    assert b"hippopotame" not in png
    with Image.open(io.BytesIO(png)) as image:
        assert (image.format, image.mode, image.size, image.info) == ("PNG", "RGB", PICTURE_SIZE, {})
    assert computed == [("admit", "light")]


def test_a_face_is_refused_in_one_sentence(own: Room) -> None:
    phone = choose(own.screen(own.phone), face(), "moi.png")
    assert FACE in words(phone)
    assert "moi.png" in words(phone)
    assert "class.photographs.send" not in keys(phone)
    assert sent(own) == []
    assert len(phone.file_uploader) == 1, "and one may choose another"
    assert FACE not in words(phone.run())


@pytest.mark.parametrize("data", [b"", b"MZ" + bytes(5000), jpeg()[:300], b"<svg/>"])
def test_what_is_no_photograph_is_refused_in_one_sentence(own: Room, data: bytes) -> None:
    phone = choose(own.screen(own.phone), data, HOSTILE)
    assert "alert error" in words(phone)
    assert "<script>" not in words(phone)
    assert sent(own) == []


def test_another_one_is_chosen_instead(own: Room) -> None:
    phone = choose(own.screen(own.phone), jpeg())
    phone.button(key="class.photographs.again").click().run()
    assert sent(own) == []
    send(phone, jpeg(1))
    assert len(sent(own)) == 1


def test_so_many_each_and_one_may_be_taken_back(own: Room) -> None:
    phone = own.screen(own.phone)
    for n in range(MOST_EACH):
        send(phone, jpeg(n), str(n))
    assert not phone.file_uploader
    assert f"Vous avez envoyé {MOST_EACH} photos" in words(phone)
    phone.button(key=f"class.photographs.back.{sent(own)[1].mark}").click().run()
    assert [photograph.caption for photograph in sent(own)] == ["0", "2"]
    assert "n’a pas été gardée" not in words(phone), "who takes it back knows"
    assert len(phone.file_uploader) == 1


def test_what_it_shows_is_text_and_nothing_else(own: Room) -> None:
    phone = send(own.screen(own.phone), caption=HOSTILE)
    notes = own.screen(own.laptop, "conduct")
    press(notes, "class.photographs.yes.")
    screen = own.screen(own.projector)
    for app in (phone.run(), notes, screen):
        assert "<script>" not in words(app)
        assert "\u202e" not in words(app)
    assert "&lt;script&gt;" in words(screen)


def test_a_photograph_that_is_rejected_goes_and_its_device_is_told(own: Room) -> None:
    phone = send(own.screen(own.phone))
    notes = own.screen(own.laptop, "conduct")
    press(notes, "class.photographs.no.")
    assert sent(own) == []
    assert "Une photo n’a pas été gardée" in words(phone.run())
    assert "Une photo n’a pas été gardée" not in words(phone.run()), "once"
    assert len(phone.file_uploader) == 1


def test_a_photograph_that_was_approved_can_be_removed(own: Room) -> None:
    send(own.screen(own.phone), caption="Un vélo")
    notes, screen = own.screen(own.laptop, "conduct"), own.screen(own.projector)
    press(notes, "class.photographs.yes.")
    assert "Un vélo" in words(screen.run())
    press(notes, "class.photographs.remove.")
    assert "Un vélo" not in words(screen.run())
    assert sent(own) == []


def test_the_first_one_that_waits_stays_in_place_while_others_come(own: Room) -> None:
    """Whoever presses « Approve » approves the photograph that they were looking at."""
    phone, notes = send(own.screen(own.phone), caption="la première"), own.screen(own.laptop, "conduct")
    [before] = [key for key in keys(notes) if key.startswith("class.photographs.yes.")]
    for n in (1, 2):
        send(phone, jpeg(n), f"une autre {n}")
        [now] = [key for key in keys(notes.run()) if key.startswith("class.photographs.yes.")]
        assert now == before


@pytest.mark.parametrize("how", ["paused", "locked", "given"])
def test_what_comes_too_late_is_said_and_waits_for_its_moment(own: Room, how: str) -> None:
    phone = choose(own.screen(own.phone), jpeg())
    own.classes.lead(own.led.id, own.laptop, **{how: {} if how == "given" else True})
    phone.button(key="class.photographs.send").click().run()
    assert "celle-ci n’a pas été gardée" in words(phone)
    assert SAVED not in words(phone)
    assert sent(own) == []
    own.classes.lead(own.led.id, own.laptop, **{how: {"own_deck": True} if how == "given" else False})
    phone.run()
    phone.button(key="class.photographs.send").click().run()
    assert SAVED in words(phone), "the photograph that was chosen is still there"
    assert len(sent(own)) == 1


def test_a_full_disk_is_said_and_the_photograph_stays(own: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = choose(own.screen(own.phone), jpeg())

    def full(*_args: object) -> None:
        raise _nothing_changed()

    with monkeypatch.context() as disk:
        disk.setattr(Photographs, "send", full)
        phone.button(key="class.photographs.send").click().run()
    assert "Le disque est plein" in words(phone)
    assert SAVED not in words(phone)
    phone.button(key="class.photographs.send").click().run()
    assert SAVED in words(phone)


def test_the_file_itself_does_not_stay_in_memory(own: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[str] = []
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", lambda self, session, file: forgotten.append(file))
    phone = own.screen(own.phone)
    choose(phone, b"no photograph")
    choose(phone, jpeg())
    assert len(forgotten) == 2


def test_over_https_the_page_has_a_camera_too(own: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = "class.photographs.camera"
    assert camera not in {toggle.key for toggle in own.screen(own.phone).toggle}
    monkeypatch.setenv("CONTRECHAMP_ADDRESS", "https://localhost:8501")
    phone = own.screen(own.phone)
    phone.toggle(key=camera).set_value(True).run()
    assert len(phone.get("camera_input")) == 1


@pytest.mark.parametrize("step", ["own_deck", "feed"])
def test_until_the_devices_are_given_the_step_they_look_at_the_big_screen(open_app: Opener, step: str) -> None:
    room = Room(open_app, at(step))
    phone = room.screen(room.phone)
    assert "Regardez le grand écran" in words(phone)
    assert not phone.file_uploader
    assert "Donnez cette étape aux appareils" in words(room.screen(room.laptop, "conduct"))


# -- into a deck ------------------------------------------------------------------------------------------------------


def made() -> LoadedDeck:
    [deck] = decks.installed(settings.load())
    assert isinstance(deck, LoadedDeck)
    return deck


@pytest.mark.parametrize(("step", "prefix"), [("own_deck", "spot_the_fake.own"), ("feed", "noise_to_image.own")])
def test_those_approved_and_no_others_become_a_deck(open_app: Opener, step: str, prefix: str) -> None:
    room = Room(open_app, at(step), given={step: True})
    phone, notes = room.screen(room.phone), room.screen(room.laptop, "conduct")
    for n, caption in enumerate(("Un vélo", "", "Une porte")):
        send(phone, jpeg(n), caption)
    for _ in range(2):
        press(notes.run(), "class.photographs.yes.")
    laptop = room.screen(room.laptop)
    laptop.button(key=f"{prefix}.class.make").click().run()
    assert not laptop.exception, laptop.exception
    assert "est enregistré sur cet ordinateur" in words(laptop)
    deck = made()
    assert [(item.title, item.approved, item.credit) for item in deck.deck.items] == [
        ("Un vélo", True, "La classe"),
        ("Photographie 2", True, "La classe"),
    ]
    # The deck is a copy: what the class holds goes at its date, the deck when somebody removes it.
    room.classes.erase(room.led.id, room.laptop)
    assert len(made().deck.items) == 2


def test_a_deck_without_a_title_is_refused_and_nothing_is_lost(own: Room) -> None:
    send(own.screen(own.phone))
    press(own.screen(own.laptop, "conduct"), "class.photographs.yes.")
    laptop = own.screen(own.laptop)
    laptop.text_input[0].set_value("   ")
    laptop.button(key="spot_the_fake.own.class.make").click().run()
    assert "Un jeu d’images a besoin d’un titre" in words(laptop)
    assert decks.installed(settings.load()) == []
    assert len(sent(own)) == 1


def test_a_projector_elsewhere_shows_and_changes_nothing(own: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    send(own.screen(own.phone), caption="Un vélo")
    press(own.screen(own.laptop, "conduct"), "class.photographs.yes.")
    monkeypatch.setattr(frame, "is_here", lambda: False)
    screen = own.screen(own.projector)
    assert "Un vélo" in words(screen)
    assert not screen.file_uploader
    assert "spot_the_fake.own.class.make" not in keys(screen)
    leader = own.screen(own.laptop)
    assert leader.file_uploader, "whoever leads may, wherever they are"
    assert "spot_the_fake.own.class.make" in keys(leader)
