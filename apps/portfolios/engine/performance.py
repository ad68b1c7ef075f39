"""What a portfolio earned over a period: amounts to the cent, and returns by time and by money.

Amounts are exact decimals in one currency; returns are float64. A day's return links the close of the day before to its
own close; flows within a day count as `FlowTiming` says, which a firm chooses once and states. Methods:
docs/engine/performance.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.returns import YEAR_DAYS, annualised, irr

Array = NDArray[np.float64]
NOTHING = Decimal(0)
ONE_DAY = timedelta(days=1)
NOT_COVERED = gettext_noop("The portfolio is younger than the period.")


class FeeBasis(StrEnum):
    """Whether a return is before or after the advisory fee. Costs of trading are always in it."""

    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day of a portfolio, no amount negative but the value.

    `value` at its close; `money_in` and `money_out` crossed the border of the portfolio, securities at market value;
    `fees` are advisory fees taken from it, `fees_elsewhere` those paid for it from outside.
    """

    value: Decimal
    money_in: Decimal = NOTHING
    money_out: Decimal = NOTHING
    fees: Decimal = NOTHING
    fees_elsewhere: Decimal = NOTHING


@dataclass(frozen=True)
class DailyRecord:
    """A portfolio day by day without a gap. `opening` is its value at the close of the day before `first_day`."""

    first_day: date
    opening: Decimal
    days: tuple[Day, ...]

    @cached_property
    def table(self) -> Array:
        """The days as numbers, (n_days, 5): value, money in, money out, fees, fees elsewhere."""
        rows = [(d.value, d.money_in, d.money_out, d.fees, d.fees_elsewhere) for d in self.days]
        return np.array(rows, dtype=np.float64).reshape(-1, 5)

    @property
    def last_day(self) -> date:
        """The last day."""
        return self.first_day + timedelta(days=len(self.days) - 1)

    @property
    def inception(self) -> date | None:
        """The first day on which anything was in the portfolio; None when nothing ever was."""
        if self.opening:
            return self.first_day
        place = next((i for i, day in enumerate(self.days) if day.value or day.money_in or day.money_out), None)
        return None if place is None else self.first_day + timedelta(days=place)

    def between(self, first: date, last: date) -> DailyRecord:
        """Return the part of it. Raises InvalidInputError for days that it does not hold."""
        start, stop = (first - self.first_day).days, (last - self.first_day).days + 1
        if not 0 <= start < stop <= len(self.days):
            raise InvalidInputError(gettext_noop("The period lies outside of what is recorded."), field="first_day")
        part = DailyRecord(first, self.days[start - 1].value if start else self.opening, self.days[start:stop])
        part.__dict__["table"] = self.table[start:stop]  # made once for all parts
        return part


def total_of(records: Sequence[DailyRecord]) -> DailyRecord:
    """Add portfolios day by day: what left one and reached another on the same day is no flow of the whole.

    Raises InvalidInputError unless all cover the same days.
    """
    first = records[0] if records else None
    if first is None or any(r.first_day != first.first_day or len(r.days) != len(first.days) for r in records):
        raise InvalidInputError(gettext_noop("Portfolios can be added over the same days only."))
    days = []
    for parts in zip(*(record.days for record in records), strict=True):
        came = sum((part.money_in for part in parts), NOTHING)
        left = sum((part.money_out for part in parts), NOTHING)
        between = min(came, left) if len(parts) > 1 else NOTHING
        days.append(
            Day(
                value=sum((part.value for part in parts), NOTHING),
                money_in=came - between,
                money_out=left - between,
                fees=sum((part.fees for part in parts), NOTHING),
                fees_elsewhere=sum((part.fees_elsewhere for part in parts), NOTHING),
            )
        )
    return DailyRecord(first.first_day, sum((record.opening for record in records), NOTHING), tuple(days))


@dataclass(frozen=True, slots=True)
class LinkedReturn:
    """Daily returns chained. `accumulated` (n_days,) is the return from the start to the close of each day.

    `broken_days` are those on which nothing was invested: nothing is linked across them, and whoever shows the return
    says so.
    """

    total: Computed
    accumulated: tuple[float, ...]
    broken_days: tuple[date, ...]


def time_weighted(record: DailyRecord, timing: FlowTiming, basis: FeeBasis) -> LinkedReturn:
    """Chain the daily returns of a record (GIPS 2020, 2.A; DOMAIN 1.1).

    Net: the fee taken from the portfolio lowers its value, one paid from elsewhere is taken off the day's gain. Gross:
    a fee taken from the portfolio counts as money that left at the end of the day.
    """
    base, end = _base_and_end(record, timing, basis)
    invested = base > 0
    factors = np.divide(end, base, out=np.ones_like(base), where=invested)
    accumulated = np.cumprod(factors) - 1
    broken = tuple(record.first_day + timedelta(days=int(place)) for place in np.flatnonzero(~invested))
    if not invested.any():
        return LinkedReturn(Computed(None, gettext_noop("Nothing was invested on any day.")), (), broken)
    return LinkedReturn(Computed(float(accumulated[-1])), tuple(accumulated.tolist()), broken)


@dataclass(frozen=True, slots=True)
class DailyEarnings:
    """What each day earned on what was invested in it, each (n_days,): `gains` over `bases` is the day's return.

    A day on which nothing is invested has a return of 0 and breaks the chain (see `LinkedReturn.broken_days`).
    """

    bases: Array
    gains: Array

    @property
    def returns(self) -> Array:
        """The returns of the days (n_days,)."""
        return np.divide(self.gains, self.bases, out=np.zeros_like(self.bases), where=self.bases > 0)

    def since(self, place: int) -> DailyEarnings:
        """Return the part from a day on."""
        return DailyEarnings(self.bases[place:], self.gains[place:])


