"""The months of a composite: what each member had at the beginning and returned, read from the values kept by night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from apps.kernel.dates import DateSpan
from apps.kernel.errors import gettext_noop
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.composites import NO_MEMBER, composite_returns
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.performance import DailyRecord, FeeBasis, daily_earnings
from apps.portfolios.engine.risk_figures import NO_BENCHMARK, linked_between
from apps.portfolios.models import Account, Composite, CompositeMember
from apps.portfolios.selectors.benchmarks import benchmark_returns
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceBook

Array = NDArray[np.float64]
HEADS = {
    "gross": gettext_noop("Return before fees"),
    "net": gettext_noop("Return net of fees"),
    "benchmark": gettext_noop("Benchmark"),
}


@dataclass(frozen=True, slots=True)
class MemberMonth:
    """A member through a whole month: its value at the beginning, that at the end, and its returns."""

    account: Account
    opening: Decimal
    closing: Decimal
    net: float
    gross: float


@dataclass(frozen=True, slots=True)
class CompositeMonth:
    """A month: returns weighted by the members' values at its beginning, the benchmark's, accounts and assets."""

    last_day: dt.date
    figures: Mapping[str, Computed]
    members: tuple[MemberMonth, ...]

    @property
    def key(self) -> str:
        """How passports and pages name it."""
        return f"{self.last_day:%Y%m}"

    @property
    def cells(self) -> tuple[tuple[str, str, Computed], ...]:
        """The figures in the order of the page, each with the name of its column."""
        return tuple((name, gettext(HEADS[name]), found) for name, found in self.figures.items())

    @property
    def n_accounts(self) -> int:
        """How many accounts were members all month."""
        return len(self.members)

    @property
    def assets(self) -> Decimal:
        """What they had at the end."""
        return sum((member.closing for member in self.members), Decimal(0))


class CompositeMonths:
    """Openings and returns of each account and month, (n_months, n_accounts), and the benchmark's months.

    Of those who were members in these months, and of their days no others are read.
    """

    def __init__(self, composite: Composite, members: Sequence[CompositeMember], ends: tuple[dt.date, ...]) -> None:
        self.ends = ends
        members = [each for each in members if any(each.counts_in(a + ONE_DAY, b) for a, b in pairwise(ends))]
        self.accounts = list({member.account_id: member.account for member in members}.values())
        book = PerformanceBook(self.accounts, ends[-1], since=ends[0])
        records = book.records(self.accounts, composite.currency)
        shape = len(ends) - 1, len(self.accounts)
        self.openings, self.closings = np.zeros(shape), np.zeros(shape)
        self.net, self.gross = np.full(shape, np.nan), np.full(shape, np.nan)
        column = {account.pk: place for place, account in enumerate(self.accounts)}
        for member in members:
            record = records.get(member.account_id)
            if record is not None:
                self._enter(member, record, column[member.account_id], book.timing)
        span = DateSpan(ends[0] + ONE_DAY, ends[-1])
        found = benchmark_returns(composite.benchmark, span, composite.currency) if composite.benchmark else None
        self.benchmark = linked_between(span.first, found.returns, ends) if found is not None else None

    def _enter(self, member: CompositeMember, record: DailyRecord, column: int, timing: FlowTiming) -> None:
        daily = {basis: daily_earnings(record, timing, basis).returns for basis in FeeBasis}
        for month in range(len(self.ends) - 1):
            first, last = self.ends[month] + ONE_DAY, self.ends[month + 1]
            start, stop = (first - record.first_day).days, (last - record.first_day).days
            # an account that came within the month, or had been emptied, has no value at its beginning
            if start < 1 or not record.table[start - 1, 0] or not member.counts_in(first, last):
                continue
            self.openings[month, column] = record.table[start - 1, 0]
            self.closings[month, column] = record.table[stop, 0]
            for basis, table in ((FeeBasis.NET, self.net), (FeeBasis.GROSS, self.gross)):
                table[month, column] = np.prod(1 + daily[basis][start : stop + 1]) - 1

    def months(self) -> tuple[CompositeMonth, ...]:
        """Return the months, the newest first."""
        told = {
            "gross": composite_returns(self.openings, self.gross),
            "net": composite_returns(self.openings, self.net),
        }
        return tuple(self._month(place, told) for place in reversed(range(len(self.ends) - 1)))

    def _month(self, place: int, told: Mapping[str, Array]) -> CompositeMonth:
        figures = {name: _computed(returns[place]) for name, returns in told.items()}
        none = Computed(None, NO_BENCHMARK)
        theirs = none if self.benchmark is None else _computed(self.benchmark[place], NO_BENCHMARK)
        return CompositeMonth(
            last_day=self.ends[place + 1],
            figures={**figures, "benchmark": theirs},
            members=tuple(
                MemberMonth(
                    account=account,
                    opening=_money(self.openings[place, column]),
                    closing=_money(self.closings[place, column]),
                    net=float(self.net[place, column]),
                    gross=float(self.gross[place, column]),
                )
                for column, account in enumerate(self.accounts)
                if not np.isnan(self.net[place, column])
            ),
        )


def _computed(value: float, reason: str = NO_MEMBER) -> Computed:
    return Computed(None, reason) if np.isnan(value) else Computed(float(value))


def _money(value: float) -> Decimal:
    return Decimal(str(round(float(value), 2)))
