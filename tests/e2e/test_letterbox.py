"""A phone of the room records over https, another day sends a file over http: both sounds arrive in the project."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

import serve
from activities.podcast.run import PodcastRun
from kit import settings
from kit.classroom.store import open_store
from kit.podcast.episode import Consent, Episode, Member, Rights, Segment, SegmentKind, Take
from kit.podcast.letterbox import letterbox
from kit.podcast.store import Projects
from tests.e2e.conftest import FLAGS, launch
from tests.e2e.player import Player
from tests.e2e.test_room import kit

VOICE = "Renard bleu"
LAPTOP = "1" * 32
HOOK = Segment(id="hook", kind=SegmentKind.HOOK, voice=VOICE, text="Et si une machine parlait à votre place ?")
EPISODE = Episode(
    title="Qui parle ?",
    team="Les oreilles",
    members=(Member(name=VOICE),),
    segments=(HOOK,),
    rights=Rights(consents=(Consent(who=VOICE, where="la salle", until=date(2099, 1, 1), agrees=True, adult=True),)),
)


@pytest.fixture
def project(home: Path) -> str:
    """A project that waits for its first take, on the screen of the laptop."""
    made = Projects(settings.load()).create(EPISODE)
    run = PodcastRun(seed=7, step="record", project=made, segment=HOOK.id)
    open_store(settings.load()).save(LAPTOP, "podcast", run.model_dump_json())
    return made


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Its microphone beeps once a second."""
    found = serve.lan_addresses()
    if not found:
        pytest.skip("this machine has no address at which a room could reach it")
    [names] = [flag for flag in FLAGS if flag.startswith("--host-resolver-rules")]
    given = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    started = launch(playwright, ", EXCLUDE ".join([names, *found]), *given)
    yield started
    started.close()


@pytest.fixture
def phone(browser: Browser) -> BrowserContext:
    return browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        ignore_https_errors=True,
        permissions=["microphone"],
        locale="fr-FR",
        reduced_motion="reduce",
    )


def laptop(browser: Browser, url: str) -> Player:
    """The screen of the machine that serves, at the step that records."""
    context = browser.new_context(ignore_https_errors=True, locale="fr-FR", reduced_motion="reduce")
    context.add_cookies([{"name": serve.DEVICE_COOKIE, "value": LAPTOP, "url": url}])
    player = Player(page=context.new_page(), url=url)
    player.open("podcast")
    return player


def takes(project: str) -> list[Take]:
    return [
        source
        for source in Projects(settings.load()).open(project).episode.segment(HOOK.id).sources
        if isinstance(source, Take)
    ]


def memo(folder: Path) -> Path:
    """What a phone's own recorder made: two seconds, 44.1 kHz."""
    time = np.arange(88_200) / 44_100
    file = folder / "Nouvel enregistrement 3.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(44_100)
        out.writeframes((np.sin(2 * np.pi * 330 * time) * 6_000).astype("<i2").tobytes())
    return file


def test_phones_of_the_room_send_sounds(
    browser: Browser, phone: BrowserContext, home: Path, project: str, tmp_path: Path
) -> None:
    with kit(home, "--lan", "--https") as (port, _):
        here = laptop(browser, f"https://localhost:{port}")
        page = phone.new_page()
        there = Player(page=page, url=f"https://{serve.lan_addresses()[0]}:{port}")
        there.open("podcast")
        there.look("letterbox-closed")
        assert page.locator('[data-testid="stFileUploader"]').count() == 0

        here.tick(here.page.locator(".st-key-podcast-letterbox [data-testid=stCheckbox]"))
        assert here.page.locator(".address").inner_text() == f"{there.url}/podcast"
        here.look("letterbox-laptop")

        # The phone's page follows by itself.
        recorder = page.locator('[data-testid="stAudioInput"]')
        recorder.wait_for(timeout=15_000)
        there.settle()
        assert HOOK.text in there.text()
        there.look("letterbox-open")
        button = recorder.locator('[data-testid="stAudioInputActionButton"]').first
        button.tap()
        page.wait_for_timeout(2_500)
        button.tap()
        page.locator(".alert.done").wait_for(timeout=60_000)
        there.settle()
        there.look("letterbox-sent")
        assert there.errors == []
        [recorded] = takes(project)
        assert 1.5 < recorded.seconds < 5

        # So does the laptop's.
        here.page.locator(f".st-key-podcast-take-{HOOK.id}-0").wait_for(timeout=15_000)

    assert letterbox(settings.load()) is not None, "a server that starts again takes up where it was"
    with kit(home, "--lan") as (port, _):
        page = phone.new_page()
        page.set_viewport_size({"width": 360, "height": 740})
        there = Player(page=page, url=f"http://{serve.lan_addresses()[0]}:{port}")
        there.open("podcast")
        assert page.locator('[data-testid="stAudioInput"]').count() == 0
        there.look("letterbox-http")
        there.send_files(page.locator('[data-testid="stFileUploader"]'), [memo(tmp_path)])
        page.locator(".alert.done").wait_for(timeout=60_000)
        there.look("letterbox-http-sent")
        assert there.errors == []
        assert [take.name for take in takes(project)][1:] == ["Nouvel enregistrement 3.wav"]
        assert takes(project)[1].seconds == pytest.approx(2, abs=0.01)
