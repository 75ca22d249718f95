"""The lab « feed »: only approved photographs go in, one is taken away, and the picture reaches a deck."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from activities.noise_to_image import recorded
from activities.noise_to_image.making import Picture
from activities.noise_to_image.run import NoiseRun, PhotoId
from kit import settings
from kit.classroom.store import open_store
from kit.decks import render
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.making import Photograph
from kit.decks.model import Truth
from kit.levels import Level
from kit.steps import Mode
from kit.walk import Plan
from pages.noise import kitchen
from pages.noise.feed import BEFORE, Key
from pages.noise.own_photos import PREFIX
from pages.noise.scene import SLUG, Scene
from pages.parts import asking as parts
from pages.parts.asking import request
from tests.pages.conftest import Opener
from tests.pages.noise.test_origin import map_of, resume
from tests.pages.test_pages import said

MAKE = "noise_to_image.make"


def run(mode: Mode = Mode.SELF_PACED, level: Level = Level.ADULTS, **more: object) -> NoiseRun:
    values = {"seed": 1, "mode": mode, "level": level, "plan": Plan.SECOND, "step": "feed", **more}
    return NoiseRun.model_validate(values)


def own(*titles: str, approved: bool = True) -> LoadedDeck:
    """A deck of one's own, of photographs of nothing."""
    random = np.random.default_rng(5)
    photos = [Photograph(title=title, real=random.integers(0, 256, (320, 480, 3), dtype=np.uint8)) for title in titles]
    return decks.make(
        settings.load(), title="Our street", photos=photos, credit="6e B", licence="CC0", approved=approved
    )


def saved(app: AppTest) -> NoiseRun:
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    return NoiseRun.model_validate_json(row[0])


def keys(app: AppTest, prefix: str) -> list[str]:
    return [str(button.key) for button in app.button if str(button.key).startswith(prefix)]


@pytest.fixture
def _made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked for is there at once: the recorded picture."""

    def asked(scene: Scene, lab: str, what: str, start: Callable[..., object], *, label: str) -> Picture | None:
        return recorded.picture() if request(lab, what) in scene.run.asked else None

    for module in (kitchen, parts):
        monkeypatch.setattr(module, "asked", asked)


def asking(state: NoiseRun) -> NoiseRun:
    return state.asking(request(kitchen.PICTURE, state.recipe.model_dump_json()))


def test_alone_before_4e_nothing_is_sent_nor_made(open_app: Opener) -> None:
    app = resume(open_app, run(level=Level.CYCLE_3))
    assert not app.get("file_uploader")
    assert not keys(app, MAKE)
    assert map_of(app, "feed") is None


@pytest.mark.parametrize("level", [Level.CYCLE_3, Level.LYCEE])
def test_a_facilitator_may_send_at_every_level(open_app: Opener, level: Level) -> None:
    app = resume(open_app, run(Mode.PROJECTED, level))
    assert app.get("file_uploader")
    assert keys(app, MAKE)


def test_what_nobody_approved_does_not_go_in(open_app: Opener) -> None:
    deck = own("bakery", "bench", approved=False)
    app = resume(open_app, run())
    ticks = [str(box.key) for box in app.checkbox]
    assert not any(deck.id in key for key in ticks)
    yes = keys(app, f"{PREFIX}.yes.")
    assert len(yes) == 2
    app.button(key=yes[0]).click().run()
    assert sum(deck.id in str(box.key) for box in app.checkbox) == 1
    app.button(key=keys(app, f"{PREFIX}.no.")[0]).click().run()
    left = decks.find(deck.id, settings.load())
    assert [item.approved for item in left.deck.items] == [True]
    assert not keys(app, f"{PREFIX}.yes.")


def test_only_ones_own_photographs_in_one_gesture(open_app: Opener) -> None:
    deck = own("bakery", "bench", "tree")
    app = resume(open_app, run())
    app.button(key=Key.OWN).click().run()
    mine = tuple(PhotoId(deck=deck.id, item=item.id) for item in deck.deck.items)
    assert saved(app).recipe.photos == mine
    assert not keys(app, Key.OWN)
    # Another one gives the layout: it comes first, the others stay in order.
    app.selectbox(key=Key.FIRST).select_index(2).run()
    assert saved(app).recipe.photos == (mine[2], mine[0], mine[1])


@pytest.mark.usefixtures("_made")
def test_one_photograph_is_taken_away_and_both_recipes_stay(open_app: Opener) -> None:
    deck = own("bakery", "bench", "tree")
    mine = tuple(PhotoId(deck=deck.id, item=item.id) for item in deck.deck.items)
    before = asking(run().cooking(photos=mine, seed=12))
    app = resume(open_app, before)
    assert map_of(app, "feed") is not None
    app.button(key=f"{Key.WITHOUT}.2").click().run()
    after = saved(app)
    assert after.recipe.photos == (mine[0], mine[2])
    assert after.recipe.seed == 12
    assert after.before == before.recipe
    # Both were asked for, hence both come back after a reload.
    assert set(after.asked) == {
        request(BEFORE, before.recipe.model_dump_json()),
        request(kitchen.PICTURE, after.recipe.model_dump_json()),
    }
    html = said(app)
    assert "bakery, bench, tree" in html
    assert "bakery, tree" in html
    assert html.count('class="fed"') == 2
    app.button(key=Key.FORGET).click().run()
    assert saved(app).before is None
    assert 'class="fed"' not in said(app)


@pytest.mark.usefixtures("_made")
def test_a_photograph_erased_meanwhile_ends_the_comparison(open_app: Opener) -> None:
    deck = own("bakery", "bench")
    mine = tuple(PhotoId(deck=deck.id, item=item.id) for item in deck.deck.items)
    app = resume(open_app, asking(run().cooking(photos=mine)))
    app.button(key=f"{Key.WITHOUT}.1").click().run()
    assert 'class="fed"' in said(app)
    decks.discard(decks.find(deck.id, settings.load()), mine[0].item)
    app.run()
    assert not app.exception
    assert 'class="fed"' not in said(app)
    assert map_of(app, "feed") is not None


@pytest.mark.usefixtures("_made")
def test_the_picture_goes_into_the_deck_of_its_first_photograph(open_app: Opener) -> None:
    deck = own("bakery", "bench")
    mine = tuple(PhotoId(deck=deck.id, item=item.id) for item in deck.deck.items)
    app = resume(open_app, asking(run().cooking(photos=mine)))
    app.button(key=Key.GIVE).click().run()
    changed = decks.find(deck.id, settings.load())
    item = changed.deck.item(mine[0].item)
    assert [version.truth for version in item.versions] == [Truth.REAL, Truth.GENERATED]
    with Image.open(io.BytesIO(recorded.picture().png)) as image:
        expected = render.fit(np.asarray(image.convert("RGB")))
    np.testing.assert_array_equal(render.picture(changed, item, Truth.GENERATED), expected)
    assert [version.truth for version in changed.deck.item(mine[1].item).versions] == [Truth.REAL]
    assert 'class="alert done"' in said(app)
    assert "Our street" in said(app)


@pytest.mark.usefixtures("_made")
def test_a_photograph_of_the_kit_takes_no_double(open_app: Opener) -> None:
    app = resume(open_app, asking(run()))
    assert map_of(app, "feed") is not None
    assert not keys(app, Key.GIVE)
