"""What accounts earned over the periods that people ask for: one selector for page, paper, portal and API."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import FirmProfile
from apps.kernel.dates import DateSpan
from apps.kernel.flows import FlowTiming
from apps.market.selectors.prices import close_at, rates_in
from apps.portfolios.engine.performance import (
    NOT_COVERED,
    DailyRecord,
    Day,
    FeeBasis,
    PeriodFigures,
    Span,
    first_day_of,
    period_figures,
    time_weighted,
    total_of,
)
from apps.portfolios.models import Account, Transaction
from apps.portfolios.ports import PaidFee, fees_paid_elsewhere
from apps.portfolios.selectors.kept_values import daily_values
from apps.portfolios.selectors.prices import SimulationNotice
from apps.portfolios.selectors.valuations import AccountValuation, valuations

# what every page and paper that shows a return says of the firm's choice
TIMINGS: Mapping[FlowTiming, str | Promise] = {
    FlowTiming.IN_START_OUT_END: _("Money in counts from the morning of its day, money out until the evening."),
    FlowTiming.END_OF_DAY: _("Money in and out counts from the evening of its day."),
    FlowTiming.START_OF_DAY: _("Money in and out counts from the morning of its day."),
}
ONE_DAY = dt.timedelta(days=1)
NOTHING = Decimal(0)
SPANS: Mapping[Span, str | Promise] = {
    Span.MONTH: _("Month to date"),
    Span.QUARTER: _("Quarter to date"),
    Span.YEAR: _("Year to date"),
    Span.ONE_YEAR: _("One year"),
    Span.THREE_YEARS: _("Three years"),
    Span.FIVE_YEARS: _("Five years"),
    Span.INCEPTION: _("Since the beginning"),
}


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that crossed the border of the portfolio, in its currency; `transaction_id` is the entry's public id."""

    day: dt.date
    amount: Decimal
    transaction_id: str
    account: Account


@dataclass(frozen=True, slots=True)
class Fee:
    """An advisory fee: taken from the account by an entry, or paid from elsewhere on an invoice."""

    day: dt.date
    amount: Decimal
    transaction_id: str
    invoice: str
    account: Account


@dataclass(frozen=True, slots=True)
class SpanLine:
    """One period. `figures` is None where there is none; `reason` says why."""

    span: Span
    label: str
    first_day: dt.date
    figures: PeriodFigures | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PerformanceSheet:
    """Accounts taken together up to a day, in one currency; `record` is None when nothing was ever in them.

    `known_at` is the moment as of which the ledger counts, None for now.
    """

    currency: str
    as_of: dt.date
    known_at: dt.datetime | None
    inception: dt.date | None
    record: DailyRecord | None
    lines: tuple[SpanLine, ...]
    flows: tuple[Flow, ...]
    fees: tuple[Fee, ...]
    n_accounts: int
    unpriced: tuple[str, ...]
    simulation: SimulationNotice | None
    timing: FlowTiming

    @property
    def timing_text(self) -> str:
        """When a flow counts on its day, in words."""
        return str(TIMINGS[self.timing])

    def line(self, span: str) -> SpanLine | None:
        """Return the line of a span, or None."""
        return next((line for line in self.lines if line.span == span), None)

    @property
    def closing(self) -> Decimal | None:
        """The value on the day, None when nothing was ever in it."""
        return self.record.days[-1].value if self.record else None

    @property
    def growth(self) -> tuple[tuple[dt.date, float], ...]:
        """The net return since the beginning at the close of each day."""
        if self.record is None or self.inception is None:
            return ()
        part = self.record.between(self.inception, self.record.last_day)
        found = time_weighted(part, self.timing, FeeBasis.NET).accumulated
        return tuple((self.inception + i * ONE_DAY, value) for i, value in enumerate(found))


