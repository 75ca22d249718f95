"""Whoever moves from title to title finds one first title on each screen, and no level left out."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import HeadingBase, Markdown

from activities.spot_the_fake import words as activity_words
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from kit import settings
from kit.classroom.store import open_store
from kit.steps import Mode, StepKind
from pages.spot.scene import SLUG, Scene
from tests.pages.conftest import Opener
from tests.pages.test_pages import at, resume

_HTML = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)
_MARKDOWN = re.compile(r"^(#{1,6}) +(.+)$", re.MULTILINE)


def titles(app: AppTest) -> list[tuple[int, str]]:
    """The titles of the screen, in reading order: level, and words."""
    found = []
    for element in app.main:
        if isinstance(element, HeadingBase):
            found.append((int(element.tag[1:]), element.value))
        elif element.type == "html":
            found += [(int(level), re.sub(r"<[^>]+>", "", words)) for level, words in _HTML.findall(element.proto.body)]
        elif isinstance(element, Markdown):
            found += [(len(marks), words) for marks, words in _MARKDOWN.findall(element.value)]
    return found


def in_order(app: AppTest) -> list[tuple[int, str]]:
    """The titles of the screen: one of level 1, first; each of the others at most one level below the one before."""
    found = titles(app)
    levels = [level for level, _words in found]
    assert levels.count(1) == 1, found
    assert levels[0] == 1, found
    assert all(after <= before + 1 for before, after in pairwise(levels)), found
    assert all(words.strip() for _level, words in found), found
    return found


@pytest.mark.slow
@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
def test_titles_of_each_step(open_app: Opener, mode: Mode) -> None:
    """The first screen of a step, the second and the last; before the answer and after it."""
    words = activity_words.load("fr")
    app = open_app(SLUG)
    store, device = open_store(settings.load()), app.session_state["frame.device"]
    for step in SPOT_THE_FAKE.steps:
        run = at(step.id, mode)
        places = Scene(run=run, words=words, role=run.role).places
        answered = (False, True) if step.kind is StepKind.REVEAL or step.id == "dossiers" else (False,)
        for position in sorted({0, min(1, places - 1), places - 1}):
            for shown in answered:
                here = run.model_copy(update={"position": position, "shown": shown})
                store.save(device, SLUG, here.model_dump_json())
                app.run()
                assert not app.exception, app.exception
                rail = next(html.proto.body for html in app.get("html") if 'class="rail"' in html.proto.body)
                assert f'aria-current="step">{words.steps[step.id].short}<' in rail
                assert [level for level, _words in in_order(app)][1] == 2, (step.id, position, shown)


@pytest.mark.parametrize("page", ["home", "library", "privacy", "conduct", SLUG])
def test_titles_of_each_page(open_app: Opener, page: str) -> None:
    in_order(open_app(page))


@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
def test_titles_of_the_remote_control(open_app: Opener, mode: Mode) -> None:
    in_order(resume(open_app, at("form_a", mode), page="conduct"))


def test_a_round_names_itself(open_app: Opener) -> None:
    for mode in (Mode.SELF_PACED, Mode.PROJECTED):
        app = resume(open_app, at("form_b", mode, position=2))
        assert titles(app)[1] == (2, f"{activity_words.load('fr').steps['form_b'].title} · Image 3 sur 8")
