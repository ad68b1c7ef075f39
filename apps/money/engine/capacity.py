"""Ratios of a household's money that say how much risk it can carry: exact to four places, None where not known.

Definitions: docs/risk-questionnaire.md. Amounts are of one currency; those of a year before tax.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

OF_AGE = 18
MONTHS = 12
_PLACES = Decimal("0.0001")


def debt_service_ratio(monthly_payments: Decimal, annual_income: Decimal) -> Decimal | None:
    """Return the debt payments of a year over its income; None without payments (nobody may have asked) or income."""
    if not monthly_payments or annual_income <= 0:
        return None
    return (MONTHS * monthly_payments / annual_income).quantize(_PLACES)


def liquidity_coverage(
    *, ready_money: Decimal, monthly_costs: Decimal | None, monthly_payments: Decimal, annual_income_not_earned: Decimal
) -> Decimal | None:
    """Return ready money over what a year needs beyond income that needs no work.

    None when the living costs are not known, or when such income covers them.
    """
    if monthly_costs is None:
        return None
    need = MONTHS * (monthly_costs + monthly_payments) - annual_income_not_earned
    return (ready_money / need).quantize(_PLACES) if need > 0 else None


def net_worth_share(invested: Decimal, net_worth: Decimal) -> Decimal | None:
    """Return investments over net worth, at most 1; None when the net worth is not positive."""
    return min(invested / net_worth, Decimal(1)).quantize(_PLACES) if net_worth > 0 else None


def under_age(ages: Iterable[int | None]) -> Decimal | None:
    """Return how many are under 18; None when an age is not known."""
    known = list(ages)
    if None in known:
        return None
    return Decimal(sum(1 for age in known if age is not None and age < OF_AGE))
