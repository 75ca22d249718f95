"""« Sonder les biais » by keyboard alone: the core sitting, the room, the extension cards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator

from activities.probe_bias import words as activity_words
from activities.probe_bias.answers import Guess
from tests.e2e.player import Player
from tests.e2e.test_next_word import make, on_to
from tests.e2e.test_second_sitting import wait_for
from tests.e2e.test_workshop import ALONE, LESSON, saved, start

SLUG = "probe_bias"


def submit(player: Player) -> Locator:
    """The button of the form on screen."""
    return player.page.locator('[data-testid="stFormSubmitButton"] button').first


def percents(player: Player, chart: int = 0) -> list[int]:
    """The figures of a chart of marks, line by line, rounded."""
    said = player.page.locator(".marks").nth(chart).locator("dd b").all_inner_texts()
    return [round(float("".join(c for c in text if c.isdigit() or c in ",.").replace(",", "."))) for text in said]


def too_few(player: Player) -> bool:
    """Whether the page owns up that this machine was too busy for the tiny model to learn anything."""
    return any(words in player.text() for words in ("Si peu de pas", "So few steps"))


@pytest.mark.slow
@pytest.mark.timeout(900)
@ALONE
def test_alone(play: Callable[..., Player], locale: str, width: int, height: int, plan: int) -> None:
    words = activity_words.load(locale[:2])
    player = play(width, height, locale)
    player.open(SLUG)
    player.look("bias-setup")
    start(player, mode=0, plan=plan, slug=SLUG)
    player.choose(player.groups().first, 2)
    player.press("next")

    # The bet comes first: the second sentence of the pair, against the stereotype.
    assert player.title() == words.steps["pairs"].title
    assert player.page.locator(".chances").count() == 0
    player.choose(player.groups().last, 1)
    player.settle()
    player.look("bias-pairs-before")
    player.press("show")
    wait_for(player, ".chances", seconds=90)
    assert words.compared in player.text()
    assert player.page.locator(".chances .share").count() == 3
    player.look("bias-pairs")
    on_to(player, words.steps["corpus"].title)

    # A count, then the corpus opened down to its sentences.
    player.write(player.page.locator(".st-key-probe_bias-expected input"), "40")
    player.enter(submit(player))
    wait_for(player, ".marks", seconds=90)
    assert "40" in player.page.locator(".big").first.inner_text()
    learnt = percents(player)
    assert len(learnt) == 22
    assert learnt[0] < 15 < 85 < learnt[-1], learnt
    player.look("bias-corpus")
    player.enter(player.page.locator("summary").nth(1))
    player.select(player.page.locator(".st-key-probe_bias-row"), "garagiste")
    wait_for(player, ".items li", seconds=60)
    assert all("garagiste" in text for text in player.page.locator(".items li").all_inner_texts())
    player.press("next")

    if plan == LESSON:
        # A bias is made, then its words are filtered out: it stays in the words that agree.
        assert player.title() == words.steps["making"].title
        player.look("bias-making-before")
        make(player, "making", ".marks")
        shares = percents(player)
        assert len(shares) == 6
        assert shares[-1] - shares[0] > 40 or too_few(player), shares
        player.choose(player.groups().last, 2)
        player.settle()
        make(player, "repair", ".marks >> nth=1")
        left = percents(player, chart=1)
        assert left[-1] - left[0] > 30 or too_few(player), left
        player.look("bias-making")
        player.press("next")

    assert words.brief.guesses[Guess.TEXTS].reply in player.text()
    assert words.debrief.mandate in player.text()
    if plan == LESSON:
        for question in words.debrief.questions:
            assert question.question in player.text()
            player.press("next")
        player.write(player.page.locator("textarea"), "Le biais était dans le compte.")
        player.page.keyboard.press("Tab")
        player.settle()
    run = saved(player, SLUG)
    assert (run["guess"], run["expected"], run["row"]) == ("texts", 40, "garagiste")
    if plan == LESSON:
        assert (run["step"], run["repair"]) == ("trace", "filtered")
    assert player.errors == []


@pytest.mark.slow
def test_projected(play: Callable[..., Player]) -> None:
    """A room before 4e: slates, and the facilitator reveals."""
    words = activity_words.load("fr")
    player = play(1920, 1080)
    start(player, mode=1, plan=1, slug=SLUG, level="CM1")
    facilitator = Player(page=player.page.context.new_page(), url=player.url)
    facilitator.open("conduct")
    facilitator.press("next_step")
    assert words.steps["pairs"].voice in facilitator.text()
    assert words.labs["pairs"].alone in facilitator.text()
    facilitator.look("bias-notes")
    player.page.bring_to_front()
    wait_for(player, ".two", seconds=30)
    assert player.page.locator(".chances").count() == 0
    player.look("bias-room-pairs-before")
    facilitator.page.bring_to_front()
    facilitator.press("reveal")
    player.page.bring_to_front()
    wait_for(player, ".chances", seconds=90)
    assert words.labs["pairs"].alone not in player.text(), "the notes are on the room's screen"
    player.look("bias-room-pairs")
    facilitator.page.bring_to_front()
    facilitator.press("next_step")
    facilitator.press("reveal")
    player.page.bring_to_front()
    wait_for(player, ".marks", seconds=90)
    player.look("bias-room-corpus")
    assert player.errors == []
    assert facilitator.errors == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_second_sitting(play: Callable[..., Player]) -> None:
    """The cards: a blank, an audit, a coding by two people, word vectors."""
    player = play()
    start(player, mode=0, plan=2, slug=SLUG)
    wait_for(player, ".chances", seconds=90)
    assert player.page.locator(".st-key-bias-blank .chances").count() == 9
    player.look("bias-blank")
    player.press("next")

    make(player, "audit", ".heat")
    assert player.page.locator(".heat td").count() == 96
    player.look("bias-audit")
    player.press("next")

    make(player, "coding", ".st-key-bias-coding")
    for coder in (0, 1):
        player.choose(player.groups().first, coder)
        player.settle()
        for place in range(12):
            player.choose(player.page.locator(".st-key-bias-coding [data-testid='stRadioGroup']").nth(place), place % 2)
            player.settle()
        if coder == 0:
            assert player.page.locator(".bars").count() == 0
    wait_for(player, ".bars", seconds=30)
    assert "Kappa de Cohen\N{NO-BREAK SPACE}: 1." in player.text()
    player.look("bias-coding")
    player.press("next")

    wait_for(player, ".marks", seconds=60)
    assert player.page.locator(".marks dt").count() == 12
    player.look("bias-vectors")
    run = saved(player, SLUG)
    assert len(run["coding"]["first"]) == len(run["coding"]["second"]) == 12
    assert player.errors == []


@pytest.mark.slow
def test_a_choice_made_in_haste_is_kept(play: Callable[..., Player]) -> None:
    """Key after key, faster than the page is drawn; then on at once. No window is taken for another one."""
    player = play()
    start(player, mode=0, plan=0, slug=SLUG)
    for number in (3, 0, 2, 1):
        player.choose(player.groups().first, number)
    player.press("next")
    assert player.page.locator('[data-testid="stToast"]').count() == 0
    assert saved(player, SLUG)["guess"] == "makers"
