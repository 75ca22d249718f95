"""The registry, the folders, the pages and the guides name the same activities and the same steps."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from activities.registry import ACTIVITIES, find
from kit import ROOT, guides
from kit.errors import NotFound
from kit.i18n import LANGUAGES
from kit.levels import Level
from kit.steps import Activity

SLUGS = [activity.slug for activity in ACTIVITIES]
PAGES = ROOT / "pages"

activities = pytest.mark.parametrize("activity", ACTIVITIES, ids=lambda activity: activity.slug)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def test_every_activity_has_its_folder_and_every_folder_is_registered() -> None:
    folders = {path.parent.name for path in (ROOT / "activities").glob("*/activity.py")}
    assert folders == set(SLUGS)
    others = [path.name for path in (ROOT / "activities").iterdir() if path.is_dir() and not path.name.startswith("__")]
    assert sorted(others) == sorted(SLUGS), "a folder without activity.py"


def test_slugs_name_modules_and_addresses() -> None:
    for slug in SLUGS:
        assert slug.isidentifier()
        assert slug == slug.lower()
    assert len(set(SLUGS)) == len(SLUGS)


def test_no_other_page_takes_the_address_of_an_activity() -> None:
    assert not {"home", "conduct", "library", "privacy", "join", "models", "frame"} & set(SLUGS)


def test_finding() -> None:
    assert [find(slug) for slug in SLUGS] == list(ACTIVITIES)
    with pytest.raises(NotFound, match="“spot_the_fakes”"):
        find("spot_the_fakes")


@activities
def test_has_a_page_and_guides(activity: Activity) -> None:
    assert (PAGES / f"{activity.slug}.py").is_file()
    for lang in LANGUAGES:
        assert guides.load(activity.slug, lang).front.slug == activity.slug


def test_no_guide_without_its_activity() -> None:
    for lang in LANGUAGES:
        assert {path.stem for path in (guides.FOLDER / lang).glob("*.md")} == {*SLUGS, *guides.GENERAL}
        assert set(guides.available(lang)) == set(SLUGS)


@activities
def test_the_page_draws_exactly_the_steps_of_the_activity(activity: Activity) -> None:
    """Read, not imported: a page runs when it is imported."""
    page = tree(PAGES / f"{activity.slug}.py")
    [views] = [
        node.value
        for node in page.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "VIEWS"
    ]
    assert isinstance(views, ast.Dict)
    drawn = [key.value for key in views.keys if isinstance(key, ast.Constant)]
    assert drawn == [step.id for step in activity.steps]
    [folder] = set(re.findall(r'package="pages\.(\w+)"', (PAGES / f"{activity.slug}.py").read_text("utf-8")))
    for module, function in map(ast.literal_eval, views.values):  # each names a function that exists
        file = PAGES / folder / f"{module}.py"
        assert function in {node.name for node in tree(file).body if isinstance(node, ast.FunctionDef)}


@activities
def test_every_step_has_its_section_in_every_guide(activity: Activity) -> None:
    for lang in LANGUAGES:
        guide = guides.load(activity.slug, lang)
        assert [step.id for step in guide.steps] == [step.id for step in activity.steps]


@activities
def test_steps_are_unique_and_take_time(activity: Activity) -> None:
    ids = [step.id for step in activity.steps]
    assert len(set(ids)) == len(ids)
    assert all(step_id.isidentifier() for step_id in ids)
    assert all(1 <= step.minutes <= 60 for step in activity.steps)
    assert {step.sitting for step in activity.steps} <= {1, 2}
    assert activity.steps[0].sitting == 1


@activities
def test_the_core_sitting_fills_a_lesson(activity: Activity) -> None:
    assert sum(step.minutes for step in activity.steps if step.sitting == 1) == activity.minutes
    assert activity.minutes in (45, 50, 55)


@activities
def test_the_short_format_fills_twenty_minutes(activity: Activity) -> None:
    assert sum(minutes for _, minutes in activity.short) == 20
    for step_id, minutes in activity.short:
        assert 1 <= minutes <= activity.step(step_id).minutes, f"{step_id} is longer in the short format"
        assert activity.step(step_id).sitting == 1
    ids = [step_id for step_id, _ in activity.short]
    assert len(set(ids)) == len(ids)
    assert ids[0] == activity.steps[0].id


@activities
def test_levels_are_in_order_and_unbroken(activity: Activity) -> None:
    assert list(activity.levels) == list(Level)[activity.levels[0].rank : activity.levels[-1].rank + 1]


def test_every_activity_can_be_conducted() -> None:
    page = tree(PAGES / "conduct.py")
    [panels] = [
        node.value
        for node in page.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "PANELS"
    ]
    modules = ast.literal_eval(panels)
    assert list(modules) == [activity.slug for activity in ACTIVITIES]
    for module in modules.values():
        functions = {
            node.name
            for node in tree(ROOT / f"{module.replace('.', '/')}.py").body
            if isinstance(node, ast.FunctionDef)
        }
        assert {"projected", "panel"} <= functions
