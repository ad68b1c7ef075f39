"""What may be earned beside early benefits, on its way into the engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.plans.engine.inputs import IncomeKind, ProjectionInputs
from apps.plans.services._earnings_test import with_exempt_earnings
from tests.apps.plans.engine.households import claiming, family

NAMES = {"ana": "Ana", "ben": "Ben"}


def working_until(year: int) -> ProjectionInputs:
    inputs = claiming(family(), (67 * 12, 64 * 12))
    return replace(inputs, adults=tuple(replace(each, retirement_date=date(year, 1, 1)) for each in inputs.adults))


def test_who_is_paid_for_work_has_the_exempt_amounts_of_the_year() -> None:
    inputs, told = with_exempt_earnings(working_until(2046), NAMES)
    # 24,480 and 65,160 in 2026: SSA, "Exempt Amounts Under the Earnings Test"
    assert [claim.exempt for claim in inputs.claims] == [(24_480.0, 65_160.0)] * 2
    # Ben, born in 1979, claims at 64 in 2043
    assert [params["name"] for _, params in told] == ["Ben"]
    assert with_exempt_earnings(working_until(2043), NAMES)[1] == []


def test_who_is_not_paid_for_work_is_left_and_late_years_have_the_newest_amounts() -> None:
    retired = working_until(2046)
    idle = replace(retired, incomes=tuple(item for item in retired.incomes if item.kind is not IncomeKind.SALARY))
    assert with_exempt_earnings(idle, NAMES) == (idle, [])
    later = replace(working_until(2046), goals=(), start_date=date(2040, 1, 1))
    assert with_exempt_earnings(later, NAMES)[0].claims[0].exempt == (24_480.0, 65_160.0)
