"""The people of the journey of a plan, and what its steps hand on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from config.env import ROOT
from tests.eyes import VIEWS, Eyes
from tests.journeys.people import Person
from tests.live import LiveSite

RUN_SECONDS = 240
_DRAWN = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))"
_EYES = ROOT / "tests" / "eyes.js"
_WIDE = {"width": VIEWS["light"][0], "height": 900}
_PHONE = {"width": VIEWS["phone"][0], "height": 844}


class PlanningJob:
    """Ada and another advisor, Rosa and Miguel, each at a browser of their own, and the plan that they work on."""

    def __init__(self, site: LiveSite, browser: Any) -> None:
        self.site = site
        self.story = self.tell("build")
        self.household = self.story["household"]
        self.plan_id = ""
        self.ada, self.mallory, self.rosa, self.miguel = (
            self._enter(browser, name) for name in ("Ada", "Mallory", "Rosa Costa", "Miguel Costa")
        )
        self.people = (self.ada, self.mallory, self.rosa, self.miguel)
        # Mallory is shown that there is nothing for her: her pages are refused, as they must be
        self.eyes = {who.name: Eyes(who.page, "light") for who in self.people if who is not self.mallory}

    def _enter(self, browser: Any, name: str) -> Person:
        who = Person(self.site, browser, name, "", "alpha")
        key = self.story[name.partition(" ")[0].lower()]
        who.context.add_init_script(path=_EYES)
        who.context.add_cookies([{"name": "sessionid", "value": key, "url": self.site.url("alpha")}])
        who.context.set_default_timeout(60_000)  # the first page of a site that has just started takes its time
        who.page.set_viewport_size(_WIDE)
        who.page.emulate_media(reduced_motion="reduce")
        return who

    def tell(self, part: str) -> dict[str, str]:
        """Run a part of the story in a process of the live site's own environment."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.journeys.planning_story", part],
            cwd=ROOT,
            env=self.site.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))

    @property
    def tab(self) -> str:
        """The address of the household's plan."""
        return f"/households/{self.household}/plan/"

    def show(self, who: Person, name: str) -> None:
        """Look at the page in front of somebody, wide and as a phone shows it: nothing sticks out or is cut off."""
        seen = self.eyes[who.name]
        seen.name = f"planning {name}"
        for view, size in (("light", _WIDE), ("phone", _PHONE)):
            seen.view = view
            who.page.set_viewport_size(size)
            who.page.evaluate(_DRAWN)
            seen.measure()
        who.page.set_viewport_size(_WIDE)

    def close(self) -> None:
        """Close every browser; no page must have failed, or not have fitted."""
        for who in self.people:
            who.close()
        wrong = [fault for seen in self.eyes.values() for fault in seen.wrong]
        assert not wrong, "\n".join(wrong)
