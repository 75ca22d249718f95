"""Plays the kit in a browser as a person would: by keyboard, waiting for the page to be quiet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, TimeoutError, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

OWNERS = ("spot_the_fake", "noise_to_image", "next_word", "probe_bias", "podcast", "conduct")
"""What the widget keys of the buttons one presses begin with."""

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
    waiting: set[bool] = field(default_factory=set)
    """What the page has asked the server and not been answered: ``True`` for the whole page, ``False`` for a part."""

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("websocket", self._connected)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)
        # Asks the browser for its file windows from the start. Asked for at the moment of the key press, the first one
        # can open before the browser has been told; nobody ever closes it, and no other opens.
        self.page.on("filechooser", lambda _: None)

    def _connected(self, socket: WebSocket) -> None:
        self.requested.append(socket.url)
        self.waiting.clear()
        socket.on("framesent", self._asked)
        socket.on("framereceived", self._answered)

    def _asked(self, frame: bytes | str) -> None:
        """The page asks to be drawn again. What asks by itself, at intervals, is nobody's press."""
        message = BackMsg.FromString(frame) if isinstance(frame, bytes) else BackMsg()
        if message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun:
            self.waiting.add(not message.rerun_script.fragment_id)

    def _answered(self, frame: bytes | str) -> None:
        """It has been drawn: a whole page answers for its parts too, one given up for the next answers nothing."""
        message = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
        if message.WhichOneof("type") != "script_finished":
            return
        if message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            self.waiting.discard(False)
        elif message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.waiting.clear()

    def _heard(self, message: ConsoleMessage) -> None:
        """What our own policy forbids fails in silence on the page: the console alone tells."""
        if message.type == "error" and "Content Security Policy" in message.text:
            self.errors.append(message.text[-300:])

    def open(self, path: str = "") -> None:
        """Go to a page of the kit and wait until it is drawn."""
        self.page.goto(f"{self.url}/{path}")
        self.page.wait_for_selector('[data-testid="stMain"] :is(h1:not(.unseen), h2)', timeout=60_000)
        self.settle()

    def settle(self) -> None:
        """Wait until all that the page asked has been answered and drawn."""
        quiet = 0
        for _ in range(600):
            try:
                state = self.page.evaluate("document.querySelector('[data-testid=stApp]')?.dataset.testScriptState")
                busy = self.page.locator('[data-testid="stSkeleton"]').count()
            except Error:  # the page goes elsewhere at this very moment, or loads itself again in another theme
                state, busy = None, 0
            quiet = quiet + 1 if state == "notRunning" and not busy and not self.waiting else 0
            if quiet >= 3:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("the page never came to rest")

    def back(self) -> None:
        """Wait until the page has found its server again, and is drawn anew."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-connection-state="CONNECTED"]', timeout=30_000)
        self.page.wait_for_timeout(500)
        self.settle()

    # -- by keyboard -------------------------------------------------------------------------------------------------

    def tab_to(self, target: Locator, limit: int = 120) -> None:
        """Press Tab until ``target`` has the focus and the page is quiet; fails if the keyboard does not reach it.

        As a person does, who looks before pressing a key: what was written or chosen just before is drawn by then.
        """
        for _ in range(3):
            for _ in range(limit):
                if self._has_focus(target):
                    break
                self.page.keyboard.press("Tab")
            self.settle()
            if self._has_focus(target):
                return
        there = self.page.evaluate(f"() => ({_ACTIVE})()?.outerHTML.slice(0, 200)")
        raise AssertionError(f"the keyboard does not reach {target}; it is on {there}")

    def _has_focus(self, target: Locator) -> bool:
        # Looked up each time: a page that is drawn again meanwhile has another element in the same place.
        return self.page.evaluate(f"wanted => ({_ACTIVE})() === wanted", target.element_handle())

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

    def select(self, listbox: Locator, text: str) -> None:
        """Choose the option of a list that begins with ``text``: reach it by Tab, write, press Enter once it is marked.

        At a hand's pace: as it narrows, Streamlit's list moves the focus away and back, and closes and opens, within a
        few hundredths of a second. An Enter in such a moment chooses nothing.
        """
        option = f'[role="option"][data-focused]:has-text("{text}")'
        for attempt in range(3):
            self.settle()
            self.tab_to(listbox.locator("input"))
            self.page.keyboard.type(text, delay=60)
            try:
                self.page.wait_for_selector(option, timeout=10_000)
                break
            except TimeoutError:  # the page was drawn again at that very moment: a person begins once more
                if attempt == 2:
                    raise
                self.page.keyboard.press("Escape")
        self.page.wait_for_timeout(150)
        self.page.keyboard.press("Enter")
        self.settle()

    def tick(self, box: Locator) -> None:
        """Reach a check box, or a switch, by Tab, and change it with the space bar."""
        self.tab_to(box.locator("input"))
        self.page.keyboard.press("Space")
        self.settle()

    def enter(self, target: Locator) -> None:
        """Reach anything that answers to Enter by Tab, and press it."""
        self.tab_to(target)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        """Reach a field by Tab, and write in it."""
        self.tab_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def send_files(self, uploader: Locator, files: Sequence[str | Path]) -> None:
        """Reach the button of an uploader by Tab, open the system's window with Enter, and choose there."""
        for attempt in range(3):
            self.settle()
            self.tab_to(uploader.locator('button:not([data-testid="stFileUploaderDeleteBtn"] button)').first)
            try:
                with self.page.expect_file_chooser(timeout=8_000) as chooser:
                    self.page.keyboard.press("Enter")
                break
            except TimeoutError:  # the page was drawn again at that very moment: a person presses once more
                if attempt == 2:
                    raise
        chooser.value.set_files(list(files))
        self.page.wait_for_timeout(1500)
        self.settle()

    def order(self, targets: Mapping[str, Locator], limit: int = 120) -> list[str]:
        """The names of ``targets`` in the order in which Tab meets them, from the top of the page."""
        wanted = {name: target.element_handle() for name, target in targets.items()}
        self.page.evaluate("document.activeElement?.blur(); window.getSelection()?.removeAllRanges()")
        met: list[str] = []
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            for name, handle in wanted.items():
                if self.page.evaluate(f"wanted => ({_ACTIVE})() === wanted", handle):
                    if name in met:
                        return met
                    met.append(name)
        return met

    # -- what is there -----------------------------------------------------------------------------------------------

    def button(self, key: str) -> Locator:
        """The button with this widget key, of an activity or of the remote control."""
        return self.page.locator(f":is({', '.join(f'.st-key-{owner}-{key}' for owner in OWNERS)}) button").first

    def groups(self) -> Locator:
        """The radio groups of the page."""
        return self.page.locator('[data-testid="stMain"] [data-testid="stRadioGroup"]')

    def text(self) -> str:
        """All the words of the page."""
        return self.page.locator('[data-testid="stMain"]').inner_text()

    def title(self) -> str:
        """The first title of the page."""
        return self.page.locator('[data-testid="stMain"] :is(h1:not(.unseen), h2)').first.inner_text()

    # -- looking at it -----------------------------------------------------------------------------------------------

    def look(self, name: str) -> None:
        """Take a screenshot where ``CONTRECHAMP_SHOTS`` says, check that nothing overflows, the titles, and run axe."""
        folder = os.environ.get("CONTRECHAMP_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            size = self.page.viewport_size or {"width": 0, "height": 0}
            self.page.screenshot(path=str(Path(folder) / f"{name}-{size['width']}x{size['height']}.png"))
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{name}: the page overflows sideways by {wide} px"
        self.outline(name)
        self.axe(name)

    def outline(self, name: str) -> None:
        """One title of level 1, first; each of the others at most one level below the one before."""
        levels = self.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
        assert levels[0] == 1, f"{name}: titles of levels {levels}"
        assert levels.count(1) == 1, f"{name}: titles of levels {levels}"
        assert all(b <= a + 1 for a, b in pairwise(levels)), f"{name}: titles of levels {levels}"

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
