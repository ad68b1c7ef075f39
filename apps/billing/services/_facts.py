"""What the books know of the accounts of a run: values, flows, cash, exclusions, first and last managed days.

Read in a fixed number of queries for many accounts at once; an exclusion of a single security adds one reading per
billed day, for all accounts together.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Min

from apps.billing.engine.inputs import (
    AccountValues,
    BillingPeriod,
    DatedValue,
    Exclusion,
    ExclusionReason,
    Flow,
    Payer,
    ValueUse,
)
from apps.billing.engine.periods import managed_days
from apps.billing.engine.terms import FeeTerms
from apps.billing.engine.values import value_days
from apps.billing.models import FeeExclusion
from apps.kernel.dates import DateSpan
from apps.kernel.errors import gettext_noop
from apps.kernel.money import Money, Rate
from apps.portfolios.models import Account, AccountStatus, Transaction
from apps.portfolios.selectors.valuations import AccountHoldings, AccountValuation, DailyValue, holdings_at, valuations
from apps.portfolios.selectors.value_ages import AgeLimits, ValueAge, age_limits

NOTHING = Decimal(0)
# in these nothing is managed yet
_NOT_YET = frozenset({AccountStatus.PROPOSED, AccountStatus.APPROVED})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is missing before a household can be billed: message ids with places that `params` fill."""

    message: str
    mend: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Managed:
    """The days of an account under the firm's management, as the ledger shows them; `closed_on` None while it is."""

    funded_on: dt.date
    closed_on: dt.date | None

    def within(self, first: dt.date, last: dt.date | None) -> Managed:
        """Return the days on which the terms counted as well."""
        ends = [day for day in (self.closed_on, last) if day is not None]
        return Managed(max(self.funded_on, first), min(ends) if ends else None)


