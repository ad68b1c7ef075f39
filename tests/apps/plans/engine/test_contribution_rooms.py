"""Room for contributions: the law's limits less what is stated, by age, income and cover."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.advice_retirement_texts import ASK_FOR_MATCH, CATCH_UP_TO_ROTH
from apps.plans.engine.contribution_rooms import Room, income_counted, rooms
from apps.plans.engine.inputs import Boundary, Contribution, IncomeKind, ProjectionInputs
from tests.apps.plans.engine.households import REAL, family
from tests.apps.plans.engine.test_limits import TABLES

PLANS = (
    SavingPlan("plan_ana", "ana", PlanKind.WORKPLACE),
    SavingPlan("plan_ben", "ben", PlanKind.WORKPLACE),
    SavingPlan("roth", "ana", PlanKind.ROTH_IRA),
)
FACTS = AdviceFacts(TABLES[2026], PLANS, None, None)


def found(inputs: ProjectionInputs, facts: AdviceFacts = FACTS) -> dict[str, Room]:
    return {room.plan.account: room for room in rooms(inputs, facts)}


def born(year: int) -> ProjectionInputs:
    return replace(family(), adults=tuple(replace(each, birth_date=date(year, 3, 9)) for each in family().adults))


def test_a_plan_at_work_has_the_deferral_limit_less_what_the_household_pays() -> None:
    told = found(family())
    assert (told["plan_ana"].limit, told["plan_ana"].paid, told["plan_ana"].left) == (24_500.0, 10_800.0, 13_700.0)
    # nothing of Ben's is stated, of his employer's neither
    assert (told["plan_ben"].left, told["plan_ben"].notes[0]) == (24_500.0, ASK_FOR_MATCH)
    assert ASK_FOR_MATCH not in told["plan_ana"].notes


@pytest.mark.parametrize(("year", "limit"), [(1977, 24_500.0), (1976, 32_500.0), (1966, 35_750.0), (1962, 32_500.0)])
def test_catch_up_goes_by_the_age_at_the_end_of_the_year(year: int, limit: float) -> None:
    assert found(born(year))["plan_ana"].limit == limit


def test_nobody_defers_more_than_the_salary_and_nobody_without_one() -> None:
    def paid(amount: float) -> ProjectionInputs:
        return replace(
            family(),
            incomes=tuple(
                replace(item, monthly_amount=amount) if item.key == "ben" else item for item in family().incomes
            ),
        )

    assert found(paid(500.0))["plan_ben"].limit == 6_000.0
    assert "plan_ben" not in found(paid(0.0))


def test_wages_above_the_threshold_send_catch_up_into_roth() -> None:
    rich = replace(
        born(1970),
        incomes=tuple(
            replace(item, monthly_amount=13_000.0) if item.key == "ana" else item for item in family().incomes
        ),
    )
    assert CATCH_UP_TO_ROTH in found(rich)["plan_ana"].notes
    assert CATCH_UP_TO_ROTH not in found(born(1970))["plan_ana"].notes


def test_all_iras_share_one_limit_and_a_roth_falls_away_with_income() -> None:
    plans = (*PLANS[:1], PLANS[2])
    into_roth = Contribution("roth", "roth", 100.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, False, "USD")
    told = found(replace(family(), contributions=(*family().contributions, into_roth)), replace(FACTS, plans=plans))
    assert (told["roth"].limit, told["roth"].paid) == (7_500.0, 1_200.0)
    rich = replace(
        family(),
        incomes=tuple(
            replace(item, monthly_amount=25_000.0) if item.kind is IncomeKind.SALARY else item
            for item in family().incomes
        ),
    )
    assert "roth" not in found(rich)


def test_a_health_account_counts_the_employers_part_and_ends_with_medicare() -> None:
    facts = replace(FACTS, plans=(SavingPlan("roth", "ana", PlanKind.HEALTH),))
    by_work = Contribution("hsa", "roth", 50.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, True, "USD")
    inputs = replace(family(), contributions=(*family().contributions, by_work))
    assert (found(inputs, facts)["roth"].limit, found(inputs, facts)["roth"].paid) == (4_400.0, 600.0)
    assert found(born(1970), facts)["roth"].limit == 5_400.0
    assert found(born(1961), facts) == {}


def test_interest_and_dividends_count_where_no_walk_has_told_the_income() -> None:
    """168,000 of salaries less 10,800 deferred; equity yields 2 % and bonds 4 %, in cash and taxable accounts."""
    yields = {asset.key: asset.taxable_yield for asset in family().assumptions.assets}
    told = 150_000 * (0.6 * yields["equity"] + 0.4 * yields["bonds"]) + 25_000 * yields["cash"]
    assert told > 0.0
    assert income_counted(family()) == Decimal(repr(round(157_200.0 + told, 2)))


def test_a_walked_income_decides_where_it_is_known_and_later_years_have_later_ages() -> None:
    facts = replace(FACTS, plans=PLANS[2:])
    assert found(family(), replace(facts, income=241_999.0))["roth"].limit == 7_500.0
    # half of the span from 242,000 to 252,000
    assert found(family(), replace(facts, income=247_000.0))["roth"].limit == 3_750.0
    assert found(family(), replace(facts, income=252_000.0)) == {}
    turned = family().adults[0].birth_date.year + 50
    assert {room.limit for room in rooms(family(), replace(facts, income=0.0), turned)} == {8_600.0}
    assert rooms(family(), replace(facts, limits=None)) == ()
