"""« Défi podcast »: from an empty project to an episode with chapters, by keyboard alone, with the network off."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import podcastparser
import pyloudnorm
import pytest
from mutagen.id3 import ID3
from playwright.sync_api import Browser, Playwright

from activities.podcast import words as activity_words
from kit.audio.encoding import decode_blocks
from kit.podcast.feed import faults
from tests.e2e.conftest import Server, _players, launch
from tests.e2e.player import Player
from tests.e2e.test_second_sitting import wait_for
from tests.e2e.test_workshop import start
from tests.kit.audio.sounds import encoded, speech

SLUG = "podcast"
PART = "2. Accroche"


@pytest.fixture(scope="module")
def chromium_with_microphone(playwright: Playwright) -> Iterator[Browser]:
    """Its microphone beeps once a second."""
    browser = launch(playwright, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    yield browser
    browser.close()


@pytest.fixture
def play_with_microphone(server: Server, chromium_with_microphone: Browser) -> Iterator[Callable[..., Player]]:
    yield from _players(server, chromium_with_microphone, permissions=["microphone"], accept_downloads=True)


def key(player: Player, name: str) -> str:
    return f".st-key-{SLUG}-{name}"


def record(player: Player, seconds: float) -> None:
    """Press the microphone, speak, press again: by keyboard."""
    takes = player.page.locator('[class*="st-key-podcast-take-"]').count()
    button = player.page.locator('[data-testid="stAudioInputActionButton"]').first
    player.enter(button)
    player.page.wait_for_timeout(int(seconds * 1000))
    player.enter(player.page.locator('[data-testid="stAudioInputActionButton"]').first)
    wait_for(player, f'[class*="st-key-podcast-take-"] >> nth={takes}', seconds=60)
    player.settle()


def choose_part(player: Player, step: str, text: str) -> None:
    player.select(player.page.locator(key(player, f"segment-{step}")), text)


def download(player: Player, button: str) -> bytes:
    with player.page.expect_download(timeout=60_000) as got:
        player.enter(player.page.locator(f".st-key-podcast-{button} a"))
    return Path(got.value.path()).read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_from_nothing_to_an_episode(play_with_microphone: Callable[..., Player], tmp_path: Path) -> None:
    words = activity_words.load("fr")
    player = play_with_microphone()
    start(player, mode=0, plan=0, slug=SLUG)
    player.choose(player.groups().first, 1)
    player.press("next")

    assert player.title() == words.steps["team"].title
    player.write(player.page.locator(f"{key(player, 'team')} input"), "Les curieux")
    player.write(player.page.locator(f"{key(player, 'title')} input"), "Une minute pour compter")
    player.page.keyboard.press("Tab")
    player.settle()
    player.look("podcast-team")
    player.press("next")

    player.write(player.page.locator(f"{key(player, 'angle')} input"), "Une machine répète ce qu’elle a lu.")
    player.press("claim-add")
    player.look("podcast-angle")
    player.press("next")

    assert player.title() == words.steps["rundown"].title
    choose_part(player, "rundown", PART)
    player.write(
        player.page.locator(f"{key(player, 'part-hook-text')} textarea"), "Qui choisit ce que lit une machine ?"
    )
    player.page.keyboard.press("Tab")
    player.settle()
    player.look("podcast-rundown")
    player.press("next")

    # No agreement, no microphone.
    player.press("next")
    assert player.title() == words.steps["record"].title
    assert player.page.locator('[data-testid="stAudioInput"]').count() == 0
    player.press("back")
    player.tick(player.page.locator(key(player, "consent-0-agrees")))
    player.write(player.page.locator(f"{key(player, 'consent-0-where')} input"), "la salle")
    player.page.keyboard.press("Tab")
    player.settle()
    player.look("podcast-rights")
    player.press("next")

    # Three takes, and a file from a phone.
    record(player, 2.0)
    record(player, 3.0)
    player.look("podcast-record")
    choose_part(player, "record", "3. Chronique")
    record(player, 4.0)
    choose_part(player, "record", "4. Désannonce")
    memo = tmp_path / "Mémo vocal.m4a"
    memo.write_bytes(encoded(speech(5.0), "ipod", "aac"))
    player.enter(player.page.locator('[data-testid="stMain"] summary').first)
    player.send_files(player.page.locator('[data-testid="stFileUploader"]'), [memo])
    wait_for(player, '[class*="st-key-podcast-take-"]', seconds=60)
    player.press("next")

    # A cut, undone; then another.
    assert player.title() == words.steps["edit"].title
    wait_for(player, f"{key(player, 'from')} input", seconds=60)
    player.write(player.page.locator(f"{key(player, 'from')} input"), "0.5")
    player.page.keyboard.press("Tab")
    player.settle()
    player.press("do-keep")
    wait_for(player, f"{key(player, 'undo')} button:not([disabled])", seconds=60)
    player.look("podcast-edit")
    player.press("undo")
    wait_for(player, f"{key(player, 'undo')} button[disabled]", seconds=60)
    player.press("next")

    # A jingle, and a bed under the voices.
    choose_part(player, "dress", "1. Générique")
    player.choose(player.groups().first, 2)
    player.settle()
    player.press("bed-add")
    wait_for(player, '[class*="st-key-podcast-bed-"] audio', seconds=90)
    player.look("podcast-dress")
    player.press("next")

    player.press("make-mix")
    wait_for(player, ".points", seconds=120)
    player.look("podcast-mix")
    assert player.page.locator(".points .stop").count() == 1, "the credits of the rundown have no sound yet"
    player.press("back")
    for _ in range(4):
        player.press("back")
    assert player.title() == words.steps["rundown"].title
    choose_part(player, "rundown", "5. Crédits")
    player.press("part-gone")
    for _ in range(5):
        player.press("next")
    player.press("make-mix")
    wait_for(player, ".points", seconds=120)
    assert player.page.locator(".points .stop").count() == 0
    player.press("next")

    wait_for(player, '[data-testid="stImage"] img', seconds=60)
    player.write(player.page.locator(f"{key(player, 'publish-show')} input"), "Les curieux")
    player.page.keyboard.press("Tab")
    player.settle()
    player.press("make-publish")
    wait_for(player, f"{key(player, 'zip')} a", seconds=120)
    player.look("podcast-publish")
    check(zipfile.ZipFile(io.BytesIO(download(player, "zip"))), tmp_path)
    player.press("next")
    assert words.brief.guesses["one_fifty"].reply in player.text()
    assert player.errors == []


def check(zipped: zipfile.ZipFile, folder: Path) -> None:
    """What was downloaded: as loud as it should be, with its chapters, and a feed that others can read."""
    assert {"episode.yaml", "episode.mp3", "feed.xml", "notes.md", "cover.png"} <= set(zipped.namelist())
    mp3 = folder / "episode.mp3"
    mp3.write_bytes(zipped.read("episode.mp3"))
    samples = np.concatenate(list(decode_blocks(mp3)))
    assert pyloudnorm.Meter(44_100).integrated_loudness(samples) == pytest.approx(-16, abs=0.5)
    assert np.abs(samples).max() < 10 ** (-1 / 20)
    tags = ID3(mp3)
    titles = [str(frame.sub_frames["TIT2"]) for frame in tags.getall("CHAP")]
    assert titles == [chapter["title"] for chapter in json.loads(zipped.read("chapters.json"))["chapters"]]
    assert len(titles) >= 3
    xml = zipped.read("feed.xml")
    assert [fault for fault in faults(xml) if "example.org" not in str(fault)] == []
    parsed = podcastparser.parse("https://example.org/feed.xml", io.BytesIO(xml))
    assert parsed["title"] == "Les curieux"
    assert parsed["episodes"][0]["title"] == "Une minute pour compter"
    assert parsed["episodes"][0]["enclosures"][0]["file_size"] == len(zipped.read("episode.mp3"))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_afternoon_in_a_room(play: Callable[..., Player]) -> None:
    """Projected, with its clock; the facilitator sees where the team stands and gives it more time."""
    words = activity_words.load("fr")
    player = play(1920, 1080)
    start(player, mode=1, plan=2, slug=SLUG)
    assert player.page.locator(".afternoon").count() == 1
    player.look("podcast-room-brief")
    facilitator = Player(page=player.page.context.new_page(), url=player.url)
    facilitator.open("conduct")
    for _ in range(4):
        facilitator.press("next_step")
    assert words.steps["witness"].voice in facilitator.text()
    facilitator.press("stretch-more")
    facilitator.look("podcast-notes")
    player.page.bring_to_front()
    wait_for(player, f"{key(player, 'talk')} button", seconds=30)
    player.press("talk")
    player.page.keyboard.press("m")
    player.settle()
    player.look("podcast-room-witness")
    assert player.page.locator(".note", has_text="Bons moments").count() == 1
    assert player.errors == []
    assert facilitator.errors == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_on_a_phone_in_english(play: Callable[..., Player]) -> None:
    """Every screen of the lesson before anything is recorded, on 390 pixels."""
    words = activity_words.load("en")
    player = play(390, 844, "en-GB")
    player.open(SLUG)
    player.look("podcast-phone-setup")
    start(player, mode=0, plan=0, slug=SLUG)
    for step in ("brief", "team", "angle", "rundown", "rights", "record", "edit", "dress", "mix", "publish"):
        assert player.title() == words.steps[step].title
        player.look(f"podcast-phone-{step}")
        player.press("next")
    assert player.title() == words.steps["debrief"].title
    assert player.errors == []
