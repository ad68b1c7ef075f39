"""Short ways to write terms, accounts and runs in tests of the billing engine."""

from datetime import date
from decimal import Decimal

from apps.billing.engine.inputs import AccountValues, BillingPeriod, DatedValue, Flow, HouseholdBilling
from apps.billing.engine.terms import FeeTerms, PeriodFraction, ScheduleKind, Tier, Timing, ValueBasis
from apps.kernel.dates import DateSpan
from apps.kernel.money import Money, Rate

Q2 = DateSpan.quarter(2026, 2)
Q3 = DateSpan.quarter(2026, 3)
ARREARS = BillingPeriod(Q2, 4)


def usd(amount) -> Money:
    return Money(Decimal(str(amount)))


def rate(fraction) -> Rate:
    return Rate(Decimal(str(fraction)))


# The schedule of the published vectors: 1.00 % to 500k, 0.75 % to 2M, 0.50 % above.
TIERS = (
    Tier(usd(500_000), rate("0.01"), "4.1(a)"),
    Tier(usd(2_000_000), rate("0.0075"), "4.1(b)"),
    Tier(None, rate("0.005"), "4.1(c)"),
)


def graduated(**terms) -> FeeTerms:
    return FeeTerms(
        **{"kind": ScheduleKind.GRADUATED, "tiers": TIERS, "period_fraction": PeriodFraction.DIVIDE} | terms
    )


def flat(annual_rate="0.01", **terms) -> FeeTerms:
    return FeeTerms(**{"kind": ScheduleKind.FLAT, "tiers": (Tier(None, rate(annual_rate)),)} | terms)


def in_advance(terms_of, **terms) -> FeeTerms:
    return terms_of(timing=Timing.ADVANCE, value_basis=ValueBasis.OPENING, **terms)


def value(day: date, amount) -> DatedValue:
    return DatedValue(day, usd(amount), f"valuation/{day}")


def account(account_id, amount, *, day=Q2.last, **facts) -> AccountValues:
    return AccountValues(account_id, (value(day, amount),), **facts)


def flow(day: date, amount) -> Flow:
    return Flow(day, usd(amount), f"transaction/{day}")


def bill(accounts, terms, period=ARREARS, **more) -> HouseholdBilling:
    return HouseholdBilling("household", tuple(accounts), period, terms, **more)


def cents(fee) -> list[str]:
    return [str(line.fee.amount) for line in fee.accounts]
