"""The answer on the first screen: are we on track, in dollars."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.models import Job
from apps.kernel.money import Money
from apps.money.selectors.balance_sheets import BalanceSheet, balance_sheet
from apps.plans.selectors.overviews import PlanOverview, plan_overview
from apps.portal.selectors.plans import running_job, status_words


@dataclass(frozen=True, slots=True)
class PortalHome:
    """Where the household's plan stands, and what it owns and owes."""

    overview: PlanOverview | None
    job: Job | None
    sheet: BalanceSheet

    @property
    def status(self) -> str:
        """The plan's status in the client's words."""
        return status_words(self.overview) if self.overview else ""

    @property
    def has_books(self) -> bool:
        """Whether anything is known of what the household owns or owes."""
        return bool(self.sheet.assets or self.sheet.debts)

    @property
    def net_worth(self) -> Money:
        """Owned less owed."""
        return Money(self.sheet.net_worth, self.sheet.currency)

    @property
    def portfolio(self) -> Money:
        """What all accounts are worth."""
        return Money(self.sheet.portfolio.total, self.sheet.currency)

    @property
    def debts(self) -> Money:
        """What is owed, as a positive amount."""
        return Money(self.sheet.total_debts, self.sheet.currency)


def portal_home(household: Household, actor: Actor, on: dt.date) -> PortalHome:
    """Return the household's answer on a day, in a fixed number of queries."""
    return PortalHome(plan_overview(household, actor), running_job(household), balance_sheet(household, on))
