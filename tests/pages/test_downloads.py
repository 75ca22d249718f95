"""What one takes away from a page."""

from __future__ import annotations

import ast
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "pages"


def test_every_file_goes_by_the_kit_s_own_button() -> None:
    """Streamlit's forgets files that the browser has not come for yet: see ``kit/on_demand.py``."""
    calls = [
        (path.relative_to(PAGES).as_posix(), node)
        for path in sorted(PAGES.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.Attribute)
    ]
    assert not [path for path, node in calls if isinstance(node, ast.Attribute) and node.attr == "download_button"]
    assert len({path for path, node in calls if isinstance(node, ast.Name) and node.id == "take"}) > 10
