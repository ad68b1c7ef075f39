"""One thing that waits for a person, and for whom and when it is asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.kernel.money import Money

# no source tells more than a day's work of one kind
MOST_OF_A_KIND = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks what is due, on which day, and of which household where it is one household's page."""

    actor: Actor
    on: dt.date
    household: Household | None = None

    def of_household(self, path: str = "") -> Q:
        """Return the condition that rows belong to the household asked about; with none, no condition."""
        if self.household is None:
            return Q()
        return Q(**{path or "pk": self.household.pk})


@dataclass(frozen=True, slots=True)
class DueItem:
    """What is due, why, and the one click that does it. `tone` is warn where a person is needed, bad when overdue.

    `amount` is a figure of the books that the reason names, `amount_label` what it is, `passport` where it comes from.
    """

    title: str
    why: str
    url: str
    action: str
    due_on: dt.date | None = None
    household: str = ""
    tone: str = "warn"
    icon: str = "clock"
    amount: Money | None = None
    amount_label: str = ""
    passport: str = ""
