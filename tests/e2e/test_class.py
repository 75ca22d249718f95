"""A class of three phones, its projected screen, its facilitator on a phone of their own; and a battery that goes flat.

No network but this machine's own address. « Vrai ou IA ? » is played from the code to the report; the server is killed
once on the way.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

import serve
from tests.e2e.conftest import FLAGS, Server, launch
from tests.e2e.player import Player

IMAGES = 8


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Server]:
    """A kit that is open to the room."""
    if not serve.lan_addresses():
        pytest.skip("this machine has no address at which a room could reach it")
    kit = Server(home=tmp_path / "home", record=tmp_path / "record.txt", lan=True)
    kit.start()
    yield kit
    kit.stop()


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    [names] = [flag for flag in FLAGS if flag.startswith("--host-resolver-rules")]
    started = launch(playwright, ", EXCLUDE ".join([names, *serve.lan_addresses()]))
    yield started
    started.close()


def device(browser: Browser, url: str, width: int, height: int) -> Player:
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": height}, locale="fr-FR", reduced_motion="reduce", accept_downloads=True
    )
    return Player(page=context.new_page(), url=url)


def click(player: Player, key: str) -> None:
    """Press the button with this widget key, whoever owns it."""
    player.page.locator(f".st-key-{key} button").first.click()
    player.settle()


def sees(player: Player, text: str) -> None:
    """The screen comes to show this, by itself."""
    expect(player.page.locator('[data-testid="stMain"]')).to_contain_text(text, timeout=20_000)
    player.settle()


def sort(phone: Player, verdicts: list[int]) -> None:
    """Answer the images from where one is, each by a verdict (0: a photograph) and « Je crois bien »."""
    for verdict in verdicts:
        shown = phone.page.locator("h2.kicker")
        before = shown.inner_text()
        groups = phone.groups()
        groups.nth(0).locator("label").nth(verdict).click()
        groups.nth(1).locator("label").nth(2).click()
        phone.page.locator(".st-key-spot_the_fake-submit button").click()
        expect(phone.page.locator('[data-testid="stMain"]')).not_to_contain_text(before, timeout=20_000)
        phone.settle()


def test_a_class_from_the_code_to_the_report(room: Server, browser: Browser, tmp_path: Path) -> None:
    address = f"http://{serve.lan_addresses()[0]}:{room.port}"
    # A class is opened on the laptop, and its way in is projected.
    laptop = device(browser, room.url, 1920, 1080)
    laptop.open("spot_the_fake")
    laptop.choose(laptop.page.locator(".st-key-spot_the_fake-mode [data-testid=stRadioGroup]"), 2)
    laptop.settle()
    laptop.look("class-setup")
    click(laptop, "spot_the_fake-start")
    code = laptop.page.locator(".class-code").inner_text()
    assert laptop.page.locator(".class-address").inner_text() == address
    laptop.look("class-lobby")

    # Another phone leads, by the link that the remote control gives once.
    desk = Player(page=laptop.page.context.new_page(), url=room.url)
    desk.open("conduct")
    desk.page.get_by_text("Animer ou projeter depuis un autre appareil").click()
    click(desk, "class-link-facilitator")
    link = desk.page.locator('[data-testid="stCode"]').inner_text().strip()
    leader = device(browser, address, 390, 844)
    leader.open(link.removeprefix(f"{address}/"))
    leader.page.wait_for_url("**/conduct")
    leader.settle()
    leader.look("class-leader")
    thief = device(browser, address, 390, 844)
    thief.open(link.removeprefix(f"{address}/"))
    sees(thief, "Ce lien a déjà servi")
    thief.open("conduct")
    sees(thief, "Les notes d’animation s’ouvrent sur")

    # Three phones join: by the picture, by the typed code, by a code that is wrong at first.
    phones = [
        device(browser, address, 390, 844),
        device(browser, address, 360, 740),
        device(browser, address, 360, 740),
    ]
    for place, phone in enumerate(phones):
        phone.open(f"join?code={code}" if place == 0 else "join")
        if place:
            field = phone.page.locator(".st-key-join-code input")
            if place == 2:
                field.fill("XXXXXX")
                click(phone, "join-join-code")
                sees(phone, "Aucune classe n’a le code « XXXXXX »")
            field.fill(code.lower())
        click(phone, "join-join-code")
        sees(phone, "Vous êtes dans la classe")
    phones[1].look("class-arrived")
    names = [phone.page.locator(".class-big").inner_text() for phone in phones]
    words = phones[2].page.locator(".class-words").inner_text()
    assert len(set(names)) == 3
    sees(laptop, "Appareils dans la classe : 3")

    # The brief is on the big screen; the devices wait. Then the first round, each at its own pace.
    click(leader, "class-begin")
    for phone in phones:
        sees(phone, "Regardez le grand écran")
    phones[0].look("class-waits")
    click(leader, "conduct-next_step")
    for phone in phones:
        sees(phone, "Image 1 sur 8")
    phones[1].look("class-image")
    sees(laptop, "Regardez les images sur votre appareil")
    laptop.look("class-round")
    sort(phones[0], [0] * IMAGES)
    sees(phones[0], "C’est enregistré")
    phones[0].look("class-saved")
    sort(phones[1], [1] * IMAGES)
    sort(phones[2], [0, 1, 0])

    # The battery of the laptop goes flat. Every screen comes back by itself; a phone that does not is another's.
    room.kill()
    room.start()
    for phone in phones:
        phone.back()
    sees(phones[0], "C’est enregistré")
    sort(phones[2], [1])
    sees(phones[2], "Image 5 sur 8")
    other = device(browser, address, 360, 740)
    other.open(f"join?code={code}")
    other.page.get_by_text("J’étais déjà là").click()
    click(other, "join-names")
    other.select(other.page.locator(".st-key-join-name [data-testid=stSelectbox]"), names[2])
    other.page.locator(".st-key-join-words input").fill(words.upper())
    other.page.locator(".st-key-join-words input").press("Tab")
    click(other, "join-back")
    sees(other, "Image 5 sur 8")
    assert other.page.locator(".class-name").inner_text() == names[2]
    sort(other, [0, 1, 0, 1])
    sees(laptop, "Ont répondu : 3 sur 3")
    leader.page.reload()
    leader.settle()
    sees(leader, "Ont répondu : 3 sur 3")
    leader.look("class-leads")

    # The lesson, then the second round; answers are closed, opened again.
    click(leader, "conduct-next_step")
    for phone in (*phones[:2], other):
        sees(phone, "Regardez le grand écran")
    click(leader, "conduct-next_step")
    sees(phones[0], "Image 1 sur 8")
    click(leader, "class-lock")
    sees(phones[0], "Les réponses sont fermées")
    click(leader, "class-lock")
    for phone, verdicts in zip((*phones[:2], other), ([1] * IMAGES, [0] * IMAGES, [1] * IMAGES), strict=True):
        sees(phone, "Image 1 sur 8")
        sort(phone, verdicts)

    # The explanations and the results are on the big screen alone.
    click(leader, "conduct-next_step")
    sees(laptop, "Révélations")
    sees(phones[0], "Regardez le grand écran")
    click(leader, "conduct-reveal")
    laptop.settle()
    laptop.look("class-reveal")
    click(leader, "conduct-next_step")
    sees(laptop, "Images de machine repérées")
    laptop.look("class-results")
    shares = laptop.page.locator(".share b").all_inner_texts()
    assert [int(share.split()[-1]) for share in shares] == [int(share.split("sur")[1].strip()) for share in shares], (
        "each share says out of how many"
    )
    assert sum(int(share.split("sur")[1]) for share in shares) == 3 * 2 * IMAGES, "no answer is lost, none counts twice"

    # The key shows again how to join, over the results.
    laptop.page.keyboard.press("k")
    expect(laptop.page.locator(".class-code")).to_have_text(code, timeout=10_000)

    # The report goes home; the class is ended.
    for kind, head in (("html", b"<!doctype html>"), ("pdf", b"%pdf-"), ("csv", b"\xef\xbb\xbf")):
        button = leader.page.locator(f".st-key-class-report-{kind}-{code} a").first
        if not button.is_visible():
            leader.page.get_by_text("Emporter le rapport").first.click()
        with leader.page.expect_download() as download:
            button.click()
        file = tmp_path / f"report.{kind}"
        download.value.save_as(file)
        assert file.read_bytes().lower().startswith(head)
    leader.look("class-report")
    rows = list(csv.reader(io.StringIO((tmp_path / "report.csv").read_text("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + 3 * 2 * IMAGES
    said = (tmp_path / "report.html").read_text("utf-8") + (tmp_path / "report.csv").read_text("utf-8-sig")
    assert not any(name in said for name in names)
    # It ends: the devices are free, the results stay until their date.
    leader.page.get_by_text("Terminer la classe").first.click()
    click(leader, f"class-close-{code}")
    sees(leader, "Une classe terminée")
    leader.look("class-over")
    for player in (laptop, desk, leader, thief, *phones[:2], other):
        assert player.errors == []
        assert not [url for url in player.requested if "//localhost" not in url and f"//{address[7:]}" not in url]
