"""Advisory fees: each case becomes a household with terms, and the fee engine answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import AccountValues, BillingPeriod, DatedValue, HouseholdBilling
from apps.billing.engine.periods import day_counts, year_fraction
from apps.billing.engine.receipts import verify_receipt
from apps.billing.engine.refunds import refund_unearned_fees, unearned_fee
from apps.billing.engine.results import HouseholdFee
from apps.billing.engine.terms import (
    FeeTerms,
    Limit,
    PeriodFraction,
    ScheduleKind,
    Scope,
    Tier,
    Timing,
    ValueBasis,
)
from apps.kernel.dates import DateSpan
from apps.kernel.money import Money, Rate
from tests.golden.loader import GoldenFolders

YEAR = DateSpan(date(2025, 1, 1), date(2025, 12, 31))
QUARTER = DateSpan.quarter(2025, 1)


def _usd(amount: Any) -> Money:
    return Money(Decimal(str(amount)))


def _tiers(raw: list[dict[str, Any]]) -> tuple[Tier, ...]:
    return tuple(
        Tier(None if tier["up_to"] is None else _usd(tier["up_to"]), Rate(Decimal(str(tier["rate"])))) for tier in raw
    )


def _terms(case_input: dict[str, Any], **more: Any) -> FeeTerms:
    kind = ScheduleKind(case_input.get("method", case_input.get("kind", "graduated")))
    facts: dict[str, Any] = {"period_fraction": PeriodFraction.DIVIDE} | more
    return FeeTerms(kind=kind, tiers=_tiers(case_input["tiers"]), **facts)


def _flat(annual_rate: Any, **more: Any) -> FeeTerms:
    return FeeTerms(ScheduleKind.FLAT, (Tier(None, Rate(Decimal(str(annual_rate)))),), **more)


def _fee(balances: list[Any], terms: FeeTerms, span: DateSpan, per_year: int) -> HouseholdFee:
    day = span.first - timedelta(days=1) if terms.value_basis is ValueBasis.OPENING else span.last
    accounts = tuple(AccountValues(f"{i:03}", (DatedValue(day, _usd(b)),)) for i, b in enumerate(balances))
    fee = calculate_household_fee(HouseholdBilling("golden", accounts, BillingPeriod(span, per_year), terms))
    assert verify_receipt(fee.receipt).holds
    return fee


def tiered_annual_fee(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    fee = _fee([case_input["balance"]], _terms(case_input), YEAR, 1)
    return {"fee": fee.total.amount, "effective_rate": fee.effective_rate}


def tiered_annual_fee_per_account(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    fees = [_fee([a["balance"]], _terms(a), YEAR, 1).total.amount for a in case_input["accounts"]]
    return {"fees": fees, "total": sum(fees)}


def tiered_quarterly_fee(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    annual = _fee([case_input["balance"]], _terms(case_input), YEAR, 1)
    quarterly = _fee([case_input["balance"]], _terms(case_input), QUARTER, 4)
    return {
        "annual": annual.total.amount,
        "quarterly": quarterly.total.amount,
        "effective_rate": annual.effective_rate,
    }


def day_ratio(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    period = DateSpan(YEAR.first, YEAR.first + timedelta(days=case_input["days_in_quarter"] - 1))
    served = DateSpan(period.last - timedelta(days=case_input["days"] - 1), period.last)
    part, whole = (year_fraction(day_counts(PeriodFraction.DIVIDE, days, period, 4)) for days in (served, period))
    return {"ratio": part / whole}


def average_daily_balance_fee(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    year = 2024 if case_input["year_days"] == 366 else 2025
    span = DateSpan(date(year, 1, 1), date(year, 1, 1) + timedelta(days=case_input["days"] - 1))
    account = AccountValues("a", tuple(DatedValue(day, _usd(case_input["average_balance"])) for day in span))
    terms = _flat(
        case_input["annual_rate"],
        value_basis=ValueBasis.AVERAGE_DAILY_BALANCE,
        period_fraction=PeriodFraction.ACTUAL_ACTUAL,
    )
    fee = calculate_household_fee(HouseholdBilling("golden", (account,), BillingPeriod(span, 12), terms))
    return {"fee": fee.total.amount}


def _span_of_year(case_input: dict[str, Any]) -> DateSpan:
    year = 2024 if case_input["year_days"] == 366 else 2025
    return DateSpan(date(year, 1, 1), date(year, 12, 31))


def advance_fee_refund(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """A year is paid in advance on the sum that then leaves."""
    span = _span_of_year(case_input)
    terms = _flat(
        case_input["annual_fee_rate"],
        timing=Timing.ADVANCE,
        value_basis=ValueBasis.OPENING,
        period_fraction=PeriodFraction.ACTUAL_ACTUAL,
    )
    fee = _fee([case_input["withdrawn"]], terms, span, 1)
    last = span.last - timedelta(days=case_input["unused_days"])
    return {"refund": refund_unearned_fees(fee.receipt, {"000": last}).total.amount}


def advance_fee_due(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """Segments of a year at their own balance: each is a span of its own, billed by the days of the year."""
    span = _span_of_year(case_input)
    terms = _flat(case_input["annual_fee_rate"], period_fraction=PeriodFraction.ACTUAL_ACTUAL)
    parts = []
    first = span.first
    for segment in case_input["segments"]:
        days = DateSpan(first, first + timedelta(days=segment["days"] - 1))
        parts.append(_fee([segment["balance"]], terms, days, 1).total.amount)
        first = days.last + timedelta(days=1)
    return {"parts": parts, "total": sum(parts)}


SCHEDULE = (
    Tier(_usd(500_000), Rate(Decimal("0.01"))),
    Tier(_usd(2_000_000), Rate(Decimal("0.0075"))),
    Tier(None, Rate(Decimal("0.005"))),
)
HOUSEHOLDS = (
    ["0"],
    ["0.01"],
    ["500000", "500000.01"],
    ["400000", "350000", "250000"],
    ["333333.33", "333333.33", "333333.34", "1"],
    ["1999999.99", "0.02", "7000000", "123456.78", "0"],
)


def property_household(_case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    together = FeeTerms(ScheduleKind.GRADUATED, SCHEDULE)
    apart = FeeTerms(ScheduleKind.GRADUATED, SCHEDULE, breakpoint_scope=Scope.ACCOUNT)
    return {
        "holds": all(
            _fee(list(each), together, QUARTER, 4).total <= _fee(list(each), apart, QUARTER, 4).total
            for each in HOUSEHOLDS
        )
    }


def property_allocation(_case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    fees = [_fee(list(each), FeeTerms(ScheduleKind.GRADUATED, SCHEDULE), QUARTER, 4) for each in HOUSEHOLDS]
    return {"holds": all(sum(a.fee.amount for a in fee.accounts) == fee.total.amount for fee in fees)}


def property_advance_refund(_case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """Each day of a quarter: the engine's refund is fee x unused days / period days, to half a cent."""
    terms = FeeTerms(ScheduleKind.GRADUATED, SCHEDULE, timing=Timing.ADVANCE, value_basis=ValueBasis.OPENING)
    fee = _fee(["1234567.89"], terms, QUARTER, 4)
    exact = Fraction(fee.receipt.exact_total)
    for last in QUARTER:
        unused = (QUARTER.last - last).days
        refund = refund_unearned_fees(fee.receipt, {"000": last}).total
        if abs(Fraction(refund.amount) - exact * unused / QUARTER.days) > Fraction(1, 200):
            return {"holds": False}
        if abs(refund.amount - unearned_fee(fee.total, QUARTER, last).amount) > Decimal("0.01"):
            return {"holds": False}
    return {"holds": True}


