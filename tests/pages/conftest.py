"""Pages run in Streamlit's own test harness, on a fresh data folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from kit import ROOT, settings
from kit.classroom.store import open_store
from kit.walk import Walk

Opener = Callable[..., AppTest]


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Opens the app at a page, in a language, on a device, on a run that was saved before if there is one.

    A page is opened as by its address: the home page is not drawn first.
    """
    monkeypatch.chdir(ROOT)

    def opener(page: str = "", lang: str = "fr", run: Walk | None = None, device: str | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.session_state["frame.choices"] = {"language": lang}
        device = app.session_state["frame.device"] = device or uuid4().hex
        if run is not None:
            open_store(settings.load()).save(device, run.activity.slug, run.model_dump_json())
        if page:
            app.switch_page(f"pages/{page}.py")
        app.run()
        assert not app.exception, app.exception
        return app

    return opener


@pytest.fixture(autouse=True)
def _streamlit_closes_its_loops(recwarn: pytest.WarningsRecorder) -> None:
    with contextlib.suppress(AttributeError):
        recwarn.clear()
