"""A household's portfolio with its currencies, as the page shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household
from apps.kernel.money import Money
from apps.portfolios.selectors.portfolios import AccountLine, HoldingLine, HouseholdPortfolio, household_portfolio


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """An account and what it is worth, in its own currency."""

    line: AccountLine
    total: Money


@dataclass(frozen=True, slots=True)
class ShownHolding:
    """A security with its price in its own currency and its value in the household's."""

    line: HoldingLine
    price: Money | None
    value: Money | None


@dataclass(frozen=True, slots=True)
class ShownPortfolio:
    """The portfolio of a day in amounts of money."""

    sheet: HouseholdPortfolio
    total: Money
    managed: Money
    held_away: Money
    cash: Money
    accounts: tuple[ShownAccount, ...]
    holdings: tuple[ShownHolding, ...]


def shown_portfolio(household: Household, on: dt.date) -> ShownPortfolio:
    """Return the portfolio at the close of a day, in a fixed number of queries."""
    sheet = household_portfolio(household, on)
    here = sheet.currency
    return ShownPortfolio(
        sheet=sheet,
        total=Money(sheet.total, here),
        managed=Money(sheet.managed, here),
        held_away=Money(sheet.held_away, here),
        cash=Money(sheet.cash, here),
        accounts=tuple(ShownAccount(line, Money(line.total, line.currency)) for line in sheet.accounts),
        holdings=tuple(
            ShownHolding(line, _money(line.price, line.price_currency), _money(line.value, here))
            for line in sheet.holdings
        ),
    )


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
