"""What the firm's managed accounts earned together, read from the values that are kept by night."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from apps.accounts.models import FirmProfile
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.charts import ChartSpec
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.flows import FlowTiming
from apps.market.models import Security
from apps.market.selectors.prices import close_at, rates_in
from apps.portfolios.engine.performance import DailyRecord, Day, FeeBasis, daily_earnings
from apps.portfolios.models import Account, FirmDay, KeptAccount, KeptHolding, KeptState, Transaction
from apps.portfolios.ports import fees_paid_elsewhere
from apps.portfolios.selectors.comparisons import Comparison, growth_beside_spec
from apps.portfolios.selectors.kept_values import clean_days
from apps.portfolios.selectors.performance import NOTHING, ONE_DAY, PerformanceSheet, sheet_lines
from apps.portfolios.selectors.performance_passports import AMOUNTS, performance_passport
from apps.portfolios.selectors.prices import notice_of


@dataclass(frozen=True, slots=True)
class FirmPerformance:
    """All managed accounts of the firm up to the last day that is kept.

    `changed_from` is the earliest day that something touched since the last night, None when nothing did; `left_out`
    how many managed accounts with entries are not kept.
    """

    sheet: PerformanceSheet
    changed_from: dt.date | None
    left_out: int


def firm_performance(as_of: dt.date) -> FirmPerformance | None:
    """Return the firm's performance up to the day, or to the last one that is kept; None before the first night."""
    state = KeptState.objects.first()
    last = FirmDay.objects.filter(day__lte=as_of).order_by("-day").values_list("day", flat=True).first()
    if state is None or last is None:
        return None
    managed = list(Account.objects.managed().order_by("pk"))
    profile = FirmProfile.current()
    record, missing = _record(managed, last, profile.currency)
    timing = FlowTiming(profile.flow_timing)
    sheet = PerformanceSheet(
        currency=profile.currency,
        as_of=last,
        known_at=None,
        inception=record.inception,
        record=record,
        lines=sheet_lines(record, timing),
        flows=(),
        fees=(),
        n_accounts=len(managed),
        unpriced=tuple(sorted(_unpriced(last) | missing)),
        simulation=notice_of(_masters(last), last),
        timing=timing,
    )
    return FirmPerformance(sheet, _changed_from(managed, state, last), _left_out(last))


def firm_growth_spec(sheet: PerformanceSheet) -> ChartSpec | None:
    """Specify the chart of the net return since the beginning; None where there is none."""
    if sheet.record is None or sheet.inception is None:
        return None
    part = sheet.record.between(sheet.inception, sheet.as_of)
    daily = daily_earnings(part, sheet.timing, FeeBasis.NET).returns
    return growth_beside_spec(Comparison(sheet, None, daily, ()))


def firm_passport(as_of: dt.date, figure: str) -> Passport:
    """Return the passport of `<span>-<figure>` of the firm. Raises NotFoundError before the first night."""
    found = firm_performance(as_of)
    if found is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    passport = performance_passport(found.sheet, FirmProfile.current().display_name, figure)
    line = found.sheet.line(figure.partition("-")[0])
    figures = line.figures if line else None
    sums = tuple(
        PassportLine(
            gettext(AMOUNTS[name]),
            gettext("all managed accounts of the period"),
            Amount.of_money(getattr(figures, name), found.sheet.currency, found.sheet.as_of),
        )
        for name in ("money_in", "money_out", "fees")
    )
    notes = [gettext("Money that went between accounts of one household on the same day is neither in nor out.")]
    if found.changed_from is not None:
        notes.append(gettext("Something was written since that touches these days; the next night takes it up."))
    kept = tuple(note for note in passport.notes if found.sheet.n_accounts < 2 or note != passport.notes[1])
    return replace(passport, lines=(passport.lines[0], *sums, *passport.lines[1:]), notes=(*kept, *notes))


def _record(managed: list[Account], last: dt.date, currency: str) -> tuple[DailyRecord, set[str]]:
    """The sum of all currencies day by day, and the currencies that no rate was known for."""
    rows = list(FirmDay.objects.filter(day__lte=last).order_by("day"))
    # from the day before the first, on which nothing was there yet
    span = DateSpan(rows[0].day, last)
    rates = rates_in(currency, {row.currency for row in rows} | {account.currency for account in managed}, span)
    missing: set[str] = set()

    def rate(of: str, day: dt.date) -> Decimal:
        close = None if of == currency else close_at(rates.get(of, []), day)
        if of != currency and close is None:
            missing.add(of)
        return close.close if close else Decimal(of == currency)

    elsewhere: dict[dt.date, Decimal] = defaultdict(Decimal)
    for fee in fees_paid_elsewhere.paid({account.pk for account in managed}, span):
        elsewhere[fee.day] += fee.amount * rate(fee.currency, fee.day)
    sums: dict[dt.date, list[Decimal]] = {day: [NOTHING] * 4 for day in span}
    for row in rows:
        one = rate(row.currency, row.day)
        told = (row.value, row.money_in, row.money_out, row.fees)
        sums[row.day] = [a + b.scaleb(-8) * one for a, b in zip(sums[row.day], told, strict=True)]
    days = tuple(_day(sums[day], elsewhere.get(day, NOTHING)) for day in span)
    return DailyRecord(span.first, NOTHING, days), missing


def _day(sums: Sequence[Decimal], elsewhere: Decimal) -> Day:
    value, money_in, money_out, fees = sums
    return Day(value, money_in, money_out, fees, elsewhere)


def _unpriced(last: dt.date) -> set[str]:
    rows = KeptHolding.objects.filter(unpriced_on__lte=last, account__is_held_away=False).select_related("instrument")
    return {str(row.instrument or row.currency) for row in rows}


def _masters(last: dt.date) -> list[Security]:
    held = KeptHolding.objects.filter(
        first_day__lte=last, account__is_held_away=False, instrument__master=OuterRef("pk")
    )
    return list(Security.objects.filter(Exists(held)))


def _changed_from(managed: list[Account], state: KeptState, last: dt.date) -> dt.date | None:
    clean = clean_days(managed)
    kept = KeptAccount.objects.filter(account__is_held_away=False)
    spans = dict(kept.values_list("account_id", "last_day"))
    found = [
        (clean[pk].last + ONE_DAY if pk in clean else dt.date.min)
        for pk, until in spans.items()
        if pk not in clean or clean[pk].last < min(until, last)
    ]
    due = [day for day in (*found, state.firm_from) if day is not None and day <= last]
    return min(due, default=None)


def _left_out(last: dt.date) -> int:
    kept = KeptAccount.objects.filter(account=OuterRef("pk"))
    entries = Transaction.objects.filter(account=OuterRef("pk"), trade_date__lte=last)
    return Account.objects.managed().filter(~Exists(kept), Exists(entries)).count()
