"""Credits for children under 17 and other dependants, exact (IRC 24, Schedule 8812)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from apps.plans.engine.tax_tables import FilingStatus, TaxTable

_ZERO, _THOUSAND = Decimal(0), Decimal(1_000)
_MANY = 3


@dataclass(frozen=True, slots=True)
class Dependants:
    """Whom the household supports: ``children`` under 17 with a number of their own, and ``others``."""

    children: int = 0
    others: int = 0


NOBODY = Dependants()


@dataclass(frozen=True, slots=True)
class Earned:
    """What was earned in the year, and the payroll tax that was withheld from it."""

    income: Decimal
    payroll_tax: Decimal


@dataclass(frozen=True, slots=True)
class ChildCredits:
    """``used`` makes income tax smaller, down to nothing; ``refunded`` is paid out beyond it."""

    used: Decimal
    refunded: Decimal


def child_credits(
    table: TaxTable, status: FilingStatus, dependants: Dependants, *, magi: Decimal, tax: Decimal, earned: Earned
) -> ChildCredits:
    """Return both parts. They shrink with each thousand dollars begun above the threshold.

    Three children and more may take the payroll tax withheld instead of the part of what was earned; the earned
    income credit, which would be taken off that, is not known here.
    """
    rules = table.child_credit
    whole = rules.amount * dependants.children + rules.other_dependant * dependants.others
    above = max(_ZERO, magi - table.of(status).child_credit_threshold)
    begun = (above / _THOUSAND).to_integral_value(ROUND_CEILING) * _THOUSAND
    allowed = max(_ZERO, whole - rules.phase_out_rate * begun)
    used = min(allowed, tax)
    basis = rules.earned_rate * max(_ZERO, earned.income - rules.earned_threshold)
    if dependants.children >= _MANY:
        basis = max(basis, earned.payroll_tax)
    return ChildCredits(used, min(allowed - used, rules.refundable_amount * dependants.children, basis))