def performance_of(
    accounts: Sequence[Account], currency: str, as_of: dt.date, known_at: dt.datetime | None = None
) -> PerformanceSheet:
    """Return what the accounts earned together, in a fixed number of queries per currency."""
    return PerformanceBook(accounts, as_of, known_at).sheet(accounts, currency)


class PerformanceBook:
    """Accounts valued day by day, read once; any of them can then be taken together.

    Days before `since` are not read: what was there on that day counts as brought along.
    """

    def __init__(
        self,
        accounts: Sequence[Account],
        as_of: dt.date,
        known_at: dt.datetime | None = None,
        since: dt.date | None = None,
    ) -> None:
        self.as_of, self.known_at = as_of, known_at
        self.timing = FlowTiming(FirmProfile.current().flow_timing)
        first = _first_day(accounts, as_of, known_at)
        first = first if first is None or since is None else max(first, since)
        self.span = DateSpan(first, as_of) if first is not None else None
        self._valued: dict[int, AccountValuation] = {}
        self._paid: list[PaidFee] = []
        if self.span is not None:
            # one day more before the first, for its opening value
            whole = DateSpan(self.span.first - ONE_DAY, as_of)
            self._valued = daily_values(accounts, whole) if known_at is None else valuations(accounts, whole, known_at)
            self._paid = fees_paid_elsewhere.paid({account.pk for account in accounts}, self._known_span(self.span))

    def _known_span(self, span: DateSpan) -> DateSpan:
        """What was paid after the moment was not known at it: a payment is recorded on its day."""
        last = span.last if self.known_at is None else min(span.last, timezone.localdate(self.known_at))
        return DateSpan(span.first, max(span.first, last))

    def sheet(self, accounts: Sequence[Account], currency: str) -> PerformanceSheet:
        """Return what some of the accounts earned together, in a currency."""
        span, n_accounts = self.span, len(accounts)
        if span is None or not accounts:
            return PerformanceSheet(
                currency, self.as_of, self.known_at, None, None, (), (), (), n_accounts, (), None, self.timing
            )
        valued = {account.pk: self._valued[account.pk] for account in accounts}
        exchange = _Exchange(currency, {account.currency for account in accounts}, span)
        fees = self._fees(accounts, exchange, span)
        record = total_of(self._records(accounts, exchange, fees, span))
        notices = [v.simulation for v in valued.values() if v.simulation is not None]
        return PerformanceSheet(
            currency=currency,
            as_of=self.as_of,
            known_at=self.known_at,
            inception=record.inception,
            record=record,
            lines=sheet_lines(record, self.timing),
            flows=tuple(_flows(accounts, valued, exchange)),
            fees=fees,
            n_accounts=n_accounts,
            unpriced=tuple(sorted({name for v in valued.values() for name in v.unpriced} | exchange.missing)),
            simulation=_merged(notices),
            timing=self.timing,
        )

    def records(self, accounts: Sequence[Account], currency: str) -> dict[int, DailyRecord]:
        """Return the days of each account by itself, by row id; none before anything was in any of them."""
        if self.span is None:
            return {}
        exchange = _Exchange(currency, {account.currency for account in accounts}, self.span)
        found = self._records(accounts, exchange, self._fees(accounts, exchange, self.span), self.span)
        return {account.pk: record for account, record in zip(accounts, found, strict=True)}

    def _records(
        self, accounts: Sequence[Account], exchange: _Exchange, fees: Iterable[Fee], span: DateSpan
    ) -> list[DailyRecord]:
        of_account: dict[int, list[Fee]] = defaultdict(list)
        for fee in fees:
            of_account[fee.account.pk].append(fee)
        return [
            _record(account, self._valued[account.pk], exchange, of_account[account.pk], span) for account in accounts
        ]

    def _fees(self, accounts: Sequence[Account], exchange: _Exchange, span: DateSpan) -> tuple[Fee, ...]:
        by_id = {account.pk: account for account in accounts}
        found = [
            Fee(fee.day, fee.amount * exchange.rate(account.currency, fee.day), fee.transaction_id, "", account)
            for account in accounts
            for fee in self._valued[account.pk].fees
            if fee.day in span
        ]
        found += [
            Fee(fee.day, fee.amount * exchange.rate(fee.currency, fee.day), "", fee.reference, by_id[fee.account_id])
            for fee in self._paid
            if fee.account_id in by_id
        ]
        return tuple(sorted(found, key=lambda fee: (fee.day, fee.account.pk)))


