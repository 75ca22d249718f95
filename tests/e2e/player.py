"""Plays the kit in a browser as a person would: by keyboard, waiting for the page to be quiet."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

STREAMLITS_OWN: dict[str, str] = {}
"""Rules of axe that a component of Streamlit breaks by itself: the rule, and a part of the HTML it complains about."""

_ACTIVE = """() => {
  let node = document.activeElement
  while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement
  return node
}"""


@dataclass
class Player:
    """One browser page on the kit."""

    page: Page
    url: str
    shots: Path | None = None
    requested: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("websocket", lambda socket: self.requested.append(socket.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, path: str = "") -> None:
        """Go to a page of the kit and wait until it is drawn."""
        self.page.goto(f"{self.url}/{path}")
        self.page.wait_for_selector('[data-testid="stMain"] :is(h1, h2)', timeout=60_000)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing runs any more."""
        quiet = 0
        for _ in range(400):
            state = self.page.evaluate("document.querySelector('[data-testid=stApp]')?.dataset.testScriptState")
            busy = self.page.locator('[data-testid="stSkeleton"]').count()
            quiet = quiet + 1 if state == "notRunning" and not busy else 0
            if quiet >= 4:
                return
            self.page.wait_for_timeout(60)
        raise AssertionError("the page never came to rest")

    # -- by keyboard -------------------------------------------------------------------------------------------------

    def tab_to(self, target: Locator, limit: int = 120) -> None:
        """Press Tab until ``target`` has the focus; fails if the keyboard cannot reach it."""
        wanted = target.element_handle()
        for _ in range(limit):
            if self.page.evaluate(f"wanted => ({_ACTIVE})() === wanted", wanted):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")

    def press(self, key: str) -> None:
        """Reach the button of this widget key by Tab, and press Enter."""
        self.tab_to(self.button(key))
        self.page.keyboard.press("Enter")
        self.settle()

    def choose(self, group: Locator, number: int) -> None:
        """Choose an option of a radio group (0 is the first) by Tab, arrows and the space bar."""
        options = group.locator("input[type=radio]")
        checked = [options.nth(i).is_checked() for i in range(options.count())]
        at = checked.index(True) if any(checked) else 0
        self.tab_to(options.nth(at))
        if not any(checked):
            self.page.keyboard.press("Space")
        for _ in range(abs(number - at)):
            self.page.keyboard.press("ArrowDown" if number > at else "ArrowUp")
        assert options.nth(number).is_checked()

    # -- what is there -----------------------------------------------------------------------------------------------

    def button(self, key: str) -> Locator:
        """The button with this widget key, of « Vrai ou IA ? » or of the remote control."""
        return self.page.locator(f":is(.st-key-spot_the_fake-{key}, .st-key-conduct-{key}) button").first

    def groups(self) -> Locator:
        """The radio groups of the page."""
        return self.page.locator('[data-testid="stMain"] [data-testid="stRadioGroup"]')

    def text(self) -> str:
        """All the words of the page."""
        return self.page.locator('[data-testid="stMain"]').inner_text()

    def title(self) -> str:
        """The first title of the page."""
        return self.page.locator('[data-testid="stMain"] :is(h1, h2)').first.inner_text()

    # -- looking at it -----------------------------------------------------------------------------------------------

    def look(self, name: str) -> None:
        """Take a screenshot where ``CONTRECHAMP_SHOTS`` says, check that nothing overflows, and run axe."""
        folder = os.environ.get("CONTRECHAMP_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            size = self.page.viewport_size or {"width": 0, "height": 0}
            self.page.screenshot(path=str(Path(folder) / f"{name}-{size['width']}x{size['height']}.png"))
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{name}: the page overflows sideways by {wide} px"
        self.axe(name)

    def axe(self, name: str) -> None:
        """No violation of WCAG 2.2 AA that is ours."""
        response = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": list(WCAG)}}).response
        assert len(response["passes"]) > 10, f"{name}: axe looked at next to nothing"
        ours = []
        for violation in response["violations"]:
            for node in violation["nodes"]:
                own = STREAMLITS_OWN.get(violation["id"])
                if own is None or own not in node["html"]:
                    ours.append(f"{violation['id']}: {node['html'][:200]} — {node['failureSummary'][:200]}")
        assert not ours, f"{name}:\n" + "\n".join(ours)
