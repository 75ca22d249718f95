"""The second sitting: dossiers, forensic views, a detector really trained, a deck really made."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from activities.spot_the_fake import words as activity_words
from tests.e2e.player import Player
from tests.e2e.test_workshop import saved, start


def photograph(name: str) -> str:
    """A photograph that scikit-image carries."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "data" / name)


def wait_for(player: Player, selector: str, seconds: int = 240) -> None:
    """Wait until a long computation has put something on the page."""
    player.page.wait_for_selector(selector, timeout=seconds * 1000)
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
    assert set(saved(player)["decisions"].values()) == {"verify"}
    player.open("spot_the_fake")
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
    assert player.errors == []


@pytest.mark.slow
def test_a_deck_of_ones_own(play: Callable[..., Player], tmp_path: Path) -> None:
    broken = tmp_path / "abîmée.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not a picture at all")
    player = play()
    start(player, mode=1, plan=2)
    facilitator = Player(page=player.page.context.new_page(), url=player.url)
    facilitator.open("conduct")
    for _ in range(5):
        facilitator.button("next_step").click()
        facilitator.settle()
    facilitator.page.close()
    player.open("spot_the_fake")

    # A face and a broken file are refused, each in a sentence; the cup comes in.
    chooser = player.page.locator('[data-testid="stFileUploader"] input[type=file]').first
    chooser.set_input_files([photograph("coffee.png"), photograph("astronaut.png"), str(broken)])
    player.page.wait_for_timeout(1500)
    fields = player.page.locator('[data-testid="stTextInput"] input')
    fields.nth(0).fill("Notre <b>rue</b> [ici](http://example.org)")
    fields.nth(1).fill("La classe de 6e B")
    player.page.locator(".st-key-spot_the_fake-own-add button").click()
    wait_for(player, '[class*="own-make"] button')
    refused = player.page.locator(".alert.error").all_inner_texts()
    assert len(refused) == 2
    assert any("astronaut.png" in sentence for sentence in refused)
    assert any("abîmée.jpg" in sentence for sentence in refused)
    assert player.page.locator("h3 b").count() == 0, "a title became markup"
    assert player.page.get_by_text("Notre <b>rue</b> [ici](http://example.org)").count()

    # The generator makes a double; nothing is exported before it has been looked at.
    assert player.page.locator('[class*="own-export"]').count() == 0
    player.page.locator('[class*="own-make"] button').click()
    player.page.wait_for_selector('[data-testid="stProgress"]')
    player.page.wait_for_selector('[class*="own-make"], [data-testid="stProgress"]', state="detached", timeout=240_000)
    player.settle()
    assert player.page.locator('[class*="own-yes"]').count() == 1
    player.look("own-deck")
    player.page.locator('[class*="own-yes"] button').click()
    player.settle()
    with player.page.expect_download() as download:
        player.page.locator('[class*="own-export"] button').click()
    packed = tmp_path / "deck.zip"
    download.value.save_as(packed)

    # It comes back in by the same door.
    player.page.locator('[data-testid="stFileUploader"] input[type=file]').nth(1).set_input_files(str(packed))
    player.page.wait_for_timeout(1000)
    player.page.locator(".st-key-spot_the_fake-own-import-button button").click()
    wait_for(player, ".alert.done")
    assert player.page.locator('[class*="own-export"] button').count() == 2
    assert player.errors == []
