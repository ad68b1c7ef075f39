"""Whose performance is asked for: a household's managed accounts together, or one account."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.portfolios.models import Account
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.performance import PerformanceSheet
from apps.portfolios.selectors.performance_pages import account_sheet, household_sheet


@dataclass(frozen=True, slots=True)
class PortfolioOwner:
    """A household, or one account of it."""

    household: Household
    account: Account | None = None

    @property
    def name(self) -> str:
        """How pages name it."""
        return self.household.name if self.account is None else self.account.name

    @property
    def currency(self) -> str:
        """The currency of its figures."""
        return self.household.currency if self.account is None else self.account.currency

    @property
    def accounts(self) -> list[Account]:
        """The accounts taken together: the managed ones of a household, or the account alone."""
        if self.account is not None:
            return [self.account]
        return list(self.household.accounts.managed().order_by("pk"))

    def sheet(self, as_of: dt.date, known_at: dt.datetime | None = None) -> PerformanceSheet:
        """Return its performance up to the day, as the ledger stood at the moment."""
        if self.account is None:
            return household_sheet(self.household, as_of, known_at)
        return account_sheet(self.account, as_of, known_at)


def owner_with(actor: Actor, portfolio_id: str) -> PortfolioOwner:
    """Return the household or account with the id. Raises NotFoundError for one that the actor may not see."""
    household = Household.objects.visible_to(actor).filter(public_id=portfolio_id).first()
    if household is not None:
        return PortfolioOwner(household)
    account = account_for(actor, portfolio_id)
    return PortfolioOwner(account.household, account)
