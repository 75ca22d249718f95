"""Nothing moves under the hand: what comes onto a screen leaves its buttons where they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.player import Player
from tests.e2e.test_workshop import start

BUTTON = "button => { button.dataset.seen = 'before'; return button.getBoundingClientRect().top + scrollY }"


@pytest.mark.parametrize("slug", ["noise_to_image", "next_word", "probe_bias", "podcast"])
def test_a_bet_moves_nothing(play: Callable[..., Player], slug: str) -> None:
    """What follows the choice has its place from the start, and the button is the same one afterwards."""
    player = play()
    start(player, mode=0, plan=0, slug=slug)
    after = player.page.locator('[data-testid="stMain"] p.note[role="status"]')
    assert not after.is_visible()
    top = player.button("next").evaluate(BUTTON)

    player.choose(player.groups().first, 1)
    player.settle()
    assert after.is_visible()
    assert player.button("next").get_attribute("data-seen") == "before"
    assert player.button("next").evaluate(BUTTON) == pytest.approx(top, abs=1)


def test_on_a_phone_the_way_on_stays_in_sight(play: Callable[..., Player]) -> None:
    """The screen is longer than the phone: its buttons stay at the foot, and hide nothing that has the focus."""
    player = play(390, 844)
    start(player, mode=0, plan=0, slug="podcast")
    main = player.page.locator('[data-testid="stMain"]')
    assert main.evaluate("page => page.scrollHeight - page.clientHeight") > 40
    foot = player.button("next").bounding_box()
    assert foot is not None
    assert 844 - 80 < foot["y"] + foot["height"] <= 844

    player.press("next")
    for name in ("team", "title"):
        box = player.page.locator(f".st-key-podcast-{name} input")
        player.tab_to(box)
        there, foot = box.bounding_box(), player.button("next").bounding_box()
        assert there is not None
        assert foot is not None
        assert there["y"] + there["height"] <= foot["y"]
