"""What is due today for one person of the firm: each item with its reason and the one click that does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from apps.core.actors import Actor
from apps.desk.selectors.due_clients import reviews_due
from apps.desk.selectors.due_items import DueItem

# the order of the page: what stops others comes first
SOURCES: tuple[Callable[[Actor, dt.date], list[DueItem]], ...] = (reviews_due,)
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Today:
    """The work queue of a person: the first items, and how many there are in all."""

    day: dt.date
    items: tuple[DueItem, ...]
    count: int

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits."""
        return not self.items


def today(actor: Actor, on: dt.date) -> Today:
    """Return what waits for the actor on a day, the most urgent first, in a fixed number of queries."""
    items = [item for source in SOURCES for item in source(actor, on)]
    items.sort(key=lambda item: (item.due_on is None, item.due_on or on))
    return Today(on, tuple(items[:MOST_SHOWN]), len(items))