def _first_day(accounts: Sequence[Account], as_of: dt.date, known_at: dt.datetime | None) -> dt.date | None:
    rows = Transaction.objects.filter(account_id__in=[account.pk for account in accounts]).traded_by(as_of)
    rows = rows if known_at is None else rows.known_at(known_at)
    first: dt.date | None = rows.aggregate(first=Min("trade_date"))["first"]
    return first


def sheet_lines(record: DailyRecord, timing: FlowTiming) -> tuple[SpanLine, ...]:
    """Return the periods that people ask for, none when nothing was ever there."""
    return tuple(_line(record, wanted, timing) for wanted in SPANS) if record.inception else ()


def _line(record: DailyRecord, span: Span, timing: FlowTiming) -> SpanLine:
    as_of = record.last_day
    label, inception = str(SPANS[span]), record.inception or as_of
    first = first_day_of(span, as_of, inception)
    if first < inception:
        return SpanLine(span, label, first, None, NOT_COVERED)
    return SpanLine(span, label, first, period_figures(record.between(first, as_of), timing))


def _record(
    account: Account, valued: AccountValuation, exchange: _Exchange, fees: Collection[Fee], span: DateSpan
) -> DailyRecord:
    came: dict[dt.date, Decimal] = defaultdict(Decimal)
    left: dict[dt.date, Decimal] = defaultdict(Decimal)
    for flow in valued.flows:
        amount = flow.amount * exchange.rate(account.currency, flow.day)
        side = came if amount > 0 else left
        side[flow.day] += abs(amount)
    inside: dict[dt.date, Decimal] = defaultdict(Decimal)
    outside: dict[dt.date, Decimal] = defaultdict(Decimal)
    for fee in fees:
        (outside if fee.invoice else inside)[fee.day] += fee.amount
    opening, *closes = (value.total * exchange.rate(account.currency, value.day) for value in valued.values)
    days = tuple(
        Day(close, came.get(day, NOTHING), left.get(day, NOTHING), inside.get(day, NOTHING), outside.get(day, NOTHING))
        for day, close in zip(span, closes, strict=True)
    )
    return DailyRecord(span.first, opening, days)


def _flows(accounts: Iterable[Account], valued: Mapping[int, AccountValuation], exchange: _Exchange) -> Iterable[Flow]:
    found = [
        Flow(flow.day, flow.amount * exchange.rate(account.currency, flow.day), flow.transaction_id, account)
        for account in accounts
        for flow in valued[account.pk].flows
    ]
    return sorted(found, key=lambda flow: (flow.day, flow.account.pk, flow.transaction_id))


def _merged(notices: Sequence[SimulationNotice]) -> SimulationNotice | None:
    if not notices:
        return None
    symbols = sorted({symbol for notice in notices for symbol in notice.symbols})
    return SimulationNotice(min(notice.simulated_from for notice in notices), tuple(symbols))


class _Exchange:
    """Rates into one currency by day; a currency without a rate counts nothing and is named in `missing`."""

    def __init__(self, currency: str, others: Collection[str], span: DateSpan) -> None:
        self._currency = currency
        self._rates = rates_in(currency, others, span)
        self.missing: set[str] = set()

    def rate(self, currency: str, day: dt.date) -> Decimal:
        """Return what one unit is worth on the day."""
        if currency == self._currency:
            return Decimal(1)
        close = close_at(self._rates.get(currency, []), day)
        if close is None:
            self.missing.add(currency)
            return NOTHING
        return close.close
