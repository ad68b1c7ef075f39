"""Performance as pages show it: the household's managed accounts together and each alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.clients.models import Household
from apps.portfolios.engine.performance import Span
from apps.portfolios.models import Account
from apps.portfolios.selectors.performance import PerformanceBook, PerformanceSheet, SpanLine, performance_of

# more points than a chart has pixels help nobody
CHART_POINTS = 400
_BESIDE = frozenset({Span.YEAR, Span.ONE_YEAR, Span.INCEPTION})


@dataclass(frozen=True, slots=True)
class AccountPerformance:
    """One account beside the others of its household, in its own currency."""

    account: Account
    sheet: PerformanceSheet

    @property
    def nets(self) -> tuple[SpanLine, ...]:
        """The periods shown beside each other."""
        return tuple(line for line in self.sheet.lines if line.span in _BESIDE)


@dataclass(frozen=True, slots=True)
class HouseholdPerformance:
    """The accounts that the firm manages for a household: together, and each alone. Those held away are not in it."""

    sheet: PerformanceSheet
    accounts: tuple[AccountPerformance, ...]
    n_held_away: int


def household_performance(
    household: Household, as_of: dt.date, known_at: dt.datetime | None = None
) -> HouseholdPerformance:
    """Return the household's performance up to the day, and each account's, as the ledger stood at the moment."""
    managed = _managed(household)
    book = PerformanceBook(managed, as_of, known_at)
    return HouseholdPerformance(
        sheet=book.sheet(managed, household.currency),
        accounts=tuple(AccountPerformance(account, book.sheet([account], account.currency)) for account in managed),
        n_held_away=household.accounts.filter(is_held_away=True).count(),
    )


def household_sheet(household: Household, as_of: dt.date, known_at: dt.datetime | None = None) -> PerformanceSheet:
    """Return the household's performance alone, without its accounts one by one."""
    return performance_of(_managed(household), household.currency, as_of, known_at)


def account_sheet(account: Account, as_of: dt.date, known_at: dt.datetime | None = None) -> PerformanceSheet:
    """Return one account's performance, in its own currency."""
    return performance_of([account], account.currency, as_of, known_at)


def _managed(household: Household) -> list[Account]:
    return list(household.accounts.managed().order_by("pk"))
