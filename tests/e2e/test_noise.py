"""« Du bruit à l'image » by keyboard alone: the core sitting, the room, below 4e, three photographs of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator

from activities.noise_to_image import words as activity_words
from activities.noise_to_image.answers import Guess
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Truth
from kit.decks.model import words as deck_words
from kit.i18n import translator
from kit.settings import Settings
from tests.e2e.camera import photograph
from tests.e2e.conftest import Server
from tests.e2e.player import Player
from tests.e2e.test_second_sitting import wait_for, wait_for_picture
from tests.e2e.test_workshop import ALONE, LESSON, on_to, saved, start

SLUG = "noise_to_image"
CM1 = "CM1"
MAKE = f'[class*="st-key-{SLUG}-make"]'
PROGRESS = '[data-testid="stProgress"]'
SOURCES = '.sources[data-ready="true"]'
RECORDED = "What follows was recorded when this kit was made. It is not computed now."


def make(player: Player, what: str, until: str, seconds: int = 240) -> None:
    """Press the button that makes something, see the progress, wait for the result."""
    player.enter(player.button(f"make-{what}"))
    player.page.wait_for_selector(PROGRESS, timeout=60_000)
    wait_for(player, until, seconds)
    assert player.page.locator(MAKE).count() == 0


def step_through(player: Player) -> None:
    """Step the film, scrub it to its end, look at another place."""
    film = player.page.locator(".film")
    on, line = film.locator(".buttons button").nth(3), film.locator('input[type="range"]')
    player.tab_to(on)
    for _ in range(3):
        player.page.keyboard.press("Enter")
    assert line.input_value() == "3"
    first = film.locator(".where").inner_text()
    player.tab_to(line)
    player.page.keyboard.press("ArrowLeft")
    assert line.input_value() == "2"
    player.page.keyboard.press("End")
    assert line.input_value() == line.get_attribute("max")
    assert film.locator(".where").inner_text() != first
    points = film.locator('.points [role="radio"]')
    assert points.count() == 12
    player.tab_to(points.nth(5))
    player.page.keyboard.press("ArrowRight")
    player.page.keyboard.press("ArrowDown")
    assert [points.nth(place).get_attribute("aria-checked") for place in (5, 10)] == ["false", "true"]
    shares = film.locator(".found .percent").all_inner_texts()
    assert sum(int("0" + "".join(c for c in share if c.isdigit())) for share in shares) in range(85, 110)


def find_out(player: Player) -> str:
    """Move over the picture, see the answer change; put the map on. Returns what was said of the place."""
    page, pad = player.page, player.page.locator(".sources .pad")
    said = page.locator('.sources [role="status"]')
    left = "el => el.querySelector('.here').style.left"
    player.tab_to(pad)
    before = pad.evaluate(left)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    assert pad.evaluate(left) != before
    page.wait_for_selector('.sources [role="status"]:has-text("203")')
    told = said.inner_text()
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_selector('.sources [role="status"]:has-text("193")')
    assert page.locator(".sources .tell").inner_text().strip()
    assert not page.locator(".sources .pad .map").is_visible()
    by_source = page.locator(".sources .tools button").nth(1)
    player.enter(by_source)
    assert by_source.get_attribute("aria-pressed") == "true"
    assert page.locator(".sources .pad .map").is_visible()
    return told


@pytest.mark.slow
@pytest.mark.timeout(1200)
@ALONE
def test_alone(play: Callable[..., Player], locale: str, width: int, height: int, plan: int) -> None:
    words = activity_words.load(locale[:2])
    player = play(width, height, locale)
    player.open(SLUG)
    player.look("noise-setup")
    start(player, mode=0, plan=plan, slug=SLUG)
    assert player.title() == words.steps["brief"].title
    player.choose(player.groups().first, 1)
    wait_for(player, f'.note[role="status"]:has-text("{words.brief.after[:12]}")')
    player.look("noise-brief")
    player.press("next")

    # The film. A reload in the middle takes the computation up again: nobody asks twice.
    player.look("noise-watch-before")
    player.write(player.page.locator(f'[class*="st-key-{SLUG}-seed"] input'), "12")
    player.page.keyboard.press("Tab")
    player.settle()
    player.enter(player.button("make-picture"))
    player.page.wait_for_selector(PROGRESS, timeout=60_000)
    player.page.reload()
    player.page.wait_for_selector(f"{PROGRESS}, {MAKE}, .film canvas", timeout=60_000)
    assert player.page.locator(MAKE).count() == 0
    wait_for(player, ".film canvas")
    assert player.page.locator(MAKE).count() == 0
    player.look("noise-watch")
    step_through(player)
    player.look("noise-watch-end")
    assert words.labs["watch"].honest in player.text()
    player.press("next")

    assert player.title() == words.steps["origin"].title
    wait_for(player, SOURCES)
    player.look("noise-origin")
    find_out(player)
    player.look("noise-origin-map")
    assert words.labs["origin"].honest in player.text()
    player.press("next")

    if plan == LESSON:
        # Its many pictures are made in tests/activities; recorded ones are looked at below.
        assert player.title() == words.steps["dial"].title
        player.look("noise-dial-before")
        player.press("next")

        # Our figure, and those of others: never together.
        assert player.title() == words.steps["cost"].title
        ours, theirs = player.page.locator(".st-key-our-cost"), player.page.locator(".st-key-their-cost")
        sentence = ours.locator(".source").first.inner_text()
        assert "Wh" in sentence
        assert sentence not in theirs.inner_text()
        assert theirs.locator(".card").count() == len(words.cost.published)
        assert ours.locator(".published").count() == theirs.locator(".st-key-our-cost").count() == 0
        assert words.cost.apart in theirs.inner_text()
        player.look("noise-cost")
        player.press("next")

    assert words.brief.guesses[Guess.COLLAGE].reply in player.text()
    player.look("noise-debrief")
    if plan == LESSON:
        for question in words.debrief.questions:
            assert question.question in player.text()
            player.press("next")
        player.look("noise-trace")
        player.write(player.page.locator("textarea"), "Notre machine retire du bruit.")
        player.page.keyboard.press("Tab")
        player.settle()

    run = saved(player, SLUG)
    assert run["guess"] == "collage"
    assert run["recipe"]["seed"] == 12
    assert {name.split(":")[0] for name in run["asked"]} == {"picture"}
    if plan == LESSON:
        assert (run["step"], run["text"]) == ("trace", "Notre machine retire du bruit.")
    assert player.errors == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_projected(play: Callable[..., Player]) -> None:
    words = activity_words.load("fr")
    player = play(1920, 1080)
    # Before 4e the facilitator generates, for the room.
    start(player, mode=1, plan=0, slug=SLUG, level=CM1)
    assert player.title() == words.steps["brief"].title
    player.look("noise-room-brief")
    facilitator = Player(page=player.page.context.new_page(), url=player.url)
    facilitator.open("conduct")
    assert words.steps["brief"].voice in facilitator.text()
    hands = facilitator.page.locator('[data-testid="stForm"] [data-testid="stNumberInput"] input')
    for place, count in enumerate((11, 4, 7, 3)):
        facilitator.write(hands.nth(place), str(count))
    facilitator.enter(facilitator.page.locator('[data-testid="stFormSubmitButton"] button'))
    facilitator.settle()
    facilitator.look("noise-notes")

    player.page.bring_to_front()
    wait_for(player, ".bars", seconds=30)
    assert player.page.locator(".bars dd b").all_inner_texts() == ["11", "4", "7", "3"]
    assert words.small_generator in player.text()
    player.look("noise-room-counts")

    facilitator.page.bring_to_front()
    facilitator.press("next_step")
    assert words.labs["watch"].honest in facilitator.text()
    player.page.bring_to_front()
    wait_for(player, MAKE, seconds=30)
    player.look("noise-room-watch-before")
    make(player, "picture", ".film canvas")
    step_through(player)
    assert words.labs["watch"].honest in player.text()
    assert words.labs["watch"].alone not in player.text(), "the notes are on the room's screen"
    player.look("noise-room-watch")
    player.press("next")
    wait_for(player, SOURCES)
    find_out(player)
    assert words.labs["origin"].honest in player.text()
    player.look("noise-room-origin")
    on_to(player, words.steps["cost"].title)
    player.look("noise-room-cost")
    player.press("next")
    player.look("noise-room-debrief")
    run = saved(player, SLUG)
    assert run["counts"] == {"search": 11, "collage": 4, "noise": 7, "imagines": 3}
    assert run["level"] == "cycle3"
    assert player.errors == facilitator.errors == []


@pytest.mark.slow
def test_below_4e_alone(play: Callable[..., Player]) -> None:
    words = activity_words.load("fr")
    recorded = translator("fr")(RECORDED)
    assert recorded != RECORDED
    player = play()
    start(player, mode=0, plan=0, slug=SLUG, level=CM1)
    player.press("next")
    for step, shown in (("watch", ".film canvas"), ("origin", SOURCES), ("dial", ".dial-strip img")):
        assert player.title() == words.steps[step].title
        wait_for(player, shown, seconds=30)
        assert recorded in player.text()
        assert player.page.locator(f"{MAKE}, {PROGRESS}").count() == 0
        if step == "watch":
            step_through(player)
        if step == "dial":
            assert player.page.locator(".dial-strip").count() == 2
        player.look(f"noise-recorded-{step}")
        player.press("next")
    assert player.title() == words.steps["cost"].title
    assert player.page.locator(".st-key-our-cost").count() == 0, "a cost of what was not computed here"
    assert saved(player, SLUG)["asked"] == []

    # The second sitting: nothing to upload, a pair of the kit to compare.
    player.page.locator('[class*="st-key-privacy-sure"] [data-testid="stCheckbox"] label').click()
    player.settle()
    player.enter(player.page.locator('[class*="st-key-privacy-erase"] button'))
    player.settle()
    start(player, mode=0, plan=2, slug=SLUG, level=CM1)
    assert player.title() == words.steps["feed"].title
    assert player.page.locator('[data-testid="stFileUploader"], [data-testid="stCameraInput"]').count() == 0
    player.look("noise-feed-below")
    for step in ("proportion", "alter", "real_model", "professions"):
        player.press("next")
        assert player.title() == words.steps[step].title
        assert player.page.locator(f"{MAKE}, {PROGRESS}").count() == 0, f"{step} offers to generate"
        player.look(f"noise-{step}-below")
    assert player.errors == []


@pytest.fixture
def own(server: Server) -> Iterator[Callable[[], list[LoadedDeck]]]:
    """The decks that this test put on the machine; they are gone afterwards."""
    settings = Settings(home=server.home)
    before = {deck.id for deck in decks.installed(settings)}

    def made() -> list[LoadedDeck]:
        found = [deck for deck in decks.installed(settings) if deck.id not in before]
        assert all(isinstance(deck, LoadedDeck) for deck in found)
        return [deck for deck in found if isinstance(deck, LoadedDeck)]

    yield made
    for deck in made():
        decks.remove(deck.id, settings)


def approve_all(player: Player) -> None:
    """Look at every picture that waits, and let it in."""
    waiting = player.page.locator(f'[class*="st-key-{SLUG}-own-yes"] button')
    for left in range(waiting.count() - 1, -1, -1):
        player.enter(waiting.first)
        player.settle()
        assert waiting.count() == left


def bring_three(player: Player) -> None:
    """One photograph by the camera, two by file."""
    page = player.page
    player.tab_to(page.locator(f'[class*="st-key-{SLUG}-own-camera"] input'))
    page.keyboard.press("Space")
    wait_for_picture(player)
    player.enter(page.locator('[data-testid="stCameraInputButton"]'))
    page.wait_for_selector('.note[role="status"]:has-text("1")')
    player.settle()
    uploader = page.locator('[data-testid="stFileUploader"]')
    player.send_files(uploader, [photograph("chelsea.png"), photograph("rocket.jpg")])
    player.look("noise-feed-bring")
    player.write(page.locator('[data-testid="stTextInput"] input').nth(1), "La classe de 5e A")
    player.enter(page.locator(f'[class*="st-key-{SLUG}-own-add"] button'))
    wait_for(player, f'[class*="st-key-{SLUG}-own-yes"] button')
    assert page.locator(".alert.error").count() == 0
    player.look("noise-feed-approve")
    approve_all(player)


def box(player: Player, title: str) -> Locator:
    """The box of a photograph to choose."""
    return player.page.locator('.st-key-photo-grid [data-testid="stCheckbox"]').filter(has_text=title)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_three_photographs(play_with_camera: Callable[..., Player], own: Callable[[], list[LoadedDeck]]) -> None:
    words = activity_words.load("fr")
    player = play_with_camera()
    start(player, mode=1, plan=2, slug=SLUG)
    assert player.title() == words.steps["feed"].title
    player.look("noise-feed")
    bring_three(player)
    (deck,) = own()
    shot = translator("fr")("Photograph {n}").format(n=1)
    assert [deck_words(item.title, "fr") for item in deck.deck.items] == [shot, "chelsea", "rocket"]
    assert all(item.approved for item in deck.deck.items)

    # These three go in, nothing else.
    coffee = deck_words(decks.default().deck.item("coffee").title, "fr")
    for title in ("rocket", "chelsea", shot):
        player.tick(box(player, title))
    player.tick(box(player, coffee))
    player.look("noise-feed-chosen")
    make(player, "picture", SOURCES)
    told = find_out(player)
    assert any(title in told for title in ("rocket", "chelsea", shot))
    assert player.page.locator(".sources .thumbs button").count() == 3
    player.look("noise-feed-made")
    player.press("feed-give")
    wait_for(player, ".alert.done")
    player.look("noise-feed-given")
    told = player.page.locator(".alert.done")
    assert told.evaluate("el => el.getBoundingClientRect().top < innerHeight"), "said where nobody looks"

    # A part of the rocket's photograph is made anew, compared, and the pair sent to the deck.
    player.press("next")
    assert player.title() == words.steps["proportion"].title
    player.look("noise-proportion")
    player.press("next")
    assert player.title() == words.steps["alter"].title
    player.select(player.page.locator('[data-testid="stSelectbox"]').first, "rocket")
    rect = player.page.locator(".rectangle .rect")
    player.tab_to(rect)
    for key, times in (("ArrowRight", 3), ("Shift+ArrowDown", 2), ("Alt+ArrowUp", 1)):
        for _ in range(times):
            player.page.keyboard.press(key)
    player.page.wait_for_timeout(1200)
    player.settle()
    fields = [player.page.locator(".rectangle .fields input").nth(i).input_value() for i in range(4)]
    assert fields == ["43", "30", "25", "32"]
    player.look("noise-alter-drawn")
    make(player, "alter", ".beforeafter img")
    line = player.page.locator('.beforeafter input[type="range"]')
    player.tab_to(line)
    for _ in range(5):
        player.page.keyboard.press("ArrowRight")
    assert line.input_value() == "55"
    player.page.keyboard.press("Home")
    assert line.input_value() == "0"
    player.look("noise-alter")
    player.press("alter-pair")
    wait_for(player, '.st-key-step-projector .note[role="status"]')
    player.look("noise-alter-paired")
    run = saved(player, SLUG)
    assert [photo["deck"] for photo in run["recipe"]["photos"]] == [deck.id] * 3
    assert run["alteration"]["box"] == pytest.approx({"x": 0.43, "y": 0.3, "width": 0.25, "height": 0.32})

    # « Vrai ou IA ? » has them to play with.
    (deck,) = own()
    assert all(item.approved for item in deck.deck.items)
    versions = {deck_words(item.title, "fr"): {version.truth for version in item.versions} for item in deck.deck.items}
    assert versions == {
        shot: {Truth.REAL},
        "chelsea": {Truth.REAL},
        "rocket": {Truth.REAL, Truth.GENERATED, Truth.ALTERED},
    }
    player.open("spot_the_fake")
    player.enter(player.page.locator('[data-testid="stExpander"] summary'))
    offered = player.page.locator('[class*="st-key-spot_the_fake-deck"] [data-testid="stSelectbox"]')
    player.select(offered, deck_words(deck.deck.title, "fr"))
    player.look("noise-deck-offered")
    assert player.errors == []
