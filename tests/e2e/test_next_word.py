"""« Le mot d'après » by keyboard alone: the core sitting, the room, a model that learns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from activities.next_word import words as activity_words
from activities.next_word.answers import Guess
from tests.e2e.player import Player
from tests.e2e.test_second_sitting import wait_for
from tests.e2e.test_workshop import ALONE, LESSON, on_to, saved, start

SLUG = "next_word"
PICKS = ".st-key-word-picks button"


def make(player: Player, what: str, until: str) -> None:
    """Press the button that asks for a computation, and wait for what it gives."""
    player.enter(player.button(f"make-{what}"))
    wait_for(player, until, seconds=120)


def bet(player: Player, word: str) -> None:
    """Bet on the next word, then see what the model expects."""
    player.write(player.page.locator(".st-key-next_word-bet input"), word)
    player.enter(player.page.locator('[data-testid="stFormSubmitButton"] button'))
    wait_for(player, ".chances", seconds=60)


@pytest.mark.slow
@ALONE
def test_alone(play: Callable[..., Player], locale: str, width: int, height: int, plan: int) -> None:
    words = activity_words.load(locale[:2])
    player = play(width, height, locale)
    player.open(SLUG)
    player.look("word-setup")
    start(player, mode=0, plan=plan, slug=SLUG)
    assert player.title() == words.steps["brief"].title
    player.choose(player.groups().first, 2)
    wait_for(player, f'.note[role="status"]:has-text("{words.brief.after[:12]}")')
    player.press("next")

    if plan == LESSON:
        wait_for(player, ".pieces", seconds=120)
        player.write(player.page.locator(".st-key-next_word-cut input"), "Une antilope à Brévaine")
        player.page.keyboard.press("Tab")
        wait_for(player, '.figures tbody th:has-text("Brévaine")')
        assert player.page.locator(".figures tbody th").all_inner_texts() == ["Une", "antilope", "à", "Brévaine"]
        player.look("word-tokens")
        player.press("next")

    # The bet comes first; then a piece is chosen, and the model goes on from there.
    assert player.page.locator(".chances").count() == 0
    player.look("word-bets-before")
    bet(player, "médiathèque")
    assert player.page.locator(".chances .bet dt").inner_text().endswith("médiathèque")
    player.look("word-bets")
    before = player.page.locator(".sofar").inner_text()
    player.enter(player.page.locator(PICKS).nth(2))
    player.page.wait_for_selector(PICKS, state="detached")
    player.settle()
    assert len(player.page.locator(".sofar").inner_text()) > len(before)
    if plan == LESSON:
        on_to(player, words.steps["temperature"].title)
        make(player, "temperature", ".six .written")
        assert player.page.locator(".six .written").count() == 6
        player.look("word-temperature")
        player.press("next")

    on_to(player, words.steps["facts"].title)
    make(player, "facts", ".answers")
    assert words.claims[0].check not in player.text()
    player.choose(player.groups().first, 1)
    player.settle()
    player.press("check")
    wait_for(player, ".figures")
    assert words.claims[0].check in player.text()
    player.look("word-facts")
    on_to(player, words.steps["debrief"].title)
    assert words.brief.guesses[Guess.LIKELY].reply in player.text()
    assert words.debrief.mandate in player.text()
    player.look("word-debrief")
    if plan == LESSON:
        for question in words.debrief.questions:
            assert question.question in player.text()
            player.press("next")
        player.write(player.page.locator("textarea"), "Probable ne veut pas dire vrai.")
        player.page.keyboard.press("Tab")
        player.settle()

    run = saved(player, SLUG)
    assert (run["guess"], run["verdicts"]) == ("likely", {"0": "false"})
    assert (run["step"], run["text"]) == (
        ("trace", "Probable ne veut pas dire vrai.") if plan == LESSON else ("debrief", "")
    )
    assert player.errors == []


@pytest.mark.slow
def test_projected(play: Callable[..., Player]) -> None:
    """A room before 4e: slates, and the facilitator triggers what is computed."""
    words = activity_words.load("fr")
    player = play(1920, 1080)
    start(player, mode=1, plan=1, slug=SLUG, level="CM1")
    facilitator = Player(page=player.page.context.new_page(), url=player.url)
    facilitator.open("conduct")
    facilitator.press("next_step")
    assert words.steps["bets"].voice in facilitator.text()
    assert words.labs["bets"].alone in facilitator.text()
    facilitator.look("word-notes")
    player.page.bring_to_front()
    wait_for(player, ".sofar", seconds=30)
    assert player.page.locator(".chances").count() == 0
    player.look("word-room-bets-before")
    facilitator.page.bring_to_front()
    facilitator.press("reveal")
    player.page.bring_to_front()
    wait_for(player, ".chances", seconds=60)
    assert words.labs["bets"].alone not in player.text(), "the notes are on the room's screen"
    player.look("word-room-bets")
    assert player.errors == []
    assert facilitator.errors == []


@pytest.mark.slow
def test_second_sitting(play: Callable[..., Player]) -> None:
    """The surprise of words; a model that learns, live, then with ten times less."""
    player = play()
    start(player, mode=0, plan=2, slug=SLUG)
    make(player, "surprise", ".pieces.surprise")
    strongest = player.page.locator(".surprise .tone-5 > span").all_inner_texts()
    assert [word.strip() for word in strongest] == ["confiture"]
    player.look("word-surprise")
    player.press("next")

    player.enter(player.button("make-train"))
    wait = player.page.wait_for_selector
    wait('[data-testid="stProgress"]', timeout=60_000)
    wait(".curve", timeout=60_000)
    wait('[class*="st-key-next_word-make-less"] button', timeout=90_000)
    player.settle()
    first, last = (player.page.locator(".sample p").nth(place).inner_text() for place in (0, -1))
    assert first != last
    player.look("word-train")
    make(player, "less", ".curve >> nth=1")
    assert player.errors == []
