"""What is due today for one person of the firm: each item with its reason and the one click that does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.desk.selectors.due_billing import invoices_due, late_payments_due, runs_due
from apps.desk.selectors.due_clients import onboarding_due, papers_due, reviews_due
from apps.desk.selectors.due_decisions import (
    alerts_due,
    approvals_due,
    breaks_due,
    opportunities_due,
    plan_steps_due,
    plans_due,
    profiles_due,
    trail_due,
)
from apps.desk.selectors.due_items import Asked, DueItem
from apps.desk.selectors.due_values import calls_due, checks_due, old_values_due

# what stops others comes first among items without a day
SOURCES: tuple[Callable[[Asked], list[DueItem]], ...] = (
    approvals_due,
    trail_due,
    alerts_due,
    plans_due,
    plan_steps_due,
    profiles_due,
    onboarding_due,
    runs_due,
    late_payments_due,
    invoices_due,
    papers_due,
    reviews_due,
    breaks_due,
    calls_due,
    old_values_due,
    checks_due,
    opportunities_due,
)
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


def today(actor: Actor, on: dt.date, household: Household | None = None) -> Today:
    """Return what waits for the actor on a day, of all households or of one; what is overdue first."""
    asked = Asked(actor, on, household)
    items = [item for source in SOURCES for item in source(asked)]
    items.sort(key=lambda item: (item.tone != "bad", item.due_on is None, item.due_on or on))
    return Today(on, tuple(items[:MOST_SHOWN]), len(items))
