"""« Vrai ou IA ? » from start to end, by keyboard alone, in each of its rooms."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from activities.spot_the_fake import words as activity_words
from tests.e2e.conftest import Server
from tests.e2e.player import Player

LESSON, SHORT = 0, 1
ALONE = pytest.mark.parametrize(
    ("locale", "width", "height", "plan"), [("fr-FR", 1366, 768, LESSON), ("en-GB", 390, 844, SHORT)]
)
"""A whole lesson at a desk; its twenty minutes on a phone, in English."""


def start(player: Player, mode: int, plan: int, *, slug: str = "spot_the_fake", level: str = "") -> None:
    """Choose how one works (0 alone, 1 with a group), how long and for whom (the last one if not said), and start."""
    if not player.page.url.endswith(f"/{slug}"):
        player.open(slug)
    player.choose(player.groups().nth(0), mode)
    player.settle()
    player.choose(player.groups().nth(1), plan)
    player.settle()
    if level:
        player.select(player.page.locator('[data-testid="stSelectbox"]').first, level)
    player.press("start")


def on_to(player: Player, title: str) -> None:
    """Go on, screen by screen, to the step of that title."""
    for _ in range(12):
        if player.title() == title:
            return
        player.press("next")
    raise AssertionError(f"never came to {title}: {player.title()}")


def answer(player: Player, verdict: int, confidence: int) -> None:
    """Answer the image on screen."""
    form = player.page.locator('[data-testid="stForm"] [data-testid="stRadioGroup"]')
    player.choose(form.nth(0), verdict)
    player.choose(form.nth(1), confidence)
    player.press("submit")


def saved(player: Player, slug: str = "spot_the_fake") -> dict:
    """What the kit holds of this browser, as it gives it on the privacy page."""
    player.open("privacy")
    with player.page.expect_download() as download:
        player.page.locator(".take").click()
    with open(download.value.path(), encoding="utf-8") as file:
        return json.load(file)["runs"][slug]


@pytest.mark.slow
@ALONE
def test_alone(play: Callable[..., Player], locale: str, width: int, height: int, plan: int) -> None:
    words = activity_words.load(locale[:2])
    player = play(width, height, locale)
    player.open()
    assert player.page.evaluate("document.documentElement.lang") == locale[:2]
    player.look("home")
    start(player, mode=0, plan=plan)
    assert player.title() == words.steps["brief"].title
    player.look("brief")
    player.press("next")
    player.press("next")

    player.look("sorting")
    images = 8 if plan == LESSON else 4
    for number in range(images):
        answer(player, verdict=number % 3, confidence=number % 4)
    if plan == LESSON:
        player.press("next")
        for place, screen in enumerate(words.lesson.screens):
            assert player.title() == screen.title
            if place == 2:
                player.look("lesson")
            player.press("next")
        for number in range(8):
            if number == 3:
                player.press("pass")
            else:
                answer(player, verdict=(number + 1) % 3, confidence=2)
    player.press("next")

    player.look("reveal")
    on_to(player, words.steps["results" if plan == LESSON else "debrief"].title)
    if plan == LESSON:
        assert words.results.hits.name in player.text()
        assert words.results.false_alarms.name in player.text()
        player.look("results")
        player.press("next")
    assert words.small_generator in player.text()
    player.look("debrief")
    if plan == LESSON:
        for _ in words.debrief.questions:
            player.press("next")
        player.look("trace")
        box = player.page.locator("textarea")
        player.tab_to(box)
        player.page.keyboard.press("Control+A")
        player.page.keyboard.type("Une image arrive toujours avec une histoire.")
        player.page.keyboard.press("Tab")
        player.settle()

    run = saved(player)
    given = [a["verdict"] for a in run["answers"]["form_a"].values()]
    assert given == (["real", "generated", "altered"] * 3)[:images]
    if plan == LESSON:
        assert run["text"] == "Une image arrive toujours avec une histoire."
        assert [a["verdict"] for a in run["answers"]["form_b"].values()].count(None) == 1
    assert player.errors == []


@pytest.mark.slow
def test_projected(play: Callable[..., Player]) -> None:
    words = activity_words.load("fr")
    player = play(1920, 1080)
    start(player, mode=1, plan=0)
    assert player.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 20
    player.press("next")
    player.press("next")
    notes = player.page.context.new_page()
    facilitator = Player(page=notes, url=player.url)
    facilitator.open("conduct")
    assert words.steps["form_a"].voice in facilitator.text()
    facilitator.look("notes")
    player.page.bring_to_front()

    player.look("room-sorting")
    for verdict in words.verdicts.values():
        assert verdict.long not in player.text(), "a solution is on the room's screen before its time"
    # The slates are counted for the first two images and for the last one.
    for image in range(8):
        if image in (0, 1, 7):
            if not player.page.locator(".st-key-slates input").first.is_visible():
                player.tab_to(player.page.locator('.st-key-step-projector [data-testid="stExpander"] summary'))
                player.page.keyboard.press("Enter")
                player.page.wait_for_timeout(400)
            for place, count in enumerate((12, 9, 3)):
                player.tab_to(player.page.locator(".st-key-slates input").nth(place))
                player.page.keyboard.press("Control+A")
                player.page.keyboard.type(str(count))
                player.page.keyboard.press("Tab")
                player.settle()
        player.press("next")
    player.press("next")

    # The facilitator's window leads, the room's screen follows.
    facilitator.page.bring_to_front()
    facilitator.settle()
    facilitator.page.wait_for_timeout(6000)
    facilitator.press("next_step")
    player.page.bring_to_front()
    player.page.wait_for_timeout(1500)
    player.settle()
    run = saved(player)
    assert run["step"] == "form_b"
    assert [c["real"] for c in run["counts"]["form_a"].values()] == [12] * 3

    # On to the end, from the room's own screen.
    player.page.goto(f"{player.url}/spot_the_fake")
    player.page.wait_for_selector(".kicker")
    player.settle()
    for _ in range(9):
        player.press("next")
    for _ in range(4):
        assert player.page.locator(".verdict").count() == 0
        player.press("next")
        assert player.page.locator(".verdict").count() == 1
        player.press("next")
    assert player.title() == words.steps["results"].title
    assert words.results.no_gain in player.text()
    player.look("room-results")
    player.press("next")
    player.look("room-debrief")
    for _ in words.debrief.questions:
        player.press("next")
    assert words.trace.starters[0] in player.text()
    assert player.errors == []


def test_reload_and_restart_lose_nothing(play: Callable[..., Player], server: Server) -> None:
    player = play()
    start(player, mode=0, plan=1)
    player.press("next")
    player.press("next")
    answer(player, verdict=1, confidence=3)
    kicker = player.page.locator(".kicker").first.inner_text()
    player.page.reload()
    player.page.wait_for_selector(".kicker")
    player.settle()
    assert player.page.locator(".kicker").first.inner_text() == kicker
    server.kill()
    server.start()
    player.back()  # nobody reloads: what one presses next counts
    assert player.page.locator(".kicker").first.inner_text() == kicker
    answer(player, verdict=2, confidence=1)
    assert player.page.locator(".kicker").first.inner_text() != kicker
    given = list(saved(player)["answers"]["form_a"].values())
    assert [(one["verdict"], one["confidence"]) for one in given] == [("generated", 95), ("altered", 65)]


def test_two_browsers_never_meet(play: Callable[..., Player]) -> None:
    one, other = play(), play(locale="en-GB")
    start(one, mode=0, plan=0)
    other.open("spot_the_fake")
    assert other.title() == activity_words.load("en").title
    start(other, mode=0, plan=1)
    one.page.reload()
    one.page.wait_for_selector("h2")
    one.settle()
    assert one.title() == activity_words.load("fr").steps["brief"].title
    assert saved(one)["plan"] == "lesson"
    assert saved(other)["plan"] == "short"
    assert saved(one)["seed"] != saved(other)["seed"]


def test_the_stage_by_keyboard(play: Callable[..., Player]) -> None:
    player = play()
    start(player, mode=0, plan=1)
    player.press("next")
    player.press("next")
    frame = player.page.locator(".frame")
    player.tab_to(frame)
    for _ in range(5):
        player.page.keyboard.press("ArrowRight")
    assert player.page.locator(".lens").is_visible()
    player.page.keyboard.press("Enter")
    player.settle()
    answer(player, verdict=0, confidence=0)
    point = next(iter(saved(player)["answers"]["form_a"].values()))["point"]
    assert point == pytest.approx({"x": 0.65, "y": 0.5})


def test_display_and_language_survive(play: Callable[..., Player]) -> None:
    player = play()
    player.open()
    player.page.locator('[data-testid="stPopover"] button').first.click()
    options = player.page.locator('[data-testid="stPopoverBody"] [data-testid="stRadioOption"]')
    options.nth(1).click()
    player.settle()
    options.nth(4).click()
    player.page.wait_for_timeout(3000)
    player.settle()
    assert player.page.evaluate("document.documentElement.lang") == "en"
    dark = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    assert player.page.evaluate(dark) == "rgb(20, 23, 44)"
    player.axe("home in the dark")
    player.open("privacy")
    player.page.wait_for_timeout(2500)
    player.settle()
    assert player.title() == "Privacy"
    assert player.page.evaluate(dark) == "rgb(20, 23, 44)"
    player.axe("privacy in the dark")


def test_erasing_erases(play: Callable[..., Player]) -> None:
    player = play()
    start(player, mode=0, plan=1)
    assert saved(player)["plan"] == "short"
    player.page.locator('[class*="st-key-privacy-sure"] [data-testid="stCheckbox"] label').click()
    player.settle()
    player.page.locator('[class*="st-key-privacy-erase"] button').click()
    player.settle()
    player.open("spot_the_fake")
    assert player.title() == activity_words.load("fr").title
