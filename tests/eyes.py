"""What a browser finds wrong with a page: what axe says, what the console says, what does not fit and is cut off."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.env import ROOT

VIEWS = {"light": (1440, "light"), "dark": (1440, "dark"), "phone": (390, "light")}
# WCAG 2.2, levels A and AA, with what its predecessors hold
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
SHOTS = os.environ.get("STEWARD_SHOTS", "")
_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_RULES = {"runOnly": TAGS, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
_CHARTS = "figure.chart .canvas"
_SCRIPT = ROOT / "tests" / "eyes.js"


class Eyes:
    """One page of a browser and what was seen to be wrong on it."""

    def __init__(self, page: Any, view: str) -> None:
        self.page, self.view = page, view
        self.wrong: list[str] = []
        self.name = ""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._note(f"error: {error}"))

    def _heard(self, message: Any) -> None:
        sent_back = "status of 422" in message.text  # a form that comes back with its errors
        if message.type in {"error", "warning"} and not sent_back:
            self._note(f"console: {message.text}")

    def _note(self, fault: str) -> None:
        self.wrong.append(f"{self.name}, {self.view}: {fault}")

    def open(self, name: str, address: str) -> None:
        """Open a page; it must answer 200, and all of its charts are drawn."""
        self.name = name
        answer = self.page.goto(address)
        if answer is None or answer.status != 200:
            self._note(f"answers {answer and answer.status}")
        for canvas in self.page.locator(_CHARTS).all():
            canvas.scroll_into_view_if_needed()  # charts are drawn when they come near
            canvas.locator("canvas").first.wait_for(state="attached", timeout=10_000)
        self.page.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")

    def unfold(self) -> bool:
        """Open what is folded on the page: details, menus, the tables of charts; say whether there was any."""
        self.name += " unfolded"
        return bool(self.page.evaluate("eyes.unfold()"))

    def look(self) -> None:
        """Note what axe finds in what is shown now, and what the window or a frame does not show."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE.read_text())  # the policy forbids a script of ours in the page, not the debugger's
        found = self.page.evaluate(f"axe.run(document, {json.dumps(_RULES)})")["violations"]
        for rule in found:
            for node in rule["nodes"]:
                said = " ".join(str(node.get("failureSummary", "")).split())
                self._note(f"{rule['id']} at {node['target']}: {said} {node['html'][:160]}")
        self.measure()

    def measure(self) -> None:
        """Note what the window or a frame does not show."""
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            self._note(f"scrolls sideways by {over} px")
        for cut in self.page.evaluate("eyes.cut()"):
            self._note(f"cuts off {cut}")
        self.keep()

    def keep(self) -> None:
        """Keep a picture of the page where STEWARD_SHOTS names a folder."""
        if SHOTS:
            file = re.sub(r"[^\w-]+", "_", f"{self.name}_{self.view}").strip("_")
            self.page.screenshot(path=Path(SHOTS) / f"{file}.png", full_page=True, caret="initial")


@contextmanager
def eyes(browser: Any, view: str, address: str, session: str = "") -> Iterator[Eyes]:
    """Open a window of the view at a site; a session is that of who is signed in there."""
    width, theme = VIEWS[view]
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce", locale="en-US"
    )
    context.set_default_timeout(20_000)
    context.add_init_script(path=_SCRIPT)
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    try:
        yield Eyes(context.new_page(), view)
    finally:
        context.close()