def daily_earnings(record: DailyRecord, timing: FlowTiming, basis: FeeBasis) -> DailyEarnings:
    """Return the parts of the daily returns that `time_weighted` chains."""
    base, end = _base_and_end(record, timing, basis)
    return DailyEarnings(base, end - base)


def _base_and_end(record: DailyRecord, timing: FlowTiming, basis: FeeBasis) -> tuple[Array, Array]:
    """What is invested on each day and what it became, (n_days,) each."""
    columns = _columns(record)
    before = np.concatenate([[float(record.opening)], columns.value[:-1]])
    end = columns.value + (columns.fees if basis is FeeBasis.GROSS else -columns.fees_elsewhere)
    early_in = before + columns.money_in
    if timing is FlowTiming.START_OF_DAY:
        base = early_in - columns.money_out
    elif timing is FlowTiming.IN_START_OUT_END:
        base, end = early_in, end + columns.money_out
    else:
        # a day that begins with nothing counts from what came in on it
        fresh = before <= 0
        base = np.where(fresh, early_in, before)
        end = end + columns.money_out - np.where(fresh, 0.0, columns.money_in)
    return base, end


def money_weighted(record: DailyRecord) -> Computed:
    """Return the rate of the whole period at which what went in, came out and is left are worth nothing.

    Net of fees; a flow counts at the close of its day. Not annualised: see `annualised`. None where `irr` finds none.
    """
    n = len(record.days)
    flows = {0: -float(record.opening)}
    for place, day in enumerate(record.days, start=1):
        moved = day.money_out - day.money_in - day.fees_elsewhere
        if moved:
            flows[place] = flows.get(place, 0.0) + float(moved)
    flows[n] = flows.get(n, 0.0) + float(record.days[-1].value)
    kept = {place: amount for place, amount in flows.items() if amount}
    return irr([place / n for place in kept], list(kept.values()))


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """A period: opening + money_in − money_out + gain = closing. Returns are of the period; `annual` ones of a year.

    `fees` are all advisory fees of the period, `fees_taken` those taken from the portfolio. An annual
    return is None for a period of a year or less.
    """

    first_day: date
    last_day: date
    opening: Decimal
    money_in: Decimal
    money_out: Decimal
    fees: Decimal
    fees_taken: Decimal
    gain: Decimal
    closing: Decimal
    net: Computed
    gross: Computed
    money_weighted: Computed
    annual_net: Computed
    annual_gross: Computed
    annual_money_weighted: Computed
    broken_days: tuple[date, ...]


def period_figures(record: DailyRecord, timing: FlowTiming) -> PeriodFigures:
    """Return the amounts and returns of a record."""
    came = sum((day.money_in for day in record.days), NOTHING)
    left = sum((day.money_out for day in record.days), NOTHING)
    closing = record.days[-1].value
    net, gross = (time_weighted(record, timing, basis) for basis in (FeeBasis.NET, FeeBasis.GROSS))
    by_money = money_weighted(record)
    return PeriodFigures(
        first_day=record.first_day,
        last_day=record.last_day,
        opening=record.opening,
        money_in=came,
        money_out=left,
        fees=sum((day.fees + day.fees_elsewhere for day in record.days), NOTHING),
        fees_taken=sum((day.fees for day in record.days), NOTHING),
        gain=closing - record.opening - came + left,
        closing=closing,
        net=net.total,
        gross=gross.total,
        money_weighted=by_money,
        annual_net=_annual(net.total, record),
        annual_gross=_annual(gross.total, record),
        annual_money_weighted=_annual(by_money, record),
        broken_days=net.broken_days,
    )


def _annual(total: Computed, record: DailyRecord) -> Computed:
    if total.value is None:
        return total
    # one year is one year, with or without a leap day: as `first_day_of` measures it
    within = record.first_day > _anniversary(record.last_day, -1)
    return annualised(total.value, YEAR_DAYS if within else len(record.days))


class Span(StrEnum):
    """The periods that people ask for, each up to the day of the report."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ONE_YEAR = "one_year"
    THREE_YEARS = "three_years"
    FIVE_YEARS = "five_years"
    TEN_YEARS = "ten_years"
    INCEPTION = "inception"


_BACK = {Span.ONE_YEAR: 1, Span.THREE_YEARS: 3, Span.FIVE_YEARS: 5, Span.TEN_YEARS: 10}


def first_day_of(span: Span, as_of: date, inception: date) -> date:
    """Return the first day of a span that ends on a day; it is measured from the close of the day before.

    To date: the first of the month, quarter or year. Years back: the day after the same date so many years before, the
    end of February standing for a 29th that the year lacks.
    """
    if span is Span.INCEPTION:
        return inception
    if span is Span.MONTH:
        return as_of.replace(day=1)
    if span is Span.QUARTER:
        return date(as_of.year, 3 * ((as_of.month - 1) // 3) + 1, 1)
    if span is Span.YEAR:
        return date(as_of.year, 1, 1)
    return _anniversary(as_of, -_BACK[span]) + ONE_DAY


def _anniversary(day: date, years: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return (date(day.year, 2, 28) if leap_day else day).replace(year=day.year + years)


@dataclass(frozen=True, slots=True)
class _Columns:
    value: Array
    money_in: Array
    money_out: Array
    fees: Array
    fees_elsewhere: Array


def _columns(record: DailyRecord) -> _Columns:
    if not record.days:
        raise InvalidInputError(gettext_noop("A return needs a period of one day or more."))
    return _Columns(*record.table.T)
