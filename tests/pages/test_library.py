"""The guide library: how to lead a class comes first, then the guide of each activity, by its title."""

from __future__ import annotations

import pytest

from activities.registry import ACTIVITIES
from kit import guides
from tests.pages.conftest import Opener
from tests.pages.test_headings import in_order

GUIDE = "library.guide"
"""The key of the choice. Written out: a page runs when it is imported."""


@pytest.mark.parametrize("lang", guides.HEADINGS)
def test_the_class_comes_first_and_whole(open_app: Opener, lang: str) -> None:
    app = open_app("library", lang)
    title, _, text = guides.general("class", lang).partition("\n")
    title = title.removeprefix("# ")
    assert app.selectbox(key=GUIDE).options[0] == title
    assert in_order(app)[0] == (1, title)
    assert text.strip() in [markdown.value.strip() for markdown in app.markdown]


def test_every_guide_can_be_chosen(open_app: Opener) -> None:
    app = open_app("library")
    titles = {activity.slug: guides.load(activity.slug, "fr").front.title for activity in ACTIVITIES}
    assert set(app.selectbox(key=GUIDE).options[1:]) == set(titles.values())
    for slug, title in titles.items():
        app.selectbox(key=GUIDE).select(slug).run()
        assert in_order(app)[0] == (1, title)
    app.selectbox(key=GUIDE).select("class").run()
    assert in_order(app)[0][1] == guides.general("class", "fr").splitlines()[0].removeprefix("# ")
