"""A household's portfolio with its currencies, as the page shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household
from apps.kernel.money import Money
from apps.portfolios.engine.drawdowns import Drawdown
from apps.portfolios.engine.performance import Span
from apps.portfolios.selectors.comparisons import Comparison, compared
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.portfolios import AccountLine, HoldingLine, HouseholdPortfolio, household_portfolio

# the periods a client asks about; an advisor sees all
_SHOWN = frozenset({Span.QUARTER, Span.YEAR, Span.ONE_YEAR, Span.THREE_YEARS, Span.INCEPTION})


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
class ShownReturn:
    """What a period brought: the return net of fees, a year's where the period is longer, and the gain."""

    span: str
    label: str
    first_day: dt.date
    net: float | None
    benchmark: float | None
    benchmark_reason: str
    annual: float | None
    gain: Money
    money_in: Money
    money_out: Money


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
    returns: tuple[ShownReturn, ...]
    benchmark: str
    fall: Drawdown | None


def shown_portfolio(household: Household, on: dt.date) -> ShownPortfolio:
    """Return the portfolio at the close of a day, in a fixed number of queries."""
    sheet = household_portfolio(household, on)
    owner = PortfolioOwner(household)
    beside = compared(owner, owner.sheet(on))
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
        returns=_returns(beside),
        benchmark=beside.benchmark.name if beside.benchmark is not None else "",
        fall=beside.fall,
    )


def _returns(beside: Comparison) -> tuple[ShownReturn, ...]:
    """Return the periods that the managed accounts cover, the shortest first."""
    sheet = beside.sheet
    return tuple(
        ShownReturn(
            span=line.span,
            label=line.label,
            first_day=line.first_day,
            net=figures.net.value,
            benchmark=compare.benchmark.value,
            benchmark_reason=compare.benchmark.reason,
            annual=figures.annual_net.value,
            gain=Money(figures.gain, sheet.currency),
            money_in=Money(figures.money_in, sheet.currency),
            money_out=Money(figures.money_out, sheet.currency),
        )
        for line in sheet.lines
        if (figures := line.figures) is not None
        and line.span in _SHOWN
        and (compare := beside.line(line.span)) is not None
    )


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