class Facts:
    """The books of some accounts over a span of days."""

    def __init__(self, accounts: Sequence[Account], span: DateSpan) -> None:
        self.span = span
        self.accounts = [account for account in accounts if account.status not in _NOT_YET]
        ids = [account.pk for account in self.accounts]
        self.valuations: dict[int, AccountValuation] = valuations(self.accounts, span) if ids else {}
        entries = Transaction.objects.filter(account_id__in=ids).order_by()
        self._first = dict(entries.values_list("account_id").annotate(first=Min("trade_date")))
        self._exclusions: dict[int, list[FeeExclusion]] = defaultdict(list)
        for row in FeeExclusion.objects.filter(account_id__in=ids).select_related("instrument").order_by("id"):
            self._exclusions[row.account_id].append(row)
        self._holdings: dict[dt.date, dict[int, AccountHoldings]] = {}

    def managed(self, account: Account) -> Managed | None:
        """Return the managed days, None for an account that never held anything or left before the span.

        A closed account was managed to the last day on which it was worth something: at the close of the day on which
        its assets left, nothing is there to be billed.
        """
        first = self._first.get(account.pk)
        if first is None:
            return None
        if account.closed_on is None:
            return Managed(first, None)
        worth = [v.day for v in self.valuations[account.pk].values if v.total > 0 and v.day <= account.closed_on]
        return Managed(first, worth[-1]) if worth else None

    def problems(self, account: Account, terms: FeeTerms, days: Iterable[dt.date]) -> list[Problem]:
        """List what is missing to bill the account on these days: entries, prices, prices that are recent."""
        if account.pk not in self._first and account.status != AccountStatus.FUNDING and account.closed_on is None:
            return [
                Problem(
                    gettext_noop("Account %(account)s has no entries."),
                    gettext_noop("Load the custodian's transactions, or mark the account as held away."),
                    {"account": account.name},
                )
            ]
        valuation = self.valuations[account.pk]
        found = [
            Problem(
                gettext_noop("%(security)s in account %(account)s has no price."),
                gettext_noop("Load a price, then calculate again."),
                {"account": account.name, "security": name},
            )
            for name in valuation.unpriced
        ]
        last = max(days, default=None)
        return found + ([] if last is None or found else self._stale(account, terms, last))

    def _stale(self, account: Account, terms: FeeTerms, day: dt.date) -> list[Problem]:
        """What people or managers value may be as old as the firm's limit for it; all else as the terms say."""
        limits, old = self.limits, []
        for each in self.holdings(day)[account.pk].holdings:
            by_hand = each.age in {ValueAge.FUND, ValueAge.PROPERTY}
            most = max(terms.max_value_age, limits.days[each.age]) if by_hand else terms.max_value_age
            if each.valued_on is not None and (day - each.valued_on).days > most:
                old.append(each.valued_on)
        if not old:
            return []
        priced_on = min(old)
        return [
            Problem(
                gettext_noop("The oldest price in account %(account)s for %(day)s is of %(seen)s."),
                gettext_noop("Load newer prices, then calculate again."),
                {"account": account.name, "day": day.isoformat(), "seen": priced_on.isoformat()},
            )
        ]

    @cached_property
    def limits(self) -> AgeLimits:
        """After how many days the firm holds values for old."""
        return age_limits()

    def holdings(self, day: dt.date) -> dict[int, AccountHoldings]:
        """Return what every account holds at the close of the day; read once a day."""
        if day not in self._holdings:
            self._holdings[day] = holdings_at(self.accounts, day)
        return self._holdings[day]

    def billed_days(self, account: Account, managed: Managed, period: BillingPeriod, terms: FeeTerms) -> list[dt.date]:
        """Return the days whose values the terms bill."""
        days = managed_days(period.span, managed.funded_on, managed.closed_on)
        if days is None:
            return []
        bare = AccountValues(str(account.public_id), (), funded_on=managed.funded_on, closed_on=managed.closed_on)
        return value_days(terms.value_basis, bare, period, days)

    def account_values(
        self, account: Account, managed: Managed, days: Sequence[dt.date], payer: Payer
    ) -> AccountValues:
        """Return what the engine must know of the account: only the values that are billed, so that the digest of a
        bill changes when, and only when, something that it rests on has changed."""
        valuation = self.valuations[account.pk]
        by_day = {value.day: value for value in valuation.values}
        known = [by_day[day] for day in days if day in by_day]
        currency = account.currency
        return AccountValues(
            account_id=str(account.public_id),
            values=tuple(DatedValue(value.day, Money(value.total, currency)) for value in known),
            flows=tuple(Flow(f.day, Money(f.amount, currency), f.transaction_id) for f in valuation.flows),
            exclusions=tuple(self._exclusion(row, known, currency) for row in self._in_force(account, known)),
            funded_on=managed.funded_on,
            closed_on=managed.closed_on,
            payer=payer,
            is_retirement=account.is_retirement,
        )

    def _in_force(self, account: Account, values: Sequence[DailyValue]) -> list[FeeExclusion]:
        return [row for row in self._exclusions[account.pk] if any(_counts(row, value.day) for value in values)]

    def _exclusion(self, row: FeeExclusion, values: Sequence[DailyValue], currency: str) -> Exclusion:
        part = None if _is_whole(row) and all(_counts(row, value.day) for value in values) else row
        series = tuple(DatedValue(v.day, Money(self._excluded(row, v), currency)) for v in values) if part else ()
        uses = {ValueUse.BILLING} if row.counts_for_breakpoint else set(ValueUse)
        return Exclusion(
            reason=ExclusionReason(row.reason),
            values=series,
            share=Rate(row.share.normalize()),
            uses=frozenset(uses),
            description=row.note,
            clause=row.clause,
        )

    def _excluded(self, row: FeeExclusion, value: DailyValue) -> Decimal:
        if not _counts(row, value.day):
            return NOTHING
        if row.instrument_id is not None:
            held = self.holdings(value.day)[row.account_id].holdings
            return sum((h.value for h in held if h.instrument_id == row.instrument_id and h.value), NOTHING)
        if row.reason == ExclusionReason.CASH:
            return max(NOTHING, value.cash)
        # what is owed lowers the value; left out of it, the value is billed as if it were not owed
        return min(NOTHING, value.cash) if row.reason == ExclusionReason.MARGIN_DEBIT else value.total


def _counts(row: FeeExclusion, day: dt.date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)


def _is_whole(row: FeeExclusion) -> bool:
    partial = {ExclusionReason.CASH.value, ExclusionReason.MARGIN_DEBIT.value}
    return row.instrument_id is None and row.reason not in partial
