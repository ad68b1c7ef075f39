"""The steps of the main job: each does what one person does and holds what must be there after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.papers import Quarter
from tests.journeys.people import Person
from tests.live import LiveSite

FIRM = "harbor"


@dataclass
class MainJob:
    """What the steps hand on: who exists, and what was made."""

    site: LiveSite
    browser: Any
    team: dict[str, Person] = field(default_factory=dict)
    principal: Person = field(init=False)
    clients: list[Person] = field(default_factory=list)
    household_id: str = ""
    quarter: Quarter = field(default_factory=lambda: Quarter.before(dt.date.today()))

    def person(self, name: str, email: str, firm: str = FIRM) -> Person:
        """Return a new person at a browser of their own."""
        return Person(self.site, self.browser, name, email, firm)

    def fetch_prices(self) -> None:
        """Start to load the market's history beside what else is done, as the clock does at night."""
        self.site.start("prices", "django", "load_market_history")

    def await_prices(self) -> None:
        """Wait until the history is there."""
        assert self.site.processes["prices"].wait(300) == 0, self.site.logs()

    def close(self) -> None:
        """Close every browser; no page must have failed."""
        for person in (self.principal, *self.team.values(), *self.clients):
            person.close()
