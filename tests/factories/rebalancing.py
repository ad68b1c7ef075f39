"""Households off their model, and runs of a rebalance, made by the product's own services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.accounts.models import User
from apps.portfolios.models import RebalanceRun
from apps.portfolios.services.rebalancing import RunTerms, propose_rebalance
from tests.factories import clients, models, portfolios

BOUGHT = portfolios.DAY + dt.timedelta(days=1)


class OffTarget:
    """80 STK bought at 50 and 2,000 in cash in one account, 10,000 in cash in an IRA; 60/35 in stocks and bonds."""

    def __init__(self, ada: User, paul: User) -> None:
        self.ada, self.household = ada, clients.household(ada)
        self.stk, self.stk2, self.bnd = models.securities(ada)
        self.model = models.approved(ada, paul, (self.stk, self.stk2, self.bnd))
        models.mandate(self.household, self.model, ada)
        self.one = portfolios.account(self.household, ada)
        self.two = portfolios.account(self.household, ada, name="IRA", registration="traditional_ira", number="77")
        portfolios.entry(self.one, ada, "deposit", cash="6000")
        portfolios.entry(self.two, ada, "deposit", cash="10000")
        told = {"instrument": self.stk, "units": "80", "cash": "-4000", "price": "50"}
        portfolios.entry(self.one, ada, "buy", BOUGHT, **told)

    def run(self, mode: str = "full", **more: object) -> RebalanceRun:
        """Ask the engine."""
        return run(self.household, self.ada, mode, **more)


def terms(mode: str = "full", **more: object) -> RunTerms:
    """Settings with rates of 40 and 20 per cent."""
    return RunTerms(**{"mode": mode, "short_rate": Decimal("0.4"), "long_rate": Decimal("0.2"), **more})


def run(household, by: User, mode: str = "full", **more: object) -> RebalanceRun:
    """A run of a household that follows a model."""
    return propose_rebalance(household=household, terms=terms(mode, **more), by=by.as_actor())
