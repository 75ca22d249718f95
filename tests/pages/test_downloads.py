"""What one takes away from a page."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "pages"
BUTTONS = [
    pytest.param(call, id=f"{path.relative_to(PAGES)}:{call.lineno}")
    for path in sorted(PAGES.rglob("*.py"))
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "download_button"
]


def test_there_are_some() -> None:
    assert len(BUTTONS) > 10


@pytest.mark.parametrize("button", BUTTONS)
def test_no_download_draws_its_page_again(button: ast.Call) -> None:
    """Streamlit sweeps files away after pages are drawn: on a busy machine, before the browser has asked for them."""
    given = {each.arg: each.value for each in button.keywords}
    assert isinstance(given.get("on_click"), ast.Constant)
    assert given["on_click"].value == "ignore"


@pytest.mark.parametrize("button", BUTTONS)
def test_streamlit_makes_no_file_on_demand(button: ast.Call) -> None:
    """It keeps one until two pages of anybody's have been drawn (see ``kit/on_demand.py``, which does not)."""
    given = {each.arg: each.value for each in button.keywords}
    assert not isinstance(given["data"], ast.Lambda)
