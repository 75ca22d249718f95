"""Phones of a class photograph, whoever leads approves, the room sees it; over https a webcam does as well."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Playwright, expect

import serve
from activities.spot_the_fake.run import SortingRun
from kit import settings
from kit.classroom.classes import Class
from kit.classroom.lead import Lead
from kit.classroom.photographs import Photograph
from kit.classroom.store import open_store
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.levels import Level, Role
from kit.steps import Mode
from kit.walk import Plan
from tests.e2e import camera
from tests.e2e.conftest import FLAGS, launch
from tests.e2e.player import Player
from tests.e2e.test_room import kit

LAPTOP, LEADER, ANNE, BEN = (digit * 32 for digit in "1234")


@pytest.fixture
def led(home: Path) -> Class:
    """A class of nine-year-olds at the step that makes a deck; it is kept on the big screen."""
    classes = open_store(settings.load()).classes
    run = SortingRun(seed=7, images=8, mode=Mode.CLASS, plan=Plan.SECOND, step="own_deck", level=Level.CYCLE_3)
    opened, _pin = classes.open(
        "spot_the_fake", run.model_dump_json(), step=run.step, device=LAPTOP, lang="fr", lead=Lead(lobby=False), days=1
    )
    classes.follow_link(classes.link(opened.id, LAPTOP, Role.FACILITATOR), LEADER)
    for who in (ANNE, BEN):
        classes.join(opened.code, who)
    return opened


@pytest.fixture
def browser(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """Its camera sees a motorcycle."""
    found = serve.lan_addresses()
    if not found:
        pytest.skip("this machine has no address at which a room could reach it")
    [names] = [flag for flag in FLAGS if flag.startswith("--host-resolver-rules")]
    film = camera.film(camera.still(camera.photograph("motorcycle_left.png")), tmp_path / "film.y4m")
    started = launch(playwright, ", EXCLUDE ".join([names, *found]), *camera.flags(film))
    yield started
    started.close()


def device(browser: Browser, url: str, who: str, width: int, height: int, lang: str = "fr-FR") -> Player:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=lang,
        reduced_motion="reduce",
        ignore_https_errors=True,
        permissions=["camera"],
    )
    cookie = serve.SECURE_COOKIE if url.startswith("https") else serve.DEVICE_COOKIE
    context.add_cookies([{"name": cookie, "value": who, "url": url, "secure": url.startswith("https")}])
    return Player(page=context.new_page(), url=url)


def photograph(folder: Path, name: str) -> Path:
    """A photograph as a phone takes it: large, in portrait, with what the phone says of itself."""
    exif = Image.Exif()
    exif[0x010F] = "Fabricant"
    file = folder / f"{name}.jpg"
    with Image.open(camera.photograph(f"{name}.png" if name != "rocket" else "rocket.jpg")) as picture:
        picture.convert("RGB").resize((1500, 2000)).save(file, quality=92, exif=exif)
    return file


def sent(led: Class) -> list[Photograph]:
    return open_store(settings.load()).photographs.sent(led.id)


def sees(player: Player, text: str) -> None:
    """The screen comes to show this, by itself."""
    expect(player.page.locator('[data-testid="stMain"]')).to_contain_text(text, timeout=20_000)
    player.settle()


def press(player: Player, key: str) -> None:
    """Press the button whose widget key begins with this."""
    player.page.locator(f'[class*="st-key-{key}"] button').first.click()
    player.settle()


def choose(phone: Player, file: Path) -> None:
    phone.send_files(phone.page.locator('[data-testid="stFileUploader"]'), [file])
    phone.page.locator('[data-testid="stSpinner"]').wait_for(state="detached", timeout=60_000)
    phone.settle()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_class_photographs_its_own_deck(browser: Browser, home: Path, led: Class, tmp_path: Path, lang: str) -> None:
    said = {
        "fr": (
            "Regardez le grand écran",
            "Votre photo est enregistrée.",
            "semble montrer un visage",
            "La salle la voit.",
        ),
        "en": ("Look at the big screen", "Your photograph is saved.", "seems to show a face", "The room sees it."),
    }
    waits, saved, face, seen = said[lang]
    locale = {"fr": "fr-FR", "en": "en-GB"}[lang]
    with kit(home, "--lan") as (port, _):
        there = f"http://{serve.lan_addresses()[0]}:{port}"
        laptop = device(browser, f"http://localhost:{port}", LAPTOP, 1920, 1080, locale)
        leader = device(browser, there, LEADER, 390, 844, locale)
        anne = device(browser, there, ANNE, 390, 844, locale)
        ben = device(browser, there, BEN, 360, 740, locale)
        for player in (laptop, anne, ben):
            player.open("spot_the_fake")
        leader.open("conduct")
        sees(anne, waits)
        leader.look(f"photographs-{lang}-before")

        press(leader, "class-give")
        for phone in (anne, ben):
            phone.page.locator('[data-testid="stFileUploader"]').wait_for(timeout=20_000)
            phone.settle()
        # « image/* » alone: a phone then offers its camera beside its pictures.
        accepted = ben.page.locator('[data-testid="stFileUploader"] input').get_attribute("accept")
        assert accepted == "image/*"
        ben.look(f"photographs-{lang}-step")
        laptop.look(f"photographs-{lang}-room-empty")

        choose(ben, photograph(tmp_path, "astronaut"))
        sees(ben, face)
        ben.look(f"photographs-{lang}-face")
        choose(ben, photograph(tmp_path, "coffee"))
        ben.look(f"photographs-{lang}-chosen")
        assert sent(led) == []
        ben.write(ben.page.locator('[data-testid="stTextInput"] input'), "Une tasse")
        press(ben, "class-photographs-send")
        sees(ben, saved)
        ben.look(f"photographs-{lang}-sent")

        choose(anne, photograph(tmp_path, "rocket"))
        press(anne, "class-photographs-send")
        sees(anne, saved)

        # One by one, the first that was sent first; the room sees what was approved.
        sees(leader, "Une tasse")
        leader.look(f"photographs-{lang}-leader")
        assert laptop.page.locator(".class-gallery").count() == 0
        press(leader, "class-photographs-yes")
        laptop.page.locator(".class-gallery img").wait_for(timeout=20_000)
        sees(laptop, "Une tasse")
        sees(ben, seen)
        press(leader, "class-photographs-no")
        anne.page.locator(".alert.error").wait_for(timeout=20_000)
        anne.look(f"photographs-{lang}-rejected")
        assert [kept.caption for kept in sent(led)] == ["Une tasse"]
        choose(anne, photograph(tmp_path, "chelsea"))
        press(anne, "class-photographs-send")
        sees(anne, saved)
        press(leader, "class-photographs-yes")
        expect(laptop.page.locator(".class-gallery img")).to_have_count(2, timeout=20_000)
        laptop.look(f"photographs-{lang}-room")
        leader.look(f"photographs-{lang}-leader-done")

        laptop.page.locator('[data-testid="stExpander"] summary').first.click()
        laptop.settle()
        press(laptop, "spot_the_fake-own-class-make")
        laptop.page.locator(".alert.done").wait_for(timeout=20_000)
        laptop.look(f"photographs-{lang}-deck")
        [deck] = decks.installed(settings.load())
        assert isinstance(deck, LoadedDeck)
        assert [item.approved for item in deck.deck.items] == [True, True]

        # Kept on the big screen again: the door is closed, whatever a page that was open still shows.
        open_store(settings.load()).classes.lead(led.id, LEADER, given={})
        sees(anne, waits)
        assert all(player.errors == [] for player in (laptop, leader, anne, ben))
        own = {f"localhost:{port}", there.removeprefix("http://")}
        for player in (laptop, leader, anne, ben):
            reached = {url.split("/")[2] for url in player.requested if url.startswith(("http", "ws"))}
            assert reached <= own


def test_over_https_a_tablet_photographs_in_the_page(browser: Browser, home: Path, led: Class) -> None:
    open_store(settings.load()).classes.lead(led.id, LEADER, given={"own_deck": True})
    with kit(home, "--lan", "--https") as (port, _):
        there = f"https://{serve.lan_addresses()[0]}:{port}"
        tablet = device(browser, there, ANNE, 1024, 768)
        tablet.open("spot_the_fake")
        tablet.tick(tablet.page.locator(".st-key-class-photographs-camera [data-testid=stCheckbox]"))
        shoot = tablet.page.locator('[data-testid="stCameraInputButton"]').first
        shoot.wait_for(timeout=20_000)
        tablet.page.wait_for_timeout(1_000)
        tablet.look("photographs-camera")
        shoot.click()
        tablet.page.locator(".st-key-class-photographs-send button").wait_for(timeout=60_000)
        tablet.settle()
        tablet.look("photographs-camera-shot")
        press(tablet, "class-photographs-send")
        sees(tablet, "Votre photo est enregistrée.")
        [kept] = sent(led)
        png = open_store(settings.load()).photographs.picture(led.id, kept.mark)
        assert png is not None
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.size == (480, 320)
        assert tablet.errors == []