def property_zero(_case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    bare = FeeTerms(ScheduleKind.GRADUATED, SCHEDULE, period_fraction=PeriodFraction.DIVIDE)
    floor = FeeTerms(ScheduleKind.GRADUATED, SCHEDULE, period_fraction=PeriodFraction.DIVIDE, minimum=Limit(_usd(2000)))
    fees = [_fee([worth], bare, QUARTER, 4).total for worth in ("0", "-0.01", "-100000")]
    lowest = [_fee([worth], floor, QUARTER, 4).total for worth in ("0", "-100000")]
    rising = [_fee([str(worth)], bare, QUARTER, 4).total for worth in range(0, 3_000_000, 250_000)]
    ordered = all(low <= high for low, high in pairwise(rising))
    return {"holds": set(fees) == {_usd("0.00")} and set(lowest) == {_usd("500.00")} and ordered}


ADAPTERS = {
    "tiered_annual_fee": tiered_annual_fee,
    "tiered_annual_fee_per_account": tiered_annual_fee_per_account,
    "tiered_quarterly_fee": tiered_quarterly_fee,
    "day_ratio": day_ratio,
    "average_daily_balance_fee": average_daily_balance_fee,
    "advance_fee_refund": advance_fee_refund,
    "advance_fee_due": advance_fee_due,
    "property_household": property_household,
    "property_allocation": property_allocation,
    "property_advance_refund": property_advance_refund,
    "property_zero": property_zero,
}
