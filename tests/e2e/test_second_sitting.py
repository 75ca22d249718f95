"""The second sitting: dossiers, forensic views, a detector really trained, a deck really made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, TimeoutError

from activities.spot_the_fake import words as activity_words
from tests.e2e.camera import photograph, still
from tests.e2e.conftest import FILMED, Server
from tests.e2e.player import Player
from tests.e2e.test_workshop import saved, start


def wait_for(player: Player, selector: str, seconds: int = 240) -> None:
    """Wait until a long computation has put something on the page; says what was there instead if it never does."""
    try:
        player.page.wait_for_selector(selector, timeout=seconds * 1000)
    except TimeoutError as late:
        raise AssertionError(f"no {selector} in {seconds} s on:\n{player.text()}") from late
    player.settle()


def to_step(player: Player, step: str) -> None:
    """Go on from the dossiers to a later step."""
    words = activity_words.load("fr")
    for _ in range(30):
        if player.title() == words.steps[step].title:
            return
        if player.title() == words.steps["dossiers"].title and player.groups().count():
            player.choose(player.groups().nth(0), 2)
            player.settle()
            player.press("submit")
        player.press("next")
    raise AssertionError(f"never came to {step}")


@pytest.mark.slow
def test_dossiers_and_the_detector(play: Callable[..., Player]) -> None:
    words = activity_words.load("fr")
    player = play()
    start(player, mode=0, plan=2)
    player.look("dossier")
    to_step(player, "forensics")
    player.look("forensics")
    to_step(player, "detector")
    player.press("submit")
    wait_for(player, ".matrix")
    counts = [int(n) for n in player.page.locator(".matrix b").all_inner_texts()]
    assert sum(counts) >= 30, "the detector answered about fewer images than the deck has"
    assert words.detector.caution in player.text()
    player.look("detector")
    to_step(player, "human_scores")
    player.look("human-scores")
    to_step(player, "own_deck")
    assert set(saved(player)["decisions"].values()) == {"verify"}
    assert player.errors == []


def to_own_deck(player: Player) -> None:
    """Project the second sitting, and lead the room to its last step from the facilitator's window."""
    start(player, mode=1, plan=2)
    facilitator = Player(page=player.page.context.new_page(), url=player.url)
    facilitator.open("conduct")
    for _ in range(5):
        facilitator.press("next_step")
    facilitator.page.close()
    player.open("spot_the_fake")
    assert player.title() == activity_words.load("fr").steps["own_deck"].title


def fields(player: Player) -> dict[str, Locator]:
    """What one meets when one brings photographs, or a deck."""
    page = player.page
    texts, uploaders = page.locator('[data-testid="stTextInput"] input'), page.locator('[data-testid="stFileUploader"]')
    return {
        "camera": page.locator('[class*="own-camera"] input'),
        "photographs": uploaders.nth(0).locator("button").first,
        "title": texts.nth(0),
        "credit": texts.nth(1),
        "add": page.locator(".st-key-spot_the_fake-own-add button"),
        "packed": uploaders.nth(1).locator("button").first,
        "import": page.locator(".st-key-spot_the_fake-own-import-button button"),
    }


