"""One thing that waits for a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# no source tells more than a day's work of one kind
MOST_OF_A_KIND = 25


@dataclass(frozen=True, slots=True)
class DueItem:
    """What is due, why, and the one click that does it. `tone` is warn where a person is needed, bad when overdue."""

    kind: str
    title: str
    why: str
    url: str
    action: str
    due_on: dt.date | None = None
    household: str = ""
    tone: str = "warn"
    icon: str = "clock"
