"""Credits for dependants, worked by hand."""

from __future__ import annotations

from decimal import Decimal

from apps.plans.engine.tax_credits import ChildCredits, Dependants, Earned, child_credits
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import tax_table

SINGLE, JOINT = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT
D = Decimal


def told(
    status: FilingStatus, dependants: Dependants, magi: int, tax: int, earned: Earned | None = None
) -> ChildCredits:
    """Return the credits of 2026."""
    earned = earned or Earned(D(magi), D(0))
    return child_credits(tax_table(2026), status, dependants, magi=D(magi), tax=D(tax), earned=earned)


def test_children_and_other_dependants_make_the_tax_smaller() -> None:
    assert told(JOINT, Dependants(2, 1), 150_000, 20_000) == ChildCredits(D(4_900), D(0))


def test_the_credit_shrinks_by_50_for_each_thousand_dollars_begun() -> None:
    assert told(SINGLE, Dependants(1, 0), 200_001, 40_000).used == D(2_150)
    assert told(SINGLE, Dependants(1, 0), 244_000, 40_000).used == 0
    assert told(JOINT, Dependants(1, 0), 400_000, 70_000).used == 2_200


def test_what_the_tax_does_not_use_is_paid_out_of_what_was_earned() -> None:
    # 15 % of 10,000 - 2,500.
    assert told(SINGLE, Dependants(1, 0), 10_000, 0) == ChildCredits(D(0), D("1125.00"))
    assert told(SINGLE, Dependants(1, 0), 40_000, 300) == ChildCredits(D(300), D(1_700))
    assert told(SINGLE, Dependants(0, 3), 40_000, 300) == ChildCredits(D(300), D(0))


def test_three_children_may_take_the_payroll_tax_instead() -> None:
    earned = Earned(D(4_000), D(306))
    assert told(SINGLE, Dependants(3, 0), 4_000, 0, earned).refunded == D(306)
    assert told(SINGLE, Dependants(2, 0), 4_000, 0, earned).refunded == D("225.00")