@pytest.mark.slow
def test_a_deck_of_ones_own(play: Callable[..., Player], tmp_path: Path) -> None:
    broken = tmp_path / "abîmée.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not a picture at all")
    player = play()
    to_own_deck(player)
    form = fields(player)
    assert player.order(form) == list(form), "Tab goes another way than the eye"

    # A face and a broken file are refused, each in a sentence; the cup comes in.
    uploaders = player.page.locator('[data-testid="stFileUploader"]')
    player.send_files(uploaders.nth(0), [photograph("coffee.png"), photograph("astronaut.png"), broken])
    player.write(form["title"], "Notre <b>rue</b> [ici](http://example.org)")
    player.write(form["credit"], "La classe de 6e B")
    player.enter(form["add"])
    wait_for(player, '[class*="own-make"] button')
    refused = player.page.locator(".alert.error").all_inner_texts()
    assert len(refused) == 2
    assert any("astronaut.png" in sentence for sentence in refused)
    assert any("abîmée.jpg" in sentence for sentence in refused)
    assert player.page.locator("h3 b").count() == 0, "a title became markup"
    assert player.page.get_by_text("Notre <b>rue</b> [ici](http://example.org)").count()

    # The generator makes a double; nothing is exported before it has been looked at.
    assert player.page.locator('[class*="own-export"]').count() == 0
    player.enter(player.page.locator('[class*="own-make"] button'))
    player.page.wait_for_selector('[data-testid="stProgress"]')
    player.page.wait_for_selector('[class*="own-make"], [data-testid="stProgress"]', state="detached", timeout=240_000)
    player.settle()
    assert player.page.locator('[class*="own-yes"]').count() == 1
    player.look("own-deck")
    player.enter(player.page.locator('[class*="own-yes"] button'))
    player.settle()
    with player.page.expect_download() as download:
        player.enter(player.page.locator('[class*="own-export"] a'))
    packed = tmp_path / "deck.zip"
    download.value.save_as(packed)
    player.page.wait_for_timeout(1000)

    # It comes back in by the same door.
    player.send_files(uploaders.nth(1), [packed])
    player.enter(fields(player)["import"])
    wait_for(player, ".alert.done")
    assert player.page.locator('[class*="own-export"] a').count() == 2
    player.look("own-deck-imported")

    # And both go away, in two gestures each.
    for left in (1, 0):
        player.settle()
        player.enter(player.page.locator('[data-testid="stMain"] [data-testid="stPopover"] button').nth(-3))
        player.enter(player.page.locator('[class*="own-remove"] button'))
        player.settle()
        assert player.page.locator('[class*="own-export"] a').count() == left
    assert player.errors == []


def wait_for_picture(player: Player) -> None:
    """Wait until the camera shows something: before, its button has nothing to take."""
    for _ in range(200):
        width = player.page.evaluate("document.querySelector('[data-testid=stCameraInput] video')?.videoWidth ?? 0")
        if width and player.page.locator('[data-testid="stCameraInputButton"]:not([disabled])').count():
            return
        player.page.wait_for_timeout(100)
    raise AssertionError("the camera shows nothing")


@pytest.mark.slow
def test_a_deck_from_the_camera(play_with_camera: Callable[..., Player], server: Server) -> None:
    player = play_with_camera()
    to_own_deck(player)
    page, shutter = player.page, player.page.locator('[data-testid="stCameraInputButton"]')
    player.tab_to(fields(player)["camera"])
    page.keyboard.press("Space")
    for taken in (1, 2):
        wait_for_picture(player)
        player.enter(shutter)
        page.wait_for_selector(f'.note[role="status"]:has-text("{taken}")')
        player.settle()
        if taken == 1:
            player.enter(shutter)
    before = page.viewport_size
    for width, height in ((390, 844), (1920, 1080), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        page.locator('[data-testid="stCameraInput"]').scroll_into_view_if_needed()
        page.wait_for_timeout(1000)
        player.look("camera")
    assert page.viewport_size == before

    # Without a title nothing is saved, and nothing is lost.
    player.write(fields(player)["credit"], "La classe de 6e B")
    player.enter(fields(player)["add"])
    wait_for(player, ".alert.error")
    assert "2" in page.locator('.note[role="status"]').inner_text()
    player.write(fields(player)["title"], "Nos tasses")
    player.enter(fields(player)["add"])
    wait_for(player, ".alert.done")
    assert page.locator('.note[role="status"]').count() == 0

    # What the camera saw waits for approval; it is the picture that was before it.
    approvals = page.locator('[class*="own-yes"] button')
    assert approvals.count() == 2
    others = page.locator('[class*="own-export"] a').count()
    player.look("camera-approval")
    files = sorted(server.home.glob("decks/nos-tasses*/*-real.png"))
    assert len(files) == 2
    wanted = np.asarray(still(photograph(FILMED)).resize((320, 180)).convert("L"), float).ravel()
    for file in files:
        with Image.open(file) as picture:
            assert picture.width / picture.height == pytest.approx(16 / 9, rel=0.01)
            seen = np.asarray(picture.resize((320, 180)).convert("L"), float).ravel()
        assert np.corrcoef(seen, wanted)[0, 1] > 0.95
    for left in (1, 0):
        player.settle()
        player.enter(approvals.first)
        player.settle()
        assert approvals.count() == left
        assert page.locator('[class*="own-export"] a').count() == others + (not left)
    assert player.errors == []
